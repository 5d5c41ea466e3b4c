/* SPDX-License-Identifier: BSD-2-Clause */
/* Sub-page objects: a slab is a page (or what the strategy needs) of equal
 * objects of one account. */
#include "ut_int.h"

#define OBJECTS_MAX 256u

static void list_add(struct ut_acct *acct, struct ut_slab *s)
{
    s->link = &acct->slabs[ut_slab_bits(s)];
    s->next = *s->link;
    if (s->next)
        s->next->link = &s->next;
    *s->link = s;
}

/* Full ones leave when they are met: link NULL. */
static void list_remove(struct ut_slab *s)
{
    *s->link = s->next;
    if (s->next)
        s->next->link = s->link;
    s->link = NULL;
}

static bool is_used(const struct ut_slab *s, uint32_t i)
{
    return s->used[i / 64] >> i % 64 & 1;
}

/* An object comes, or goes. */
static void toggle(struct ut_slab *s, uint32_t i)
{
    s->used[i / 64] ^= UINT64_C(1) << i % 64;
}

/* The number of objects that are there, if all are in use. */
static uint32_t first_free(const struct ut_slab *s)
{
    uint32_t i = 0;

    while (i < OBJECTS_MAX && is_used(s, i))
        i++;
    return i;
}

static bool is_empty(const struct ut_slab *s)
{
    return (s->used[0] | s->used[1] | s->used[2] | s->used[3]) == 0;
}

/* Which object; OBJECTS_MAX: none begins there. */
static uint32_t object_index(const struct ut *ut, const struct ut_slab *s,
                             uint64_t paddr)
{
    uint8_t bits = ut_slab_bits(s);
    const struct ut_slab_shape *h = &ut->shapes[bits];
    uint64_t offset = paddr - ut_slab_base(s) - h->first;

    if (offset >> bits >= h->count || offset % ut_bytes(bits) != 0)
        return OBJECTS_MAX;
    return (uint32_t)(offset >> bits);
}

struct ut_part ut_slab_part_(const struct ut *ut, uint8_t size_bits)
{
    return (struct ut_part){
        .bytes = ut_bytes(ut->strategy->slab_bits),
        .caps =
            ut->strategy->keeps_slabs ? ut->shapes[size_bits].count + 1u : 0,
    };
}

/* A free object of one of the account's slabs, in the range. */
static bool object_take(struct ut_lease *lease)
{
    const struct ut *ut = lease->acct->ut;
    uint8_t bits = lease->blk.size_bits;
    uint64_t last = ut_bytes(ut->strategy->slab_bits) - 1;
    struct ut_slab *next;

    for (struct ut_slab *s = lease->acct->slabs[bits]; s; s = next) {
        uint64_t base = ut_slab_base(s);
        uint32_t i = first_free(s);

        next = s->next;
        if (i == ut->shapes[bits].count) {
            list_remove(s);
        } else if (base >= lease->req.min && base + last <= lease->req.max) {
            toggle(s, i);
            lease->slab = s;
            lease->blk.paddr =
                base + ut->shapes[bits].first + ((uint64_t)i << bits);
            return true;
        }
    }
    return false;
}

static void pages_drop(struct ut_acct *acct, uint64_t base, uint8_t size_bits,
                       uint32_t entered)
{
    struct ut_blk blk = {base, 1, acct->ut->strategy->slab_bits};

    ut_pages_drop_(acct, ut_slab_part_(acct->ut, size_bits), &blk, entered);
}

ut_err_t ut_slab_lease_(struct ut_lease *lease, struct ut_fault *fault)
{
    struct ut_acct *acct = lease->acct;
    struct ut *ut = acct->ut;
    uint8_t bits = lease->blk.size_bits;
    ut_err_t err;

    if (object_take(lease))
        return UT_OK;
    lease->req.size_bits = ut->strategy->slab_bits;
    err = ut_pages_take_(acct, ut_slab_part_(ut, bits), &lease->req,
                         &lease->opened, &lease->entered, fault);
    lease->req.size_bits = bits;
    if (err)
        return err;
    lease->blk.paddr = lease->opened.paddr + ut->shapes[bits].first;
    if (acct->extents)
        lease->header = ut_extent_get_(acct);
    else
        err = ut_hold_take_(acct, &lease->meta, fault);
    if (err)
        pages_drop(acct, lease->opened.paddr, bits, lease->entered);
    return err;
}

