/* SPDX-License-Identifier: BSD-2-Clause */
/* Copy, Mint, Move and Mutate refuse what sel4-abi.md 4.5 says, in the order
 * of its table. */
#include "faults.h"

#include <string.h>

/* Root slots that the table uses; the call goes from SOURCE to FIX_FREE. */
enum {
    SOURCE = FIX_FREE + 1, /* an endpoint; of Mutate: a CNode */
    BADGED,                /* of the endpoint */
    GUARDED,               /* a CNode of 2^4 slots with guard 3 of 60 bits */
    CNODE,                 /* the same without guard */
    TABLE,                 /* a page table that is mapped nowhere */
    PARENT,                /* an untyped with a child */
    REPLY_CAP,
    HANDLER,
};

enum { TO, TO_DEPTH, FROM, FROM_DEPTH, RIGHTS, DATA };

static const struct raw_call good = {
    {[TO] = FIX_FREE,
     [TO_DEPTH] = 64,
     [FROM] = SOURCE,
     [FROM_DEPTH] = 64,
     [RIGHTS] = CAP_RIGHTS_ALL,
     [FAULT_TARGET] = FIX_ROOT,
     [FAULT_CAP_COUNT] = 1,
     [FAULT_CAP0] = FIX_ROOT},
};

static const struct fault common[] = {
    FAULT("1: label 16", REPLY(3), 1, {FAULT_LABEL, 16}),
    FAULT("1: label 26", REPLY(3), 1, {FAULT_LABEL, 26}),
    FAULT("1: label 0", REPLY(3), 1, {FAULT_LABEL, 0}),
    FAULT("1: Retype", REPLY(3), 1, {FAULT_LABEL, LABEL_UNTYPED_RETYPE}),
    FAULT("1: RetypeAt", REPLY(3), 1, {FAULT_LABEL, LABEL_UNTYPED_RETYPE_AT}),
    FAULT("2: no word", REPLY(7), 1, {FAULT_LENGTH, 0}),
    FAULT("2: one word", REPLY(7), 1, {FAULT_LENGTH, 1}),
    FAULT("3: depth 0", REPLY(4, 1, 64), 1, {TO_DEPTH, 0}),
    FAULT("3: depth 65", REPLY(4, 1, 64), 1, {TO_DEPTH, 65}),
    FAULT("3: depth 2^64 - 1", REPLY(4, 1, 64), 1, {TO_DEPTH, UINT64_MAX}),
    FAULT("3: depth 256 + 64", REPLY(4, 1, 64), 1, {TO_DEPTH, 320}),
    FAULT("3: guard does not fit", REPLY(6, 0, 4, 12, 0, 52), 1,
          {TO_DEPTH, 12}),
    FAULT("3: guard is another", REPLY(6, 0, 4, 64, 3, 60), 2,
          {FAULT_TARGET, GUARDED}, {TO_DEPTH, 64}),
    FAULT("3: index does not fit", REPLY(6, 0, 3, 63, 64), 1, {TO_DEPTH, 63}),
    FAULT("3: bits left over", REPLY(6, 0, 3, 1, 0), 3, {FAULT_TARGET, CNODE},
          {TO_DEPTH, 5}, {TO, 0}),
    FAULT("3: too few bits", REPLY(6, 0, 3, 3, 4), 2, {FAULT_TARGET, CNODE},
          {TO_DEPTH, 3}),
    FAULT("4: two words", REPLY(7), 1, {FAULT_LENGTH, 2}),
    FAULT("4: three words", REPLY(7), 1, {FAULT_LENGTH, 3}),
    FAULT("4: no capability", REPLY(7), 1, {FAULT_CAP_COUNT, 0}),
    FAULT("5: into slot 1", REPLY(8), 1, {TO, FIX_TCB}),
    FAULT("6: the source's root is a TCB", REPLY(6, 1, 1), 1,
          {FAULT_CAP0, FIX_TCB}),
    FAULT("6: the source's root is empty", REPLY(6, 1, 1), 2,
          {FAULT_CAP0, FIX_EMPTY}, {FROM_DEPTH, 0}),
    FAULT("6: source depth 0", REPLY(4, 1, 64), 1, {FROM_DEPTH, 0}),
    FAULT("6: source depth 65", REPLY(4, 1, 64), 1, {FROM_DEPTH, 65}),
    FAULT("6: source's guard", REPLY(6, 1, 4, 12, 0, 52), 1, {FROM_DEPTH, 12}),
    FAULT("6: source's index", REPLY(6, 1, 3, 63, 64), 1, {FROM_DEPTH, 63}),
    FAULT("6: source bits left over", REPLY(6, 1, 3, 60, 0), 3,
          {FAULT_CAP0, CNODE}, {FROM_DEPTH, 64}, {FROM, 0}),
    FAULT("7: empty source", REPLY(6, 1, 2, 64), 1, {FROM, FIX_EMPTY}),
    FAULT("7: empty source, depth 4", REPLY(6, 1, 2, 4), 3, {FAULT_CAP0, CNODE},
          {FROM_DEPTH, 4}, {FROM, 3}),
};

