/* SPDX-License-Identifier: BSD-2-Clause */
#include "error.h"

enum error error_none(struct reply *r)
{
    return error_plain(r, ERROR_NONE);
}

enum error error_plain(struct reply *r, enum error label)
{
    r->label = label;
    r->length = 0;
    return label;
}

static enum error one_field(struct reply *r, enum error label, uint64_t field)
{
    *r = (struct reply){.label = label, .length = 1, .mr = {field}};
    return label;
}

enum error error_argument(struct reply *r, uint64_t number)
{
    return one_field(r, ERROR_INVALID_ARGUMENT, number);
}

enum error error_capability(struct reply *r, uint64_t number)
{
    return one_field(r, ERROR_INVALID_CAPABILITY, number);
}

enum error error_memory(struct reply *r, uint64_t available_bytes)
{
    return one_field(r, ERROR_NOT_ENOUGH_MEMORY, available_bytes);
}

enum error error_range(struct reply *r, uint64_t min, uint64_t max)
{
    *r = (struct reply){.label = ERROR_RANGE, .length = 2, .mr = {min, max}};
    return ERROR_RANGE;
}

enum error error_root(struct reply *r, bool source)
{
    *r = (struct reply){.label = ERROR_FAILED_LOOKUP,
                        .length = 2,
                        .mr = {source, LOOKUP_INVALID_ROOT}};
    return ERROR_FAILED_LOOKUP;
}

enum error error_missing(struct reply *r, bool source, uint64_t bits_left)
{
    *r = (struct reply){.label = ERROR_FAILED_LOOKUP,
                        .length = 3,
                        .mr = {source, LOOKUP_MISSING_CAPABILITY, bits_left}};
    return ERROR_FAILED_LOOKUP;
}

enum error error_depth(struct reply *r, bool source, uint64_t bits_left,
                       uint64_t bits_found)
{
    *r = (struct reply){
        .label = ERROR_FAILED_LOOKUP,
        .length = 4,
        .mr = {source, LOOKUP_DEPTH_MISMATCH, bits_left, bits_found}};
    return ERROR_FAILED_LOOKUP;
}

enum error error_guard(struct reply *r, bool source, uint64_t bits_left,
                       uint64_t guard_found, uint64_t bits_found)
{
    *r = (struct reply){.label = ERROR_FAILED_LOOKUP,
                        .length = 5,
                        .mr = {source, LOOKUP_GUARD_MISMATCH, bits_left,
                               guard_found, bits_found}};
    return ERROR_FAILED_LOOKUP;
}
