/* SPDX-License-Identifier: BSD-2-Clause */
/* Tests that are root tasks: TAP goes to the kernel's console. */
#include "rt.h"
#include "tap.h"

void tap_output(const char *text, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++) {
        if (text[i] == '\n')
            rt_put_char('\r');
        rt_put_char(text[i]);
    }
}
