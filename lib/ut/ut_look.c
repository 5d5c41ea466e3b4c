/* SPDX-License-Identifier: BSD-2-Clause */
/* What there is: figures, the memory map, invariants; and work in advance. */
#include "ut_int.h"
#include "ut_pmm_map.h"

/* log2 of the largest free block of RAM's bytes; 0: none. */
static uint8_t largest_find(const struct ut *ut, uint64_t free_bytes)
{
    struct ut_req req = {.count = 1};
    struct ut_blk blk;

    for (unsigned bits = ut_log2_down(free_bytes); bits >= UT_PAGE_BITS;
         bits--) {
        req.size_bits = (uint8_t)bits;
        if (!ut_pmm_find(ut->pmm, &req, &blk, NULL))
            return req.size_bits;
    }
    return 0;
}

void ut_stats(const struct ut *ut, struct ut_stats *stats)
{
    const struct ut_pmm_kind *ram = &ut->pmm->kind[0];

    ut_lock_(ut);
    *stats = ut->counts;
    stats->calls = __atomic_load_n(&ut->calls, __ATOMIC_RELAXED);
    stats->slab_header_bytes =
        (stats->slab_bytes >> ut->strategy->slab_bits) * UT_EXTENT_BYTES;
    stats->managed_bytes = ram->pages << UT_PAGE_BITS;
    stats->free_bytes = ram->pages_free << UT_PAGE_BITS;
    stats->used_bytes = stats->managed_bytes - stats->free_bytes;
    stats->map_bytes = ut->pmm->bytes;
    stats->largest_bits = largest_find(ut, stats->free_bytes);
    ut_unlock_(ut);
}

void ut_walk(const struct ut *ut, ut_walk_fn *each, void *context)
{
    struct ut_pmm_area area;
    uint64_t at = 0;

    ut_lock_(ut);
    while (ut_pmm_next(ut->pmm, at, &area)) {
        struct ut_span span = {.owner = area.owner};

        at = area.base + area.bytes;
        if (area.used) {
            span.blk = ut_shape_get_(ut, area.base, area.bytes);
            span.bytes = area.bytes;
            span.is_slab = ut_slab_find_(ut, area.base) != NULL;
            if (!each(context, &span))
                break;
        }
        if (at == 0)
            break;
    }
    ut_unlock_(ut);
}

static const char *acct_check(const struct ut *ut, const struct ut_acct *a)
{
    struct ut_quota lent = {0, 0};
    uint32_t children = 0;

    for (const struct ut_acct *c = a->child; c; c = c->next) {
        lent.bytes += c->limit.bytes;
        lent.caps += c->limit.caps;
        children++;
        if (c->parent != a || ut->accounts[c->owner] != c)
            return "the tree of accounts is torn";
    }
    if (lent.bytes != a->lent.bytes || lent.caps != a->lent.caps ||
        children != a->children)
        return "what was lent is not what children have";
    if (a->used.bytes > a->limit.bytes ||
        a->lent.bytes > a->limit.bytes - a->used.bytes ||
        a->used.caps > a->limit.caps ||
        a->lent.caps > a->limit.caps - a->used.caps)
        return "an account has more than its quota";
    return NULL;
}

const char *ut_check(const struct ut *ut)
{
    const char *broken;

    ut_lock_(ut);
    broken = ut_pmm_check(ut->pmm);
    for (uint32_t i = 0; !broken && i < ut->account_count; i++)
        if (ut->accounts[i])
            broken = acct_check(ut, ut->accounts[i]);
    if (!broken)
        broken = ut->strategy->check(ut);
    ut_unlock_(ut);
    return broken;
}

ut_err_t ut_prepare(struct ut *ut, uint32_t budget)
{
    ut_err_t err;

    ut_lock_(ut);
    err = ut->strategy->prepare(ut, &budget);
    ut_unlock_(ut);
    return err;
}

ut_err_t ut_trim(struct ut *ut, uint32_t budget)
{
    ut_err_t err = UT_OK;

    ut_lock_(ut);
    for (uint32_t i = 0; !err && i < ut->account_count; i++) {
        struct ut_acct *a = ut->accounts[i];

        if (!a || a->is_dying)
            continue;
        err = ut->strategy->slabs_trim(a, &budget, NULL);
        if (!err)
            err = ut_pages_trim_(a, false, &budget, NULL);
    }
    if (!err)
        err = ut->strategy->trim(ut, &budget);
    ut_unlock_(ut);
    return err;
}
