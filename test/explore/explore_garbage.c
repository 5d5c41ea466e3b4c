/* SPDX-License-Identifier: BSD-2-Clause */
/* The memory that nothing is promised of. */
#include "explore.h"

#define UNITS_MAX (EXPLORE_RAM_MAX / SPEC_UNIT_BYTES)

/* From this byte of its region on, memory is promised to be clean, or is an
 * object's own.  The kernel's objects are its own from the first byte. */
static uint64_t promised_from(const struct spec_cap *cap)
{
    switch (cap->type) {
    case SPEC_UNTYPED:
    case SPEC_EMBRYO:
        return cap->value;
    case SPEC_FRAME:
        return UINT64_C(1) << cap->bits;
    default:
        return 0;
    }
}

/* What the innermost region says, and of its list the last: capabilities come
 * in derivation order. */
void explore_fill(struct explore *e)
{
    const struct spec *s = e->ls.spec;
    bool garbage[UNITS_MAX] = {false};
    bool in_frame[UNITS_MAX] = {false};  /* of one unit */
    uint8_t inner_bits[UNITS_MAX] = {0}; /* 0: in no region */

    for (uint32_t i = 0; i < s->count; i++) {
        const struct spec_cap *cap = &s->caps[i];
        uint64_t from = promised_from(cap);

        if (!spec_is_memory(cap->type) || cap->base >= e->ls.machine.ram_bytes)
            continue;
        for (uint64_t at = 0; at < UINT64_C(1) << cap->bits;
             at += SPEC_UNIT_BYTES) {
            uint64_t unit = (cap->base + at) / SPEC_UNIT_BYTES;

            if (inner_bits[unit] != 0 && inner_bits[unit] < cap->bits)
                continue;
            inner_bits[unit] = cap->bits;
            garbage[unit] = at < from;
            in_frame[unit] =
                cap->type == SPEC_FRAME && cap->bits == EXPLORE_UNIT_BITS;
        }
    }
    for (uint64_t unit = 0; unit < e->ls.machine.ram_bytes / SPEC_UNIT_BYTES;
         unit++)
        if (garbage[unit] && !spec_is_dirty(s, unit * SPEC_UNIT_BYTES)) {
            lockstep_write(&e->ls, unit * SPEC_UNIT_BYTES, SPEC_UNIT_BYTES);
            e->writes += in_frame[unit];
        }
}
