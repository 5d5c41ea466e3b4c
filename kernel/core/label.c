/* SPDX-License-Identifier: BSD-2-Clause */
#include "label.h"

/* No SetFlags, and no domain schedule at run time. */
static const uint8_t release_13[] = {
    0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15, 17, 18, 19,
    20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 33, 34, 35, 36, 37, 38, 39, 40,
};

/* No domain schedule at run time. */
static const uint8_t release_14[] = {
    0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12,
    13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25,
    26, 27, 28, 29, 30, 33, 34, 35, 36, 37, 38, 39, 40,
};

bool label_select(struct kernel_params *params, unsigned release)
{
    switch (release) {
    case 13:
        params->labels = release_13;
        params->label_count = sizeof release_13;
        return true;
    case 14:
        params->labels = release_14;
        params->label_count = sizeof release_14;
        return true;
    case 15:
    case 16:
        params->labels = NULL;
        params->label_count = 0;
        return true;
    default:
        return false;
    }
}

uint64_t label_translate(const struct kernel_params *params, uint64_t wire)
{
    if (!params->labels || wire > LABEL_IRQ_ISSUE_HANDLER_TRIGGER)
        return wire;
    return wire < params->label_count ? params->labels[wire] : LABEL_INVALID;
}
