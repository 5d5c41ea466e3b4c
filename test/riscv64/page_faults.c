/* SPDX-License-Identifier: BSD-2-Clause */
/* Page faults at each level of the tree: where there is no table at all, no
 * second table, no page; by load, store and fetch; each served by its handler
 * (sel4-abi.md 4.9, 4.10, 7.3). */
#include "access.h"

#define STEP  0x40000000ul /* 1 GiB: a table of the root for each case */
#define PLACE 0x1000000000ul

enum { FETCH = 1, LOAD = 5, STORE = 7 };

static struct task probe;

static const struct access {
    void (*what)(seL4_Word);
    seL4_Word fsr;
    const char *name;
} accesses[] = {{access_load, LOAD, "load"},
                {access_store, STORE, "store"},
                {access_call, FETCH, "fetch"}};

/* Maps so many tables for the address beforehand. */
static void map_tables(seL4_Word address, unsigned tables)
{
    for (unsigned i = 0; i < tables; i++)
        seL4_RISCV_PageTable_Map(task_object(seL4_RISCV_PageTableObject, 0),
                                 TASK_VSPACE, address, 0);
}

/* A page with `ret' at its beginning. */
static void fill(seL4_CPtr frame, seL4_Word address)
{
    task_map(frame, TASK_VSPACE, address, seL4_ReadWrite, 0);
    *(volatile seL4_Uint32 *)address = 0x00008067;
    task_fence_code();
}

static bool faults(const struct access *a, seL4_Word address)
{
    seL4_Word mr[4];

    return task_wait_fault(mr) == seL4_Fault_VMFault && mr[1] == address &&
           mr[2] == (a->fsr == FETCH) && mr[3] == a->fsr &&
           (a->fsr != FETCH || mr[0] == address);
}

static void one(const struct access *a, unsigned tables, seL4_Word address)
{
    seL4_CPtr frame = task_object(seL4_RISCV_4K_Page, 0);
    seL4_Word page = address - address % 4096;

    map_tables(address, tables);
    seL4_TCB_Suspend(probe.tcb);
    task_start(&probe, a->what, address);
    tap_ok(faults(a, address), "%s, %u tables: faults there", a->name, tables);
    fill(frame, page);
    if (a->fsr == FETCH)
        *(volatile seL4_Uint32 *)address = 0x00008067;
    task_fence_code();
    seL4_Reply(seL4_MessageInfo_new(0, 0, 0, 0));
    seL4_Wait(access_done, NULL);
    tap_ok(true, "served, it is done");
    if (a->fsr == STORE)
        tap_is(*(volatile seL4_Word *)address, 0x57, "the store arrived");
    if (a->fsr == LOAD)
        tap_is(access_seen, *(volatile seL4_Word *)address,
               "the load saw the page");
}

/* A table goes: what was below it faults again, at each level. */
static void test_tables_go(void)
{
    seL4_Word address = PLACE + 32 * STEP;
    seL4_CPtr table[2], frame = task_object(seL4_RISCV_4K_Page, 0);

    for (unsigned level = 0; level < 2; level++) {
        for (unsigned i = 0; i < 2; i++) {
            table[i] = task_object(seL4_RISCV_PageTableObject, 0);
            seL4_RISCV_PageTable_Map(table[i], TASK_VSPACE, address, 0);
        }
        tap_is(
            seL4_RISCV_Page_Map(frame, TASK_VSPACE, address, seL4_ReadWrite, 0),
            seL4_NoError, "a page below two tables");
        *(volatile seL4_Word *)address = 1;
        tap_is(seL4_RISCV_PageTable_Unmap(table[level]), seL4_NoError,
               "table %u is unmapped", level);
        seL4_TCB_Suspend(probe.tcb);
        task_start(&probe, access_load, address);
        tap_ok(faults(&accesses[0], address), "then the page is gone");
        seL4_RISCV_PageTable_Map(table[level], TASK_VSPACE, address, 0);
        seL4_TCB_Suspend(probe.tcb);
        task_start(&probe, access_load, address);
        tap_ok(faults(&accesses[0], address),
               "nor does it come back with the table, which is empty");
        seL4_RISCV_Page_Unmap(frame);
        seL4_RISCV_PageTable_Unmap(table[1]);
        seL4_RISCV_PageTable_Unmap(table[0]);
    }
}

int main(void)
{
    access_done = task_object(seL4_NotificationObject, 0);
    access_stored = 0x57;
    task_create(&probe, TASK_VSPACE, 0);
    for (unsigned tables = 0; tables < 3; tables++)
        for (unsigned i = 0; i < 3; i++) {
            seL4_Word at = PLACE + (tables * 3 + i) * STEP;

            one(&accesses[i], tables, at);
            one(&accesses[i], 0, at + 0x1ff000 + 0xff8);
            one(&accesses[i], 0, at + 0x3ffff000);
        }
    test_tables_go();
    return tap_done();
}
