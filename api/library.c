/* SPDX-License-Identifier: BSD-2-Clause */
/* What the headers of include/sel4 declare and do not define: libsel4.a. */
#include <sel4/sel4.h>

__thread seL4_IPCBuffer *__sel4_ipc_buffer SEL4_TLS_MODEL LIBSEL4_WEAK;

static seL4_BootInfo *the_bootinfo;

void seL4_InitBootInfo(seL4_BootInfo *bootinfo)
{
    the_bootinfo = bootinfo;
}

seL4_BootInfo *seL4_GetBootInfo(void)
{
    return the_bootinfo;
}
