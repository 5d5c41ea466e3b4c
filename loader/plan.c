/* SPDX-License-Identifier: BSD-2-Clause */
#include "plan.h"

/* No block of a machine is larger, and no sum of a few can wrap. */
#define BYTES_MAX (UINT64_C(1) << 40)

static uint64_t page_up(uint64_t address)
{
    return (address + PLAN_PAGE_BYTES - 1) / PLAN_PAGE_BYTES * PLAN_PAGE_BYTES;
}

static uint64_t root_entry(uint64_t address)
{
    return address / PLAN_GIGA % PLAN_ENTRIES;
}

/* The kernel is entered through 2 MiB leaves from its first address to the
 * end of that gigabyte, beside those of the loader itself. */
static const char *check_kernel(const struct elf *kernel, struct range loader)
{
    if (kernel->start % PLAN_PAGE_BYTES != 0 ||
        kernel->start % PLAN_MEGA != kernel->physical % PLAN_MEGA)
        return "the kernel has addresses that no table can map";
    if (kernel->end - kernel->start > PLAN_GIGA ||
        root_entry(kernel->end - 1) != root_entry(kernel->start) ||
        root_entry(kernel->start) == root_entry(loader.start))
        return "the kernel does not fit a gigabyte of its own";
    return NULL;
}

const char *plan_make(struct plan *plan, const struct elf *kernel,
                      const struct elf *user, uint32_t tree_bytes,
                      const struct ranges *memory, struct range loader)
{
    const char *problem = check_kernel(kernel, loader);
    struct plan p;

    if (problem)
        return problem;
    if (user->start % PLAN_PAGE_BYTES != 0)
        return "the program does not begin at a page";
    if (kernel->physical > BYTES_MAX || user->end - user->start > BYTES_MAX)
        return "kernel and program do not fit this machine's memory";
    p.kernel.start = kernel->physical;
    p.kernel.end = page_up(kernel->physical + (kernel->end - kernel->start));
    p.tree.start = p.kernel.end;
    p.tree.end = p.tree.start + tree_bytes;
    p.user.start = page_up(p.tree.end);
    p.user.end = page_up(p.user.start + (user->end - user->start));
    p.headers = p.user.end;
    if (!ranges_contain(memory, p.kernel.start, p.headers + PLAN_PAGE_BYTES))
        return "kernel and program do not fit this machine's memory";
    if (p.kernel.start < loader.end &&
        loader.start < p.headers + PLAN_PAGE_BYTES)
        return "kernel and program would overlap the loader";
    *plan = p;
    return NULL;
}
