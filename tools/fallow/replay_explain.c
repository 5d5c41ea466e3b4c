/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "progress.h"
#include "replay_context.h"
#include "replay_explain.h"
#include "replay_int.h"
#include "replay_report.h"
#include "untyped.h"

#define CHILDREN_SHOWN 6u
#define LIST_SHOWN     8u

/* ---- One slot ------------------------------------------------------------ */

static void print_cap_of(const struct kernel *k, slotno_t i)
{
    struct trace_cap cap = replay_cap_of(k, i);
    char text[128];

    if (cap.extra == ADDRESS_UNKNOWN)
        cap.extra = 0;
    trace_print_cap(&cap, text);
    fputs(text, stdout);
}

/* Where the slot lies. */
static void print_place(const struct replay *r, uint64_t address)
{
    const struct slot *slots = r->kernel->regions.slots;
    slotno_t holder = replay_holder(r, address, CAP_CNODE);
    const char *what = "CNode";

    if (holder == SLOT_NIL) {
        holder = replay_holder(r, address, CAP_TCB);
        what = "TCB";
    }
    if (holder == SLOT_NIL) {
        fputs("in no CNode and no TCB", stdout);
        return;
    }
    printf("slot %" PRIu64 " of the %s at %" PRIx64,
           slot_at(address - slot_base(slots, holder)), what,
           slot_base(slots, holder));
}

/* The capabilities to the same memory, in the order of their derivation. */
static void print_list(const struct kernel *k, slotno_t i)
{
    const struct slot *slots = k->regions.slots;
    slotno_t first = i;
    unsigned count = 0;

    while (!slot_is_representative(slots, first) &&
           slot_previous(slots, first) != SLOT_NIL)
        first = slot_previous(slots, first);
    if (slot_next(slots, first) == SLOT_NIL)
        return;
    fputs("        with    ", stdout);
    for (slotno_t s = first; s != SLOT_NIL; s = slot_next(slots, s)) {
        if (count++ == LIST_SHOWN) {
            fputs(" ...", stdout);
            break;
        }
        printf("%s%s%" PRIx64, s == first ? "" : " -> ", s == i ? "*" : "",
               slot_address(s));
    }
    putchar('\n');
}

/* The regions around it, from the inside out. */
static void print_around(struct kernel *k, slotno_t i)
{
    const struct slot *slots = k->regions.slots;
    paddr_t base = slot_base(slots, i);

    if (!cap_type_is_memory(slot_type(slots, i)))
        return;
    for (uint8_t bits = slot_bits(slots, i);
         bits + 1u < k->params.window_bits;) {
        slotno_t outer;

        bits++;
        base = bits_up(bits_down(base, bits), bits);
        outer = regions_enclosing(&k->regions, base, bits);
        if (outer == SLOT_NIL)
            return;
        bits = slot_bits(slots, outer);
        base = slot_base(slots, outer);
        printf("        within  %" PRIx64 ": ", slot_address(outer));
        print_cap_of(k, outer);
        putchar('\n');
    }
}

static void print_children(struct kernel *k, slotno_t i)
{
    const struct slot *slots = k->regions.slots;
    paddr_t from = slot_base(slots, i);
    paddr_t end = from + bits_size(slot_bits(slots, i));
    unsigned count = 0;

    if (slot_type(slots, i) != CAP_UNTYPED || slot_next(slots, i) != SLOT_NIL)
        return;
    while (from < end) {
        slotno_t child = regions_next(&k->regions, i, from);

        if (child == SLOT_NIL)
            break;
        if (count++ < CHILDREN_SHOWN) {
            printf("        holds   %" PRIx64 ": ", slot_address(child));
            print_cap_of(k, child);
            putchar('\n');
        }
        from = slot_base(slots, child) + bits_size(slot_bits(slots, child));
    }
    if (count > CHILDREN_SHOWN)
        printf("        holds   %u more\n", count - CHILDREN_SHOWN);
}

