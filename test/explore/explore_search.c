/* SPDX-License-Identifier: BSD-2-Clause */
/* Breadth first, with a set of hashes and two levels of packed states. */
#include "explore.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Bytes of packed states that are kept per level; from there on states are
 * counted, but not expanded. */
#define LEVEL_BYTES (UINT64_C(3) << 30)

/* Open addressing; at most half full. */
struct set {
    uint64_t *table;
    uint64_t mask, used;
};

/* A level that is cut must not be cut to what its first calls led to: its
 * states are expanded in strides of a prime. */
#define STRIDE UINT64_C(1000000007)

struct level {
    uint8_t *bytes;
    size_t used, room;
    size_t *offsets; /* of each state, in bytes */
    uint64_t states;
    size_t offsets_room; /* bytes */
};

struct search {
    struct explore e;
    struct set known;
    struct level now, next;
    uint64_t limit;
    bool dropped; /* states that there was no room for */
};

static bool set_create(struct set *s, uint64_t limit)
{
    uint64_t size = 1024;

    while (size < 2 * limit + 2)
        size *= 2;
    s->table = calloc(size, sizeof s->table[0]);
    s->mask = size - 1;
    s->used = 0;
    return s->table != NULL;
}

/* True: it was not there. */
static bool set_add(struct set *s, uint64_t hash)
{
    uint64_t i = hash & s->mask;

    while (s->table[i] != 0) {
        if (s->table[i] == hash)
            return false;
        i = (i + 1) & s->mask;
    }
    s->table[i] = hash;
    s->used++;
    return true;
}

/* Doubles *room if it is less than needed. */
static bool make_room(void **memory, size_t *room, size_t needed)
{
    size_t more = *room ? 2 * *room : 1 << 20;
    void *bigger;

    if (needed <= *room)
        return true;
    if (more > LEVEL_BYTES)
        return false;
    bigger = realloc(*memory, more);
    if (!bigger)
        return false;
    *memory = bigger;
    *room = more;
    return true;
}

static bool level_add(struct level *l, const uint8_t *bytes, size_t count)
{
    void *memory = l->bytes, *offsets = l->offsets;
    bool fits = make_room(&memory, &l->room, l->used + count) &&
                make_room(&offsets, &l->offsets_room,
                          (l->states + 1) * sizeof l->offsets[0]);

    l->bytes = memory;
    l->offsets = offsets;
    if (!fits)
        return false;
    memcpy(l->bytes + l->used, bytes, count);
    l->offsets[l->states++] = l->used;
    l->used += count;
    return true;
}

/* The machine is in a state that a call has led to. */
static void reached(struct explore *e)
{
    struct search *s = (struct search *)(void *)e;
    uint8_t packed[EXPLORE_PACKED_MAX];

    if (s->known.used >= s->limit || !set_add(&s->known, explore_hash(e)))
        return;
    e->ls.full_check = true;
    if (!lockstep_compare(&e->ls)) {
        e->failed = true;
        return;
    }
    e->ls.full_check = false;
    if (s->dropped)
        return;
    if (!explore_compact(e)) {
        e->failed = true;
        return;
    }
    if (!level_add(&s->next, packed, explore_pack(e, packed)))
        s->dropped = true;
}

static double seconds_since(const struct timespec *start)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - start->tv_sec) +
           1e-9 * (double)(now.tv_nsec - start->tv_nsec);
}

static void report_failure(const struct search *s, unsigned depth)
{
    printf("%s: DISAGREEMENT at depth %u: %s\n", s->e.config.name, depth,
           s->e.ls.why);
    fflush(stdout);
    lockstep_dump(&s->e.ls);
}

/* Expands one level.  False: a disagreement. */
static bool expand_level(struct search *s)
{
    uint64_t count = s->now.states;
    uint64_t stride = STRIDE % count;

    if (s->e.config.in_order || stride == 0)
        stride = 1;
    for (uint64_t i = 0; i < count && s->known.used < s->limit; i++) {
        size_t at = s->now.offsets[i * stride % count];

        explore_unpack(&s->e, s->now.bytes + at);
        explore_save(&s->e, &s->e.base);
        if (!explore_expand(&s->e) || s->e.failed)
            return false;
    }
    return true;
}

