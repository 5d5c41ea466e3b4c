/* SPDX-License-Identifier: BSD-2-Clause */
/* A root task's first words: what memory it has been given. */
#include "rt.h"

#include <stdio.h>

int main(void)
{
    const struct rt_bootinfo *info = rt_bootinfo();
    uint64_t bytes = 0;

    for (uint64_t i = 0; i < info->untyped.end - info->untyped.start; i++)
        if (!info->list[i].is_device)
            bytes += UINT64_C(1) << info->list[i].bits;
    printf("hello: %lu KiB of memory are mine\n", bytes / 1024);
    return 0;
}
