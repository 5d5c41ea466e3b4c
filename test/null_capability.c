/* SPDX-License-Identifier: BSD-2-Clause */
/* A call to what is no object is InvalidCapability 0, whatever else is wrong
 * with it (sel4-abi.md 13, trap 3; 5.6). */
#include "fixture.h"

enum { ZOMBIE = FIX_FREE, EMBRYO };

static struct fixture f;

static void every_label(uint64_t cptr, const char *name)
{
    unsigned wrong = 0;

    for (uint64_t label = 0; label < 64; label++)
        for (uint32_t length = 0; length < 9; length++) {
            call(&f, cptr, label, length, (uint64_t[]){1, 2, 3, 4, 5, 6, 7, 8},
                 length % 3, (uint64_t[]){FIX_ROOT, FIX_ROOT});
            wrong += f.reply.label != ERROR_INVALID_CAPABILITY ||
                     f.reply.length != 1 || f.reply.mr[0] != 0;
        }
    for (uint64_t label = LABEL_UNTYPED_RETYPE_AT;
         label <= LABEL_UNTYPED_REVOKE_AT + 1; label++) {
        call(&f, cptr, label, 0, NULL, 0, NULL);
        wrong += f.reply.label != ERROR_INVALID_CAPABILITY ||
                 f.reply.length != 1 || f.reply.mr[0] != 0;
    }
    tap_is(wrong, 0, "%s: 581 calls", name);
}

int main(void)
{
    fixture_small(&f);
    every_label(FIX_EMPTY, "an empty slot");
    retype(&f, FIX_UT, OBJECT_CNODE, 3, ZOMBIE, 1);
    for (unsigned i = 0; i < 8; i++)
        cnode_copy_at(&f, inside(ZOMBIE, 3, i),
                      (struct place){FIX_ROOT, FIX_TCB, 64}, 15);
    f.once = true;
    fixture_preempt_in(&f, 1);
    cnode_delete(&f, ZOMBIE);
    f.once = false;
    ok_slots(&f, ZOMBIE, "z", "a zombie");
    every_label(ZOMBIE, "a zombie");
    if (f.k->params.generation3) {
        f.once = true;
        fixture_preempt_in(&f, 1);
        retype_at(&f, FIX_UT2, TYPE_PAGE, 0, EMBRYO, 1, 0);
        f.once = false;
        ok_slots(&f, EMBRYO, "m", "an embryo");
        every_label(EMBRYO, "an embryo");
    }
    fixture_done(&f);
    return tap_done();
}
