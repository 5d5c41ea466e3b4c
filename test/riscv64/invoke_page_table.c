/* SPDX-License-Identifier: BSD-2-Clause */
/* Errors of PageTable_Map and Unmap, in their order (sel4-abi.md 4.9). */
#include "spaces.h"

static struct spaces s;

#define OTHER_LABEL WRONG("another label", ILLEGAL, LABEL(CNodeCopy))
#define AT(address) CAP(0, s.space), WORD(0, address)

static void claim_map(seL4_CPtr table)
{
    const struct wrong wrong[] = {
        OTHER_LABEL,
        WRONG("words", TRUNC, SHORTER(0, 2)),
        WRONG("no address space", TRUNC, FEWER(1)),
        WRONG("a table that is mapped", IC(0), SERVICE(s.low)),
        WRONG("a table that is an address space", IC(0), SERVICE(s.space)),
        WRONG("no space", IC(1), CAP_NOT(0, KIND_BIT(KIND_SPACE))),
        WRONG("the end of user space", IA(0), WORD(0, seL4_UserTop)),
        WRONG("2^64 - 1", IA(0), WORD(0, ~0ul)),
        WRONG("an unassigned space", INVALID_ROOT(0), CAP(0, s.unassigned)),
        WRONG("a table of a space", IC(1), CAP(0, s.middle)),
        WRONG("a third table", DEL_FIRST, AT(SPACES_AT + 0x1234)),
        WRONG("under a page of 2 MiB", DEL_FIRST, AT(SPACES_LARGE + 0x1234)),
        WRONG("under a page of 1 GiB", DEL_FIRST, AT(SPACES_GIANT + 0x1234)),
    };
    struct call good = CALL(table, RISCVPageTableMap, CALL_CAPS(s.space),
                            CALL_MR(SPACES_ONE_TABLE + 0x1234, ~0ul));

    ERRORS_IN_ORDER("PageTable_Map", &good, wrong);
    call_is(&good, DONE, "PageTable_Map: at an address without alignment");
}

static void claim_unmap(seL4_CPtr table)
{
    const seL4_CPtr copied = task_object(seL4_RISCV_PageTableObject, 0);
    const seL4_CPtr copy = task_slot();
    const struct wrong wrong[] = {
        OTHER_LABEL,
        WRONG("a table with a copy", REV_FIRST, SERVICE(copied)),
        WRONG("a copy", REV_FIRST, SERVICE(copy)),
        WRONG("an address space", REV_FIRST, SERVICE(s.space)),
    };
    struct call good = CALL(table, RISCVPageTableUnmap);
    struct call again = CALL(table, RISCVPageTableMap, CALL_CAPS(s.space),
                             CALL_MR(SPACES_ONE_TABLE, 0));

    spaces_map_table(copied, s.space, SPACES_NO_TABLE);
    call_must(&CALL(TASK_ROOT, CNodeCopy, CALL_CAPS(TASK_ROOT),
                    CALL_MR(copy, 64, copied, 64, 15)),
              "a copy");
    ERRORS_IN_ORDER("PageTable_Unmap", &good, wrong);
    call_is(&good, DONE, "PageTable_Unmap: with nothing wrong");
    call_is(&good, DONE, "PageTable_Unmap: one that is not mapped");
    call_is(&again, DONE, "PageTable_Map: it can be mapped again");
    task_delete(copy);
    good.service = copied;
    call_is(&good, DONE, "PageTable_Unmap: one whose copy is gone");
}

/* A page below a table that has been unmapped is no longer there. */
static void claim_emptied(void)
{
    const seL4_CPtr frame = kind_slot(KIND_FRAME);
    struct call map =
        CALL(frame, RISCVPageMap, CALL_CAPS(s.space), CALL_MR(SPACES_AT, 3, 0));
    struct call map_table = CALL(s.low, RISCVPageTableMap, CALL_CAPS(s.space),
                                 CALL_MR(SPACES_AT, 0));
    struct call unmap = CALL(s.low, RISCVPageTableUnmap);
    struct call other = map;

    call_is(&map, DONE, "Page_Map: into a table");
    call_is(&unmap, DONE, "PageTable_Unmap: with a page in it");
    call_is(&map, MISSING(0, 21), "Page_Map: the table is gone");
    call_is(&map_table, DONE, "PageTable_Map: the table again");
    other.service = task_object(seL4_RISCV_4K_Page, 0);
    call_is(&other, DONE, "Page_Map: and it is empty");
}

int main(void)
{
    seL4_CPtr table = task_object(seL4_RISCV_PageTableObject, 0);

    spaces_make(&s);
    claim_map(table);
    claim_unmap(table);
    claim_emptied();
    return errors_done();
}
