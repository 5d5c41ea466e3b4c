/* SPDX-License-Identifier: BSD-2-Clause */
#include "process.h"

#include <string.h>

#define ROOT    seL4_CapInitThreadCNode
#define COPY_AT 0x20000000ul /* of ours: where a page is filled */
#define PAGE    4096ul

enum { TCB, VSPACE, TOP, OWN, FRAME, TABLE }; /* of the slots */

/* lib/rt/program.ld: text ends, and data begins in the next page. */
extern char __fini_array_end[];
extern char rt_stack_top[];

static seL4_Error make(struct process *p, seL4_Word type, seL4_Word bits,
                       unsigned slot)
{
    return seL4_Untyped_Retype(p->untyped, type, bits, ROOT, 0, 0,
                               p->slots + slot, 1);
}

/* From our slot into the next one of `own'. */
static seL4_Error keep(struct process *p, unsigned slot)
{
    return seL4_CNode_Move(p->own, p->kept++, PROCESS_OWN_BITS, ROOT,
                           p->slots + slot, seL4_WordBits);
}

/* The frame in our slot FRAME, and the tables that it needs. */
static seL4_Error map(struct process *p, seL4_CPtr vspace, seL4_Word address,
                      seL4_CapRights_t rights)
{
    for (;;) {
        seL4_Error error =
            seL4_RISCV_Page_Map(p->slots + FRAME, vspace, address, rights,
                                seL4_RISCV_Default_VMAttributes);

        if (error != seL4_FailedLookup)
            return error;
        error = make(p, seL4_RISCV_PageTableObject, 0, TABLE);
        if (!error)
            error = seL4_RISCV_PageTable_Map(p->slots + TABLE, vspace, address,
                                             seL4_RISCV_Default_VMAttributes);
        if (!error)
            error = keep(p, TABLE);
        if (error)
            return error;
    }
}

static seL4_Error text_map(struct process *p, seL4_CPtr frame, seL4_Word at)
{
    return process_map(p, frame, at, seL4_CanRead);
}

static seL4_Error data_map(struct process *p, seL4_Word at)
{
    seL4_Error error = make(p, seL4_RISCV_4K_Page, 0, FRAME);

    if (!error)
        error = map(p, seL4_CapInitThreadVSpace, COPY_AT, seL4_ReadWrite);
    if (error)
        return error;
    memcpy((void *)COPY_AT, (const void *)at, PAGE);
    error = seL4_RISCV_Page_Unmap(p->slots + FRAME);
    if (!error)
        error = map(p, p->vspace, at, seL4_ReadWrite);
    return error ? error : keep(p, FRAME);
}

/* Frames of the image end where the IPC buffer is. */
static seL4_Error image_map(struct process *p)
{
    const seL4_BootInfo *info = seL4_GetBootInfo();
    seL4_SlotRegion frames = info->userImageFrames;
    seL4_Word at =
        (seL4_Word)info->ipcBuffer - (frames.end - frames.start) * PAGE;
    seL4_Word data = ((seL4_Word)__fini_array_end + PAGE - 1) & ~(PAGE - 1);
    seL4_Error error = seL4_NoError;

    for (seL4_CPtr f = frames.start; f < frames.end && !error; f++) {
        error = at < data ? text_map(p, f, at) : data_map(p, at);
        at += PAGE;
    }
    return error;
}

/* At the address that ours has: the variable that says so is a copy. */
static seL4_Error buffer_map(struct process *p)
{
    seL4_Word at = (seL4_Word)seL4_GetIPCBuffer();
    seL4_Error error = make(p, seL4_RISCV_4K_Page, 0, FRAME);

    if (!error)
        error = map(p, p->vspace, at, seL4_ReadWrite);
    if (!error)
        error = seL4_TCB_SetIPCBuffer(p->tcb, at, p->slots + FRAME);
    return error ? error : keep(p, FRAME);
}

seL4_Error process_make(struct process *p)
{
    seL4_Error error;

    p->tcb = p->slots + TCB;
    p->vspace = p->slots + VSPACE;
    p->top = p->slots + TOP;
    p->own = p->slots + OWN;
    p->kept = PROCESS_KEEP;
    error = make(p, seL4_CapTableObject, PROCESS_OWN_BITS, OWN);
    if (!error)
        error = make(p, seL4_CapTableObject, PROCESS_TOP_BITS, TOP);
    if (!error)
        error = seL4_CNode_Mint(p->top, 0, PROCESS_TOP_BITS, ROOT, p->own,
                                seL4_WordBits, seL4_AllRights,
                                seL4_WordBits - PROCESS_TOP_BITS -
                                    PROCESS_OWN_BITS);
    if (!error)
        error = make(p, seL4_TCBObject, 0, TCB);
    if (!error)
        error = make(p, seL4_RISCV_PageTableObject, 0, VSPACE);
    if (!error)
        error =
            seL4_RISCV_ASIDPool_Assign(seL4_CapInitThreadASIDPool, p->vspace);
    if (!error)
        error = image_map(p);
    return error ? error : buffer_map(p);
}

seL4_Error process_object(struct process *p, seL4_Word type,
                          seL4_Word size_bits, seL4_Word slot)
{
    return seL4_Untyped_Retype(p->untyped, type, size_bits, p->own, 0, 0, slot,
                               1);
}

seL4_Error process_give(struct process *p, seL4_Word slot, seL4_CPtr cap,
                        seL4_Word badge)
{
    if (badge == 0)
        return seL4_CNode_Copy(p->own, slot, PROCESS_OWN_BITS, ROOT, cap,
                               seL4_WordBits, seL4_AllRights);
    return seL4_CNode_Mint(p->own, slot, PROCESS_OWN_BITS, ROOT, cap,
                           seL4_WordBits, seL4_AllRights, badge);
}

seL4_Error process_map(struct process *p, seL4_CPtr frame, seL4_Word address,
                       seL4_CapRights_t rights)
{
    seL4_Error error = seL4_CNode_Copy(ROOT, p->slots + FRAME, seL4_WordBits,
                                       ROOT, frame, seL4_WordBits, rights);

    if (!error)
        error = map(p, p->vspace, address, rights);
    return error ? error : keep(p, FRAME);
}

seL4_Error process_start(struct process *p, void (*entry)(void *),
                         void *argument, seL4_Word priority, seL4_Word fault)
{
    seL4_UserContext context = {
        .pc = (seL4_Word)entry,
        .sp = (seL4_Word)rt_stack_top,
        .a0 = (seL4_Word)argument,
    };
    seL4_Error error =
        seL4_TCB_SetSpace(p->tcb, fault, p->top, 0, p->vspace, 0);

    __asm__("mv %0, gp" : "=r"(context.gp));
    __asm__("mv %0, tp" : "=r"(context.tp));
    if (!error)
        error = seL4_TCB_SetPriority(p->tcb, seL4_CapInitThreadTCB, priority);
    if (!error)
        error = seL4_TCB_WriteRegisters(
            p->tcb, 1, 0, sizeof context / sizeof(seL4_Word), &context);
    return error;
}

seL4_Error process_repeat(struct process *p)
{
    seL4_Error error = seL4_TCB_Suspend(p->tcb);

    return error ? error : seL4_TCB_Resume(p->tcb);
}

/* What is left over from a process half made is a copy of an image frame. */
seL4_Error process_end(struct process *p)
{
    seL4_Error error = seL4_CNode_Revoke(ROOT, p->untyped, seL4_WordBits);

    return error ? error
                 : seL4_CNode_Delete(ROOT, p->slots + FRAME, seL4_WordBits);
}
