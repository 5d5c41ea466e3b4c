/* SPDX-License-Identifier: BSD-2-Clause */
/* The replies that a real seL4 gave (sel4-abi.md 13.1): all those of the
 * table that concern memory and capabilities, in its order. */
#include "fixture.h"

enum {
    A = FIX_FREE, /* for passing use: empty between the vectors */
    B,
    C,
    ENDPOINT,
    BADGED,
    CNODE,   /* 2^4 slots, guard 0/0 */
    GUARDED, /* the same, guard 3/60 */
    TABLE,
    PARENT,
    CHILD,
    REPLY_CAP,
    SMALL, /* an untyped of 2^16 bytes */
};

static struct fixture f;

static uint64_t slot_call(uint64_t label, uint64_t index, uint32_t length)
{
    return call(&f, FIX_ROOT, label, length, (uint64_t[]){index, 64}, 0, NULL);
}

static uint64_t retype_as(struct retype_arguments a)
{
    if (a.root == 0)
        a.root = FIX_ROOT;
    if (a.offset == 0)
        a.offset = A;
    return retype_into(&f, FIX_UT, &a);
}

static struct place root_at(uint64_t index, uint64_t depth)
{
    return (struct place){FIX_ROOT, index, depth};
}

static void revoke_and_labels(void)
{
    static const uint64_t others[] = {FIX_ASID_POOL,   FIX_DOMAIN,
                                      FIX_IRQ_CONTROL, FIX_ROOT,
                                      SMALL,           FIX_ASID_CONTROL};

    cnode_revoke(&f, FIX_EMPTY);
    ok_reply(&f, "CNodeRevoke on an empty slot", 0);
    slot_call(LABEL_CNODE_REVOKE, FIX_EMPTY, 1);
    ok_reply(&f, "CNodeRevoke with len 1", 7);
    call(&f, FIX_EMPTY, LABEL_CNODE_REVOKE, 2, (uint64_t[]){0, 64}, 0, NULL);
    ok_reply(&f, "any label on an empty slot", 2, 0);
    call(&f, FIX_EMPTY, 0, 0, NULL, 0, NULL);
    ok_reply(&f, "label 0 on an empty slot", 2, 0);
    for (unsigned i = 0; i < sizeof others / sizeof *others; i++) {
        call(&f, others[i], 999, 0, NULL, 0, NULL);
        ok_reply(&f, "unknown label on something else", 3);
    }
    retype(&f, FIX_UT, TYPE_PAGE, 0, A, 1);
    call(&f, A, 999, 0, NULL, 0, NULL);
    ok_reply(&f, "unknown label on a frame", 3);
    cnode_delete(&f, A);
}

static void retype_arguments_wrong(void)
{
    retype(&f, FIX_UT, 9, 0, A, 1);
    ok_reply(&f, "Retype type 9", 1, 0);
    retype(&f, FIX_UT, OBJECT_TCB, 64, A, 1);
    ok_reply(&f, "Retype TCB size_bits 64", 4, 0, 38);
    retype(&f, FIX_UT, OBJECT_UNTYPED, 39, A, 1);
    ok_reply(&f, "Retype Untyped 39", 4, 0, 38);
    retype(&f, FIX_UT, OBJECT_CNODE, 34, A, 1);
    ok_reply(&f, "Retype CapTable 34", 4, 0, 38);
    retype(&f, FIX_UT, OBJECT_UNTYPED, 3, A, 1);
    ok_reply(&f, "Retype Untyped 3", 1, 1);
    retype(&f, FIX_UT, OBJECT_CNODE, 0, A, 1);
    ok_reply(&f, "Retype CapTable 0", 1, 1);
    retype_as((struct retype_arguments){.type = 1, .depth = 65, .count = 1});
    ok_reply(&f, "Retype node_depth 65", 4, 1, 64);
    retype_as((struct retype_arguments){
        .type = 1, .index = FIX_TCB, .depth = 64, .count = 1});
    ok_reply(&f, "Retype node_index 1, node_depth 64", 6, 0, 2, 64);
    for (unsigned i = 0; i < 2; i++) {
        uint64_t root = i ? FIX_TCB : CNODE + 90;

        retype_as(
            (struct retype_arguments){.type = 1, .root = root, .count = 1});
        ok_reply(&f, "Retype root = TCB or null, node_depth 0", 6, 0, 2, 0);
        retype_as((struct retype_arguments){
            .type = 1, .root = root, .depth = 64, .count = 1});
        ok_reply(&f, "Retype root = TCB or null, node_depth 64", 6, 0, 1);
    }
    retype_as((struct retype_arguments){
        .type = 1, .index = FIX_ROOT, .depth = 12, .count = 1});
    ok_reply(&f, "Retype node_index 2, node_depth 12", 6, 0, 4, 12, 0, 52);
}

