/* SPDX-License-Identifier: BSD-2-Clause */
#include "rt.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define SYSCALL_CALL           (-1L)
#define SYSCALL_DEBUG_PUT_CHAR (-9L)

int main(void);
void __libc_init_array(void);
_Noreturn void rt_start(const struct rt_bootinfo *bootinfo);

static const struct rt_bootinfo *info;
static uint64_t *buffer; /* IPC buffer */

/* Words of the IPC buffer (sel4-abi.md 2.3). */
#define BUFFER_MR   1u
#define BUFFER_CAPS 122u

const struct rt_bootinfo *rt_bootinfo(void)
{
    return info;
}

void rt_put_char(char c)
{
    register uint64_t a0 __asm__("a0") = (uint8_t)c;
    register long a7 __asm__("a7") = SYSCALL_DEBUG_PUT_CHAR;

    __asm__ volatile("ecall" ::"r"(a0), "r"(a7) : "memory");
}

uint64_t rt_invoke(uint64_t cap, struct rt_call *call)
{
    register uint64_t a0 __asm__("a0") = cap;
    register uint64_t a1 __asm__("a1") =
        call->label << 12 | call->cap_count << 7 | call->length;
    register uint64_t a2 __asm__("a2") = call->mr[0];
    register uint64_t a3 __asm__("a3") = call->mr[1];
    register uint64_t a4 __asm__("a4") = call->mr[2];
    register uint64_t a5 __asm__("a5") = call->mr[3];
    register long a7 __asm__("a7") = SYSCALL_CALL;

    for (unsigned i = 4; i < 8; i++)
        buffer[BUFFER_MR + i] = call->mr[i];
    for (unsigned i = 0; i < 3; i++)
        buffer[BUFFER_CAPS + i] = call->cap[i];
    __asm__ volatile("ecall"
                     : "+r"(a0), "+r"(a1), "+r"(a2), "+r"(a3), "+r"(a4),
                       "+r"(a5)
                     : "r"(a7)
                     : "memory");
    call->badge = a0;
    call->label = a1 >> 12;
    call->length = a1 % 128;
    call->mr[0] = a2;
    call->mr[1] = a3;
    call->mr[2] = a4;
    call->mr[3] = a5;
    for (unsigned i = 4; i < 8; i++)
        call->mr[i] = buffer[BUFFER_MR + i];
    return call->label;
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

void rt_start(const struct rt_bootinfo *bootinfo)
{
    info = bootinfo;
    buffer = (uint64_t *)bootinfo->buffer;
    __libc_init_array();
    exit(main());
}
