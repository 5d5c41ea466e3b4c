/* SPDX-License-Identifier: BSD-2-Clause */
/* The measured half of `make bench-stretch': every stretch of kernel work in a
 * recorded run, from an entry or preemption point to the next or the end.
 *
 *   stretch_ops survey SURVEY TRACE    plays the run once; writes down one line
 *                                      for each different amount of work
 *   stretch_ops SURVEY TRACE           plays it again under callgrind, counting
 *                                      the stretches that the survey names
 *
 * Two stretches of the same call, with the same number of visits, slots and
 * bytes, in which the same happens to capabilities of the same types, do the
 * same work, up to a few instructions.  So the survey names the first of each
 * kind, and counting those misses no long one.  The two plays
 * are the same to the bit: the second checks that.
 *
 * The linker puts this file between the tool and invoke(), and between the
 * core and its preemption points, events and clearing.  What the events cost,
 * that is, the replay's comparing, is not counted; of each its call is, about
 * ten instructions.  Memory is cleared by a plain loop, 4 instructions for 8
 * bytes, where the stretch is counted: the C library's differs from processor
 * to processor.
 *
 * Lines of the survey, and results: CALL, or CALL/OBJECT_TYPE; the numbers of
 * a line are ordinal, stretches of this kind, line of the run, visits, slots,
 * bytes, and what happened; those of a result are its place in the survey, 0
 * and 0.
 */
#include "exact.h"
#include "invoke.h"
#include "hosted.h"
#include "replay.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define KINDS_MAX 65536u

struct kind {
    uint64_t label;
    uint64_t object_type; /* of a Retype; else 0 */
    struct work work;
    uint64_t events;  /* which, in order, and of which types: a hash */
    uint64_t ordinal; /* of the first such stretch */
    uint64_t line;
    uint64_t count; /* 0: no kind */
};

static struct {
    struct replay *replay;
    bool inside;   /* an invocation */
    bool counting; /* this stretch */
    uint64_t ordinal;
    uint64_t label;
    uint64_t object_type;
    struct work start;
    uint64_t events;
    struct kind *kinds; /* surveying: a hash table; else by ordinal */
    uint64_t kind_count;
    uint64_t next; /* counting: the next of kinds */
    bool survey;
} state;

static _Noreturn void stop(const char *what, const char *more)
{
    fprintf(stderr, "stretch: %s%s\n", what, more);
    exit(2);
}

static struct work work_now(const struct kernel *k)
{
    return (struct work){
        .visits = k->regions.visits,
        .slots = k->total.slots,
        .bytes = k->total.bytes,
    };
}

static bool same_kind(const struct kind *a, const struct kind *b)
{
    return a->label == b->label && a->object_type == b->object_type &&
           a->work.visits == b->work.visits && a->work.slots == b->work.slots &&
           a->work.bytes == b->work.bytes && a->events == b->events;
}

static void survey(const struct kind *found)
{
    uint64_t hash = found->label * 31 + found->object_type;

    hash = hash * 1000003 + found->work.visits;
    hash = hash * 1000003 + found->work.slots;
    hash = hash * 1000003 + found->work.bytes;
    hash = hash * 1000003 + found->events;
    for (uint64_t i = hash % KINDS_MAX;; i = (i + 1) % KINDS_MAX) {
        struct kind *kind = &state.kinds[i];

        if (kind->count == 0) {
            if (++state.kind_count == KINDS_MAX / 2)
                stop("too many kinds of stretches", "");
            *kind = *found;
            return;
        }
        if (same_kind(kind, found)) {
            kind->count++;
            return;
        }
    }
}

