/* SPDX-License-Identifier: BSD-2-Clause */
/* Nothing of anybody else is left where a program can see it: registers of a
 * new thread, of a receiver and of a caller; buffers behind a message's end;
 * objects' memory that becomes a frame. */
#include "peer.h"

#include <string.h>

#define SECRET 0x5ec2e70123456789ul
#define PAGE   0x20000000ul

static struct peer sender, receiver;
static seL4_CPtr endpoint, note;

/* Each word of the context but the first. */
static seL4_Word nonzero(const seL4_UserContext *context)
{
    const seL4_Word *word = (const seL4_Word *)context;
    seL4_Word count = 0;

    for (unsigned i = 1; i < sizeof *context / sizeof *word; i++)
        count += word[i] != 0;
    return count;
}

/* As ReadRegisters has it, and as the thread itself finds it. */
static void test_new_thread(void)
{
    extern char peer_end[]; /* a breakpoint */
    seL4_CPtr tcb = task_object(seL4_TCBObject, 0);
    seL4_UserContext context;

    memset(&context, 0xff, sizeof context);
    seL4_TCB_ReadRegisters(tcb, 0, 0, 32, &context);
    tap_is(nonzero(&context) + context.pc, 0, "a new thread's registers are 0");
    seL4_TCB_Configure(tcb, endpoint, TASK_ROOT, 0, TASK_VSPACE, 0, 0, 0);
    seL4_TCB_SetPriority(tcb, seL4_CapInitThreadTCB, 100);
    context.pc = (seL4_Word)peer_end;
    seL4_TCB_WriteRegisters(tcb, 1, 0, 1, &context);
    peers_run();
    memset(&context, 0xff, sizeof context);
    seL4_TCB_ReadRegisters(tcb, 0, 0, 32, &context);
    tap_is(nonzero(&context), 0, "also when it has run");
    tap_is(context.pc, (seL4_Word)peer_end, "to its breakpoint");
    task_delete(tcb);
}

/* A message of few words tells nothing of the sender's other registers. */
static void test_messages(void)
{
    static const seL4_Word secret[4] = {SECRET, SECRET, SECRET, SECRET};
    static const seL4_Word own[4] = {1, 2, 3, 4};
    unsigned wrong = 0;

    for (seL4_Word length = 0; length < 4; length++) {
        memset(sender.buffer, 0x5e, sizeof *sender.buffer);
        memset(receiver.buffer, 0, sizeof *receiver.buffer);
        peer_sys(&receiver, (seL4_Word)seL4_SysRecv, endpoint, 0, own);
        peers_run();
        peer_sys(&sender, (seL4_Word)seL4_SysSend, endpoint,
                 peer_info(0, 0, length), secret);
        peers_run();
        wrong += !peer_is_back_whole(&receiver);
        for (seL4_Word i = 0; i < 4; i++)
            wrong += (&receiver.r.a2)[i] != (i < length ? SECRET : own[i]);
        for (unsigned i = 0; i < sizeof *receiver.buffer / 8; i++)
            wrong += ((seL4_Word *)receiver.buffer)[i] != 0;
    }
    tap_is(wrong, 0,
           "registers and buffer behind a message are the receiver's");
    peer_sys(&receiver, (seL4_Word)seL4_SysRecv, note, 0, own);
    peers_run();
    seL4_Signal(note);
    peers_run();
    tap_ok(peer_is_back_whole(&receiver) && receiver.r.a2 == 1 &&
               receiver.r.a5 == 4,
           "a signal brings nothing of the signaller's");
}

/* Replies of the kernel: an error's words, and no more. */
static void test_errors(void)
{
    static const seL4_Word own[4] = {1, 2, 3, 4};

    memset(sender.buffer, 0, sizeof *sender.buffer);
    peer_sys(&sender, (seL4_Word)seL4_SysCall, 0, 0, own);
    peers_run();
    tap_ok(peer_is_back_whole(&sender) && sender.r.a3 == 2 && sender.r.a5 == 4,
           "an error's reply writes its own words only");
}

static seL4_Word words_not_zero(seL4_CPtr frame)
{
    seL4_Word count = 0;

    task_map(frame, TASK_VSPACE, PAGE, seL4_ReadWrite, 0);
    for (seL4_Word i = 0; i < 512; i++)
        count += ((volatile seL4_Word *)PAGE)[i] != 0;
    memset((void *)PAGE, 0xa5, 4096);
    return count;
}

/* Memory of every kind of object, used and deleted or revoked, is zero when
 * it becomes a frame. */
static void test_objects(void)
{
    static const struct {
        seL4_Word type, size_bits;
        const char *name;
    } kinds[] = {
        {seL4_UntypedObject, 5, "untypeds"},
        {seL4_TCBObject, 0, "threads"},
        {seL4_EndpointObject, 0, "endpoints"},
        {seL4_NotificationObject, 0, "notifications"},
        {seL4_CapTableObject, 7, "a CNode"},
        {seL4_RISCV_4K_Page, 0, "a frame"},
        {seL4_RISCV_PageTableObject, 0, "a page table"},
    };
    seL4_CPtr untyped = task_object(seL4_UntypedObject, 12);
    seL4_CPtr slot = task_slot(), second = task_slot();

    for (unsigned i = 0; i < sizeof kinds / sizeof *kinds; i++)
        for (unsigned revoke = 0; revoke < 2; revoke++) {
            seL4_CNode_Revoke(TASK_ROOT, untyped, seL4_WordBits);
            tap_is(seL4_Untyped_Retype(untyped, kinds[i].type,
                                       kinds[i].size_bits, TASK_ROOT, 0, 0,
                                       slot, 1),
                   seL4_NoError, "%s", kinds[i].name);
            if (kinds[i].type == seL4_TCBObject)
                seL4_TCB_Configure(slot, 1, TASK_ROOT, 0, TASK_VSPACE, 0, 0, 0);
            if (kinds[i].type == seL4_CapTableObject)
                for (seL4_Word n = 0; n < 128; n++)
                    seL4_CNode_Copy(slot, n, 7, TASK_ROOT, endpoint,
                                    seL4_WordBits, seL4_AllRights);
            if (kinds[i].type == seL4_RISCV_4K_Page)
                words_not_zero(slot);
            if (kinds[i].type == seL4_RISCV_PageTableObject)
                seL4_RISCV_PageTable_Map(slot, TASK_VSPACE, 0x3000000000, 0);
            if (revoke)
                seL4_CNode_Revoke(TASK_ROOT, untyped, seL4_WordBits);
            else
                task_delete(slot);
            seL4_Untyped_Retype(untyped, seL4_RISCV_4K_Page, 0, TASK_ROOT, 0, 0,
                                second, 1);
            tap_is(words_not_zero(second), 0, "%s: is a frame of zeros",
                   revoke ? "revoked" : "deleted");
        }
    seL4_CNode_Revoke(TASK_ROOT, untyped, seL4_WordBits);
}

int main(void)
{
    endpoint = task_object(seL4_EndpointObject, 0);
    note = task_object(seL4_NotificationObject, 0);
    peer_create(&sender, 100);
    peer_create(&receiver, 101);
    test_new_thread();
    test_messages();
    test_errors();
    test_objects();
    return tap_done();
}
