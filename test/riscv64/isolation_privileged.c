/* SPDX-License-Identifier: BSD-2-Clause */
/* Privileged registers and instructions are exceptions in user mode: each of
 * the 4096 control and status registers, read and written in each of six ways,
 * but for those that are user level's; and what only a kernel may execute. */
#include "task.h"

#define PAGE 0x20000000ul

static struct task probe;
static volatile seL4_Uint32 *const code = (void *)PAGE;

/* Executes the instruction; 0: nothing came of it, else the exception's
 * number, 100: another fault. */
static seL4_Word execute(seL4_Uint32 instruction)
{
    seL4_UserContext context = {.pc = PAGE, .a1 = ~0ul};
    seL4_Word mr[4], label;

    code[0] = instruction;
    code[1] = 0x00100073; /* ebreak */
    task_fence_code();
    seL4_TCB_WriteRegisters(probe.tcb, 1, 0, 32, &context);
    label = task_wait_fault(mr);
    if (label != seL4_Fault_UserException)
        return 100;
    return mr[0] == PAGE ? mr[2] : 0;
}

/* Of the six instructions on registers, by funct3: writes a1, all ones, or 11,
 * or sets or clears those bits; what was there goes to a0. */
static seL4_Uint32 csr_instruction(seL4_Uint32 number, seL4_Uint32 funct3)
{
    return number << 20 | 11u << 15 | funct3 << 12 | 10u << 7 | 0x73;
}

/* Reads alone: csrrs a0, number, x0. */
static seL4_Uint32 csr_read(seL4_Uint32 number)
{
    return number << 20 | 2u << 12 | 10u << 7 | 0x73;
}

static bool is_float(seL4_Uint32 number)
{
#ifdef CONFIG_HAVE_FPU
    return number >= 1 && number <= 3;
#else
    (void)number;
    return false;
#endif
}

/* Counters that the firmware may have opened: cycle, time, instret and the
 * performance counters, to be read. */
static bool is_counter(seL4_Uint32 number)
{
    return number >= 0xc00 && number <= 0xc1f;
}

static void test_registers(void)
{
    unsigned read = 0, written = 0;

    for (seL4_Uint32 number = 0; number < 4096; number++) {
        if (execute(csr_read(number)) != 2 && !is_float(number) &&
            !is_counter(number)) {
            tap_diag("  register 0x%x is read", number);
            read++;
        }
        for (seL4_Uint32 funct3 = 1; funct3 < 8; funct3++)
            if (funct3 != 4 && execute(csr_instruction(number, funct3)) != 2 &&
                !is_float(number)) {
                tap_diag("  register 0x%x is written", number);
                written++;
            }
    }
    tap_is(read, 0, "no privileged register can be read");
    tap_is(written, 0, "none but those of floating point can be written");
    tap_ok(execute(csr_read(0xc01)) == 0 || execute(csr_read(0xc01)) == 2,
           "the time is read, or not");
}

static void test_instructions(void)
{
    static const struct {
        seL4_Uint32 instruction;
        const char *name;
    } privileged[] = {
        {0x10200073, "sret"},
        {0x30200073, "mret"},
        {0x00200073, "uret"},
        {0x70200073, "mnret"},
        {0x7b200073, "dret"},
        {0x12000073, "sfence.vma"},
        {0x12b50073, "sfence.vma a0, a1"},
        {0x16000073, "sinval.vma"},
        {0x18000073, "sfence.w.inval"},
        {0x22000073, "hfence.vvma"},
        {0x62000073, "hfence.gvma"},
        {0x6c05c573, "hlv.d"},
        {0x6eb54073, "hsv.d"},
        {0x00000000, "no instruction: zeros"},
        {0xffffffff, "no instruction: ones"},
    };

    for (unsigned i = 0; i < sizeof privileged / sizeof *privileged; i++)
        tap_is(execute(privileged[i].instruction), 2,
               "%s is an illegal instruction", privileged[i].name);
    tap_is(execute(0x00000013), 0, "nop is none");
}

/* wfi may wait or not, and be illegal or not; it does not stop the machine. */
static void test_wait(void)
{
    seL4_Word cause = execute(0x10500073);

    tap_ok(cause == 0 || cause == 2, "wfi does no harm");
}

int main(void)
{
    seL4_CPtr frame = task_object(seL4_RISCV_4K_Page, 0);

    task_map(frame, TASK_VSPACE, PAGE, seL4_ReadWrite, 0);
    task_create(&probe, TASK_VSPACE, 0);
    test_instructions();
    test_wait();
    test_registers();
    return tap_done();
}
