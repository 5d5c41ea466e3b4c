/* SPDX-License-Identifier: BSD-2-Clause */
#include "ut_int.h"
#include "ut_source.h"

#define GROUP_BITS (UT_PAGE_BITS + 6u) /* 64 pages share a list of slabs */

/* The next part of the fixed books, which all consist of whole words. */
static void *place(uintptr_t *at, size_t bytes)
{
    *at += bytes;
    return (void *)(*at - bytes);
}

static uint32_t groups_of(const struct ut_region *r)
{
    return (uint32_t)((ut_bytes(r->size_bits) - 1) >> GROUP_BITS) + 1;
}

/* Where in the fixed books what lies, if they begin there; where they end, a
 * multiple of 16 as their beginning, or 0: the list of regions is wrong. */
static uintptr_t lay_out(const struct ut_config *c, struct ut *ut, uintptr_t at)
{
    size_t pmm = ut_pmm_size(c->regions, c->region_count, UT_PMM_TAGS);
    size_t own = 0, groups = 0;
    const struct ut_region *r = c->regions;
    const struct ut_strategy *const *s = c->strategies;

    for (uint32_t i = 0; i < c->region_count; i++)
        groups += groups_of(r++);
    for (uint32_t i = 0; i < c->strategy_count; i++) {
        size_t bytes = (*s++)->bytes(c);

        own = bytes > own ? bytes : own;
    }
    place(&at, sizeof(struct ut) + UT_PAGE_BYTES);
    ut->regions = place(&at, c->region_count * sizeof(struct ut_reg));
    ut->accounts =
        place(&at, ((size_t)c->accounts_max + 2) * sizeof(struct ut_acct *));
    ut->slabs = place(&at, groups * sizeof(struct ut_slab *));
    ut->slots.bits = place(&at, ut_slots_bytes(c->slots.count));
    ut->own = place(&at, own);
    ut->pmm = place(&at, pmm);
    return pmm == 0 ? 0 : ut_round_up(at, 4);
}

size_t ut_memory_bytes(const struct ut_config *config)
{
    struct ut ut;

    return lay_out(config, &ut, 0);
}

struct ut_reg *ut_region_(const struct ut *ut, uint64_t paddr)
{
    struct ut_reg *r = ut->regions;

    for (uint32_t half, left = ut->region_count; left > 1; left -= half) {
        half = left / 2;
        if (r[half].r.base <= paddr)
            r += half;
    }
    return (paddr - r->r.base) >> r->r.size_bits == 0 ? r : NULL;
}

static ut_err_t strategy_choose(struct ut *ut, const struct ut_config *c,
                                struct ut_fault *fault)
{
    uint8_t features = 0;

    if (c->ops->retype_at && c->ops->revoke_at)
        features = ut_source_features(c->ops, c->regions[0].root);
    for (uint32_t i = 0; i < c->strategy_count; i++) {
        ut->strategy = c->strategies[i];
        if ((ut->strategy->features & ~features) == 0)
            return UT_OK;
    }
    return ut_fail_(fault, UT_EKERNEL, 0, features, 0, UT_OWNER_NONE);
}

static ut_err_t config_check(const struct ut_config *c, size_t bytes,
                             struct ut_fault *fault)
{
    if (c->memory && (uintptr_t)c->memory % 16 == 0 && bytes > 0 &&
        c->bytes >= bytes && c->strategy_count > 0 &&
        c->accounts_max <= 64000 && c->slots_used <= c->slots.count)
        return UT_OK;
    return ut_fail_(fault, UT_EINVAL, bytes, c->bytes, 0, UT_OWNER_NONE);
}

/* All of it is the root's. */
static ut_err_t regions_make(struct ut *ut, const struct ut_config *c,
                             struct ut_fault *fault)
{
    struct ut_quota all = {.bytes = 0, .caps = UINT32_MAX};
    const struct ut_region *r = c->regions;
    struct ut_reg *reg = ut->regions;
    uint64_t last = 0, bytes = 0;
    uint32_t group = 0;

