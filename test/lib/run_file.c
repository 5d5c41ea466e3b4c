/* SPDX-License-Identifier: BSD-2-Clause */
#include "run_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static void give_up(const char *what)
{
    perror(what);
    exit(1);
}

const char *run_file(const void *bytes, size_t size)
{
    static char name[64];
    static int fd = -1;
    size_t done = 0;

    if (fd < 0)
        fd = memfd_create("run", 0);
    if (fd < 0 || ftruncate(fd, 0) != 0 || lseek(fd, 0, SEEK_SET) != 0)
        give_up("memfd");
    while (done < size) {
        ssize_t n = write(fd, (const char *)bytes + done, size - done);

        if (n <= 0)
            give_up("memfd");
        done += (size_t)n;
    }
    snprintf(name, sizeof name, "/proc/%d/fd/%d", (int)getpid(), fd);
    return name;
}

size_t run_lines(char *text, const char **lines, size_t lines_max)
{
    size_t count = 0;

    while (*text != '\0' && count < lines_max) {
        char *end = strchr(text, '\n');

        lines[count++] = text;
        if (!end)
            break;
        *end = '\0';
        text = end + 1;
    }
    return count;
}

int run_replay(const char *name, uint64_t check_lines,
               struct run_outcome *found)
{
    struct replay_options options = {
        .clear_nothing = true,
        .check_lines = check_lines,
        .shown_max = 1000,
    };
    struct run_outcome ignored;
    struct replay *r;
    int code;

    if (!found)
        found = &ignored;
    if (replay_open(&r, name, &options) != 0)
        give_up(name);
    *found = (struct run_outcome){0};
    if (replay_step(r, UINT64_MAX) == REPLAY_FAILED) {
        snprintf(found->error, sizeof found->error, "%s", replay_error(r));
        code = 2;
    } else {
        found->explained = replay_stats(r)->explained_total;
        found->unexplained = replay_stats(r)->unexplained;
        if (replay_difference(r, 0))
            found->line = replay_difference(r, 0)->line;
        code = found->unexplained > 0;
        for (unsigned n = 0; replay_difference(r, n); n++)
            found->state_broken |=
                strcmp(replay_difference(r, n)->what, "state") == 0;
    }
    replay_close(r);
    return code;
}
