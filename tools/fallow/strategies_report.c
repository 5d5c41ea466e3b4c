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

enum column_kind {
    NUMBER,
    BYTES,
    BLOCK, /* log2 of bytes, or -1 */
};

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
    ROW("  of them before the first request", calls_start, NUMBER),
    ROW("capabilities alive at peak", capabilities_peak, NUMBER),
    ROW("  of them intermediate", intermediate_peak, NUMBER),
    ROW("CNode memory", cnode_bytes, BYTES),
    ROW("memory cleared", bytes_cleared, BYTES),
    ROW("in use at the fullest", served_fullest_bytes, BYTES),
    ROW("largest free block at the fullest", largest_fullest_bits, BLOCK),
    ROW("largest free block at the end", largest_end_bits, BLOCK),
#undef ROW
};

static const char *cell_text(const struct row *row,
                             const struct strategies_outcome *o)
{
    const char *field = (const char *)o + row->field;
    uint64_t value;
    int bits;

    if (row->kind == BLOCK) {
        memcpy(&bits, field, sizeof bits);
        return bits < 0 ? "none" : cli_bytes(bits_size((unsigned)bits));
    }
    memcpy(&value, field, sizeof value);
    return row->kind == BYTES ? cli_bytes(value) : cli_grouped(value);
}

static void table_print(const struct stream *stream,
                        const struct strategies_outcome *outcomes, FILE *out)
{
    fprintf(out,
            "the recorded allocations from the user's side: %s objects, %s "
            "freed,\n",
            cli_grouped(stream->object_count),
            cli_grouped(stream->event_count - stream->object_count));
    fprintf(out, "%s ASID pools (as the untyped they are made of) among them; ",
            cli_grouped(stream->pools));
    fprintf(out, "at most %s in %s at once\n\n", cli_bytes(stream->bytes_peak),
            cli_grouped(stream->alive_peak));
    fprintf(out, "  %-36s", "");
    for (size_t i = 0; i < STRATEGIES_COUNT; i++)
        fprintf(out, "%14s", outcomes[i].strategy->name);
    putc('\n', out);
    for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++) {
        fprintf(out, "  %-36s", rows[r].title);
        for (size_t i = 0; i < STRATEGIES_COUNT; i++)
            fprintf(out, "%14s", cell_text(&rows[r], &outcomes[i]));
        putc('\n', out);
    }
    fputs("\n  CNode memory: of the smallest CNodes that hold the objects' "
          "slots and the strategy's\n  own; they lie outside of the managed "
          "memory.  Largest free block: what would be given.\n",
          out);
    for (size_t i = 0; i < STRATEGIES_COUNT; i++)
        fprintf(out, "  %s: %s\n", outcomes[i].strategy->name,
                outcomes[i].strategy->summary);
}

static int svg_save(const char *command, const char *path,
                    const struct stream *stream,
                    const struct strategies_outcome *outcomes)
{
    struct map_panel panels[STRATEGIES_COUNT];
    char notes[STRATEGIES_COUNT][128];
    FILE *out = fopen(path, "w");
    bool done;

    if (!out)
        return cli_error(command, "%s: %s", path, strerror(errno));
    for (size_t i = 0; i < STRATEGIES_COUNT; i++) {
        const struct strategies_outcome *o = &outcomes[i];
        int bits = o->largest_fullest_bits;

        snprintf(
            notes[i], sizeof notes[i], "%s of %s in use; largest free block %s",
            cli_bytes(o->served_fullest_bytes), cli_bytes(stream->bytes_peak),
            bits < 0 ? "none" : cli_bytes(bits_size((unsigned)bits)));
        panels[i] = (struct map_panel){
            .map = &o->fullest,
            .title = o->strategy->summary,
            .note = notes[i],
        };
    }
    done = map_svg_write(out,
                         "The recorded allocations, three ways: memory "
                         "at the fullest",
                         panels, STRATEGIES_COUNT);
    if (fclose(out) != 0 || !done)
        return cli_error(command, "%s: %s", path, strerror(errno));
    return CLI_OK;
}

int strategies_report(const char *command, const struct stream *stream,
                      FILE *out, const char *svg_path)
{
    struct strategies_outcome outcomes[STRATEGIES_COUNT] = {0};
    int code = CLI_OK;

    for (size_t i = 0; i < STRATEGIES_COUNT && code == CLI_OK; i++) {
        if (!strategies_run(strategies_all[i], stream, &outcomes[i]))
            code = cli_error(command, "%s: %s", strategies_all[i]->name,
                             strerror(errno));
        else if (outcomes[i].broken[0] != '\0') {
            cli_error(command, "%s: %s", strategies_all[i]->name,
                      outcomes[i].broken);
            code = CLI_DIFFERENT;
        }
    }
    if (code == CLI_OK) {
        table_print(stream, outcomes, out);
        if (svg_path)
            code = svg_save(command, svg_path, stream, outcomes);
    }
    for (size_t i = 0; i < STRATEGIES_COUNT; i++)
        strategies_outcome_free(&outcomes[i]);
    return code;
}
