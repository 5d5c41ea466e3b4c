/* SPDX-License-Identifier: BSD-2-Clause */
#include "trap.h"
#include "arch.h"
#include "console.h"
#include "csr.h"
#include "ending.h"
#include "machine.h"
#include "plic.h"
#include "sbi.h"
#include "space.h"
#include "stretch.h"
#include "syscall.h"
#include "thread.h"

static uint64_t tick_ticks; /* of the time base between two timer ticks */
static uint64_t next_tick;

void trap_init(uint64_t ticks)
{
    tick_ticks = ticks;
    next_tick = csr_read(time) + ticks;
    sbi_set_timer(next_tick);
    csr_write(stvec, (uint64_t)trap_entry);
    csr_write(sie, SIE_TIMER | SIE_EXTERNAL);
    csr_set(sstatus, SSTATUS_SPIE);
}

/* Ticks that the machine slept through are not made up for. */
static void timer_expired(void)
{
    uint64_t now = csr_read(time);

    next_tick += tick_ticks;
    if (next_tick <= now)
        next_tick = now + tick_ticks;
    sbi_set_timer(next_tick);
    kernel_timer_tick(&machine_kernel);
}

/* On this board completion goes with the claim; Ack has nothing left to do
 * (sel4-abi.md 4.7). */
static void device_interrupt(void)
{
    uint32_t source = plic_claim();

    if (source == 0)
        return;
    plic_complete(source);
    kernel_interrupt(&machine_kernel, source);
}

static uint64_t pending(void)
{
    return csr_read(sip) & csr_read(sie);
}

static void take_interrupt(void)
{
    uint64_t bits = pending();

    if (bits & SIE_EXTERNAL)
        device_interrupt();
    else if (bits & SIE_TIMER)
        timer_expired();
}

bool arch_preempt_pending(struct kernel *k)
{
    (void)k;
    if (RECORD_STRETCH)
        stretch_look();
    return pending() != 0;
}

/* Until an interrupt has made somebody runnable.  Not a part of every exit. */
static __attribute__((noinline)) void idle(void)
{
    while (machine_kernel.current == 0) {
        if (RECORD_STRETCH)
            stretch_look();
        __asm__ volatile("wfi");
        if (RECORD_STRETCH)
            stretch_begin();
        take_interrupt();
    }
}

/* Somebody's context, now or when there is somebody. */
static struct arch_context *next_context(void)
{
    if (machine_kernel.current == 0)
        idle();
    return &thread_at(&machine_kernel, machine_kernel.current)->context;
}

/* The image has been written as data; from here on it is instructions. */
void trap_first_exit(void)
{
    space_forget_boot();
    __asm__ volatile("fence.i" ::: "memory");
    trap_exit(next_context());
}

struct arch_context *trap_syscall(uint64_t number)
{
    if (RECORD_STRETCH && number == STRETCH_CALL)
        stretch_report(next_context());
    else
        kernel_syscall(&machine_kernel, number);
    return next_context();
}

static void exception(uint64_t cause, uint64_t value)
{
    struct kernel *k = &machine_kernel;

    switch (cause) {
    case CAUSE_FETCH_ACCESS:
    case CAUSE_FETCH_PAGE:
        kernel_vm_fault(k, value, CAUSE_FETCH_ACCESS, true);
        break;
    case CAUSE_LOAD_ACCESS:
    case CAUSE_LOAD_PAGE:
        kernel_vm_fault(k, value, CAUSE_LOAD_ACCESS, false);
        break;
    case CAUSE_STORE_ACCESS:
    case CAUSE_STORE_PAGE:
        kernel_vm_fault(k, value, CAUSE_STORE_ACCESS, false);
        break;
    default:
        kernel_user_exception(k, cause, 0);
    }
}

struct arch_context *trap_other(uint64_t cause, uint64_t value)
{
    if (cause & CAUSE_INTERRUPT)
        take_interrupt();
    else
        exception(cause, value);
    return next_context();
}

void trap_in_kernel(uint64_t cause, uint64_t pc, uint64_t value)
{
    console_text("\nfallow: trap in the kernel: cause ");
    console_hex(cause);
    console_text(", at ");
    console_hex(pc);
    console_text(", value ");
    console_hex(value);
    console_text("\n");
    ending_fail();
}
