/* SPDX-License-Identifier: BSD-2-Clause */
/* Pages of 2 MiB and of 1 GiB (sel4-abi.md 4.10): mapped, read and written
 * over their length, in conflict with each other, with rights and attributes;
 * and zero when they are made. */
#include "access.h"

#define MEGA 0x200000ul
#define GIGA 0x40000000ul

enum { FETCH = 1, LOAD = 5, STORE = 7 };

static struct task probe;

static void refused(void (*what)(seL4_Word), seL4_Word address, seL4_Word fsr,
                    const char *name)
{
    seL4_TCB_Suspend(probe.tcb);
    task_start(&probe, what, address);
    task_expect_fault(seL4_Fault_VMFault, TASK_ANY, address, fsr == FETCH, fsr,
                      name);
}

static void allowed(void (*what)(seL4_Word), seL4_Word address,
                    const char *name)
{
    seL4_TCB_Suspend(probe.tcb);
    task_start(&probe, what, address);
    seL4_Wait(access_done, NULL);
    tap_ok(true, "%s", name);
}

static seL4_Error map(seL4_CPtr frame, seL4_Word address,
                      seL4_CapRights_t rights, seL4_Word attributes)
{
    return seL4_RISCV_Page_Map(frame, TASK_VSPACE, address, rights, attributes);
}

/* Every 4 KiB of it is read, written and read again. */
static void test_contents(seL4_Word address, seL4_Word bytes)
{
    seL4_Word nonzero = 0, wrong = 0;

    for (seL4_Word at = 0; at < bytes; at += 4096) {
        nonzero += *(volatile seL4_Word *)(address + at) != 0;
        *(volatile seL4_Word *)(address + at) = at + 1;
    }
    for (seL4_Word at = 0; at < bytes; at += 4096)
        wrong += *(volatile seL4_Word *)(address + at) != at + 1;
    tap_is(nonzero, 0, "it is zero throughout");
    tap_is(wrong, 0, "each of its pages is another one");
}

static void test_rights(seL4_CPtr frame, seL4_Word address, seL4_Word bytes)
{
    seL4_Word end = address + bytes - 4096;

    *(volatile seL4_Uint32 *)end = 0x00008067; /* ret */
    task_fence_code();
    allowed(access_call, end, "by default it is executed");
    map(frame, address, seL4_ReadWrite, seL4_RISCV_ExecuteNever);
    refused(access_call, end, FETCH, "not if mapped for no execution");
    allowed(access_store, end, "it is written");
    map(frame, address, seL4_CanRead, 0);
    allowed(access_load, end, "mapped for reading it is read");
    refused(access_store, end, STORE, "and not written");
    map(frame, address, seL4_NoRights, 0);
    refused(access_load, end, LOAD, "mapped without rights it is not read");
    tap_is(seL4_RISCV_Page_Unmap(frame), seL4_NoError, "unmapped");
    refused(access_load, address, LOAD, "the first word faults");
    refused(access_load, end + 4088, LOAD, "and the last");
    refused(access_call, address, FETCH, "and a fetch");
}

static void test_mega(seL4_Word address)
{
    seL4_CPtr mega = task_object(seL4_RISCV_Mega_Page, 0);
    seL4_CPtr small = task_object(seL4_RISCV_4K_Page, 0);
    seL4_CPtr table = task_object(seL4_RISCV_PageTableObject, 0);

    tap_is(map(mega, address, seL4_ReadWrite, 0), seL4_FailedLookup,
           "2 MiB need a table");
    tap_is(seL4_GetMR(2), 30, "the walk stopped at 30 bits");
    seL4_RISCV_PageTable_Map(task_object(seL4_RISCV_PageTableObject, 0),
                             TASK_VSPACE, address, 0);
    tap_is(map(mega, address + 4096, seL4_ReadWrite, 0), seL4_AlignmentError,
           "and alignment");
    tap_is(map(mega, address, seL4_ReadWrite, 0), seL4_NoError, "it is mapped");
    test_contents(address, MEGA);
    tap_is(map(small, address + 4096, seL4_ReadWrite, 0), seL4_FailedLookup,
           "no small page in it");
    tap_is(seL4_GetMR(2), 21, "the walk stopped at 21 bits");
    tap_is(seL4_RISCV_PageTable_Map(table, TASK_VSPACE, address, 0),
           seL4_DeleteFirst, "nor a table");
    tap_is(
        map(task_object(seL4_RISCV_Mega_Page, 0), address, seL4_ReadWrite, 0),
        seL4_DeleteFirst, "nor another of its size");
    test_rights(mega, address, MEGA);
    tap_is(seL4_RISCV_PageTable_Map(table, TASK_VSPACE, address, 0),
           seL4_NoError, "then a table may be there");
    tap_is(map(mega, address, seL4_ReadWrite, 0), seL4_FailedLookup,
           "and the large page may not");
    tap_is(seL4_GetMR(2), 12, "the walk stopped at 12 bits");
    tap_is(map(small, address, seL4_ReadWrite, 0), seL4_NoError,
           "a small one may");
}

static void test_giga(seL4_CPtr giga, seL4_Word address)
{
    seL4_CPtr mega = task_object(seL4_RISCV_Mega_Page, 0);
    seL4_CPtr table = task_object(seL4_RISCV_PageTableObject, 0);

    tap_is(map(giga, address + MEGA, seL4_ReadWrite, 0), seL4_AlignmentError,
           "1 GiB needs alignment");
    tap_is(map(giga, address, seL4_ReadWrite, 0), seL4_NoError, "no table");
    test_contents(address, GIGA);
    tap_is(map(mega, address + MEGA, seL4_ReadWrite, 0), seL4_FailedLookup,
           "no page of 2 MiB in it");
    tap_is(seL4_GetMR(2), 30, "the walk stopped at 30 bits");
    tap_is(seL4_RISCV_PageTable_Map(table, TASK_VSPACE, address, 0),
           seL4_DeleteFirst, "nor a table");
    test_rights(giga, address, GIGA);
    tap_is(seL4_RISCV_PageTable_Map(table, TASK_VSPACE, address, 0),
           seL4_NoError, "then a table may be there");
    tap_is(map(giga, address, seL4_ReadWrite, 0), seL4_FailedLookup,
           "and the large page may not");
    seL4_RISCV_PageTable_Unmap(table);
    tap_is(map(giga, address, seL4_CanRead, 0), seL4_NoError,
           "until that has gone");
    tap_is(*(volatile seL4_Word *)(address + MEGA), MEGA + 1,
           "with what was written");
    tap_is(task_delete(giga), seL4_NoError, "it is deleted");
    refused(access_load, address + MEGA, LOAD, "and is not there");
}

int main(void)
{
    /* First, while there is an aligned place for it. */
    seL4_CPtr giga = task_object(seL4_RISCV_Giga_Page, 0);

    access_done = task_object(seL4_NotificationObject, 0);
    access_stored = 1;
    task_create(&probe, TASK_VSPACE, 0);
    test_mega(0x1000000000);
    test_giga(giga, 0x2000000000);
    return tap_done();
}
