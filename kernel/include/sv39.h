/* SPDX-License-Identifier: BSD-2-Clause */
/* Sv39 page tables: three levels of 512 entries, pages of 2^12, 2^21, 2^30.
 *
 *    63    54 53                       10 9 8  7 6 5 4 3 2 1 0
 *   +--------+---------------------------+---+--+-+-+-+-+-+-+-+
 *   |   0    | physical address / 2^12   | 0 |D |A|G|U|X|W|R|V|
 *   +--------+---------------------------+---+--+-+-+-+-+-+-+-+
 *
 * An entry is valid if V is set, and leads to a table if it is valid and none
 * of R, W, X is.  Accessed and dirty are set from the start, since the kernel
 * has no use for them (sel4-abi.md 4.10).
 */
#ifndef FALLOW_SV39_H
#define FALLOW_SV39_H
#include "bits.h"
#include "cap.h"

#define ARCH_USER_TOP         UINT64_C(0x3ffffff000)
#define ARCH_TABLE_LEVELS     3u
#define ARCH_TABLE_INDEX_BITS 9u
#define ARCH_PAGE_BITS        12u

#define PTE_VALID         UINT64_C(1)
#define PTE_READ          UINT64_C(2)
#define PTE_WRITE         UINT64_C(4)
#define PTE_EXECUTE       UINT64_C(8)
#define PTE_USER          UINT64_C(16)
#define PTE_GLOBAL        UINT64_C(32)
#define PTE_ACCESSED      UINT64_C(64)
#define PTE_DIRTY         UINT64_C(128)
#define PTE_ADDRESS_SHIFT 10u
#define PTE_ADDRESS_BITS  44u

/* Attribute of a mapping: no instructions are fetched from it. */
#define PTE_EXECUTE_NEVER UINT64_C(1)

static inline bool pte_is_valid(uint64_t pte)
{
    return pte & PTE_VALID;
}

static inline bool pte_is_table(uint64_t pte)
{
    return (pte & (PTE_VALID | PTE_READ | PTE_WRITE | PTE_EXECUTE)) ==
           PTE_VALID;
}

/* Of the table or page that a valid entry names. */
static inline paddr_t pte_address(uint64_t pte)
{
    uint64_t number = bits_down(pte, PTE_ADDRESS_SHIFT);

    return bits_up(number % bits_size(PTE_ADDRESS_BITS), ARCH_PAGE_BITS);
}

static inline uint64_t pte_table(paddr_t table)
{
    return bits_up(bits_down(table, ARCH_PAGE_BITS), PTE_ADDRESS_SHIFT) |
           PTE_VALID;
}

/* A page of the user's.  rights: of CAP_READ and CAP_WRITE, the latter only
 * with the former; what grants nothing at all is no valid entry (4.10). */
static inline uint64_t pte_leaf(paddr_t page, uint8_t rights,
                                uint64_t attributes)
{
    uint64_t access = 0;

    if (rights & CAP_READ)
        access |= PTE_READ;
    if (rights & CAP_WRITE)
        access |= PTE_WRITE;
    if (!(attributes & PTE_EXECUTE_NEVER))
        access |= PTE_EXECUTE;
    if (access == 0)
        return 0;
    return bits_up(bits_down(page, ARCH_PAGE_BITS), PTE_ADDRESS_SHIFT) |
           access | PTE_VALID | PTE_USER | PTE_ACCESSED | PTE_DIRTY;
}
#endif
