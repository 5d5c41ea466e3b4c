/* SPDX-License-Identifier: BSD-2-Clause */
/* A root task's first words: what memory it has been given. */
#include "rt.h"

#include <stdio.h>

int main(void)
{
    const seL4_BootInfo *info = seL4_GetBootInfo();
    unsigned long bytes = 0;

    for (seL4_Word i = 0; i < info->untyped.end - info->untyped.start; i++)
        if (!info->untypedList[i].isDevice)
            bytes += 1ul << info->untypedList[i].sizeBits;
    printf("hello: %lu KiB of memory are mine\n", bytes / 1024);
    return 0;
}
