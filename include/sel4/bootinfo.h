/* SPDX-License-Identifier: BSD-2-Clause */
/* What the kernel tells the initial thread, whose register a0 points to it.
 *
 *   +-------------------------+----------------------------------+
 *   | seL4_BootInfo, one page | chunks: seL4_BootInfoHeader, ... |
 *   +-------------------------+----------------------------------+
 *                              `- extraLen bytes -'
 */
#ifndef SEL4_BOOTINFO_H
#define SEL4_BOOTINFO_H
#include "types.h"

#define seL4_BootInfoFrameSize LIBSEL4_BIT(seL4_BootInfoFrameBits)

SEL4_STATIC_ASSERT(sizeof(seL4_BootInfo) <= seL4_BootInfoFrameSize,
                   "the bootinfo is one page");

#ifdef __cplusplus
extern "C" {
#endif
/* Start-up code says where it is; from then on everybody can ask. */
void seL4_InitBootInfo(seL4_BootInfo *bootinfo);
seL4_BootInfo *seL4_GetBootInfo(void);
#ifdef __cplusplus
}
#endif
#endif
