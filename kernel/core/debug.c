/* SPDX-License-Identifier: BSD-2-Clause */
#include "arch.h"
#include "cspace.h"
#include "debug.h"
#include "invoke.h"
#include "ipc.h"
#include "syscall.h"

static void print(struct kernel *k, const char *text)
{
    for (; *text; text++)
        arch_putchar(k, (uint8_t)*text);
}

static void print_number(struct kernel *k, uint64_t n)
{
    char digits[20];
    unsigned count = 0;

    do {
        digits[count++] = (char)('0' + n % 10u);
        n /= 10u;
    } while (n != 0);
    while (count > 0)
        arch_putchar(k, (uint8_t)digits[--count]);
}

static const char *name_of(const struct kernel *k, paddr_t tcb)
{
    const char *name = thread_at(k, tcb)->name;

    return name[0] ? name : "(no name)";
}

static void print_thread(struct kernel *k, paddr_t tcb)
{
    const struct thread *t = thread_at(k, tcb);

    print(k, name_of(k, tcb));
    print(k, "  domain ");
    print_number(k, t->domain);
    print(k, "  priority ");
    print_number(k, t->priority);
    print(k, "  state ");
    print_number(k, t->state);
    print(k, "\n");
}

/* All threads there are: the index knows them. */
static void dump_scheduler(struct kernel *k)
{
    const struct slot *slots = kernel_slots(k);
    uint64_t visits = k->regions.visits;

    for (slotno_t i = regions_walk(&k->regions, SLOT_NIL); i != SLOT_NIL;
         i = regions_walk(&k->regions, i)) {
        slotno_t last = i;

        while (regions_follower(&k->regions, last) != SLOT_NIL)
            last = regions_follower(&k->regions, last);
        if (slot_type(slots, last) == CAP_TCB)
            print_thread(k, slot_base(slots, last));
    }
    k->regions.visits = visits;
}

/* The slot that the capability pointer in the first register leads to. */
static bool find(struct kernel *k, slotno_t *i)
{
    const struct thread *t = thread_at(k, k->current);
    struct reply ignored;

    return cspace_lookup(k, thread_slot(k->current, TCB_CSPACE),
                         t->context.reg[REG_CAP], i, &ignored) == ERROR_NONE;
}

static void identify_cap(struct kernel *k)
{
    slotno_t i;

    thread_at(k, k->current)->context.reg[REG_CAP] =
        find(k, &i) ? slot_type(kernel_slots(k), i) : 0;
}

/* The name is in the caller's buffer, where its message would be. */
static void name_thread(struct kernel *k)
{
    const uint64_t *buffer = thread_buffer(k, k->current, false);
    const char *text;
    struct thread *t;
    slotno_t i;
    unsigned n = 0;

    if (!buffer || !find(k, &i) || slot_type(kernel_slots(k), i) != CAP_TCB)
        return;
    text = (const char *)&buffer[BUFFER_MESSAGE];
    t = thread_at(k, slot_base(kernel_slots(k), i));
    for (; n < THREAD_NAME_BYTES - 1u && text[n]; n++)
        t->name[n] = text[n];
    t->name[n] = '\0';
}

static void halt(struct kernel *k)
{
    print(k, "DebugHalt by ");
    print(k, name_of(k, k->current));
    print(k, "\n");
    arch_halt(k);
}

static bool debug_call(struct kernel *k, uint64_t number)
{
    switch ((int64_t)number) {
    case SYSCALL_DEBUG_HALT:
        halt(k);
        return true;
    case SYSCALL_DEBUG_CAP_IDENTIFY:
        identify_cap(k);
        return true;
    case SYSCALL_DEBUG_SNAPSHOT:
        print(k, "DebugSnapshot: this kernel keeps no capDL dump\n");
        return true;
    case SYSCALL_DEBUG_NAME_THREAD:
        name_thread(k);
        return true;
    default:
        return false;
    }
}

bool debug_syscall(struct kernel *k, uint64_t number)
{
    switch ((int64_t)number) {
    case SYSCALL_DEBUG_PUT_CHAR:
        if (k->params.debug_print)
            arch_putchar(
                k, (uint8_t)thread_at(k, k->current)->context.reg[REG_CAP]);
        return k->params.debug_print;
    case SYSCALL_DEBUG_DUMP_SCHEDULER:
        if (k->params.debug_print && k->params.debug_calls)
            dump_scheduler(k);
        return k->params.debug_print;
    default:
        return k->params.debug_calls && debug_call(k, number);
    }
}
