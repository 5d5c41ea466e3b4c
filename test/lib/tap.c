/* SPDX-License-Identifier: BSD-2-Clause */
#include "tap.h"

#include <stdarg.h>

static struct {
    unsigned planned, passed, failed, skipped;
} state;

/* One line is collected before it is written, so that lines of different
 * processes do not mix. */
struct line {
    char text[512];
    size_t used;
};

static void line_char(struct line *l, char c)
{
    if (l->used < sizeof l->text - 1)
        l->text[l->used++] = c;
}

static void line_string(struct line *l, const char *s)
{
    if (!s)
        s = "(null)";
    while (*s)
        line_char(l, *s++);
}

static void line_number(struct line *l, uint64_t value, unsigned radix)
{
    char digits[20];
    unsigned n = 0;

    do {
        digits[n++] = "0123456789abcdef"[value % radix];
        value /= radix;
    } while (value != 0);
    while (n > 0)
        line_char(l, digits[--n]);
}

static void line_signed(struct line *l, int64_t value)
{
    if (value < 0)
        line_char(l, '-');
    line_number(l, value < 0 ? 0 - (uint64_t)value : (uint64_t)value, 10);
}

/* One conversion, after its `%'; returns the format behind it. */
static const char *line_convert(struct line *l, const char *f, va_list *args)
{
    bool is_long = *f == 'l';

    f += is_long;
    if (*f == 's')
        line_string(l, va_arg(*args, const char *));
    else if (*f == 'c')
        line_char(l, (char)va_arg(*args, int));
    else if (*f == 'd')
        line_signed(l, is_long ? va_arg(*args, long) : va_arg(*args, int));
    else if (*f == 'u' || *f == 'x')
        line_number(
            l, is_long ? va_arg(*args, unsigned long) : va_arg(*args, unsigned),
            *f == 'x' ? 16 : 10);
    else
        line_char(l, *f);
    return f + 1;
}

static void line_format(struct line *l, const char *f, va_list *args)
{
    while (*f) {
        if (*f != '%') {
            line_char(l, *f++);
            continue;
        }
        f++;
        if (*f)
            f = line_convert(l, f, args);
    }
}

static void line_end(struct line *l)
{
    l->text[l->used++] = '\n'; /* line_char() keeps room for it */
    tap_output(l->text, l->used);
}

static unsigned claims(void)
{
    return state.passed + state.failed + state.skipped;
}

static void claim(bool holds, const char *name, va_list *args)
{
    struct line l = {.used = 0};

    if (holds)
        state.passed++;
    else
        state.failed++;
    line_string(&l, holds ? "ok " : "not ok ");
    line_number(&l, claims(), 10);
    line_string(&l, " - ");
    line_format(&l, name, args);
    line_end(&l);
}

void tap_plan(unsigned count)
{
    struct line l = {.used = 0};

    state.planned = count;
    line_string(&l, "1..");
    line_number(&l, count, 10);
    line_end(&l);
}

bool tap_ok(bool holds, const char *name, ...)
{
    va_list args;

    va_start(args, name);
    claim(holds, name, &args);
    va_end(args);
    return holds;
}

bool tap_is(uint64_t got, uint64_t want, const char *name, ...)
{
    va_list args;

    va_start(args, name);
    claim(got == want, name, &args);
    va_end(args);
    if (got != want)
        tap_diag("  got 0x%lx, want 0x%lx", (unsigned long)got,
                 (unsigned long)want);
    return got == want;
}

static bool same_string(const char *a, const char *b)
{
    if (!a || !b)
        return a == b;
    while (*a && *a == *b) {
        a++;
        b++;
    }
    return *a == *b;
}

bool tap_is_string(const char *got, const char *want, const char *name, ...)
{
    bool same = same_string(got, want);
    va_list args;

    va_start(args, name);
    claim(same, name, &args);
    va_end(args);
    if (!same)
        tap_diag("  got \"%s\", want \"%s\"", got, want);
    return same;
}

void tap_diag(const char *format, ...)
{
    struct line l = {.used = 0};
    va_list args;

    line_string(&l, "# ");
    va_start(args, format);
    line_format(&l, format, &args);
    va_end(args);
    line_end(&l);
}

void tap_skip(const char *reason, ...)
{
    struct line l = {.used = 0};
    va_list args;

    state.skipped++;
    line_string(&l, "ok ");
    line_number(&l, claims(), 10);
    line_string(&l, " # SKIP ");
    va_start(args, reason);
    line_format(&l, reason, &args);
    va_end(args);
    line_end(&l);
}

int tap_done(void)
{
    unsigned count = claims();

    if (state.planned == 0)
        tap_plan(count);
    if (state.planned != count)
        tap_diag("planned %u claims and made %u", state.planned, count);
    if (count == state.skipped)
        tap_diag("no claim was made");
    if (state.skipped > 0)
        tap_diag("%u skipped", state.skipped);
    tap_diag("%u passed, %u failed", state.passed, state.failed);
    return state.failed == 0 && state.planned == count && count > state.skipped
               ? 0
               : 1;
}

unsigned tap_failed(void)
{
    return state.failed;
}
