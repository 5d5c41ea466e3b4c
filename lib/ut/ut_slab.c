/* SPDX-License-Identifier: BSD-2-Clause */
/* Sub-page objects: a slab is a page (or what the strategy needs) of equal
 * objects of one account. */
#include "ut_int.h"

static uint64_t slab_bytes(const struct ut *ut)
{
    return ut_bytes(ut->strategy->slab_bits);
}

static struct ut_slab **head(struct ut_acct *acct, uint8_t size_bits)
{
    return &acct->slabs[size_bits - UT_SLAB_BITS_MIN];
}

static void list_add(struct ut_acct *acct, struct ut_slab *s)
{
    struct ut_slab **h = head(acct, ut_slab_bits(s));

    s->prev = NULL;
    s->next = *h;
    if (*h)
        (*h)->prev = s;
    *h = s;
}

static void list_remove(struct ut_acct *acct, struct ut_slab *s)
{
    if (s->prev)
        s->prev->next = s->next;
    else
        *head(acct, ut_slab_bits(s)) = s->next;
    if (s->next)
        s->next->prev = s->prev;
}

static void chain_remove(const struct ut *ut, struct ut_slab *s)
{
    struct ut_slab **link = ut_slab_group_(ut, ut_slab_base(s));

    while (*link != s)
        link = &(*link)->chain;
    *link = s->chain;
}

static uint32_t used_count(const struct ut_slab *s)
{
    uint32_t count = 0;

    for (unsigned i = 0; i < 4; i++)
        for (uint64_t word = s->used[i]; word != 0; word &= word - 1)
            count++;
    return count;
}

static uint32_t objects(const struct ut *ut, const struct ut_slab *s)
{
    return ut->strategy->slab_objects(ut_slab_bits(s));
}

static uint64_t object_at(const struct ut *ut, uint64_t base, uint8_t size_bits,
                          uint32_t index)
{
    return base + ut->strategy->slab_first(size_bits) +
           ((uint64_t)index << size_bits);
}

/* Which object; UT_NONE: none begins there. */
static uint32_t object_index(const struct ut *ut, const struct ut_slab *s,
                             uint64_t paddr)
{
    uint8_t bits = ut_slab_bits(s);
    uint64_t offset = paddr - object_at(ut, ut_slab_base(s), bits, 0);

    if (offset >> bits >= objects(ut, s) || offset % ut_bytes(bits) != 0)
        return UT_NONE;
    return (uint32_t)(offset >> bits);
}

static bool bit_is_set(const struct ut_slab *s, uint32_t i)
{
    return s->used[i / 64] >> i % 64 & 1;
}

/* What a slab of that size costs the account. */
static struct ut_part slab_part(const struct ut *ut, uint8_t size_bits)
{
    const struct ut_strategy *st = ut->strategy;

    return (struct ut_part){
        .bytes = slab_bytes(ut),
        .caps = st->slab_untypeds ? st->slab_objects(size_bits) + 1 : 0,
    };
}

void ut_slab_price_(const struct ut *ut, uint8_t size_bits,
                    struct ut_price *price)
{
    price->own = slab_part(ut, size_bits);
    /* The object, and the page that its slab's header may need. */
    price->own.bytes += UT_PAGE_BYTES;
    price->own.caps += 2;
    price->calls = 3;
    price->clear_bytes = UT_PAGE_BYTES;
}

/* A free object of one of the account's slabs, in the range. */
static bool object_take(struct ut_lease *lease)
{
    struct ut_acct *acct = lease->acct;
    struct ut *ut = acct->ut;
    const struct ut_req *req = &lease->req;
    struct ut_slab *s = *head(acct, req->size_bits);
    uint32_t i = 0;

    while (s && (ut_slab_base(s) < req->min ||
                 ut_slab_base(s) + (slab_bytes(ut) - 1) > req->max))
        s = s->next;
    if (!s)
        return false;
    while (bit_is_set(s, i))
        i++;
    s->used[i / 64] |= UINT64_C(1) << i % 64;
    if (used_count(s) == objects(ut, s))
        list_remove(acct, s);
    lease->slab = s;
    lease->blk.paddr = object_at(ut, ut_slab_base(s), req->size_bits, i);
    return true;
}

/* The pages of a slab go, as far as the books know. */
static void pages_drop(struct ut_acct *acct, uint64_t base, uint8_t size_bits,
                       uint32_t entered)
{
    struct ut_blk blk = {base, 1, acct->ut->strategy->slab_bits};

    acct->ut->strategy->drop(acct, &blk, entered);
    ut_credit_(acct, slab_part(acct->ut, size_bits));
}

