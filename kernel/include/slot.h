/* SPDX-License-Identifier: BSD-2-Clause */
/* A capability slot: 32 bytes of plain fields, and their accessors.
 *
 *    0        4  5    6    7        8                    16
 *   +---------+--+----+----+--------+--------------------+
 *   | base_lo |hi|bits|type| rights |        word        |   capability
 *   +---------+--+----+----+--------+--------------------+
 *   |  left_lo   |  right_lo   |  next_lo  |l |r |n |depth|   node
 *   +------------+-------------+-----------+--+--+--+-----+
 *   16           20            24          28 29 30 31    32
 *
 * base is kept in units of 16 bytes, 32 low and 8 high bits; every memory
 * capability has base and bits here, whatever its type (cap.h says what
 * rights and word mean for each).  Links are slot numbers: physical address
 * / 32.  The node of a slot that represents its region in the index:
 *
 *   left, right   children in the tree      next   second of the region's list
 *   depth         0 .. window_bits
 *
 * and of every other slot in use:
 *
 *   left          previous in the list, or SLOT_NIL        right   unused
 *   next          next in the list, or SLOT_NIL            depth   SLOT_LISTED
 *
 * Invariant: an empty slot is 32 zero bytes, so that cleared memory is a
 * CNode of empty slots.  The size of a slot is ABI.  Nothing but this file
 * looks at struct slot; fields are taken apart by / and % of constant powers
 * of two, which compilers turn into shifts and provers into nothing harder.
 *
 * Every accessor: `slots' is the window's base and i a slot number in backed
 * memory; constant cost, no error.
 */
#ifndef FALLOW_SLOT_H
#define FALLOW_SLOT_H
#include "types.h"

#define SLOT_BITS      5u /* log2 of a slot's bytes */
#define SLOT_BYTES     32u
#define SLOT_NIL       UINT64_C(0xffffffffff) /* no slot: 2^40 - 1 */
#define SLOT_LOW       UINT64_C(0x100000000)  /* 2^32 */
#define SLOT_LISTED    63u /* depth of a slot not in the tree */
#define SLOT_BASE_UNIT 16u /* bytes */

struct slot {
    uint32_t base_lo;
    uint8_t base_hi;
    uint8_t bits;
    uint8_t type;
    uint8_t rights;
    uint64_t word;
    uint32_t left_lo;
    uint32_t right_lo;
    uint32_t next_lo;
    uint8_t left_hi;
    uint8_t right_hi;
    uint8_t next_hi;
    uint8_t depth; /* bits 0-5 depth, 6 revocable, 7 first badged */
};
_Static_assert(sizeof(struct slot) == SLOT_BYTES, "the size of a slot is ABI");

/* Flags of the derivation (sel4-abi.md 5.3). */
#define SLOT_REVOCABLE    1u
#define SLOT_FIRST_BADGED 2u

static inline slotno_t slot_at(paddr_t address)
{
    return address / SLOT_BYTES;
}

static inline paddr_t slot_address(slotno_t i)
{
    return i * SLOT_BYTES;
}

/* The capability. */
static inline paddr_t slot_base(const struct slot *slots, slotno_t i)
{
    return SLOT_BASE_UNIT * (slots[i].base_lo + SLOT_LOW * slots[i].base_hi);
}

static inline uint8_t slot_bits(const struct slot *slots, slotno_t i)
{
    return slots[i].bits;
}

static inline uint8_t slot_type(const struct slot *slots, slotno_t i)
{
    return slots[i].type;
}

static inline uint8_t slot_rights(const struct slot *slots, slotno_t i)
{
    return slots[i].rights;
}

static inline uint64_t slot_word(const struct slot *slots, slotno_t i)
{
    return slots[i].word;
}

/* base: a multiple of 16 below 2^44; bits: log2 of the region's bytes. */
static inline void slot_set_region(struct slot *slots, slotno_t i, paddr_t base,
                                   uint8_t bits)
{
    slots[i].base_lo = (uint32_t)(base / SLOT_BASE_UNIT % SLOT_LOW);
    slots[i].base_hi = (uint8_t)(base / SLOT_BASE_UNIT / SLOT_LOW);
    slots[i].bits = bits;
}

