/* SPDX-License-Identifier: BSD-2-Clause */
/* Translations that are in use when they change: each change holds from the
 * next instruction on, in our own space and in one that shares the frame
 * (sel4-abi.md 4.9 - 4.11). */
#include "access.h"

#define PAGE   0x20000000ul
#define OTHER  0x20001000ul
#define ROUNDS 50u

enum { LOAD = 5, STORE = 7 };

static struct task probe;

static bool is_refused(void (*what)(seL4_Word), seL4_Word address,
                       seL4_Word fsr)
{
    seL4_Word mr[4];

    seL4_TCB_Suspend(probe.tcb);
    task_start(&probe, what, address);
    return task_wait_fault(mr) == seL4_Fault_VMFault && mr[1] == address &&
           mr[3] == fsr;
}

static seL4_Word word(seL4_Word address)
{
    return *(volatile seL4_Word *)address;
}

static seL4_Error map(seL4_CPtr frame, seL4_Word address,
                      seL4_CapRights_t rights)
{
    return seL4_RISCV_Page_Map(frame, TASK_VSPACE, address, rights, 0);
}

/* Two frames change places, again and again, read at once. */
static void test_exchange(seL4_CPtr a, seL4_CPtr b)
{
    unsigned wrong = 0;

    map(a, PAGE, seL4_ReadWrite);
    map(b, OTHER, seL4_ReadWrite);
    *(volatile seL4_Word *)PAGE = 0xa;
    *(volatile seL4_Word *)OTHER = 0xb;
    for (unsigned i = 0; i < ROUNDS; i++) {
        seL4_CPtr first = i % 2 ? a : b, second = i % 2 ? b : a;

        seL4_RISCV_Page_Unmap(a);
        seL4_RISCV_Page_Unmap(b);
        map(first, PAGE, seL4_ReadWrite);
        map(second, OTHER, seL4_ReadWrite);
        wrong += word(PAGE) != (i % 2 ? 0xaul : 0xbul);
        wrong += word(OTHER) != (i % 2 ? 0xbul : 0xaul);
    }
    tap_is(wrong, 0, "an address shows the frame that is there now");
}

/* Rights go and come, with the page in use. */
static void test_rights(seL4_CPtr frame)
{
    unsigned wrong = 0;

    seL4_RISCV_Page_Unmap(frame);
    for (unsigned i = 0; i < ROUNDS; i++) {
        wrong += map(frame, PAGE, seL4_ReadWrite) != seL4_NoError;
        *(volatile seL4_Word *)PAGE = i;
        wrong += map(frame, PAGE, seL4_CanRead) != seL4_NoError;
        wrong += word(PAGE) != i;
        wrong += !is_refused(access_store, PAGE, STORE);
        wrong += map(frame, PAGE, seL4_NoRights) != seL4_NoError;
        wrong += !is_refused(access_load, PAGE, LOAD);
    }
    tap_is(wrong, 0, "rights that are taken are gone at once");
}

/* The frame goes in each way, and another comes where it was. */
static void test_removal(void)
{
    seL4_CPtr untyped = task_object(seL4_UntypedObject, 13);
    seL4_CPtr frame = task_slot(), copy = task_slot();
    unsigned wrong = 0;

    for (unsigned i = 0; i < 3 * ROUNDS; i++) {
        seL4_CNode_Revoke(TASK_ROOT, untyped, seL4_WordBits);
        seL4_Untyped_Retype(untyped, seL4_RISCV_4K_Page, 0, TASK_ROOT, 0, 0,
                            frame, 1);
        seL4_CNode_Copy(TASK_ROOT, copy, seL4_WordBits, TASK_ROOT, frame,
                        seL4_WordBits, seL4_AllRights);
        wrong += map(copy, PAGE, seL4_ReadWrite) != seL4_NoError;
        wrong += word(PAGE) != 0;
        *(volatile seL4_Word *)PAGE = 0x5ec2e7;
        switch (i % 3) {
        case 0:
            task_delete(copy);
            break;
        case 1:
            seL4_CNode_Revoke(TASK_ROOT, frame, seL4_WordBits);
            break;
        default:
            seL4_CNode_Revoke(TASK_ROOT, untyped, seL4_WordBits);
        }
        wrong += !is_refused(access_load, PAGE, LOAD);
    }
    tap_is(wrong, 0, "a mapping goes with its capability, however that goes");
}

