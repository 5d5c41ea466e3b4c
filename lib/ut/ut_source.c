/* SPDX-License-Identifier: BSD-2-Clause */
#include "ut_source.h"

#include "ut_int.h"

static uint64_t last_byte(const struct ut_region *r)
{
    return r->base + (ut_bytes(r->size_bits) - 1);
}

ut_err_t ut_source_add(struct ut_region *regions, uint32_t *count, uint32_t max,
                       const struct ut_region *region, struct ut_fault *fault)
{
    uint32_t at = *count;

    if (region->size_bits < UT_SLAB_BITS_MIN || region->size_bits > 63 ||
        region->base % ut_bytes(region->size_bits) != 0 || *count >= max)
        return ut_fail_(fault, UT_EINVAL, *count + 1, max, region->base,
                        UT_OWNER_NONE);
    while (at > 0 && regions[at - 1].base > region->base)
        at--;
    if ((at > 0 && last_byte(&regions[at - 1]) >= region->base) ||
        (at < *count && regions[at].base <= last_byte(region)))
        return ut_fail_(fault, UT_EBUSY, ut_bytes(region->size_bits), 0,
                        regions[at > 0 ? at - 1 : at].base, UT_OWNER_NONE);
    for (uint32_t i = *count; i > at; i--)
        regions[i] = regions[i - 1];
    regions[at] = *region;
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

/* Takes back the first `count' frames. */
static void frames_remove(const struct ut_config *config,
                          const struct ut_slots *s, uint32_t count)
{
    while (count-- > 0) {
        struct ut_slot slot = ut_slots_slot(s, count);

        config->ops->remove(config->ops->context, &slot);
    }
}

/* Frames at the region's watermark, mapped one behind the other. */
static ut_err_t frames_make(struct ut_config *config,
                            const struct ut_region *region, uint32_t count,
                            struct ut_fault *fault)
{
    const struct ut_ops *ops = config->ops;
    struct ut_slots s = {.window = config->slots};
    uint32_t error = 0, made = 0, i = 0;

    while (error == 0 && made < count) {
        struct ut_retype call = {
            .untyped = region->root,
            .dest = ut_slots_dest(&s, made),
            .count = count - made < ops->fanout ? count - made : ops->fanout,
            .type = ops->frame_type,
        };

        error = ops->retype(ops->context, &call);
        made += error == 0 ? call.count : 0;
    }
    while (error == 0 && i < count) {
        void *address;

        error = ops->map_meta(ops->context, ut_slots_cptr(&s, i), UT_PAGE_BITS,
                              &address);
        if (error != 0)
            break;
        if (i == 0)
            config->memory = address;
        i++;
        if ((uint8_t *)address !=
            (uint8_t *)config->memory + ((size_t)(i - 1) << UT_PAGE_BITS))
            error = UT_EINVAL;
    }
    if (error == 0)
        return UT_OK;
    while (i-- > 0)
        ops->unmap_meta(ops->context, ut_slots_cptr(&s, i),
                        (uint8_t *)config->memory +
                            ((size_t)i << UT_PAGE_BITS));
    frames_remove(config, &s, made);
    config->memory = NULL;
    return ut_fail_kernel_(fault, error, region->base);
}

ut_err_t ut_source_books(struct ut_config *config, struct ut_books *books,
                         struct ut_fault *fault)
{
    size_t bytes = ut_memory_bytes(config);
    uint32_t frames = (uint32_t)((bytes + (UT_PAGE_BYTES - 1)) >> UT_PAGE_BITS);
    uint64_t size = (uint64_t)frames << UT_PAGE_BITS;
    const struct ut_region *home = NULL;
    ut_err_t err;

    for (uint32_t i = 0; i < config->region_count; i++) {
        const struct ut_region *r = &config->regions[i];

        if (!(r->flags & UT_REGION_DEVICE) && ut_bytes(r->size_bits) >= size &&
            (!home || r->size_bits < home->size_bits))
            home = r;
    }
    if (!home || bytes == 0)
        return ut_fail_(fault, UT_ENOMEM, size, 0, 0, UT_OWNER_NONE);
    if (frames > config->slots.count)
        return ut_fail_(fault, UT_ESLOT, frames, config->slots.count, 0,
                        UT_OWNER_NONE);
    err = frames_make(config, home, frames, fault);
    if (err)
        return err;
    config->bytes = (size_t)size;
    config->slots_used = frames;
    config->books_base = home->base;
    config->books_bytes = size;
    *books = (struct ut_books){
        .memory = config->memory,
        .bytes = (size_t)size,
        .base = home->base,
        .region = (uint32_t)(home - config->regions),
        .frames = frames,
    };
    return UT_OK;
}
