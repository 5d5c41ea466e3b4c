/* SPDX-License-Identifier: BSD-2-Clause */
/* A run's collision where little is there: a region strictly inside the run,
 * met neither by its first block's path nor by its last one's, is found
 * (retype.md C.3: two walks alone miss that).  All runs over sparse sets. */
#include "regions_model.h"
#include "seed.h"
#include "tap.h"

#define WINDOW_BITS 10u
#define BLOCK_BITS  4u
#define BLOCKS      64u
#define SETS        400u
#define REGIONS_MAX 12u

static struct model model;

/* Claims the answer for every run of two blocks or more. */
static unsigned compare_all(const bool taken[BLOCKS], unsigned *inner)
{
    unsigned wrong = 0;

    for (unsigned first = 0; first < BLOCKS; first++)
        for (unsigned count = 2; count <= BLOCKS - first; count++) {
            bool want = false, met;

            for (unsigned i = first; i < first + count; i++)
                want = want || taken[i];
            *inner += want && !taken[first] && !taken[first + count - 1];
            met = regions_find_run(&model.regions, 0, first << BLOCK_BITS,
                                   BLOCK_BITS, count) != SLOT_NIL;
            wrong += met != want;
        }
    return wrong;
}

static unsigned one_set(struct seed *s, unsigned *inner)
{
    struct cap whole = {.type = CAP_UNTYPED, .bits = WINDOW_BITS};
    unsigned regions = 1 + (unsigned)seed_below(s, REGIONS_MAX);
    bool taken[BLOCKS] = {false};

    model_init(&model, WINDOW_BITS);
    model_insert(&model, 0, &whole);
    for (slotno_t i = 1; i <= regions; i++) {
        unsigned block = (unsigned)seed_below(s, BLOCKS);
        struct cap endpoint = {
            .type = CAP_ENDPOINT,
            .bits = BLOCK_BITS,
            .base = block << BLOCK_BITS,
        };

        if (taken[block])
            continue;
        taken[block] = true;
        model_insert(&model, i, &endpoint);
    }
    return compare_all(taken, inner);
}

int main(void)
{
    struct seed s = seed_start(1);
    unsigned wrong = 0, inner = 0;

    for (unsigned n = 0; n < SETS; n++)
        wrong += one_set(&s, &inner);
    tap_is(wrong, 0, "all runs over %u sparse sets", SETS);
    tap_ok(inner > 1000, "%u of them hit strictly inside only", inner);
    return tap_done();
}
