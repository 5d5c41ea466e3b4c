/* SPDX-License-Identifier: BSD-2-Clause */
/* The calls that seL4 does not have: errors of RetypeAt, RetypeWhole, Next and
 * RevokeAt, in their order (rule R12).  Without them, all are answered as by a
 * kernel that has never heard of them.
 *
 *   roomy   16 pages; offset 0x4000 is taken, so that what is above is free
 *   closed  16 pages, of which there is a copy
 *   full    one page, which is in it     device, device_full  the same
 */
#include "retypes.h"

#include <sel4/fallow.h>

#ifdef CONFIG_FALLOW_GEN3

#define SIZE  0x10000ul
#define TAKEN 0x4000ul
#define FREE  0x8000ul

static seL4_CPtr roomy, childless, closed, full, device, device_full, small;
static seL4_CPtr window; /* the first of 16 empty slots */

static void make_objects(void)
{
    roomy = task_object(seL4_UntypedObject, 16);
    childless = task_object(seL4_UntypedObject, 16);
    closed = task_object(seL4_UntypedObject, 16);
    full = task_object(seL4_UntypedObject, 12);
    small = task_object(seL4_UntypedObject, 12);
    device = retypes_device();
    device_full = retypes_device();
    retypes_fill(full);
    retypes_fill(device_full);
    call_must(
        &CALL(roomy, UntypedRetypeAt, CALL_CAPS(TASK_ROOT),
              CALL_MR(seL4_UntypedObject, 12, 0, 0, task_slot(), 1, TAKEN)),
        "what is in the way");
    kind_copy(closed, 15);
    window = task_slot();
    for (int i = 1; i < 16; i++)
        task_slot();
}

#define ENDPOINTS_IN(untyped) SERVICE(untyped), WORD(0, seL4_EndpointObject)

static void claim_retype_at(void)
{
    const struct wrong wrong[] = {
        WRONG("another label", ILLEGAL, LABEL(CNodeCopy)),
        WRONG("words", TRUNC, SHORTER(0, 7)),
        WRONG("no root", TRUNC, FEWER(1)),
        RETYPES_WRONG_TYPE,
        RETYPES_WRONG_NODE,
        RETYPES_WRONG_COUNT,
        WRONG("larger than the untyped", NO_MEM(SIZE), SERVICE(roomy),
              WORD(0, seL4_RISCV_Mega_Page)),
        WRONG("no alignment", ALIGN, ENDPOINTS_IN(roomy), WORD(6, FREE + 8)),
        WRONG("no alignment, and beyond", ALIGN, ENDPOINTS_IN(roomy),
              WORD(6, ~0ul)),
        WRONG("beyond the end", RANGE(0, SIZE - 16), ENDPOINTS_IN(roomy),
              WORD(6, SIZE)),
        WRONG("beyond the last offset there is", RANGE(0, SIZE - 16),
              ENDPOINTS_IN(roomy), WORD(6, ~0ul - 15)),
        WRONG("more than there is behind", NO_MEM(16), ENDPOINTS_IN(roomy),
              WORD(5, 2), WORD(6, SIZE - 16)),
        WRONG("something in the way", REV_FIRST, SERVICE(roomy),
              WORD(6, TAKEN)),
        WRONG("something in the way of the second", REV_FIRST,
              ENDPOINTS_IN(roomy), WORD(5, 2), WORD(6, TAKEN - 16)),
        WRONG("something larger in the way", REV_FIRST, ENDPOINTS_IN(roomy),
              WORD(6, TAKEN + 0xff0)),
        WRONG("an untyped with a copy", REV_FIRST, SERVICE(closed)),
        WRONG("a thread of device memory in use", REV_FIRST,
              SERVICE(device_full), WORD(0, seL4_TCBObject), WORD(6, 0)),
        WRONG("a thread of device memory", IA(1), SERVICE(device),
              WORD(0, seL4_TCBObject), WORD(6, 0)),
    };
    struct call good =
        CALL(roomy, UntypedRetypeAt, CALL_CAPS(TASK_ROOT),
             CALL_MR(seL4_EndpointObject, 0, TASK_ROOT, 64, window, 1, FREE));

    ERRORS_IN_ORDER("RetypeAt", &good, wrong);
    call_is(&good, DONE, "RetypeAt: with nothing wrong");
    task_delete(window);
}