static void print_slot(struct replay *r, const char *name, uint64_t address)
{
    printf("    %-11s %" PRIx64 ", ", name, address);
    print_place(r, address);
    fputs(": ", stdout);
    if (!replay_is_slot(r, address)) {
        puts("no memory there");
        return;
    }
    print_cap_of(r->kernel, slot_at(address));
    putchar('\n');
    if (slot_is_empty(r->kernel->regions.slots, slot_at(address)))
        return;
    print_list(r->kernel, slot_at(address));
    print_around(r->kernel, slot_at(address));
    print_children(r->kernel, slot_at(address));
}

/* Every slot that the line names. */
static void print_slots(struct replay *r, const struct trace_line *line)
{
    unsigned required, count;
    const struct trace_field *f = trace_fields(line->kind, &required, &count);

    if (!r->kernel)
        return;
    for (unsigned i = 0; i < count; i++)
        if (strstr(f[i].name, "slot") && trace_value(line, &f[i]) != 0)
            print_slot(r, f[i].name, trace_value(line, &f[i]));
}

/* ---- The line ------------------------------------------------------------ */

static bool find_line(const char *file, uint64_t number,
                      struct trace_line *line)
{
    struct trace_reader *reader;
    bool found = false;

    if (trace_open(&reader, file) != 0)
        return false;
    while (!found && trace_next(reader, line) == 1)
        found = line->number == number;
    trace_close(reader);
    return found;
}

static void print_verdict(const struct replay *r, uint64_t before,
                          uint64_t explained_before)
{
    const struct replay_stats *s = replay_stats(r);

    if (s->explained_total > explained_before) {
        const struct replay_explanation *x =
            replay_explanation(r, (unsigned)explained_before);

        printf("The core: %s\n          recorded %s, not predictable (%s)\n",
               x->computed, x->recorded, replay_class_name(x->class));
    } else if (s->unexplained == before) {
        puts("The core agrees.");
    } else {
        puts("The core differs:");
        for (unsigned i = (unsigned)before; replay_difference(r, i); i++) {
            const struct replay_difference *d = replay_difference(r, i);

            printf("    line %" PRIu64 ", %s\n        recorded  %s\n"
                   "        the core  %s\n",
                   d->line, d->what, d->recorded, d->computed);
        }
    }
    if (before > 0)
        printf("(%s differences in the lines before)\n", cli_grouped(before));
}

static int explain(struct replay *r, const char *file,
                   const struct context *context, const struct trace_line *line)
{
    uint64_t differences, explained;

    printf("Line %" PRIu64 " of %s", line->number, file);
    if (context->call != line->number)
        printf(", of the call in line %" PRIu64, context->call);
    puts("\n");
    context_print(context, stdout);
    if (replay_step(r, context->call - 1) == REPLAY_FAILED)
        return cli_error("replay", "%s: %s", file, replay_error(r));
    progress_end();
    differences = replay_stats(r)->unexplained;
    explained = replay_stats(r)->explained_total;
    puts("\nBefore the call");
    print_slots(r, line);
    if (replay_step(r, line->number) == REPLAY_FAILED)
        return cli_error("replay", "%s: %s", file, replay_error(r));
    puts("\nAfter it");
    print_slots(r, line);
    putchar('\n');
    print_verdict(r, differences, explained);
    return replay_stats(r)->unexplained ? CLI_DIFFERENT : CLI_OK;
}

int replay_explain(const char *file, uint64_t number)
{
    struct replay_options options = {
        .check_never = true,
        .shown_max = 1000,
        .on_progress = progress_replay,
        .context = "replay",
    };
    struct context context = {.line = number};
    struct trace_line line;
    struct replay *r;
    int error, code;

    if (strcmp(file, "-") == 0)
        return cli_error("replay", "--explain reads the file more than once, "
                                   "and so not standard input");
    error = replay_open(&r, file, &options);
    if (error)
        return cli_error("replay", "%s: %s", file, strerror(error));
    if (!find_line(file, number, &line) || !context_read(file, &context, 1)) {
        replay_close(r);
        return cli_error("replay", "%s: there is no line %" PRIu64, file,
                         number);
    }
    code = explain(r, file, &context, &line);
    replay_close(r);
    return code;
}
