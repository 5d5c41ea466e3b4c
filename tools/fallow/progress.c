/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

#include "cli.h"
#include "progress.h"

#define BAR_CELLS 30u

static bool is_shown;

void progress_show(const char *what, uint64_t done, uint64_t total,
                   uint64_t lines)
{
    if (!isatty(STDERR_FILENO))
        return;
    if (total > 0) {
        unsigned cells = (unsigned)(done * BAR_CELLS / total);
        char bar[BAR_CELLS + 1];

        for (unsigned i = 0; i < BAR_CELLS; i++)
            bar[i] = i < cells ? '#' : '-';
        bar[BAR_CELLS] = '\0';
        fprintf(stderr, "\r%s  [%s] %3u %%  %s lines\033[K", what, bar,
                (unsigned)(done * 100 / total), cli_grouped(lines));
    } else {
        fprintf(stderr, "\r%s  %s lines\033[K", what, cli_grouped(lines));
    }
    fflush(stderr);
    is_shown = true;
}

void progress_end(void)
{
    if (!is_shown)
        return;
    fputs("\r\033[K", stderr);
    fflush(stderr);
    is_shown = false;
}

void progress_replay(void *context, uint64_t file_bytes,
                     uint64_t file_bytes_total, uint64_t line)
{
    progress_show(context, file_bytes, file_bytes_total, line);
}