/* Pages: 16 of them, into 16 slots. */
static void claim_retype_whole(void)
{
    const struct wrong wrong[] = {
        WRONG("another label", ILLEGAL, LABEL(CNodeCopy)),
        WRONG("words", TRUNC, SHORTER(0, 5)),
        WRONG("no root", TRUNC, FEWER(1)),
        RETYPES_WRONG_TYPE,
        RETYPES_WRONG_NODE,
        WRONG("an untyped in use", REV_FIRST, SERVICE(full)),
        WRONG("an untyped with a copy", REV_FIRST, SERVICE(closed)),
        WRONG("larger than the untyped", NO_MEM(SIZE), SERVICE(childless),
              WORD(0, seL4_RISCV_Mega_Page)),
        WRONG("too many objects", RANGE(1, RETYPES_MAX),
              ENDPOINTS_IN(childless)),
        WRONG("too few slots", RANGE(1, 6), SERVICE(childless),
              WORD(0, seL4_RISCV_4K_Page), RETYPES_IN_ROOT,
              WORD(4, errors_root_slots() - 6)),
        WRONG("an occupied slot", DEL_FIRST, SERVICE(childless),
              WORD(0, seL4_RISCV_4K_Page), RETYPES_IN_ROOT, WORD(4, TASK_ROOT)),
        WRONG("threads of device memory", IA(1), SERVICE(device),
              WORD(0, seL4_TCBObject)),
    };
    struct call good =
        CALL(childless, UntypedRetypeWhole, CALL_CAPS(TASK_ROOT),
             CALL_MR(seL4_RISCV_4K_Page, 0, TASK_ROOT, 64, window));

    ERRORS_IN_ORDER("RetypeWhole", &good, wrong);
    call_is(&good, ANSWER(seL4_NoError, 16), "RetypeWhole: 16 pages");
}

static void claim_describe_and_next(void)
{
    const struct wrong wrong[] = {
        WRONG("another label", ILLEGAL, LABEL(CNodeCopy)),
        WRONG("words", TRUNC, SHORTER(0, 1)),
    };
    const seL4_Word offsets[] = {0, SIZE - 1, SIZE, ~0ul};
    struct call next = CALL(roomy, UntypedNext, CALL_MR(0));
    struct call describe = CALL(small, UntypedDescribe);
    struct outcome got = call_make(&describe);

    ERRORS_IN_ORDER("Next", &next, wrong);
    for (unsigned i = 0; i < 4; i++) {
        struct answer none = ANSWER(seL4_NoError, 0, 0, 0);

        if (i == 0)
            none.mr[0] = TAKEN, none.mr[1] = TAKEN + 4096, none.mr[2] = 1;
        next.mr[0] = offsets[i];
        call_is(&next, none, "Next: from offset 0x%lx", offsets[i]);
    }
    call_is(&describe, ANSWER(seL4_NoError, got.answer.mr[0], 12, 0, 0, 0, 15),
            "Describe: a page, new, and all features");
    tap_ok(got.answer.mr[0] >= 0x80000000 && got.answer.mr[0] % 4096 == 0,
           "Describe: its address is one of memory");
}

static void claim_revoke_at(void)
{
    const struct wrong wrong[] = {
        WRONG("another label", ILLEGAL, LABEL(CNodeCopy)),
        WRONG("words", TRUNC, SHORTER(0, 2)),
        WRONG("more than the untyped", RANGE(0, 16), SERVICE(roomy),
              WORD(1, 17)),
        WRONG("2^64 of size", RANGE(0, 16), SERVICE(roomy), WORD(1, ~0ul)),
        WRONG("no alignment", ALIGN, WORD(0, FREE + 0x800), WORD(1, 12)),
        WRONG("no alignment, and beyond", ALIGN, WORD(0, ~0ul), WORD(1, 12)),
        WRONG("beyond the end", RANGE(0, SIZE - 4096), SERVICE(roomy),
              WORD(0, SIZE), WORD(1, 12)),
        WRONG("a part of what is larger", REV_FIRST, SERVICE(roomy),
              WORD(0, TAKEN), WORD(1, 11)),
        WRONG("a part of what has a copy", REV_FIRST, SERVICE(closed)),
    };
    struct call good = CALL(roomy, UntypedRevokeAt, CALL_MR(TAKEN, 12));

    ERRORS_IN_ORDER("RevokeAt", &good, wrong);
    call_is(&good, DONE, "RevokeAt: with nothing wrong");
    call_is(&good, DONE, "RevokeAt: where nothing is");
    good.service = closed, good.mr[0] = 0, good.mr[1] = 16;
    call_is(&good, DONE, "RevokeAt: all of what has a copy");
}

int main(void)
{
    make_objects();
    claim_retype_at();
    claim_retype_whole();
    claim_describe_and_next();
    claim_revoke_at();
    return errors_done();
}

#else

/* As a stock kernel: no label is known, whatever comes with it, and nothing
 * has happened. */
int main(void)
{
    seL4_CPtr untyped = task_object(seL4_UntypedObject, 16);
    struct call c =
        CALL(untyped, UntypedRetypeAt, CALL_CAPS(TASK_ROOT),
             CALL_MR(seL4_UntypedObject, 16, 0, 0, task_slot(), 1, 0));

    for (; c.label <= UntypedRevokeAt; c.label++)
        for (c.length = 0; c.length <= 7; c.length++)
            call_is(&c, ILLEGAL, "0x%lx, length %lu", c.label, c.length);
    c.label = UntypedRetype, c.length = 6;
    call_is(&c, DONE, "Retype: all of the untyped is still there");
    return tap_done();
}

#endif
