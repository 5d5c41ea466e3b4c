/* SPDX-License-Identifier: BSD-2-Clause */
/* Runs that exist in memory only, as files that can be opened by name. */
#ifndef FALLOW_TEST_RUN_FILE_H
#define FALLOW_TEST_RUN_FILE_H
#include "replay.h"

/* The file's name; the file holds these bytes until the next call. */
const char *run_file(const void *bytes, size_t size);

/* Lines of a text, without their newlines; the text is taken apart. */
size_t run_lines(char *text, const char **lines, size_t lines_max);

/* What the replay of a file comes to: an exit code of the tool.  *found, where
 * not NULL: explained and unexplained, and the first line of trouble. */
struct run_outcome {
    uint64_t explained, unexplained;
    uint64_t line;     /* of the first difference, or 0 */
    bool state_broken; /* a check of the whole state failed */
    char error[320];
};
int run_replay(const char *name, uint64_t check_lines,
               struct run_outcome *found);
#endif
