/* SPDX-License-Identifier: BSD-2-Clause */
/* Layer 0 on libsel4, for RV64: in a root task, or whoever has its own CSpace
 * and address space to change.
 *
 *   new root CNode, 2^4 slots                 the thread's CSpace from now on
 *     0 --> the one it had: its addresses are what they were
 *     4, 5  the library's store
 *
 * Compiles against seL4's own headers as well; then the library finds a
 * kernel without the new calls.  The few objects that this needs itself (the
 * new root, page tables for the books) come from an untyped that the caller
 * sets aside.
 */
#ifndef UT_SEL4_H
#define UT_SEL4_H
#include <sel4/sel4.h>

#include "ut/ut.h"

#ifdef __cplusplus
extern "C" {
#endif

#define UT_SEL4_KINDS  seL4_ObjectTypeCount
#define UT_SEL4_SPARES 64u

struct ut_sel4 {
    seL4_CPtr root; /* the root CNode before, whose addresses stay */
    seL4_CPtr vspace;
    seL4_CPtr untyped; /* for this file alone: 2^17 bytes are enough for 28
                         * GiB of memory's books */
    seL4_CPtr top;     /* the new root CNode: a slot of the old one */
    seL4_CPtr tables;  /* first of `table_count' empty slots, for tables */
    uint32_t table_count;
    uint8_t radix;  /* log2 of the old root's slots */
    uint64_t books; /* where books are mapped from; advanced by maps */
    uint64_t spares[UT_SEL4_SPARES]; /* addresses of pages that are gone */
    uint32_t spare_count;
    uint32_t tables_used;
    struct ut_kind kinds[UT_SEL4_KINDS];
};

/* Fills in *ops.  root, vspace, untyped, top (an empty slot), tables,
 * table_count, radix and books are the caller's to set, the rest is 0. */
void ut_sel4_ops(struct ut_sel4 *u, struct ut_ops *ops);

/* Makes the new root CNode and gives the thread `tcb' that CSpace; *store is
 * where the library may keep its untypeds.  0, or the kernel's error; then
 * nothing has changed but slots of the new CNode. */
seL4_Error ut_sel4_room(struct ut_sel4 *u, seL4_CPtr tcb,
                        struct ut_store *store);

#ifdef __cplusplus
}
#endif
#endif
