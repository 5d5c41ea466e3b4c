/* SPDX-License-Identifier: BSD-2-Clause */
/* CNodes that hold themselves and each other, in every way.
 *
 *   A: | 0 | 1 |    B: | 0 | 1 |    C: | 0 | 1 |
 *
 * The only capabilities to A, B and C lie in three of these six slots: 120
 * ways.  A fourth slot holds an endpoint, of another untyped: 3 ways.  From
 * each of them A's, B's and C's untyped is revoked: at once, stopped at each
 * preemption point, and stopped at every one; kernel and specification are
 * compared after each.  Whichever it was, in the end nothing is left.
 *
 * Before that, once the capability of A that lies in the root CNode is deleted
 * last: what then remains must be what the specification says, zombies and
 * all. */
#include "lockstep_ops.h"
#include "objects.h"
#include "tap.h"

#include <string.h>

#define UT        (MACHINE_UNTYPED + 2u) /* of "small" */
#define UT_OTHER  (MACHINE_UNTYPED + 1u)
#define FIRST     24u /* root slots: A, B, C */
#define ENDPOINT  27u
#define CNODES    3u
#define PLACES    (2u * CNODES)
#define CALLS_MAX 1000u

struct way {
    unsigned place[CNODES]; /* of the capabilities to A, B, C */
    unsigned endpoint;
    unsigned last; /* whose root capability is deleted last */
};

struct totals {
    uint64_t ways, stops, calls;
};

/* A call, made again until it ends; stopped at its first-th point and then at
 * every then-th.  *points: asked in the first entry. */
static bool run(struct lockstep *ls, struct lockstep_op op, uint64_t first,
                uint64_t then, uint64_t *points, struct totals *totals)
{
    enum outcome outcome = OUTCOME_PREEMPTED;
    struct reply reply;

    op.preempt_in = (uint16_t)first;
    for (unsigned n = 0; outcome == OUTCOME_PREEMPTED; n++) {
        if (n == CALLS_MAX)
            return lockstep_differ_(ls, "the call does not end");
        if (!lockstep_op_perform(ls, &op, &reply, &outcome))
            return false;
        if (n == 0 && points)
            *points = ls->preempt_asked;
        totals->calls++;
        totals->stops += outcome == OUTCOME_PREEMPTED;
        op.preempt_in = (uint16_t)then;
    }
    return reply.label == ERROR_NONE ||
           lockstep_differ_(ls, "%s answers %s",
                            lockstep_label_name(lockstep_label_index(op.label)),
                            lockstep_error_name(reply.label));
}

static bool call(struct lockstep *ls, uint32_t slot, uint64_t label,
                 uint32_t length, const uint64_t *words, struct totals *totals)
{
    struct lockstep_op op = {
        .kind = OP_CALL,
        .slot = slot,
        .label = label,
        .length = length,
        .cap_count = 1,
        .cap = {MACHINE_ROOT},
        .caller = SPEC_NO_SLOT,
    };

    memcpy(op.mr, words, length * sizeof *words);
    return run(ls, op, 0, 0, NULL, totals);
}

static bool retype(struct lockstep *ls, uint32_t u, uint64_t type,
                   uint64_t size_bits, uint32_t slot, uint64_t count,
                   struct totals *totals)
{
    return call(ls, u, LABEL_UNTYPED_RETYPE, 6,
                (uint64_t[]){type, size_bits, 0, 0, slot, count}, totals);
}

/* A copy of root slot `from' goes to a place, named through the CNode's own
 * capability in the root. */
static bool put(struct lockstep *ls, unsigned place, uint32_t from,
                struct totals *totals)
{
    return call(ls, FIRST + place / 2, LABEL_CNODE_COPY, 5,
                (uint64_t[]){place % 2, 1, from, WORD_BITS, CAP_RIGHTS_ALL},
                totals);
}