static const char *call_name(uint64_t label)
{
    static const char *const names[] = {
        [LABEL_UNTYPED_RETYPE] = "Retype",
        [LABEL_CNODE_REVOKE] = "Revoke",
        [LABEL_CNODE_DELETE] = "Delete",
        [LABEL_CNODE_CANCEL_BADGED_SENDS] = "CancelBadgedSends",
        [LABEL_CNODE_COPY] = "Copy",
        [LABEL_CNODE_MINT] = "Mint",
        [LABEL_CNODE_MOVE] = "Move",
        [LABEL_CNODE_MUTATE] = "Mutate",
        [LABEL_CNODE_ROTATE] = "Rotate",
        [LABEL_CNODE_SAVE_CALLER] = "SaveCaller",
    };

    if (label < sizeof names / sizeof names[0] && names[label])
        return names[label];
    return "other";
}

static void print_name(const struct kind *kind, char name[64])
{
    static const char *const types[] = {
        "untyped",   "TCB",  "endpoint",  "notification", "CNode",
        "giga-page", "page", "mega-page", "page-table"};

    if (kind->label == LABEL_UNTYPED_RETYPE &&
        kind->object_type < sizeof types / sizeof types[0])
        snprintf(name, 64, "Retype/%s", types[kind->object_type]);
    else
        snprintf(name, 64, "%s", call_name(kind->label));
}

static void begin_stretch(struct kernel *k)
{
    state.start = work_now(k);
    state.events = 0;
    if (state.survey || state.next == state.kind_count ||
        state.kinds[state.next].ordinal != state.ordinal)
        return;
    state.counting = true;
    exact_begin();
}

static void end_stretch(struct kernel *k)
{
    struct work now;
    struct kind found;
    char name[64];

    if (state.counting)
        exact_end();
    now = work_now(k);
    found = (struct kind){
        .label = state.label,
        .object_type = state.object_type,
        .work = {now.visits - state.start.visits, now.slots - state.start.slots,
                 now.bytes - state.start.bytes},
        .events = state.events,
        .ordinal = state.ordinal++,
        .line = replay_stats(state.replay)->lines,
        .count = 1,
    };
    if (state.survey)
        survey(&found);
    if (!state.counting)
        return;
    state.counting = false;
    if (!same_kind(&found, &state.kinds[state.next]))
        stop("the second play is not the first", "");
    print_name(&found, name);
    exact_result(name, state.next++, 0, 0);
    if (state.next == state.kind_count)
        exact_stop();
}

enum outcome __real_invoke(struct kernel *k, const struct invocation *inv,
                           struct reply *reply);
enum outcome __wrap_invoke(struct kernel *k, const struct invocation *inv,
                           struct reply *reply);
bool __real_kernel_preempt_point(struct kernel *k);
bool __wrap_kernel_preempt_point(struct kernel *k);
void __real_arch_event(struct kernel *k, enum arch_event event, slotno_t a,
                       slotno_t b);
void __wrap_arch_event(struct kernel *k, enum arch_event event, slotno_t a,
                       slotno_t b);
void __real_arch_clear(struct kernel *k, paddr_t base, uint64_t bytes);
void __wrap_arch_clear(struct kernel *k, paddr_t base, uint64_t bytes);

enum outcome __wrap_invoke(struct kernel *k, const struct invocation *inv,
                           struct reply *reply)
{
    enum outcome outcome;

    state.label = inv->label;
    state.object_type =
        inv->label == LABEL_UNTYPED_RETYPE && inv->length > 0 ? inv->mr[0] : 0;
    state.inside = true;
    begin_stretch(k);
    outcome = __real_invoke(k, inv, reply);
    end_stretch(k);
    state.inside = false;
    return outcome;
}

bool __wrap_kernel_preempt_point(struct kernel *k)
{
    bool preempted;

    if (!state.inside)
        return __real_kernel_preempt_point(k);
    end_stretch(k);
    preempted = __real_kernel_preempt_point(k);
    begin_stretch(k);
    return preempted;
}

