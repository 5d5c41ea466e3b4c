/* SPDX-License-Identifier: BSD-2-Clause */
/* Three ways to manage memory above a kernel of the seL4 family, behind one
 * interface: each a small file that can be read in one sitting.
 *
 *   client --allocate, free--> strategy --struct strategy_ops--> kernel
 *             block, slot         |
 *                                 '-- books in memory that the caller gave
 *
 *   halving.c  untypeds cut in halves, as most allocators on seL4 do
 *   slab.c     all memory cut into untypeds of 4 KiB once, named by number
 *   offset.c   RetypeAt and RevokeAt: one untyped, a plain first fit
 *
 * Freestanding C11: no library, no allocation, no variable outside of the
 * caller's memory.  All capabilities lie in one CNode of the environment's;
 * a slot is named by its number there.  Some slots are the client's, for its
 * objects; a range of others belongs to the strategy.
 *
 * Invariants of every strategy: a call that fails has changed nothing, in
 * the kernel or in the books; a block is free or belongs to one client; what
 * a client has never overlaps.
 */
#ifndef FALLOW_STRATEGY_H
#define FALLOW_STRATEGY_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The object type of Retype that every kernel of the family has. */
#define STRATEGY_UNTYPED 0u

/* What a strategy asks of the kernel: each is one kernel call, repeated by
 * the environment should the kernel want that.  0, or the kernel's error. */
struct strategy_ops {
    void *context;
    int (*retype)(void *context, uint64_t untyped_slot, uint64_t type,
                  unsigned size_bits, uint64_t first_slot, unsigned count);
    int (*retype_at)(void *context, uint64_t untyped_slot, uint64_t type,
                     unsigned size_bits, uint64_t slot, uint64_t offset_bytes);
    int (*delete)(void *context, uint64_t slot);
    int (*revoke)(void *context, uint64_t slot);
    int (*revoke_at)(void *context, uint64_t untyped_slot,
                     uint64_t offset_bytes, unsigned size_bits);
};

/* An untyped that the strategy may use as a whole. */
struct strategy_region {
    uint64_t base; /* physical address, a multiple of its size */
    uint64_t slot;
    uint8_t size_bits;
};

struct strategy_config {
    const struct strategy_region *regions; /* by rising address */
    uint32_t region_count;
    uint32_t blocks_max; /* so many blocks will be in use at once, at most */
    uint32_t fanout;     /* objects per Retype, at most */
    uint64_t first_slot; /* of the strategy's own */
    uint32_t slot_count; /* as many as its slots_wanted() or fewer */
};

struct strategy_request {
    uint64_t type;     /* object type, as Retype names it */
    uint8_t user_bits; /* its size argument */
    uint8_t size_bits; /* log2 of the bytes it takes */
    uint64_t slot;     /* the client's, empty: where the object goes */
};

struct strategy_block {
    uint64_t base;
    uint64_t slot; /* that of the request */
    uint32_t name; /* the strategy's own, handed back as it was */
    uint8_t size_bits;
};

enum strategy_result {
    STRATEGY_DONE = 0,
    STRATEGY_NO_MEMORY, /* no free block of that size */
    STRATEGY_TOO_LARGE, /* it never serves that size */
    STRATEGY_NO_BOOKS,  /* its own slots or books are used up */
    STRATEGY_REFUSED,   /* the kernel answered an error */
};

struct strategy {
    const char *name;
    const char *summary;
    bool needs_retype_at; /* and revoke_at: the kernel must have the calls */

    /* Own slots with which it never answers NO_BOOKS. */
    uint64_t (*slots_wanted)(const struct strategy_config *config);
    /* Bytes for its books, to be aligned to 8. */
    size_t (*memory_bytes)(const struct strategy_config *config);
    /* Sets up in `memory', which then is the strategy.  ops and config stay
     * the caller's and must live as long.  DONE, NO_BOOKS or REFUSED. */
    enum strategy_result (*start)(void *memory, const struct strategy_ops *ops,
                                  const struct strategy_config *config);
    /* One object.  On DONE *block is filled in. */
    enum strategy_result (*allocate)(void *memory,
                                     const struct strategy_request *request,
                                     struct strategy_block *block);
    /* Gives back what allocate gave.  DONE or REFUSED. */
    enum strategy_result (*free)(void *memory,
                                 const struct strategy_block *block);
    /* log2 of the largest block that would be given now; -1: none. */
    int (*largest_free_bits)(const void *memory);
    /* Own slots that it ever needed, from first_slot on. */
    uint64_t (*slots_used)(const void *memory);
};

extern const struct strategy strategy_halving, strategy_slab, strategy_offset;
#endif
