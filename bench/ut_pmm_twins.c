/* SPDX-License-Identifier: BSD-2-Clause */
#include "ut_pmm_twins.h"

#include <string.h>

static void push(struct buddy *b, uint32_t page, unsigned order)
{
    unsigned cls = b->cls[page / 512];
    uint32_t next = b->head[cls][order];

    b->page[page].next = next;
    b->page[page].before = BUDDY_NONE;
    b->page[page].free_order = (uint8_t)(order + 1);
    if (next != BUDDY_NONE)
        b->page[next].before = page;
    b->head[cls][order] = page;
}

static void detach(struct buddy *b, uint32_t page)
{
    unsigned order = b->page[page].free_order - 1u;
    uint32_t next = b->page[page].next, before = b->page[page].before;

    if (before != BUDDY_NONE)
        b->page[before].next = next;
    else
        b->head[b->cls[page / 512]][order] = next;
    if (next != BUDDY_NONE)
        b->page[next].before = before;
    b->page[page].free_order = 0;
}

void buddy_init(struct buddy *b, unsigned classes)
{
    memset(b, 0, sizeof *b);
    b->classes = classes;
    memset(b->head, 0xff, sizeof b->head);
    for (uint32_t page = BUDDY_PAGES; page > 0; page -= 1024)
        push(b, page - 1024, 10);
    b->pages_free = BUDDY_PAGES;
}

/* Free pages of a page block that a block of lower order is in. */
static uint32_t free_in(const struct buddy *b, uint32_t block)
{
    uint32_t free = 0;

    for (uint32_t page = block; page < block + 512;) {
        unsigned order = b->page[page].free_order;

        free += order ? 1u << (order - 1) : 0;
        page += order ? 1u << (order - 1) : 1;
    }
    return free;
}

static void claim(struct buddy *b, uint32_t block, unsigned cls)
{
    uint32_t pages[512], n = 0;

    for (uint32_t page = block; page < block + 512; page++)
        if (b->page[page].free_order)
            pages[n++] = page;
    for (uint32_t i = 0; i < n; i++) {
        unsigned order = b->page[pages[i]].free_order - 1u;

        detach(b, pages[i]);
        pages[i] |= order << 24;
    }
    b->cls[block / 512] = (uint8_t)cls;
    for (uint32_t i = n; i-- > 0;)
        push(b, pages[i] & 0xffffff, pages[i] >> 24);
}

/* The largest block of another class; its page blocks, too, if half free. */
static uint32_t borrow(struct buddy *b, unsigned order, unsigned cls)
{
    for (unsigned k = BUDDY_ORDERS; k-- > order;)
        for (unsigned c = 0; c < b->classes; c++) {
            uint32_t page = b->head[c][k];

            if (c == cls || page >= BUDDY_PAGES)
                continue;
            if (k == 10) {
                detach(b, page);
                b->cls[page / 512] = b->cls[page / 512 + 1] = (uint8_t)cls;
                push(b, page, k);
            } else if (free_in(b, page & ~511u) >= 256)
                claim(b, page & ~511u, cls);
            return page;
        }
    return BUDDY_NONE;
}

uint32_t buddy_alloc(struct buddy *b, unsigned order, unsigned cls)
{
    uint32_t page = BUDDY_NONE;
    unsigned k;

    if (b->classes == 1)
        cls = 0;
    for (k = order; k < BUDDY_ORDERS && page == BUDDY_NONE; k++)
        page = b->head[cls][k];
    if (page == BUDDY_NONE)
        page = borrow(b, order, cls);
    if (page == BUDDY_NONE)
        return BUDDY_NONE;
    k = b->page[page].free_order - 1u;
    detach(b, page);
    while (k > order) {
        k--;
        push(b, page + (1u << k), k);
    }
    b->pages_free -= 1u << order;
    return page;
}

void buddy_free(struct buddy *b, uint32_t page, unsigned order)
{
    b->pages_free += 1u << order;
    for (; order < BUDDY_ORDERS - 1; order++) {
        uint32_t other = page ^ (1u << order);

        if (b->page[other].free_order != order + 1)
            break;
        detach(b, other);
        page &= ~(1u << order);
    }
    push(b, page, order);
}
