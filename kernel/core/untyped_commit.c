/* SPDX-License-Identifier: BSD-2-Clause */
/* Retype, once nothing is left to check: clearing, watermark, creation. */
#include "arch.h"
#include "objects.h"
#include "retype.h"
#include "untyped_retype.h"

static uint64_t chunk_bytes(const struct kernel *k)
{
    return bits_size(k->params.chunk_bits);
}

static bool is_device(const struct kernel *k, const struct retype *t)
{
    return slot_rights(k->regions.slots, t->untyped) & CAP_DEVICE;
}

static void clear(struct kernel *k, paddr_t base, uint64_t bytes)
{
    arch_clear(k, base, bytes);
    kernel_work_bytes(k, bytes);
}

/* The slot's memory below its watermark is cleared, from the watermark down
 * to the next chunk border; the watermark follows, so that W2 holds. */
static void clear_chunk(struct kernel *k, slotno_t i)
{
    struct slot *slots = kernel_slots(k);
    uint64_t watermark = slot_word(slots, i);
    uint64_t rest = watermark % chunk_bytes(k);
    uint64_t bytes = rest != 0 ? rest : chunk_bytes(k);

    clear(k, slot_base(slots, i) + watermark - bytes, bytes);
    slot_set_word(slots, i, watermark - bytes);
}

/* R6: an untyped without children starts again at 0, clean. */
static bool reset(struct kernel *k, const struct retype *t)
{
    struct slot *slots = kernel_slots(k);

    if (is_device(k, t))
        slot_set_word(slots, t->untyped, 0);
    while (slot_word(slots, t->untyped) != 0) {
        clear_chunk(k, t->untyped);
        if (kernel_preempt_point(k))
            return false;
    }
    return true;
}

/* How many of the run's objects begin below the watermark, and so may hold
 * old contents (R4). */
static uint64_t dirty_count(const struct kernel *k, const struct retype *t)
{
    uint64_t watermark = slot_word(k->regions.slots, t->untyped), below;

    if (t->offset >= watermark)
        return 0;
    below = retype_round_up(watermark - t->offset, t->bits);
    below = bits_down(below, t->bits);
    return below < t->count ? below : t->count;
}

/* The destination slots: capability `first' and its like, back to back, with
 * the first `dirty' watermarks full and the others 0, as in an empty slot. */
static void fill_slots(struct slot *slots, const struct retype *t,
                       const struct cap *cap, uint64_t dirty)
{
    slotno_t first = t->first, end = first + t->count;
    uint64_t object_bytes = bits_size(t->bits);
    uint8_t bits = cap->bits, type = cap->type, rights = cap->rights;
    paddr_t base = cap->base;

    for (slotno_t i = first; i < end; i++) {
        slot_set_region(slots, i, base, bits);
        slot_set_type(slots, i, type);
        slot_set_rights(slots, i, rights);
        slot_set_flags(slots, i, SLOT_REVOCABLE + SLOT_FIRST_BADGED);
        base += object_bytes;
    }
    for (slotno_t i = first; i < first + dirty; i++)
        slot_set_word(slots, i, object_bytes);
}

/* The new capabilities, and their places in the index; the watermark. */
static void insert(struct kernel *k, const struct retype *t,
                   const struct cap *cap, uint64_t dirty)
{
    struct slot *slots = kernel_slots(k);
    uint64_t watermark = slot_word(slots, t->untyped);

    fill_slots(slots, t, cap, dirty);
    if (t->below != SLOT_NIL)
        regions_insert_below(&k->regions, t->untyped, t->below, t->first);
    else
        regions_insert_run(&k->regions, t->untyped, t->first, t->count);
    slot_set_word(slots, t->untyped,
                  retype_watermark(watermark, t->bits, t->offset, t->count));
    kernel_work_slots(k, t->count);
    for (uint64_t n = 0; n < t->count; n++)
        arch_event(k, ARCH_EVENT_CREATED, t->untyped, t->first + n);
}

/* The objects, at once: what is dirty of them is no more than a chunk. */
static void create(struct kernel *k, const struct retype *t, uint64_t dirty)
{
    paddr_t base = slot_base(kernel_slots(k), t->untyped) + t->offset;
    struct cap cap = object_cap(k, t->type, base, t->bits, is_device(k, t));

    if (cap.type != CAP_UNTYPED && dirty != 0) {
        clear(k, base, bits_up(dirty, t->bits));
        dirty = 0;
    }
    insert(k, t, &cap, cap.type == CAP_UNTYPED ? dirty : 0);
    if (cap.type == CAP_TCB)
        tcb_init(k, base, t->count);
}

/* R8: embryos for all objects in one step, so that no region is ever added
 * later; each knows how much of it is still to be cleared, and whose it is. */
static void plant(struct kernel *k, const struct retype *t, uint64_t dirty)
{
    struct slot *slots = kernel_slots(k);
    slotno_t end = t->first + t->count;
    uint8_t source_bits = slot_bits(slots, t->untyped);
    struct cap embryo = {
        .type = CAP_EMBRYO,
        .base = slot_base(slots, t->untyped) + t->offset,
        .bits = t->bits,
        .rights = t->type,
    };

    insert(k, t, &embryo, dirty);
    for (slotno_t i = t->first; i < end; i++)
        slot_set_source_bits(slots, i, source_bits);
}

/* A clean embryo becomes its object; region and node stay. */
static void hatch(struct kernel *k, slotno_t i)
{
    struct slot *slots = kernel_slots(k);
    struct cap cap = object_cap(k, slot_rights(slots, i), slot_base(slots, i),
                                slot_bits(slots, i), false);

    cap_write(slots, i, &cap);
    slot_set_source_bits(slots, i, 0);
    kernel_work_slots(k, 1);
    if (cap.type == CAP_TCB)
        tcb_init(k, cap.base, 1);
}

/* Finishes the matching embryos of the window in slot order; all of them are,
 * where they have just been planted.  A preemption point comes before every
 * chunk, and before an embryo that needs none, once something has been done;
 * and never after the last object: a call that is stopped finds an embryo when
 * it is made again. */
static bool finish(struct kernel *k, const struct retype *t, bool planted)
{
    struct slot *slots = kernel_slots(k);
    bool worked = planted;

    for (slotno_t i = t->first; i < t->first + t->count; i++) {
        if (!planted && !untyped_is_matching_embryo(k, t, i))
            continue;
        do {
            if (worked && kernel_preempt_point(k))
                return false;
            if (slot_word(slots, i) != 0)
                clear_chunk(k, i);
            worked = true;
        } while (slot_word(slots, i) != 0);
        hatch(k, i);
    }
    return true;
}

bool untyped_commit_retype(struct kernel *k, const struct retype *t)
{
    bool typed = k->params.objects[t->type].cap_type != CAP_UNTYPED;
    uint64_t dirty;

    if (t->resume)
        return finish(k, t, false);
    if (t->reset && !reset(k, t))
        return false;
    dirty = typed && is_device(k, t) ? 0 : dirty_count(k, t);
    if (!typed || dirty <= bits_down(chunk_bytes(k), t->bits)) {
        create(k, t, dirty);
        return true;
    }
    plant(k, t, dirty);
    return finish(k, t, true);
}