static void report_level(const struct search *s, unsigned depth, double seconds)
{
    printf("%s: depth %2u: %9lu states expanded, %10lu known, %11lu "
           "transitions, %7.1f s\n",
           s->e.config.name, depth, s->now.states, s->known.used,
           s->e.transitions, seconds);
    fflush(stdout);
}

static void report_machine(const struct explore *e, uint64_t hash_seed)
{
    const struct explore_config *c = &e->config;

    printf("%s: window 2^%u bytes, untyped of 2^%u units of 16 bytes%s, root "
           "CNode with %u slots used, objects: untyped, endpoint, frames of "
           "1, 2, 4 units%s%s, up to %u at once; chunk 16 bytes, up to %u "
           "preemptions; hash seed 0x%lx\n",
           c->name, e->ls.k->params.window_bits, c->unit_bits,
           c->device ? " and a device untyped of as many" : "", c->root_slots,
           c->cnodes ? ", CNode of 2 slots" : "", c->tcbs ? ", TCB" : "",
           c->count_max, c->preemptions, hash_seed);
}

static void report_end(const struct search *s, unsigned depth, bool complete,
                       double seconds)
{
    const struct explore *e = &s->e;

    printf("%s: %lu states, depth %u, %s; %lu transitions, %lu calls, of them "
           "%lu refused and %lu preempted; %.0f states/s, %.0f calls/s\n",
           e->config.name, s->known.used, depth, complete ? "complete" : "cut",
           e->transitions, e->calls, e->refused, e->preempted,
           (double)s->known.used / seconds, (double)e->calls / seconds);
    printf("%s: %lu writes to frames; %lu transitions to embryos of several "
           "chunks; %lu preempted calls made again led to the same state, %lu "
           "(objects in a circle) to another, %lu had lost their capability\n",
           e->config.name, e->writes, e->embryos, e->resumed,
           e->resumed_elsewhere, e->lost);
    fflush(stdout);
}

struct explore_result explore_search(const struct explore_config *config,
                                     uint64_t limit, uint64_t hash_seed)
{
    static struct search s;
    struct explore_result result = {0};
    struct timespec start;
    unsigned depth = 0;
    bool good;

    memset(&s, 0, sizeof s);
    clock_gettime(CLOCK_MONOTONIC, &start);
    if (!explore_create(&s.e, config) || !set_create(&s.known, limit)) {
        printf("%s: %s\n", config->name,
               s.e.ls.why[0] ? s.e.ls.why : "the host gives no memory");
        return result;
    }
    s.limit = limit;
    s.e.hash_seed = hash_seed;
    s.e.reached = reached;
    report_machine(&s.e, hash_seed);
    reached(&s.e);
    good = !s.e.failed;
    while (good && s.next.states > 0 && s.known.used < limit) {
        struct level spent = s.now;

        s.now = s.next;
        s.next = spent;
        s.next.used = 0;
        s.next.states = 0;
        good = expand_level(&s);
        depth++;
        report_level(&s, depth, seconds_since(&start));
    }
    if (!good)
        report_failure(&s, depth);
    result.states = s.known.used;
    result.transitions = s.e.transitions;
    result.complete =
        good && s.next.states == 0 && !s.dropped && s.known.used < limit;
    report_end(&s, depth, result.complete, seconds_since(&start));
    if (s.e.writes == 0 || s.e.embryos == 0) {
        printf("%s: no frame written, or no embryo of several chunks\n",
               config->name);
        good = false;
    }
    result.good = good;
    lockstep_destroy(&s.e.ls);
    free(s.known.table);
    free(s.now.bytes);
    free(s.now.offsets);
    free(s.next.bytes);
    free(s.next.offsets);
    return result;
}
