/* SPDX-License-Identifier: BSD-2-Clause */
/* A capability slot: 32 bytes of plain fields, and their accessors.
 *
 *    0        4  5    6    7        8                    16
 *   +---------+--+----+----+--------+--------------------+
 *   | base_lo |hi|bits|type| rights |        word        |   capability
 *   +---------+--+----+----+--------+--------------------+
 *   |  left   |    right   |  next  |dep|flags|alone|from|   node
 *   +---------+------------+--------+---+-----+-----+----+
 *   16        20           24       28  29    30    31   32
 *
 * base is kept in units of 16 bytes, 32 low and 8 high bits; every memory
 * capability has base and bits here, whatever its type (cap.h says what
 * rights and word mean for each).  Links are slot numbers: physical address
 * / 32, in 32 bits: slots lie below SLOT_ADDRESS_MAX (128 GiB), while regions
 * may be anywhere in the window.  What the three links name:
 *
 *   slot                               left       right      next
 *   alone in its region's list         child      child      parent
 *   first of several (representative)  child      child      second
 *   second                             first      parent     third, or NIL
 *   a later one                        previous   -          next, or NIL
 *   in a plain list (regions.h)        previous   -          next, or NIL
 *
 * The first two are nodes of the region index, at `depth'; the parent link of
 * a node stands where the list leaves room.  The others have the depth
 * SLOT_LISTED.
 *
 * Invariant: an empty slot is 32 zero bytes, so that cleared memory is a
 * CNode of empty slots.  The size of a slot is ABI.  Nothing but this file
 * looks at struct slot; no field is packed but base, which is taken apart by
 * / and % of constant powers of two: shifts for compilers, nothing harder for
 * provers.
 *
 * Every accessor: `slots' is the window's base and i a slot number in backed
 * memory; constant cost, no error.
 */
#ifndef FALLOW_SLOT_H
#define FALLOW_SLOT_H
#include "types.h"

#define SLOT_BITS        5u /* log2 of a slot's bytes */
#define SLOT_BYTES       32u
#define SLOT_NIL         UINT64_C(0xffffffff)   /* no slot: 2^32 - 1 */
#define SLOT_ADDRESS_MAX UINT64_C(0x1fffffffe0) /* slots lie below: 2^37 - 32 */
#define SLOT_LOW         UINT64_C(0x100000000)  /* 2^32 */
#define SLOT_LISTED      63u                    /* depth: not in the tree */
#define SLOT_BASE_UNIT   16u                    /* bytes */

