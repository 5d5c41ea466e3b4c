/* SPDX-License-Identifier: BSD-2-Clause */
/* Everything that a program needs to use the kernel: source-compatible with
 * seL4's headers of that name (non-MCS, RV64).
 *
 *   sel4.h
 *    |- types.h      words with fields, structs, sizes, numbers (generated)
 *    |- functions.h  the IPC buffer
 *    |- syscalls.h   the system calls, by trap.h
 *    |- bootinfo.h, faults.h, mapping.h
 *    |- interfaces/sel4_client.h   a function for each invocation (generated)
 *    `- fallow.h     the calls that seL4 does not have
 */
#ifndef SEL4_SEL4_H
#define SEL4_SEL4_H
#include "types.h"
#include "functions.h"
#include "syscalls.h"
#include "bootinfo.h"
#include "faults.h"
#include "mapping.h"
#include <interfaces/sel4_client.h>
#include "fallow.h"
#endif
