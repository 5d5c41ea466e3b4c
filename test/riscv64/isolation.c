/* SPDX-License-Identifier: BSD-2-Clause */
/* What user level must not be able to do: read or write the kernel's memory,
 * or another address space's; use what has been unmapped, deleted or revoked;
 * write or execute what is mapped for less (sel4-abi.md 4.9 - 4.11). */
#include "access.h"

#define PAGE      0x20000000ul
#define MEGA_PAGE 0x20200000ul
#define SECRET    0x5ec2e70123456789ul

enum { FETCH = 1, LOAD = 5, STORE = 7 };

static struct task probe;

/* A thread of its own tries it; the fault is as the ABI has it. */
static void refused(void (*what)(seL4_Word), seL4_Word address, seL4_Word fsr,
                    const char *name)
{
    seL4_TCB_Suspend(probe.tcb);
    task_start(&probe, what, address);
    task_expect_fault(seL4_Fault_VMFault, fsr == FETCH ? address : TASK_ANY,
                      address, fsr == FETCH, fsr, name);
}

static void allowed(void (*what)(seL4_Word), seL4_Word address,
                    const char *name)
{
    seL4_TCB_Suspend(probe.tcb);
    task_start(&probe, what, address);
    seL4_Wait(access_done, NULL);
    tap_ok(true, "%s", name);
}

static void test_kernel(void)
{
    static const struct {
        seL4_Word address;
        const char *name;
    } place[] = {
        {0xffffffff80200000, "the kernel's code"},
        {0xffffffff80210000, "the kernel's data"},
        {0xffffffc080000000, "the firmware, by the direct map"},
        {0xffffffc080200000, "the kernel, by the direct map"},
        {0xffffffff4c000000, "the interrupt controller"},
        {0xffffffff40000000, "the kernel's devices"},
        {0xfffffffffffffff8, "the last word"},
        {0x0000004000000000, "the first address that is no address"},
        {0x0000003ffffffff8, "the last word of the lower half"},
        {0x0000000080200000, "the kernel's physical address"},
        {0x0000000000000000, "address 0"},
    };

    for (unsigned i = 0; i < sizeof place / sizeof place[0]; i++) {
        refused(access_load, place[i].address, LOAD, place[i].name);
        refused(access_store, place[i].address, STORE, "... is not written");
        refused(access_call, place[i].address, FETCH, "... is not executed");
    }
}

/* Takes the page at PAGE away, in each way that there is; its table is one
 * of its own. */
static seL4_Error take_away(unsigned way, seL4_CPtr untyped, seL4_CPtr frame,
                            seL4_CPtr table)
{
    switch (way) {
    case 0:
        return seL4_RISCV_Page_Unmap(frame);
    case 1:
        return task_delete(frame);
    case 2:
        return seL4_CNode_Revoke(TASK_ROOT, untyped, seL4_WordBits);
    case 3:
        return seL4_RISCV_PageTable_Unmap(table);
    default:
        return task_delete(table);
    }
}

static seL4_Error make_page(seL4_CPtr untyped, seL4_CPtr slot)
{
    seL4_Error error = seL4_CNode_Revoke(TASK_ROOT, untyped, seL4_WordBits);

    if (error != seL4_NoError)
        return error;
    return seL4_Untyped_Retype(untyped, seL4_RISCV_4K_Page, 0, TASK_ROOT, 0, 0,
                               slot, 1);
}

/* While its translation is in use, a page goes; its memory comes back. */
static void test_stale(void)
{
    static const char *const names[] = {"unmapped", "deleted", "revoked",
                                        "its table unmapped",
                                        "its table deleted"};
    seL4_CPtr untyped = task_object(seL4_UntypedObject, 12);
    seL4_CPtr frame = task_slot();

    for (unsigned way = 0; way < 5; way++) {
        seL4_CPtr table = task_object(seL4_RISCV_PageTableObject, 0);

        make_page(untyped, frame);
        tap_is(seL4_RISCV_PageTable_Map(table, TASK_VSPACE, PAGE, 0),
               seL4_NoError, "a table is mapped");
        tap_is(seL4_RISCV_Page_Map(frame, TASK_VSPACE, PAGE, seL4_ReadWrite, 0),
               seL4_NoError, "a page is mapped");
        *(volatile seL4_Word *)PAGE = SECRET;
        tap_is(*(volatile seL4_Word *)PAGE, SECRET, "and used");
        tap_is(take_away(way, untyped, frame, table), seL4_NoError, "%s",
               names[way]);
        refused(access_load, PAGE, LOAD, "it cannot be read any more");
        refused(access_store, PAGE, STORE, "nor written");
        if (way == 3)
            seL4_RISCV_PageTable_Map(table, TASK_VSPACE, PAGE, 0);
        tap_is(make_page(untyped, frame), seL4_NoError,
               "its memory becomes another page");
        task_map(frame, TASK_VSPACE, PAGE, seL4_ReadWrite, 0);
        allowed(access_load, PAGE, "which is mapped");
        tap_is(access_seen, 0, "and reads zero");
        task_delete(frame);
        task_delete(table);
    }
}

