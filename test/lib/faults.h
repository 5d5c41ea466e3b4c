/* SPDX-License-Identifier: BSD-2-Clause */
/* The order of checks: what a call answers when several things are wrong.
 *
 *   a call that is right      + fault i                 -> the error of i
 *                             + fault i, + fault j > i  -> the error of i
 *                             + nothing                 -> its own reply
 *
 * A table gives the faults of one call in the order in which the kernel has
 * to check them; each fault is a few changed words of the call, and its
 * exact reply.  Two faults that change the same word are not combined.  A
 * refused call must leave the root CNode as it was, to the bit.  The right
 * call comes last.
 */
#ifndef FALLOW_FAULTS_H
#define FALLOW_FAULTS_H
#include "fixture.h"

/* Words of a call that a fault can change: 0 .. 7 are message registers. */
enum fault_field {
    FAULT_TARGET = 8, /* root slot of the invoked capability */
    FAULT_LABEL,
    FAULT_LENGTH,
    FAULT_CAP_COUNT,
    FAULT_CAP0, /* root slot of the first extra capability */
    FAULT_CAP1,
    FAULT_FIELDS,
    FAULT_NOTHING = 255,
};

struct raw_call {
    uint64_t word[FAULT_FIELDS];
};

struct fault {
    const char *name;
    struct {
        uint8_t field;
        uint64_t value;
    } change[4];
    unsigned changes;
    uint64_t reply[1 + REPLY_WORDS_MAX]; /* label, then words */
    unsigned reply_words;
};

/* A fault in a table:
 *   FAULT("a name", REPLY(label, word ...), changes, {field, value} ...) */
#define FAULT(name_, reply_, changes_, ...)                                    \
    {                                                                          \
        .name = name_, reply_, .changes = changes_, .change = { __VA_ARGS__ }  \
    }
#define REPLY(...)                                                             \
    .reply = {__VA_ARGS__},                                                    \
    .reply_words = sizeof((uint64_t[]){__VA_ARGS__}) / sizeof(uint64_t) - 1

#define FAULTS_COUNT(table) (sizeof(table) / sizeof *(table))

/* Makes one call as it stands. */
uint64_t raw_call(struct fixture *f, const struct raw_call *c);

/* The three claims above for the whole table. */
void faults_check(struct fixture *f, const struct raw_call *good,
                  const struct fault *faults, unsigned count);
#endif
