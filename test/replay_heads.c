/* SPDX-License-Identifier: BSD-2-Clause */
/* Runs that are cut short.  Between two calls that is a run like any other;
 * anywhere else it is a difference or no run at all.  And the head of the
 * recorded run of the real kernel, checked after every few lines. */
#include "run_file.h"
#include "small_run.h"
#include "tap.h"
#include "trace_read.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RECORDED   "bench/traces/sel4test-riscv64.trace.xz"
#define HEAD_LINES 23000u /* two test processes, from birth to revocation */
#define LINES_MAX  256u

/* Every head of the run made by hand, line by line. */
static void cut_between_lines(void)
{
    size_t length = strlen(small_run), end = 0;
    unsigned calls = 0, inside = 0, wrong = 0;

    while (end < length) {
        int code;
        bool is_inside;

        end = (size_t)(strchr(small_run + end, '\n') - small_run) + 1;
        is_inside = small_run[end] == '+';
        code = run_replay(run_file(small_run, end), 1, NULL);
        calls += !is_inside;
        inside += is_inside;
        /* What an I line still had to do, nobody can know. */
        if (code == 2 || (code == 1 && !is_inside)) {
            tap_diag("  %lu bytes end %s a call: exit %d", end,
                     is_inside ? "in" : "after", code);
            wrong++;
        }
    }
    tap_is(wrong, 0, "%u heads end after a call, %u in one", calls, inside);
}

/* Every head, byte by byte: a line that is cut does not parse. */
static void cut_in_lines(void)
{
    size_t length = strlen(small_run);
    struct run_outcome found;
    unsigned lines = 1, wrong = 0;
    char want[32];

    for (size_t end = 1; end < length; end++) {
        if (small_run[end - 1] == '\n') {
            lines++;
            continue;
        }
        if (run_replay(run_file(small_run, end), 0, &found) == 2) {
            snprintf(want, sizeof want, "line %u: ", lines);
            if (strncmp(found.error, want, strlen(want)) == 0)
                continue;
        }
        tap_diag("  after %lu bytes, in line %u: \"%s\"", end, lines,
                 found.error);
        wrong++;
    }
    tap_is(wrong, 0, "a cut line is told by its number, in all %lu places",
           length - lines);
}

/* The first lines of the recorded run, to the end of a call. */
static char *read_head(size_t *size)
{
    struct trace_reader *reader;
    struct trace_line line;
    char *text = malloc(HEAD_LINES * 128);
    size_t at = 0, end = 0;

    if (!text || trace_open(&reader, RECORDED) != 0)
        return NULL;
    while (trace_next(reader, &line) == 1 && line.number <= HEAD_LINES) {
        if (!line.within)
            end = at;
        at += trace_print(&line, text + at);
        text[at++] = '\n';
    }
    trace_close(reader);
    *size = end;
    return text;
}

static void replay_recorded_head(void)
{
    struct run_outcome found;
    size_t size = 0;
    char *text = read_head(&size);

    if (!tap_ok(text != NULL, "%s can be read", RECORDED))
        return;
    tap_is((uint64_t)run_replay(run_file(text, size), 10, &found), 0,
           "its first %u lines have no difference", HEAD_LINES);
    tap_is(found.unexplained, 0, "with every invariant checked each 10 lines");
    free(text);
}

/* Stops at every line: each is reached, and the kernel can be looked at. */
static void step_line_by_line(void)
{
    struct replay *r;
    uint64_t lines = 0, wrong = 0;

    for (const char *c = small_run; *c; c++)
        lines += *c == '\n';
    if (!tap_is((uint64_t)replay_open(
                    &r, run_file(small_run, strlen(small_run)), NULL),
                0, "the run can be opened"))
        return;
    for (uint64_t line = 1; line <= lines; line++)
        wrong += replay_step(r, line) != REPLAY_REACHED || !replay_kernel(r) ||
                 replay_stats(r)->lines < line;
    tap_is(wrong, 0, "%lu steps of one line each", lines);
    tap_is((uint64_t)replay_step(r, lines + 1), REPLAY_END, "then its end");
    tap_is(replay_stats(r)->unexplained, 0, "and no difference");
    replay_close(r);
}

/* What is told of objects adds up to what is counted. */
struct account {
    uint64_t created, destroyed, wrong;
    struct replay_object alive[LINES_MAX];
    unsigned alive_count;
};

static void on_object(void *context, const struct replay_object *object)
{
    struct account *a = context;

    if (object->cap_type == CAP_UNTYPED)
        return;
    if (object->created) {
        a->created++;
        a->alive[a->alive_count++] = *object;
        return;
    }
    a->destroyed++;
    for (unsigned i = 0; i < a->alive_count; i++)
        if (a->alive[i].base == object->base &&
            a->alive[i].cap_type == object->cap_type) {
            a->wrong += a->alive[i].size_bits != object->size_bits ||
                        a->alive[i].origin != object->origin ||
                        a->alive[i].device != object->device;
            a->alive[i] = a->alive[--a->alive_count];
            return;
        }
    a->wrong++;
}

static void account_for_objects(void)
{
    struct account account = {0};
    struct replay_options options = {
        .on_object = on_object,
        .context = &account,
    };
    struct replay *r;

    if (replay_open(&r, run_file(small_run, strlen(small_run)), &options) != 0)
        return;
    replay_step(r, UINT64_MAX);
    tap_is(account.wrong, 0, "%lu objects created, %lu destroyed, each once",
           account.created, account.destroyed);
    tap_is(replay_stats(r)->objects, account.alive_count,
           "as many alive at the end as are counted");
    replay_close(r);
}

int main(void)
{
    cut_between_lines();
    cut_in_lines();
    step_line_by_line();
    account_for_objects();
    replay_recorded_head();
    return tap_done();
}
