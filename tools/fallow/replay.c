/* SPDX-License-Identifier: BSD-2-Clause */
/* The replay's life: open, steps from call to call, close. */
#include "replay_int.h"

#include "check.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define PROGRESS_LINES   4096u
#define PROGRESS_SECONDS 0.1
/* Memory that one check reads to see that it is clean. */
#define CHECK_BYTES (UINT64_C(1) << 20)

static double read_clock(clockid_t clock)
{
    struct timespec t;

    clock_gettime(clock, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

int replay_open(struct replay **replay, const char *file,
                const struct replay_options *options)
{
    struct replay *r = calloc(1, sizeof *r);
    int error;

    if (!r)
        return ENOMEM;
    if (options)
        r->options = *options;
    error = trace_open(&r->reader, file);
    if (error) {
        free(r);
        return error;
    }
    *replay = r;
    return 0;
}

void replay_close(struct replay *r)
{
    if (!r)
        return;
    trace_close(r->reader);
    hosted_destroy(r->hosted);
    free(r->recorded.item);
    free(r->computed.item);
    free(r->boot);
    free(r->differences);
    free(r->explanations);
    free(r);
}

/* ---- Lines --------------------------------------------------------------- */

static bool fail(struct replay *r)
{
    snprintf(r->error, sizeof r->error, "%s", trace_error(r->reader));
    r->result = REPLAY_FAILED;
    return false;
}

static void report_progress(struct replay *r)
{
    double t;

    if (!r->options.on_progress || r->next.number % PROGRESS_LINES != 0)
        return;
    t = read_clock(CLOCK_MONOTONIC);
    if (t < r->next_progress)
        return;
    r->next_progress = t + PROGRESS_SECONDS;
    r->options.on_progress(r->options.context, trace_bytes_read(r->reader),
                           trace_bytes_total(r->reader), r->next.number);
}

/* Makes the next line r->next; false if the file is malformed. */
static bool read_line(struct replay *r)
{
    int got = trace_next(r->reader, &r->next);

    r->have_next = got == 1;
    r->stats.seconds_unpacking = trace_seconds_unpacking(r->reader);
    if (got < 0)
        return fail(r);
    if (got == 1) {
        r->stats.lines = r->next.number;
        r->stats.events +=
            r->next.kind != TRACE_BOOT && r->next.kind != TRACE_TEST;
        report_progress(r);
    }
    return true;
}

/* ---- Boot ---------------------------------------------------------------- */

/* All lines before the first invocation, for the machine's memory can be
 * known from all of them only. */
static bool read_boot(struct replay *r)
{
    size_t count = 0, capacity = 0;
    struct trace_line *lines = NULL;
    bool good = read_line(r);

    while (good && r->have_next && !r->next.within &&
           r->next.kind != TRACE_RETYPE && r->next.kind != TRACE_CNODE &&
           r->next.kind != TRACE_INVOKE) {
        if (count == capacity) {
            capacity = capacity == 0 ? 1024 : 2 * capacity;
            struct trace_line *more = realloc(lines, capacity * sizeof *lines);

            if (!more) {
                snprintf(r->error, sizeof r->error, "no memory");
                r->result = REPLAY_FAILED;
                good = false;
                break;
            }
            lines = more;
        }
        lines[count++] = r->next;
        good = read_line(r);
    }
    if (good && !replay_boot(r, lines, count)) {
        r->result = REPLAY_FAILED;
        good = false;
    }
    free(lines);
    return good;
}

/* ---- Calls --------------------------------------------------------------- */

/* Takes the next line and its effects; r->next is then the line after. */
static bool read_call(struct replay *r)
{
    r->head = r->next;
    if (!r->chain.open) {
        r->recorded.count = 0;
        r->computed.count = 0;
    }
    r->recorded_before = r->recorded.count;
    if (!read_line(r))
        return false;
    while (r->have_next && r->next.within) {
        struct effect e = {
            .line = r->next.number,
            .kind = r->next.kind,
            .e = r->next.u.effect,
        };

        effects_add(&r->recorded, &e);
        if (!read_line(r))
            return false;
    }
    return true;
}

/* Effects without an invocation above them. */
static void refuse_effects(struct replay *r)
{
    if (r->recorded.count > r->recorded_before)
        replay_differ(r, r->recorded.item[r->recorded_before].line, "effect",
                      "of the invocation above",
                      "there is no invocation above");
}

static void make_call(struct replay *r)
{
    const struct trace_line *next = r->have_next ? &r->next : NULL;

    switch (r->head.kind) {
    case TRACE_RETYPE:
        r->stats.retypes++;
        r->stats.invocations++;
        replay_retype(r, next);
        break;
    case TRACE_CNODE:
        r->stats.cnode_calls++;
        r->stats.invocations++;
        replay_cnode(r, next);
        break;
    case TRACE_INVOKE:
        r->stats.others++;
        replay_apply_invocation(r);
        break;
    case TRACE_TEST:
        r->stats.tests++;
        refuse_effects(r);
        break;
    case TRACE_BOOT:
        replay_differ(r, r->head.number, "B", "a capability at boot",
                      "the machine has been at work already");
        refuse_effects(r);
        break;
    default:
        if (r->head.within) {
            refuse_effects(r);
            replay_differ(r, r->head.number, "effect",
                          "of the invocation above",
                          "there is no invocation above");
            break;
        }
        refuse_effects(r);
        replay_apply_stray(r);
        break;
    }
}

static void check(struct replay *r)
{
    double start = read_clock(CLOCK_PROCESS_CPUTIME_ID);
    struct check_result result = kernel_check(r->kernel, CHECK_BYTES);

    r->stats.seconds_checking += read_clock(CLOCK_PROCESS_CPUTIME_ID) - start;
    if (result.broken) {
        char text[REPLAY_TEXT_MAX];

        snprintf(text, sizeof text, "%s, slot %" PRIx64, result.broken,
                 slot_address(result.slot));
        replay_differ(r, r->head.number, "state", "every invariant holds",
                      text);
        return;
    }
    r->stats.checks++;
}

static bool check_is_due(const struct replay *r, uint64_t before)
{
    uint64_t every = r->options.check_lines;

    return every != 0 && before / every != r->head.number / every;
}

static void step(struct replay *r)
{
    uint64_t before = r->head.number;

    if (!read_call(r))
        return;
    make_call(r);
    if (check_is_due(r, before))
        check(r);
}

static void step_until(struct replay *r, uint64_t until_line)
{
    if (!r->kernel && !read_boot(r))
        return;
    while (r->result == REPLAY_REACHED && r->have_next &&
           r->next.number <= until_line)
        step(r);
    if (r->result == REPLAY_REACHED && !r->have_next) {
        r->result = REPLAY_END;
        if (!r->options.check_never)
            check(r);
    }
}

enum replay_result replay_step(struct replay *r, uint64_t until_line)
{
    double start = read_clock(CLOCK_PROCESS_CPUTIME_ID);
    double start_elapsed = read_clock(CLOCK_MONOTONIC);

    if (r->result == REPLAY_REACHED)
        step_until(r, until_line);
    r->stats.seconds += read_clock(CLOCK_PROCESS_CPUTIME_ID) - start;
    r->stats.seconds_elapsed += read_clock(CLOCK_MONOTONIC) - start_elapsed;
    if (r->kernel)
        r->stats.bytes_cleared = r->hosted->machine.cleared_bytes;
    if (r->result == REPLAY_END && until_line <= r->stats.lines)
        return REPLAY_REACHED;
    return r->result;
}

/* ---- Access -------------------------------------------------------------- */

const char *replay_error(const struct replay *r)
{
    return r->error;
}

struct kernel *replay_kernel(struct replay *r)
{
    return r->kernel;
}

uint64_t replay_line(const struct replay *r)
{
    return r->have_next ? r->next.number - 1 : r->stats.lines;
}

const struct replay_stats *replay_stats(const struct replay *r)
{
    return &r->stats;
}

const struct replay_difference *replay_difference(const struct replay *r,
                                                  unsigned n)
{
    return n < r->difference_count ? &r->differences[n] : NULL;
}

const struct replay_explanation *replay_explanation(const struct replay *r,
                                                    unsigned n)
{
    return n < r->explanation_count ? &r->explanations[n] : NULL;
}

const char *replay_class_name(enum replay_class class)
{
    static const char *const names[REPLAY_CLASSES] = {
        [REPLAY_NO_WINDOW] = "no-window",
    };

    return names[class];
}

void replay_ram(const struct replay *r, paddr_t *base, uint64_t *bytes)
{
    *base = r->hosted->machine.ram_base;
    *bytes = r->hosted->machine.ram_bytes;
}
