/* SPDX-License-Identifier: BSD-2-Clause */
/* What a replay came to: for people, and for programs. */
#ifndef FALLOW_REPLAY_REPORT_H
#define FALLOW_REPLAY_REPORT_H
#include <stdio.h>

#include <jansson.h>

#include "replay.h"

/* The tables: agreement, what lived, speed.  Whole is false if the run's file
 * ends in the middle of a call that was preempted. */
void replay_print_agreement(const struct replay *r, FILE *out);
void replay_print_life(const struct replay *r, FILE *out);
void replay_print_speed(const struct replay *r, FILE *out);
void replay_print_stretches(struct replay *r, FILE *out);

/* The lines that were explained, the core's own answer beside each. */
void replay_print_explanations(const struct replay *r, FILE *out);

/* The first differences, each with the lines around it, which are read from
 * the file again unless it is standard input. */
void replay_print_differences(const struct replay *r, const char *file,
                              FILE *out);

/* Everything that is counted, as a new JSON object, or NULL for want of
 * memory. */
json_t *replay_json(struct replay *r, const char *file);
#endif
