/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "strategies.h"

const struct strategy *const strategies_all[STRATEGIES_COUNT] = {
    &strategy_halving,
    &strategy_slab,
    &strategy_offset,
};

/* The strategies that ran. */
struct report {
    const struct stream *stream;
    struct strategies_outcome outcomes[STRATEGIES_COUNT];
    size_t count;
};

static bool can_run(const struct report *report,
                    const struct strategy *strategy)
{
    return !strategy->needs_retype_at || report->stream->params.generation3;
}

enum column_kind {
    NUMBER,
    BYTES,
    BLOCK, /* log2 of bytes, or -1 */
};

#define CELL_MAX 32u

/* A line of the table: a field of struct strategies_outcome. */
static const struct row {
    const char *title;
    size_t field;
    enum column_kind kind;
} rows[] = {
#define ROW(title, field, kind)                                                \
    {                                                                          \
        title, offsetof(struct strategies_outcome, field), kind                \
    }
    ROW("requests", requests, NUMBER),
    ROW("served", served, NUMBER),
    ROW("not served: larger than it can", too_large, NUMBER),
    ROW("not served: no free block", no_memory, NUMBER),
    ROW("not served: no slot for its books", no_books, NUMBER),
    ROW("kernel calls", calls, NUMBER),
    ROW("  of them to set up", calls_start, NUMBER),
    ROW("capabilities alive at peak", capabilities_peak, NUMBER),
    ROW("  of them intermediate", intermediate_peak, NUMBER),
    ROW("CNode memory", cnode_bytes, BYTES),
    ROW("memory cleared", bytes_cleared, BYTES),
    ROW("in use at the fullest", served_fullest_bytes, BYTES),
    ROW("largest free block at the fullest", largest_fullest_bits, BLOCK),
    ROW("largest free block at the end", largest_end_bits, BLOCK),
#undef ROW
};

/* Whole MiB hide the differences that the table is about. */
static void bytes_text(char *text, uint64_t bytes)
{
    uint64_t tenths = bits_down(bytes * 10 + bits_size(19), 20); /* of a MiB */

    if (bytes < bits_size(20))
        snprintf(text, CELL_MAX, "%s KiB", cli_grouped(bits_down(bytes, 10)));
    else
        snprintf(text, CELL_MAX, "%s.%u MiB", cli_grouped(tenths / 10),
                 (unsigned)(tenths % 10));
}

static void cell_text(char *text, const struct row *row,
                      const struct strategies_outcome *o)
{
    const char *field = (const char *)o + row->field;
    uint64_t value;
    int bits;

    if (row->kind == BLOCK) {
        memcpy(&bits, field, sizeof bits);
        snprintf(text, CELL_MAX, "%s",
                 bits < 0 ? "none" : cli_bytes(bits_size((unsigned)bits)));
        return;
    }
    memcpy(&value, field, sizeof value);
    if (row->kind == BYTES)
        bytes_text(text, value);
    else
        snprintf(text, CELL_MAX, "%s", cli_grouped(value));
}

static void stream_print(const struct stream *stream, FILE *out)
{
    char bytes[CELL_MAX];

    bytes_text(bytes, stream->bytes_peak);
    fprintf(out, "The recorded allocations, given to three allocators\n");
    fprintf(out,
            "  objects made     %11s   %s of them ASID pools: as the untypeds "
            "they are made of\n",
            cli_grouped(stream->object_count), cli_grouped(stream->pools));
    fprintf(out, "  objects freed    %11s\n",
            cli_grouped(stream->event_count - stream->object_count));
    fprintf(out, "  most at once     %11s   in at most %s objects\n\n", bytes,
            cli_grouped(stream->alive_peak));
}

static void table_print(const struct report *report, FILE *out)
{
    char text[CELL_MAX];

    fprintf(out, "  %-36s", "");
    for (size_t i = 0; i < report->count; i++)
        fprintf(out, "%14s", report->outcomes[i].strategy->name);
    putc('\n', out);
    for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++) {
        fprintf(out, "  %-36s", rows[r].title);
        for (size_t i = 0; i < report->count; i++) {
            cell_text(text, &rows[r], &report->outcomes[i]);
            fprintf(out, "%14s", text);
        }
        putc('\n', out);
    }
    putc('\n', out);
    for (size_t i = 0; i < STRATEGIES_COUNT; i++)
        fprintf(out, "  %-8s %s%s\n", strategies_all[i]->name,
                strategies_all[i]->summary,
                can_run(report, strategies_all[i])
                    ? ""
                    : ": not run, this kernel is built without these calls");
    fputs("  CNode memory: the smallest CNodes that hold the slots of the "
          "objects and of the\n  strategy; they lie outside of the managed "
          "RAM.  Largest free block: what a\n  request would get.\n",
          out);
}

static int svg_save(const char *command, const char *path,
                    const struct report *report)
{
    struct map_panel panels[STRATEGIES_COUNT];
    char notes[STRATEGIES_COUNT][128], used[CELL_MAX], wanted[CELL_MAX];
    FILE *out = fopen(path, "w");
    bool done;

    if (!out)
        return cli_error(command, "%s: %s", path, strerror(errno));
    for (size_t i = 0; i < report->count; i++) {
        const struct strategies_outcome *o = &report->outcomes[i];
        int bits = o->largest_fullest_bits;

        bytes_text(used, o->served_fullest_bytes);
        bytes_text(wanted, report->stream->bytes_peak);
        snprintf(notes[i], sizeof notes[i],
                 "%s of %s in use; largest free block: %s", used, wanted,
                 bits < 0 ? "none" : cli_bytes(bits_size((unsigned)bits)));
        panels[i] = (struct map_panel){
            .map = &o->fullest,
            .title = o->strategy->summary,
            .note = notes[i],
        };
    }
    done = map_svg_write(out,
                         "The recorded allocations, three ways: memory at the "
                         "fullest",
                         panels, report->count);
    if (fclose(out) != 0 || !done)
        return cli_error(command, "%s: %s", path, strerror(errno));
    return CLI_OK;
}

static int strategies_all_run(const char *command, struct report *report)
{
    for (size_t i = 0; i < STRATEGIES_COUNT; i++) {
        struct strategies_outcome *o = &report->outcomes[report->count];

        if (!can_run(report, strategies_all[i]))
            continue;
        report->count++;
        if (!strategies_run(strategies_all[i], report->stream, o))
            return cli_error(command, "%s: %s", strategies_all[i]->name,
                             strerror(errno));
        if (o->broken[0] != '\0') {
            cli_error(command, "%s: %s", strategies_all[i]->name, o->broken);
            return CLI_DIFFERENT;
        }
    }
    return CLI_OK;
}

int strategies_report(const char *command, const struct stream *stream,
                      FILE *out, const char *svg_path)
{
    struct report report = {.stream = stream};
    int code;

    if (stream->failed)
        return cli_error(command, "the recorded allocations: %s",
                         strerror(stream->failed));
    if (stream->object_count == 0 || stream->region_count == 0) {
        fputs("The recorded allocations: none in this run\n", out);
        return CLI_OK;
    }
    code = strategies_all_run(command, &report);
    if (code == CLI_OK) {
        stream_print(stream, out);
        table_print(&report, out);
        if (svg_path)
            code = svg_save(command, svg_path, &report);
    }
    for (size_t i = 0; i < report.count; i++)
        strategies_outcome_free(&report.outcomes[i]);
    return code;
}
