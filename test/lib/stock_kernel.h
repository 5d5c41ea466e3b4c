/* SPDX-License-Identifier: BSD-2-Clause */
/* The untypeds of a stock kernel and nothing else, for machines larger than
 * the hosted one: behind struct ut_ops, of which it has the calls of seL4.
 *
 *   untyped --Retype--> | child | child | child |   watermark --> |  rest  |
 *      '-- the list of its children, each in a slot
 *
 *   slot    a CSpace's root and an address with so many bits of depth; what a
 *           CNode does to an address is followed as far as lib/ut goes
 *
 * Retype: an untyped without children is reset first, and what was used of it
 * is cleared; then objects are cut at the watermark, each aligned to its size.
 * Refused: no such untyped (invalid capability), a slot that is in use, no
 * room.  Revoke: everything cut of it, and of that, dies.
 */
#ifndef FALLOW_STOCK_KERNEL_H
#define FALLOW_STOCK_KERNEL_H
#include "ut/ut_ops.h"

#define STOCK_ROOT   2u /* cptr of the library's own CSpace */
#define STOCK_CLIENT 3u /* and of the client's, one large CNode */
#define STOCK_REGION 16u
#define STOCK_OWN    64u /* of the library's window */
#define STOCK_PAGE   5u  /* object types */
#define STOCK_MEGA   6u
#define STOCK_GIGA   7u
#define STOCK_FANOUT 256u

struct stock_object;

struct stock_kernel {
    struct stock_object *objects; /* by number; 0 is none */
    uint32_t *table;              /* of slots, by hash: object numbers */
    uint32_t table_size, object_count, unused;
    uint64_t calls;
    uint64_t cleared_max; /* by one call, since it was last set to 0 */
    uint64_t refused;
};

extern const struct ut_kind stock_kinds[8];

/* Room for so many capabilities at a time.  Stops the program on failure. */
void stock_open(struct stock_kernel *k, uint32_t capabilities);
void stock_close(struct stock_kernel *k);
void stock_ops(struct stock_kernel *k, struct ut_ops *ops);
/* What boot gives: in slot STOCK_REGION + number. */
void stock_region(struct stock_kernel *k, uint32_t number, uint64_t base,
                  uint8_t size_bits);
/* Where an untyped of the library's begins. */
uint64_t stock_base(struct stock_kernel *k, uint64_t cptr);
/* Is there an object in that slot of the client's? */
bool stock_has(const struct stock_kernel *k, uint32_t slot);
#endif
