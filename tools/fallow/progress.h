/* SPDX-License-Identifier: BSD-2-Clause */
/* One line on a terminal that says how far a long job is:
 *
 *   replay  [##########--------------------]  34 %   1 052 672 lines
 *
 * It goes to stderr, and only if that is a terminal. */
#ifndef FALLOW_PROGRESS_H
#define FALLOW_PROGRESS_H
#include <stdint.h>

/* Shows it; total 0: not known, so no bar.  what: of constant width. */
void progress_show(const char *what, uint64_t done, uint64_t total,
                   uint64_t lines);

/* Wipes it away, before anything else is written. */
void progress_end(void);

/* For replay_options.on_progress; context is `what'. */
void progress_replay(void *context, uint64_t file_bytes,
                     uint64_t file_bytes_total, uint64_t line);
#endif
