/* SPDX-License-Identifier: BSD-2-Clause */
#include "trace_fields.h"

#define AT(member) ((uint16_t)offsetof(struct trace_line, u.member))
#define CAP_FIELDS(member)                                                     \
    {"captype", TRACE_CAPTYPE, AT(member.type)},                               \
        {"paddr", TRACE_HEX, AT(member.paddr)},                                \
        {"bits", TRACE_SIZE_BITS, AT(member.bits)},                            \
        {"dev", TRACE_FLAG, AT(member.dev)},                                   \
    {                                                                          \
        "extra", TRACE_HEX, AT(member.extra)                                   \
    }

static const struct trace_field one_slot_fields[] = {
    {"slot", TRACE_HEX, AT(effect.slot)},
    CAP_FIELDS(effect.cap),
};

static const struct trace_field created_fields[] = {
    {"parent_slot", TRACE_HEX, AT(effect.slot)},
    {"slot", TRACE_HEX, AT(effect.other_slot)},
    CAP_FIELDS(effect.cap),
};

static const struct trace_field two_slot_fields[] = {
    {"src_slot", TRACE_HEX, AT(effect.slot)},
    {"dest_slot", TRACE_HEX, AT(effect.other_slot)},
    CAP_FIELDS(effect.cap),
};

static const struct trace_field swapped_fields[] = {
    {"slot1", TRACE_HEX, AT(effect.slot)},
    {"slot2", TRACE_HEX, AT(effect.other_slot)},
    CAP_FIELDS(effect.cap),
    CAP_FIELDS(effect.other_cap),
};

static const struct trace_field test_fields[] = {
    {"name", TRACE_NAME, AT(name)},
};

static const struct trace_field retype_fields[] = {
    {"ut_paddr", TRACE_HEX, AT(retype.ut_paddr)},
    {"ut_bits", TRACE_SIZE_BITS, AT(retype.ut_bits)},
    {"ut_dev", TRACE_FLAG, AT(retype.ut_dev)},
    {"free_before", TRACE_HEX, AT(retype.free_before)},
    {"newtype", TRACE_NEWTYPE, AT(retype.newtype)},
    {"usersize", TRACE_HEX, AT(retype.usersize)},
    {"count", TRACE_HEX, AT(retype.count)},
    {"first_paddr", TRACE_HEX, AT(retype.first_paddr)},
    {"objbits", TRACE_SIZE_BITS, AT(retype.objbits)},
    {"reset", TRACE_FLAG, AT(retype.reset)},
    {"src_slot", TRACE_HEX, AT(retype.src_slot)},
    {"dest_slot", TRACE_HEX, AT(retype.dest_slot)},
    {"status", TRACE_STATUS, AT(retype.status)},
};

static const struct trace_field cnode_fields[] = {
    {"op", TRACE_OP, AT(cnode.op)},
    {"dest_slot", TRACE_HEX, AT(cnode.dest_slot)},
    {"src_slot", TRACE_HEX, AT(cnode.src_slot)},
    {"pivot_slot", TRACE_HEX, AT(cnode.pivot_slot)},
    CAP_FIELDS(cnode.cap),
    {"arg1", TRACE_HEX, AT(cnode.arg1)},
    {"arg2", TRACE_HEX, AT(cnode.arg2)},
    {"ndel", TRACE_DECIMAL, AT(cnode.ndel)},
    {"nfin", TRACE_DECIMAL, AT(cnode.nfin)},
    {"status", TRACE_STATUS, AT(cnode.status)},
    CAP_FIELDS(cnode.pivot),
};
#define CNODE_FIELDS_REQUIRED 14u

static const struct trace_field invoke_fields[] = {
    {"label", TRACE_LABEL, AT(invoke.label)},
    {"slot", TRACE_HEX, AT(invoke.slot)},
    CAP_FIELDS(invoke.cap),
    {"status", TRACE_STATUS, AT(invoke.status)},
};

