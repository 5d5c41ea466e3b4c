/* SPDX-License-Identifier: BSD-2-Clause */
#include "console.h"
#include "arch.h"
#include "ending.h"
#include "sbi.h"

void console_text(const char *text)
{
    for (; *text; text++) {
        if (*text == '\n')
            sbi_put_char('\r');
        sbi_put_char((uint8_t)*text);
    }
}

static void console_number(uint64_t value, unsigned base)
{
    char digits[21];
    char *at = digits + sizeof digits - 1;

    *at = '\0';
    do {
        *--at = "0123456789abcdef"[value % base];
        value /= base;
    } while (value != 0);
    console_text(at);
}

void console_hex(uint64_t value)
{
    console_text("0x");
    console_number(value, 16);
}

void console_decimal(uint64_t value)
{
    console_number(value, 10);
}

void console_refuse(const char *what, uint64_t value)
{
    console_text("fallow: cannot start: ");
    console_text(what);
    console_text(": ");
    console_hex(value);
    console_text("\n");
    ending_fail();
}

void arch_panic(const char *what, const char *file, int line)
{
    console_text("\nfallow: broken invariant: ");
    console_text(what);
    console_text(" (");
    console_text(file);
    console_text(":");
    console_decimal((uint64_t)line);
    console_text(")\n");
    ending_fail();
}
