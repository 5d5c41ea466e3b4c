/* SPDX-License-Identifier: BSD-2-Clause */
#include "ut_int.h"

/* Where in the fixed books what lies: offsets. */
struct layout {
    size_t regions, accounts, slabs, extents, slots, pmm, own, bytes;
    size_t pmm_bytes, own_bytes;
    uint32_t groups;
};

#define GROUP_BITS (UT_PAGE_BITS + 6u) /* 64 pages share a list of slabs */

static size_t place(size_t *at, size_t bytes)
{
    size_t here = *at;

    *at = (here + bytes + 15) & ~(size_t)15;
    return here;
}

static uint32_t groups_of(const struct ut_region *r)
{
    return r->size_bits <= GROUP_BITS
               ? 1
               : (uint32_t)1 << (r->size_bits - GROUP_BITS);
}

static void lay_out(const struct ut_config *c, struct layout *l)
{
    size_t at = 0;

    *l = (struct layout){0};
    for (uint32_t i = 0; i < c->region_count; i++)
        l->groups += groups_of(&c->regions[i]);
    for (uint32_t i = 0; i < c->strategy_count; i++) {
        size_t bytes = c->strategies[i]->bytes(c);

        l->own_bytes = bytes > l->own_bytes ? bytes : l->own_bytes;
    }
    l->pmm_bytes = ut_pmm_size(c->regions, c->region_count, UT_PMM_TAGS);
    place(&at, sizeof(struct ut));
    l->regions = place(&at, c->region_count * sizeof(struct ut_reg));
    l->accounts =
        place(&at, ((size_t)c->accounts_max + 2) * sizeof(struct ut_acct *));
    l->slabs = place(&at, l->groups * sizeof(struct ut_slab *));
    l->extents = place(&at, UT_PAGE_BYTES);
    l->slots = place(&at, ut_slots_bytes(c->slots.count));
    l->pmm = place(&at, l->pmm_bytes);
    l->own = place(&at, l->own_bytes);
    l->bytes = at;
}

size_t ut_memory_bytes(const struct ut_config *config)
{
    struct layout l;

    lay_out(config, &l);
    return l.pmm_bytes ? l.bytes : 0;
}

struct ut_reg *ut_region_(const struct ut *ut, uint64_t paddr)
{
    uint32_t low = 0, high = ut->region_count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (ut->regions[middle].r.base <= paddr)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0 || (paddr - ut->regions[low - 1].r.base) >>
                        ut->regions[low - 1].r.size_bits)
        return NULL;
    return &ut->regions[low - 1];
}

static ut_err_t config_check(const struct ut_config *c, const struct layout *l,
                             struct ut_fault *fault)
{
    uint64_t end = 0;

    if (!c->memory || c->bytes < l->bytes || (uintptr_t)c->memory % 16 ||
        l->pmm_bytes == 0 || c->strategy_count == 0 ||
        c->accounts_max > 64000 || c->slots_used > c->slots.count)
        return ut_fail_(fault, UT_EINVAL, l->bytes, c->bytes, 0, UT_OWNER_NONE);
    for (uint32_t i = 0; i < c->region_count; i++) {
        const struct ut_region *r = &c->regions[i];

        /* Two cannot meet that are aligned and begin at different places, if
         * each ends before the next begins; the last may end at 2^64. */
        if (i > 0 && r->base <= end)
            return ut_fail_(fault, UT_EBUSY, 0, 0, r->base, UT_OWNER_NONE);
        end = r->base + (ut_bytes(r->size_bits) - 1);
    }
    return UT_OK;
}

static ut_err_t strategy_choose(struct ut *ut, const struct ut_config *c,
                                struct ut_fault *fault)
{
    uint8_t features = 0;
    struct ut_described described;

    if (c->ops->describe && c->ops->retype_at && c->ops->revoke_at &&
        c->ops->describe(c->ops->context, c->regions[0].root, &described) == 0)
        features = described.features;
    for (uint32_t i = 0; i < c->strategy_count; i++) {
        ut->strategy = c->strategies[i];
        if ((ut->strategy->features & ~features) == 0)
            return UT_OK;
    }
    return ut_fail_(fault, UT_EKERNEL, 0, features, 0, UT_OWNER_NONE);
}

static void root_make(struct ut *ut, const struct ut_config *c)
{
    struct ut_acct *root = &ut->root;

    root->ut = ut;
    root->owner = UT_OWNER_ROOT;
    for (unsigned i = 0; i < 2 * UT_LEVELS; i++)
        root->chunks[i / UT_LEVELS][i % UT_LEVELS] = UT_NONE;
    for (uint32_t i = 0; i < c->region_count; i++)
        if (__builtin_add_overflow(root->limit.bytes,
                                   ut_bytes(c->regions[i].size_bits),
                                   &root->limit.bytes))
            root->limit.bytes = UINT64_MAX;
    root->limit.caps = UINT32_MAX;
    ut->accounts[UT_OWNER_ROOT] = root;
    ut->counts.accounts = 1;
}

static void tables_make(struct ut *ut, const struct ut_config *c,
                        const struct layout *l)
{
    uint8_t *memory = c->memory;
    uint32_t group = 0;

    for (size_t i = 0; i < l->bytes; i++)
        memory[i] = 0;
    ut->ops = c->ops;
    ut->regions = (void *)(memory + l->regions);
    ut->accounts = (void *)(memory + l->accounts);
    ut->slabs = (void *)(memory + l->slabs);
    ut->own = memory + l->own;
    ut->region_count = c->region_count;
    ut->account_count = c->accounts_max + 2u;
    for (uint32_t i = 0; i < c->region_count; i++) {
        ut->regions[i].r = c->regions[i];
        ut->regions[i].group = group;
        group += groups_of(&c->regions[i]);
    }
    ut_slots_init(&ut->slots, &c->slots, memory + l->slots);
    ut->counts.fixed_bytes = c->books_bytes ? c->books_bytes : l->bytes;
    ut->counts.fixed_caps = c->region_count + c->slots_used;
}

ut_err_t ut_init(const struct ut_config *c, struct ut **out,
                 struct ut_fault *fault)
{
    struct layout l;
    struct ut *ut = c->memory;
    uint32_t ignored;
    ut_err_t err;

    lay_out(c, &l);
    err = config_check(c, &l, fault);
    if (err)
        return err;
    tables_make(ut, c, &l);
    root_make(ut, c);
    ut_extents_add_(&ut->root, (uint8_t *)c->memory + l.extents, 0);
    if (c->slots_used > 0)
        UT_ASSERT(!ut_slots_take(&ut->slots, c->slots_used, &ignored, NULL));
    err = ut_pmm_init((uint8_t *)c->memory + l.pmm, l.pmm_bytes, c->regions,
                      c->region_count, UT_PMM_TAGS, &ut->pmm, fault);
    if (!err && c->books_bytes > 0)
        err = ut_pmm_reserve_range(ut->pmm, c->books_base,
                                   c->books_base + (c->books_bytes - 1),
                                   UT_OWNER_BOOKS, fault);
    if (!err)
        err = strategy_choose(ut, c, fault);
    if (!err)
        err = ut->strategy->start(ut, c, fault);
    ut->counts.calls = 0;
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
