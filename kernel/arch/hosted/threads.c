/* SPDX-License-Identifier: BSD-2-Clause */
/* What threads ask of a machine, in a process where none runs: it is written
 * down, and the test looks at it. */
#include "hosted.h"
#include "sched.h"
#include "vspace.h"

#include <stdlib.h>

/* pc, ra, sp, gp, s0 .. s11, a0 .. a7, t0 .. t6, tp: sel4-abi.md 7.5 */
const uint8_t arch_user_registers[ARCH_USER_REGISTERS] = {
    REG_FAULT_IP, 1,  2,  3,  8,  9,  18, 19, 20, 21, 22, 23, 24, 25, 26, 27,
    10,           11, 12, 13, 14, 15, 16, 17, 5,  6,  7,  28, 29, 30, 31, 4,
};

/* pc, sp, ra, a0 .. a6: 7.3 */
const uint8_t arch_syscall_registers[ARCH_SYSCALL_REGISTERS] = {
    REG_FAULT_IP, 2, 1, 10, 11, 12, 13, 14, 15, 16,
};

const uint8_t arch_exception_registers[ARCH_EXCEPTION_REGISTERS] = {
    REG_FAULT_IP,
    REG_SP,
};

/* ---- The tables -----------------------------------------------------------*/

struct sizes {
    size_t ready, schedule, pools, irqs;
};

static struct sizes sizes_of(const struct kernel_params *p)
{
    return (struct sizes){
        .ready = p->domain_count * sizeof(struct ready_set),
        .schedule = p->schedule_length * sizeof(struct domain_entry),
        .pools = p->asid_pool_count * sizeof(struct asid_pool),
        .irqs = p->irq_count,
    };
}

bool hosted_add_threads(struct hosted_kernel *h)
{
    struct sizes s = sizes_of(&h->kernel.params);
    uint8_t *memory = calloc(1, sizeof(struct tables) + s.ready + s.schedule +
                                    s.pools + s.irqs);
    struct tables *tables = (struct tables *)memory;

    if (!memory)
        return false;
    h->machine.tables = memory;
    memory += sizeof *tables;
    tables->ready = (struct ready_set *)memory;
    memory += s.ready;
    tables->schedule = (struct domain_entry *)memory;
    memory += s.schedule;
    tables->asid_pools = (struct asid_pool *)memory;
    memory += s.pools;
    tables->irq_active = memory;
    sched_init(&h->kernel, tables);
    return true;
}

/* ---- arch.h ---------------------------------------------------------------*/

static uint64_t irq_bit(const struct kernel *k, uint64_t irq)
{
    KERNEL_ASSERT(irq < k->params.irq_count);
    return irq < 64 ? UINT64_C(1) << irq : 0;
}

void arch_irq_mask(struct kernel *k, uint64_t irq)
{
    k->machine->irq_enabled &= ~irq_bit(k, irq);
}

void arch_irq_unmask(struct kernel *k, uint64_t irq)
{
    k->machine->irq_enabled |= irq_bit(k, irq);
}

void arch_irq_ack(struct kernel *k, uint64_t irq)
{
    KERNEL_ASSERT(irq < k->params.irq_count);
    k->machine->irq_acks++;
}

void arch_irq_set_trigger(struct kernel *k, uint64_t irq, bool edge)
{
    uint64_t bit = irq_bit(k, irq);

    k->machine->irq_edges &= ~bit;
    if (edge)
        k->machine->irq_edges |= bit;
}

void arch_thread_switched(struct kernel *k, paddr_t tcb)
{
    k->machine->running = tcb;
}

/* There is no FPU here. */
void arch_thread_flags_changed(struct kernel *k, paddr_t tcb)
{
    (void)k;
    (void)tcb;
}

void arch_thread_forget(struct kernel *k, paddr_t tcb)
{
    (void)tcb;
    k->machine->forgotten++;
}

void arch_thread_died(struct kernel *k, paddr_t tcb)
{
    (void)tcb;
    k->machine->died++;
}

void arch_space_set(struct kernel *k, paddr_t root, uint64_t asid)
{
    k->machine->space_root = root;
    k->machine->space_asid = asid;
    k->machine->space_sets++;
}

/* The kernel lives in the process's own address space. */
void arch_space_init_root(struct kernel *k, paddr_t root)
{
    k->machine->last_root = root;
}

void arch_tlb_flush_page(struct kernel *k, uint64_t asid, uint64_t address)
{
    (void)asid;
    (void)address;
    k->machine->page_flushes++;
}

void arch_tlb_flush_asid(struct kernel *k, uint64_t asid)
{
    (void)asid;
    k->machine->asid_flushes++;
}

void arch_tlb_flush_all(struct kernel *k)
{
    k->machine->all_flushes++;
}

void arch_putchar(struct kernel *k, uint8_t c)
{
    struct machine *m = k->machine;

    if (m->console_length < HOSTED_CONSOLE_BYTES)
        m->console[m->console_length++] = (char)c;
}

void arch_halt(struct kernel *k)
{
    k->machine->halted++;
}
