/* SPDX-License-Identifier: BSD-2-Clause */
#include "cspace.h"

/* The `count' bits of address below bit `bits_left'; count <= bits_left. */
static uint64_t field(uint64_t address, unsigned bits_left, unsigned count)
{
    if (count == 0)
        return 0;
    address = bits_up(address, WORD_BITS - bits_left);
    return bits_down(address, WORD_BITS - count);
}

enum error cspace_resolve(const struct kernel *k, const struct cap *root,
                          uint64_t address, uint32_t depth, bool source,
                          struct cspace_result *result, struct reply *err)
{
    struct cap cnode = *root;
    unsigned left = depth;

    if (cnode.type != CAP_CNODE)
        return error_root(err, source);
    /* Every CNode has a radix of at least 1: `left' falls each time. */
    for (;;) {
        unsigned guard_size = cap_cnode_guard_size(&cnode);
        unsigned radix = cap_cnode_radix(&cnode);
        uint64_t guard = cap_cnode_guard(&cnode);

        if (guard_size > left || field(address, left, guard_size) != guard)
            return error_guard(err, source, left, guard, guard_size);
        if (guard_size + radix > left)
            return error_depth(err, source, left, guard_size + radix);
        left -= guard_size;
        result->slot = slot_at(cnode.base) + field(address, left, radix);
        left -= radix;
        result->bits_left = left;
        if (left == 0 || slot_type(k->regions.slots, result->slot) != CAP_CNODE)
            return ERROR_NONE;
        cnode = cap_read(k->regions.slots, result->slot);
    }
}

enum error cspace_lookup(const struct kernel *k, slotno_t root_slot,
                         uint64_t cptr, slotno_t *slot, struct reply *err)
{
    struct cap root = cap_read(k->regions.slots, root_slot);
    struct cspace_result result;
    enum error error =
        cspace_resolve(k, &root, cptr, WORD_BITS, false, &result, err);

    if (error == ERROR_NONE)
        *slot = result.slot;
    return error;
}

enum error cspace_lookup_slot(const struct kernel *k, const struct cap *root,
                              uint64_t address, uint64_t depth, bool source,
                              slotno_t *slot, struct reply *err)
{
    struct cspace_result result;
    enum error error;

    if (root->type != CAP_CNODE)
        return error_root(err, source);
    if (depth == 0 || depth > WORD_BITS)
        return error_range(err, 1, WORD_BITS);
    error =
        cspace_resolve(k, root, address, (uint32_t)depth, source, &result, err);
    if (error != ERROR_NONE)
        return error;
    if (result.bits_left != 0)
        return error_depth(err, source, result.bits_left, 0);
    *slot = result.slot;
    return ERROR_NONE;
}
