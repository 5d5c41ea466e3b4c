/* SPDX-License-Identifier: BSD-2-Clause */
/* Any field of any line of a run, changed to something else that is
 * well-formed, is found to differ.
 *
 * What cannot be told apart is listed here, each with its reason; everything
 * else must be found. */
#include "run_file.h"
#include "small_run.h"
#include "tap.h"
#include "trace.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINES_MAX  256u
#define VALUES_MAX 48u

enum how {
    ANY,
    OK,
    REFUSED,
    GOES_ON, /* the call of the preempted line above */
};

/* Equal to the kernel, or not in the run at all. */
static const struct exception {
    char letter;
    const char *word; /* the line's first word: operation or label; NULL: any */
    enum how how;
    const char *field;
    const char *becomes; /* the changed line's first word; NULL: any */
    const char *why;
} exceptions[] = {
    {'R', NULL, REFUSED, "newtype", NULL, "refused for the same reason"},
    {'R', NULL, REFUSED, "usersize", NULL, "refused for the same reason"},
    {'R', NULL, REFUSED, "count", NULL, "refused for the same reason"},
    {'R', NULL, REFUSED, "status", NULL, "its window is not recorded"},
    {'R', "tcb", ANY, "usersize", NULL, "has one size"},
    {'R', "endpoint", ANY, "usersize", NULL, "has one size"},
    {'R', "notification", ANY, "usersize", NULL, "has one size"},
    {'R', "page", ANY, "usersize", NULL, "has one size"},
    {'R', "pagetable", ANY, "usersize", NULL, "has one size"},
    {'R', NULL, GOES_ON, "free_before", NULL, "it may have stopped there"},
    {'C', "Delete", GOES_ON, "extra", NULL, "it may have stopped there"},
    {'C', "Copy", ANY, "arg1", NULL, "rights are not recorded"},
    {'C', "Mint", ANY, "arg1", NULL, "rights are not recorded"},
    {'C', "Mint", OK, "arg2", NULL, "the guard itself is not recorded"},
    {'C', "Mutate", ANY, "arg1", NULL, "data that this type ignores"},
    {'C', "Rotate", ANY, "arg1", NULL, "data that this type ignores"},
    {'C', "Rotate", ANY, "arg2", NULL, "data that this type ignores"},
    {'C', "Copy", OK, "op", "Mint", "does the same here"},
    {'C', "Move", OK, "op", "Mutate", "does the same here"},
    {'C', "Mutate", OK, "op", "Move", "does the same here"},
    {'C', "CancelBadgedSends", OK, "op", "Revoke", "does the same here"},
    {'C', NULL, REFUSED, "op", NULL, "refused for the same reason"},
    {'C', NULL, REFUSED, "dest_slot", NULL, "refused for the same reason"},
    {'C', NULL, REFUSED, "src_slot", NULL, "refused for the same reason"},
    {'I', NULL, ANY, "label", NULL, "not computed"},
    {'I', NULL, ANY, "status", NULL, "not computed"},
};

struct run {
    struct trace_line line[LINES_MAX];
    char text[LINES_MAX][TRACE_TEXT_MAX];
    size_t count;
};

static void read_run(struct run *run)
{
    static const char *lines[LINES_MAX];
    char *text = strdup(small_run), error[128];

    run->count = run_lines(text, lines, LINES_MAX);
    for (size_t i = 0; i < run->count; i++) {
        if (!trace_parse(lines[i], strlen(lines[i]), &run->line[i], error,
                         sizeof error))
            tap_ok(false, "line %lu parses: %s", i + 1, error);
        snprintf(run->text[i], sizeof run->text[i], "%s", lines[i]);
    }
    free(text);
}

/* The run with another text in one line, as a file. */
static const char *write_run(const struct run *run, size_t changed,
                             const char *text)
{
    static char all[LINES_MAX * 128];
    size_t at = 0;

    for (size_t i = 0; i < run->count; i++) {
        const char *line = i == changed ? text : run->text[i];

        memcpy(all + at, line, strlen(line));
        at += strlen(line);
        all[at++] = '\n';
    }
    return run_file(all, at);
}

static uint64_t status_of(const struct trace_line *line)
{
    switch (line->kind) {
    case TRACE_RETYPE:
        return line->u.retype.status;
    case TRACE_CNODE:
        return line->u.cnode.status;
    case TRACE_INVOKE:
        return line->u.invoke.status;
    default:
        return ERROR_NONE;
    }
}

static enum how how_of(const struct run *run, size_t i)
{
    uint64_t status = status_of(&run->line[i]);

