/* SPDX-License-Identifier: BSD-2-Clause */
/* Tests that speak TAP, the Test Anything Protocol.
 *
 *   ok 1 - a label other than 1 is refused
 *   not ok 2 - the watermark after two pages
 *   #   got 0x1000, want 0x2000
 *   1..2
 *   # 1 passed, 1 failed
 *
 * A test program is a main() that makes claims and ends with
 * `return tap_done();'.  Every claim is one line; a claim that does not hold
 * is followed by lines that say what was found.  No claim at all is a failure.
 * Nothing here allocates or needs a C library: text leaves through
 * tap_output(), which the platform provides (tap_host.c on Linux).
 *
 * Formats know %s %c %d %u %x %lu %ld %lx %% and no widths: uint64_t is
 * unsigned long on every machine that we build for, hence PRIu64 works.
 */
#ifndef FALLOW_TAP_H
#define FALLOW_TAP_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TAP_FORMAT(n) __attribute__((format(printf, n, n + 1)))

/* Announces the number of claims; without it tap_done() counts them.  A
 * program that then makes another number of claims fails. */
void tap_plan(unsigned count);

/* Claims that `holds' is true.  Returns it, so that a test can stop early. */
bool tap_ok(bool holds, const char *name, ...) TAP_FORMAT(2);

/* Claims that two numbers are equal; prints both, in hexadecimal, if not. */
bool tap_is(uint64_t got, uint64_t want, const char *name, ...) TAP_FORMAT(3);

/* Claims that two strings are equal; NULL is a value of its own. */
bool tap_is_string(const char *got, const char *want, const char *name, ...)
    TAP_FORMAT(3);

/* A line of comment. */
void tap_diag(const char *format, ...) TAP_FORMAT(1);

/* One claim that cannot be tested here, and why. */
void tap_skip(const char *reason, ...) TAP_FORMAT(1);

/* Prints plan and totals.  0: all claims held, else 1: the exit status. */
int tap_done(void);

/* Claims made so far that did not hold. */
unsigned tap_failed(void);

/* Provided by the platform: writes text where a person or harness sees it. */
void tap_output(const char *text, size_t bytes);
#endif
