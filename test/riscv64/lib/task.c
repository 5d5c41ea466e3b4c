/* SPDX-License-Identifier: BSD-2-Clause */
#include "task.h"

#include <stdlib.h>
#include <string.h>

static seL4_CPtr untyped;
static seL4_CPtr next_slot;
static seL4_CPtr fault_endpoint;

static void must(seL4_Error error, const char *what)
{
    if (error == seL4_NoError)
        return;
    tap_ok(false, "%s: error %d", what, (int)error);
    exit(tap_done());
}

seL4_CPtr task_slot(void)
{
    const seL4_BootInfo *info = seL4_GetBootInfo();

    if (next_slot == 0)
        next_slot = info->empty.start;
    /* The last ones are for the end (lib/rt/end.c). */
    must(next_slot + 16 < info->empty.end ? seL4_NoError : seL4_NotEnoughMemory,
         "a slot");
    return next_slot++;
}

static seL4_CPtr largest_untyped(void)
{
    const seL4_BootInfo *info = seL4_GetBootInfo();
    seL4_Word best = 0;
    seL4_Word best_bits = 0;

    for (seL4_Word i = 0; i < info->untyped.end - info->untyped.start; i++)
        if (!info->untypedList[i].isDevice &&
            info->untypedList[i].sizeBits > best_bits) {
            best = i;
            best_bits = info->untypedList[i].sizeBits;
        }
    return info->untyped.start + best;
}

seL4_CPtr task_object(seL4_Word type, seL4_Word size_bits)
{
    seL4_CPtr slot = task_slot();

    if (untyped == 0)
        untyped = largest_untyped();
    must(
        seL4_Untyped_Retype(untyped, type, size_bits, TASK_ROOT, 0, 0, slot, 1),
        "an object");
    return slot;
}

/* Nothing but untypeds and frames can be made of device memory: what lies
 * before the frame is used up page by page, largest first. */
seL4_CPtr task_device(seL4_Word address)
{
    static seL4_Word used[64]; /* by untyped */
    const seL4_BootInfo *info = seL4_GetBootInfo();
    seL4_CPtr slot = 0;

    for (seL4_Word i = 0; i < 64; i++) {
        const seL4_UntypedDesc *u = &info->untypedList[i];
        seL4_Word offset = address - u->paddr;

        if (!u->isDevice || address < u->paddr || offset >> u->sizeBits)
            continue;
        while (used[i] < offset) {
            seL4_Word bits = seL4_PageBits;

            while (used[i] % (2ul << bits) == 0 &&
                   used[i] + (2ul << bits) <= offset)
                bits++;
            must(seL4_Untyped_Retype(info->untyped.start + i,
                                     seL4_UntypedObject, bits, TASK_ROOT, 0, 0,
                                     task_slot(), 1),
                 "what lies before a device");
            used[i] += 1ul << bits;
        }
        slot = task_slot();
        must(seL4_Untyped_Retype(info->untyped.start + i, seL4_RISCV_4K_Page, 0,
                                 TASK_ROOT, 0, 0, slot, 1),
             "a device");
        used[i] += 1ul << seL4_PageBits;
    }
    must(slot ? seL4_NoError : seL4_FailedLookup, "a device's untyped");
    return slot;
}

seL4_Error task_map(seL4_CPtr frame, seL4_CPtr vspace, seL4_Word address,
                    seL4_CapRights_t rights, seL4_Word attributes)
{
    for (;;) {
        seL4_Error error =
            seL4_RISCV_Page_Map(frame, vspace, address, rights, attributes);

        if (error != seL4_FailedLookup)
            return error;
        error = seL4_RISCV_PageTable_Map(
            task_object(seL4_RISCV_PageTableObject, 0), vspace, address, 0);
        if (error != seL4_NoError)
            return error;
    }
}

seL4_Error task_delete(seL4_CPtr slot)
{
    return seL4_CNode_Delete(TASK_ROOT, slot, seL4_WordBits);
}

void task_create(struct task *t, seL4_CPtr vspace, seL4_Word below)
{
    memset(t, 0, sizeof *t);
    if (fault_endpoint == 0)
        fault_endpoint = task_object(seL4_EndpointObject, 0);
    t->tcb = task_object(seL4_TCBObject, 0);
    t->fault = fault_endpoint;
    must(seL4_TCB_Configure(t->tcb, fault_endpoint, TASK_ROOT, 0, vspace, 0, 0,
                            0),
         "TCB_Configure");
    must(seL4_TCB_SetPriority(t->tcb, seL4_CapInitThreadTCB,
                              seL4_MaxPrio - below),
         "TCB_SetPriority");
}

void task_start(struct task *t, void (*entry)(seL4_Word), seL4_Word argument)
{
    seL4_Word gp;

    __asm__ volatile("mv %0, gp" : "=r"(gp));
    t->context = (seL4_UserContext){
        .pc = (seL4_Word)entry,
        .sp = (seL4_Word)t->stack + sizeof t->stack,
        .gp = gp,
        .tp = (seL4_Word)t->tls,
        .a0 = argument,
    };
    must(seL4_TCB_WriteRegisters(
             t->tcb, 1, 0, sizeof t->context / sizeof(seL4_Word), &t->context),
         "TCB_WriteRegisters");
}

seL4_Word task_wait_fault(seL4_Word mr[4])
{
    seL4_Word badge;
    seL4_MessageInfo_t info = seL4_Recv(fault_endpoint, &badge);

    for (int i = 0; i < 4; i++)
        mr[i] = seL4_GetMR(i);
    return seL4_MessageInfo_get_label(info);
}

void task_expect_fault(seL4_Word label, seL4_Word ip, seL4_Word address,
                       seL4_Word third, seL4_Word fourth, const char *name)
{
    const seL4_Word want[4] = {ip, address, third, fourth};
    seL4_Word mr[4];
    bool same = task_wait_fault(mr) == label;

    for (int i = 0; i < 4; i++)
        same = same && (want[i] == TASK_ANY || want[i] == mr[i]);
    if (!tap_ok(same, "%s", name))
        tap_diag("0x%lx 0x%lx 0x%lx 0x%lx", mr[0], mr[1], mr[2], mr[3]);
}

void task_fence_code(void)
{
    __asm__ volatile(".option push\n.option arch, +zifencei\n"
                     "fence.i\n.option pop" ::
                         : "memory");
}

seL4_Word task_instructions(void)
{
    seL4_Word value;

    __asm__ volatile(".option push\n.option arch, +zicsr\n"
                     "rdinstret %0\n.option pop"
                     : "=r"(value)::"memory");
    return value;
}

seL4_Word task_time(void)
{
    seL4_Word value;

    __asm__ volatile(".option push\n.option arch, +zicsr\n"
                     "rdtime %0\n.option pop"
                     : "=r"(value)::"memory");
    return value;
}
