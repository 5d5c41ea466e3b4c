/* SPDX-License-Identifier: BSD-2-Clause */
/* Test vectors, second part: invocations of all other objects. */
#include "spaces.h"
#include "vectors.h"

#define DOMAINS CONFIG_NUM_DOMAINS
#define ENTRIES CONFIG_NUM_DOMAIN_SCHEDULES

static seL4_CPtr null, tcb, empty, space, frame;

/* ---- Domains and interrupts -----------------------------------------------*/

static struct call domain_set(seL4_Word domain, seL4_CPtr thread)
{
    return CALL(seL4_CapDomain, DomainSetSet, CALL_CAPS(thread),
                CALL_MR(domain));
}

/* With more than one domain the first that there is not takes its place, and
 * the last entry that of entry 1. */
static void play_domain(void)
{
    ROW("DomainSet 1 (one domain) / non-TCB");
    vector(domain_set(DOMAINS, tcb), IA(0), "no such domain");
    vector(domain_set(0, null), IA(1), "null");
    vector(domain_set(0, TASK_ROOT), IA(1), "a CNode");
    ROW("DomainSet without cap, domain 0 / domain 5");
    vector(CALL(seL4_CapDomain, DomainSetSet, CALL_MR(0)), TRUNC, "0");
    vector(CALL(seL4_CapDomain, DomainSetSet, CALL_MR(5)), IA(0), "5");
#if LABELS >= 15
    ROW("ScheduleConfigure index 1 / index 0 duration 0 (L = 2, start 0)");
    vector(CALL(seL4_CapDomain, DomainScheduleConfigure,
                CALL_MR(ENTRIES - 1, 0, 1)),
           RANGE(0, ENTRIES - 2), "the last entry");
    vector(CALL(seL4_CapDomain, DomainScheduleConfigure, CALL_MR(0, 0, 0)),
           IA(2), "the first one without duration");
    ROW("ScheduleSetStart 2 / 1");
    vector(CALL(seL4_CapDomain, DomainScheduleSetStart, CALL_MR(ENTRIES)),
           RANGE(0, ENTRIES - 1), "no such entry");
    vector(CALL(seL4_CapDomain, DomainScheduleSetStart, CALL_MR(1)), IA(0),
           "an end marker");
#else
    ROW("ScheduleConfigure index 1 / index 0 duration 0 (L = 2, start 0)");
    vectors_skip("not in this release");
    ROW("ScheduleSetStart 2 / 1");
    vectors_skip("not in this release");
#endif
}

static struct call get_irq(seL4_Word line)
{
    return CALL(seL4_CapIRQControl, IRQIssueIRQHandler, CALL_CAPS(TASK_ROOT),
                CALL_MR(line, empty, 64));
}

static struct call set_irq(seL4_CPtr notification)
{
    return CALL(kind_slot(KIND_IRQ_HANDLER), IRQSetIRQHandler,
                CALL_CAPS(notification));
}

static void play_irq(void)
{
    seL4_CPtr handler = kind_slot(KIND_IRQ_HANDLER);

    ROW("IRQControl Get irq 0 or 97 / 96 / an active one (qemu virt)");
    vector(get_irq(0), RANGE(1, 96), "0");
    vector(get_irq(97), RANGE(1, 96), "97");
    vector(get_irq(96), REV_FIRST, "96");
    vector(get_irq(KINDS_LINE), REV_FIRST, "an active one");
    ROW("IRQHandler SetNotification with non-notification or null");
    vector(set_irq(handler), IC(0), "itself");
    vector(set_irq(null), IC(0), "null");
}

/* ---- Pages and tables -----------------------------------------------------*/

#define AT      0x20000000ul
#define FAR     0x40000000ul /* in another table of pages' tables */
#define LARGE   0x20200000ul
#define RIGHTS  3
#define NO_EXEC 1

static struct call map(seL4_CPtr page, seL4_CPtr root, seL4_Word address)
{
    return CALL(page, RISCVPageMap, CALL_CAPS(root),
                CALL_MR(address, RIGHTS, 0));
}

static struct call map_table(seL4_CPtr table, seL4_Word address)
{
    return CALL(table, RISCVPageTableMap, CALL_CAPS(space),
                CALL_MR(address, 0));
}

static struct call copy(seL4_CPtr from)
{
    return CALL(TASK_ROOT, CNodeCopy, CALL_CAPS(TASK_ROOT),
                CALL_MR(empty, 64, from, 64, 15));
}