static void retype_window_and_memory(void)
{
    retype(&f, FIX_UT, OBJECT_TCB, 0, 4096, 1);
    ok_reply(&f, "Retype offset 4096", 4, 0, 4095);
    retype(&f, FIX_UT, OBJECT_TCB, 0, A, 0);
    ok_reply(&f, "Retype num 0", 4, 1, 256);
    retype(&f, FIX_UT, OBJECT_TCB, 0, A, 257);
    ok_reply(&f, "Retype num 257", 4, 1, 256);
    retype(&f, FIX_UT, OBJECT_TCB, 0, 4090, 10);
    ok_reply(&f, "Retype offset 4090 num 10", 4, 1, 6);
    retype(&f, FIX_UT, OBJECT_TCB, 0, FIX_TCB, 1);
    ok_reply(&f, "Retype into slot 1", 8);
    retype(&f, FIX_UT2, TYPE_GIGA, 0, A, 1);
    ok_reply(&f, "Retype 1 GiB from a childless 16 MiB", 10, 0x1000000);
    retype(&f, FIX_DEVICE, OBJECT_TCB, 0, A, 1);
    ok_reply(&f, "Retype TCB from a device untyped", 1, 1);
    slot_call(LABEL_CNODE_REVOKE, FIX_EMPTY, 2);
    call(&f, FIX_UT, LABEL_CNODE_REVOKE, 2, (uint64_t[]){0, 64}, 0, NULL);
    ok_reply(&f, "CNodeRevoke label on an untyped", 3);
}

static void copies(void)
{
    cnode_copy(&f, FIX_TCB, ENDPOINT, 15);
    ok_reply(&f, "Copy to an occupied slot", 8);
    cnode_copy(&f, A, FIX_EMPTY, 15);
    ok_reply(&f, "Copy from an empty slot", 6, 1, 2, 64);
    cnode_copy_at(&f, root_at(A, 0), root_at(ENDPOINT, 64), 15);
    ok_reply(&f, "Copy dest depth 0", 4, 1, 64);
    cnode_copy_at(&f, root_at(A, 64), root_at(ENDPOINT, 63), 15);
    ok_reply(&f, "Copy src depth 63", 6, 1, 3, 63, 64);
    cnode_copy_at(&f, root_at(A, 63), root_at(ENDPOINT, 64), 15);
    ok_reply(&f, "Copy dest depth 63", 6, 0, 3, 63, 64);
    cnode_copy_at(&f, root_at(A, 12), root_at(ENDPOINT, 64), 15);
    ok_reply(&f, "Copy dest depth 12", 6, 0, 4, 12, 0, 52);
    cnode_copy_at(&f, root_at(A, 64), (struct place){FIX_TCB, ENDPOINT, 64},
                  15);
    ok_reply(&f, "Copy, source root is a TCB", 6, 1, 1);
    cnode_copy_at(&f, root_at(A, 64), (struct place){A, ENDPOINT, 64}, 15);
    ok_reply(&f, "Copy, source root is null", 6, 1, 1);
    call(&f, FIX_ROOT, LABEL_CNODE_COPY, 4, (uint64_t[]){A, 64, ENDPOINT, 64},
         1, (uint64_t[]){FIX_ROOT});
    ok_reply(&f, "Copy with len 4, source valid", 7);
    cnode_copy(&f, A, FIX_IRQ_CONTROL, 15);
    ok_reply(&f, "Copy IRQControl", 3);
    cnode_copy(&f, A, REPLY_CAP, 15);
    ok_reply(&f, "Copy a reply cap", 3);
    cnode_copy(&f, A, TABLE, 15);
    ok_reply(&f, "Copy of an unmapped table", 3);
    cnode_copy(&f, A, FIX_VSPACE, 15);
    ok_reply(&f, "Copy of a mapped one", 0);
    cnode_delete(&f, A);
    cnode_copy(&f, A, PARENT, 15);
    ok_reply(&f, "Copy of an untyped with children", 9);
}

