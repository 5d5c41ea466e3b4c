/* SPDX-License-Identifier: BSD-2-Clause */
#include "stock_objects.h"

#include <stdlib.h>

/* ---- Slots ---------------------------------------------------------------
 */

/* Where the search for a slot begins, and goes on until an unused entry. */
static uint32_t hash(const struct stock_kernel *k, uint64_t root,
                     uint64_t address, uint8_t depth)
{
    uint64_t h = (address ^ root << 7 ^ depth) * UINT64_C(0x9e3779b97f4a7c15);

    h = (h ^ h >> 32) * UINT64_C(0xbf58476d1ce4e5b9);
    return (uint32_t)(h >> 32) & (k->table_size - 1);
}

static bool is_in(const struct stock_object *o, uint64_t root, uint64_t address,
                  uint8_t depth)
{
    return o->root == root && o->address == address && o->depth == depth;
}

uint32_t *stock_entry(const struct stock_kernel *k, uint64_t root,
                      uint64_t address, uint8_t depth)
{
    uint32_t i = hash(k, root, address, depth);

    while (k->table[i] != 0 &&
           !is_in(&k->objects[k->table[i]], root, address, depth))
        i = (i + 1) & (k->table_size - 1);
    return &k->table[i];
}

/* What lies behind the entry in its cluster may have to move up. */
void stock_entry_remove(struct stock_kernel *k, uint32_t *entry)
{
    uint32_t mask = k->table_size - 1, hole = (uint32_t)(entry - k->table);

    for (uint32_t i = (hole + 1) & mask; k->table[i] != 0; i = (i + 1) & mask) {
        const struct stock_object *o = &k->objects[k->table[i]];
        uint32_t home = hash(k, o->root, o->address, o->depth);

        if (((i - home) & mask) >= ((i - hole) & mask)) {
            k->table[hole] = k->table[i];
            hole = i;
        }
    }
    k->table[hole] = 0;
}

/* ---- Objects -------------------------------------------------------------
 */

uint32_t stock_object_make(struct stock_kernel *k,
                           const struct stock_object *like)
{
    uint32_t i = k->unused;

    if (i != 0) {
        k->unused = k->objects[i].next;
    } else {
        i = ++k->object_count;
        if (i > k->table_size / 2)
            abort();
    }
    k->objects[i] = *like;
    *stock_entry(k, like->root, like->address, like->depth) = i;
    if (like->parent != 0) {
        struct stock_object *p = &k->objects[like->parent];

        k->objects[i].next = p->child;
        if (p->child != 0)
            k->objects[p->child].previous = i;
        p->child = i;
    }
    return i;
}

/* Out of its parent's list, and out of its slot. */
static void object_unlink(struct stock_kernel *k, uint32_t i)
{
    struct stock_object *o = &k->objects[i];

    if (o->previous != 0)
        k->objects[o->previous].next = o->next;
    else if (o->parent != 0)
        k->objects[o->parent].child = o->next;
    if (o->next != 0)
        k->objects[o->next].previous = o->previous;
    stock_entry_remove(k, stock_entry(k, o->root, o->address, o->depth));
    *o = (struct stock_object){.next = k->unused};
    k->unused = i;
}

/* The capability goes; what was made of it is then its parent's. */
static void capability_end(struct stock_kernel *k, uint32_t i)
{
    struct stock_object *o = &k->objects[i], *p = &k->objects[o->parent];

    while (o->child != 0) {
        uint32_t c = o->child;

        o->child = k->objects[c].next;
        k->objects[c].parent = o->parent;
        k->objects[c].previous = 0;
        k->objects[c].next = p->child;
        if (p->child != 0)
            k->objects[p->child].previous = c;
        p->child = c;
    }
    object_unlink(k, i);
}

/* With a CNode goes what is in its slots: no CNodes, in those of lib/ut that
 * end before what they hold. */
void stock_object_end(struct stock_kernel *k, uint32_t i)
{
    struct stock_object o = k->objects[i];
    uint8_t depth = (uint8_t)(o.depth + o.guard + o.radix);

    object_unlink(k, i);
    if (o.type != UT_TYPE_CNODE || o.root != STOCK_ROOT || o.depth == 64)
        return;
    for (uint64_t slot = 0; slot >> o.radix == 0; slot++) {
        uint64_t address = o.address | slot << (64 - depth);
        uint32_t inside = *stock_entry(k, o.root, address, depth);

        if (inside != 0)
            capability_end(k, inside);
    }
}

/* Leaves first; none but those below it. */
void stock_children_end(struct stock_kernel *k, uint32_t top)
{
    uint32_t i = top;

    while (k->objects[top].child != 0) {
        while (k->objects[i].child != 0)
            i = k->objects[i].child;
        uint32_t parent = k->objects[i].parent;

        stock_object_end(k, i);
        i = parent;
    }
}
