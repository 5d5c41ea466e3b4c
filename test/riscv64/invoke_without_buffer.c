/* SPDX-License-Identifier: BSD-2-Clause */
/* Calls of a thread that has no IPC buffer, or one that it may only read
 * (sel4-abi.md 2.2, 2.3): of what it sends four words count and no
 * capabilities, what it gets is cut to four words.
 *
 *   main()  -- struct exchange -->  caller(): one Call after the other
 *           <-- its fault ------
 */
#include "errors.h"
#include "task.h"

#define REGISTERS 6u

/* a0 to a5, in and out; the caller's buffer says what it holds itself. */
static struct exchange {
    seL4_Word a[REGISTERS];
} exchange;

static struct task task;
static seL4_CPtr finished;

static seL4_IPCBuffer buffer __attribute__((aligned(4096)));

static void caller(seL4_Word notification)
{
    register seL4_Word a0 __asm__("a0") = exchange.a[0];
    register seL4_Word a1 __asm__("a1") = exchange.a[1];
    register seL4_Word a2 __asm__("a2") = exchange.a[2];
    register seL4_Word a3 __asm__("a3") = exchange.a[3];
    register seL4_Word a4 __asm__("a4") = exchange.a[4];
    register seL4_Word a5 __asm__("a5") = exchange.a[5];
    register seL4_Word a7 __asm__("a7") = (seL4_Word)seL4_SysCall;

    __asm__ volatile("ecall"
                     : "+r"(a0), "+r"(a1), "+r"(a2), "+r"(a3), "+r"(a4),
                       "+r"(a5)
                     : "r"(a7)
                     : "memory");
    exchange = (struct exchange){{a0, a1, a2, a3, a4, a5}};
    seL4_Signal(notification);
    for (;;)
        seL4_Yield();
}

/* Has the other thread make a call; words from the fourth on and capabilities
 * are in its buffer, if it has one. */
static struct outcome call_by_task(const struct call *c)
{
    struct outcome got = {0};
    seL4_MessageInfo_t info =
        seL4_MessageInfo_new(c->label, 0, c->caps, c->length);
    seL4_Word badge;

    exchange.a[0] = c->service;
    exchange.a[1] = info.words[0];
    for (unsigned n = 0; n < 4; n++)
        exchange.a[2 + n] = c->mr[n];
    for (unsigned n = 0; n < CALL_WORDS; n++)
        buffer.msg[n] = c->mr[n];
    for (unsigned n = 0; n < 3; n++)
        buffer.caps_or_badges[n] = c->cap[n];
    task_start(&task, caller, finished);
    seL4_Wait(finished, &badge);
    info.words[0] = exchange.a[1];
    got.answer.label = seL4_MessageInfo_get_label(info);
    got.answer.length = seL4_MessageInfo_get_length(info);
    got.clean = exchange.a[0] == 0;
    for (unsigned n = 0; n < 4; n++)
        if (n < got.answer.length)
            got.answer.mr[n] = exchange.a[2 + n];
        else
            got.clean = got.clean && exchange.a[2 + n] == c->mr[n];
    for (unsigned n = 4; n < CALL_WORDS; n++)
        if (n >= got.answer.length)
            got.clean = got.clean && buffer.msg[n] == c->mr[n];
        else if (n < ANSWER_WORDS)
            got.answer.mr[n] = buffer.msg[n];
    return got;
}

static void task_is(struct call c, struct answer want, const char *name)
{
    struct outcome got = call_by_task(&c);

    if (!tap_ok(call_has(&got, &want), "%s", name))
        call_diag(&c, &got, &want);
}

/* The buffer's page with these rights as the thread's buffer. */
static void set_buffer(seL4_Word rights)
{
    seL4_CPtr copy = kind_copy(call_page_of(&buffer), rights);

    call_must(&CALL(task.tcb, TCBSetIPCBuffer, CALL_CAPS(copy),
                    CALL_MR((seL4_Word)&buffer)),
              "an IPC buffer");
}

