/* SPDX-License-Identifier: BSD-2-Clause */
/* A block as the aligned powers of two that it consists of. */
#include "ut_tree.h"

/* The smallest of the aligned pieces, log2 of its bytes. */
unsigned ut_pieces_smallest_(uint64_t at, uint64_t bytes)
{
    unsigned low = UT_CHUNK_BITS;

    while (bytes > 0) {
        unsigned bits = ut_piece(at, bytes);

        low = bits < low ? bits : low;
        at += ut_bytes(bits);
        bytes -= ut_bytes(bits);
    }
    return low;
}

/* Pieces of a block that lie in split chunks become used, or free. */
void ut_pieces_mark_(struct ut *ut, const struct ut_blk *held, bool free)
{
    uint64_t at = held->paddr, left = ut_blk_bytes(held);

    while (left > 0) {
        const struct ut_reg *r = ut_region_(ut, at);
        unsigned bits = ut_piece(at - r->r.base, left);
        struct ut_node n = ut_node_at_(ut, at, bits);

        if (ut_node_is_low_(&n)) {
            uint32_t chunk = ut_node_chunk_(&n);
            struct ut_tree_chunk *c = &ut_tree_(ut)->chunks[chunk];
            uint32_t pages = 1u << (bits - UT_PAGE_BITS);

            ut_chunk_mark_(ut, chunk, ut_node_heap_(&n), free);
            c->used_pages += free ? 0 - pages : pages;
            if (bits < UT_NODE_LEVEL)
                c->small_pages += free ? 0 - pages : pages;
            ut_chunk_leaf_(ut, chunk);
            ut_chunk_list_(ut, chunk);
        }
        at += ut_bytes(bits);
        left -= ut_bytes(bits);
    }
}

/* The larger pieces first: making one may revoke what is below it. */
ut_err_t ut_pieces_ensure_(struct ut *ut, const struct ut_blk *held,
                           unsigned lowest, struct ut_fault *fault)
{
    unsigned largest = ut_log2_down(ut_blk_bytes(held));
    ut_err_t err = UT_OK;

    for (unsigned level = largest; !err && level >= lowest; level--) {
        uint64_t at = held->paddr, left = ut_blk_bytes(held);

        while (!err && left > 0) {
            const struct ut_reg *r = ut_region_(ut, at);
            unsigned bits = ut_piece(at - r->r.base, left);

            if (bits == level)
                err = ut_node_ensure_(ut, at, bits, fault);
            at += ut_bytes(bits);
            left -= ut_bytes(bits);
        }
    }
    return err;
}
