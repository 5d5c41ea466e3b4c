/* SPDX-License-Identifier: BSD-2-Clause */
#include "spaces.h"

#define ALL_RIGHTS 3

seL4_CPtr spaces_new(seL4_CPtr pool)
{
    seL4_CPtr table = task_object(seL4_RISCV_PageTableObject, 0);

    call_must(&CALL(pool, RISCVASIDPoolAssign, CALL_CAPS(table)),
              "an address space");
    return table;
}

seL4_CPtr spaces_pool(void)
{
    seL4_CPtr slot = task_slot();

    call_must(&CALL(seL4_CapASIDControl, RISCVASIDControlMakePool,
                    CALL_CAPS(task_object(seL4_UntypedObject, 12), TASK_ROOT),
                    CALL_MR(slot, 64)),
              "an ASID pool");
    return slot;
}

void spaces_map_table(seL4_CPtr table, seL4_CPtr space, seL4_Word address)
{
    call_must(
        &CALL(table, RISCVPageTableMap, CALL_CAPS(space), CALL_MR(address, 0)),
        "a table");
}

void spaces_map_page(seL4_CPtr frame, seL4_CPtr space, seL4_Word address)
{
    call_must(&CALL(frame, RISCVPageMap, CALL_CAPS(space),
                    CALL_MR(address, ALL_RIGHTS, 0)),
              "a page");
}

/* The board has 1 GiB of device space in one piece. */
static seL4_CPtr giant_frame(void)
{
    const seL4_BootInfo *info = seL4_GetBootInfo();
    seL4_CPtr slot = task_slot();
    seL4_Word i = 0;

    while (info->untypedList[i].paddr != SPACES_GIANT_BASE)
        i++;
    call_must(&CALL(info->untyped.start + i, UntypedRetype,
                    CALL_CAPS(TASK_ROOT),
                    CALL_MR(seL4_RISCV_Giga_Page, 0, 0, 0, slot, 1)),
              "a frame of 1 GiB");
    return slot;
}

void spaces_make(struct spaces *s)
{
    seL4_CPtr pool = spaces_pool();

    s->unassigned = spaces_new(pool);
    task_delete(pool);
    s->space = spaces_new(seL4_CapInitThreadASIDPool);
    s->middle = task_object(seL4_RISCV_PageTableObject, 0);
    s->low = task_object(seL4_RISCV_PageTableObject, 0);
    spaces_map_table(s->middle, s->space, SPACES_AT);
    spaces_map_table(s->low, s->space, SPACES_AT);
    s->giant = giant_frame();
    spaces_map_page(s->giant, s->space, SPACES_GIANT);
    spaces_map_table(task_object(seL4_RISCV_PageTableObject, 0), s->space,
                     SPACES_LARGE);
    s->large = task_object(seL4_RISCV_Mega_Page, 0);
    spaces_map_page(s->large, s->space, SPACES_LARGE);
}
