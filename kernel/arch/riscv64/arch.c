/* SPDX-License-Identifier: BSD-2-Clause */
/* The rest of arch.h: memory, interrupts, console. */
#include "arch.h"
#include "console.h"
#include "layout.h"
#include "plic.h"
#include "sbi.h"
#include "thread.h"

const uint8_t arch_user_registers[ARCH_USER_REGISTERS] = {
    0,  1,  2,  3,  8,  9,  18, 19, 20, 21, 22, 23, 24, 25, 26, 27,
    10, 11, 12, 13, 14, 15, 16, 17, 5,  6,  7,  28, 29, 30, 31, 4,
};

const uint8_t arch_syscall_registers[ARCH_SYSCALL_REGISTERS] = {
    0, 2, 1, 10, 11, 12, 13, 14, 15, 16,
};

const uint8_t arch_exception_registers[ARCH_EXCEPTION_REGISTERS] = {0, 2};

/* Sixteen stores a turn: what is left is the memory's own speed. */
void arch_clear(struct kernel *k, paddr_t base, uint64_t bytes)
{
    uint64_t *at = direct(base);
    uint64_t *end = at + bytes / sizeof *at;

    (void)k;
    for (; end - at >= 16; at += 16) {
        at[0] = at[1] = at[2] = at[3] = 0;
        at[4] = at[5] = at[6] = at[7] = 0;
        at[8] = at[9] = at[10] = at[11] = 0;
        at[12] = at[13] = at[14] = at[15] = 0;
    }
    for (; at < end; at++)
        *at = 0;
}

bool arch_is_zero(struct kernel *k, paddr_t base, uint64_t bytes)
{
    const uint64_t *at = direct(base);

    (void)k;
    for (uint64_t i = 0; i < bytes / sizeof *at; i++)
        if (at[i] != 0)
            return false;
    return true;
}

/* The core has cleared the entry and flushed by now. */
void arch_unmap(struct kernel *k, slotno_t i)
{
    (void)k;
    (void)i;
}

void arch_irq_mask(struct kernel *k, uint64_t irq)
{
    if (irq != k->params.irq_timer)
        plic_mask((uint32_t)irq);
}

void arch_irq_unmask(struct kernel *k, uint64_t irq)
{
    if (irq != k->params.irq_timer)
        plic_unmask((uint32_t)irq);
}

/* trap.c completes at the claim. */
void arch_irq_ack(struct kernel *k, uint64_t irq)
{
    (void)k;
    (void)irq;
}

/* The controller's gateways know their trigger from the board's wiring. */
void arch_irq_set_trigger(struct kernel *k, uint64_t irq, bool edge)
{
    (void)k;
    (void)irq;
    (void)edge;
}

void arch_event(struct kernel *k, enum arch_event event, slotno_t a, slotno_t b)
{
    (void)k;
    (void)event;
    (void)a;
    (void)b;
}

void arch_stretch(struct kernel *k, const struct work *stretch)
{
    (void)k;
    (void)stretch;
}

void arch_putchar(struct kernel *k, uint8_t c)
{
    (void)k;
    sbi_put_char(c);
}

void arch_halt(struct kernel *k)
{
    (void)k;
    sbi_shutdown();
}

#if DEBUG_BUILD
static const char *const names[] = {
    "pc", "ra", "sp", "gp", "tp",  "t0",  "t1", "t2", "s0", "s1", "a0",
    "a1", "a2", "a3", "a4", "a5",  "a6",  "a7", "s2", "s3", "s4", "s5",
    "s6", "s7", "s8", "s9", "s10", "s11", "t3", "t4", "t5", "t6",
};

void arch_thread_died(struct kernel *k, paddr_t tcb)
{
    const struct thread *t = thread_at(k, tcb);

    console_text("fallow: thread '");
    console_text(t->name);
    console_text("' has died of fault ");
    console_decimal(t->fault.type);
    console_text(":");
    for (uint32_t i = 0; i < t->fault.count; i++) {
        console_text(" ");
        console_hex(t->fault.tail[i]);
    }
    for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++) {
        console_text(i % 4 == 0 ? "\n  " : "  ");
        console_text(names[i]);
        console_text(" ");
        console_hex(t->context.reg[i]);
    }
    console_text("\n  look both up: addr2line -fie PROGRAM ");
    console_hex(t->context.reg[REG_FAULT_IP]);
    console_text(" ");
    console_hex(t->context.reg[REG_RA]);
    console_text("\n");
}
#else
void arch_thread_died(struct kernel *k, paddr_t tcb)
{
    (void)k;
    (void)tcb;
}
#endif
