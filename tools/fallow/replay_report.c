/* SPDX-License-Identifier: BSD-2-Clause */
/* The tables that a replay prints. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "replay_context.h"
#include "replay_report.h"

static void row(FILE *out, const char *name, const char *value,
                const char *remark)
{
    fprintf(out, "  %-32s %14s%s%s\n", name, value, *remark ? "   " : "",
            remark);
}

static void count_row(FILE *out, const char *name, uint64_t value,
                      const char *remark)
{
    row(out, name, cli_grouped(value), remark);
}

void replay_print_agreement(const struct replay *r, FILE *out)
{
    const struct replay_stats *s = replay_stats(r);
    char text[128];

    fputs("Agreement with the real kernel\n", out);
    snprintf(text, sizeof text, "%s Retypes, %s CNode calls",
             cli_grouped(s->retypes), cli_grouped(s->cnode_calls));
    count_row(out, "invocations made", s->invocations, text);
    snprintf(text, sizeof text, "in %s calls; the core is stopped there too",
             cli_grouped(s->chains));
    count_row(out, "  stopped by an interrupt", s->preempted, text);
    count_row(out, "  explained", s->explained_total,
              "not predictable from the run");
    count_row(out, "effects computed", s->computed,
              "slots filled, moved, emptied; objects destroyed");
    count_row(out, "applied", s->applied, "taken from the run, once verified");
    count_row(out, "  effects of other calls", s->applied_effects,
              "TCB, ASID control, IPC");
    count_row(out, "  mappings", s->applied_mappings, "of frames and tables");
    count_row(out, "  page tables taken as mapped", s->applied_tables, "");
    count_row(out, "  master replies taken as there", s->applied_masters, "");
    count_row(out, "unexplained differences", s->unexplained, "");
    count_row(out, "checks of the whole state", s->checks, "passed");
}

void replay_print_life(const struct replay *r, FILE *out)
{
    const struct replay_stats *s = replay_stats(r);
    char text[128];

    fputs("What lived\n", out);
    snprintf(text, sizeof text, "at line %s",
             cli_grouped(s->objects_peak_line));
    count_row(out, "objects alive at peak", s->objects_peak, text);
    snprintf(text, sizeof text, "at line %s, those to untypeds included",
             cli_grouped(s->capabilities_peak_line));
    count_row(out, "capabilities alive at peak", s->capabilities_peak, text);
    count_row(out, "untypeds alive at peak", s->untypeds_peak,
              "capabilities to them");
    snprintf(text, sizeof text, "at line %s: the machine at its fullest",
             cli_grouped(s->fullest_line));
    row(out, "memory in objects at peak", cli_bytes(s->object_bytes_peak),
        text);
    snprintf(text, sizeof text, "%s bytes", cli_grouped(s->bytes_cleared));
    row(out, "memory cleared", cli_bytes(s->bytes_cleared), text);
}

static uint64_t per_second(uint64_t count, double seconds)
{
    return seconds > 0 ? (uint64_t)((double)count / seconds) : 0;
}

void replay_print_speed(const struct replay *r, FILE *out)
{
    const struct replay_stats *s = replay_stats(r);
    char value[32], text[128];

    fputs("Speed on one core, unpacking, reading and checking included\n", out);
    count_row(out, "invocations per second",
              per_second(s->invocations, s->seconds), "");
    snprintf(text, sizeof text, "of %s lines that are events",
             cli_grouped(s->events));
    count_row(out, "events per second", per_second(s->events, s->seconds),
              text);
    snprintf(value, sizeof value, "%.2f s", s->seconds);
    snprintf(text, sizeof text, "%.2f s unpacking, %.2f s checking",
             s->seconds_unpacking, s->seconds_checking);
    row(out, "processor time", value, text);
}

static void stretch_row(FILE *out, const char *name, const struct work *w)
{
    char text[96];

    snprintf(text, sizeof text, "%s visits, %s slots, %s bytes cleared",
             cli_grouped(w->visits), cli_grouped(w->slots),
             cli_grouped(w->bytes));
    fprintf(out, "  %-32s %s\n", name, text);
}

void replay_print_stretches(struct replay *r, FILE *out)
{
    const struct kernel *k = replay_kernel(r);

    fputs("Longest stretches between two preemption points\n", out);
    stretch_row(out, "by visits of index nodes", &k->worst_visits);
    stretch_row(out, "by slots", &k->worst_slots);
    stretch_row(out, "by bytes cleared", &k->worst_bytes);
}

void replay_print_explanations(const struct replay *r, FILE *out)
{
    const struct replay_explanation *x;

    if (!replay_explanation(r, 0))
        return;
    fputs("Explained\n"
          "  refused Retypes whose error depends on a destination window that "
          "the run\n  does not name; the core's own answer for such a window "
          "beside it\n",
          out);
    for (unsigned i = 0; (x = replay_explanation(r, i)); i++)
        fprintf(out, "  line %9" PRIu64 "   recorded %-4s the core: %s\n",
                x->line, x->recorded, x->computed);
}

/* ---- Differences --------------------------------------------------------- */

static void print_difference(const struct replay_difference *d, FILE *out)
{
    fprintf(out, "line %" PRIu64 ": %s\n    recorded  %s\n    the core  %s\n",
            d->line, d->what, d->recorded, d->computed);
}