#define FIELDS(array) array, sizeof array / sizeof array[0]

static const struct {
    char letter;
    const struct trace_field *fields;
    unsigned count;
} kinds[TRACE_KINDS] = {
    [TRACE_BOOT] = {'B', FIELDS(one_slot_fields)},
    [TRACE_TEST] = {'T', FIELDS(test_fields)},
    [TRACE_RETYPE] = {'R', FIELDS(retype_fields)},
    [TRACE_CNODE] = {'C', FIELDS(cnode_fields)},
    [TRACE_INVOKE] = {'I', FIELDS(invoke_fields)},
    [TRACE_CREATED] = {'n', FIELDS(created_fields)},
    [TRACE_DERIVED] = {'i', FIELDS(two_slot_fields)},
    [TRACE_MOVED] = {'m', FIELDS(two_slot_fields)},
    [TRACE_SWAPPED] = {'s', FIELDS(swapped_fields)},
    [TRACE_EMPTIED] = {'e', FIELDS(one_slot_fields)},
    [TRACE_FINAL] = {'f', FIELDS(one_slot_fields)},
};

/* Names and what they stand for; the frequent ones first. */
static const struct trace_word captypes[] = {
    {"untyped", CAP_UNTYPED},
    {"frame", CAP_FRAME},
    {"null", CAP_NULL},
    {"cnode", CAP_CNODE},
    {"thread", CAP_TCB},
    {"endpoint", CAP_ENDPOINT},
    {"notification", CAP_NOTIFICATION},
    {"pagetable", CAP_PAGE_TABLE},
    {"reply", CAP_REPLY},
    {"zombie", CAP_ZOMBIE},
    {"asidpool", CAP_ASID_POOL},
    {"asidctrl", CAP_ASID_CONTROL},
    {"irqctrl", CAP_IRQ_CONTROL},
    {"irqhandler", CAP_IRQ_HANDLER},
    {"domain", CAP_DOMAIN},
    {NULL, 0},
};

/* Object type numbers of the recorded machine, riscv64. */
static const struct trace_word newtypes[] = {
    {"untyped", OBJECT_UNTYPED},
    {"page", 6},
    {"pagetable", 8},
    {"tcb", OBJECT_TCB},
    {"endpoint", OBJECT_ENDPOINT},
    {"notification", OBJECT_NOTIFICATION},
    {"cnode", OBJECT_CNODE},
    {"giga", 5},
    {"mega", 7},
    {NULL, 0},
};

static const struct trace_word ops[] = {
    {"Delete", LABEL_CNODE_DELETE},
    {"Copy", LABEL_CNODE_COPY},
    {"Revoke", LABEL_CNODE_REVOKE},
    {"Move", LABEL_CNODE_MOVE},
    {"Mint", LABEL_CNODE_MINT},
    {"CancelBadgedSends", LABEL_CNODE_CANCEL_BADGED_SENDS},
    {"Mutate", LABEL_CNODE_MUTATE},
    {"Rotate", LABEL_CNODE_ROTATE},
    {"SaveCaller", LABEL_CNODE_SAVE_CALLER},
    {NULL, 0},
};