static struct call retype(seL4_Word slot)
{
    return CALL(kind_slot(KIND_UNTYPED), UntypedRetype, CALL_CAPS(TASK_ROOT),
                CALL_MR(seL4_EndpointObject, 0, 0, 0, slot, 1));
}

static struct call delete_by(seL4_Word depth)
{
    return CALL(TASK_ROOT, CNodeDelete,
                CALL_MR(kind_slot(KIND_NULL), depth, 0x77, 0x88));
}

static struct call read_registers(seL4_CPtr tcb, seL4_Word count)
{
    return CALL(tcb, TCBReadRegisters, CALL_MR(0, count, 0x77, 0x88));
}

static struct call write_registers(seL4_CPtr tcb, seL4_Word count)
{
    struct call c = CALL(tcb, TCBWriteRegisters,
                         CALL_MR(0, count, 0x1111, 0x2222, 0x3333, 0x4444));

    c.length = 34;
    return c;
}

/* Neither to send from nor to receive into. */
static void claim_none(const char *which)
{
    const seL4_CPtr tcb = task_object(seL4_TCBObject, 0);
    struct call nowhere = retype(task_slot());

    tap_diag("%s", which);
    task_is(retype(task_slot()), TRUNC, "six words are four");
    nowhere.cap[0] = 1ul << 40;
    task_is(nowhere, TRUNC, "a capability is not looked up");
    task_is(
        CALL(tcb, TCBSetPriority, CALL_MR(0), CALL_CAPS(seL4_CapInitThreadTCB)),
        TRUNC, "and does not count");
    task_is(delete_by(64), DONE, "two words are enough");
    task_is(delete_by(12), ANSWER(seL4_FailedLookup, 0, 4, 12, 0),
            "five words of an error are four");
    task_is(delete_by(63), DEPTH(0, 63, 64), "four are four");
    task_is(write_registers(tcb, 3), TRUNC, "three registers do not fit");
    task_is(write_registers(tcb, 2), DONE, "two do");
    task_is(read_registers(tcb, 32), ANSWER(seL4_NoError, 0x1111, 0x2222, 0, 0),
            "of 32 registers come four");
    task_is(read_registers(tcb, 3), ANSWER(seL4_NoError, 0x1111, 0x2222, 0),
            "of three come three");
}

/* What can be read can be sent from. */
static void claim_read_only(void)
{
    const seL4_CPtr tcb = task_object(seL4_TCBObject, 0);
    seL4_CPtr slot = task_slot();

    set_buffer(2);
    task_is(retype(slot), DONE, "read-only: all words and capabilities count");
    task_is(retype(slot), DEL_FIRST, "read-only: and it has been done");
    task_delete(slot);
    task_is(delete_by(12), ANSWER(seL4_FailedLookup, 0, 4, 12, 0),
            "read-only: five words of an error are four");
    task_is(write_registers(tcb, 3), DONE, "read-only: three registers");
    task_is(read_registers(tcb, 32),
            ANSWER(seL4_NoError, 0x1111, 0x2222, 0x3333, 0),
            "read-only: of 32 registers come four");
}

static void claim_read_write(void)
{
    const seL4_CPtr tcb = task_object(seL4_TCBObject, 0);
    struct outcome got;
    struct call c = read_registers(tcb, 32);

    set_buffer(3);
    task_is(delete_by(12), GUARD(0, 12, 0, errors_root_guard_bits()),
            "read-write: five words of an error");
    task_is(write_registers(tcb, 4), DONE, "read-write: four registers");
    got = call_by_task(&c);
    tap_is(got.answer.length, 32, "read-write: 32 registers");
    tap_ok(got.answer.mr[2] == 0x3333 && got.answer.mr[3] == 0x4444 &&
               buffer.msg[4] == 0,
           "read-write: what has been written");
}

int main(void)
{
    finished = task_object(seL4_NotificationObject, 0);
    task_create(&task, TASK_VSPACE, 0);
    claim_none("no buffer");
    claim_read_only();
    claim_read_write();
    set_buffer(0);
    claim_none("a buffer without rights");
    return tap_done();
}