static void mints(void)
{
    cnode_mint(&f, A, BADGED, 15, 8);
    ok_reply(&f, "Mint badge on a badged endpoint", 3);
    cnode_mint(&f, A, BADGED, 15, 0);
    ok_reply(&f, "Mint badge 0 on a badged endpoint", 3);
    cnode_mutate(&f, A, ENDPOINT, 1);
    ok_reply(&f, "Mutate an endpoint", 3);
    cnode_mint(&f, A, CNODE, 15, 61);
    ok_reply(&f, "Mint CNode radix 4 with guard size 61", 3);
    cnode_mint(&f, A, CNODE, 15, 60);
    ok_reply(&f, "guard size 60 works", 0);
    cnode_delete(&f, A);
    cnode_copy_at(&f, (struct place){GUARDED, 0, 64}, root_at(ENDPOINT, 64),
                  15);
    ok_reply(&f, "dest via guard 3/60, wrong guard", 6, 0, 4, 64, 3, 60);
    cnode_copy_at(&f, (struct place){CNODE, 0, 5}, root_at(ENDPOINT, 64), 15);
    ok_reply(&f, "radix 4, depth 5, no CNode there", 6, 0, 3, 1, 0);
    cnode_copy_at(&f, (struct place){CNODE, 0, 3}, root_at(ENDPOINT, 64), 15);
    ok_reply(&f, "the same, depth 3", 6, 0, 3, 3, 4);
}

static void moves_and_rotations(void)
{
    cnode_move(&f, ENDPOINT, ENDPOINT);
    ok_reply(&f, "Move slot to same slot: occupied", 8);
    cnode_move(&f, A, A);
    ok_reply(&f, "Move slot to same slot: empty", 6, 1, 2, 64);
    cnode_rotate(&f, A, 0, CNODE, 0, CNODE);
    ok_reply(&f, "Rotate pivot = source", 3);
    cnode_rotate(&f, A, 0, CNODE, 0, B);
    ok_reply(&f, "Rotate source empty", 6, 1, 2, 64);
    cnode_rotate(&f, A, 0, B, 0, CNODE);
    ok_reply(&f, "Rotate pivot empty", 6, 0, 2, 64);
    call(&f, FIX_ROOT, LABEL_CNODE_ROTATE, 8,
         (uint64_t[]){A, 64, 0, GUARDED, 65, 0, CNODE, 64}, 2,
         (uint64_t[]){FIX_ROOT, FIX_ROOT});
    ok_reply(&f, "Rotate pivot depth 65", 4, 1, 64);
    cnode_rotate(&f, FIX_TCB, 0, GUARDED, 0, CNODE);
    ok_reply(&f, "Rotate dest occupied", 8);
    cnode_rotate(&f, A, 0, CNODE, 0, ENDPOINT);
    ok_reply(&f, "Rotate with an endpoint as source", 3);
    cnode_rotate(&f, A, 0, ENDPOINT, 0, CNODE);
    ok_reply(&f, "Rotate with an endpoint as pivot", 3);
    cnode_rotate(&f, FIX_TCB, 0, GUARDED, 0, FIX_TCB);
    ok_reply(&f, "Rotate source = dest, CNode + TCB caps", 0);
    tap_is(fixture_type(&f, FIX_TCB), CAP_CNODE, "they are swapped");
    tap_is(fixture_type(&f, GUARDED), CAP_TCB, "both of them");
    cnode_rotate(&f, FIX_TCB, 0, GUARDED, 3 << 6 | 60, FIX_TCB);
    ok_reply(&f, "and back", 0);
}