static ut_err_t slab_lease(struct ut_lease *lease, struct ut_fault *fault)
{
    struct ut_acct *acct = lease->acct;
    struct ut *ut = acct->ut;
    struct ut_req req = lease->req;
    struct ut_part part = slab_part(ut, req.size_bits);
    ut_err_t err = ut_charge_(acct, part, fault);

    if (err)
        return err;
    req.size_bits = ut->strategy->slab_bits;
    req.align_bits = 0;
    req.type = UT_TYPE_UNTYPED;
    err =
        ut->strategy->take(acct, &req, &lease->opened, &lease->entered, fault);
    if (err) {
        ut_credit_(acct, part);
        lease->opened.count = 0;
        return err;
    }
    if (acct->extents)
        lease->header = ut_extent_get_(acct);
    else
        err = ut_hold_take_(acct, &lease->meta, fault);
    if (err)
        pages_drop(acct, lease->opened.paddr, lease->req.size_bits,
                   lease->entered);
    else
        lease->blk.paddr =
            object_at(ut, lease->opened.paddr, lease->req.size_bits, 0);
    return err;
}

ut_err_t ut_slab_lease_(struct ut_lease *lease, struct ut_fault *fault)
{
    ut_err_t err;

    lease->charged = (struct ut_part){.caps = 1};
    lease->blk.count = 1;
    lease->blk.size_bits = lease->req.size_bits;
    err = ut_charge_(lease->acct, lease->charged, fault);
    if (err)
        return err;
    if (!object_take(lease)) {
        err = slab_lease(lease, fault);
        if (err)
            ut_credit_(lease->acct, lease->charged);
    }
    return err;
}

/* The new slab is there, with its first object: into the books. */
static void slab_open(struct ut_lease *lease, void *page)
{
    struct ut_acct *acct = lease->acct;
    struct ut *ut = acct->ut;
    struct ut_slab **g = ut_slab_group_(ut, lease->opened.paddr);
    struct ut_slab *s;

    if (page)
        ut_page_add_(acct, page, &lease->meta);
    s = lease->header ? lease->header : ut_extent_get_(acct);
    *s = (struct ut_slab){
        .place = lease->opened.paddr | lease->req.size_bits,
        .used = {1},
        .chain = *g,
    };
    *g = s;
    if (objects(ut, s) > 1)
        list_add(acct, s);
    ut->counts.slab_bytes += slab_bytes(ut);
    ut->counts.slab_header_bytes += UT_EXTENT_BYTES;
    ut_event_(ut, UT_EVENT_SLAB, lease->opened.paddr, lease->req.size_bits);
}

/* Kernel calls for a new slab: its header's page, it, its first object; all
 * or, as far as the kernel lets us, none. */
static ut_err_t slab_commit(struct ut_lease *lease, const struct ut_dest *dest,
                            struct ut_fault *fault)
{
    struct ut_acct *acct = lease->acct;
    struct ut *ut = acct->ut;
    uint8_t bits = lease->req.size_bits;
    void *page = NULL;
    ut_err_t err = UT_OK;

    if (!lease->header)
        err = ut_hold_make_(acct, &lease->meta, &page, fault);
    if (err)
        return err;
    err = ut->strategy->slab_make(ut, &lease->opened, bits, fault);
    if (!err) {
        err =
            ut->strategy->object_make(ut, lease->opened.paddr, lease->blk.paddr,
                                      bits, lease->req.type, dest, fault);
        if (!err) {
            slab_open(lease, page);
            return UT_OK;
        }
        ut->strategy->unmake(ut, &lease->opened, NULL);
    }
    if (page && ut_hold_unmake_(ut, &lease->meta, page, NULL)) {
        /* Refused twice: then the account has a page more. */
        ut_page_add_(acct, page, &lease->meta);
        lease->meta.blk.count = 0;
        lease->header = ut_extent_get_(acct);
    }
    return err;
}

ut_err_t ut_slab_commit_(struct ut_lease *lease, const struct ut_dest *dest,
                         struct ut_fault *fault)
{
    struct ut *ut = lease->acct->ut;

    if (!lease->slab)
        return slab_commit(lease, dest, fault);
    return ut->strategy->object_make(ut, ut_slab_base(lease->slab),
                                     lease->blk.paddr, lease->req.size_bits,
                                     lease->req.type, dest, fault);
}

/* An empty slab's pages and header are free again. */
static ut_err_t slab_close(struct ut_acct *acct, struct ut_slab *s,
                           struct ut_fault *fault)
{
    struct ut *ut = acct->ut;
    struct ut_blk blk = {ut_slab_base(s), 1, ut->strategy->slab_bits};
    ut_err_t err = UT_OK;

