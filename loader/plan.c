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

static uint64_t page_down(uint64_t address)
{
    return address / PLAN_PAGE_BYTES * PLAN_PAGE_BYTES;
}

static bool is_free(const struct ranges *memory, struct range r)
{
    return r.start < r.end && ranges_contain(memory, r.start, r.end);
}

static bool do_overlap(struct range a, struct range b)
{
    return a.start < b.end && b.start < a.end;
}

/* A large program would reach into the loader: then it goes behind it. */
static void place_low(struct plan *p, uint64_t user_bytes, uint32_t tree_bytes,
                      struct range loader)
{
    p->tree.start = p->kernel.end;
    p->tree.end = p->tree.start + tree_bytes;
    p->user.start = page_up(p->tree.end);
    p->user.end = p->user.start + user_bytes + PLAN_PAGE_BYTES;
    if (do_overlap(p->user, loader))
        p->user.start = page_up(loader.end);
    p->user.end = p->user.start + user_bytes;
    p->headers = p->user.end;
}

/* What does not fit wraps, and then is in no memory. */
static void place_high(struct plan *p, uint64_t user_bytes, uint32_t tree_bytes,
                       const struct ranges *memory)
{
    uint64_t end = memory->count ? memory->range[memory->count - 1].end : 0;

    p->user.end = page_down(end);
    p->user.start = p->user.end - user_bytes;
    p->tree.start = page_down(p->user.start - tree_bytes);
    p->tree.end = p->tree.start + tree_bytes;
    p->headers = 0;
}

static const char *check_places(const struct plan *p,
                                const struct ranges *memory,
                                struct range loader)
{
    struct range user = p->user;

    if (p->headers != 0)
        user.end += PLAN_PAGE_BYTES;
    if (!is_free(memory, p->kernel) || !is_free(memory, p->tree) ||
        !is_free(memory, user) || do_overlap(p->kernel, p->tree) ||
        do_overlap(p->kernel, user))
        return "kernel and program do not fit this machine's memory";
    if (do_overlap(p->kernel, loader) || do_overlap(p->tree, loader) ||
        do_overlap(user, loader))
        return "kernel and program would overlap the loader";
    return NULL;
}

const char *plan_make(struct plan *plan, enum plan_flavour flavour,
                      const struct elf *kernel, const struct elf *user,
                      uint32_t tree_bytes, const struct ranges *memory,
                      struct range loader)
{
    const char *problem = check_kernel(kernel, loader);
    struct plan p;
    uint64_t user_bytes;

    if (problem)
        return problem;
    if (user->start % PLAN_PAGE_BYTES != 0)
        return "the program does not begin at a page";
    if (kernel->physical > BYTES_MAX || user->end - user->start > BYTES_MAX)
        return "kernel and program do not fit this machine's memory";
    user_bytes = page_up(user->end - user->start);
    p.kernel.start = kernel->physical;
    p.kernel.end = page_up(kernel->physical + (kernel->end - kernel->start));
    if (flavour == PLAN_HIGH)
        place_high(&p, user_bytes, tree_bytes, memory);
    else
        place_low(&p, user_bytes, tree_bytes, loader);
    problem = check_places(&p, memory, loader);
    if (!problem)
        *plan = p;
    return problem;
}
