/* SPDX-License-Identifier: BSD-2-Clause */
/* What a refused invocation answers: the error and its fields, exactly as
 * reference/sel4-abi.md 4.2 lays them into the reply's message registers. */
#ifndef FALLOW_ERROR_H
#define FALLOW_ERROR_H
#include "types.h"

enum error {
    ERROR_NONE = 0,
    ERROR_INVALID_ARGUMENT = 1,
    ERROR_INVALID_CAPABILITY = 2,
    ERROR_ILLEGAL_OPERATION = 3,
    ERROR_RANGE = 4,
    ERROR_ALIGNMENT = 5,
    ERROR_FAILED_LOOKUP = 6,
    ERROR_TRUNCATED_MESSAGE = 7,
    ERROR_DELETE_FIRST = 8,
    ERROR_REVOKE_FIRST = 9,
    ERROR_NOT_ENOUGH_MEMORY = 10,
};

enum lookup_error {
    LOOKUP_INVALID_ROOT = 1,
    LOOKUP_MISSING_CAPABILITY = 2,
    LOOKUP_DEPTH_MISMATCH = 3,
    LOOKUP_GUARD_MISMATCH = 4,
};

#define REPLY_WORDS_MAX 6u

/* A reply: label and message registers.  label 0 with length 0 is the empty
 * success; it leaves the caller's registers alone. */
struct reply {
    uint32_t label;  /* enum error */
    uint32_t length; /* message registers in use */
    uint64_t mr[REPLY_WORDS_MAX];
};

/* Each error_*() fills in a reply and returns its label, so that decode can
 * say `return error_range(r, 1, 256);`.  Constant cost. */
enum error error_none(struct reply *r);
enum error error_plain(struct reply *r, enum error label); /* no fields */
enum error error_argument(struct reply *r, uint64_t number);
enum error error_capability(struct reply *r, uint64_t number);
enum error error_range(struct reply *r, uint64_t min, uint64_t max);
enum error error_memory(struct reply *r, uint64_t available_bytes);
enum error error_root(struct reply *r, bool source);
enum error error_missing(struct reply *r, bool source, uint64_t bits_left);
enum error error_depth(struct reply *r, bool source, uint64_t bits_left,
                       uint64_t bits_found);
enum error error_guard(struct reply *r, bool source, uint64_t bits_left,
                       uint64_t guard_found, uint64_t bits_found);
#endif
