/* SPDX-License-Identifier: BSD-2-Clause */
#include "ut_int.h"

static struct ut_quota left(const struct ut_acct *a)
{
    return (struct ut_quota){
        .bytes = a->limit.bytes - a->used.bytes - a->lent.bytes,
        .caps = a->limit.caps - a->used.caps - a->lent.caps,
    };
}

static ut_err_t fits(const struct ut_acct *a, uint64_t bytes, uint32_t caps,
                     struct ut_fault *fault)
{
    struct ut_quota l = left(a);

    if (bytes > l.bytes)
        return ut_fail_(fault, UT_EQUOTA, bytes, l.bytes, 0, a->owner);
    if (caps > l.caps)
        return ut_fail_(fault, UT_ECAPQUOTA, caps, l.caps, 0, a->owner);
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

/* Makes the record in a page that is there. */
static struct ut_acct *record_make(struct ut_acct *parent, void *page,
                                   const struct ut_hold *hold,
                                   const struct ut_quota *quota,
                                   ut_owner_t owner)
{
    struct ut_acct *a = page;

    *a = (struct ut_acct){
        .ut = parent->ut,
        .parent = parent,
        .next = parent->child,
        .link = &parent->child,
        .limit = *quota,
        .paddr = hold->blk.paddr,
        .slot = hold->slot,
        .owner = owner,
    };
    for (unsigned i = 0; i < 2 * UT_LEVELS; i++)
        a->chunks[i / UT_LEVELS][i % UT_LEVELS] = UT_NONE;
    if (parent->child)
        parent->child->link = &a->next;
    parent->child = a;
    parent->children++;
    parent->lent.bytes += quota->bytes;
    parent->lent.caps += quota->caps;
    ut_extents_add_(a, page,
                    (sizeof(struct ut_acct) + UT_EXTENT_BYTES - 1) /
                        UT_EXTENT_BYTES);
    return a;
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

    if (!ut_acct_alive_(parent))
        return ut_fail_(fault, UT_EINVAL, 0, 0, 0, parent->owner);
    while (owner < ut->account_count && ut->accounts[owner])
        owner++;
    if (owner >= ut->account_count)
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
    *child = record_make(parent, page, &hold, quota, (ut_owner_t)owner);
    ut->accounts[owner] = *child;
    ut->counts.accounts++;
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

static void quota_add(struct ut_quota *q, const struct ut_quota *more)
{
    q->bytes += more->bytes;
    q->caps += more->caps;
}

static void quota_sub(struct ut_quota *q, const struct ut_quota *less)
{
    q->bytes -= less->bytes;
    q->caps -= less->caps;
}

ut_err_t ut_acct_move(struct ut_acct *from, struct ut_acct *to,
                      const struct ut_quota *quota, struct ut_fault *fault)
{
    ut_err_t err = UT_OK;

    ut_lock_(from->ut);
    if (from == to || !ut_acct_alive_(from) || !ut_acct_alive_(to) ||
        (to->parent != from && from->parent != to &&
         (from->parent != to->parent || !from->parent)))
        err = ut_fail_(fault, UT_EINVAL, 0, 0, 0, to->owner);
    if (!err)
        err = fits(from, quota->bytes, quota->caps, fault);
    if (!err && to->parent == from) {
        quota_add(&from->lent, quota);
        quota_add(&to->limit, quota);
    } else if (!err && from->parent == to) {
        quota_sub(&to->lent, quota);
        quota_sub(&from->limit, quota);
    } else if (!err) {
        quota_sub(&from->limit, quota);
        quota_add(&to->limit, quota);
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
