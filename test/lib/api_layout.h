/* SPDX-License-Identifier: BSD-2-Clause */
/* The layouts that programs rely on, as sel4-abi.md states them: what is
 * wrong does not compile, neither as C nor as C++, with no compiler.
 *
 *   2.3 IPC buffer    6.5 bootinfo    6.6 its extra chunks    7.5 registers
 *
 * Include the public headers first.
 */
#ifndef FALLOW_API_LAYOUT_H
#define FALLOW_API_LAYOUT_H

#define LAYOUT(type, member, offset, bytes)                                    \
    SEL4_STATIC_ASSERT(__builtin_offsetof(type, member) == (offset) &&         \
                           sizeof(((type *)0)->member) == (bytes),             \
                       #type "." #member)

LAYOUT(seL4_IPCBuffer, tag, 0, 8);
LAYOUT(seL4_IPCBuffer, msg, 8, 960);
LAYOUT(seL4_IPCBuffer, userData, 968, 8);
LAYOUT(seL4_IPCBuffer, caps_or_badges, 976, 24);
LAYOUT(seL4_IPCBuffer, receiveCNode, 1000, 8);
LAYOUT(seL4_IPCBuffer, receiveIndex, 1008, 8);
LAYOUT(seL4_IPCBuffer, receiveDepth, 1016, 8);
SEL4_STATIC_ASSERT(sizeof(seL4_IPCBuffer) == 1024, "IPC buffer");

LAYOUT(seL4_BootInfo, extraLen, 0x00, 8);
LAYOUT(seL4_BootInfo, nodeID, 0x08, 8);
LAYOUT(seL4_BootInfo, numNodes, 0x10, 8);
LAYOUT(seL4_BootInfo, numIOPTLevels, 0x18, 8);
LAYOUT(seL4_BootInfo, ipcBuffer, 0x20, 8);
LAYOUT(seL4_BootInfo, empty, 0x28, 16);
LAYOUT(seL4_BootInfo, sharedFrames, 0x38, 16);
LAYOUT(seL4_BootInfo, userImageFrames, 0x48, 16);
LAYOUT(seL4_BootInfo, userImagePaging, 0x58, 16);
LAYOUT(seL4_BootInfo, ioSpaceCaps, 0x68, 16);
LAYOUT(seL4_BootInfo, extraBIPages, 0x78, 16);
LAYOUT(seL4_BootInfo, initThreadCNodeSizeBits, 0x88, 8);
LAYOUT(seL4_BootInfo, initThreadDomain, 0x90, 8);
LAYOUT(seL4_BootInfo, untyped, 0x98, 16);
LAYOUT(seL4_BootInfo, untypedList, 0xa8,
       16 * CONFIG_MAX_NUM_BOOTINFO_UNTYPED_CAPS);
LAYOUT(seL4_UntypedDesc, paddr, 0, 8);
LAYOUT(seL4_UntypedDesc, sizeBits, 8, 1);
LAYOUT(seL4_UntypedDesc, isDevice, 9, 1);
SEL4_STATIC_ASSERT(sizeof(seL4_UntypedDesc) == 16, "untyped");
LAYOUT(seL4_SlotRegion, start, 0, 8);
LAYOUT(seL4_SlotRegion, end, 8, 8);
LAYOUT(seL4_BootInfoHeader, id, 0, 8);
LAYOUT(seL4_BootInfoHeader, len, 8, 8);
#if CONFIG_MAX_NUM_BOOTINFO_UNTYPED_CAPS == 230
SEL4_STATIC_ASSERT(sizeof(seL4_BootInfo) == 0xf08, "bootinfo");
#endif

#define REGISTER(name, index) LAYOUT(seL4_UserContext, name, 8 * (index), 8)
REGISTER(pc, 0);
REGISTER(ra, 1);
REGISTER(sp, 2);
REGISTER(gp, 3);
REGISTER(s0, 4);
REGISTER(s1, 5);
REGISTER(s2, 6);
REGISTER(s3, 7);
REGISTER(s4, 8);
REGISTER(s5, 9);
REGISTER(s6, 10);
REGISTER(s7, 11);
REGISTER(s8, 12);
REGISTER(s9, 13);
REGISTER(s10, 14);
REGISTER(s11, 15);
REGISTER(a0, 16);
REGISTER(a1, 17);
REGISTER(a2, 18);
REGISTER(a3, 19);
REGISTER(a4, 20);
REGISTER(a5, 21);
REGISTER(a6, 22);
REGISTER(a7, 23);
REGISTER(t0, 24);
REGISTER(t1, 25);
REGISTER(t2, 26);
REGISTER(t3, 27);
REGISTER(t4, 28);
REGISTER(t5, 29);
REGISTER(t6, 30);
REGISTER(tp, 31);
SEL4_STATIC_ASSERT(sizeof(seL4_UserContext) == 256, "registers");
#endif
