/* SPDX-License-Identifier: BSD-2-Clause */
/* Address spaces: ASIDs, page tables, and what is mapped where.
 *
 *   tables.asid_pools[asid / 512]: base --> pool, 512 words
 *                                           [asid % 512] --> root table
 *                                  free: a bit for each that is 0
 *   root table [index] --> table [index] --> table [index] --> page
 *    2^30 each entry        2^21              2^12         (Sv39)
 *
 * Capabilities are the users' view of this, the tables the machine's, and
 * they may part: a table that is deleted takes its mappings along, and the
 * frames' capabilities still say `mapped'.  So everything that undoes a
 * mapping looks first whether it is still there (sel4-abi.md 5.6).
 *
 * Invariant: entries of pools name tables whose capability is mapped with
 * that ASID; no table below them has a capability that is not mapped.  The bit
 * of an ASID is set iff its entry is 0; that of ASID 0, nobody's, never.
 */
#ifndef FALLOW_VSPACE_H
#define FALLOW_VSPACE_H
#include "arch_pte.h"
#include "error.h"
#include "thread.h"

#define ASID_POOL_INDEX_BITS 9u
#define ASID_POOL_BITS       12u /* log2 of a pool's bytes */
#define ASID_POOL_WORDS      8u  /* 512 / 64 */

/* What the kernel keeps of a pool beside its memory, which is full. */
struct asid_pool {
    paddr_t base;                   /* 0: there is none */
    uint64_t free[ASID_POOL_WORDS]; /* bit n of word w: ASID 64 w + n of it */
};

/* The `word' of a mapped frame or table, taken apart. */
static inline uint64_t vspace_word(uint64_t asid, uint64_t address)
{
    return bits_up(asid, CAP_MAPPED_ADDRESS_BITS) | address;
}

static inline uint64_t vspace_word_asid(uint64_t word)
{
    return bits_down(word, CAP_MAPPED_ADDRESS_BITS);
}

static inline uint64_t vspace_word_address(uint64_t word)
{
    return word % bits_size(CAP_MAPPED_ADDRESS_BITS);
}

/* Boot: the pool of 2^12 zeroed bytes at `pool' serves the ASIDs from
 * 512 * index on; index < params.asid_pool_count and has none yet. */
void asid_register_pool(struct kernel *k, uint64_t index, paddr_t pool);

/* The ASID, 1 or more and of a registered pool, now belongs to the table at
 * `root'; 0: to nobody. */
void asid_set_root(struct kernel *k, uint64_t asid, paddr_t root);

/* Root table of an ASID, or 0. */
paddr_t asid_root(const struct kernel *k, uint64_t asid);

/* Word n, below ASID_POOL_WORDS, of those that say which of a registered
 * pool's ASIDs are nobody's. */
uint64_t asid_free_word(const struct kernel *k, uint64_t index, unsigned n);

/* Where a walk from a root table along an address ends. */
struct vspace_place {
    uint64_t *entry;    /* not a table's, or of the lowest level */
    uint8_t level_bits; /* log2 of the bytes that the entry covers */
};

/* At most ARCH_TABLE_LEVELS steps. */
struct vspace_place vspace_walk(const struct kernel *k, paddr_t root,
                                uint64_t address);

/* Undoes what a capability that is going away has mapped, if it is still
 * there. */
void vspace_unmap_frame(struct kernel *k, const struct cap *frame);
void vspace_unmap_table(struct kernel *k, const struct cap *table);

/* page_table.c: does the slot hold a mapped page table (4.9)?  Its ASID, if
 * it is the root of one; FailedLookup, invalid root: the ASID is nobody's;
 * InvalidCapability 1: it is another table's. */
bool page_table_is_mapped(const struct kernel *k, slotno_t i);
enum error page_table_find_root(const struct kernel *k, slotno_t i,
                                uint64_t *asid, struct reply *err);

/* Makes the current thread's address space the machine's (arch_space_set). */
void vspace_activate(struct kernel *k);

/* The same, in few instructions where it is the machine's already: the root
 * has been found valid, and whatever changes that sets space_changed. */
static inline void vspace_switch(struct kernel *k)
{
    const struct slot *slots = kernel_slots(k);
    slotno_t i = thread_slot(k->current, TCB_VSPACE);

    if (k->space_changed || k->current == 0 || k->space_root == 0 ||
        slot_type(slots, i) != CAP_PAGE_TABLE ||
        slot_base(slots, i) != k->space_root ||
        slot_word(slots, i) != k->space_word)
        vspace_activate(k);
}
#endif
