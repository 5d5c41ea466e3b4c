/* SPDX-License-Identifier: BSD-2-Clause */
#include "waiters.h"
#include "cases.h"

/* No thread's CSpace here has anything there. */
#define NOWHERE (1ul << 63)

/* Where a waiter begins. */
void waiter_entry(void);
__asm__(".text\n"
        ".balign 4\n"
        "waiter_entry:\n"
#ifdef __riscv_flen
        "fmv.d.x fa0, a0\n"
#endif
        "ecall\n"
        "unimp\n");

void waiter_configure(seL4_CPtr tcb, seL4_CPtr cspace, seL4_Word guard)
{
    must(seL4_TCB_Configure(tcb, NOWHERE, cspace, guard,
                            seL4_CapInitThreadVSpace, 0, 0,
                            0) == seL4_NoError &&
             seL4_TCB_SetPriority(tcb, seL4_CapInitThreadTCB,
                                  PRIORITY_OTHERS) == seL4_NoError,
         "a thread");
}

void waiter_map(seL4_CPtr frame, seL4_CPtr untyped, seL4_CPtr tables,
                seL4_Word address)
{
    seL4_Error error;

    for (;;) {
        error = seL4_RISCV_Page_Map(frame, seL4_CapInitThreadVSpace, address,
                                    seL4_ReadWrite, seL4_RISCV_ExecuteNever);
        if (error != seL4_FailedLookup)
            break;
        space_make(untyped, seL4_RISCV_PageTableObject, 0, tables, 1);
        must(seL4_RISCV_PageTable_Map(tables, seL4_CapInitThreadVSpace, address,
                                      seL4_RISCV_Default_VMAttributes) ==
                 seL4_NoError,
             "a table");
        tables++;
    }
    must(error == seL4_NoError, "a mapping");
}

seL4_IPCBuffer *waiter_make_buffer(seL4_CPtr tcb, seL4_CPtr untyped,
                                   seL4_CPtr first, seL4_Word address)
{
    space_make(untyped, seL4_RISCV_4K_Page, 0, first, 1);
    waiter_map(first, untyped, first + 1, address);
    must(seL4_TCB_SetIPCBuffer(tcb, address, first) == seL4_NoError,
         "a buffer");
    return (seL4_IPCBuffer *)address;
}

void waiter_start(seL4_CPtr tcb, seL4_Word number, seL4_CPtr cptr,
                  seL4_Word info, const seL4_Word *mr)
{
    seL4_UserContext context = {
        .pc = (seL4_Word)waiter_entry,
        .a0 = cptr,
        .a1 = info,
        .a7 = number,
    };

    if (mr) {
        context.a2 = mr[0];
        context.a3 = mr[1];
        context.a4 = mr[2];
        context.a5 = mr[3];
    }
    must(seL4_TCB_WriteRegisters(tcb, 1, 0, sizeof context / sizeof(seL4_Word),
                                 &context) == seL4_NoError,
         "a start");
}
