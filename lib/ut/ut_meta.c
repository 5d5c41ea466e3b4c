/* SPDX-License-Identifier: BSD-2-Clause */
#include "ut_int.h"

#define EXTENTS ((uint32_t)(UT_PAGE_BYTES / UT_EXTENT_BYTES))

static struct ut_part page_part(void)
{
    return (struct ut_part){.bytes = UT_PAGE_BYTES, .caps = 1};
}

ut_err_t ut_hold_take_(struct ut_acct *acct, struct ut_hold *hold,
                       struct ut_fault *fault)
{
    struct ut *ut = acct->ut;
    struct ut_req req = {
        .size_bits = UT_PAGE_BITS,
        .count = 1,
        .max = UINT64_MAX,
        .cls = UT_CLASS_PINNED,
    };
    ut_err_t err;

    hold->entered = 0;
    err = ut_slots_take(&ut->slots, 1, &hold->slot, fault);
    if (err)
        return err;
    err = ut_pages_take_(acct, page_part(), &req, &hold->blk, &hold->entered,
                         fault);
    if (err)
        ut_slots_give(&ut->slots, hold->slot, 1);
    else
        ut_pmm_set_owner(ut->pmm, &hold->blk, acct->owner, UT_OWNER_BOOKS,
                         NULL);
    return err;
}

void ut_hold_drop_(struct ut_acct *acct, const struct ut_hold *hold)
{
    struct ut *ut = acct->ut;

    ut_pmm_set_owner(ut->pmm, &hold->blk, UT_OWNER_BOOKS, acct->owner, NULL);
    ut_pages_drop_(acct, page_part(), &hold->blk, hold->entered);
    ut_slots_give(&ut->slots, hold->slot, 1);
}

ut_err_t ut_hold_make_(struct ut_acct *acct, struct ut_hold *hold,
                       void **address, struct ut_fault *fault)
{
    struct ut *ut = acct->ut;
    struct ut_dest dest = ut_slots_dest(&ut->slots, hold->slot);
    ut_err_t err =
        ut->strategy->make(ut, &hold->blk, ut->ops->frame_type, &dest, fault);
    const struct ut_ops *ops;
    uint32_t error;

    if (err)
        return err;
    ops = ut_call_(ut);
    error = ops->map_meta(ops->context, ut_slots_cptr(&ut->slots, hold->slot),
                          UT_PAGE_BITS, address);
    if (error != 0) {
        ut->strategy->unmake(ut, &hold->blk, NULL);
        return ut_fail_kernel_(fault, error, hold->blk.paddr);
    }
    hold->entered = 0;
    ut->counts.meta_bytes += UT_PAGE_BYTES;
    ut_event_(ut, UT_EVENT_META, hold->blk.paddr, UT_PAGE_BITS);
    return UT_OK;
}

/* The mapping goes first, and cannot be refused; if the frame stays, so does
 * the mapping, which is asked for again. */
ut_err_t ut_hold_unmake_(struct ut *ut, const struct ut_hold *hold,
                         void *address, struct ut_fault *fault)
{
    ut_err_t err = ut->strategy->unmake(ut, &hold->blk, fault);

    if (err)
        return err;
    ut->ops->unmap_meta(ut->ops->context, ut_slots_cptr(&ut->slots, hold->slot),
                        address);
    ut->counts.meta_bytes -= UT_PAGE_BYTES;
    return UT_OK;
}

void ut_extents_add_(struct ut_acct *acct, void *page, uint32_t first)
{
    struct ut_extent *extents = page;

    for (uint32_t i = EXTENTS; i-- > first;)
        ut_extent_put_(acct, &extents[i]);
}

void *ut_extent_get_(struct ut_acct *acct)
{
    struct ut_extent *e = acct->extents;

    UT_ASSERT(e);
    acct->extents = e->next;
    *e = (struct ut_extent){.next = NULL};
    return e;
}

void ut_extent_put_(struct ut_acct *acct, void *extent)
{
    struct ut_extent *e = extent;

    e->next = acct->extents;
    acct->extents = e;
}

ut_err_t ut_page_add_(struct ut_acct *acct, struct ut_hold *hold,
                      struct ut_fault *fault)
{
    void *page;
    struct ut_page *p;
    ut_err_t err = ut_hold_make_(acct, hold, &page, fault);

    if (err)
        return err;
    p = page;
    *p = (struct ut_page){.next = acct->pages, .hold = *hold};
    acct->pages = p;
    ut_extents_add_(acct, page, 1);
    return UT_OK;
}

static bool is_in_page(const void *extent, const struct ut_page *p)
{
    return (uintptr_t)extent - (uintptr_t)p < UT_PAGE_BYTES;
}

static uint32_t count_free(const struct ut_acct *acct, const struct ut_page *p)
{
    uint32_t count = 0;

    for (const struct ut_extent *e = acct->extents; e; e = e->next)
        count += is_in_page(e, p);
    return count;
}

static void extents_remove(struct ut_acct *acct, const struct ut_page *p)
{
    struct ut_extent **link = &acct->extents;

    while (*link)
        if (is_in_page(*link, p))
            *link = (*link)->next;
        else
            link = &(*link)->next;
}

/* Gives back page *link, whose extents are out of the list. */
static ut_err_t page_give(struct ut_acct *acct, struct ut_page **link,
                          struct ut_fault *fault)
{
    struct ut_page page = **link;
    ut_err_t err = ut_hold_unmake_(acct->ut, &page.hold, *link, fault);

    if (err)
        return err;
    *link = page.next;
    ut_hold_drop_(acct, &page.hold);
    return UT_OK;
}

static uint32_t count_extents(const struct ut_acct *acct)
{
    uint32_t count = 0;

    for (const struct ut_extent *e = acct->extents; e; e = e->next)
        count++;
    return count;
}

ut_err_t ut_extents_need_(struct ut_acct *acct, uint32_t count, uint32_t *added,
                          struct ut_fault *fault)
{
    *added = 0;
    while (count_extents(acct) < count) {
        struct ut_hold hold;
        ut_err_t err = ut_hold_take_(acct, &hold, fault);

        if (!err) {
            err = ut_page_add_(acct, &hold, fault);
            if (err)
                ut_hold_drop_(acct, &hold);
        }
        if (err) {
            ut_extents_undo_(acct, *added);
            return err;
        }
        ++*added;
    }
    return UT_OK;
}

void ut_extents_undo_(struct ut_acct *acct, uint32_t added)
{
    (void)ut_pages_trim_(acct, false, &added, NULL);
}

ut_err_t ut_pages_trim_(struct ut_acct *acct, bool all, uint32_t *budget,
                        struct ut_fault *fault)
{
    struct ut_page **link = &acct->pages;

    while (*link) {
        struct ut_page *p = *link;
        ut_err_t err;

        if (!all && count_free(acct, p) != EXTENTS - 1) {
            link = &p->next;
            continue;
        }
        if (*budget == 0)
            return UT_EAGAIN;
        --*budget;
        extents_remove(acct, p);
        err = page_give(acct, link, fault);
        if (err) {
            if (!all)
                ut_extents_add_(acct, p, 1);
            return err;
        }
    }
    return UT_OK;
}
