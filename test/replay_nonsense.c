/* SPDX-License-Identifier: BSD-2-Clause */
/* Nobody can break the kernel's state, or stop the tool, by what a run says:
 * a few random changes at a time to the run made by hand, all of them
 * well-formed, and every invariant checked after each line.
 *
 * Lines go missing, come twice and change places; fields get values from
 * elsewhere in the run. */
#include "run_file.h"
#include "seed.h"
#include "small_run.h"
#include "tap.h"
#include "trace.h"

#include <stdlib.h>
#include <string.h>

#define RUNS        4000u
#define LINES_MAX   300u
#define CHANGES_MAX 6u

struct run {
    struct trace_line line[LINES_MAX];
    size_t count;
};

static bool read_run(struct run *run)
{
    static const char *lines[LINES_MAX];
    char *text = strdup(small_run), error[128];
    bool good = true;

    run->count = run_lines(text, lines, LINES_MAX);
    for (size_t i = 0; i < run->count; i++)
        good &= trace_parse(lines[i], strlen(lines[i]), &run->line[i], error,
                            sizeof error);
    free(text);
    return good;
}

static const char *write_run(const struct run *run)
{
    static char text[LINES_MAX * 160];
    size_t at = 0;

    for (size_t i = 0; i < run->count; i++) {
        at += trace_print(&run->line[i], text + at);
        text[at++] = '\n';
    }
    return run_file(text, at);
}

static size_t any(struct seed *seed, size_t below)
{
    return (size_t)seed_below(seed, below);
}

static const struct trace_field *any_field(struct seed *seed,
                                           const struct trace_line *line)
{
    unsigned required, count;
    const struct trace_field *f = trace_fields(line->kind, &required, &count);

    return &f[any(seed, count)];
}

/* A word that the format knows. */
static uint64_t any_word(struct seed *seed, enum trace_format format)
{
    char text[64];
    uint64_t value;

    do {
        value = any(seed, 40);
        trace_print_value(format, value, text);
    } while (text[0] == '?');
    return value;
}

static uint64_t any_value(struct seed *seed, const struct run *run,
                          const struct trace_field *f, uint64_t old)
{
    const struct trace_line *other = &run->line[any(seed, run->count)];
    const struct trace_field *g = any_field(seed, other);

    switch (f->format) {
    case TRACE_HEX:
        if (g->format == TRACE_HEX && any(seed, 2))
            return trace_value(other, g);
        return any(seed, 2) ? old + SLOT_BYTES
                            : old ^ UINT64_C(1) << any(seed, 40);
    case TRACE_DECIMAL:
    case TRACE_SIZE_BITS:
        return any(seed, 40);
    case TRACE_FLAG:
        return any(seed, 2);
    default:
        return any_word(seed, f->format);
    }
}

static void change_field(struct seed *seed, struct run *run, size_t i)
{
    const struct trace_field *f = any_field(seed, &run->line[i]);
    uint64_t value;

    if (f->format == TRACE_NAME)
        return;
    value = any_value(seed, run, f, trace_value(&run->line[i], f));
    memcpy((char *)&run->line[i] + f->offset, &value, sizeof value);
}

static void change(struct seed *seed, struct run *run)
{
    size_t i = any(seed, run->count), j = any(seed, run->count);
    struct trace_line line = run->line[j];

    switch (any(seed, 8)) {
    case 0: /* goes missing */
        run->count--;
        memmove(&run->line[i], &run->line[i + 1],
                (run->count - i) * sizeof line);
        break;
    case 1: /* comes twice */
        if (run->count == LINES_MAX)
            break;
        memmove(&run->line[i + 1], &run->line[i],
                (run->count - i) * sizeof line);
        run->line[i] = line;
        run->count++;
        break;
    case 2: /* two change places */
        run->line[j] = run->line[i];
        run->line[i] = line;
        break;
    default:
        change_field(seed, run, i);
        break;
    }
}

/* False: the state was broken. */
static bool try_nonsense(struct seed *seed, const struct run *run,
                         unsigned *differed)
{
    static struct run changed;
    struct run_outcome found;

    changed = *run;
    for (size_t n = 1 + any(seed, CHANGES_MAX); n > 0; n--)
        change(seed, &changed);
    *differed += run_replay(write_run(&changed), 1, &found) == 1;
    return !found.state_broken;
}

int main(void)
{
    static struct run run;
    struct seed seed = seed_start(0x5eed);
    unsigned differed = 0, broken = 0;

    tap_ok(read_run(&run), "the run parses");
    for (unsigned n = 0; n < RUNS; n++)
        broken += !try_nonsense(&seed, &run, &differed);
    tap_is(broken, 0, "the state is never broken");
    tap_ok(differed > RUNS / 2, "%u of %u runs differ", differed, RUNS);
    return tap_done();
}