static void test_rights(void)
{
    seL4_CPtr frame = task_object(seL4_RISCV_4K_Page, 0);
    seL4_CPtr mega = task_object(seL4_RISCV_Mega_Page, 0);

    task_map(frame, TASK_VSPACE, PAGE, seL4_ReadWrite, 0);
    *(volatile seL4_Uint32 *)PAGE = 0x00008067; /* ret */
    task_fence_code();
    allowed(access_call, PAGE, "a page is executed by default");
    task_map(frame, TASK_VSPACE, PAGE, seL4_ReadWrite, seL4_RISCV_ExecuteNever);
    refused(access_call, PAGE, FETCH, "unless it is mapped for no execution");
    task_map(frame, TASK_VSPACE, PAGE, seL4_CanRead, 0);
    allowed(access_load, PAGE, "a page mapped for reading is read");
    refused(access_store, PAGE, STORE, "and not written");
    task_map(frame, TASK_VSPACE, PAGE, seL4_NoRights, 0);
    refused(access_load, PAGE, LOAD,
            "a page mapped without rights is not read");
    refused(access_store, PAGE, STORE, "nor written");
    tap_is(task_map(mega, TASK_VSPACE, MEGA_PAGE, seL4_CanRead, 0),
           seL4_NoError, "a page of 2 MiB is mapped for reading");
    allowed(access_load, MEGA_PAGE + 0x1ffff8, "it is read to its last word");
    tap_is(access_seen, 0, "which is zero");
    refused(access_store, MEGA_PAGE + 0x1ffff8, STORE, "and not written");
    seL4_RISCV_Page_Unmap(mega);
    refused(access_load, MEGA_PAGE, LOAD, "unmapped, it is not read");
    refused(access_load, MEGA_PAGE + 0x1ff000, LOAD, "none of its pages");
    seL4_RISCV_Page_Unmap(frame);
}

/* Code for another address space, alone in a page: loads from a0. */
static void put_probe(seL4_Word page)
{
    volatile seL4_Uint32 *code = (void *)page;

    code[0] = 0x00053583; /* ld a1, 0(a0) */
    code[1] = 0x0000006f; /* j . */
    task_fence_code();
}

/* The thread loads from there, in its space. */
static void load_in(const struct task *t, seL4_Word address)
{
    seL4_UserContext context = {.pc = PAGE, .a0 = address};

    seL4_TCB_WriteRegisters(t->tcb, 1, 0, 32, &context);
}

static void refused_in(const struct task *t, seL4_Word address,
                       const char *name)
{
    load_in(t, address);
    task_expect_fault(seL4_Fault_VMFault, PAGE, address, 0, LOAD, name);
}

/* Another space has its own pages at our addresses. */
static void test_space(struct task *t, seL4_CPtr code, const char *name)
{
    seL4_CPtr root = task_object(seL4_RISCV_PageTableObject, 0);
    seL4_CPtr copy = task_slot();
    seL4_CPtr theirs = task_object(seL4_RISCV_4K_Page, 0);
    seL4_UserContext context;

    tap_is(seL4_RISCV_ASIDPool_Assign(seL4_CapInitThreadASIDPool, root),
           seL4_NoError, "an address space is made");
    seL4_CNode_Copy(TASK_ROOT, copy, seL4_WordBits, TASK_ROOT, code,
                    seL4_WordBits, seL4_AllRights);
    tap_is(task_map(copy, root, PAGE, seL4_CanRead, 0), seL4_NoError,
           "with code");
    task_create(t, root, 0);
    refused_in(t, PAGE + 0x1000, name);
    refused_in(t, 0x400000, "nor is our code");
    refused_in(t, 0xffffffff80200000, "nor the kernel, in everybody's tables");
    task_map(theirs, root, PAGE + 0x1000, seL4_ReadWrite, 0);
    load_in(t, PAGE + 0x1000);
    seL4_Yield();
    seL4_TCB_ReadRegisters(t->tcb, 1, 0, 32, &context);
    tap_is(context.pc, PAGE + 4, "its own page there can be read");
    tap_is(context.a1, 0, "and reads zero, not our secret");
    /* The thread has a copy of the root's capability. */
    seL4_CNode_Revoke(TASK_ROOT, root, seL4_WordBits);
    tap_is(task_delete(root), seL4_NoError, "the space is deleted");
    load_in(t, PAGE);
    task_expect_fault(seL4_Fault_VMFault, PAGE, PAGE, 1, FETCH,
                      "its thread has nothing left to execute");
    seL4_TCB_Suspend(t->tcb);
}

/* Two spaces, one after the other, with the same ASID. */
static void test_spaces(void)
{
    static struct task first, second;
    seL4_CPtr code = task_object(seL4_RISCV_4K_Page, 0);
    seL4_CPtr ours = task_object(seL4_RISCV_4K_Page, 0);

    task_map(code, TASK_VSPACE, PAGE, seL4_ReadWrite, 0);
    put_probe(PAGE);
    seL4_RISCV_Page_Unmap(code);
    task_map(ours, TASK_VSPACE, PAGE + 0x1000, seL4_ReadWrite, 0);
    *(volatile seL4_Word *)(PAGE + 0x1000) = SECRET;
    test_space(&first, code, "our page is not there");
    test_space(&second, code, "nor, in the next space, that of the last");
    tap_is(*(volatile seL4_Word *)(PAGE + 0x1000), SECRET, "ours is as it was");
}

int main(void)
{
    access_done = task_object(seL4_NotificationObject, 0);
    access_stored = SECRET;
    task_create(&probe, TASK_VSPACE, 0);
    test_kernel();
    test_stale();
    test_rights();
    test_spaces();
    return tap_done();
}
