/* SPDX-License-Identifier: BSD-2-Clause */
#include "hosted.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* From here on a system call that gives pages back beats writing them. */
#define GIVE_BACK_BYTES HOST_PAGE_BYTES
#define HOST_PAGE_BYTES UINT64_C(4096)

void arch_clear(struct kernel *k, paddr_t base, uint64_t bytes)
{
    struct machine *m = k->machine;

    KERNEL_ASSERT(bytes > 0 && hosted_is_ram(k, base, bytes));
    m->cleared_bytes += bytes;
    if (m->clear_nothing)
        return;
    if (bytes >= GIVE_BACK_BYTES && base % HOST_PAGE_BYTES == 0 &&
        bytes % HOST_PAGE_BYTES == 0 &&
        madvise(m->window + base, bytes, MADV_DONTNEED) == 0)
        return;
    memset(m->window + base, 0, bytes);
}

bool arch_is_zero(struct kernel *k, paddr_t base, uint64_t bytes)
{
    const uint8_t *memory = k->machine->window + base;

    KERNEL_ASSERT(hosted_is_ram(k, base, bytes));
    return bytes == 0 ||
           (memory[0] == 0 && memcmp(memory, memory + 1, bytes - 1) == 0);
}

bool arch_preempt_pending(struct kernel *k)
{
    struct machine *m = k->machine;

    m->preempt_asked++;
    if (m->preempt_always)
        return true;
    if (m->preempt_in == 0)
        return false;
    return --m->preempt_in == 0;
}

void arch_unmap(struct kernel *k, slotno_t i)
{
    (void)i;
    k->machine->unmapped++;
}

void arch_event(struct kernel *k, enum arch_event event, slotno_t a, slotno_t b)
{
    struct machine *m = k->machine;

    if (m->observer)
        m->observer(m->observer_context, k, event, a, b);
}

void arch_stretch(struct kernel *k, const struct work *stretch)
{
    if (stretch->visits > k->worst_visits.visits)
        k->worst_visits = *stretch;
    if (stretch->slots > k->worst_slots.slots)
        k->worst_slots = *stretch;
    if (stretch->bytes > k->worst_bytes.bytes)
        k->worst_bytes = *stretch;
}

void arch_panic(const char *what, const char *file, int line)
{
    fprintf(stderr, "fallow: broken invariant: %s (%s:%d)\n", what, file, line);
    abort();
}
