/* SPDX-License-Identifier: BSD-2-Clause */
/* A run of blocks collides with what lies strictly inside it, away from both
 * ends: two walks along its first and last block alone miss that (retype.md
 * C.3).  Every run of every length over every place of one small region. */
#include "regions_model.h"

#define W     10u
#define U     0u
#define CHILD 1u

static struct model model;

static unsigned missed;

/* All runs of 2^bits blocks in the untyped, against one child. */
static void every_run(uint8_t bits, paddr_t base, uint8_t child_bits)
{
    uint64_t blocks = bits_size(W - bits);

    for (uint64_t first = 0; first < blocks; first++)
        for (uint64_t count = 1; count <= blocks - first; count++) {
            paddr_t from = bits_up(first, bits),
                    to = bits_up(first + count, bits);
            bool meets = base < to && from < base + bits_size(child_bits);
            slotno_t found =
                regions_find_run(&model.regions, U, from, bits, count);

            if ((found != SLOT_NIL) != meets || (meets && found != CHILD))
                missed++;
            model_find_run(&model, U, from, bits, count);
        }
}

/* The child stands alone, or among smaller and larger ones beside it. */
static void every_child(uint8_t child_bits, bool company)
{
    struct cap whole = {.type = CAP_UNTYPED, .base = 0, .bits = W};

    for (paddr_t base = 0; base < bits_size(W); base += bits_size(child_bits)) {
        struct cap child = {
            .type = CAP_FRAME, .base = base, .bits = child_bits};
        struct cap other = {.type = CAP_ENDPOINT, .bits = 4};

        model_init(&model, W);
        model_insert(&model, U, &whole);
        model_insert(&model, CHILD, &child);
        missed = 0;
        if (!company)
            for (uint8_t bits = 4; bits <= 8; bits++)
                every_run(bits, base, child_bits);
        for (slotno_t i = 2; company && i < 40; i++) {
            other.base = (i * 0x70) % bits_size(W);
            if (model_may_insert(&model, other.base, other.bits, false))
                model_insert(&model, i, &other);
        }
        for (uint64_t first = 0; company && first < 64; first++)
            for (uint64_t count = 1; count <= 64 - first; count++)
                model_find_run(&model, U, first * 16, 4, count);
        if (missed > 0 || model.wrong > 0)
            break;
    }
    tap_is(missed, 0, "every run over a child of 2^%u is seen to collide",
           child_bits);
    model_report(&model, company ? "among others" : "alone");
}

int main(void)
{
    for (uint8_t bits = 4; bits < 9; bits++) {
        every_child(bits, false);
        every_child(bits, true);
    }
    return tap_done();
}
