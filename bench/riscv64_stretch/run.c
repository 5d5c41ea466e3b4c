/* SPDX-License-Identifier: BSD-2-Clause */
/* What all cases share: the order, and the space. */
#include "cases.h"

#include <stdio.h>
#include <stdlib.h>

struct blocks block;

void must(int good, const char *what)
{
    if (good)
        return;
    printf("failed: %s\n", what);
    exit(1);
}

static int try_once(const struct stretch_case *c)
{
    int again;

    if (c->before)
        c->before(c->argument);
    again = stretch_measure(c);
    if (c->after)
        c->after(c->argument);
    return again;
}

void stretch_run(const struct stretch_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++)
        while (try_once(&cases[i]))
            ;
}

void stretch_all(void)
{
    cases_retype();
    cases_revoke();
    cases_waiting();
    cases_spaces();
    cases_messages();
    cases_deepest();
}

void stretch_begin_space(void)
{
    seL4_CPtr wide;

    space_begin();
    /* Ascending, so that nothing is lost to alignment. */
    block.kib64 = space_untyped(16);
    block.mib2 = space_untyped(21);
    wide = space_untyped(WIDE_BITS + seL4_SlotBits);
    block.mib4 = space_untyped(22);
    block.mib32 = space_untyped(25);
    block.mib512 = space_untyped(29);
    block.gib1 = space_untyped(30);
    block.gib2 = space_untyped(31);
    space_make(wide, seL4_CapTableObject, WIDE_BITS, WIDE, 1);
    must(seL4_TCB_SetPriority(seL4_CapInitThreadTCB, seL4_CapInitThreadTCB,
                              PRIORITY_FIRST) == seL4_NoError,
         "a priority");
}