static void others(void)
{
    slot_call(LABEL_CNODE_CANCEL_BADGED_SENDS, A, 2);
    ok_reply(&f, "CancelBadgedSends on an empty slot", 3);
    slot_call(LABEL_CNODE_CANCEL_BADGED_SENDS, FIX_TCB, 2);
    ok_reply(&f, "CancelBadgedSends on a TCB", 3);
    cnode_copy(&f, A, ENDPOINT, CAP_READ | CAP_WRITE);
    slot_call(LABEL_CNODE_CANCEL_BADGED_SENDS, A, 2);
    ok_reply(&f, "CancelBadgedSends with Read+Write", 3);
    cnode_delete(&f, A);
    slot_call(LABEL_CNODE_CANCEL_BADGED_SENDS, ENDPOINT, 2);
    ok_reply(&f, "CancelBadgedSends on an unbadged one", 0);
    slot_call(LABEL_CNODE_SAVE_CALLER, A, 2);
    ok_reply(&f, "SaveCaller, nothing pending", 0);
    slot_call(LABEL_CNODE_SAVE_CALLER, ENDPOINT, 2);
    ok_reply(&f, "SaveCaller, occupied slot", 8);
    retype(&f, SMALL, OBJECT_UNTYPED, 15, A, 1);
    retype(&f, SMALL, OBJECT_UNTYPED, 15, B, 1);
    ok_reply(&f, "two 2^15 children from a 2^16 untyped", 0);
    cnode_delete(&f, A);
    retype(&f, SMALL, OBJECT_UNTYPED, 15, A, 1);
    ok_reply(&f, "the first deleted, Retype another", 10, 0);
    cnode_delete(&f, B);
    retype(&f, SMALL, OBJECT_UNTYPED, 15, A, 1);
    ok_reply(&f, "after deleting both", 0);
    cnode_delete(&f, A);
}

int main(void)
{
    struct cap tcb;

    fixture_rv64(&f);
    retype(&f, FIX_UT, OBJECT_ENDPOINT, 0, ENDPOINT, 1);
    cnode_mint(&f, BADGED, ENDPOINT, 15, 7);
    retype(&f, FIX_UT, OBJECT_CNODE, 4, CNODE, 1);
    cnode_mint(&f, GUARDED, CNODE, 15, 3 << 6 | 60);
    retype(&f, FIX_UT, TYPE_TABLE, 0, TABLE, 1);
    retype(&f, FIX_UT, OBJECT_UNTYPED, 12, PARENT, 1);
    retype(&f, PARENT, OBJECT_ENDPOINT, 0, CHILD, 1);
    retype(&f, FIX_UT, OBJECT_UNTYPED, 16, SMALL, 1);
    ok_reply(&f, "objects to try things on", 0);
    tcb = fixture_cap(&f, FIX_TCB);
    reply_setup_master(f.k, tcb.base, tcb.bits);
    fixture_derive(
        &f, fixture_inner(&f, FIX_TCB, TCB_REPLY), fixture_slot(&f, REPLY_CAP),
        &(struct cap){.type = CAP_REPLY, .base = tcb.base, .bits = tcb.bits});
    revoke_and_labels();
    retype_arguments_wrong();
    retype_window_and_memory();
    copies();
    mints();
    moves_and_rotations();
    others();
    fixture_done(&f);
    return tap_done();
}