struct slot {
    uint32_t base_lo;
    uint8_t base_hi;
    uint8_t bits;
    uint8_t type;
    uint8_t rights;
    uint64_t word;
    uint32_t left;
    uint32_t right;
    uint32_t next;
    uint8_t depth;
    uint8_t flags;
    uint8_t alone;       /* 1: a node, and next is its parent in the tree */
    uint8_t source_bits; /* embryo; else 0 */
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

/* Is that its base?  base: below 2^44. */
static inline bool slot_has_base(const struct slot *slots, slotno_t i,
                                 paddr_t base)
{
    return slots[i].base_lo == base / SLOT_BASE_UNIT % SLOT_LOW &&
           slots[i].base_hi == base / SLOT_BASE_UNIT / SLOT_LOW;
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
    //@ ghost base_of[i] = base;
    //@ ghost bits_of[i] = bits;
}

static inline void slot_set_type(struct slot *slots, slotno_t i, uint8_t type)
{
    slots[i].type = type;
    //@ ghost type_of[i] = type;
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
    return slots[i].left;
}

static inline slotno_t slot_right(const struct slot *slots, slotno_t i)
{
    return slots[i].right;
}

static inline bool slot_is_alone(const struct slot *slots, slotno_t i)
{
    return slots[i].alone != 0;
}

/* The next of the list. */
static inline slotno_t slot_next(const struct slot *slots, slotno_t i)
{
    return slots[i].alone ? SLOT_NIL : slots[i].next;
}

static inline uint8_t slot_depth(const struct slot *slots, slotno_t i)
{
    return slots[i].depth;
}

static inline uint8_t slot_flags(const struct slot *slots, slotno_t i)
{
    return slots[i].flags;
}

static inline void slot_set_left(struct slot *slots, slotno_t i, slotno_t v)
{
    slots[i].left = (uint32_t)v;
    //@ ghost field_left[i] = (uint32_t)v;
}

static inline void slot_set_right(struct slot *slots, slotno_t i, slotno_t v)
{
    slots[i].right = (uint32_t)v;
    //@ ghost field_right[i] = (uint32_t)v;
}

/* v: SLOT_NIL in a listed slot only. */
static inline void slot_set_next(struct slot *slots, slotno_t i, slotno_t v)
{
    slots[i].next = (uint32_t)v;
    slots[i].alone = 0;
    //@ ghost field_next[i] = (uint32_t)v;
    //@ ghost field_alone[i] = 0;
}

/* Slot i is alone in its region's list, and its node hangs below v. */
static inline void slot_set_alone(struct slot *slots, slotno_t i, slotno_t v)
{
    slots[i].next = (uint32_t)v;
    slots[i].alone = 1;
    //@ ghost field_next[i] = (uint32_t)v;
    //@ ghost field_alone[i] = 1;
}

/* depth: 0 .. 44, or SLOT_LISTED. */
static inline void slot_set_depth(struct slot *slots, slotno_t i, uint8_t depth)
{
    slots[i].depth = depth;
    //@ ghost field_depth[i] = depth;
}

/* flags: a sum of SLOT_REVOCABLE and SLOT_FIRST_BADGED. */
static inline void slot_set_flags(struct slot *slots, slotno_t i, uint8_t flags)
{
    slots[i].flags = flags;
}

/* Of an embryo: log2 of the bytes of the region that it is made from, which
 * says, with the embryo's place, which region that is. */
static inline uint8_t slot_source_bits(const struct slot *slots, slotno_t i)
{
    return slots[i].source_bits;
}

static inline void slot_set_source_bits(struct slot *slots, slotno_t i,
                                        uint8_t source_bits)
{
    slots[i].source_bits = source_bits;
}

/* The list's links by their meaning: a listed slot keeps `previous' in the
 * place where a node keeps `left'. */
static inline slotno_t slot_previous(const struct slot *slots, slotno_t i)
{
    return slot_left(slots, i);
}

static inline void slot_set_previous(struct slot *slots, slotno_t i, slotno_t v)
{
    slot_set_left(slots, i, v);
}

/* The node above node i, SLOT_NIL for the root; v: as next says where. */
static inline slotno_t slot_parent(const struct slot *slots, slotno_t i)
{
    if (slots[i].alone)
        return slots[i].next;
    return slots[slots[i].next].right;
}

static inline void slot_set_parent(struct slot *slots, slotno_t i, slotno_t v)
{
    if (slots[i].alone)
        slots[i].next = (uint32_t)v;
    else
        slots[slots[i].next].right = (uint32_t)v;
    //@ ghost if (field_alone[i]) field_next[i] = (uint32_t)v;
    //@ ghost if (!field_alone[i]) field_right[field_next[i]] = (uint32_t)v;
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

/* Where one of slot i's links names a it now names b, and the other way. */
static inline uint32_t slot_renamed(uint32_t link, slotno_t a, slotno_t b)
{
    if (link == a)
        return (uint32_t)b;
    return link == b ? (uint32_t)a : link;
}

static inline void slot_rename(struct slot *slots, slotno_t i, slotno_t a,
                               slotno_t b)
{
    slots[i].left = slot_renamed(slots[i].left, a, b);
    slots[i].right = slot_renamed(slots[i].right, a, b);
    slots[i].next = slot_renamed(slots[i].next, a, b);
}

/* Overwrites the whole of `to', node included. */
static inline void slot_copy(struct slot *slots, slotno_t to, slotno_t from)
{
    slots[to] = slots[from];
}
#endif
