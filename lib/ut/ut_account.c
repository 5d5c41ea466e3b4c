/* SPDX-License-Identifier: BSD-2-Clause */
#include "ut_int.h"

static ut_err_t fits(const struct ut_acct *a, uint64_t bytes, uint32_t caps,
                     struct ut_fault *fault)
{
    uint64_t bytes_left = a->limit.bytes - a->used.bytes - a->lent.bytes;
    uint32_t caps_left = a->limit.caps - a->used.caps - a->lent.caps;

    if (bytes > bytes_left)
        return ut_fail_(fault, UT_EQUOTA, bytes, bytes_left, 0, a->owner);
    if (caps > caps_left)
        return ut_fail_(fault, UT_ECAPQUOTA, caps, caps_left, 0, a->owner);
    return UT_OK;
}

ut_err_t ut_charge_(struct ut_acct *acct, struct ut_part part,
                    struct ut_fault *fault)
{
    ut_err_t err = fits(acct, part.bytes, part.caps, fault);

    if (!err) {
        acct->used.bytes += part.bytes;
        acct->used.caps += part.caps;
    }
    return err;
}

void ut_credit_(struct ut_acct *acct, struct ut_part part)
{
    UT_ASSERT(part.bytes <= acct->used.bytes && part.caps <= acct->used.caps);
    acct->used.bytes -= part.bytes;
    acct->used.caps -= part.caps;
}

bool ut_acct_alive_(const struct ut_acct *acct)
{
    for (; acct; acct = acct->parent)
        if (acct->is_dying)
            return false;
    return true;
}

/* Less is more by a negative amount. */
static void quota_add(struct ut_quota *q, uint64_t bytes, uint32_t caps)
{
    q->bytes += bytes;
    q->caps += caps;
}

void ut_acct_make_(struct ut *ut, struct ut_acct *acct, ut_owner_t owner,
                   const struct ut_quota *limit)
{
    acct->ut = ut;
    acct->owner = owner;
    acct->limit = *limit;
    ut->accounts[owner] = acct;
    ut->counts.accounts++;
}

/* The record, in a page that is there, joins the tree. */
static void record_add(struct ut_acct *parent, struct ut_acct *a,
                       const struct ut_hold *hold)
{
    a->hold = *hold;
    a->parent = parent;
    a->next = parent->child;
    a->link = &parent->child;
    if (a->next)
        a->next->link = &a->next;
    parent->child = a;
    parent->children++;
    quota_add(&parent->lent, a->limit.bytes, a->limit.caps);
    ut_extents_add_(
        a, a, (sizeof(struct ut_acct) + UT_EXTENT_BYTES - 1) / UT_EXTENT_BYTES);
}

static ut_err_t create_locked(struct ut_acct *parent,
                              const struct ut_quota *quota,
                              struct ut_acct **child, struct ut_fault *fault)
{
    struct ut *ut = parent->ut;
    struct ut_hold hold;
    uint32_t owner = UT_OWNER_ROOT + 1;
    void *page;
    ut_err_t err;

    while (owner < ut->account_count && ut->accounts[owner])
        owner++;
    if (!ut_acct_alive_(parent) || owner == ut->account_count)
        return ut_fail_(fault, UT_EINVAL, owner - 1, ut->account_count - 2u, 0,
                        parent->owner);
    err = ut_hold_take_(parent, &hold, fault);
    if (err)
        return err;
    err = fits(parent, quota->bytes, quota->caps, fault);
    if (!err)
        err = ut_hold_make_(parent, &hold, &page, fault);
    if (err) {
        ut_hold_drop_(parent, &hold);
        return err;
    }
    *child = page;
    **child = (struct ut_acct){.ut = NULL};
    ut_acct_make_(ut, *child, (ut_owner_t)owner, quota);
    record_add(parent, *child, &hold);
    return UT_OK;
}

ut_err_t ut_acct_create(struct ut_acct *parent, const struct ut_quota *quota,
                        struct ut_acct **child, struct ut_fault *fault)
{
    ut_err_t err;

    ut_lock_(parent->ut);
    err = create_locked(parent, quota, child, fault);
    ut_unlock_(parent->ut);
    return err;
}

ut_err_t ut_acct_move(struct ut_acct *from, struct ut_acct *to,
                      const struct ut_quota *quota, struct ut_fault *fault)
{
    bool down = to->parent == from, up = from->parent == to;
    ut_err_t err;

    ut_lock_(from->ut);
    if (from == to || !ut_acct_alive_(from) || !ut_acct_alive_(to) ||
        (!down && !up && from->parent != to->parent))
        err = ut_fail_(fault, UT_EINVAL, 0, 0, 0, to->owner);
    else
        err = fits(from, quota->bytes, quota->caps, fault);
    if (!err) {
        if (down)
            quota_add(&from->lent, quota->bytes, quota->caps);
        else
            quota_add(&from->limit, -quota->bytes, -quota->caps);
        if (up)
            quota_add(&to->lent, -quota->bytes, -quota->caps);
        else
            quota_add(&to->limit, quota->bytes, quota->caps);
    }
    ut_unlock_(from->ut);
    return err;
}

void ut_acct_usage(const struct ut_acct *acct, struct ut_usage *usage)
{
    ut_lock_(acct->ut);
    *usage = (struct ut_usage){
        .limit = acct->limit,
        .used = acct->used,
        .lent = acct->lent,
        .owner = acct->owner,
        .children = acct->children,
    };
    ut_unlock_(acct->ut);
}

struct ut_acct *ut_acct_find(struct ut *ut, ut_owner_t owner)
{
    return owner < ut->account_count ? ut->accounts[owner] : NULL;
}
