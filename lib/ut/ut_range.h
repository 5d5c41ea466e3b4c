/* SPDX-License-Identifier: BSD-2-Clause */
/* Adapter: the range allocator of Genode's core, on the map of layer 2.
 *
 *   managed by the map   |oooo....aaa..aaaaa.....oooooooooooo|
 *                         o not added   . free   a allocated
 *
 * Ranges are added and removed at will inside the regions that the map was
 * made of.  Sizes are bytes and need not be powers of two; they are rounded
 * up to pages of 4 KiB, in which the map counts.
 *
 * Regions of the map are 2^43 bytes at most.
 *
 * Books: all of them are the map's, whose size is fixed (ut_pmm_size), so no
 * call runs out of metadata, and a range costs nothing.
 */
#ifndef UT_RANGE_H
#define UT_RANGE_H
#include "ut_pmm.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum ut_range_result {
    UT_RANGE_OK = 0,
    UT_RANGE_OUT_OF_METADATA, /* never answered; the interface has it */
    UT_RANGE_CONFLICT,        /* taken, not added, or no such free range */
} ut_range_result_t;

struct ut_range {
    struct ut_pmm *pmm;
    uint64_t added_bytes;
    uint64_t allocated_bytes;
};

/* Takes over a map made with UT_PMM_TAGS and without pools, of which nothing
 * is allocated: nothing is added yet.  UT_RANGE_CONFLICT: it is not so. */
ut_range_result_t ut_range_init(struct ut_range *range, struct ut_pmm *pmm);

/* [base, base + size) may be allocated from now on.  UT_RANGE_CONFLICT: not
 * whole pages, not managed by the map, or some of it is added.
 * Cost: the regions and what the range touches. */
ut_range_result_t ut_range_add(struct ut_range *range, uint64_t base,
                               uint64_t size);

/* The opposite.  UT_RANGE_CONFLICT: some of it is allocated or not added. */
ut_range_result_t ut_range_remove(struct ut_range *range, uint64_t base,
                                  uint64_t size);

/* `size' bytes in [from, to] (inclusive), at a multiple of 2^align_bits.
 * Constant cost where a free block of the power of two at or above size is
 * there; else the lowest free range that fits is searched, one by one. */
ut_range_result_t ut_range_alloc_aligned(struct ut_range *range, uint64_t size,
                                         uint64_t *address, unsigned align_bits,
                                         uint64_t from, uint64_t to);

/* Exactly there.  UT_RANGE_CONFLICT: not a page, taken, or not added. */
ut_range_result_t ut_range_alloc_addr(struct ut_range *range, uint64_t size,
                                      uint64_t address);

/* Gives back the block that begins at this address; with ut_range_free_sized
 * only if it has that size.  Anything else: nothing happens. */
void ut_range_free(struct ut_range *range, uint64_t address);
void ut_range_free_sized(struct ut_range *range, uint64_t address,
                         uint64_t size);

/* Sum of the free bytes that are added; of the allocated ones. */
uint64_t ut_range_avail(const struct ut_range *range);
uint64_t ut_range_consumed(const struct ut_range *range);

/* Does this address lie in an allocated block? */
bool ut_range_valid_addr(const struct ut_range *range, uint64_t address);

/* Does ut_range_free_sized need the size?  No. */
bool ut_range_need_size_for_free(const struct ut_range *range);

/* Metadata that an allocation of this size costs beside the map: none. */
uint64_t ut_range_overhead(const struct ut_range *range, uint64_t size);

#ifdef __cplusplus
}
#endif
#endif
