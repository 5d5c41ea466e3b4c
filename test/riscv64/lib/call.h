/* SPDX-License-Identifier: BSD-2-Clause */
/* One system call to a kernel object, word by word, and its answer.
 *
 *   struct call  --- registers, IPC buffer --->  the kernel
 *   struct answer  <--- label, length, words ---
 *
 * What a call does not set is filled with a pattern: words beyond the
 * answer's length must still hold it afterwards, in the registers and in the
 * buffer.  Errors are written as in sel4-abi.md: IA(0), Range(0, 38), ...
 */
#ifndef FALLOW_CALL_H
#define FALLOW_CALL_H
#include "rt.h"
#include "tap.h"

#define CALL_WORDS 40u

struct call {
    seL4_CPtr service;
    seL4_Word label;
    seL4_Word words;  /* of mr that count: behind them is the pattern */
    seL4_Word length; /* as the message says */
    seL4_Word caps;   /* as the message says */
    seL4_Word mr[CALL_WORDS];
    seL4_CPtr cap[3];
};

/* Members of a struct call: so many words, so many capabilities. */
#define CALL_COUNT(...) (sizeof((seL4_Word[]){__VA_ARGS__}) / sizeof(seL4_Word))
#define CALL_MR(...)                                                           \
    .words = CALL_COUNT(__VA_ARGS__), .length = CALL_COUNT(__VA_ARGS__),       \
    .mr = {__VA_ARGS__}
#define CALL_CAPS(...) .caps = CALL_COUNT(__VA_ARGS__), .cap = {__VA_ARGS__}
#define CALL(of, name, ...)                                                    \
    ((struct call){.service = (of), .label = (name), __VA_ARGS__})

#define ANSWER_WORDS 6u

struct answer {
    seL4_Word label;
    seL4_Word length;
    seL4_Word mr[ANSWER_WORDS];
};

#define ANSWER(error, ...)                                                     \
    ((struct answer){.label = (error),                                         \
                     .length = CALL_COUNT(__VA_ARGS__),                        \
                     .mr = {__VA_ARGS__}})
#define ANSWER_EMPTY(error) ((struct answer){.label = (error)})

#define DONE                     ANSWER_EMPTY(seL4_NoError)
#define IA(number)               ANSWER(seL4_InvalidArgument, number)
#define IC(number)               ANSWER(seL4_InvalidCapability, number)
#define ILLEGAL                  ANSWER_EMPTY(seL4_IllegalOperation)
#define RANGE(min, max)          ANSWER(seL4_RangeError, min, max)
#define ALIGN                    ANSWER_EMPTY(seL4_AlignmentError)
#define TRUNC                    ANSWER_EMPTY(seL4_TruncatedMessage)
#define DEL_FIRST                ANSWER_EMPTY(seL4_DeleteFirst)
#define REV_FIRST                ANSWER_EMPTY(seL4_RevokeFirst)
#define NO_MEM(bytes)            ANSWER(seL4_NotEnoughMemory, bytes)
#define INVALID_ROOT(from)       ANSWER(seL4_FailedLookup, from, 1)
#define MISSING(from, left)      ANSWER(seL4_FailedLookup, from, 2, left)
#define DEPTH(from, left, found) ANSWER(seL4_FailedLookup, from, 3, left, found)
#define GUARD(from, left, guard, found)                                        \
    ANSWER(seL4_FailedLookup, from, 4, left, guard, found)

/* What came of it: the answer, and whether all else is as it was -- badge and
 * capability counts zero, words beyond the length those of the request. */
struct outcome {
    struct answer answer;
    bool clean;
};
struct outcome call_make(const struct call *c);

/* The same by Send and by NBSend: did every register and the buffer keep what
 * was there? */
bool call_send_is_silent(const struct call *c);

bool call_has(const struct outcome *got, const struct answer *want);

/* Claims that a Call is answered so.  What is refused is refused to Send and
 * NBSend as well, silently, and once more: it has changed nothing. */
bool call_is(const struct call *c, struct answer want, const char *name, ...)
    TAP_FORMAT(3);

/* The lines that say what was found. */
void call_diag(const struct call *c, const struct outcome *got,
               const struct answer *want);

/* Calls made by call_make() so far. */
unsigned call_count(void);

/* The capability of the page of our image that p lies in. */
seL4_CPtr call_page_of(const void *p);

/* A test cannot go on unless this succeeds. */
void call_must(const struct call *c, const char *what);
#endif
