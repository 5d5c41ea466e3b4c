/* SPDX-License-Identifier: BSD-2-Clause */
/* Retype and Delete of each kind of object, and of many at once. */
#include "measure.h"

#include <stdio.h>

static seL4_Error retype(seL4_CPtr untyped, seL4_Word type, seL4_Word bits,
                         seL4_CPtr first, seL4_Word count)
{
    return seL4_Untyped_Retype(untyped, type, bits, ROOT, 0, 0, first, count);
}

static void one_object(seL4_CPtr untyped, const char *name, seL4_Word type,
                       seL4_Word bits)
{
    seL4_CPtr child = 8192, slot = child + 1;
    char others[100], last[100], resets[100];

    snprintf(others, sizeof others,
             "Untyped_Retype of 1 %s, untyped has other children", name);
    snprintf(last, sizeof last, "CNode_Delete of 1 %s, last cap", name);
    snprintf(resets, sizeof resets,
             "Untyped_Retype of 1 %s, untyped without children: resets "
             "(zeroes) the one used before",
             name);
    space_occupy(untyped, child);
    ROW(others, 1, , retype(untyped, type, bits, slot, 1), space_delete(slot));
    ROW(last, 1, space_make(untyped, type, bits, slot, 1),
        seL4_CNode_Delete(ROOT, slot, DEPTH), );
    space_empty(untyped);
    space_make(untyped, type, bits, slot, 1);
    space_delete(slot);
    ROW(resets, 1, , retype(untyped, type, bits, slot, 1), space_delete(slot));
}

static void many_objects(seL4_CPtr untyped, const char *name, seL4_Word type,
                         seL4_Word step)
{
    seL4_CPtr child = 8192, first = child + 1;

    for (seL4_Word n = 1; n <= 256; n *= step)
        ROW(name, n, space_occupy(untyped, child),
            retype(untyped, type, 0, first, n), );
    space_empty(untyped);
}

void rows_objects(void)
{
    static const struct {
        const char *name;
        seL4_Word type, bits;
    } kinds[] = {
        {"endpoint", seL4_EndpointObject, 0},
        {"notification", seL4_NotificationObject, 0},
        {"4K frame", seL4_RISCV_4K_Page, 0},
        {"untyped 2^12", seL4_UntypedObject, 12},
        {"TCB", seL4_TCBObject, 0},
        {"CNode of 2^4", seL4_CapTableObject, 4},
        {"CNode of 2^8", seL4_CapTableObject, 8},
        {"page table", seL4_RISCV_PageTableObject, 0},
    };
    seL4_CPtr untyped = space_untyped(21);

    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        one_object(untyped, kinds[i].name, kinds[i].type, kinds[i].bits);
    many_objects(untyped,
                 "Untyped_Retype of N endpoints at once, untyped has other "
                 "children",
                 seL4_EndpointObject, 2);
    many_objects(untyped,
                 "Untyped_Retype of N 4K frames at once, untyped has other "
                 "children",
                 seL4_RISCV_4K_Page, 256);
}
