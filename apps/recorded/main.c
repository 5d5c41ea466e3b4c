/* SPDX-License-Identifier: BSD-2-Clause */
#include "recorded.h"

#include <stdio.h>

static struct space space;
static struct outcome outcomes[STRATEGIES];

int main(void)
{
    static const struct strategy *const strategies[STRATEGIES] = {
        &strategy_halving,
        &strategy_slab,
        &strategy_offset,
    };
    int status = 0;

    space_make(&space, strategies);
    printf("All memory is taken: %lu MiB in %u regions, and %lu MiB for our "
           "own books\n",
           space.region_bytes >> 20, space.region_count, space.own_bytes >> 20);
    for (unsigned i = 0; i < STRATEGIES; i++) {
        struct outcome *o = &outcomes[i];

        o->strategy = strategies[i];
        if (o->strategy->needs_retype_at && !space_has_retype_at(&space))
            continue;
        printf("%s ...\n", o->strategy->name);
        play(&space, o->strategy, o);
        if (o->broken) {
            printf("%s: %s (0x%lx)\n", o->strategy->name, o->broken, o->where);
            status = 1;
        }
    }
    report_print(&space, outcomes);
    return status;
}
