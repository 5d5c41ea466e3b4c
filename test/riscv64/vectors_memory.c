/* SPDX-License-Identifier: BSD-2-Clause */
/* Test vectors, first part: invocations of untypeds and CNodes. */
#include "retypes.h"
#include "vectors.h"

static seL4_CPtr empty, null, used_slot;
static seL4_CPtr endpoint, badged, cnode, guarded, tcb;

static void make_objects(void)
{
    empty = task_slot();
    null = kind_slot(KIND_NULL);
    endpoint = kind_slot(KIND_ENDPOINT);
    cnode = kind_slot(KIND_CNODE);
    tcb = kind_slot(KIND_TCB);
    used_slot = endpoint;
    badged = task_slot();
    guarded = task_slot();
    call_must(&CALL(TASK_ROOT, CNodeMint, CALL_CAPS(TASK_ROOT),
                    CALL_MR(badged, 64, endpoint, 64, 15, 5)),
              "a badged endpoint");
    call_must(&CALL(TASK_ROOT, CNodeMint, CALL_CAPS(TASK_ROOT),
                    CALL_MR(guarded, 64, cnode, 64, 15, 3 << 6 | 60)),
              "a CNode with a guard");
}

/* ---- Any object -----------------------------------------------------------*/

static void play_any(void)
{
    static const enum kind kinds[] = {KIND_CNODE, KIND_ASID_POOL, KIND_DOMAIN,
                                      KIND_IRQ_CONTROL, KIND_FRAME};
    const struct answer no_capability = IC(0);
    bool same = true;

    ROW("CNodeRevoke on an empty slot");
    vector(CALL(TASK_ROOT, CNodeRevoke, CALL_MR(null, 64)), DONE, "nothing");
    ROW("CNodeRevoke with len 1");
    vector(CALL(TASK_ROOT, CNodeRevoke, CALL_MR(null)), TRUNC, "truncated");
    ROW("any label on an empty slot");
    for (seL4_Word label = 0; label <= nArchInvocationLabels; label++) {
        struct call c = CALL(null, label, CALL_MR(0, 0));
        struct outcome got = call_make(&c);

        same = same && call_has(&got, &no_capability);
    }
    vector_ok(same, "each label of the release, and one more");
    ROW("unknown label on a CNode / ASID pool / domain / IRQControl / frame "
        "cap");
    for (unsigned i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        vector(CALL(kind_slot(kinds[i]), nArchInvocationLabels), ILLEGAL,
               kind_name(kinds[i]));
    ROW("TCBSetFlags clear 0 set 0xff00");
#if LABELS >= 14
    vector(CALL(tcb, TCBSetFlags, CALL_MR(0, 0xff00)), ANSWER(seL4_NoError, 0),
           "no such flag");
#else
    vectors_skip("not in this release");
#endif
}

/* ---- Retype ---------------------------------------------------------------*/

static struct call retype(seL4_Word type, seL4_Word size_bits)
{
    return CALL(kind_slot(KIND_UNTYPED), UntypedRetype, CALL_CAPS(TASK_ROOT),
                CALL_MR(type, size_bits, 0, 0, empty, 1));
}

static struct call retype_by(seL4_CPtr root, seL4_Word index, seL4_Word depth)
{
    return CALL(kind_slot(KIND_UNTYPED), UntypedRetype, CALL_CAPS(root),
                CALL_MR(seL4_EndpointObject, 0, index, depth, empty, 1));
}

static struct call retype_to(seL4_Word offset, seL4_Word count)
{
    return CALL(kind_slot(KIND_UNTYPED), UntypedRetype, CALL_CAPS(TASK_ROOT),
                CALL_MR(seL4_EndpointObject, 0, 0, 0, offset, count));
}

static void play_retype_arguments(void)
{
    ROW("Retype type 9");
    vector(retype(9, 0), IA(0), "9");
    ROW("Retype TCB size_bits 64; Untyped 39; CapTable 34");
    vector(retype(seL4_TCBObject, 64), RANGE(0, 38), "TCB");
    vector(retype(seL4_UntypedObject, 39), RANGE(0, 38), "Untyped");
    vector(retype(seL4_CapTableObject, 34), RANGE(0, 38), "CapTable");
    ROW("Retype Untyped 3; CapTable 0");
    vector(retype(seL4_UntypedObject, 3), IA(1), "Untyped");
    vector(retype(seL4_CapTableObject, 0), IA(1), "CapTable");
    ROW("Retype node_depth 65");
    vector(retype_by(TASK_ROOT, TASK_ROOT, 65), RANGE(1, 64), "65");
    ROW("Retype node_index 1 (a TCB), node_depth 64");
    vector(retype_by(TASK_ROOT, 1, 64), MISSING(0, 64), "our own TCB");
    ROW("Retype root = TCB or null, node_depth 0");
    vector(retype_by(tcb, 0, 0), MISSING(0, 0), "TCB");
    vector(retype_by(null, 0, 0), MISSING(0, 0), "null");
    ROW("Retype root = TCB or null, node_depth 64");
    vector(retype_by(tcb, 2, 64), INVALID_ROOT(0), "TCB");
    vector(retype_by(null, 2, 64), INVALID_ROOT(0), "null");
    ROW("Retype node_index 2, node_depth 12");
    vector(retype_by(TASK_ROOT, 2, 12),
           GUARD(0, 12, 0, errors_root_guard_bits()), "less than the guard");
}

static void play_retype_window(void)
{
    const seL4_Word slots = errors_root_slots();
    struct call c;

    ROW("Retype offset 4096");
    vector(retype_to(slots, 1), RANGE(0, slots - 1), "as many as slots");
    ROW("Retype num 0; num 257");
    vector(retype_to(empty, 0), RANGE(1, RETYPES_MAX), "0");
    vector(retype_to(empty, RETYPES_MAX + 1), RANGE(1, RETYPES_MAX), "257");
    ROW("Retype offset 4090 num 10");
    vector(retype_to(slots - 6, 10), RANGE(1, 6), "6 from the end");
    ROW("Retype into slot 1");
    vector(retype_to(1, 1), DEL_FIRST, "our own TCB's");
    ROW("Retype 1 GiB page from a childless 16 MiB untyped");
    c = retype(seL4_RISCV_Giga_Page, 0);
    c.service = task_object(seL4_UntypedObject, 24);
    vector(c, NO_MEM(0x1000000), "more than there is");
    ROW("Retype TCB from a device untyped");
    c = retype(seL4_TCBObject, 0);
    c.service = retypes_device();
    vector(c, IA(1), "device memory");
    ROW("CNodeRevoke label on an untyped");
    vector(CALL(kind_slot(KIND_UNTYPED), CNodeRevoke, CALL_MR(null, 64)),
           ILLEGAL, "another object's");
}

/* ---- Copy and its like ----------------------------------------------------*/

static struct call copy_by(seL4_CPtr dest, seL4_Word dest_depth,
                           seL4_CPtr source, seL4_Word source_depth)
{
    return CALL(TASK_ROOT, CNodeCopy, CALL_CAPS(TASK_ROOT),
                CALL_MR(dest, dest_depth, source, source_depth, 15));
}

static struct call copy_from(seL4_CPtr root)
{
    return CALL(TASK_ROOT, CNodeCopy, CALL_CAPS(root),
                CALL_MR(empty, 64, endpoint, 64, 15));
}

static struct call copy_into(seL4_CPtr root, seL4_Word index, seL4_Word depth)
{
    return CALL(root, CNodeCopy, CALL_CAPS(TASK_ROOT),
                CALL_MR(index, depth, endpoint, 64, 15));
}

static struct call mint(seL4_CPtr source, seL4_Word data)
{
    return CALL(TASK_ROOT, CNodeMint, CALL_CAPS(TASK_ROOT),
                CALL_MR(empty, 64, source, 64, 15, data));
}

static void play_copy(void)
{
    struct call c;

    ROW("Copy to an occupied slot");
    vector(copy_by(used_slot, 64, endpoint, 64), DEL_FIRST, "its own");
    ROW("Copy from an empty slot");
    vector(copy_by(empty, 64, null, 64), MISSING(1, 64), "null");
    ROW("Copy dest depth 0");
    vector(copy_by(empty, 0, endpoint, 64), RANGE(1, 64), "0");
    ROW("Copy src depth 63 / dest depth 63");
    vector(copy_by(empty, 64, endpoint, 63), DEPTH(1, 63, 64), "source");
    vector(copy_by(empty, 63, endpoint, 64), DEPTH(0, 63, 64), "destination");
    ROW("Copy dest depth 12");
    vector(copy_by(empty, 12, endpoint, 64),
           GUARD(0, 12, 0, errors_root_guard_bits()), "less than the guard");
    ROW("Copy, source root is a TCB or null");
    vector(copy_from(tcb), INVALID_ROOT(1), "TCB");
    vector(copy_from(null), INVALID_ROOT(1), "null");
    ROW("Copy with len 4, source valid");
    c = copy_by(empty, 64, endpoint, 64);
    c.length = 4;
    vector(c, TRUNC, "no rights");
    ROW("Copy IRQControl; Copy a reply cap");
    vector(copy_by(empty, 64, seL4_CapIRQControl, 64), ILLEGAL, "IRQControl");
    vector(copy_by(empty, 64, kind_slot(KIND_REPLY), 64), ILLEGAL, "reply");
}

static void play_mint(void)
{
    ROW("Mint badge on a badged endpoint (also badge 0); Mutate an endpoint");
    vector(mint(badged, 6), ILLEGAL, "badge 6");
    vector(mint(badged, 0), ILLEGAL, "badge 0");
    vector(CALL(TASK_ROOT, CNodeMutate, CALL_CAPS(TASK_ROOT),
                CALL_MR(empty, 64, endpoint, 64, 6)),
           ILLEGAL, "Mutate");
    ROW("Mint CNode radix 4 with guard size 61");
    vector(mint(cnode, 61), ILLEGAL, "61");
    vector(mint(cnode, 60), DONE, "60");
    task_delete(empty);
}

static void play_paths(void)
{
    struct call move = CALL(TASK_ROOT, CNodeMove, CALL_CAPS(TASK_ROOT),
                            CALL_MR(endpoint, 64, endpoint, 64));

    ROW("dest via CNode cap with guard 3/60, wrong guard, depth 64");
    vector(copy_into(guarded, 2 << 4 | 1, 64), GUARD(0, 64, 3, 60), "guard 2");
    ROW("dest via CNode radix 4 guard 0/0: depth 5, slot holds no CNode");
    vector(copy_into(cnode, 0, 5), DEPTH(0, 1, 0), "a bit is left");
    ROW("same, depth 3");
    vector(copy_into(cnode, 0, 3), DEPTH(0, 3, 4), "a bit is missing");
    ROW("Move slot -> same slot: occupied / empty");
    vector(move, DEL_FIRST, "occupied");
    move.mr[0] = move.mr[2] = empty;
    vector(move, MISSING(1, 64), "empty");
}

/* ---- Rotate ---------------------------------------------------------------*/

static struct call rotate(seL4_CPtr dest, seL4_CPtr pivot, seL4_CPtr source)
{
    return CALL(TASK_ROOT, CNodeRotate, CALL_CAPS(TASK_ROOT, TASK_ROOT),
                CALL_MR(dest, 64, 0, pivot, 64, 0, source, 64));
}

static void play_rotate(void)
{
    struct call c = rotate(empty, tcb, cnode);

    ROW("Rotate pivot = source");
    vector(rotate(empty, tcb, tcb), ILLEGAL, "a TCB");
    ROW("Rotate source empty / pivot empty");
    vector(rotate(empty, tcb, null), MISSING(1, 64), "source");
    vector(rotate(empty, null, tcb), MISSING(0, 64), "pivot");
    ROW("Rotate pivot depth 65");
    c.mr[4] = 65;
    vector(c, RANGE(1, 64), "65");
    ROW("Rotate dest occupied (/= source)");
    vector(rotate(TASK_ROOT, tcb, cnode), DEL_FIRST, "by the root CNode");
    ROW("Rotate with an endpoint as source or pivot");
    vector(rotate(empty, tcb, endpoint), ILLEGAL, "source");
    vector(rotate(empty, endpoint, tcb), ILLEGAL, "pivot");
    ROW("Rotate source = dest (swap), CNode + TCB caps");
    vector(rotate(cnode, tcb, cnode), DONE, "there");
    vector(rotate(cnode, tcb, cnode), DONE, "and back");
}

/* ---- The rest -------------------------------------------------------------*/

static struct call cancel(seL4_CPtr slot)
{
    return CALL(TASK_ROOT, CNodeCancelBadgedSends, CALL_MR(slot, 64));
}

static struct call save(seL4_CPtr slot)
{
    return CALL(TASK_ROOT, CNodeSaveCaller, CALL_MR(slot, 64));
}

static void play_cancel_and_save(void)
{
    seL4_CPtr less = kind_copy(endpoint, 3);

    ROW("CancelBadgedSends on empty slot, TCB, endpoint with only Read+Write");
    vector(cancel(null), ILLEGAL, "empty slot");
    vector(cancel(tcb), ILLEGAL, "TCB");
    vector(cancel(less), ILLEGAL, "Read+Write");
    vector(cancel(endpoint), DONE, "all rights");
    ROW("SaveCaller, nothing pending / occupied slot");
    vector(save(empty), DONE, "nothing pending");
    vector(save(used_slot), DEL_FIRST, "occupied");
}

/* An untyped of 2^15 bytes in the other, into this slot. */
static struct call half_of(seL4_CPtr untyped, seL4_CPtr slot)
{
    return CALL(untyped, UntypedRetype, CALL_CAPS(TASK_ROOT),
                CALL_MR(seL4_UntypedObject, 15, 0, 0, slot, 1));
}

static void play_children(void)
{
    seL4_CPtr untyped = task_object(seL4_UntypedObject, 16);
    seL4_CPtr half = task_slot(), other_half = task_slot();
    struct call first, second;

    ROW("Copy of an untyped with children");
    first = half_of(untyped, half);
    second = half_of(untyped, other_half);
    call_must(&first, "the first half");
    call_must(&second, "the second half");
    vector(copy_by(empty, 64, untyped, 64), REV_FIRST, "two of them");
    ROW("two 2^15 children from a 2^16 untyped, delete the first, Retype "
        "another");
    task_delete(half);
    vector(first, NO_MEM(0), "the first deleted");
    task_delete(other_half);
    vector(first, DONE, "both deleted");
}

int main(void)
{
    make_objects();
    play_any();
    play_retype_arguments();
    play_retype_window();
    play_copy();
    play_mint();
    play_paths();
    play_rotate();
    play_cancel_and_save();
    play_children();
    return vectors_done();
}
