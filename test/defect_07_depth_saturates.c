/* SPDX-License-Identifier: BSD-2-Clause */
/* Defect 7 of retype.md A.1: the depth in the derivation had few bits; beyond
 * them descendants were not seen, and revocation left them alive. */
#include "fixture.h"

enum { CHAIN = FIX_FREE, LENGTH = 40, COPIES = 400, FRAMES = 11 };

static struct fixture f;

static unsigned alive(uint64_t first, unsigned count)
{
    unsigned n = 0;

    for (unsigned i = 0; i < count; i++)
        n += fixture_type(&f, first + i) != CAP_NULL;
    return n;
}

/* Forty untypeds of one size, each the only child of the one before. */
static void nested(unsigned revoked)
{
    retype(&f, FIX_UT, OBJECT_UNTYPED, 20, CHAIN, 1);
    for (unsigned i = 1; i < LENGTH; i++)
        retype(&f, CHAIN + i - 1, OBJECT_UNTYPED, 20, CHAIN + i, 1);
    ok_reply(&f, "forty nested untypeds of one size", 0);
    retype(&f, CHAIN + LENGTH - 1, OBJECT_ENDPOINT, 0, CHAIN + LENGTH, 1);
    cnode_revoke(&f, CHAIN + revoked);
    tap_is(alive(CHAIN, LENGTH + 1), revoked + 1,
           "revoking number %u takes every one behind it", revoked);
    cnode_revoke(&f, FIX_UT);
    tap_is(alive(CHAIN, LENGTH + 1), 0, "the outermost takes all");
}

static void frames(void)
{
    retype(&f, FIX_UT, TYPE_PAGE, 0, COPIES, 1);
    for (unsigned i = 1; i <= FRAMES; i++)
        cnode_copy(&f, COPIES + i, COPIES + i - 1, 15);
    ok_reply(&f, "eleven copies of a frame, each of the one before", 0);
    cnode_revoke(&f, COPIES);
    tap_is(alive(COPIES, FRAMES + 1), 1, "the original takes all eleven");
    cnode_copy(&f, COPIES + 1, COPIES, 15);
    cnode_copy(&f, COPIES + 2, COPIES + 1, 15);
    cnode_revoke(&f, FIX_UT);
    tap_is(alive(COPIES, FRAMES + 1), 0, "a copy's copy does not escape");
}

/* Every size once, each nested in the one above. */
static void halving(void)
{
    for (unsigned bits = 23; bits >= 4; bits--)
        retype(&f, bits == 23 ? FIX_UT : CHAIN + 22 - bits, OBJECT_UNTYPED,
               bits, CHAIN + 23 - bits, 1);
    ok_reply(&f, "twenty untypeds of falling size", 0);
    cnode_revoke(&f, CHAIN + 10);
    tap_is(alive(CHAIN, 20), 11, "the eleventh takes the nine inside");
    cnode_revoke(&f, FIX_UT);
    tap_is(alive(CHAIN, 20), 0, "the outermost takes all");
}

int main(void)
{
    fixture_rv64(&f);
    nested(33);
    nested(0);
    nested(39);
    frames();
    halving();
    fixture_done(&f);
    return tap_done();
}
