/* SPDX-License-Identifier: BSD-2-Clause */
/* Errors of Untyped_Retype, in their order (sel4-abi.md 4.4).
 *
 *   roomy   16 pages, nothing in it      device  a page of device memory
 *   full    one page, which is in it     device_full  the same, in use
 */
#include "paths.h"

#define FAN_OUT CONFIG_RETYPE_FAN_OUT_LIMIT

static seL4_CPtr roomy, full, device, device_full;
static seL4_CPtr window; /* the first of two slots, the second occupied */

/* A page of device memory as an untyped, the same that task_device() would
 * give as a frame. */
static seL4_CPtr device_untyped(void)
{
    const seL4_BootInfo *info = seL4_GetBootInfo();
    seL4_CPtr slot = task_slot();
    seL4_Word i = 0;

    while (!info->untypedList[i].isDevice || info->untypedList[i].sizeBits > 30)
        i++;
    call_must(&CALL(info->untyped.start + i, UntypedRetype,
                    CALL_MR(seL4_UntypedObject, seL4_PageBits, 0, 0, slot, 1),
                    CALL_CAPS(TASK_ROOT)),
              "device memory");
    return slot;
}

static void fill(seL4_CPtr untyped)
{
    call_must(
        &CALL(untyped, UntypedRetype,
              CALL_MR(seL4_UntypedObject, seL4_PageBits, 0, 0, task_slot(), 1),
              CALL_CAPS(TASK_ROOT)),
        "what fills an untyped");
}

static void make_objects(void)
{
    roomy = task_object(seL4_UntypedObject, 16);
    full = task_object(seL4_UntypedObject, seL4_PageBits);
    device = device_untyped();
    device_full = device_untyped();
    fill(full);
    fill(device_full);
    window = task_slot();
    task_object(seL4_EndpointObject, 0);
}

static void claim_errors(const struct call *good)
{
    const seL4_Word slots = errors_root_slots();
    const struct wrong wrong[] = {
        {"another label", ILLEGAL, {LABEL(CNodeRevoke)}},
        {"words", TRUNC, {SHORTER(0, 6)}},
        {"no root", TRUNC, {FEWER(1)}},
        {"type 9", IA(0), {WORD(0, 9)}},
        {"type 2^64 - 1", IA(0), {WORD(0, ~0ul)}},
        {"2^64 of size", RANGE(0, 38), {WORD(1, 64)}},
        {"2^39 of memory",
         RANGE(0, 38),
         {WORD(0, seL4_UntypedObject), WORD(1, 39)}},
        {"2^34 slots",
         RANGE(0, 38),
         {WORD(0, seL4_CapTableObject), WORD(1, 34)}},
        {"one slot", IA(1), {WORD(0, seL4_CapTableObject), WORD(1, 0)}},
        {"8 bytes", IA(1), {WORD(0, seL4_UntypedObject), WORD(1, 3)}},
        {"a root, by a path",
         INVALID_ROOT(0),
         {CAP_NOT(0, KIND_BIT(KIND_CNODE)), WORD(3, 64)}},
        /* Depth 0 is no error here. */
        PATH_WRONG(CAP(0, TASK_ROOT), 2, 3, 0),
        PATH_WRONG_SHORT(CAP(0, kind_slot(KIND_CNODE)), 2, 3, 0),
        {"a slot without a CNode",
         MISSING(0, 64),
         {WORD_NOT(2, KIND_BIT(KIND_CNODE)), CAP(0, TASK_ROOT), WORD(3, 64)}},
        {"a root, without a path",
         MISSING(0, 0),
         {CAP_NOT(0, KIND_BIT(KIND_CNODE)), WORD(3, 0)}},
        {"an offset beyond",
         RANGE(0, slots - 1),
         {CAP(0, TASK_ROOT), WORD(3, 0), WORD(4, slots)}},
        {"offset 2^64 - 1",
         RANGE(0, slots - 1),
         {CAP(0, TASK_ROOT), WORD(3, 0), WORD(4, ~0ul)}},
        {"no objects", RANGE(1, FAN_OUT), {WORD(5, 0)}},
        {"too many objects", RANGE(1, FAN_OUT), {WORD(5, FAN_OUT + 1)}},
        {"2^64 - 1 objects", RANGE(1, FAN_OUT), {WORD(5, ~0ul)}},
        {"too few slots",
         RANGE(1, 6),
         {CAP(0, TASK_ROOT), WORD(3, 0), WORD(4, slots - 6), WORD(5, 7)}},
        {"an occupied slot",
         DEL_FIRST,
         {CAP(0, TASK_ROOT), WORD(3, 0), WORD(4, TASK_ROOT)}},
        {"an occupied last slot",
         DEL_FIRST,
         {CAP(0, TASK_ROOT), WORD(3, 0), WORD(4, window), WORD(5, 2)}},
        {"a full untyped", NO_MEM(0), {SERVICE(full)}},
        {"a full untyped of a device, and a thread",
         NO_MEM(0),
         {SERVICE(device_full), WORD(0, seL4_TCBObject)}},
        {"more than there is",
         NO_MEM(1ul << 16),
         {SERVICE(roomy), WORD(0, seL4_RISCV_Mega_Page)}},
        {"a thread of device memory",
         IA(1),
         {SERVICE(device), WORD(0, seL4_TCBObject)}},
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
    return errors_done();
}
