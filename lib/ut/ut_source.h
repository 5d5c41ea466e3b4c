/* SPDX-License-Identifier: BSD-2-Clause */
/* Layer 1: where memory comes from.
 *
 *   bootinfo's untypeds, any order      regions, by rising address
 *   | paddr, bits, device | cptr | -->  | base | bits | flags | root |
 *
 * and, for who has no memory to give, the frames that the library's fixed
 * books lie in: the only time that a watermark matters.
 */
#ifndef UT_SOURCE_H
#define UT_SOURCE_H
#include "ut.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Puts a region in its place among `*count' sorted ones; room for max.
 * UT_EINVAL: not aligned, size_bits out of 4 .. 63, or no room; UT_EBUSY: it
 * overlaps another (fault: its address).  O(count). */
ut_err_t ut_source_add(struct ut_region *regions, uint32_t *count, uint32_t max,
                       const struct ut_region *region, struct ut_fault *fault);

/* enum ut_feature of the kernel that holds this untyped; 0 on stock kernels.
 * One kernel call. */
uint8_t ut_source_features(const struct ut_ops *ops, uint64_t untyped);

/* Where the fixed books went: to be handed to ut_init as they are. */
struct ut_books {
    void *memory;
    size_t bytes;
    uint64_t base; /* [base, base + bytes) is no longer free */
    uint32_t region;
    uint32_t frames; /* in the first slots of config->slots */
};

/* Takes memory for config->memory from the smallest RAM region that has
 * ut_memory_bytes(config): frames of 4 KiB at its start, into the first slots
 * of config->slots, mapped one after the other (map_meta must map successive
 * frames at successive addresses).  Nothing may have been made of that region
 * before.  Sets config->memory, bytes, books.
 * Errors: UT_ENOMEM no region is large enough; UT_ESLOT fewer slots than
 * frames; UT_EKERNEL: what was made is deleted again.  2 calls a frame. */
ut_err_t ut_source_books(struct ut_config *config, struct ut_books *books,
                         struct ut_fault *fault);

#ifdef __cplusplus
}
#endif
#endif
