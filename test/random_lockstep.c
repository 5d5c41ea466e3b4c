/* SPDX-License-Identifier: BSD-2-Clause */
/* Random sequences of calls on kernel and specification, compared after each.
 *
 *   FALLOW_SEED=0x1234   the seed of the first sequence
 *   FALLOW_ROUNDS=100    sequences; without it, as many as suit a test run
 *   FALLOW_DUMP=1        both states, where they differ, to stderr
 *   FALLOW_MACHINE=tiny  only this machine (test/lib/machine.h)
 *
 * A sequence in which the two disagree is shortened and printed.  Every error
 * that each call can answer with must have occurred, and every situation of
 * lockstep_run.h. */
#include "lockstep_run.h"
#include "tap.h"

#include <stdlib.h>
#include <string.h>

#define ROUNDS_STANDARD 480u
#define OPS             1500u
#define CHECK_EVERY     16u

/* Errors of each call: a set of bits by error number. */
#define E(n) (1u << (n))
#define LOOKUP                                                                 \
    (E(ERROR_NONE) | E(ERROR_RANGE) | E(ERROR_FAILED_LOOKUP) |                 \
     E(ERROR_TRUNCATED_MESSAGE))
static const struct {
    uint64_t label;
    unsigned errors;
} expected[] = {
    {LABEL_UNTYPED_RETYPE, LOOKUP | E(ERROR_INVALID_ARGUMENT) |
                               E(ERROR_DELETE_FIRST) |
                               E(ERROR_NOT_ENOUGH_MEMORY)},
    {LABEL_UNTYPED_RETYPE_AT,
     LOOKUP | E(ERROR_INVALID_ARGUMENT) | E(ERROR_ALIGNMENT) |
         E(ERROR_DELETE_FIRST) | E(ERROR_REVOKE_FIRST) |
         E(ERROR_NOT_ENOUGH_MEMORY) | E(ERROR_ILLEGAL_OPERATION)},
    {LABEL_UNTYPED_RETYPE_WHOLE,
     LOOKUP | E(ERROR_INVALID_ARGUMENT) | E(ERROR_DELETE_FIRST) |
         E(ERROR_REVOKE_FIRST) | E(ERROR_NOT_ENOUGH_MEMORY) |
         E(ERROR_ILLEGAL_OPERATION)},
    {LABEL_UNTYPED_DESCRIBE, E(ERROR_NONE) | E(ERROR_ILLEGAL_OPERATION)},
    {LABEL_UNTYPED_NEXT,
     E(ERROR_NONE) | E(ERROR_TRUNCATED_MESSAGE) | E(ERROR_ILLEGAL_OPERATION)},
    {LABEL_UNTYPED_REVOKE_AT, E(ERROR_NONE) | E(ERROR_TRUNCATED_MESSAGE) |
                                  E(ERROR_RANGE) | E(ERROR_ALIGNMENT) |
                                  E(ERROR_REVOKE_FIRST) |
                                  E(ERROR_ILLEGAL_OPERATION)},
    {LABEL_CNODE_REVOKE, LOOKUP},
    {LABEL_CNODE_DELETE, LOOKUP},
    {LABEL_CNODE_CANCEL_BADGED_SENDS, LOOKUP | E(ERROR_ILLEGAL_OPERATION)},
    {LABEL_CNODE_COPY, LOOKUP | E(ERROR_ILLEGAL_OPERATION) |
                           E(ERROR_DELETE_FIRST) | E(ERROR_REVOKE_FIRST)},
    {LABEL_CNODE_MINT, LOOKUP | E(ERROR_ILLEGAL_OPERATION) |
                           E(ERROR_DELETE_FIRST) | E(ERROR_REVOKE_FIRST)},
    {LABEL_CNODE_MOVE,
     LOOKUP | E(ERROR_ILLEGAL_OPERATION) | E(ERROR_DELETE_FIRST)},
    {LABEL_CNODE_MUTATE,
     LOOKUP | E(ERROR_ILLEGAL_OPERATION) | E(ERROR_DELETE_FIRST)},
    {LABEL_CNODE_ROTATE,
     LOOKUP | E(ERROR_ILLEGAL_OPERATION) | E(ERROR_DELETE_FIRST)},
    {LABEL_CNODE_SAVE_CALLER, LOOKUP | E(ERROR_DELETE_FIRST)},
};

static uint64_t setting(const char *name, uint64_t standard)
{
    const char *given = getenv(name);

    return given ? strtoull(given, NULL, 0) : standard;
}

static void claim_errors(const struct run *run)
{
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        unsigned label = lockstep_label_index(expected[i].label);

        for (unsigned e = 0; e < LOCKSTEP_ERRORS; e++)
            if (expected[i].errors >> e & 1)
                tap_ok(run->hits[label][e] > 0, "%s answered %s: %lu times",
                       lockstep_label_name(label), lockstep_error_name(e),
                       (unsigned long)run->hits[label][e]);
    }
    for (unsigned e = LOOKUP_INVALID_ROOT; e <= LOOKUP_GUARD_MISMATCH; e++)
        tap_ok(run->lookup_errors[e] > 0, "failed lookup of kind %u: %lu times",
               e, (unsigned long)run->lookup_errors[e]);
    for (unsigned e = ERROR_INVALID_CAPABILITY; e <= ERROR_ILLEGAL_OPERATION;
         e++)
        tap_ok(run->hits[0][e] > 0, "an unknown label answered %s: %lu times",
               lockstep_error_name(e), (unsigned long)run->hits[0][e]);
}

static bool rounds(struct run *run, uint64_t count, uint64_t seed)
{
    const char *only = getenv("FALLOW_MACHINE");

    for (uint64_t n = 0; n < count; n++) {
        const struct machine_config *config =
            only ? machine_config_named(only)
                 : machine_config((unsigned)(n % MACHINE_COUNT));

        if (!config) {
            tap_ok(false, "there is a machine named %s", only);
            return false;
        }
        if (run_generate(run, config, seed + n, OPS, CHECK_EVERY))
            continue;
        tap_ok(false, "sequence of seed 0x%lx on machine %s",
               (unsigned long)(seed + n), config->name);
        run_shrink(run);
        run_report(run);
        return false;
    }
    return tap_ok(true, "%lu sequences of up to %u operations",
                  (unsigned long)count, OPS);
}

int main(void)
{
    uint64_t seed = setting("FALLOW_SEED", setting("SEED", 1));
    uint64_t count = setting("FALLOW_ROUNDS", ROUNDS_STANDARD);
    struct run *run = run_create();

    if (!tap_ok(run != NULL, "shared memory"))
        return tap_done();
    tap_diag("FALLOW_SEED=0x%lx FALLOW_ROUNDS=%lu", (unsigned long)seed,
             (unsigned long)count);
    if (!rounds(run, count, seed))
        return tap_done();
    tap_diag("%lu calls, %lu of them preempted, %lu whole checks, %lu tries "
             "for which of two went first",
             (unsigned long)run->calls, (unsigned long)run->preempted,
             (unsigned long)run->checks, (unsigned long)run->ambiguous);
    if (count < ROUNDS_STANDARD)
        return tap_done(); /* too few to meet everything */
    claim_errors(run);
    for (unsigned i = 0; i < RUN_CLASSES; i++)
        tap_ok(run->classes[i] > 0, "%s: %lu times",
               run_class_name((enum run_class)i),
               (unsigned long)run->classes[i]);
    return tap_done();
}
