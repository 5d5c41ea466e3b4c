/* SPDX-License-Identifier: BSD-2-Clause */
/* Test vectors: what the real kernel was seen to answer (sel4-abi.md 13.1).
 *
 *   ROW("first column of the table")   begins a row, word for word
 *   vector(call, answer, "which")      one vector of it
 *
 * test/vectors_complete.py compares the rows of all programs with the
 * document, so they are written as there, but in ASCII.
 */
#ifndef FALLOW_VECTORS_H
#define FALLOW_VECTORS_H
#include "errors.h"
#include "task.h"

void vectors_row(const char *text);
#define ROW(text) vectors_row(text)

/* One vector: a call and its answer. */
void vector(struct call c, struct answer want, const char *which);

/* One that is observed otherwise. */
void vector_ok(bool holds, const char *which);

/* A row of which this kernel's options leave nothing, and why. */
void vectors_skip(const char *why);

/* Says how many rows and vectors were played; tap_done(). */
int vectors_done(void);
#endif
