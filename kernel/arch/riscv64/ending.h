/* SPDX-License-Identifier: BSD-2-Clause */
/* How the kernel ends a machine that has failed.
 *
 *   test device (sel4-abi.md 6.7)  there: QEMU ends with status 1
 *                                  none:  the firmware's shutdown, status 0
 *
 * The device stays user level's as well: it is in an untyped like any other.
 */
#ifndef FALLOW_ENDING_H
#define FALLOW_ENDING_H
#include "ranges.h"

/* What is written to the device: end with status 1. */
#define ENDING_FAILED (1u << 16 | 0x3333u)

/* Maps the test device's registers; an empty range: the board has none. */
void ending_init(struct range device);

/* Ends the machine, which has said why. */
_Noreturn void ending_fail(void);
#endif
