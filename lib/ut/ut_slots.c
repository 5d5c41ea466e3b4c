/* SPDX-License-Identifier: BSD-2-Clause */
#include "ut_slots.h"

#include "ut_int.h"

size_t ut_slots_bytes(uint32_t count)
{
    return ((size_t)count + 63) / 64 * sizeof(uint64_t);
}

void ut_slots_init(struct ut_slots *s, const struct ut_window *window,
                   void *memory)
{
    s->window = *window;
    s->bits = memory;
    s->used = 0;
    s->next = 0;
    for (size_t i = 0; i < ut_slots_bytes(window->count) / 8; i++)
        s->bits[i] = 0;
}

/* All of them change. */
static void mark(struct ut_slots *s, uint32_t index, uint32_t count, bool used)
{
    s->used += used ? count : -count;
    for (uint32_t i = index; i < index + count; i++)
        s->bits[i / 64] ^= UINT64_C(1) << i % 64;
}

ut_err_t ut_slots_take(struct ut_slots *s, uint32_t count, uint32_t *index,
                       struct ut_fault *fault)
{
    uint32_t size = s->window.count, run = 0, i = s->next;

    if (count == 0)
        return ut_fail_(fault, UT_EINVAL, 0, size, 0, UT_OWNER_NONE);
    /* A run that lies across s->next is met in the second round. */
    for (int64_t left = (int64_t)size + count; left > 0; left--, i++) {
        uint64_t word;

        if (i >= size) {
            i = 0;
            run = 0;
        }
        word = s->bits[i / 64];
        if (word >> i % 64 & 1) {
            run = 0;
            if (word == UINT64_MAX) {
                left -= 63 - i % 64;
                i |= 63;
            }
        } else if (++run == count) {
            *index = i + 1 - count;
            mark(s, *index, count, true);
            s->next = i + 1;
            return UT_OK;
        }
    }
    return ut_fail_(fault, UT_ESLOT, count, size - s->used, 0, UT_OWNER_NONE);
}

ut_err_t ut_slots_give(struct ut_slots *s, uint32_t index, uint32_t count)
{
    if (index >= s->window.count || count > s->window.count - index)
        return UT_EINVAL;
    for (uint32_t i = index; i < index + count; i++)
        if (!(s->bits[i / 64] >> i % 64 & 1))
            return UT_EINVAL;
    mark(s, index, count, false);
    return UT_OK;
}

struct ut_dest ut_slots_dest(const struct ut_slots *s, uint32_t index)
{
    struct ut_dest dest = s->window.first;

    dest.offset += index;
    return dest;
}

struct ut_slot ut_dest_slot(const struct ut_dest *dest, uint8_t radix)
{
    return (struct ut_slot){
        .root = dest->root,
        .index = (radix < 64 ? dest->index << radix : 0) | dest->offset,
        .depth = (uint8_t)(dest->depth + radix),
    };
}

struct ut_slot ut_slots_slot(const struct ut_slots *s, uint32_t index)
{
    struct ut_dest dest = ut_slots_dest(s, index);

    return ut_dest_slot(&dest, s->window.radix);
}
