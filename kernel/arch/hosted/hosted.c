/* SPDX-License-Identifier: BSD-2-Clause */
#include "hosted.h"
#include "thread.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define RAM_BYTES_MAX (UINT64_C(64) << 30)

/* `make GEN3=0': a machine that answers the new calls as a stock kernel. */
#ifndef FALLOW_GEN3
#define FALLOW_GEN3 1
#endif

struct kernel_params hosted_params_riscv64(void)
{
    return (struct kernel_params){
        .window_bits = 39,
        .chunk_bits = 12,
        .untyped_bits_min = 4,
        .untyped_bits_max = 38,
        .fanout = 256,
        .object_types = 9,
        .generation3 = FALLOW_GEN3,
        .objects =
            {
                [OBJECT_UNTYPED] = {CAP_UNTYPED, 0},
                [OBJECT_TCB] = {CAP_TCB, 11},
                [OBJECT_ENDPOINT] = {CAP_ENDPOINT, 4},
                [OBJECT_NOTIFICATION] = {CAP_NOTIFICATION, 5},
                [OBJECT_CNODE] = {CAP_CNODE, SLOT_BITS},
                {CAP_FRAME, 30},
                {CAP_FRAME, 12},
                {CAP_FRAME, 21},
                {CAP_PAGE_TABLE, 12},
            },
        .domain_count = 1,
        .schedule_length = 2,
        .time_slice_ticks = 5,
        .asid_pool_count = 128,
        .thread_flags = THREAD_FLAG_FPU_DISABLED,
        .irq_triggers = true,
        .debug_print = true,
        .debug_calls = true,
    };
}

struct hosted_kernel *hosted_create(const struct kernel_params *params,
                                    paddr_t ram_base, uint64_t ram_bytes)
{
    uint64_t window_bytes = UINT64_C(1) << params->window_bits;
    struct hosted_kernel *h;
    void *window;

    if (ram_bytes > RAM_BYTES_MAX || ram_base > window_bytes ||
        ram_bytes > window_bytes - ram_base ||
        ram_base + ram_bytes > SLOT_ADDRESS_MAX) {
        errno = EINVAL;
        return NULL;
    }
    h = calloc(1, sizeof *h);
    if (!h)
        return NULL;
    window = mmap(NULL, window_bytes, PROT_NONE,
                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (window == MAP_FAILED) {
        free(h);
        return NULL;
    }
    if (mprotect((uint8_t *)window + ram_base, ram_bytes,
                 PROT_READ | PROT_WRITE) != 0) {
        int saved = errno;

        munmap(window, window_bytes);
        free(h);
        errno = saved;
        return NULL;
    }
    kernel_init(&h->kernel, window, params);
    h->machine = (struct machine){
        .window = window,
        .window_bytes = window_bytes,
        .ram_base = ram_base,
        .ram_bytes = ram_bytes,
    };
    h->kernel.machine = &h->machine;
    return h;
}

void hosted_destroy(struct hosted_kernel *h)
{
    if (!h)
        return;
    munmap(h->machine.window, h->machine.window_bytes);
    free(h->machine.tables);
    free(h);
}

bool hosted_is_ram(const struct kernel *k, paddr_t address, uint64_t bytes)
{
    const struct machine *m = k->machine;

    return address >= m->ram_base && bytes <= m->ram_bytes &&
           address - m->ram_base <= m->ram_bytes - bytes;
}

void *hosted_memory(struct kernel *k, paddr_t address)
{
    KERNEL_ASSERT(hosted_is_ram(k, address, 1));
    return k->machine->window + address;
}

slotno_t hosted_root_cnode(struct kernel *k, paddr_t base, unsigned radix)
{
    slotno_t slot = slot_at(base) + 2;
    struct cap cap = {
        .type = CAP_CNODE,
        .base = base,
        .bits = (uint8_t)(radix + SLOT_BITS),
        .word = 64 - radix,
    };

    kernel_insert_boot_cap(k, slot, &cap);
    return slot;
}

void hosted_boot_untyped(struct kernel *k, slotno_t i, paddr_t base,
                         uint8_t bits, bool device)
{
    struct cap cap = {
        .type = CAP_UNTYPED,
        .base = base,
        .bits = bits,
        .rights = device ? CAP_DEVICE : 0,
        .word = UINT64_C(1) << bits,
    };

    kernel_insert_boot_cap(k, i, &cap);
}
