/* SPDX-License-Identifier: BSD-2-Clause */
#include "vectors.h"

static const char *row;
static unsigned rows, played, skipped;

void vectors_row(const char *text)
{
    row = text;
    rows++;
}

void vector(struct call c, struct answer want, const char *which)
{
    played++;
    call_is(&c, want, "%s: %s", row, which);
}

void vector_ok(bool holds, const char *which)
{
    played++;
    tap_ok(holds, "%s: %s", row, which);
}

void vectors_skip(const char *why)
{
    skipped++;
    tap_skip("%s: %s", row, why);
}

int vectors_done(void)
{
    tap_diag("%u vectors of %u rows played, %u rows skipped", played,
             rows - skipped, skipped);
    return tap_done();
}
