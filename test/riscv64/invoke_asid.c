/* SPDX-License-Identifier: BSD-2-Clause */
/* Errors of ASIDControl_MakePool and ASIDPool_Assign, in their order
 * (sel4-abi.md 4.11), and both until there is no more. */
#include "retypes.h"
#include "spaces.h"

#define POOLS   (1u << seL4_NumASIDPoolsBits)
#define ENTRIES (1u << seL4_ASIDPoolIndexBits)

#define OTHER_LABEL WRONG("another label", ILLEGAL, LABEL(CNodeCopy))

/* An untyped of a page with something in it. */
static seL4_CPtr used_untyped(void)
{
    seL4_CPtr untyped = task_object(seL4_UntypedObject, seL4_PageBits);

    retypes_fill(untyped);
    return untyped;
}

/* Words: index, depth; capabilities: untyped, root. */
#define WRONG_POOL                                                             \
    WRONG("something else", IC(1), CAP_NOT(0, KIND_BIT(KIND_UNTYPED))),        \
        WRONG("an untyped of 2^11", IC(1),                                     \
              CAP(0, task_object(seL4_UntypedObject, 11))),                    \
        WRONG("an untyped of 2^13", IC(1),                                     \
              CAP(0, task_object(seL4_UntypedObject, 13))),                    \
        WRONG("device memory", IC(1), CAP(0, retypes_device())),               \
        WRONG("an untyped in use", REV_FIRST, CAP(0, used_untyped())),         \
        PATH_WRONG_FROM(1, 0, 1, 0),                                           \
        WRONG("an occupied slot", DEL_FIRST, CAP(1, TASK_ROOT),                \
              WORD(0, TASK_ROOT), WORD(1, 64))

static void claim_make_pool(seL4_CPtr untyped, seL4_CPtr empty)
{
    const struct wrong wrong[] = {
        OTHER_LABEL,
        WRONG("words", TRUNC, SHORTER(0, 2)),
        WRONG("less than two capabilities", TRUNC, FEWER(2)),
        WRONG_POOL,
    };
    struct call good = CALL(seL4_CapASIDControl, RISCVASIDControlMakePool,
                            CALL_CAPS(untyped, TASK_ROOT), CALL_MR(empty, 64));
    struct call retype =
        CALL(untyped, UntypedRetype, CALL_CAPS(TASK_ROOT),
             CALL_MR(seL4_EndpointObject, 0, 0, 0, task_slot(), 1));

    ERRORS_IN_ORDER("ASIDControl_MakePool", &good, wrong);
    call_is(&good, DONE, "ASIDControl_MakePool: with nothing wrong");
    call_is(&retype, NO_MEM(0), "Retype: a pool takes the whole untyped");
    task_delete(empty);
    call_is(&good, DONE, "ASIDControl_MakePool: again, after its deletion");
}

/* The pool is no descendant of itself, but of its untyped. */
static void claim_pool_revoked(seL4_CPtr untyped, seL4_CPtr pool)
{
    struct call revoke = CALL(TASK_ROOT, CNodeRevoke, CALL_MR(pool, 64));
    struct call assign =
        CALL(pool, RISCVASIDPoolAssign,
             CALL_CAPS(task_object(seL4_RISCV_PageTableObject, 0)));

    call_is(&revoke, DONE, "Revoke: a pool");
    call_is(&assign, DONE, "ASIDPool_Assign: it is still there");
    revoke.mr[0] = untyped;
    call_is(&revoke, DONE, "Revoke: its untyped");
    call_is(&assign, IC(0), "ASIDPool_Assign: it is gone");
}

