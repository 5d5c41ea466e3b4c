/* SPDX-License-Identifier: BSD-2-Clause */
#include "ut_source.h"

#include "ut_int.h"

/* Aligned powers of two meet if and only if one lies in the other. */
static bool meet(const struct ut_region *a, const struct ut_region *b)
{
    uint8_t bits = a->size_bits > b->size_bits ? a->size_bits : b->size_bits;

    return (a->base ^ b->base) >> bits == 0;
}

ut_err_t ut_source_add(struct ut_region *regions, uint32_t *count, uint32_t max,
                       const struct ut_region *region, struct ut_fault *fault)
{
    struct ut_region *r = regions, *end = regions + *count;

    if (region->size_bits < UT_SLAB_BITS_MIN || region->size_bits > 63 ||
        region->base % ut_bytes(region->size_bits) != 0 || *count >= max)
        return ut_fail_(fault, UT_EINVAL, *count, max, region->base,
                        UT_OWNER_NONE);
    for (; r < end; r++)
        if (meet(r, region))
            return ut_fail_(fault, UT_EBUSY, ut_bytes(region->size_bits), 0,
                            r->base, UT_OWNER_NONE);
    for (; r > regions && r[-1].base > region->base; r--)
        r[0] = r[-1];
    *r = *region;
    ++*count;
    return UT_OK;
}

uint8_t ut_source_features(const struct ut_ops *ops, uint64_t untyped)
{
    struct ut_described described;

    return ops->describe &&
                   ops->describe(ops->context, untyped, &described) == 0
               ? described.features
               : 0;
}

/* The last frame that was made. */
static void frame_remove(const struct ut_config *config, struct ut_dest *end)
{
    struct ut_slot slot;

    end->offset--;
    slot = ut_dest_slot(end, config->slots.radix);
    config->ops->remove(config->ops->context, &slot);
}

/* Frames at the region's watermark, mapped one behind the other. */
static uint32_t frames_make(struct ut_config *config, uint64_t untyped,
                            size_t bytes)
{
    const struct ut_ops *ops = config->ops;
    uint64_t frame = config->slots.cptr;
    struct ut_retype call = {
        .untyped = untyped,
        .dest = config->slots.first,
        .count = 1,
        .type = ops->frame_type,
    };
    uint8_t *memory = NULL;
    uint32_t error = 0;
    size_t at = 0;

    while (error == 0 && at < bytes) {
        void *address;

        error = ops->retype(ops->context, &call);
        if (error != 0)
            break;
        call.dest.offset++;
        error = ops->map_meta(ops->context, frame, UT_PAGE_BITS, &address);
        if (error != 0) {
            frame_remove(config, &call.dest);
            break;
        }
        if (at == 0)
            memory = address;
        if (address != memory + at)
            error = UT_EINVAL;
        at += UT_PAGE_BYTES;
        frame++;
    }
    config->memory = error == 0 ? memory : NULL;
    while (error != 0 && at > 0) {
        at -= UT_PAGE_BYTES;
        ops->unmap_meta(ops->context, --frame, memory + at);
        frame_remove(config, &call.dest);
    }
    return error;
}

ut_err_t ut_source_books(struct ut_config *config, struct ut_books *books,
                         struct ut_fault *fault)
{
    size_t size = (size_t)ut_round_up(ut_memory_bytes(config), UT_PAGE_BITS);
    uint32_t frames = (uint32_t)(size >> UT_PAGE_BITS), error;
    const struct ut_region *r = config->regions, *home = NULL;

    for (uint32_t i = 0; i < config->region_count; i++, r++)
        if (!(r->flags & UT_REGION_DEVICE) && ut_bytes(r->size_bits) >= size &&
            (!home || r->size_bits < home->size_bits)) {
            home = r;
            books->region = i;
        }
    if (!home || size == 0)
        return ut_fail_(fault, UT_ENOMEM, size, 0, 0, UT_OWNER_NONE);
    if (frames > config->slots.count)
        return ut_fail_(fault, UT_ESLOT, frames, config->slots.count, 0,
                        UT_OWNER_NONE);
    error = frames_make(config, home->root, size);
    if (error == 0) {
        config->slots_used = books->frames = frames;
        config->books_base = books->base = home->base;
        config->books_bytes = config->bytes = books->bytes = size;
        books->memory = config->memory;
    }
    return ut_fail_kernel_(fault, error, home->base);
}
