/* SPDX-License-Identifier: BSD-2-Clause */
#include "arch.h"
#include "cspace.h"
#include "fault.h"
#include "ipc.h"

/* ---- Delivery -------------------------------------------------------------*/

/* The endpoint capability through which the handler is told. */
static bool find_handler(const struct kernel *k, paddr_t tcb, struct cap *cap)
{
    struct reply ignored;
    slotno_t i;

    if (cspace_lookup(k, thread_slot(tcb, TCB_CSPACE),
                      thread_at(k, tcb)->fault_handler, &i, &ignored))
        return false;
    *cap = cap_read(k->regions.slots, i);
    return cap->type == CAP_ENDPOINT && (cap->rights & CAP_WRITE) &&
           (cap->rights & (CAP_GRANT | CAP_GRANT_REPLY));
}

/* The handler can reply whichever of the two rights its capability has. */
static void deliver(struct kernel *k, paddr_t tcb)
{
    struct cap handler;

    if (find_handler(k, tcb, &handler)) {
        endpoint_send(k, tcb,
                      &(struct endpoint_request){
                          .endpoint = handler.base,
                          .badge = handler.word,
                          .rights = handler.rights | CAP_GRANT_REPLY,
                          .blocking = true,
                          .call = true,
                      });
        return;
    }
    thread_set_state(k, tcb, THREAD_INACTIVE);
    arch_thread_died(k, tcb);
    thread_at(k, tcb)->fault.type = FAULT_NONE;
}

void fault_raise(struct kernel *k, enum fault_type type, uint32_t count,
                 const uint64_t *tail)
{
    struct thread_fault *f = &thread_at(k, k->current)->fault;

    KERNEL_ASSERT(count <= FAULT_TAIL_MAX);
    f->type = type;
    f->count = count;
    for (uint32_t n = 0; n < count; n++)
        f->tail[n] = tail[n];
    deliver(k, k->current);
}

/* The words of *lookup are: source flag, kind, and what belongs to it. */
void fault_capability(struct kernel *k, uint64_t cptr, bool receiving,
                      const struct reply *lookup)
{
    uint64_t tail[FAULT_TAIL_MAX] = {cptr, receiving};
    uint32_t count = 2;

    for (uint32_t n = 1; n < lookup->length; n++)
        tail[count++] = lookup->mr[n];
    fault_raise(k, FAULT_CAPABILITY, count, tail);
}

/* ---- The message ----------------------------------------------------------*/

/* The registers with which the message of a fault begins: how many, which. */
static uint32_t registers_of(uint32_t type, const uint8_t **which)
{
    static const uint8_t fault_ip[] = {REG_FAULT_IP};

    switch (type) {
    case FAULT_UNKNOWN_SYSCALL:
        *which = arch_syscall_registers;
        return ARCH_SYSCALL_REGISTERS;
    case FAULT_USER_EXCEPTION:
        *which = arch_exception_registers;
        return ARCH_EXCEPTION_REGISTERS;
    default:
        *which = fault_ip;
        return 1;
    }
}

uint32_t fault_length(const struct thread *t)
{
    const uint8_t *which;

    return registers_of(t->fault.type, &which) + t->fault.count;
}

uint64_t fault_word(const struct thread *t, uint32_t i)
{
    const uint8_t *which;
    uint32_t registers = registers_of(t->fault.type, &which);

    if (i < registers)
        return t->context.reg[which[i]];
    KERNEL_ASSERT(i - registers < t->fault.count);
    return t->fault.tail[i - registers];
}

/* ---- The answer -----------------------------------------------------------*/

bool fault_answer(struct kernel *k, paddr_t replier, paddr_t tcb)
{
    const struct thread *r = thread_at(k, replier);
    struct thread *t = thread_at(k, tcb);
    const uint64_t *buffer = thread_buffer(k, replier, false);
    uint64_t info = r->context.reg[REG_INFO];
    uint32_t length = ipc_length(info), registers;
    const uint8_t *which;

    if (t->fault.type != FAULT_UNKNOWN_SYSCALL &&
        t->fault.type != FAULT_USER_EXCEPTION)
        return true;
    registers = registers_of(t->fault.type, &which);
    if (length > registers)
        length = registers;
    if (!buffer && length > IPC_REGISTERS)
        length = IPC_REGISTERS;
    for (uint32_t n = 0; n < length; n++)
        t->context.reg[which[n]] = ipc_word(r, buffer, n);
    return ipc_label(info) == 0;
}