    if (ut->strategy->slab_untypeds)
        err = ut->strategy->unmake(ut, &blk, fault);
    if (err)
        return err;
    list_remove(acct, s);
    chain_remove(ut, s);
    pages_drop(acct, blk.paddr, ut_slab_bits(s), 0);
    ut_extent_put_(acct, s);
    ut->counts.slab_bytes -= slab_bytes(ut);
    ut->counts.slab_header_bytes -= UT_EXTENT_BYTES;
    return UT_OK;
}

/* Object i is free again.  A slab that is empty goes, unless it would have to
 * be made again with kernel calls: then one of its size stays. */
static void object_give(struct ut_acct *acct, struct ut_slab *s, uint32_t i)
{
    struct ut *ut = acct->ut;
    uint32_t used = used_count(s);

    s->used[i / 64] &= ~(UINT64_C(1) << i % 64);
    if (used == objects(ut, s))
        list_add(acct, s);
    if (used == 1 && !ut->strategy->keeps_slabs)
        slab_close(acct, s, NULL);
}

void ut_slab_cancel_(struct ut_lease *lease)
{
    struct ut_acct *acct = lease->acct;

    if (lease->slab) {
        object_give(acct, lease->slab,
                    object_index(acct->ut, lease->slab, lease->blk.paddr));
    } else {
        if (lease->header)
            ut_extent_put_(acct, lease->header);
        ut_hold_drop_(acct, &lease->meta);
        pages_drop(acct, lease->opened.paddr, lease->req.size_bits,
                   lease->entered);
    }
    ut_credit_(acct, lease->charged);
}

/* Whose slab it is, and which object; or what is wrong. */
static ut_err_t object_find(struct ut_acct *acct, const struct ut_blk *blk,
                            struct ut_slab **s, uint32_t *index,
                            struct ut_fault *fault)
{
    struct ut *ut = acct->ut;
    struct ut_pmm_area area;

    if (blk->size_bits < UT_SLAB_BITS_MIN || blk->count != 1 ||
        !ut_acct_alive_(acct))
        return ut_fail_(fault, UT_EINVAL, blk->size_bits, UT_SLAB_BITS_MIN,
                        blk->paddr, acct->owner);
    if (!ut_pmm_lookup(ut->pmm, blk->paddr, &area))
        return ut_fail_(fault, UT_ERANGE, ut_bytes(blk->size_bits), 0,
                        blk->paddr, UT_OWNER_NONE);
    if (area.used && area.owner != acct->owner)
        return ut_fail_(fault, UT_EBUSY, ut_bytes(blk->size_bits), 0, area.base,
                        area.owner);
    *s = ut_slab_find_(ut, blk->paddr);
    if (!*s || ut_slab_bits(*s) != blk->size_bits)
        return ut_fail_(fault, UT_EINVAL, blk->size_bits,
                        *s ? ut_slab_bits(*s) : 0, blk->paddr, area.owner);
    *index = object_index(ut, *s, blk->paddr);
    if (*index == UT_NONE || !bit_is_set(*s, *index))
        return ut_fail_(fault, UT_EINVAL, blk->size_bits, blk->size_bits,
                        blk->paddr, area.owner);
    return UT_OK;
}

ut_err_t ut_slab_free_(struct ut_acct *acct, const struct ut_blk *blk,
                       struct ut_fault *fault)
{
    struct ut *ut = acct->ut;
    struct ut_slab *s = NULL;
    uint32_t index = 0;
    ut_err_t err = object_find(acct, blk, &s, &index, fault);

    if (!err)
        err = ut->strategy->object_unmake(ut, ut_slab_base(s), blk->paddr,
                                          blk->size_bits, fault);
    if (!err) {
        ut_credit_(acct, (struct ut_part){.caps = 1});
        object_give(acct, s, index);
    }
    return err;
}

ut_err_t ut_slab_trim_(struct ut_acct *acct, uint32_t *budget,
                       struct ut_fault *fault)
{
    for (unsigned i = 0; i < UT_SLAB_SIZES; i++) {
        struct ut_slab *next;

        for (struct ut_slab *s = acct->slabs[i]; s; s = next) {
            ut_err_t err;

            next = s->next;
            if (used_count(s) != 0)
                continue;
            if (*budget == 0)
                return UT_EAGAIN;
            --*budget;
            err = slab_close(acct, s, fault);
            if (err)
                return err;
        }
    }
    return UT_OK;
}
