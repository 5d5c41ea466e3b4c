/* SPDX-License-Identifier: BSD-2-Clause */
/* Small machines for tests in lock-step.
 *
 *   0         2^(radix + 5)    boot objects             RAM ends    window ends
 *   +---------+----------------+------------------------+-----------+
 *   | root    | TCB, tables,   | untypeds               | device    |
 *   | CNode   | IRQ slots      |                        | untyped   |
 *   +---------+----------------+------------------------+-----------+
 *
 *   root slot 2: the root CNode's own capability, guard 0, so that addresses
 *   of depth 64 are slot numbers; 3: a TCB; 4: IRQ control; 5: ASID control;
 *   6: domain; 7: a mapped page table; 8: a mapped frame; 9: an ASID pool;
 *   10: an unmapped page table; from 11 on the untypeds, all dirty.
 *
 *   name     window  RAM      root  chunk  fan-out  for
 *   "tiny"   2^10    1 KiB    2^4   2^4    8        collisions; no TCB
 *   "dense"  2^12    4 KiB    2^6   2^5    32       many objects side by side
 *   "small"  2^16    32 KiB   2^6   2^6    16       everything
 *   "wide"   2^20    512 KiB  2^11  2^8    256      many objects at once
 *   "old"    2^16    32 KiB   2^6   2^6    16       GEN3=0
 *   "rv64"   2^21    1 MiB    2^8   2^12   256      sizes of RV64 Sv39
 */
#ifndef FALLOW_MACHINE_H
#define FALLOW_MACHINE_H
#include "lockstep.h"

enum machine_slot {
    MACHINE_ROOT = 2,
    MACHINE_TCB = 3,
    MACHINE_IRQ_CONTROL = 4,
    MACHINE_ASID_CONTROL = 5,
    MACHINE_DOMAIN = 6,
    MACHINE_TABLE = 7,
    MACHINE_FRAME = 8,
    MACHINE_POOL = 9,
    MACHINE_TABLE_UNMAPPED = 10,
    MACHINE_UNTYPED = 11,
};

#define MACHINE_UNTYPEDS 4u

struct machine_untyped {
    uint32_t base;
    uint8_t bits; /* 0: none */
    bool device;
};

struct machine_config {
    const char *name;
    struct kernel_params params;
    uint32_t ram_bytes;
    uint8_t radix;      /* of the root CNode */
    uint32_t boot_base; /* of the boot objects; 0: none */
    uint8_t boot_bits;  /* log2 bytes of each */
    uint8_t boot_tcb_bits;
    struct machine_untyped untypeds[MACHINE_UNTYPEDS];
};

#define MACHINE_COUNT 6u
const struct machine_config *machine_config(unsigned index);
const struct machine_config *machine_config_named(const char *name);

/* Makes the machine and its first capabilities.  False: the host refuses. */
bool machine_create(struct lockstep *ls, const struct machine_config *config);
#endif