    for (size_t n = i; n-- > 0;)
        if (!run->line[n].within) {
            if (status_of(&run->line[n]) == TRACE_PREEMPTED)
                return GOES_ON;
            break;
        }
    return status == ERROR_NONE || status == TRACE_PREEMPTED ? OK : REFUSED;
}

/* Operation, label or object type: what the exceptions are listed by. */
static void word_of(const struct trace_line *line, char word[64])
{
    word[0] = '\0';
    if (line->kind == TRACE_CNODE)
        trace_print_value(TRACE_OP, line->u.cnode.op, word);
    else if (line->kind == TRACE_RETYPE)
        trace_print_value(TRACE_NEWTYPE, line->u.retype.newtype, word);
    else if (line->kind == TRACE_INVOKE)
        trace_print_value(TRACE_LABEL, line->u.invoke.label, word);
}

static bool is_excepted(const struct run *run, size_t i, const char *field,
                        const struct trace_line *changed)
{
    char before[64], after[64];

    word_of(&run->line[i], before);
    word_of(changed, after);
    for (size_t n = 0; n < sizeof exceptions / sizeof exceptions[0]; n++) {
        const struct exception *x = &exceptions[n];

        if (trace_letter(run->line[i].kind) == x->letter &&
            (x->how == ANY || x->how == how_of(run, i)) &&
            strcmp(x->field, field) == 0 &&
            (!x->word || strcmp(x->word, before) == 0) &&
            (!x->becomes || strcmp(x->becomes, after) == 0))
            return true;
    }
    return false;
}

/* Other values for a field.  Words are found by trying: a number that prints
 * as a word is one. */
static size_t other_values(enum trace_format format, uint64_t old,
                           uint64_t *values)
{
    size_t count = 0;
    char text[64];

    switch (format) {
    case TRACE_HEX:
        values[count++] = old + 1;
        values[count++] = old + SLOT_BYTES;
        values[count++] = old ^ 0x1000;
        values[count++] = 2 * old;
        values[count++] = 0;
        values[count++] = UINT64_C(1) << 63;
        return count;
    case TRACE_DECIMAL:
    case TRACE_SIZE_BITS:
        values[count++] = old + 1;
        if (old > 0)
            values[count++] = old - 1;
        return count;
    case TRACE_FLAG:
        values[count++] = 1 - old;
        return count;
    case TRACE_NAME:
        return 0; /* a test's name is its own */
    default:
        for (uint64_t v = 0; v < VALUES_MAX; v++) {
            trace_print_value(format, v, text);
            if (text[0] != '?')
                values[count++] = v;
        }
        return count;
    }
}

/* False: the change went unnoticed and should not have. */
static bool try_value(const struct run *run, size_t i,
                      const struct trace_field *f, uint64_t value,
                      unsigned *unnoticed)
{
    struct trace_line changed = run->line[i];
    char text[TRACE_TEXT_MAX];

    memcpy((char *)&changed + f->offset, &value, sizeof value);
    trace_print(&changed, text);
    if (run_replay(write_run(run, i, text), 0, NULL) != 0)
        return true;
    if (is_excepted(run, i, f->name, &changed)) {
        ++*unnoticed;
        return true;
    }
    tap_diag("  unnoticed: %s, %s", f->name, text);
    return false;
}

static void change_line(const struct run *run, size_t i, unsigned *changes,
                        unsigned *unnoticed)
{
    unsigned required, count;
    const struct trace_line *line = &run->line[i];
    const struct trace_field *f = trace_fields(line->kind, &required, &count);
    bool good = true;

    if (line->kind == TRACE_CNODE && line->u.cnode.op != LABEL_CNODE_ROTATE)
        count = required;
    for (unsigned n = 0; n < count; n++) {
        uint64_t values[VALUES_MAX], old;
        size_t value_count;

        if (f[n].format == TRACE_NAME)
            continue;
        old = trace_value(line, &f[n]);
        value_count = other_values(f[n].format, old, values);
        for (size_t v = 0; v < value_count; v++)
            if (values[v] != old) {
                ++*changes;
                good &= try_value(run, i, &f[n], values[v], unnoticed);
            }
    }
    tap_ok(good, "changed: %s", run->text[i]);
}

int main(void)
{
    static struct run run;
    struct run_outcome found;
    unsigned changes = 0, unnoticed = 0;

    read_run(&run);
    tap_is((uint64_t)run_replay(write_run(&run, run.count, ""), 1, &found), 0,
           "the run as it is has no difference");
    tap_is(found.explained, 1, "and one line that is explained");
    for (size_t i = 0; i < run.count; i++)
        if (run.line[i].kind != TRACE_TEST)
            change_line(&run, i, &changes, &unnoticed);
    tap_ok(changes > 5000, "%u changes, %u of them excepted", changes,
           unnoticed);
    return tap_done();
}
