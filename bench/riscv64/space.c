/* SPDX-License-Identifier: BSD-2-Clause */
#include "measure.h"

#define SLOT_BITS  16
#define GUARD_SIZE (seL4_WordBits - SLOT_BITS)

static seL4_CPtr source; /* the untyped that everything is made of */
static seL4_CPtr next_untyped = SLOT_FIRST;

static seL4_CPtr largest_untyped(void)
{
    const seL4_BootInfo *info = seL4_GetBootInfo();
    seL4_Word best = 0, best_bits = 0;

    for (seL4_Word i = 0; i < info->untyped.end - info->untyped.start; i++) {
        const seL4_UntypedDesc *u = &info->untypedList[i];

        if (!u->isDevice && u->sizeBits > best_bits) {
            best = i;
            best_bits = u->sizeBits;
        }
    }
    must(best_bits >= 30, "an untyped of 1 GiB");
    return info->untyped.start + best;
}

/* All capabilities to the slots of the same numbers, with a path as long. */
void space_begin(void)
{
    const seL4_BootInfo *info = seL4_GetBootInfo();
    seL4_CPtr cnode = info->empty.start;

    source = largest_untyped();
    must(seL4_Untyped_Retype(source, seL4_CapTableObject, SLOT_BITS, ROOT, 0, 0,
                             cnode, 1) == seL4_NoError,
         "a CNode");
    must(seL4_CNode_Mint(cnode, ROOT, SLOT_BITS, ROOT, cnode, DEPTH,
                         seL4_AllRights, GUARD_SIZE) == seL4_NoError,
         "its capability");
    for (seL4_CPtr i = 1; i < cnode; i++) {
        if (i == ROOT)
            continue;
        if (i == seL4_CapInitThreadTCB || i == seL4_CapInitThreadVSpace)
            must(seL4_CNode_Copy(cnode, i, SLOT_BITS, ROOT, i, DEPTH,
                                 seL4_AllRights) == seL4_NoError,
                 "a copy");
        else /* many of them are empty */
            seL4_CNode_Move(cnode, i, SLOT_BITS, ROOT, i, DEPTH);
    }
    must(seL4_TCB_SetSpace(seL4_CapInitThreadTCB, 0, cnode, GUARD_SIZE,
                           seL4_CapInitThreadVSpace, 0) == seL4_NoError,
         "a CSpace");
}

void space_make(seL4_CPtr untyped, seL4_Word type, seL4_Word bits,
                seL4_CPtr first, seL4_Word count)
{
    while (count > 0) {
        seL4_Word part = count < CONFIG_RETYPE_FAN_OUT_LIMIT
                             ? count
                             : CONFIG_RETYPE_FAN_OUT_LIMIT;

        must(seL4_Untyped_Retype(untyped, type, bits, ROOT, 0, 0, first,
                                 part) == seL4_NoError,
             "objects");
        first += part;
        count -= part;
    }
}

seL4_CPtr space_untyped(seL4_Word bits)
{
    space_make(source, seL4_UntypedObject, bits, next_untyped, 1);
    return next_untyped++;
}

/* The object that is made takes the reset upon it. */
void space_empty(seL4_CPtr untyped)
{
    seL4_CPtr spare = SLOT_COUNT - 1;

    must(seL4_CNode_Revoke(ROOT, untyped, DEPTH) == seL4_NoError, "revoke");
    space_make(untyped, seL4_EndpointObject, 0, spare, 1);
    space_delete(spare);
    space_make(untyped, seL4_EndpointObject, 0, spare, 1);
    space_delete(spare);
}

void space_occupy(seL4_CPtr untyped, seL4_CPtr slot)
{
    space_empty(untyped);
    space_make(untyped, seL4_EndpointObject, 0, slot, 1);
}

void space_delete(seL4_CPtr slot)
{
    must(seL4_CNode_Delete(ROOT, slot, DEPTH) == seL4_NoError, "delete");
}

void space_mint(seL4_CPtr to, seL4_CPtr from, seL4_Word badge)
{
    must(seL4_CNode_Mint(ROOT, to, DEPTH, ROOT, from, DEPTH, seL4_AllRights,
                         badge) == seL4_NoError,
         "mint");
}