static struct lockstep_op on_root_slot(uint64_t label, uint32_t slot)
{
    return (struct lockstep_op){
        .kind = OP_CALL,
        .slot = MACHINE_ROOT,
        .label = label,
        .length = 2,
        .mr = {slot, WORD_BITS},
        .caller = SPEC_NO_SLOT,
    };
}

/* Three CNodes, an endpoint, and all of them in their places. */
static bool build(struct lockstep *ls, const struct way *way,
                  struct totals *totals)
{
    if (!machine_create(ls, machine_config_named("small")))
        return false;
    ls->full_check = true;
    if (!retype(ls, UT, OBJECT_CNODE, 1, FIRST, CNODES, totals) ||
        !retype(ls, UT_OTHER, OBJECT_ENDPOINT, 0, ENDPOINT, 1, totals) ||
        !put(ls, way->endpoint, ENDPOINT, totals))
        return false;
    for (unsigned i = 0; i < CNODES; i++)
        if (!put(ls, way->place[i], FIRST + i, totals))
            return false;
    for (unsigned i = 1; i < CNODES; i++)
        if (!run(ls,
                 on_root_slot(LABEL_CNODE_DELETE,
                              FIRST + (way->last + i) % CNODES),
                 0, 0, NULL, totals))
            return false;
    return true;
}

static bool nothing_is_left(const struct lockstep *ls)
{
    size_t u = spec_find(ls->spec, UT);

    return u != SPEC_NO_CAP && !spec_has_children(ls->spec, u);
}

/* One way, the Revoke stopped at its first-th point and then at every
 * then-th. */
static bool play(const struct way *way, uint64_t first, uint64_t then,
                 uint64_t *points, struct totals *totals)
{
    static struct lockstep ls;
    bool good = build(&ls, way, totals) &&
                run(&ls, on_root_slot(LABEL_CNODE_DELETE, FIRST + way->last),
                    first, then, NULL, totals) &&
                run(&ls, on_root_slot(LABEL_CNODE_REVOKE, UT), first, then,
                    points, totals);

    if (good && !nothing_is_left(&ls))
        good = lockstep_differ_(&ls, "something is left of the untyped");
    if (!good) {
        tap_ok(false,
               "A in place %u, B in %u, C in %u, the endpoint in %u, stopped "
               "at %lu",
               way->place[0], way->place[1], way->place[2], way->endpoint,
               (unsigned long)first);
        tap_diag("%s", ls.why);
    }
    lockstep_destroy(&ls);
    return good;
}

static bool play_all(const struct way *way, struct totals *totals)
{
    uint64_t points = 0;

    totals->ways++;
    if (!play(way, 0, 0, &points, totals))
        return false;
    for (uint64_t n = 1; n <= points; n++)
        if (!play(way, n, 0, NULL, totals))
            return false;
    return play(way, 1, 1, NULL, totals);
}

static bool is_taken(const struct way *way, unsigned place, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        if (way->place[i] == place)
            return true;
    return false;
}

/* Every choice of places for A, B, C and the endpoint. */
static bool choose_places(struct way *way, unsigned chosen,
                          struct totals *totals)
{
    for (unsigned place = 0; place < PLACES; place++) {
        if (is_taken(way, place, chosen))
            continue;
        if (chosen < CNODES) {
            way->place[chosen] = place;
            if (!choose_places(way, chosen + 1, totals))
                return false;
            continue;
        }
        way->endpoint = place;
        for (way->last = 0; way->last < CNODES; way->last++)
            if (!play_all(way, totals))
                return false;
    }
    return true;
}

int main(void)
{
    struct way way = {{0}, 0, 0};
    struct totals totals = {0};

    if (choose_places(&way, 0, &totals)) {
        tap_is(totals.ways, 120 * 3 * CNODES, "every way");
        tap_ok(totals.stops > totals.ways, "%lu kernel entries, %lu stopped",
               (unsigned long)totals.calls, (unsigned long)totals.stops);
    }
    return tap_done();
}