static seL4_CPtr middle, low, large;

static void play_missing_tables(void)
{
    struct call c = map(frame, space, AT);

    ROW("Page Map, empty tables / one table present");
    vector(c, MISSING(0, 30), "empty tables");
    spaces_map_table(middle, space, AT);
    vector(c, MISSING(0, 21), "one table");
    ROW("Page Map mega page, empty tables");
    vector(map(large, space, FAR), MISSING(0, 30), "empty tables");
    spaces_map_table(low, space, AT);
    ROW("Page Map vaddr misaligned / >= UserTop");
    vector(map(frame, space, AT + 4), ALIGN, "misaligned");
    vector(map(frame, space, seL4_UserTop), IA(0), ">= UserTop");
}

static void play_map(void)
{
    struct call c = map(frame, space, AT);

    call_must(&c, "a page");
    ROW("Page Map of a mapped cap at another vaddr / same vaddr");
    vector(map(frame, space, AT + 4096), IA(0), "another vaddr");
    vector(c, DONE, "same vaddr");
    ROW("Page Map over another cap's mapping");
    vector(map(task_object(seL4_RISCV_4K_Page, 0), space, AT), DEL_FIRST,
           "it stays");
    ROW("Page Map mega where a level-0 table sits");
    vector(map(large, space, AT), MISSING(0, 12), "a table");
    ROW("Page Map with vspace = unassigned table, intermediate table or null");
    vector(map(frame, kind_slot(KIND_TABLE), AT), IC(1), "unassigned table");
    vector(map(frame, middle, AT), IC(1), "intermediate table");
    vector(map(frame, null, AT), IC(1), "null");
    ROW("Page Map with len 2");
    c.length = 2;
    vector(c, TRUNC, "no attributes");
}

static void play_tables(void)
{
    const seL4_CPtr table = kind_slot(KIND_TABLE);

    spaces_map_page(large, space, LARGE);
    ROW("PageTable Map on a mapped table / third table for the same address / "
        "under a mega page");
    vector(map_table(middle, FAR), IC(0), "a mapped table");
    vector(map_table(table, AT), DEL_FIRST, "third table");
    vector(map_table(table, LARGE), DEL_FIRST, "under a mega page");
    ROW("Copy of an unmapped table / of a mapped one");
    vector(copy(table), ILLEGAL, "unmapped");
    vector(copy(low), DONE, "mapped");
    ROW("PageTable Unmap while a copy exists / on a root");
    vector(CALL(low, RISCVPageTableUnmap), REV_FIRST, "a copy exists");
    vector(CALL(space, RISCVPageTableUnmap), REV_FIRST, "a root");
    task_delete(empty);
}

static void play_lost_table(void)
{
    struct call none = map(frame, space, AT);

    ROW("delete a level-0 table, then Map the frame cap again at the same "
        "vaddr");
    task_delete(low);
    vector(none, MISSING(0, 21), "Map");
    vector(CALL(frame, RISCVPageUnmap), DONE, "Page Unmap");
    ROW("Page Map rights 0 with execute-never, then another cap at that vaddr");
    spaces_map_table(task_object(seL4_RISCV_PageTableObject, 0), space, AT);
    none.mr[1] = 0, none.mr[2] = NO_EXEC;
    vector(none, DONE, "rights 0");
    vector(map(task_object(seL4_RISCV_4K_Page, 0), space, AT), DONE,
           "another cap");
}

static struct call assign(seL4_CPtr table)
{
    return CALL(seL4_CapInitThreadASIDPool, RISCVASIDPoolAssign,
                CALL_CAPS(table));
}

static struct call make_pool(seL4_CPtr untyped)
{
    return CALL(seL4_CapASIDControl, RISCVASIDControlMakePool,
                CALL_CAPS(untyped, TASK_ROOT), CALL_MR(empty, 64));
}

static void play_asids(void)
{
    seL4_CPtr used = task_object(seL4_UntypedObject, 12);

    ROW("ASIDPool Assign of a mapped table or null");
    vector(assign(middle), IC(1), "a mapped table");
    vector(assign(space), IC(1), "a root");
    vector(assign(null), IC(1), "null");
    ROW("MakePool wrong size / untyped already used");
    vector(make_pool(task_object(seL4_UntypedObject, 13)), IC(1), "2^13");
    call_must(&CALL(used, UntypedRetype, CALL_CAPS(TASK_ROOT),
                    CALL_MR(seL4_EndpointObject, 0, 0, 0, task_slot(), 1)),
              "an untyped in use");
    vector(make_pool(used), REV_FIRST, "already used");
}