static const struct fault copy_only[] = {
    FAULT("8: four words", REPLY(7), 1, {FAULT_LENGTH, 4}),
    FAULT("9: an untyped with children", REPLY(9), 1, {FROM, PARENT}),
    FAULT("9: an unmapped table", REPLY(3), 1, {FROM, TABLE}),
    FAULT("10: interrupt control", REPLY(3), 1, {FROM, FIX_IRQ_CONTROL}),
    FAULT("10: a reply capability", REPLY(3), 1, {FROM, REPLY_CAP}),
};

static const struct fault mint_only[] = {
    FAULT("8: four words", REPLY(7), 1, {FAULT_LENGTH, 4}),
    FAULT("8: five words", REPLY(7), 1, {FAULT_LENGTH, 5}),
    FAULT("9: an untyped with children", REPLY(9), 1, {FROM, PARENT}),
    FAULT("9: an unmapped table", REPLY(3), 1, {FROM, TABLE}),
    FAULT("10: interrupt control", REPLY(3), 1, {FROM, FIX_IRQ_CONTROL}),
    FAULT("10: a reply capability", REPLY(3), 1, {FROM, REPLY_CAP}),
    FAULT("10: a badge for a badged one", REPLY(3), 2, {FROM, BADGED},
          {DATA, 5}),
    FAULT("10: badge 0 for a badged one", REPLY(3), 2, {FROM, BADGED},
          {DATA, 0}),
    FAULT("10: its own badge again", REPLY(3), 2, {FROM, BADGED}, {DATA, 7}),
    FAULT("10: a guard of 61 bits", REPLY(3), 2, {FROM, CNODE}, {DATA, 61}),
    FAULT("10: a guard of 63 bits", REPLY(3), 2, {FROM, CNODE}, {DATA, 63}),
};

static const struct fault mutate_only[] = {
    FAULT("8: four words", REPLY(7), 1, {FAULT_LENGTH, 4}),
    FAULT("10: an endpoint", REPLY(3), 1, {FROM, BADGED}),
    FAULT("10: a guard of 61 bits", REPLY(3), 2, {FROM, CNODE}, {4, 61}),
};

static void put_reply(struct fixture *f)
{
    struct slot *slots = kernel_slots(f->k);
    struct cap tcb = fixture_cap(f, FIX_TCB);
    struct cap reply = {.type = CAP_REPLY, .base = tcb.base, .bits = tcb.bits};

    reply_setup_master(f->k, tcb.base, tcb.bits);
    tap_is(slot_type(slots, fixture_inner(f, FIX_TCB, TCB_REPLY)), CAP_REPLY,
           "a started thread has a master reply capability");
    fixture_derive(f, fixture_inner(f, FIX_TCB, TCB_REPLY),
                   fixture_slot(f, REPLY_CAP), &reply);
}

static void set_up(struct fixture *f)
{
    fixture_rv64(f);
    retype(f, FIX_UT, OBJECT_ENDPOINT, 0, SOURCE, 1);
    cnode_mint(f, BADGED, SOURCE, CAP_RIGHTS_ALL, 7);
    retype(f, FIX_UT, OBJECT_CNODE, 4, CNODE, 1);
    cnode_mint(f, GUARDED, CNODE, CAP_RIGHTS_ALL, 60 | 3 << 6);
    ok_reply(f, "a CNode with guard 3 of 60 bits", ERROR_NONE);
    retype(f, FIX_UT, TYPE_TABLE, 0, TABLE, 1);
    retype(f, FIX_UT, OBJECT_UNTYPED, 12, PARENT, 1);
    retype(f, PARENT, OBJECT_ENDPOINT, 0, HANDLER, 1);
    ok_reply(f, "an untyped with a child", ERROR_NONE);
    cnode_move_at(f, inside(CNODE, 4, 0),
                  (struct place){FIX_ROOT, HANDLER, 64});
    put_reply(f);
}

static void check(uint64_t label, uint64_t length, const struct fault *only,
                  unsigned count, uint64_t data)
{
    struct fault all[FAULTS_COUNT(common) + FAULTS_COUNT(mint_only)];
    struct raw_call right = good;
    struct fixture f;

    set_up(&f);
    if (label == LABEL_CNODE_MUTATE) {
        cnode_delete(&f, SOURCE);
        cnode_mint(&f, SOURCE, CNODE, CAP_RIGHTS_ALL, 0);
    }
    right.word[FAULT_LABEL] = label;
    right.word[FAULT_LENGTH] = length;
    right.word[label == LABEL_CNODE_MUTATE ? RIGHTS : DATA] = data;
    memcpy(all, common, sizeof common);
    for (unsigned i = 0; i < count; i++)
        all[FAULTS_COUNT(common) + i] = only[i];
    faults_check(&f, &right, all, (unsigned)FAULTS_COUNT(common) + count);
    fixture_done(&f);
}

int main(void)
{
    tap_diag("Copy");
    check(LABEL_CNODE_COPY, 5, copy_only, FAULTS_COUNT(copy_only), 0);
    tap_diag("Mint");
    check(LABEL_CNODE_MINT, 6, mint_only, FAULTS_COUNT(mint_only), 42);
    tap_diag("Move");
    check(LABEL_CNODE_MOVE, 4, NULL, 0, 0);
    tap_diag("Mutate");
    check(LABEL_CNODE_MUTATE, 5, mutate_only, FAULTS_COUNT(mutate_only), 60);
    return tap_done();
}
