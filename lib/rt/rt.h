/* SPDX-License-Identifier: BSD-2-Clause */
/* What a root task finds ready when its main() begins, and how it ends.
 *
 *   image                              behind it, made by the kernel
 *   +-------+------+------+------+-------+    +--------+----------+-------+
 *   | .text | data | TLS  | heap | stack |    | IPC    | bootinfo | extra |
 *   +-------+------+------+------+-------+    | buffer |          |       |
 *                                             +--------+----------+-------+
 *
 * seL4_GetBootInfo() and seL4_GetIPCBuffer() know their places.  picolibc
 * works: printf() writes to the kernel's console, malloc() takes from a heap
 * of RT_HEAP_BYTES.  Returning from main(), or exit(n), ends the machine;
 * QEMU ends with status n, of which 0 is success.
 */
#ifndef FALLOW_RT_H
#define FALLOW_RT_H
#include <sel4/sel4.h>

/* One byte to the kernel's console, unchanged; lost if the kernel was built
 * without PRINTING. */
void rt_put_char(char c);

/* Ends the machine with this status, 0 .. 255, of QEMU's process, without
 * the destructors of exit().  It takes back what has been made of the test
 * device's untyped, the last slots of the root CNode and the bootinfo. */
_Noreturn void rt_end(int status);
#endif
