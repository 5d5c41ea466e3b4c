/* SPDX-License-Identifier: BSD-2-Clause */
/* Calls by the type of the capability invoked, and answers. */
#include "private.h"

#include <stdarg.h>
#include <string.h>

struct spec_cap spec_cap_in_(const struct spec *s, uint32_t slot)
{
    size_t i = spec_find(s, slot);

    if (i == SPEC_NO_CAP)
        return (struct spec_cap){.type = SPEC_EMPTY, .slot = slot};
    return s->caps[i];
}

enum spec_outcome spec_answer_(struct spec_reply *reply, uint32_t label,
                               uint32_t length, ...)
{
    va_list words;

    memset(reply, 0, sizeof *reply);
    reply->label = label;
    reply->length = length;
    va_start(words, length);
    for (uint32_t i = 0; i < length; i++)
        reply->mr[i] = va_arg(words, uint64_t);
    va_end(words);
    return SPEC_DONE;
}

enum spec_outcome spec_invoke(struct spec *s, const struct spec_call *call,
                              struct spec_reply *reply,
                              const struct spec_run *run)
{
    static const struct spec_run plain = {0};
    struct spec_cap cap = spec_cap_in_(s, call->slot);

    if (!run)
        run = &plain;
    switch (cap.type) {
    case SPEC_EMPTY:
    case SPEC_ZOMBIE:
    case SPEC_EMBRYO:
        return spec_answer_(reply, SPEC_INVALID_CAPABILITY, 1, SPEC_WORD(0));
    case SPEC_UNTYPED:
        return spec_untyped_(s, call, reply, run);
    case SPEC_CNODE:
        return spec_cnode_(s, call, reply, run);
    default:
        return spec_answer_(reply, SPEC_ILLEGAL_OPERATION, 0);
    }
}