ut_err_t ut_slab_open_(struct ut_lease *lease, struct ut_fault *fault)
{
    struct ut_acct *acct = lease->acct;
    struct ut *ut = acct->ut;
    uint64_t base = lease->opened.paddr;
    uint8_t bits = lease->blk.size_bits;
    struct ut_slab **group, *s;
    ut_err_t err = UT_OK;

    if (lease->slab)
        return err;
    if (!lease->header) {
        err = ut_page_add_(acct, &lease->meta, fault);
        if (!err)
            lease->header = ut_extent_get_(acct);
    }
    if (!err)
        err = ut->strategy->slab_make(ut, &lease->opened, bits, fault);
    if (!err) {
        group = ut_slab_group_(ut, base);
        s = lease->slab = lease->header;
        s->place = base | bits;
        s->used[0] = 1;
        s->chain = *group;
        *group = s;
        list_add(acct, s);
        ut->counts.slab_bytes += ut_bytes(ut->strategy->slab_bits);
        ut_event_(ut, UT_EVENT_SLAB, base, bits);
    }
    return err;
}

/* An empty slab's pages and header are free again. */
static ut_err_t slab_close(struct ut_acct *acct, struct ut_slab *s,
                           uint32_t entered, struct ut_fault *fault)
{
    struct ut *ut = acct->ut;
    struct ut_blk blk = {ut_slab_base(s), 1, ut->strategy->slab_bits};
    ut_err_t err = UT_OK;

    if (ut->strategy->keeps_slabs)
        err = ut->strategy->unmake(ut, &blk, fault);
    if (err)
        return err;
    list_remove(s);
    ut_slab_forget_(ut, blk.paddr);
    pages_drop(acct, blk.paddr, ut_slab_bits(s), entered);
    ut_extent_put_(acct, s);
    return UT_OK;
}

void ut_slab_give_(struct ut_acct *acct, uint64_t paddr, bool keeps_slab,
                   uint32_t entered)
{
    struct ut_slab *s = *ut_slab_find_(acct->ut, paddr);

    if (!s->link)
        list_add(acct, s);
    toggle(s, object_index(acct->ut, s, paddr));
    if (is_empty(s) && !keeps_slab)
        slab_close(acct, s, entered, NULL);
}

/* What came for the lease goes with it, if nobody else has used it. */
void ut_slab_cancel_(struct ut_lease *lease)
{
    struct ut_acct *acct = lease->acct;
    bool is_new = lease->opened.count > 0;
    uint32_t pages = 1;

    if (lease->slab) {
        ut_slab_give_(acct, lease->blk.paddr,
                      !is_new && acct->ut->strategy->keeps_slabs,
                      lease->entered);
    } else {
        pages_drop(acct, lease->opened.paddr, lease->blk.size_bits,
                   lease->entered);
        if (lease->header)
            ut_extent_put_(acct, lease->header);
    }
    if (lease->meta.blk.count == 0)
        return;
    if (lease->header)
        ut_pages_trim_(acct, false, &pages, NULL);
    else
        ut_hold_drop_(acct, &lease->meta);
}

ut_err_t ut_slab_check_(const struct ut_acct *acct, const struct ut_blk *blk,
                        struct ut_fault *fault)
{
    const struct ut *ut = acct->ut;
    struct ut_slab **s = ut_slab_find_(ut, blk->paddr);
    uint64_t bytes = ut_bytes(blk->size_bits);
    struct ut_pmm_area area;
    uint32_t i;

    if (!ut_pmm_lookup(ut->pmm, blk->paddr, &area))
        return ut_fail_(fault, UT_ERANGE, bytes, 0, blk->paddr, UT_OWNER_NONE);
    if (area.used && area.owner != acct->owner)
        return ut_fail_(fault, UT_EBUSY, bytes, 0, area.base, area.owner);
    if (s && ut_slab_bits(*s) == blk->size_bits && blk->count == 1) {
        i = object_index(ut, *s, blk->paddr);
        if (i < OBJECTS_MAX && is_used(*s, i))
            return UT_OK;
    }
    return ut_fail_(fault, UT_EINVAL, blk->size_bits, s ? ut_slab_bits(*s) : 0,
                    blk->paddr, area.owner);
}

ut_err_t ut_slab_trim_(struct ut_acct *acct, uint32_t *budget,
                       struct ut_fault *fault)
{
    for (unsigned i = 0; i < UT_PAGE_BITS; i++) {
        struct ut_slab *next;

        for (struct ut_slab *s = acct->slabs[i]; s; s = next) {
            ut_err_t err;

            next = s->next;
            if (!is_empty(s))
                continue;
            if (*budget == 0)
                return UT_EAGAIN;
            --*budget;
            err = slab_close(acct, s, 0, fault);
            if (err)
                return err;
        }
    }
    return UT_OK;
}