/* What is mapped where a fault has just been is there. */
static void test_appearance(seL4_CPtr frame)
{
    unsigned wrong = 0;

    for (unsigned i = 0; i < ROUNDS; i++) {
        seL4_RISCV_Page_Unmap(frame);
        wrong += !is_refused(access_load, PAGE, LOAD);
        map(frame, PAGE, seL4_ReadWrite);
        *(volatile seL4_Word *)PAGE = i;
        seL4_TCB_Suspend(probe.tcb);
        task_start(&probe, access_load, PAGE);
        seL4_Wait(access_done, NULL);
        wrong += access_seen != i;
    }
    tap_is(wrong, 0, "a page is there as soon as it is mapped");
}

/* A space's number goes from one space to the next; none sees the last's. */
static void test_numbers(seL4_CPtr code)
{
    seL4_CPtr untyped = task_object(seL4_UntypedObject, 16);
    seL4_CPtr root = task_slot(), page = task_slot(), copy = task_slot();
    unsigned wrong = 0;
    seL4_Word mr[4];

    for (unsigned i = 0; i < ROUNDS; i++) {
        seL4_UserContext context = {.pc = PAGE, .a0 = OTHER};

        seL4_Untyped_Retype(untyped, seL4_RISCV_PageTableObject, 0, TASK_ROOT,
                            0, 0, root, 1);
        seL4_CNode_Copy(TASK_ROOT, copy, seL4_WordBits, TASK_ROOT, code,
                        seL4_WordBits, seL4_AllRights);
        wrong += seL4_RISCV_ASIDPool_Assign(seL4_CapInitThreadASIDPool, root);
        for (unsigned t = 0; t < 2; t++) {
            seL4_Untyped_Retype(untyped, seL4_RISCV_PageTableObject, 0,
                                TASK_ROOT, 0, 0, page, 1);
            wrong += seL4_RISCV_PageTable_Map(page, root, PAGE, 0);
            seL4_CNode_Move(TASK_ROOT, task_slot(), seL4_WordBits, TASK_ROOT,
                            page, seL4_WordBits);
        }
        seL4_Untyped_Retype(untyped, seL4_RISCV_4K_Page, 0, TASK_ROOT, 0, 0,
                            page, 1);
        wrong += seL4_RISCV_Page_Map(copy, root, PAGE, seL4_CanRead, 0);
        /* Every second space has the page. */
        if (i % 2 == 0)
            wrong += seL4_RISCV_Page_Map(page, root, OTHER, seL4_ReadWrite, 0);
        seL4_TCB_SetSpace(probe.tcb, probe.fault, TASK_ROOT, 0, root, 0);
        seL4_TCB_WriteRegisters(probe.tcb, 1, 0, 32, &context);
        task_wait_fault(mr);
        /* With it, the fault is the breakpoint behind the load. */
        wrong += i % 2 == 0 ? mr[0] != PAGE + 4 : mr[1] != OTHER;
        seL4_CNode_Revoke(TASK_ROOT, untyped, seL4_WordBits);
        task_delete(copy);
    }
    tap_is(wrong, 0, "a space with another's old number sees its own pages");
}

int main(void)
{
    seL4_CPtr a, b, code;

    access_done = task_object(seL4_NotificationObject, 0);
    access_stored = 1;
    a = task_object(seL4_RISCV_4K_Page, 0);
    b = task_object(seL4_RISCV_4K_Page, 0);
    code = task_object(seL4_RISCV_4K_Page, 0);
    task_create(&probe, TASK_VSPACE, 0);
    task_map(code, TASK_VSPACE, PAGE, seL4_ReadWrite, 0);
    ((volatile seL4_Uint32 *)PAGE)[0] = 0x00053583; /* ld a1, 0(a0) */
    ((volatile seL4_Uint32 *)PAGE)[1] = 0x00100073; /* ebreak */
    task_fence_code();
    seL4_RISCV_Page_Unmap(code);
    test_exchange(a, b);
    seL4_RISCV_Page_Unmap(b);
    test_rights(a);
    test_appearance(a);
    seL4_RISCV_Page_Unmap(a);
    test_removal();
    test_numbers(code);
    return tap_done();
}
