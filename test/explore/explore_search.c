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

/* Is there a capability to the first untyped? */
static bool has_untyped(const struct explore *e)
{
    const struct spec *s = e->ls.spec;

    for (uint32_t i = 0; i < s->count; i++)
        if (s->caps[i].type == SPEC_UNTYPED &&
            s->caps[i].bits == e->config.unit_bits + EXPLORE_UNIT_BITS)
            return true;
    return false;
}

/* A state beyond the machine's limits. */
static bool is_beyond(const struct explore *e)
{
    unsigned most = e->config.others_max;

    return most != 0 && e->ls.spec->count > most + 1u + has_untyped(e);
}

/* The machine is in a state that a call has led to. */
static void reached(struct explore *e)
{
    struct search *s = (struct search *)(void *)e;
    uint8_t packed[EXPLORE_PACKED_MAX];
    uint64_t hash;

    if (!explore_hash(e, &hash)) {
        e->failed = true;
        return;
    }
    if (is_beyond(e)) {
        e->beyond++;
        return;
    }
    if (s->known.used >= s->limit || !set_add(&s->known, hash))
        return;
    e->ls.full_check = true;
    if (!lockstep_compare(&e->ls) || !explore_ask_index(e)) {
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

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
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

static void print_sizes(const struct explore_config *c)
{
    const struct explore_sizes *sizes = c->sizes;

    printf("untypeds from %u units", 1u << (sizes->untyped_bits - 4));
    if (sizes->endpoint_bits != 0)
        printf(", endpoints of %u", 1u << (sizes->endpoint_bits - 4));
    for (unsigned n = 0; n < 3; n++)
        if (sizes->frame_bits[n] != 0)
            printf(", frames of %u", 1u << (sizes->frame_bits[n] - 4));
    printf("%s%s; chunk %u", c->cnodes ? ", CNodes of 4 (two slots)" : "",
           c->tcbs ? ", TCBs of 16" : "", 1u << (sizes->chunk_bits - 4));
}

static void report_machine(const struct explore *e, uint64_t hash_seed)
{
    const struct explore_config *c = &e->config;

    printf("%s: window 2^%u bytes, untyped of 2^%u units of 16 bytes%s, %u "
           "slots in the root CNode, ",
           c->name, e->ls.k->params.window_bits, c->unit_bits,
           c->device ? " and a device untyped of as many" : "", c->root_slots);
    if (c->others_max != 0)
        printf("up to %u capabilities beside its first untyped's, ",
               c->others_max);
    print_sizes(c);
    printf("; up to %u at once, up to %u preemptions%s; hash seed 0x%lx\n",
           c->count_max, c->preemptions,
           c->garbage ? "; memory without a promise filled at once" : "",
           hash_seed);
}

/* Calls by name: how many succeeded, how many were refused. */
static void report_calls(const struct explore *e)
{
    printf("%s: done/refused:", e->config.name);
    for (unsigned label = 0; label < LOCKSTEP_LABELS; label++) {
        uint64_t refused = 0;

        for (unsigned error = 1; error < LOCKSTEP_ERRORS; error++)
            refused += e->ls.hits[label][error];
        if (e->ls.hits[label][0] + refused != 0)
            printf(" %s %lu/%lu", lockstep_label_name(label),
                   e->ls.hits[label][0], refused);
    }
    printf("\n");
}

static void report_end(const struct search *s, unsigned depth, bool complete,
                       double seconds)
{
    const struct explore *e = &s->e;

    printf("%s: %lu states, depth %u, %s; %lu transitions, %lu calls, of them "
           "%lu refused and %lu preempted; %lu questions to the index; %.0f "
           "states/s, %.0f calls/s of CPU time\n",
           e->config.name, s->known.used, depth, complete ? "complete" : "cut",
           e->transitions, e->calls, e->refused, e->preempted, e->questions,
           (double)s->known.used / seconds, (double)e->calls / seconds);
    printf("%s: %lu writes to frames of one unit; transitions to states with "
           "embryos of several chunks: %lu, with CNodes: %lu, with copies: "
           "%lu, with objects of device memory: %lu; not gone on from: %lu\n",
           e->config.name, e->writes, e->embryos, e->objects, e->copies,
           e->devices, e->beyond);
    printf("%s: of the preempted calls, made again, %lu led to the same state, "
           "%lu (objects in a circle) to another, %lu had lost their "
           "capability\n",
           e->config.name, e->resumed, e->resumed_elsewhere, e->lost);
    report_calls(e);
    fflush(stdout);
}

/* Has it met all that the machine is there for? */
static bool has_met_all(const struct explore *e)
{
    const struct explore_config *c = &e->config;
    bool met = e->writes != 0 && e->embryos != 0 && e->copies != 0 &&
               e->resumed != 0 && e->questions != 0 &&
               (!c->cnodes || e->objects != 0) &&
               (!c->device || e->devices != 0);

    if (!met)
        printf("%s: a zero above that should be none\n", c->name);
    return met;
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
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &start);
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
    result.good = has_met_all(&s.e) && good;
    lockstep_destroy(&s.e.ls);
    free(s.known.table);
    free(s.now.bytes);
    free(s.now.offsets);
    free(s.next.bytes);
    free(s.next.offsets);
    return result;
}
