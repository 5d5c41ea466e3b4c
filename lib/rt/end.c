/* SPDX-License-Identifier: BSD-2-Clause */
/* The end of a root task: the board's test device, which ends QEMU with a
 * status (sel4-abi.md 6.7).  The program is over, so that everything it may
 * have made of the device's memory, of our slots and of the bootinfo's place
 * can be taken back. */
#include "rt.h"

#define TEST_DEVICE 0x100000ul
#define TEST_PASS   0x5555u
#define TEST_FAIL   0x3333u
#define CNODE       seL4_CapInitThreadCNode

static seL4_Error delete_slot(seL4_CPtr slot)
{
    return seL4_CNode_Delete(CNODE, slot, seL4_WordBits);
}

static seL4_Error retype(seL4_CPtr untyped, seL4_Word type, seL4_Word bits,
                         seL4_CPtr slot)
{
    if (delete_slot(slot) != seL4_NoError)
        return seL4_DeleteFirst;
    return seL4_Untyped_Retype(untyped, type, bits, CNODE, 0, 0, slot, 1);
}

/* The untyped around the device, 0: none; and where it begins. */
static seL4_CPtr find_untyped(const seL4_BootInfo *info, seL4_Word *base)
{
    for (seL4_Word i = 0; i < info->untyped.end - info->untyped.start; i++) {
        const seL4_UntypedDesc *u = &info->untypedList[i];

        if (u->isDevice && u->paddr <= TEST_DEVICE &&
            (TEST_DEVICE - u->paddr) >> u->sizeBits == 0) {
            *base = u->paddr;
            return info->untyped.start + i;
        }
    }
    return 0;
}

/* log2 of the largest aligned block that begins at `at' and ends at or before
 * the device; at least a page, since both are multiples of that. */
static seL4_Word block_bits(seL4_Word at)
{
    seL4_Word bits = seL4_PageBits;

    while (at % (2ul << bits) == 0 && at + (2ul << bits) <= TEST_DEVICE)
        bits++;
    return bits;
}

/* The device's frame in a slot, 0: it cannot be had.  What lies before it in
 * the untyped is used up by smaller untypeds. */
static seL4_CPtr make_frame(const seL4_BootInfo *info)
{
    seL4_Word at = 0;
    seL4_CPtr untyped = find_untyped(info, &at);
    seL4_CPtr slot = info->empty.end - 1;

    if (untyped == 0 ||
        seL4_CNode_Revoke(CNODE, untyped, seL4_WordBits) != seL4_NoError)
        return 0;
    while (at < TEST_DEVICE) {
        seL4_Word bits = block_bits(at);

        if (retype(untyped, seL4_UntypedObject, bits, slot) != seL4_NoError)
            return 0;
        at += 1ul << bits;
        slot--;
    }
    if (retype(untyped, seL4_RISCV_4K_Page, 0, slot) != seL4_NoError)
        return 0;
    return slot;
}

/* Where the bootinfo was there is a page table, and nobody needs the place
 * any more. */
static void end_by_device(unsigned status)
{
    seL4_BootInfo *info = seL4_GetBootInfo();
    seL4_CPtr frame = make_frame(info);

    if (frame == 0 || delete_slot(seL4_CapBootInfoFrame) != seL4_NoError ||
        seL4_RISCV_Page_Map(frame, seL4_CapInitThreadVSpace, (seL4_Word)info,
                            seL4_ReadWrite,
                            seL4_RISCV_ExecuteNever) != seL4_NoError)
        return;
    *(volatile seL4_Uint32 *)(void *)info =
        status == 0 ? TEST_PASS : status << 16 | TEST_FAIL;
}

void rt_end(int status)
{
    end_by_device((unsigned)status % 256);
    for (const char *c = "rt: no test device, so no exit status\r\n"; *c; c++)
        rt_put_char(*c);
#ifdef CONFIG_DEBUG_BUILD
    seL4_DebugHalt();
#endif
    for (;;)
        seL4_TCB_Suspend(seL4_CapInitThreadTCB);
}
