/* SPDX-License-Identifier: BSD-2-Clause */
/* A kernel without the new calls answers as a stock one: IllegalOperation to
 * each of their labels, before anything else is looked at. */
#include "fixture.h"

static struct fixture f;

static void refused(uint64_t untyped, const char *name)
{
    static const uint64_t labels[] = {
        LABEL_UNTYPED_RETYPE_AT, LABEL_UNTYPED_RETYPE_WHOLE,
        LABEL_UNTYPED_DESCRIBE, LABEL_UNTYPED_NEXT, LABEL_UNTYPED_REVOKE_AT};

    for (unsigned i = 0; i < 5; i++) {
        call(&f, untyped, labels[i], 0, NULL, 0, NULL);
        ok_reply(&f, name, 3);
        call(&f, untyped, labels[i], 7,
             (uint64_t[]){OBJECT_ENDPOINT, 0, 0, 0, FIX_FREE, 1, 0}, 1,
             (uint64_t[]){FIX_ROOT});
        ok_reply(&f, "with arguments that would be right", 3);
    }
    ok_slots(&f, FIX_FREE, ".", "nothing is made");
}

int main(void)
{
    fixture_small(&f);
    f.k->params.generation3 = false;
    refused(FIX_UT, "a new label");
    refused(FIX_DEVICE, "a new label to device memory");
    retype(&f, FIX_UT, TYPE_PAGE, 0, FIX_FREE, 1);
    ok_reply(&f, "Retype works", 0);
    cnode_revoke(&f, FIX_UT);
    refused(FIX_UT, "after it, a new label");
    call(&f, FIX_EMPTY, LABEL_UNTYPED_DESCRIBE, 0, NULL, 0, NULL);
    ok_reply(&f, "to an empty slot", 2, 0);
    call(&f, FIX_ROOT, LABEL_UNTYPED_DESCRIBE, 2, (uint64_t[]){0, 64}, 0, NULL);
    ok_reply(&f, "to a CNode", 3);
    fixture_done(&f);
    return tap_done();
}
