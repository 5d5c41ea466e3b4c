/* SPDX-License-Identifier: BSD-2-Clause */
#include "retypes.h"

static void make_page(seL4_CPtr untyped, seL4_CPtr slot)
{
    call_must(&CALL(untyped, UntypedRetype, CALL_CAPS(TASK_ROOT),
                    CALL_MR(seL4_UntypedObject, seL4_PageBits, 0, 0, slot, 1)),
              "an untyped in an untyped");
}

/* The first that is small enough for a program to have no other use for. */
seL4_CPtr retypes_device(void)
{
    const seL4_BootInfo *info = seL4_GetBootInfo();
    seL4_CPtr slot = task_slot();
    seL4_Word i = 0;

    while (!info->untypedList[i].isDevice)
        i++;
    make_page(info->untyped.start + i, slot);
    return slot;
}

void retypes_fill(seL4_CPtr untyped)
{
    make_page(untyped, task_slot());
}
