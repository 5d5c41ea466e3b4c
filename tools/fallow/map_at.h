/* SPDX-License-Identifier: BSD-2-Clause */
/* The state of a recorded run after a line, for the commands that look at
 * it. */
#ifndef FALLOW_MAP_AT_H
#define FALLOW_MAP_AT_H
#include "replay.h"

/* Replays `file' to the end of the call that contains line `at': a number,
 * "end", or "fullest", which is the line after which most bytes of objects in
 * RAM are alive and takes a replay more to find.  CLI_OK: *r is to be closed,
 * and has a kernel.  Otherwise an exit code, with the reason on stderr. */
int map_replay_at(struct replay **r, const char *command, const char *file,
                  const char *at);

/* Says on stderr if the kernel's state is not surely that of the recorded
 * one.  CLI_OK, or CLI_DIFFERENT then. */
int map_replay_differs(const struct replay *r, const char *command);
#endif
