/* SPDX-License-Identifier: BSD-2-Clause */
/* Is there still a capability to what was made of an untyped?  A stock kernel
 * says so only by what it refuses: the untyped that a block fills is reset if
 * nothing is left of it, and else has no room for one more. */
#include "ut_tree.h"

#define NOT_ENOUGH_MEMORY 10u /* the kernel's error */

/* As large an untyped again, and away with it. */
static ut_err_t untyped_try(struct ut *ut, const struct ut_slot *untyped,
                            unsigned bits, uint32_t own, uint64_t paddr,
                            struct ut_fault *fault)
{
    struct ut_retype call = {
        .untyped = untyped->index << (64 - untyped->depth),
        .dest = ut_slots_dest(&ut->slots, own),
        .count = 1,
        .type = UT_TYPE_UNTYPED,
        .arg_bits = (uint8_t)bits,
    };
    uint32_t error = ut_retype_(ut, &call);

    if (error == NOT_ENOUGH_MEMORY)
        return UT_ELIVE;
    if (error != 0)
        return ut_fail_kernel_(fault, error, paddr);
    error = ut_revoke_(ut, untyped);
    if (error != 0)
        error = ut_revoke_(ut, untyped);
    return ut_fail_kernel_(fault, error, paddr);
}

ut_err_t ut_tree_probe_(struct ut *ut, const struct ut_blk *blk,
                        struct ut_fault *fault)
{
    struct ut_blk held = ut_held_(ut, blk);
    uint64_t at = blk->paddr, left = ut_blk_bytes(&held);
    struct ut_slot slot;
    uint32_t own;
    ut_err_t err = ut_slots_take(&ut->slots, 1, &own, fault);

    if (err)
        return err;
    if (blk->size_bits < UT_PAGE_BITS) {
        slot = ut_tree_object_slot_(ut, blk);
        err = untyped_try(ut, &slot, blk->size_bits, own, at, fault);
        left = 0;
    }
    while (!err && left > 0) {
        unsigned bits = ut_piece(at - ut_region_(ut, at)->r.base, left);
        struct ut_node n = ut_node_at_(ut, at, bits);

        slot = ut_node_slot_(ut, &n);
        err = untyped_try(ut, &slot, bits, own, at, fault);
        at += ut_bytes(bits);
        left -= ut_bytes(bits);
    }
    /* Refused twice it stays there until ut_free revokes the untyped. */
    UT_ASSERT(!ut_slots_give(&ut->slots, own, 1));
    return err;
}
