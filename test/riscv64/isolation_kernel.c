/* SPDX-License-Identifier: BSD-2-Clause */
/* No address that is not user level's can be read, written or executed: each
 * entry of the kernel's half of the root table, at several places, and what
 * is between the halves (layout.h; sel4-abi.md 7.3). */
#include "task.h"

#define UPPER 0xffffffc000000000ul
#define GIGA  0x40000000ul

enum { FETCH = 1, LOAD = 5, STORE = 7 };

static struct task probe;
static volatile seL4_Word done; /* somebody was let through */

static void load(seL4_Word address)
{
    (void)*(volatile seL4_Word *)address;
    done++;
    for (;;)
        seL4_Yield();
}

static void store(seL4_Word address)
{
    *(volatile seL4_Word *)address = 0;
    done++;
    for (;;)
        seL4_Yield();
}

static void swap(seL4_Word address)
{
    __asm__ volatile("amoswap.d zero, zero, (%0)" ::"r"(address) : "memory");
    done++;
    for (;;)
        seL4_Yield();
}

static void call(seL4_Word address)
{
    ((void (*)(void))address)();
    done++;
    for (;;)
        seL4_Yield();
}

static const struct {
    void (*what)(seL4_Word);
    seL4_Word fsr;
} accesses[] = {{load, LOAD}, {store, STORE}, {swap, STORE}, {call, FETCH}};

/* Each access there faults as that access at that address; QEMU 7 reports
 * what an atomic operation meets as the load's. */
static bool is_refused(seL4_Word address)
{
    bool all = true;

    for (unsigned i = 0; i < 4; i++) {
        seL4_Word mr[4];

        seL4_TCB_Suspend(probe.tcb);
        task_start(&probe, accesses[i].what, address);
        if (task_wait_fault(mr) != seL4_Fault_VMFault || mr[1] != address ||
            mr[2] != (accesses[i].fsr == FETCH) ||
            (mr[3] != accesses[i].fsr &&
             !(accesses[i].what == swap && mr[3] == LOAD)))
            all = false;
    }
    return all;
}

static void test_upper_half(void)
{
    static const seL4_Word offsets[] = {0, 0x200000, 0x210000, GIGA - 8};

    for (seL4_Word entry = 256; entry < 512; entry++) {
        seL4_Word base = UPPER + (entry - 256) * GIGA;
        bool all = true;

        for (unsigned i = 0; i < sizeof offsets / sizeof *offsets; i++)
            all = is_refused(base + offsets[i]) && all;
        tap_ok(all, "the gigabyte of entry %lu", entry);
    }
}

/* Every page of the kernel's image, and a megabyte around it. */
static void test_image(void)
{
    unsigned wrong = 0;

    for (seL4_Word at = 0xffffffff80000000; at < 0xffffffff80400000;
         at += 1ul << seL4_PageBits)
        wrong += !is_refused(at);
    tap_is(wrong, 0, "no page of 4 MiB around the kernel's image");
}

/* Addresses that are none: bits 39 to 63 do not repeat bit 38. */
static void test_between(void)
{
    unsigned wrong = 0;

    for (unsigned bit = 38; bit < 64; bit++) {
        wrong += !is_refused(1ul << bit);
        wrong += !is_refused(~(1ul << bit) & ~7ul);
        wrong += !is_refused(1ul << bit | 0x400000);
    }
    tap_is(wrong, 0, "none of 78 addresses between the halves, or near");
}

/* What is physical memory or a device is not there by its own address. */
static void test_physical(void)
{
    static const seL4_Word places[] = {
        0x100000,   0x101000,   0x2000000,  0x2004000,  0xc000000,
        0xc200000,  0x10000000, 0x30000000, 0x80000000, 0x80200000,
        0x80210000, 0x90000000, 0xbffff000,
    };

    for (unsigned i = 0; i < sizeof places / sizeof *places; i++)
        tap_ok(is_refused(places[i]), "physical address 0x%lx", places[i]);
}

int main(void)
{
    task_create(&probe, TASK_VSPACE, 0);
    test_upper_half();
    test_image();
    test_between();
    test_physical();
    tap_is(done, 0, "nobody was let through");
    return tap_done();
}
