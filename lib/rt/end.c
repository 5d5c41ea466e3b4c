/* SPDX-License-Identifier: BSD-2-Clause */
/* The end of a root task: the board's test device, which ends QEMU with a
 * status (sel4-abi.md 6.7).  The program is over, so that everything it may
 * have made of the device's memory, of our slots and of the bootinfo's place
 * can be taken back. */
#include "rt.h"

#define TEST_DEVICE UINT64_C(0x100000)
#define TEST_PASS   0x5555u
#define TEST_FAIL   0x3333u

#define PAGE_BITS  12u
#define PAGE_BYTES UINT64_C(4096)

#define SLOT_CNODE    2u
#define SLOT_VSPACE   3u
#define SLOT_BOOTINFO 9u

#define LABEL_RETYPE      1u
#define LABEL_REVOKE      (RT_LABELS == 13 ? 16u : 17u)
#define LABEL_DELETE      (RT_LABELS == 13 ? 17u : 18u)
#define LABEL_PAGE_MAP    (RT_LABELS == 13 ? 32u : RT_LABELS == 14 ? 33u : 35u)
#define TYPE_UNTYPED      0u
#define TYPE_PAGE         6u
#define RIGHTS_READ_WRITE 3u

#define SYSCALL_DEBUG_HALT (-11L)
#define SYSCALL_YIELD      (-7L)

static uint64_t on_slot(uint64_t label, uint64_t slot)
{
    struct rt_call call = {
        .label = label,
        .length = 2,
        .mr = {slot, 64},
    };

    return rt_invoke(SLOT_CNODE, &call);
}

static uint64_t retype(uint64_t untyped, uint64_t type, uint64_t bits,
                       uint64_t slot)
{
    struct rt_call call = {
        .label = LABEL_RETYPE,
        .length = 6,
        .mr = {type, bits, 0, 0, slot, 1},
        .cap_count = 1,
        .cap = {SLOT_CNODE},
    };

    return rt_invoke(untyped, &call);
}

static uint64_t map(uint64_t frame, uint64_t address)
{
    struct rt_call call = {
        .label = LABEL_PAGE_MAP,
        .length = 3,
        .mr = {address, RIGHTS_READ_WRITE, 0},
        .cap_count = 1,
        .cap = {SLOT_VSPACE},
    };

    return rt_invoke(frame, &call);
}

/* Slot of the untyped around the device, and where that begins; 0: none. */
static uint64_t find_untyped(uint64_t *base)
{
    const struct rt_bootinfo *info = rt_bootinfo();

    for (uint64_t i = 0; i < info->untyped.end - info->untyped.start; i++) {
        const struct rt_untyped *u = &info->list[i];

        if (u->is_device && u->address <= TEST_DEVICE &&
            (TEST_DEVICE - u->address) >> u->bits == 0) {
            *base = u->address;
            return info->untyped.start + i;
        }
    }
    return 0;
}

/* The frame of the device, in a slot: what lies before it in the untyped is
 * used up by smaller untypeds.  0: it cannot be had. */
static uint64_t make_frame(void)
{
    uint64_t at;
    uint64_t untyped = find_untyped(&at);
    uint64_t slot = rt_bootinfo()->empty.end - 1;

    if (untyped == 0 || on_slot(LABEL_REVOKE, untyped) != 0)
        return 0;
    while (at < TEST_DEVICE) {
        uint64_t bits = PAGE_BITS;

        while (at % (PAGE_BYTES << (bits + 1 - PAGE_BITS)) == 0 &&
               at + (UINT64_C(2) << bits) <= TEST_DEVICE)
            bits++;
        if (on_slot(LABEL_DELETE, slot) != 0 ||
            retype(untyped, TYPE_UNTYPED, bits, slot) != 0)
            return 0;
        at += UINT64_C(1) << bits;
        slot--;
    }
    if (on_slot(LABEL_DELETE, slot) != 0 ||
        retype(untyped, TYPE_PAGE, 0, slot) != 0)
        return 0;
    return slot;
}

static void end_by_device(unsigned status)
{
    uint64_t address = (uint64_t)rt_bootinfo();
    uint64_t frame = make_frame();

    if (frame == 0 || on_slot(LABEL_DELETE, SLOT_BOOTINFO) != 0 ||
        map(frame, address) != 0)
        return;
    *(volatile uint32_t *)address =
        status == 0 ? TEST_PASS : status << 16 | TEST_FAIL;
}

static void syscall(long number)
{
    register long a7 __asm__("a7") = number;

    __asm__ volatile("ecall" ::"r"(a7) : "memory");
}

void rt_end(int status)
{
    end_by_device((unsigned)status % 256);
    for (const char *c = "rt: no test device, so no exit status\r\n"; *c; c++)
        rt_put_char(*c);
    syscall(SYSCALL_DEBUG_HALT);
    for (;;)
        syscall(SYSCALL_YIELD);
}