    for (uint32_t i = 0; i < c->region_count; i++, r++, reg++) {
        /* Two cannot meet that are aligned and begin at different places, if
         * each ends before the next begins; the last may end at 2^64. */
        if (i > 0 && r->base <= last)
            return ut_fail_(fault, UT_EBUSY, 0, 0, r->base, UT_OWNER_NONE);
        last = r->base + (ut_bytes(r->size_bits) - 1);
        bytes += ut_bytes(r->size_bits);
        reg->r = *r;
        reg->group = group;
        group += groups_of(r);
    }
    all.bytes = bytes > 0 ? bytes : UINT64_MAX;
    ut_acct_make_(ut, &ut->root, UT_OWNER_ROOT, &all);
    ut_extents_add_(&ut->root, ut->extents, 0);
    return UT_OK;
}

ut_err_t ut_init(const struct ut_config *c, struct ut **out,
                 struct ut_fault *fault)
{
    struct ut *ut = c->memory;
    uint8_t *memory = c->memory;
    size_t bytes = ut_memory_bytes(c);
    uint32_t ignored;
    ut_err_t err = config_check(c, bytes, fault);

    if (err)
        return err;
    for (size_t i = 0; i < bytes; i++)
        memory[i] = 0;
    lay_out(c, ut, (uintptr_t)memory);
    ut->ops = c->ops;
    ut->region_count = c->region_count;
    ut->account_count = c->accounts_max + 2u;
    ut->counts.fixed_bytes = c->books_bytes ? c->books_bytes : bytes;
    ut->counts.fixed_caps = c->region_count + c->slots_used;
    ut_slots_init(&ut->slots, &c->slots, ut->slots.bits);
    if (c->slots_used > 0)
        UT_ASSERT(!ut_slots_take(&ut->slots, c->slots_used, &ignored, NULL));
    err = regions_make(ut, c, fault);
    if (!err)
        err = ut_pmm_init(
            ut->pmm, bytes - (size_t)((uint8_t *)ut->pmm - memory), c->regions,
            c->region_count, UT_PMM_TAGS, &ut->pmm, fault);
    if (!err && c->books_bytes > 0)
        err = ut_pmm_reserve_range(ut->pmm, c->books_base,
                                   c->books_base + (c->books_bytes - 1),
                                   UT_OWNER_BOOKS, fault);
    if (!err)
        err = strategy_choose(ut, c, fault);
    if (!err)
        err = ut->strategy->start(ut, c, fault);
    ut->calls = 0;
    if (!err)
        *out = ut;
    return err;
}

struct ut_acct *ut_root(struct ut *ut)
{
    return &ut->root;
}

const char *ut_strategy_name(const struct ut *ut)
{
    return ut->strategy->name;
}

void ut_lock_(const struct ut *ut)
{
    if (ut->ops->lock)
        ut->ops->lock(ut->ops->context);
}

void ut_unlock_(const struct ut *ut)
{
    if (ut->ops->unlock)
        ut->ops->unlock(ut->ops->context);
}

void ut_calls_begin_(const struct ut *ut, const struct ut_blk *blk)
{
    if (!ut->strategy->is_serial && blk->size_bits >= UT_PAGE_BITS)
        ut_unlock_(ut);
}

void ut_calls_end_(const struct ut *ut, const struct ut_blk *blk)
{
    if (!ut->strategy->is_serial && blk->size_bits >= UT_PAGE_BITS)
        ut_lock_(ut);
}

ut_err_t ut_reserve(struct ut *ut, uint64_t min, uint64_t max,
                    struct ut_fault *fault)
{
    ut_err_t err;

    ut_lock_(ut);
    err = ut_pmm_reserve_range(ut->pmm, min, max, UT_OWNER_BOOKS, fault);
    ut_unlock_(ut);
    return err;
}
