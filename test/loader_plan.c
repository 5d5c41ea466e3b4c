/* SPDX-License-Identifier: BSD-2-Clause */
/* Where the loader puts kernel, tree and program, and when it refuses to:
 * too large for the machine, in the loader's own way, or not to be mapped. */
#include "../loader/plan.c"

#include "tap.h"

#define RAM    UINT64_C(0x80000000)
#define KERNEL UINT64_C(0x80200000)
#define OFFSET UINT64_C(0xffffffff00000000)
#define LOADER UINT64_C(0x80800000)
#define MEBI   (UINT64_C(1) << 20)

static struct elf kernel;
static struct elf user;
static struct ranges memory;
static struct range loader;
static uint32_t tree_bytes;

/* A machine of 128 MiB and what fits it. */
static void reset(void)
{
    kernel = (struct elf){
        .start = KERNEL + OFFSET,
        .end = KERNEL + OFFSET + 0x21001,
        .physical = KERNEL,
    };
    user = (struct elf){.start = 0x400000, .end = 0x412345};
    tree_bytes = 0x1150;
    memory = ranges_of(RAM + 2 * MEBI, RAM + 128 * MEBI);
    loader = (struct range){LOADER, LOADER + MEBI};
}

static enum plan_flavour flavour;

static const char *make(struct plan *plan)
{
    return plan_make(plan, flavour, &kernel, &user, tree_bytes, &memory,
                     loader);
}

static void test_places(void)
{
    struct plan p;

    reset();
    tap_is_string(make(&p), NULL, "what fits is placed");
    tap_is(p.kernel.start, KERNEL, "the kernel where it says");
    tap_is(p.kernel.end, KERNEL + 0x22000, "in whole pages");
    tap_is(p.tree.start, p.kernel.end, "the tree behind it");
    tap_is(p.tree.end, p.tree.start + 0x1150, "to the byte");
    tap_is(p.user.start, KERNEL + 0x24000, "the program on the next page");
    tap_is(p.user.end, p.user.start + 0x13000, "in whole pages");
    tap_is(p.headers, p.user.end, "its program headers behind it");
}

/* Where the place before the loader is too small. */
static void test_places_behind(void)
{
    struct plan p;

    reset();
    user.end = user.start + 7 * MEBI;
    tap_is_string(make(&p), NULL, "a program that would reach into the loader");
    tap_is(p.user.start, LOADER + MEBI, "goes behind it");
    reset();
    user.end = user.start + 5 * MEBI + 0xdb000;
    make(&p);
    tap_is(p.headers + 0x1000, LOADER, "one that just fits does not");
    user.end++;
    make(&p);
    tap_is(p.user.start, LOADER + MEBI, "a byte more, and it does");
    user.end = user.start + 119 * MEBI - 0x1000;
    tap_is_string(make(&p), NULL, "there may be room to the end of memory");
}

static void test_places_high(void)
{
    struct plan p;

    reset();
    flavour = PLAN_HIGH;
    tap_is_string(make(&p), NULL, "high: what fits is placed");
    tap_is(p.kernel.start, KERNEL, "the kernel where it says");
    tap_is(p.user.end, RAM + 128 * MEBI, "the program at the end");
    tap_is(p.user.start, RAM + 128 * MEBI - 0x13000, "in whole pages");
    tap_is(p.tree.start, p.user.start - 0x2000, "the tree below it, on a page");
    tap_is(p.tree.end, p.tree.start + 0x1150, "to the byte");
    tap_is(p.headers, 0, "its program headers nowhere");
}

static void refuses(const char *words, const char *name)
{
    struct plan p = {.headers = 1};

    tap_is_string(make(&p), words, "%s", name);
    tap_is(p.headers, 1, "and no plan is made");
    reset();
}

static void test_refuses(void)
{
    const char *full = "kernel and program do not fit this machine's memory";
    const char *loader_hit = "kernel and program would overlap the loader";
    const char *unmapped = "the kernel has addresses that no table can map";
    const char *wide = "the kernel does not fit a gigabyte of its own";

    reset();
    loader.start = RAM + 100 * MEBI;
    loader.end = RAM + 101 * MEBI;
    user.end = user.start + 127 * MEBI;
    refuses(full, "a program larger than memory");
    user.end = user.start + (UINT64_C(1) << 62);
    refuses(full, "a program larger than any memory");
    kernel.end = kernel.start + 8 * MEBI;
    refuses(loader_hit, "a kernel that reaches into the loader");
    kernel.end = kernel.start + 900 * MEBI;
    refuses(full, "a kernel larger than memory");
    kernel.physical = UINT64_MAX / PLAN_MEGA * PLAN_MEGA;
    refuses(full, "a kernel at the end of the address space");
    kernel.physical = RAM + 126 * MEBI;
    user.end = user.start + 2 * MEBI;
    refuses(full, "a program behind the end of memory");
    kernel.start += 0x1000;
    refuses(unmapped, "virtual and physical differ modulo 2 MiB");
    kernel.start += 4;
    kernel.physical += 4;
    refuses(unmapped, "a kernel that does not begin at a page");
    kernel.end = kernel.start + 2 * PLAN_GIGA;
    refuses(wide, "a kernel of more than a gigabyte");
    kernel.start += 1020 * MEBI;
    kernel.end += 1020 * MEBI;
    kernel.physical += 1020 * MEBI;
    kernel.end += 4 * MEBI;
    refuses(wide, "a kernel across a gigabyte's end");
    kernel.start = KERNEL;
    kernel.end = KERNEL + 0x1000;
    refuses(wide, "a kernel in the loader's gigabyte");
    user.start += 8;
    refuses("the program does not begin at a page", "an odd program");
    memory = ranges_of(RAM + 3 * MEBI, RAM + 128 * MEBI);
    refuses(full, "a kernel on memory that is the firmware's");
}

static void test_refuses_high(void)
{
    const char *full = "kernel and program do not fit this machine's memory";
    const char *loader_hit = "kernel and program would overlap the loader";

    reset();
    user.end = user.start + 130 * MEBI;
    refuses(full, "high: a program larger than memory");
    user.end = user.start + (UINT64_C(1) << 39);
    refuses(full, "a program that begins below address 0");
    user.end = user.start + 125 * MEBI + 0xf0000;
    refuses(full, "a program that reaches into the kernel");
    user.end = user.start + 119 * MEBI + 0xff000;
    refuses(loader_hit, "a program whose tree reaches into the loader");
    memory = ranges_of(0, 0);
    refuses(full, "no memory at all");
}

int main(void)
{
    test_places();
    test_refuses();
    test_places_behind();
    test_places_high();
    test_refuses_high();
    return tap_done();
}