static void claim_assign(seL4_CPtr full, seL4_CPtr middle)
{
    const seL4_CPtr table = kind_slot(KIND_TABLE);
    const struct wrong wrong[] = {
        OTHER_LABEL,
        WRONG("no table", TRUNC, FEWER(1)),
        WRONG("something else", IC(1), CAP_NOT(0, KIND_BIT(KIND_TABLE))),
        WRONG("a table of a space", IC(1), CAP(0, middle)),
        WRONG("a full pool", DEL_FIRST, SERVICE(full)),
    };
    struct call good =
        CALL(seL4_CapInitThreadASIDPool, RISCVASIDPoolAssign, CALL_CAPS(table));

    ERRORS_IN_ORDER("ASIDPool_Assign", &good, wrong);
    good.length = 127;
    call_is(&good, DONE, "ASIDPool_Assign: of any length");
    call_is(&good, IC(1), "ASIDPool_Assign: a second time");
}

/* All of a pool's address spaces; the last one's table. */
static seL4_CPtr fill(seL4_CPtr pool)
{
    seL4_CPtr last = 0;

    for (unsigned i = 0; i < ENTRIES; i++)
        last = spaces_new(pool);
    return last;
}

static void claim_refill(seL4_CPtr full, seL4_CPtr last)
{
    struct call c = CALL(full, RISCVASIDPoolAssign,
                         CALL_CAPS(task_object(seL4_RISCV_PageTableObject, 0)));

    call_is(&c, DEL_FIRST, "ASIDPool_Assign: %u spaces are all", ENTRIES);
    task_delete(last);
    call_is(&c, DONE, "ASIDPool_Assign: one more, as one is gone");
}

/* ASID 0 is nobody's and 1 is ours, so of the first pool's are left two less,
 * and `used' that there are by now. */
static void claim_first_pool(unsigned used)
{
    struct call c =
        CALL(seL4_CapInitThreadASIDPool, RISCVASIDPoolAssign, CALL_CAPS(0));
    unsigned more = 0;

    do {
        c.cap[0] = task_object(seL4_RISCV_PageTableObject, 0);
    } while (call_make(&c).answer.label == seL4_NoError && ++more < ENTRIES);
    tap_is(more + used, ENTRIES - 2, "ASIDPool_Assign: as many in the first");
    call_is(&c, DEL_FIRST, "ASIDPool_Assign: and then no more");
}

/* There is one already, and `made' more; there can be 128. */
static void claim_no_pool(unsigned made)
{
    struct call good =
        CALL(seL4_CapASIDControl, RISCVASIDControlMakePool,
             CALL_CAPS(task_object(seL4_UntypedObject, 12), TASK_ROOT),
             CALL_MR(task_slot(), 64));
    seL4_CPtr last = 0;

    for (unsigned i = made + 1; i < POOLS; i++)
        last = spaces_pool();
    struct wrong wrong[] = {
        OTHER_LABEL,
        WRONG("words", TRUNC, SHORTER(0, 2)),
        WRONG("less than two capabilities", TRUNC, FEWER(2)),
        WRONG_POOL,
    };
    for (size_t i = 3; i < sizeof wrong / sizeof wrong[0]; i++)
        wrong[i].answer = DEL_FIRST; /* whatever it would be otherwise */
    ERRORS_IN_ORDER("ASIDControl_MakePool without a free pool", &good, wrong);
    call_is(&good, DEL_FIRST, "ASIDControl_MakePool: %u pools are all", POOLS);
    task_delete(last);
    call_is(&good, DONE, "ASIDControl_MakePool: one more, as one is gone");
}

int main(void)
{
    seL4_CPtr untyped = task_object(seL4_UntypedObject, seL4_PageBits);
    seL4_CPtr empty = task_slot();
    seL4_CPtr full = spaces_pool();
    seL4_CPtr last = fill(full);
    struct spaces s;

    spaces_make(&s);
    claim_make_pool(untyped, empty);
    claim_pool_revoked(untyped, empty);
    claim_assign(full, s.middle);
    claim_refill(full, last);
    /* Those of spaces_make(), kind_slot() and claim_assign(). */
    claim_first_pool(3);
    claim_no_pool(1);
    return errors_done();
}
