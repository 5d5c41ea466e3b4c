/* SPDX-License-Identifier: BSD-2-Clause */
/* The measured half of `make bench-attack': the victim's calls, after each of
 * the attacks (attack_build.c).  Built twice, with the region index and with
 * the linked list; bench/attack.c runs and reports.
 *
 * Each call is made twice: once counted, and once watched (attack_watch.h). */
#include "attack.h"
#include "attack_arena.h"
#include "attack_watch.h"
#include "exact.h"

#include <stdlib.h>
#include <string.h>

/* The victim's calls.  Each fills in what is called; `j' counts the calls. */
struct victim_call {
    slotno_t slot;
    uint64_t label;
    uint64_t mr[7];
    uint32_t length;
};

static void retype_at(struct arena *a, struct victim_call *c, uint64_t page,
                      uint64_t count)
{
    *c = (struct victim_call){
        .slot = a->v,
        .label = LABEL_UNTYPED_RETYPE_AT,
        .mr = {TYPE_PAGE, 0, 0, 0, a->next, count, page << PAGE_BITS},
        .length = 7,
    };
}

static void call_refused(struct arena *a, struct victim_call *c, uint64_t j)
{
    retype_at(a, c, 8 * (j % 32), 1);
}

static void call_one(struct arena *a, struct victim_call *c, uint64_t j)
{
    retype_at(a, c, 8 * (j % 32) + 3, 1);
}

static void call_run_refused(struct arena *a, struct victim_call *c, uint64_t j)
{
    retype_at(a, c, 8 * (j % 24) + 1, 64);
}

static void call_run(struct arena *a, struct victim_call *c, uint64_t j)
{
    retype_at(a, c, 256 + j, 64);
}

static void call_next(struct arena *a, struct victim_call *c, uint64_t j)
{
    *c = (struct victim_call){
        .slot = a->v,
        .label = LABEL_UNTYPED_NEXT,
        .mr = {(8 * (j % 32) + 1) << PAGE_BITS},
        .length = 1,
    };
}

static void call_describe(struct arena *a, struct victim_call *c, uint64_t j)
{
    (void)j;
    *c = (struct victim_call){.slot = a->v, .label = LABEL_UNTYPED_DESCRIBE};
}

static void call_revoke_at(struct arena *a, struct victim_call *c, uint64_t j)
{
    *c = (struct victim_call){
        .slot = a->v,
        .label = LABEL_UNTYPED_REVOKE_AT,
        .mr = {(8 * j + 4) << PAGE_BITS, PAGE_BITS},
        .length = 2,
    };
}

static void call_revoke(struct arena *a, struct victim_call *c, uint64_t j)
{
    (void)j;
    *c = (struct victim_call){
        .slot = a->root,
        .label = LABEL_CNODE_REVOKE,
        .mr = {a->v - a->first, 64},
        .length = 2,
    };
}

static const struct {
    const char *name;
    void (*call)(struct arena *a, struct victim_call *c, uint64_t j);
    uint64_t made;  /* objects that the call makes; then they are deleted */
    uint32_t error; /* expected */
    bool step;      /* stop it at its first preemption point */
} calls[] = {
    {"retype-at-refused", call_refused, 0, ERROR_REVOKE_FIRST, false},
    {"retype-at", call_one, 1, ERROR_NONE, false},
    {"retype-at-run-refused", call_run_refused, 0, ERROR_REVOKE_FIRST, false},
    {"retype-at-run", call_run, 64, ERROR_NONE, false},
    {"next", call_next, 0, ERROR_NONE, false},
    {"describe", call_describe, 0, ERROR_NONE, false},
    {"revoke-at-step", call_revoke_at, 0, ERROR_NONE, true},
    {"revoke-step", call_revoke, 0, ERROR_NONE, true},
};

static void delete_made(struct arena *a, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++)
        arena_call(a, a->root, LABEL_CNODE_DELETE,
                   (uint64_t[]){a->next + i, 64}, 2);
}

/* The j-th call of a kind, counted or watched; the visits of all of it. */
static uint64_t make_call(struct arena *a, unsigned which, uint64_t j,
                          bool watching)
{
    uint64_t visits = a->k->regions.visits;
    struct victim_call c;
    struct reply reply;
    enum outcome outcome;

    calls[which].call(a, &c, j);
    a->hosted->machine.preempt_always = calls[which].step;
    watched.on = watching;
    if (!watching)
        exact_begin();
    outcome = arena_enter(a, c.slot, c.label, c.mr, c.length, &reply);
    if (!watching)
        exact_end();
    watched.on = false;
    a->hosted->machine.preempt_always = false;
    visits = a->k->regions.visits - visits;
    if (outcome == OUTCOME_DONE && reply.label != calls[which].error)
        arena_stop(calls[which].name, reply.label);
    delete_made(a, calls[which].made);
    return visits;
}

static void measure_call(struct arena *a, const char *attack, unsigned which)
{
    uint64_t visits_max = 0;
    char name[64];

    watched.one = watched.many = 0;
    for (uint64_t j = 0; j < 2 * a->calls; j++) {
        uint64_t visits = make_call(a, which, j, j >= a->calls);

        if (visits > visits_max)
            visits_max = visits;
    }
    snprintf(name, sizeof name, "%s/%s", attack, calls[which].name);
    exact_result(name, visits_max, watched.one, watched.many);
}

/* Arguments: "list" where it is one; n. */
int main(int argc, char **argv)
{
    bool is_list = argc > 1 && strcmp(argv[1], "list") == 0;
    uint64_t n = argc > 2 ? strtoull(argv[2], NULL, 10) : ATTACK_CAPS;
    struct arena a;

    for (unsigned i = 0; attacks[i].name; i++) {
        arena_create(&a, n);
        a.calls = attack_calls(is_list);
        attacks[i].build(&a);
        exact_start();
        for (unsigned c = 0; c < sizeof calls / sizeof calls[0]; c++)
            measure_call(&a, attacks[i].name, c);
        exact_stop();
        hosted_destroy(a.hosted);
    }
    return 0;
}
