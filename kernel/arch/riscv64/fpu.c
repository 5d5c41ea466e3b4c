/* SPDX-License-Identifier: BSD-2-Clause */
#include "fpu.h"
#include "arch.h"
#include "csr.h"
#include "thread.h"

#if HAVE_FPU
static paddr_t owner;    /* 0: nobody */
static bool is_zero;     /* the registers hold zeros */
static bool owner_dirty; /* written since loaded, and FS is off by now */

static void status_set(uint64_t fs)
{
    csr_clear(sstatus, SSTATUS_FS);
    csr_set(sstatus, fs);
}

static bool take_dirty(void)
{
    bool dirty = owner_dirty || (csr_read(sstatus) & SSTATUS_FS) == SSTATUS_FS;

    owner_dirty = false;
    return dirty;
}

static void change_owner(struct kernel *k, paddr_t tcb)
{
    struct arch_context *next = &thread_at(k, tcb)->context;
    bool dirty = take_dirty();

    status_set(SSTATUS_FS);
    if (dirty) {
        is_zero = false;
        if (owner != 0) {
            struct arch_context *last = &thread_at(k, owner)->context;

            fpu_save(last);
            last->has_fpu_state = true;
        }
    }
    if (next->has_fpu_state) {
        fpu_load(next);
        is_zero = false;
    } else if (!is_zero) {
        fpu_zero();
        is_zero = true;
    }
    owner = tcb;
    status_set(SSTATUS_FS_CLEAN);
}

void arch_thread_switched(struct kernel *k, paddr_t tcb)
{
    if (tcb == 0)
        return;
    if (thread_at(k, tcb)->flags & THREAD_FLAG_FPU_DISABLED) {
        owner_dirty = take_dirty();
        status_set(0);
        return;
    }
    if (owner != tcb)
        change_owner(k, tcb);
    else if (owner_dirty || (csr_read(sstatus) & SSTATUS_FS) == 0)
        status_set(take_dirty() ? SSTATUS_FS : SSTATUS_FS_CLEAN);
}

void arch_thread_forget(struct kernel *k, paddr_t tcb)
{
    (void)k;
    if (owner != tcb)
        return;
    owner = 0;
    is_zero = false;
}
#else
void arch_thread_switched(struct kernel *k, paddr_t tcb)
{
    (void)k;
    (void)tcb;
}

void arch_thread_forget(struct kernel *k, paddr_t tcb)
{
    (void)k;
    (void)tcb;
}
#endif

void arch_thread_flags_changed(struct kernel *k, paddr_t tcb)
{
    if (tcb == k->current)
        arch_thread_switched(k, tcb);
}