static const struct trace_word labels[] = {
    {"RISCVPageMap", TRACE_PAGE_MAP},
    {"RISCVPageUnmap", TRACE_PAGE_UNMAP},
    {"RISCVPageGetAddress", TRACE_PAGE_GET_ADDRESS},
    {"RISCVPageTableMap", TRACE_PAGE_TABLE_MAP},
    {"RISCVPageTableUnmap", TRACE_PAGE_TABLE_UNMAP},
    {"RISCVASIDControlMakePool", TRACE_ASID_CONTROL_MAKE_POOL},
    {"RISCVASIDPoolAssign", TRACE_ASID_POOL_ASSIGN},
    {"TCBReadRegisters", TRACE_TCB_READ_REGISTERS},
    {"TCBWriteRegisters", TRACE_TCB_WRITE_REGISTERS},
    {"TCBCopyRegisters", TRACE_TCB_COPY_REGISTERS},
    {"TCBConfigure", TRACE_TCB_CONFIGURE},
    {"TCBSetPriority", TRACE_TCB_SET_PRIORITY},
    {"TCBSetMCPriority", TRACE_TCB_SET_MC_PRIORITY},
    {"TCBSetSchedParams", TRACE_TCB_SET_SCHED_PARAMS},
    {"TCBSetIPCBuffer", TRACE_TCB_SET_IPC_BUFFER},
    {"TCBSetSpace", TRACE_TCB_SET_SPACE},
    {"TCBSuspend", TRACE_TCB_SUSPEND},
    {"TCBResume", TRACE_TCB_RESUME},
    {"TCBBindNotification", TRACE_TCB_BIND_NOTIFICATION},
    {"TCBUnbindNotification", TRACE_TCB_UNBIND_NOTIFICATION},
    {"TCBSetTLSBase", TRACE_TCB_SET_TLS_BASE},
    {"TCBSetFlags", TRACE_TCB_SET_FLAGS},
    {"IRQIssueIRQHandler", TRACE_IRQ_ISSUE_HANDLER},
    {"IRQAckIRQ", TRACE_IRQ_ACK},
    {"IRQSetIRQHandler", TRACE_IRQ_SET_HANDLER},
    {"IRQClearIRQHandler", TRACE_IRQ_CLEAR_HANDLER},
    {"RISCVIRQIssueIRQHandlerTrigger", TRACE_IRQ_ISSUE_HANDLER_TRIGGER},
    {"DomainSetSet", TRACE_DOMAIN_SET},
    {"DomainScheduleConfigure", TRACE_DOMAIN_CONFIGURE},
    {"DomainScheduleSetStart", TRACE_DOMAIN_SET_START},
    {NULL, 0},
};

static const struct trace_word statuses[] = {
    {"ok", ERROR_NONE},
    {"preempted", TRACE_PREEMPTED},
    {"e1", ERROR_INVALID_ARGUMENT},
    {"e2", ERROR_INVALID_CAPABILITY},
    {"e3", ERROR_ILLEGAL_OPERATION},
    {"e4", ERROR_RANGE},
    {"e5", ERROR_ALIGNMENT},
    {"e6", ERROR_FAILED_LOOKUP},
    {"e7", ERROR_TRUNCATED_MESSAGE},
    {"e8", ERROR_DELETE_FIRST},
    {"e9", ERROR_REVOKE_FIRST},
    {"e10", ERROR_NOT_ENOUGH_MEMORY},
    {"lookupfault", TRACE_LOOKUP_FAULT},
    {NULL, 0},
};

static const struct trace_word *const names[] = {
    [TRACE_CAPTYPE] = captypes, [TRACE_NEWTYPE] = newtypes, [TRACE_OP] = ops,
    [TRACE_LABEL] = labels,     [TRACE_STATUS] = statuses,
};

const struct trace_field *trace_fields(enum trace_kind kind, unsigned *required,
                                       unsigned *count)
{
    *count = kinds[kind].count;
    *required = kind == TRACE_CNODE ? CNODE_FIELDS_REQUIRED : *count;
    return kinds[kind].fields;
}

char trace_letter(enum trace_kind kind)
{
    return kinds[kind].letter;
}

const struct trace_word *trace_words(enum trace_format format)
{
    return names[format];
}

bool trace_is_effect(enum trace_kind kind)
{
    return kind >= TRACE_CREATED;
}

bool trace_cap_equal(const struct trace_cap *a, const struct trace_cap *b)
{
    return a->type == b->type && a->paddr == b->paddr && a->bits == b->bits &&
           a->dev == b->dev && a->extra == b->extra;
}
