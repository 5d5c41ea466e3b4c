/* SPDX-License-Identifier: BSD-2-Clause */
#include "recorded.h"

#include <stddef.h>
#include <stdio.h>

enum kind {
    NUMBER,
    BYTES,
    BLOCK, /* log2 of bytes, or -1 */
    TIME,
};

static const struct row {
    const char *title;
    size_t field;
    enum kind kind;
} rows[] = {
    {"requests", offsetof(struct outcome, requests), NUMBER},
    {"served", offsetof(struct outcome, served), NUMBER},
    {"not served: larger than it can", offsetof(struct outcome, too_large),
     NUMBER},
    {"not served: no free block", offsetof(struct outcome, no_memory), NUMBER},
    {"not served: no slot for its books", offsetof(struct outcome, no_books),
     NUMBER},
    {"kernel calls", offsetof(struct outcome, calls), NUMBER},
    {"  of them to set up", offsetof(struct outcome, calls_start), NUMBER},
    {"slots for its books", offsetof(struct outcome, slots_own), NUMBER},
    {"frames looked at: all zero", offsetof(struct outcome, frames_checked),
     NUMBER},
    {"  their memory", offsetof(struct outcome, bytes_checked), BYTES},
    {"in use at the fullest", offsetof(struct outcome, fullest_bytes), BYTES},
    {"largest free block then", offsetof(struct outcome, largest_fullest_bits),
     BLOCK},
    {"largest free block at the end",
     offsetof(struct outcome, largest_end_bits), BLOCK},
    {"seconds", offsetof(struct outcome, microseconds), TIME},
};

static void bytes_text(char *text, size_t size, uint64_t bytes)
{
    if (bytes < 1ul << 20)
        snprintf(text, size, "%lu KiB", bytes >> 10);
    else
        snprintf(text, size, "%lu.%lu MiB", bytes >> 20,
                 (bytes % (1ul << 20) * 10) >> 20);
}

static void cell_text(char *text, size_t size, const struct row *row,
                      const struct outcome *o)
{
    const void *field = (const char *)o + row->field;
    uint64_t value = row->kind == BLOCK ? 0 : *(const uint64_t *)field;
    int bits = row->kind == BLOCK ? *(const int *)field : 0;

    if (row->kind == NUMBER)
        snprintf(text, size, "%lu", value);
    else if (row->kind == BYTES)
        bytes_text(text, size, value);
    else if (row->kind == TIME)
        snprintf(text, size, "%lu.%02lu", value / 1000000, value / 10000 % 100);
    else if (bits < 0)
        snprintf(text, size, "none");
    else
        bytes_text(text, size, 1ul << bits);
}

static void table_print(const struct outcome *outcomes)
{
    char text[32];

    bytes_text(text, sizeof text, embedded_stream.bytes_peak);
    printf("\nThe recorded allocations, given to three allocators\n");
    printf("  objects made     %12u   %u of them frames\n",
           embedded_stream.object_count, embedded_stream.frame_count);
    printf("  most at once     %12s   in at most %u objects\n\n  %-34s", text,
           embedded_stream.alive_peak, "");
    for (unsigned i = 0; i < STRATEGIES; i++)
        if (outcomes[i].ran)
            printf("%14s", outcomes[i].strategy->name);
    for (unsigned r = 0; r < sizeof rows / sizeof rows[0]; r++) {
        printf("\n  %-34s", rows[r].title);
        for (unsigned i = 0; i < STRATEGIES; i++) {
            if (!outcomes[i].ran)
                continue;
            cell_text(text, sizeof text, &rows[r], &outcomes[i]);
            printf("%14s", text);
        }
    }
    printf("\n\n");
    for (unsigned i = 0; i < STRATEGIES; i++)
        printf("  %-8s %s%s\n", outcomes[i].strategy->name,
               outcomes[i].strategy->summary,
               outcomes[i].ran ? "" : ": not run, this kernel lacks the calls");
}

static void map_print(const struct space *space, const struct outcome *o)
{
    uint64_t cell_bytes = 1ul << space->cell_bits;
    uint64_t first = space->regions[0].base / cell_bytes * cell_bytes;

    printf("\nMemory at the fullest, by %s: a cell is %lu KiB\n",
           o->strategy->name, cell_bytes >> 10);
    for (unsigned row = 0; row < MAP_ROWS; row++)
        if (first + row * MAP_COLUMNS * cell_bytes < space->end)
            printf("  %10lx |%s|\n", first + row * MAP_COLUMNS * cell_bytes,
                   o->map[row]);
}

void report_print(const struct space *space, const struct outcome *outcomes)
{
    table_print(outcomes);
    for (unsigned i = 0; i < STRATEGIES; i++)
        if (outcomes[i].ran)
            map_print(space, &outcomes[i]);
    printf(
        "\n  G M F frames of 1 GiB, 2 MiB, 4 KiB   P page table   C CNode   "
        "T TCB\n  E endpoint   N notification   A ASID pool   . free, or not "
        "in the regions\n  small letters: less than half of the cell\n");
}