/* ---- Threads --------------------------------------------------------------*/

static void play_registers(void)
{
    ROW("ReadRegisters self / count 0 / count 33");
    vector(CALL(seL4_CapInitThreadTCB, TCBReadRegisters, CALL_MR(0, 1)),
           ILLEGAL, "self");
    vector(CALL(tcb, TCBReadRegisters, CALL_MR(0, 0)), RANGE(1, 32), "0");
    vector(CALL(tcb, TCBReadRegisters, CALL_MR(0, 33)), RANGE(1, 32), "33");
    ROW("WriteRegisters len 4 count 3");
    vector(CALL(tcb, TCBWriteRegisters, CALL_MR(0, 3, 0, 0)), TRUNC,
           "a word too few");
}

static struct call configure(seL4_CPtr cspace, seL4_CPtr vspace,
                             seL4_CPtr buffer, seL4_Word data,
                             seL4_Word address)
{
    return CALL(tcb, TCBConfigure, CALL_CAPS(cspace, vspace, buffer),
                CALL_MR(0, data, 0, address));
}

static void play_configure(void)
{
    const seL4_CPtr cnode = kind_slot(KIND_CNODE);

    ROW("Configure null CSpace / null VSpace / null buffer with address / "
        "CSpace guard size 61");
    vector(configure(null, space, frame, 0, 0), ILLEGAL, "null CSpace");
    vector(configure(cnode, null, frame, 0, 0), ILLEGAL, "null VSpace");
    vector(configure(cnode, space, null, 0, AT), ILLEGAL, "null buffer");
    vector(configure(cnode, space, frame, 61, 0), ILLEGAL, "guard size 61");
    ROW("Configure buffer at ...100");
    vector(configure(cnode, space, frame, 0, AT + 0x100), ALIGN, "0x100");
    ROW("Configure with buffer address 0 and a null third cap");
    vector(configure(cnode, space, null, 0, 0), DONE, "no buffer");
}

static struct call set_priority(seL4_Word priority, seL4_CPtr authority)
{
    return CALL(tcb, TCBSetPriority, CALL_CAPS(authority), CALL_MR(priority));
}

static struct call bind(seL4_CPtr notification)
{
    return CALL(tcb, TCBBindNotification, CALL_CAPS(notification));
}

static void play_priorities_and_binding(void)
{
    ROW("SetPriority 256 (authority MCP 255) / authority not TCB or null / "
        "authority MCP 0");
    vector(set_priority(256, seL4_CapInitThreadTCB), RANGE(0, 255), "256");
    vector(set_priority(1, TASK_ROOT), IC(1), "not TCB");
    vector(set_priority(1, null), IC(1), "null");
    vector(set_priority(1, tcb), RANGE(0, 0), "MCP 0");
    ROW("BindNotification non-notification or null / second bind; Unbind "
        "unbound");
    vector(bind(kind_slot(KIND_ENDPOINT)), ILLEGAL, "an endpoint");
    vector(bind(null), ILLEGAL, "null");
    vector(CALL(tcb, TCBUnbindNotification), ILLEGAL, "unbound");
    call_must(&CALL(tcb, TCBBindNotification,
                    CALL_CAPS(kind_slot(KIND_NOTIFICATION))),
              "a bound notification");
    vector(bind(task_object(seL4_NotificationObject, 0)), ILLEGAL,
           "second bind");
    ROW("CopyRegisters with null source");
    vector(CALL(tcb, TCBCopyRegisters, CALL_CAPS(null), CALL_MR(0)), IC(1),
           "null");
}

int main(void)
{
    null = kind_slot(KIND_NULL);
    tcb = kind_slot(KIND_TCB);
    frame = kind_slot(KIND_FRAME);
    space = kind_slot(KIND_SPACE);
    empty = task_slot();
    middle = task_object(seL4_RISCV_PageTableObject, 0);
    low = task_object(seL4_RISCV_PageTableObject, 0);
    large = task_object(seL4_RISCV_Mega_Page, 0);
    play_domain();
    play_irq();
    play_missing_tables();
    play_map();
    play_tables();
    play_lost_table();
    play_asids();
    play_registers();
    play_configure();
    play_priorities_and_binding();
    return vectors_done();
}
