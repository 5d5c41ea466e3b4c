/* SPDX-License-Identifier: BSD-2-Clause */
/* What the kernel itself has to say: panics, refusals at boot, crash dumps.
 * Bytes go to the firmware's console; a line feed gets a carriage return. */
#ifndef FALLOW_CONSOLE_H
#define FALLOW_CONSOLE_H
#include <stdint.h>

void console_text(const char *text);
void console_hex(uint64_t value); /* 0x and no leading zeros */
void console_decimal(uint64_t value);

/* Ends the machine after a message: for what boot cannot work with. */
_Noreturn void console_refuse(const char *what, uint64_t value);
#endif
