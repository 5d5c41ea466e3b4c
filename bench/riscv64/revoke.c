/* SPDX-License-Identifier: BSD-2-Clause */
/* Revocation of a few and of many. */
#include "measure.h"

#define FIRST 8192u
#define MANY  10000u

static seL4_Error revoke(seL4_CPtr slot)
{
    return seL4_CNode_Revoke(ROOT, slot, DEPTH);
}

static void objects(const char *name, seL4_CPtr untyped, seL4_Word type,
                    seL4_Word max)
{
    for (seL4_Word n = 1; n <= max; n *= 10)
        ROW(name, n, space_make(untyped, type, 0, FIRST, n), revoke(untyped), );
}

/* N frames are made and deleted before each. */
static void reset(seL4_CPtr untyped, seL4_Word n)
{
    ROW("Untyped_Retype after it: resets N 4K frames", n,
        (space_empty(untyped),
         space_make(untyped, seL4_RISCV_4K_Page, 0, FIRST, n),
         must(revoke(untyped) == seL4_NoError, "revoke")),
        seL4_Untyped_Retype(untyped, seL4_EndpointObject, 0, ROOT, 0, 0, FIRST,
                            1),
        space_empty(untyped));
}

static void mint_many(seL4_CPtr endpoint, seL4_Word n)
{
    for (seL4_Word i = 1; i <= n; i++)
        space_mint(endpoint + i, endpoint, i);
}

static void badged(seL4_CPtr untyped)
{
    space_make(untyped, seL4_EndpointObject, 0, FIRST, 1);
    for (seL4_Word n = 1; n <= MANY; n *= 10)
        ROW("CNode_Revoke of an endpoint cap with N badged copies", n,
            mint_many(FIRST, n), revoke(FIRST), );
    space_empty(untyped);
}

static void make_chain(seL4_CPtr untyped, seL4_Word n)
{
    space_make(untyped, seL4_EndpointObject, 0, FIRST, 1);
    for (seL4_Word i = 1; i <= n; i++)
        must(seL4_CNode_Copy(ROOT, FIRST + i, DEPTH, ROOT, FIRST + i - 1, DEPTH,
                             seL4_AllRights) == seL4_NoError,
             "copy");
}

static void chain(seL4_CPtr untyped)
{
    for (seL4_Word n = 1; n <= 1000; n *= 10)
        ROW("CNode_Revoke of an untyped whose 1 endpoint has a chain of N "
            "copies",
            n, make_chain(untyped, n), revoke(untyped), );
}

/* A CNode of 2^8 in FIRST, its slots from the second on full. */
static void fill_cnode(seL4_CPtr untyped, seL4_CPtr endpoint, seL4_Word n)
{
    space_make(untyped, seL4_CapTableObject, 8, FIRST, 1);
    for (seL4_Word i = 1; i <= n; i++)
        must(seL4_CNode_Copy(FIRST, i, 8, ROOT, endpoint, DEPTH,
                             seL4_AllRights) == seL4_NoError,
             "copy");
}

static void full_cnode(seL4_CPtr untyped, seL4_CPtr others)
{
    seL4_CPtr endpoint = FIRST + 1;

    space_make(others, seL4_EndpointObject, 0, endpoint, 1);
    ROW("CNode_Delete of a CNode with N caps in 256 slots, last cap", 255,
        fill_cnode(untyped, endpoint, 255),
        seL4_CNode_Delete(ROOT, FIRST, DEPTH), );
    space_empty(others);
}

void rows_revoke(void)
{
    seL4_CPtr untyped = space_untyped(22), small = space_untyped(16);

    objects("CNode_Revoke of an untyped with N endpoints", untyped,
            seL4_EndpointObject, MANY);
    objects("CNode_Revoke of an untyped with N 4K frames (unmapped)", untyped,
            seL4_RISCV_4K_Page, 1000);
    reset(untyped, 1000);
    badged(untyped);
    chain(untyped);
    full_cnode(untyped, small);
}
