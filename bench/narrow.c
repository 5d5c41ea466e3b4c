/* SPDX-License-Identifier: BSD-2-Clause */
/* The hosted machine where the host cannot reserve its whole window.
 *
 * valgrind has 64 GiB of address space for a program, the window of an RV64
 * machine 512.  A measured program is linked with --wrap=hosted_create and
 * --wrap=hosted_destroy, and so gets the same machine with nothing but RAM
 * behind the window:
 *
 *   window (an address only)         ram: mapped
 *   .................................+----------------+.....................
 *   NARROW_BASE                      + ram_base       + ram_bytes
 */
#include "hosted.h"

#include <stdlib.h>
#include <sys/mman.h>

/* Far from where the loader and the heap are. */
#define NARROW_BASE UINT64_C(0x200000000)

struct hosted_kernel *__wrap_hosted_create(const struct kernel_params *params,
                                           paddr_t ram_base,
                                           uint64_t ram_bytes);
void __wrap_hosted_destroy(struct hosted_kernel *h);

struct hosted_kernel *__wrap_hosted_create(const struct kernel_params *params,
                                           paddr_t ram_base, uint64_t ram_bytes)
{
    uint8_t *window = (uint8_t *)(uintptr_t)NARROW_BASE;
    struct hosted_kernel *h = calloc(1, sizeof *h);
    void *ram;

    if (!h)
        return NULL;
    ram = mmap(window + ram_base, ram_bytes, PROT_READ | PROT_WRITE,
               MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (ram == MAP_FAILED) {
        free(h);
        return NULL;
    }
    window = (uint8_t *)((uintptr_t)ram - ram_base);
    kernel_init(&h->kernel, (struct slot *)(void *)window, params);
    h->machine = (struct machine){
        .window = window,
        .window_bytes = UINT64_C(1) << params->window_bits,
        .ram_base = ram_base,
        .ram_bytes = ram_bytes,
    };
    h->kernel.machine = &h->machine;
    return h;
}

void __wrap_hosted_destroy(struct hosted_kernel *h)
{
    if (!h)
        return;
    munmap(h->machine.window + h->machine.ram_base, h->machine.ram_bytes);
    free(h);
}