void __wrap_arch_event(struct kernel *k, enum arch_event event, slotno_t a,
                       slotno_t b)
{
    slotno_t i = b != SLOT_NIL ? b : a;

    if (state.counting)
        exact_end();
    state.events = state.events * 1000003 + event * 64u +
                   slot_type(kernel_slots(k), i) + 1;
    __real_arch_event(k, event, a, b);
    if (state.counting)
        exact_begin();
}

void __wrap_arch_clear(struct kernel *k, paddr_t base, uint64_t bytes)
{
    volatile uint64_t *word;

    if (!state.counting) {
        __real_arch_clear(k, base, bytes);
        return;
    }
    k->machine->cleared_bytes += bytes;
    word = hosted_memory(k, base);
    for (uint64_t left = bytes / sizeof *word; left != 0; left--)
        *word++ = 0;
}

static int by_ordinal(const void *a, const void *b)
{
    uint64_t x = ((const struct kind *)a)->ordinal;
    uint64_t y = ((const struct kind *)b)->ordinal;

    return x < y ? -1 : x > y;
}

/* Empty entries of the hash table come last. */
static void sort_kinds(void)
{
    for (uint64_t i = 0; i < KINDS_MAX; i++)
        if (state.kinds[i].count == 0)
            state.kinds[i].ordinal = UINT64_MAX;
    qsort(state.kinds, KINDS_MAX, sizeof *state.kinds, by_ordinal);
}

static void write_survey(const char *path)
{
    FILE *file = fopen(path, "w");

    if (!file)
        stop("cannot write ", path);
    sort_kinds();
    for (uint64_t i = 0; i < state.kind_count; i++) {
        const struct kind *kind = &state.kinds[i];
        char name[64];

        print_name(kind, name);
        fprintf(file,
                "%s %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64
                " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 "\n",
                name, kind->ordinal, kind->count, kind->line, kind->work.visits,
                kind->work.slots, kind->work.bytes, kind->events, kind->label,
                kind->object_type);
    }
    if (fclose(file) != 0)
        stop("cannot write ", path);
}

static void read_survey(const char *path)
{
    FILE *file = fopen(path, "r");
    struct kind kind;

    if (!file)
        stop("cannot read ", path);
    while (state.kind_count < KINDS_MAX &&
           fscanf(file,
                  "%*s %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64
                  " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 "\n",
                  &kind.ordinal, &kind.count, &kind.line, &kind.work.visits,
                  &kind.work.slots, &kind.work.bytes, &kind.events, &kind.label,
                  &kind.object_type) == 9)
        state.kinds[state.kind_count++] = kind;
    fclose(file);
}

/* What the core itself has noted, outside of invocations included. */
static void print_account(const struct kernel *k)
{
    printf("the core's own account of its longest stretches: %" PRIu64
           " visits, %" PRIu64 " slots, %" PRIu64 " bytes cleared\n",
           k->worst_visits.visits, k->worst_slots.slots, k->worst_bytes.bytes);
}

static void play(const char *trace)
{
    struct replay_options options = {.check_never = true};

    if (replay_open(&state.replay, trace, &options) != 0)
        stop("cannot open ", trace);
    if (replay_step(state.replay, UINT64_MAX) == REPLAY_FAILED)
        stop(trace, replay_error(state.replay));
    if (replay_stats(state.replay)->unexplained != 0)
        stop("the run differs: ", trace);
    if (state.survey)
        print_account(replay_kernel(state.replay));
    replay_close(state.replay);
}

int main(int argc, char **argv)
{
    state.kinds = calloc(KINDS_MAX, sizeof *state.kinds);
    if (!state.kinds)
        stop("no memory", "");
    if (argc == 4 && strcmp(argv[1], "survey") == 0) {
        state.survey = true;
        play(argv[3]);
        write_survey(argv[2]);
        return 0;
    }
    if (argc != 3)
        stop("usage: [survey] SURVEY TRACE", "");
    read_survey(argv[1]);
    exact_start();
    play(argv[2]);
    if (state.next != state.kind_count)
        stop("the second play ended before the first", "");
    return 0;
}
