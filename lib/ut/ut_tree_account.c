/* SPDX-License-Identifier: BSD-2-Clause */
/* Chunks change hands, and are given back. */
#include "ut_tree.h"

static uint32_t chunk_of(const struct ut *ut, uint64_t paddr)
{
    struct ut_node n = ut_node_at_(ut, paddr, UT_PAGE_BITS);

    return ut_node_chunk_(&n);
}

ut_err_t ut_tree_pass_(struct ut_acct *from, struct ut_acct *to,
                       const struct ut_blk *blk, struct ut_fault *fault)
{
    struct ut *ut = from->ut;
    const struct ut_tree_chunk *c;
    ut_err_t err = UT_OK;

    c = &ut_tree_(ut)->chunks[chunk_of(ut, blk->paddr)];
    if (ut_blk_bytes(blk) >= UT_CHUNK_BYTES || c->owner == UT_OWNER_NONE)
        return UT_OK;
    if (c->owner != to->owner)
        err = ut_charge_(to, ut_entry_part_(), fault);
    if (!err && c->owner != from->owner)
        ut_credit_(from, ut_entry_part_());
    return err;
}

/* The first account but this one that has a block in the chunk. */
static struct ut_acct *guest(const struct ut_acct *acct, uint32_t chunk)
{
    struct ut *ut = acct->ut;
    uint64_t base = ut_chunk_base_(ut, chunk), at = 0;
    struct ut_pmm_area area;

    while (ut_area_next_(ut, base, UT_CHUNK_BYTES, &at, &area))
        if (area.used && area.owner < ut->account_count &&
            area.owner != acct->owner && ut->accounts[area.owner])
            return ut->accounts[area.owner];
    return NULL;
}

/* It pays for its blocks' entries no longer, but for the leaf that is there,
 * which cost as much as one. */
static void chunk_hand_over(struct ut_acct *from, struct ut_acct *to,
                            uint32_t chunk)
{
    struct ut *ut = from->ut;
    uint64_t base = ut_chunk_base_(ut, chunk), at = 0;
    bool leaf = ut_tree_(ut)->chunks[chunk].leaf != UT_LEAF_NONE;
    struct ut_pmm_area area;

    if (leaf) {
        ut_credit_(from, ut_entry_part_());
        /* Room for it there is: a guest has paid for an entry or more. */
    }
    while (ut_area_next_(ut, base, UT_CHUNK_BYTES, &at, &area)) {
        if (!area.used || area.owner != to->owner)
            continue;
        if (!leaf)
            ut_credit_(to, ut_entry_part_());
        leaf = false;
    }
    ut_chunk_own_(ut, chunk, to->owner);
}

ut_err_t ut_tree_leave_(struct ut_acct *acct, uint32_t *budget,
                        struct ut_fault *fault)
{
    struct ut *ut = acct->ut;
    struct ut_tree *t = ut_tree_(ut);

    for (uint32_t i = 0; i < t->chunk_count; i++) {
        struct ut_acct *heir;

        if (t->chunks[i].owner != acct->owner)
            continue;
        if (*budget == 0)
            return UT_EAGAIN;
        --*budget;
        heir = guest(acct, i);
        if (heir) {
            chunk_hand_over(acct, heir, i);
        } else {
            struct ut_node n =
                ut_node_at_(ut, ut_chunk_base_(ut, i), UT_CHUNK_BITS);
            ut_err_t err = ut_node_merge_(ut, &n, fault);

            if (err)
                return err;
        }
    }
    return UT_OK;
}

ut_err_t ut_tree_clear_(struct ut_acct *acct, uint64_t base, uint8_t size_bits,
                        struct ut_fault *fault)
{
    struct ut *ut = acct->ut;
    struct ut_node n = ut_node_at_(ut, base, size_bits);
    ut_err_t err = ut_node_merge_(ut, &n, fault);

    if (!err && ut_node_is_low_(&n)) {
        uint32_t chunk = ut_node_chunk_(&n);

        ut_chunk_mark_(ut, chunk, 1, true);
        ut_tree_(ut)->chunks[chunk].used_pages = 0;
        ut_tree_(ut)->chunks[chunk].small_pages = 0;
        ut_chunk_list_(ut, chunk);
    }
    return err;
}

ut_err_t ut_tree_trim_(struct ut *ut, uint32_t *budget)
{
    struct ut_tree *t = ut_tree_(ut);

    for (uint32_t i = 0; i < t->chunk_count; i++) {
        struct ut_node n;
        ut_err_t err;

        if (t->chunks[i].owner == UT_OWNER_NONE || t->chunks[i].used_pages > 0)
            continue;
        if (*budget == 0)
            return UT_EAGAIN;
        --*budget;
        n = ut_node_at_(ut, ut_chunk_base_(ut, i), UT_CHUNK_BITS);
        err = ut_node_merge_(ut, &n, NULL);
        if (err)
            return err;
    }
    return UT_OK;
}

/* Is the whole node free, as layer 2 sees it? */
static bool is_free(const struct ut *ut, const struct ut_node *n)
{
    struct ut_pmm_area area;
    uint64_t base = ut_node_base_(n);

    return ut_pmm_lookup(ut->pmm, base, &area) && !area.used &&
           area.base + (area.bytes - 1) >= base + (ut_bytes(n->level) - 1);
}

ut_err_t ut_tree_prepare_(struct ut *ut, uint32_t *budget)
{
    for (uint32_t i = 0; i < ut->region_count; i++) {
        const struct ut_reg *r = &ut->regions[i];

        if (r->r.flags & UT_REGION_DEVICE)
            continue;
        for (unsigned l = r->r.size_bits; l > UT_CHUNK_BITS; l--) {
            struct ut_node n = {r, 0, (uint8_t)l};

            for (; n.index < ut_bytes(r->r.size_bits - l); n.index++) {
                ut_err_t err;

                if (!ut_node_exists_(ut, &n) || ut_node_is_split_(ut, &n) ||
                    !is_free(ut, &n))
                    continue;
                if (*budget == 0)
                    return UT_EAGAIN;
                --*budget;
                err = ut_node_split_(ut, &n, UT_CHUNK_BITS, NULL);
                if (err)
                    return err;
            }
        }
    }
    return UT_OK;
}
