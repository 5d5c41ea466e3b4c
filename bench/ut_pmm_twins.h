/* SPDX-License-Identifier: BSD-2-Clause */
/* Two buddy allocators to compare the physical map with on a recorded stream.
 *
 *   list[class][order]   --> free block --> free block ...   LIFO
 *   page[]               order and class of the free block that begins there
 *
 * Blocks of 2^0 .. 2^10 pages; freed buddies merge at once.  With one class it
 * is the plain one.  With more, page blocks of 512 pages belong to a class:
 * what a class lacks it takes from the largest free block of another, and with
 * it the whole page block if at least half of that is free.
 *
 * Invariant: a free page is in exactly one block of one list, that of the class
 * of its page block; of two free buddies of one order there are none.
 */
#ifndef FALLOW_UT_PMM_TWINS_H
#define FALLOW_UT_PMM_TWINS_H
#include <stdbool.h>
#include <stdint.h>

#define BUDDY_PAGES   262144u /* 1 GiB; the base a multiple of 4 MiB */
#define BUDDY_ORDERS  11u
#define BUDDY_CLASSES 3u
#define BUDDY_NONE    UINT32_MAX

struct buddy {
    unsigned classes;
    uint32_t head[BUDDY_CLASSES][BUDDY_ORDERS];
    struct {
        uint32_t next, before;
        uint8_t free_order; /* 1 + order of the free block that begins here */
    } page[BUDDY_PAGES];
    uint8_t cls[BUDDY_PAGES / 512];
    uint32_t pages_free;
};

void buddy_init(struct buddy *b, unsigned classes);
/* First page, or BUDDY_NONE. */
uint32_t buddy_alloc(struct buddy *b, unsigned order, unsigned cls);
void buddy_free(struct buddy *b, uint32_t page, unsigned order);
#endif
