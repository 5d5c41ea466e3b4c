/* SPDX-License-Identifier: BSD-2-Clause */
/* Instructions counted one by one: the same figure on every run and every
 * load of the machine.
 *
 *   report program                       measured program, under callgrind
 *      exact_run() ---- starts --------->  exact_start()
 *      exact_read() <--- stdout, one ----  exact_begin(); call(); exact_end();
 *                        line a result     exact_result("find", ...)
 *                   <--- dump file N ----
 *
 * callgrind (valgrind) executes the compiled program and counts its
 * instructions between exact_begin() and exact_end() only.  What lies between
 * the two besides the called function (passing the arguments, the call, the
 * marks themselves) is counted once more with a function that returns at
 * once, and subtracted: so a result is the function's instructions, callees
 * included, without its return.  That the counter is exact is checked at each
 * start on a function of known length.
 *
 * Run directly, without valgrind, a measured program works and counts
 * nothing.
 */
#ifndef FALLOW_EXACT_H
#define FALLOW_EXACT_H
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <valgrind/callgrind.h>

/* Measured program. */

#define exact_begin() CALLGRIND_TOGGLE_COLLECT
#define exact_end()   CALLGRIND_TOGGLE_COLLECT

/* From here on code runs counted, i.e. slowly; and no longer. */
void exact_start(void);
void exact_stop(void);

/* Ends a result: what was counted since the last one goes to the reader
 * under this name (no blanks), with three numbers of the program's own. */
void exact_result(const char *name, uint64_t a, uint64_t b, uint64_t c);

/* Report program. */

struct exact_reader {
    FILE *lines;
    char path[200]; /* of the dump files, without their number */
    unsigned number;
};

struct exact_result {
    char name[64];
    uint64_t a, b, c;
    uint64_t instructions;
};

/* Runs `program' with up to two arguments (or NULL) under callgrind; its
 * results lie in files beside it, program.* .  False, and a message on stderr,
 * if that did not work. */
bool exact_run(struct exact_reader *reader, const char *program,
               const char *argument, const char *second_argument);

/* The next result; false at the end.  A dump that is missing or belongs to
 * another result stops the program. */
bool exact_read(struct exact_reader *reader, struct exact_result *result);
#endif