void replay_print_differences(const struct replay *r, const char *file,
                              FILE *out)
{
    const struct replay_stats *s = replay_stats(r);
    struct context *contexts = NULL;
    unsigned count = 0;

    while (replay_difference(r, count))
        count++;
    if (count == 0)
        return;
    if (strcmp(file, "-") != 0)
        contexts = calloc(count, sizeof *contexts);
    for (unsigned i = 0; contexts && i < count; i++)
        contexts[i].line = replay_difference(r, i)->line;
    if (contexts && !context_read(file, contexts, count)) {
        free(contexts);
        contexts = NULL;
    }
    fprintf(out, "The first %u of %s differences\n", count,
            cli_grouped(s->unexplained));
    for (unsigned i = 0; i < count; i++) {
        const struct replay_difference *d = replay_difference(r, i);

        fputc('\n', out);
        print_difference(d, out);
        if (contexts && contexts[i].call != 0)
            context_print(&contexts[i], out);
        else
            fprintf(out, "  > %9" PRIu64 "  %s\n", d->line, d->text);
    }
    free(contexts);
}

/* ---- JSON ---------------------------------------------------------------- */

static json_t *number(uint64_t value)
{
    return json_integer((json_int_t)value);
}

static json_t *work_json(const struct work *w)
{
    return json_pack("{s:o, s:o, s:o}", "visits", number(w->visits), "slots",
                     number(w->slots), "bytes", number(w->bytes));
}

static void set_numbers(json_t *to, const struct replay_stats *s)
{
    const struct {
        const char *name;
        uint64_t value;
    } all[] = {
        {"invocations", s->invocations},
        {"retypes", s->retypes},
        {"cnode_calls", s->cnode_calls},
        {"preempted", s->preempted},
        {"chains", s->chains},
        {"computed", s->computed},
        {"applied", s->applied},
        {"applied_effects", s->applied_effects},
        {"applied_mappings", s->applied_mappings},
        {"applied_tables", s->applied_tables},
        {"applied_masters", s->applied_masters},
        {"explained", s->explained_total},
        {"unexplained", s->unexplained},
        {"checks", s->checks},
        {"lines", s->lines},
        {"events", s->events},
        {"invocations_per_second", per_second(s->invocations, s->seconds)},
        {"events_per_second", per_second(s->events, s->seconds)},
        {"capabilities_peak", s->capabilities_peak},
        {"capabilities_peak_line", s->capabilities_peak_line},
        {"objects_peak", s->objects_peak},
        {"objects_peak_line", s->objects_peak_line},
        {"untypeds_peak", s->untypeds_peak},
        {"object_bytes_peak", s->object_bytes_peak},
        {"fullest_line", s->fullest_line},
        {"bytes_cleared", s->bytes_cleared},
    };

    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        json_object_set_new(to, all[i].name, number(all[i].value));
    json_object_set_new(to, "seconds", json_real(s->seconds));
    json_object_set_new(to, "seconds_elapsed", json_real(s->seconds_elapsed));
    json_object_set_new(to, "seconds_unpacking",
                        json_real(s->seconds_unpacking));
    json_object_set_new(to, "seconds_checking", json_real(s->seconds_checking));
}

static json_t *explanations_json(const struct replay *r)
{
    const struct replay_explanation *x;
    json_t *list = json_array();

    for (unsigned i = 0; (x = replay_explanation(r, i)); i++)
        json_array_append_new(
            list, json_pack("{s:o, s:s, s:s, s:s}", "line", number(x->line),
                            "class", replay_class_name(x->class), "recorded",
                            x->recorded, "core", x->computed));
    return list;
}

static json_t *differences_json(const struct replay *r)
{
    const struct replay_difference *d;
    json_t *list = json_array();

    for (unsigned i = 0; (d = replay_difference(r, i)); i++)
        json_array_append_new(
            list, json_pack("{s:o, s:s, s:s, s:s, s:s}", "line",
                            number(d->line), "what", d->what, "recorded",
                            d->recorded, "core", d->computed, "text", d->text));
    return list;
}

json_t *replay_json(struct replay *r, const char *file)
{
    const struct replay_stats *s = replay_stats(r);
    const struct kernel *k = replay_kernel(r);
    json_t *to = json_pack("{s:s}", "file", file), *classes = json_object();

    if (!to || !classes) {
        json_decref(to);
        json_decref(classes);
        return NULL;
    }
    set_numbers(to, s);
    for (unsigned c = 0; c < REPLAY_CLASSES; c++)
        json_object_set_new(classes, replay_class_name((enum replay_class)c),
                            number(s->explained[c]));
    json_object_set_new(to, "explained_classes", classes);
    json_object_set_new(to, "explained_lines", explanations_json(r));
    json_object_set_new(to, "differences", differences_json(r));
    json_object_set_new(to, "longest_stretches",
                        json_pack("{s:o, s:o, s:o}", "by_visits",
                                  work_json(&k->worst_visits), "by_slots",
                                  work_json(&k->worst_slots), "by_bytes",
                                  work_json(&k->worst_bytes)));
    return to;
}
