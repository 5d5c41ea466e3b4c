/* SPDX-License-Identifier: BSD-2-Clause */
#include "rt.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(void);
void __libc_init_array(void);
_Noreturn void rt_start(seL4_BootInfo *bootinfo);

void rt_put_char(char c)
{
#ifdef CONFIG_PRINTING
    seL4_DebugPutChar(c);
#else
    (void)c;
#endif
}

/* A terminal wants a carriage return as well. */
static int console_put(char c, FILE *file)
{
    (void)file;
    if (c == '\n')
        rt_put_char('\r');
    rt_put_char(c);
    return (unsigned char)c;
}

static FILE console =
    FDEV_SETUP_STREAM(console_put, NULL, NULL, _FDEV_SETUP_WRITE);

FILE *const stdin = &console;
FILE *const stdout = &console;
FILE *const stderr = &console;

void _exit(int status)
{
    rt_end(status);
}

void rt_start(seL4_BootInfo *bootinfo)
{
    seL4_InitBootInfo(bootinfo);
    seL4_SetIPCBuffer(bootinfo->ipcBuffer);
    __libc_init_array();
    exit(main());
}
