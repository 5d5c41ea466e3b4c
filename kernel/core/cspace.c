/* SPDX-License-Identifier: BSD-2-Clause */
#include "cspace.h"

/* Why a CNode's capability with this radix and guard leads no further; `rest'
 * begins with the `left' bits that are to be resolved. */
static enum error refuse(bool source, uint64_t left, uint64_t rest,
                         uint64_t radix, uint64_t word, struct reply *err)
{
    uint64_t guard_size = word % 64u, guard = word / 64u;

    if (guard_size > left || cspace_top(rest, guard_size) != guard)
        return error_guard(err, source, left, guard, guard_size);
    return error_depth(err, source, left, guard_size + radix);
}

/* A path can lead through 64 CNodes, and a message needs a dozen of such:
 * each instruction of the loop counts. */
enum error cspace_resolve(const struct kernel *k, const struct cap *root,
                          uint64_t address, uint32_t depth, bool source,
                          struct cspace_result *result, struct reply *err)
{
    const struct slot *slots = k->regions.slots;
    uint64_t left = depth, rest = bits_up(address, WORD_BITS - depth);
    uint64_t radix = (uint64_t)root->bits - SLOT_BITS, word = root->word;
    slotno_t i = slot_at(root->base);

    if (root->type != CAP_CNODE)
        return error_root(err, source);
    /* Every CNode has a radix of at least 1: `left' falls each time. */
    for (;;) {
        if (word != 0) {
            uint64_t guard_size = word % 64u;

            if (guard_size + radix > left ||
                cspace_top(rest, guard_size) != word / 64u)
                break;
            rest = bits_up(rest, (unsigned)guard_size);
            left -= guard_size;
        } else if (radix > left) {
            break;
        }
        i += bits_down(rest, (unsigned)(WORD_BITS - radix));
        rest = bits_up(rest, (unsigned)radix);
        left -= radix;
        if (left == 0 || slot_type(slots, i) != CAP_CNODE) {
            *result = (struct cspace_result){i, (uint32_t)left};
            return ERROR_NONE;
        }
        word = slot_word(slots, i);
        radix = (uint64_t)slot_bits(slots, i) - SLOT_BITS;
        i = slot_at(slot_base(slots, i));
    }
    return refuse(source, left, rest, radix, word, err);
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
