/* SPDX-License-Identifier: BSD-2-Clause */
/* Long calls under load: while a thread revokes, deletes or retypes much, the
 * alarm keeps coming, and who waits for it runs in the middle of the call and
 * sees how far it has got; the call then goes on by itself (sel4-abi.md 5.7).
 */
#include "clock.h"
#include "peer.h"

#define RADIX 12u
#define SLOTS (1ul << RADIX)
#define CALL  ((seL4_Word)seL4_SysCall)

static seL4_CPtr handler, alarm, cnode, object, untyped, first_copy, last_copy;
static struct peer worker;

static void set_alarm(seL4_Word nanoseconds)
{
    clock_clear();
    clock_set_alarm(nanoseconds);
}

/* Tags of what two slots of the CNode hold. */
static seL4_Word tag_in(seL4_Word index)
{
    seL4_Word tag;

    if (seL4_CNode_Copy(TASK_ROOT, first_copy, seL4_WordBits, cnode, index,
                        RADIX, seL4_AllRights) != seL4_NoError)
        return 0;
    tag = seL4_DebugCapIdentify(first_copy);
    task_delete(first_copy);
    return tag;
}

/* The worker makes its call; we sleep, and wake by alarms that come each
 * so many nanoseconds, until it is back.  Wakings in the middle of the call:
 * the worker still stands at it. */
static unsigned interrupted(seL4_Word every, unsigned (*look)(void),
                            unsigned *seen)
{
    unsigned times = 0;

    *seen = 0;
    while (!peer_is_back(&worker)) {
        set_alarm(every);
        seL4_Wait(alarm, NULL);
        seL4_IRQHandler_Ack(handler);
        if (peer_is_back(&worker))
            break;
        times++;
        *seen += look ? look() : 0;
    }
    return times;
}

/* Begins anew with other alarms where a fast host was done before one, or the
 * only one came before the call had begun: the wall's clock decides. */
static void claim_interrupted(void (*begin)(void), unsigned (*look)(void),
                              const char *name)
{
    unsigned times = 0, seen = 0;

    for (seL4_Word every = CLOCK_MILLISECOND / 2;
         (times == 0 || (look && seen == 0)) && every > 1000;
         every -= every / 4) {
        begin();
        times = interrupted(every, look, &seen);
    }
    tap_ok(times > 0, "%s: we ran in its middle", name);
    if (look)
        tap_ok(seen > 0, "%s: and saw it half done", name);
    tap_diag("  %u times, %u of them half done", times, seen);
    tap_ok(peer_is_back_whole(&worker) && worker.r.a0 == 0 &&
               worker.r.a1 == 0 && worker.r.a2 == worker.in.a2 &&
               worker.r.a5 == worker.in.a5,
           "%s: it ended well, by its own registers", name);
}

static void fill(void)
{
    for (seL4_Word i = 0; i < SLOTS; i++)
        seL4_CNode_Copy(cnode, i, RADIX, TASK_ROOT, object, seL4_WordBits,
                        seL4_AllRights);
}

static void call_on_root(seL4_Word label, seL4_CPtr slot)
{
    const seL4_Word mr[4] = {slot, seL4_WordBits, 0x33, 0x44};

    peer_sys(&worker, CALL, TASK_ROOT, peer_info(label, 0, 2), mr);
}

static void begin_revoke(void)
{
    fill();
    call_on_root(CNodeRevoke, object);
}

/* One end is gone and the other is not. */
static unsigned half_emptied(void)
{
    bool first = tag_in(0) != 0, last = tag_in(SLOTS - 1) != 0;

    return first != last;
}

static void begin_delete(void)
{
    if (seL4_DebugCapIdentify(cnode) == 0)
        seL4_Untyped_Retype(untyped, seL4_CapTableObject, RADIX, TASK_ROOT, 0,
                            0, cnode, 1);
    fill();
    call_on_root(CNodeDelete, cnode);
}

/* A CNode that is being deleted is a zombie, for whoever looks. */
static unsigned is_zombie(void)
{
    return seL4_DebugCapIdentify(cnode) == 18;
}

static void begin_retype(void)
{
    static const seL4_Word words[4] = {seL4_RISCV_Mega_Page, 0, 0, 0};

    /* All of it is dirty as far as the kernel knows: made and deleted. */
    seL4_CNode_Revoke(TASK_ROOT, untyped, seL4_WordBits);
    seL4_Untyped_Retype(untyped, seL4_UntypedObject, 26, TASK_ROOT, 0, 0,
                        last_copy, 1);
    task_delete(last_copy);
    worker.buffer->msg[4] = last_copy;
    worker.buffer->msg[5] = 1;
    worker.buffer->caps_or_badges[0] = TASK_ROOT;
    peer_sys(&worker, CALL, untyped, peer_info(UntypedRetype, 1, 6), words);
}

static void begin_revoke_all(void)
{
    begin_delete();
    seL4_TCB_Suspend(worker.tcb);
    call_on_root(CNodeRevoke, untyped);
}

int main(void)
{
    clock_map();
    handler = task_slot();
    first_copy = task_slot();
    last_copy = task_slot();
    alarm = task_object(seL4_NotificationObject, 0);
    object = task_object(seL4_EndpointObject, 0);
    untyped = task_object(seL4_UntypedObject, 26);
    cnode = task_slot();
    seL4_Untyped_Retype(untyped, seL4_CapTableObject, RADIX, TASK_ROOT, 0, 0,
                        cnode, 1);
    seL4_IRQControl_Get(seL4_CapIRQControl, CLOCK_IRQ, TASK_ROOT, handler,
                        seL4_WordBits);
    seL4_IRQHandler_SetNotification(handler, alarm);
    peer_create(&worker, 100);
    claim_interrupted(begin_revoke, half_emptied, "Revoke of 4096 copies");
    tap_is(tag_in(0) + tag_in(SLOTS / 2) + tag_in(SLOTS - 1), 0,
           "all are gone");
    tap_is(seL4_DebugCapIdentify(object), 4, "but for the original");
    claim_interrupted(begin_delete, is_zombie, "Delete of a full CNode");
    tap_is(seL4_DebugCapIdentify(cnode), 0, "it is gone");
    claim_interrupted(begin_retype, NULL, "Retype that clears 64 MiB");
    tap_is(seL4_DebugCapIdentify(last_copy), 1, "its frame is there");
    seL4_CNode_Revoke(TASK_ROOT, untyped, seL4_WordBits);
    claim_interrupted(begin_revoke_all, NULL,
                      "Revoke of the untyped with a full CNode in it");
    tap_is(seL4_DebugCapIdentify(cnode), 0, "nothing of it is left");
    return tap_done();
}
