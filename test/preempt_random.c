/* SPDX-License-Identifier: BSD-2-Clause */
/* An interrupt at every preemption point of every call of random sequences:
 * as preempt_everywhere.c, from whatever state has come about.
 *
 *   FALLOW_SEED=0x1234   the seed of the first sequence
 *   FALLOW_ROUNDS=100    sequences */
#include "lockstep_ops.h"
#include "seed.h"
#include "tap.h"

#include <stdlib.h>
#include <string.h>

#define ROOT            MACHINE_ROOT
#define CALLS_MAX       5000u /* kernel entries until a call must have ended */
#define ROUNDS_STANDARD 240u
#define OPS             400u
#define POINTS_MAX      40u /* of one call that are tried */

/* A moment of the machine. */
struct moment {
    struct spec spec;
    slotno_t root;
    uint8_t *ram;
};

struct random {
    struct lockstep ls;
    struct moment before, after;
    uint64_t interrupted; /* calls */
    uint64_t stops;
    uint64_t lost;     /* could not be made again */
    uint64_t circular; /* ended otherwise, as they may */
};

static void save(const struct lockstep *ls, struct moment *m)
{
    spec_copy(&m->spec, ls->spec);
    m->root = ls->k->regions.root;
    memcpy(m->ram, ls->hosted->machine.window, ls->machine.ram_bytes);
}

static bool can_repeat(const struct random *r, const struct lockstep_op *op)
{
    struct invocation inv = {.slot = op->slot, .cap_count = op->cap_count};

    for (unsigned i = 0; i < op->cap_count; i++)
        inv.cap[i] = op->cap[i];
    return lockstep_can_repeat(&r->ls, &r->before.spec, &inv);
}

/* From `before', stopped at point n, then not again or at every point. */
static bool stop_and_repeat(struct random *r, struct lockstep_op op, uint64_t n,
                            bool always)
{
    enum outcome outcome = OUTCOME_PREEMPTED;
    struct reply reply;

    lockstep_restore(&r->ls, &r->before.spec, r->before.ram, r->before.root);
    op.preempt_in = (uint16_t)n;
    for (unsigned entries = 0; outcome == OUTCOME_PREEMPTED; entries++) {
        if (entries > 0 && !can_repeat(r, &op)) {
            r->lost++;
            return true;
        }
        if (entries == CALLS_MAX)
            return lockstep_differ_(&r->ls, "the call does not end");
        if (!lockstep_op_perform(&r->ls, &op, &reply, &outcome))
            return false;
        r->stops += outcome == OUTCOME_PREEMPTED;
        op.preempt_in = always;
    }
    if (lockstep_same_end(r->ls.spec, &r->after.spec))
        return true;
    r->circular++;
    return lockstep_is_circular(&r->before.spec, ROOT) ||
           lockstep_differ_(&r->ls, "stopped at point %lu, it ends otherwise",
                            n);
}

/* Performs an operation, and every way to interrupt it. */
static bool interrupt_op(struct random *r, struct lockstep_op *op)
{
    struct reply reply;
    enum outcome outcome;
    uint64_t points;

    op->preempt_in = 0;
    save(&r->ls, &r->before);
    if (!lockstep_op_perform(&r->ls, op, &reply, &outcome))
        return false;
    points = r->ls.preempt_asked;
    if (op->kind != OP_CALL || reply.label != ERROR_NONE || points == 0)
        return true;
    r->interrupted++;
    save(&r->ls, &r->after);
    for (uint64_t n = 1; n <= points && n <= POINTS_MAX; n++)
        if (!stop_and_repeat(r, *op, n, false))
            return false;
    if (!stop_and_repeat(r, *op, 1, true))
        return false;
    lockstep_restore(&r->ls, &r->after.spec, r->after.ram, r->after.root);
    return true;
}

static uint64_t choose(void *context, uint64_t bound)
{
    return seed_below(context, bound);
}

/* False: a disagreement, which has been reported. */
static bool interrupt_sequence(struct random *r,
                               const struct machine_config *config,
                               uint64_t seed_number)
{
    struct seed seed = {seed_number};
    struct lockstep_generator g = {.choices = {choose, &seed}, .caps_max = 400};
    char line[512];
    bool good = true;

    if (!machine_create(&r->ls, config))
        return tap_ok(false, "the host gives a machine");
    r->before.ram = malloc(config->ram_bytes);
    r->after.ram = malloc(config->ram_bytes);
    KERNEL_ASSERT(r->before.ram && r->after.ram);
    r->ls.full_check = config->ram_bytes <= 0x8000;
    for (unsigned n = 0; n < OPS && good; n++) {
        struct lockstep_op op;

        lockstep_op_generate(&g, &r->ls, &op);
        good = interrupt_op(r, &op);
        if (good)
            continue;
        lockstep_op_print(line, sizeof line, &op);
        tap_ok(false, "machine %s, seed 0x%lx, operation %u: %s", config->name,
               (unsigned long)seed_number, n, line);
        tap_diag("%s", r->ls.why);
    }
    free(r->before.ram);
    free(r->after.ram);
    lockstep_destroy(&r->ls);
    return good;
}

static void interrupt_random(void)
{
    static struct random r;
    const char *given_seed = getenv("FALLOW_SEED");
    const char *given = getenv("FALLOW_ROUNDS");
    uint64_t seed = given_seed ? strtoull(given_seed, NULL, 0) : 1;
    uint64_t rounds = given ? strtoull(given, NULL, 0) : ROUNDS_STANDARD;

    tap_diag("FALLOW_SEED=0x%lx FALLOW_ROUNDS=%lu", (unsigned long)seed,
             (unsigned long)rounds);
    for (uint64_t n = 0; n < rounds; n++)
        if (!interrupt_sequence(&r, machine_config((unsigned)(n % 3)),
                                seed + n))
            return;
    tap_ok(r.interrupted > 0,
           "random calls: %lu with preemption points, stopped %lu times",
           (unsigned long)r.interrupted, (unsigned long)r.stops);
    tap_diag("%lu had deleted what they were made with; %lu, of objects in a "
             "circle, ended otherwise",
             (unsigned long)r.lost, (unsigned long)r.circular);
}

int main(void)
{
    interrupt_random();
    return tap_done();
}