static inline void slot_set_type(struct slot *slots, slotno_t i, uint8_t type)
{
    slots[i].type = type;
}

static inline void slot_set_rights(struct slot *slots, slotno_t i,
                                   uint8_t rights)
{
    slots[i].rights = rights;
}

static inline void slot_set_word(struct slot *slots, slotno_t i, uint64_t word)
{
    slots[i].word = word;
}

/* The node. */
static inline slotno_t slot_left(const struct slot *slots, slotno_t i)
{
    return slots[i].left_lo + SLOT_LOW * slots[i].left_hi;
}

static inline slotno_t slot_right(const struct slot *slots, slotno_t i)
{
    return slots[i].right_lo + SLOT_LOW * slots[i].right_hi;
}

static inline slotno_t slot_next(const struct slot *slots, slotno_t i)
{
    return slots[i].next_lo + SLOT_LOW * slots[i].next_hi;
}

static inline uint8_t slot_depth(const struct slot *slots, slotno_t i)
{
    return slots[i].depth % 64u;
}

static inline uint8_t slot_flags(const struct slot *slots, slotno_t i)
{
    return slots[i].depth / 64u;
}

static inline void slot_set_left(struct slot *slots, slotno_t i, slotno_t v)
{
    slots[i].left_lo = (uint32_t)(v % SLOT_LOW);
    slots[i].left_hi = (uint8_t)(v / SLOT_LOW);
}

static inline void slot_set_right(struct slot *slots, slotno_t i, slotno_t v)
{
    slots[i].right_lo = (uint32_t)(v % SLOT_LOW);
    slots[i].right_hi = (uint8_t)(v / SLOT_LOW);
}

static inline void slot_set_next(struct slot *slots, slotno_t i, slotno_t v)
{
    slots[i].next_lo = (uint32_t)(v % SLOT_LOW);
    slots[i].next_hi = (uint8_t)(v / SLOT_LOW);
}

/* depth: 0 .. 44, or SLOT_LISTED. */
static inline void slot_set_depth(struct slot *slots, slotno_t i, uint8_t depth)
{
    slots[i].depth = (uint8_t)(slots[i].depth / 64u * 64u + depth);
}

/* flags: a sum of SLOT_REVOCABLE and SLOT_FIRST_BADGED. */
static inline void slot_set_flags(struct slot *slots, slotno_t i, uint8_t flags)
{
    slots[i].depth = (uint8_t)(slots[i].depth % 64u + 64u * flags);
}

/* The list's links by their meaning: a listed slot keeps `previous' in the
 * place where a representative keeps `left'. */
static inline slotno_t slot_previous(const struct slot *slots, slotno_t i)
{
    return slot_left(slots, i);
}

static inline void slot_set_previous(struct slot *slots, slotno_t i, slotno_t v)
{
    slot_set_left(slots, i, v);
}

static inline bool slot_is_representative(const struct slot *slots, slotno_t i)
{
    return slot_depth(slots, i) != SLOT_LISTED;
}

/* Whole slots. */
static inline bool slot_is_empty(const struct slot *slots, slotno_t i)
{
    return slots[i].type == 0;
}

static inline void slot_clear(struct slot *slots, slotno_t i)
{
    slots[i] = (struct slot){0};
}

/* Overwrites `to' with the capability of `from', type to word; nodes stay. */
static inline void slot_copy_cap(struct slot *slots, slotno_t to, slotno_t from)
{
    slots[to].base_lo = slots[from].base_lo;
    slots[to].base_hi = slots[from].base_hi;
    slots[to].bits = slots[from].bits;
    slots[to].type = slots[from].type;
    slots[to].rights = slots[from].rights;
    slots[to].word = slots[from].word;
}

static inline void slot_swap(struct slot *slots, slotno_t a, slotno_t b)
{
    struct slot old_a = slots[a];

    slots[a] = slots[b];
    slots[b] = old_a;
}

/* Overwrites the whole of `to', node included. */
static inline void slot_copy(struct slot *slots, slotno_t to, slotno_t from)
{
    slots[to] = slots[from];
}
#endif
