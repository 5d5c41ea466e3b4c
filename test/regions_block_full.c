/* SPDX-License-Identifier: BSD-2-Clause */
/* A collision search in an untyped that fills its node's block, for a block
 * of the untyped's own size (retype.md C.3): the walk has no step to make, and
 * yet any child is in the way.  A walk that is bounded without that case
 * misses them. */
#include "regions_model.h"

static struct model model;

static void put(slotno_t i, uint8_t type, paddr_t base, uint8_t bits)
{
    struct cap cap = {.type = type, .base = base, .bits = bits};

    model_insert(&model, i, &cap);
}

/* The untyped in slot 1 is the whole of its block, at this depth. */
static void one_child(uint8_t depth, uint8_t w, unsigned side)
{
    uint8_t bits = (uint8_t)(w - depth);
    paddr_t half = bits_size(bits - 1u);

    model_init(&model, w);
    for (uint8_t d = 0; d < depth; d++)
        put(100u + d, CAP_UNTYPED, 0, (uint8_t)(w - d));
    put(1, CAP_UNTYPED, 0, bits);
    put(2, CAP_ENDPOINT, side * half, 4);
    tap_is(slot_depth(model.slots, 1), depth, "W %u: the node's depth", w);
    tap_is(regions_find(&model.regions, 1, 0, bits), 2,
           "the child on side %u is in the way of the whole", side);
    model_find(&model, 1, 0, bits);
    model_child(&model, 1);
    model_first_inside(&model, 1, side * half, (uint8_t)(bits - 1));
    model_remove(&model, 2);
    tap_is(regions_find(&model.regions, 1, 0, bits), SLOT_NIL,
           "without it nothing is");
    model_find(&model, 1, 0, bits);
    model_compare(&model);
    model_report(&model, "the whole of an untyped");
}

int main(void)
{
    for (unsigned side = 0; side < 2; side++) {
        one_child(0, 5, side);
        one_child(1, 9, side);
        one_child(3, 9, side);
        one_child(0, 39, side);
        one_child(34, 39, side);
    }
    return tap_done();
}
