/* SPDX-License-Identifier: BSD-2-Clause */
/* CNode invocations on single slots. */
#include "measure.h"

#define BADGE 0x5a

static seL4_Error copy(seL4_CPtr to, seL4_CPtr from)
{
    return seL4_CNode_Copy(ROOT, to, DEPTH, ROOT, from, DEPTH, seL4_AllRights);
}

static seL4_Error mint(seL4_CPtr to, seL4_CPtr from)
{
    return seL4_CNode_Mint(ROOT, to, DEPTH, ROOT, from, DEPTH, seL4_AllRights,
                           BADGE);
}

static seL4_Error move(seL4_CPtr to, seL4_CPtr from)
{
    return seL4_CNode_Move(ROOT, to, DEPTH, ROOT, from, DEPTH);
}

static seL4_Error delete (seL4_CPtr slot)
{
    return seL4_CNode_Delete(ROOT, slot, DEPTH);
}

static seL4_Error revoke(seL4_CPtr slot)
{
    return seL4_CNode_Revoke(ROOT, slot, DEPTH);
}

void rows_slots(void)
{
    seL4_CPtr untyped = space_untyped(16), childless = space_untyped(12);
    seL4_CPtr endpoint = 8192, frame = endpoint + 1, to = endpoint + 2;

    space_make(untyped, seL4_EndpointObject, 0, endpoint, 1);
    space_make(untyped, seL4_RISCV_4K_Page, 0, frame, 1);
    ROW("CNode_Copy of an endpoint cap", 1, , copy(to, endpoint),
        space_delete(to));
    ROW("CNode_Delete of a copy of an endpoint cap", 1,
        must(copy(to, endpoint) == seL4_NoError, "copy"), delete (to), );
    ROW("CNode_Copy of a frame cap", 1, , copy(to, frame), space_delete(to));
    ROW("CNode_Mint of an endpoint cap with a badge", 1, , mint(to, endpoint),
        space_delete(to));
    ROW("CNode_Delete of a badged endpoint cap", 1,
        space_mint(to, endpoint, BADGE), delete (to), );
    ROW("CNode_Move of an endpoint cap", 1, , move(to, endpoint),
        must(move(endpoint, to) == seL4_NoError, "move"));
    ROW("CNode_Delete of an empty slot", 1, , delete (to), );
    ROW("CNode_Revoke of an endpoint cap without children", 1, ,
        revoke(endpoint), );
    ROW("CNode_Revoke of an untyped cap without children", 1, ,
        revoke(childless), );
    ROW_EXPECT("CNode_Copy to an occupied slot (error)", 1, seL4_DeleteFirst, ,
               copy(frame, endpoint), );
    space_empty(untyped);
}
