/* SPDX-License-Identifier: BSD-2-Clause */
/* What all layers of lib/ut agree on: errors, requests, blocks, regions.
 *
 *   region   an untyped that the donor gives, [base, base + 2^size_bits)
 *   +--------------------+--------------------+--------------------+---
 *   | chunk, 2 MiB       | chunk              | chunk              |
 *   +----+----+----+-----+--------------------+--------------------+---
 *   | page    |         block: `count' times 2^size_bits bytes
 *
 * Physical addresses are 64 bits on every machine.  A block is named by its
 * address: there are no cookies, so that a block freed twice, with the wrong
 * size or by the wrong owner is noticed.  Ends are inclusive (`max'), so that
 * a region may end at 2^64.
 *
 * Freestanding C11, no variables, usable from C++.
 */
#ifndef UT_TYPES_H
#define UT_TYPES_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define UT_PAGE_BITS  12u /* what maps and tags count in */
#define UT_CHUNK_BITS 21u

/* The closed set of errors.  What is missing, and how much of it, stands in
 * struct ut_fault. */
typedef enum ut_err {
    UT_OK = 0,
    UT_EINVAL,    /* an argument that no machine could serve */
    UT_EALIGN,    /* address is no multiple of size or alignment */
    UT_ENOMEM,    /* not enough free bytes: free or donate some */
    UT_EFRAG,     /* enough bytes, no free block of that shape */
    UT_ERANGE,    /* range not managed, or not of that kind (device, RAM) */
    UT_EBUSY,     /* address taken, or not the caller's; owner reported */
    UT_EQUOTA,    /* the account's bytes: raise the quota or free */
    UT_ECAPQUOTA, /* the account's capabilities: the same */
    UT_ESLOT,     /* a slot that the object needs is in use, or none is left */
    UT_ELEASE,    /* the lease is not open */
    UT_ELIVE,     /* the freed object still has other capabilities */
    UT_EAGAIN,    /* the budget of work is used up: call again */
    UT_EKERNEL,   /* the kernel refused */
    UT_ERR_COUNT
} ut_err_t;

/* Why a call failed, in numbers; filled in on every error but UT_EAGAIN.
 *
 *   error      wanted            available              address       owner
 *   EINVAL     the argument      largest that is right  -             -
 *   EALIGN     alignment, bytes  -                      the address   -
 *   ENOMEM     bytes             bytes free             -             -
 *   EFRAG      bytes             largest that fits      where         -
 *   ERANGE     bytes             bytes managed there    first outside -
 *   EBUSY      bytes             -                      first taken   whose
 *   EQUOTA     bytes             bytes left             -             account
 *   ECAPQUOTA  capabilities      capabilities left      -             account
 *   ESLOT      slots, 0: the     slots left             the block     -
 *              client's slot
 *   ELIVE      -                 -                      the block     owner
 *   EKERNEL    -                 -                      of the block  -
 */
struct ut_fault {
    uint64_t wanted;
    uint64_t available;
    uint64_t address;
    uint32_t kernel_error; /* EKERNEL, ESLOT: the kernel's own code; or 0 */
    uint16_t owner;
    uint8_t err; /* ut_err_t */
};

/* Whose a page is: an account's number.  Layer 2 compares, no more. */
typedef uint16_t ut_owner_t;
#define UT_OWNER_NONE  0u      /* free, or not managed */
#define UT_OWNER_ROOT  1u      /* the donor: the root account */
#define UT_OWNER_LEAF  0xfffdu /* incremental: slots of a chunk's untypeds */
#define UT_OWNER_BOOKS 0xfffeu /* the library's own books */
#define UT_OWNER_BUSY  0xffffu /* being given back just now */

/* What lives together does not fragment what does not: requests of one class
 * are placed together.  The numbers are the client's, 0 .. UT_CLASSES - 1. */
#define UT_CLASSES 4u
enum ut_class {
    UT_CLASS_PINNED = 0,  /* kernel objects: cannot be moved */
    UT_CLASS_SHORT = 1,   /* given back soon */
    UT_CLASS_MOVABLE = 2, /* user pages */
    UT_CLASS_HUGE = 3,    /* a chunk and more */
};

enum ut_flag {
    UT_CONTIG = 1,      /* a dataspace: in one piece */
    UT_DEVICE = 2,      /* of a device region; else of RAM only */
    UT_DIRTY = 4,       /* contents do not matter; else they are zero */
    UT_PREFER_HUGE = 8, /* whole chunks, if there are any */
    UT_HIGH = 16,       /* from the highest address down, and ... */
    UT_LOW = 32,        /* ... up, instead of what the policy says */
};

/* A request.  All-zero but size_bits and count is the plain one: anywhere. */
struct ut_req {
    uint8_t size_bits;  /* log2 of one object's bytes; 4 .. 63 */
    uint8_t align_bits; /* of the first byte; 0: as size_bits */
    uint8_t type;       /* the kernel's object type; layer 2 ignores it */
    uint8_t flags;      /* enum ut_flag */
    uint32_t count;     /* objects; 1 .. */
    uint64_t min;       /* lowest byte it may cover */
    uint64_t max;       /* highest byte, inclusive; 0 is UINT64_MAX.
                         * max == min + size - 1: exactly there */
    uint16_t cls;       /* enum ut_class */
};

/* `count' blocks of 2^size_bits bytes, back to back. */
struct ut_blk {
    uint64_t paddr;
    uint32_t count;    /* 1 .. */
    uint8_t size_bits; /* log2 of one block's bytes */
};

enum ut_region_flag {
    UT_REGION_DEVICE = 1, /* not RAM: never cleared, never for metadata */
};

/* Memory that is managed: an untyped of the donor's. */
struct ut_region {
    uint64_t base;     /* a multiple of its size */
    uint64_t root;     /* cptr of the untyped; layer 2 ignores it */
    uint8_t size_bits; /* 4 .. 63; it may end at 2^64 */
    uint8_t flags;     /* enum ut_region_flag */
};

#ifdef __cplusplus
}
#endif
#endif
