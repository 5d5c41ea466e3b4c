/* SPDX-License-Identifier: BSD-2-Clause */
/* Errors of Untyped_Retype, in their order (sel4-abi.md 4.4).
 *
 *   roomy   16 pages, nothing in it      device  a page of device memory
 *   full    one page, which is in it     device_full  the same, in use
 */
#include "retypes.h"

static seL4_CPtr roomy, full, device, device_full;
static seL4_CPtr window; /* the first of two slots, the second occupied */

static void make_objects(void)
{
    roomy = task_object(seL4_UntypedObject, 16);
    full = task_object(seL4_UntypedObject, seL4_PageBits);
    device = retypes_device();
    device_full = retypes_device();
    retypes_fill(full);
    retypes_fill(device_full);
    window = task_slot();
    task_object(seL4_EndpointObject, 0);
}

static void claim_errors(const struct call *good)
{
    const struct wrong wrong[] = {
        WRONG("another label", ILLEGAL, LABEL(CNodeRevoke)),
        WRONG("words", TRUNC, SHORTER(0, 6)),
        WRONG("no root", TRUNC, FEWER(1)),
        RETYPES_WRONG_TYPE,
        RETYPES_WRONG_NODE,
        RETYPES_WRONG_COUNT,
        WRONG("an occupied last slot", DEL_FIRST, CAP(0, TASK_ROOT), WORD(3, 0),
              WORD(4, window), WORD(5, 2)),
        WRONG("a full untyped", NO_MEM(0), SERVICE(full)),
        WRONG("a full untyped of a device, and a thread", NO_MEM(0),
              SERVICE(device_full), WORD(0, seL4_TCBObject)),
        WRONG("more than there is", NO_MEM(1ul << 16), SERVICE(roomy),
              WORD(0, seL4_RISCV_Mega_Page)),
        WRONG("a thread of device memory", IA(1), SERVICE(device),
              WORD(0, seL4_TCBObject)),
    };

    ERRORS_IN_ORDER("Retype", good, wrong);
}

/* What else cannot be made of a device, and what can. */
static void claim_device_types(const struct call *good)
{
    static const seL4_Word types[] = {seL4_TCBObject, seL4_EndpointObject,
                                      seL4_NotificationObject,
                                      seL4_RISCV_PageTableObject};
    struct call c = *good;

    c.service = device;
    for (unsigned i = 0; i < sizeof types / sizeof types[0]; i++) {
        c.mr[0] = types[i];
        call_is(&c, IA(1), "Retype: type %lu of device memory", types[i]);
    }
    c.mr[0] = seL4_CapTableObject, c.mr[1] = 4;
    call_is(&c, IA(1), "Retype: a CNode of device memory");
    c.mr[0] = seL4_RISCV_4K_Page, c.mr[1] = 0;
    call_is(&c, DONE, "Retype: a frame of device memory");
    task_delete(window);
    c.mr[0] = seL4_UntypedObject, c.mr[1] = 4;
    call_is(&c, DONE, "Retype: an untyped of device memory");
    task_delete(window);
}

/* A size that is not looked at must still be a size. */
static void claim_sizes(const struct call *good)
{
    struct call c = *good;

    c.mr[1] = 63;
    call_is(&c, DONE, "Retype: an endpoint of size 2^63, which is ignored");
    task_delete(window);
    c.mr[1] = ~0ul;
    call_is(&c, RANGE(0, 38), "Retype: an endpoint of size 2^(2^64 - 1)");
}

/* Bytes that are left, as the untyped fills up. */
static void claim_memory(void)
{
    seL4_CPtr untyped = task_object(seL4_UntypedObject, 16);
    struct call c = CALL(untyped, UntypedRetype, CALL_CAPS(TASK_ROOT),
                         CALL_MR(seL4_RISCV_4K_Page, 0, 0, 0, task_slot(), 1));

    call_is(&c, DONE, "Retype: the first page of 16");
    c.mr[0] = seL4_UntypedObject, c.mr[1] = 16, c.mr[4] = task_slot();
    call_is(&c, NO_MEM(15ul << 12), "Retype: 16 pages of 15");
    c.mr[1] = 15;
    call_is(&c, DONE, "Retype: 8 pages of 15");
    c.mr[1] = 4, c.mr[4] = task_slot();
    call_is(&c, NO_MEM(0), "Retype: the 8 pages were the last ones");
}

/* The CNode that a path leads to is meant without its guard. */
static void claim_guard_ignored(const struct call *good)
{
    const seL4_CPtr guarded = task_slot();
    struct call c = *good;

    call_must(
        &CALL(TASK_ROOT, CNodeMint, CALL_CAPS(TASK_ROOT),
              CALL_MR(guarded, 64, kind_slot(KIND_CNODE), 64, 15, 3 << 6 | 60)),
        "a CNode with a guard");
    c.mr[2] = guarded, c.mr[4] = 15;
    call_is(&c, DONE, "Retype: into a CNode with a guard");
    c.mr[4] = 16;
    call_is(&c, RANGE(0, 15), "Retype: beyond its last slot");
    c.cap[0] = guarded, c.mr[3] = 0, c.mr[4] = 14;
    call_is(&c, DONE, "Retype: into it as the root");
}

/* A copy makes the original full; the copy can be used. */
static void claim_copied(void)
{
    const seL4_CPtr original = task_object(seL4_UntypedObject, 16);
    const seL4_CPtr copy = kind_copy(original, 15);
    struct call c = CALL(original, UntypedRetype, CALL_CAPS(TASK_ROOT),
                         CALL_MR(seL4_EndpointObject, 0, 0, 0, task_slot(), 1));
    struct call again = CALL(TASK_ROOT, CNodeCopy, CALL_CAPS(TASK_ROOT),
                             CALL_MR(task_slot(), 64, original, 64, 15));
    struct call revoke = CALL(TASK_ROOT, CNodeRevoke, CALL_MR(original, 64));

    call_is(&c, NO_MEM(0), "Retype: an untyped that has a copy");
    call_is(&again, REV_FIRST, "Copy: a second one");
    c.service = copy;
    call_is(&c, DONE, "Retype: the copy");
    call_is(&revoke, DONE, "Revoke: the original");
    c.service = original;
    call_is(&c, DONE, "Retype: the original, after that");
}

int main(void)
{
    struct call good;

    make_objects();
    good = CALL(roomy, UntypedRetype,
                CALL_MR(seL4_EndpointObject, 0, TASK_ROOT, 64, window, 1),
                CALL_CAPS(TASK_ROOT));
    claim_errors(&good);
    call_is(&good, DONE, "Retype: with nothing wrong");
    task_delete(window);
    claim_device_types(&good);
    claim_sizes(&good);
    claim_memory();
    claim_guard_ignored(&good);
    claim_copied();
    return errors_done();
}
