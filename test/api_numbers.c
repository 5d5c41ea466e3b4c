/* SPDX-License-Identifier: BSD-2-Clause */
/* The public headers and the kernel agree: every number that both name, and
 * the packing of every word that both take apart. */
#include <sel4/sel4.h>
#include "boot.h"
#include "fault.h"
#include "ipc.h"
#include "label.h"
#include "labels.h"
#include "seed.h"
#include "syscall.h"
#include "tap.h"

__thread seL4_IPCBuffer *__sel4_ipc_buffer;

void sel4_host_trap(seL4_Word number, seL4_Word registers[6])
{
    (void)number;
    (void)registers;
}

#define SAME(ours, theirs)                                                     \
    tap_is((uint64_t)(ours), (uint64_t)(theirs), "%s", #ours " is " #theirs)

static void objects_and_errors(void)
{
    SAME(OBJECT_UNTYPED, seL4_UntypedObject);
    SAME(OBJECT_TCB, seL4_TCBObject);
    SAME(OBJECT_ENDPOINT, seL4_EndpointObject);
    SAME(OBJECT_NOTIFICATION, seL4_NotificationObject);
    SAME(OBJECT_CNODE, seL4_CapTableObject);
    SAME(SLOT_BITS, seL4_SlotBits);
    SAME(ERROR_NONE, seL4_NoError);
    SAME(ERROR_INVALID_ARGUMENT, seL4_InvalidArgument);
    SAME(ERROR_INVALID_CAPABILITY, seL4_InvalidCapability);
    SAME(ERROR_ILLEGAL_OPERATION, seL4_IllegalOperation);
    SAME(ERROR_RANGE, seL4_RangeError);
    SAME(ERROR_ALIGNMENT, seL4_AlignmentError);
    SAME(ERROR_FAILED_LOOKUP, seL4_FailedLookup);
    SAME(ERROR_TRUNCATED_MESSAGE, seL4_TruncatedMessage);
    SAME(ERROR_DELETE_FIRST, seL4_DeleteFirst);
    SAME(ERROR_REVOKE_FIRST, seL4_RevokeFirst);
    SAME(ERROR_NOT_ENOUGH_MEMORY, seL4_NotEnoughMemory);
    SAME(LOOKUP_INVALID_ROOT, seL4_InvalidRoot);
    SAME(LOOKUP_MISSING_CAPABILITY, seL4_MissingCapability);
    SAME(LOOKUP_DEPTH_MISMATCH, seL4_DepthMismatch);
    SAME(LOOKUP_GUARD_MISMATCH, seL4_GuardMismatch);
    SAME(INVOKE_WORDS_MAX, seL4_MsgMaxLength);
    SAME(INVOKE_CAPS_MAX, seL4_MsgMaxExtraCaps);
    SAME(IPC_REGISTERS, seL4_FastMessageRegisters);
    SAME(IPC_BUFFER_BITS, seL4_IPCBufferSizeBits);
    SAME(THREAD_FLAG_FPU_DISABLED, seL4_TCBFlag_fpuDisabled);
    SAME(THREAD_PRIORITIES - 1, seL4_MaxPrio);
}

static void initial_thread(void)
{
    SAME(BOOT_SLOT_TCB, seL4_CapInitThreadTCB);
    SAME(BOOT_SLOT_CNODE, seL4_CapInitThreadCNode);
    SAME(BOOT_SLOT_VSPACE, seL4_CapInitThreadVSpace);
    SAME(BOOT_SLOT_IRQ_CONTROL, seL4_CapIRQControl);
    SAME(BOOT_SLOT_ASID_CONTROL, seL4_CapASIDControl);
    SAME(BOOT_SLOT_ASID_POOL, seL4_CapInitThreadASIDPool);
    SAME(BOOT_SLOT_BOOTINFO, seL4_CapBootInfoFrame);
    SAME(BOOT_SLOT_BUFFER, seL4_CapInitThreadIPCBuffer);
    SAME(BOOT_SLOT_DOMAIN, seL4_CapDomain);
    SAME(BOOT_SLOT_FIRST_FREE, seL4_NumInitialCaps);
    SAME(BOOT_INFO_BYTES(CONFIG_MAX_NUM_BOOTINFO_UNTYPED_CAPS),
         sizeof(seL4_BootInfo));
}

static void calls(void)
{
    SAME(SYSCALL_CALL, seL4_SysCall);
    SAME(SYSCALL_REPLY_RECV, seL4_SysReplyRecv);
    SAME(SYSCALL_SEND, seL4_SysSend);
    SAME(SYSCALL_NB_SEND, seL4_SysNBSend);
    SAME(SYSCALL_RECV, seL4_SysRecv);
    SAME(SYSCALL_REPLY, seL4_SysReply);
    SAME(SYSCALL_YIELD, seL4_SysYield);
    SAME(SYSCALL_NB_RECV, seL4_SysNBRecv);
    SAME(SYSCALL_DEBUG_PUT_CHAR, seL4_SysDebugPutChar);
    SAME(SYSCALL_DEBUG_DUMP_SCHEDULER, seL4_SysDebugDumpScheduler);
    SAME(SYSCALL_DEBUG_HALT, seL4_SysDebugHalt);
    SAME(SYSCALL_DEBUG_CAP_IDENTIFY, seL4_SysDebugCapIdentify);
    SAME(SYSCALL_DEBUG_SNAPSHOT, seL4_SysDebugSnapshot);
    SAME(SYSCALL_DEBUG_NAME_THREAD, seL4_SysDebugNameThread);
    SAME(FAULT_NONE, seL4_Fault_NullFault);
    SAME(FAULT_CAPABILITY, seL4_Fault_CapFault);
    SAME(FAULT_UNKNOWN_SYSCALL, seL4_Fault_UnknownSyscall);
    SAME(FAULT_USER_EXCEPTION, seL4_Fault_UserException);
    SAME(FAULT_VM, seL4_Fault_VMFault);
    SAME(REGION_NONE, FALLOW_REGION_NONE);
    SAME(REGION_UNTYPED, FALLOW_REGION_UNTYPED);
    SAME(REGION_OBJECT, FALLOW_REGION_OBJECT);
    SAME(REGION_IN_TRANSITION, FALLOW_REGION_IN_TRANSITION);
    SAME(LABEL_UNTYPED_RETYPE_AT, UntypedRetypeAt);
    SAME(LABEL_UNTYPED_RETYPE_WHOLE, UntypedRetypeWhole);
    SAME(LABEL_UNTYPED_DESCRIBE, UntypedDescribe);
    SAME(LABEL_UNTYPED_NEXT, UntypedNext);
    SAME(LABEL_UNTYPED_REVOKE_AT, UntypedRevokeAt);
}

/* What a program sends, by the table that the kernel has for its release. */
static void labels(void)
{
    struct kernel_params params = {0};
    static const struct {
        uint64_t ours;
        uint64_t sent;
    } label[] = {
        {LABEL_UNTYPED_RETYPE, UntypedRetype},
        {LABEL_TCB_READ_REGISTERS, TCBReadRegisters},
        {LABEL_TCB_WRITE_REGISTERS, TCBWriteRegisters},
        {LABEL_TCB_COPY_REGISTERS, TCBCopyRegisters},
        {LABEL_TCB_CONFIGURE, TCBConfigure},
        {LABEL_TCB_SET_PRIORITY, TCBSetPriority},
        {LABEL_TCB_SET_MC_PRIORITY, TCBSetMCPriority},
        {LABEL_TCB_SET_SCHED_PARAMS, TCBSetSchedParams},
        {LABEL_TCB_SET_IPC_BUFFER, TCBSetIPCBuffer},
        {LABEL_TCB_SET_SPACE, TCBSetSpace},
        {LABEL_TCB_SUSPEND, TCBSuspend},
        {LABEL_TCB_RESUME, TCBResume},
        {LABEL_TCB_BIND_NOTIFICATION, TCBBindNotification},
        {LABEL_TCB_UNBIND_NOTIFICATION, TCBUnbindNotification},
        {LABEL_TCB_SET_TLS_BASE, TCBSetTLSBase},
#if CONFIG_FALLOW_LABELS >= 14
        {LABEL_TCB_SET_FLAGS, TCBSetFlags},
#endif
        {LABEL_CNODE_REVOKE, CNodeRevoke},
        {LABEL_CNODE_DELETE, CNodeDelete},
        {LABEL_CNODE_CANCEL_BADGED_SENDS, CNodeCancelBadgedSends},
        {LABEL_CNODE_COPY, CNodeCopy},
        {LABEL_CNODE_MINT, CNodeMint},
        {LABEL_CNODE_MOVE, CNodeMove},
        {LABEL_CNODE_MUTATE, CNodeMutate},
        {LABEL_CNODE_ROTATE, CNodeRotate},
        {LABEL_CNODE_SAVE_CALLER, CNodeSaveCaller},
        {LABEL_IRQ_ISSUE_HANDLER, IRQIssueIRQHandler},
        {LABEL_IRQ_ACK, IRQAckIRQ},
        {LABEL_IRQ_SET_HANDLER, IRQSetIRQHandler},
        {LABEL_IRQ_CLEAR_HANDLER, IRQClearIRQHandler},
        {LABEL_DOMAIN_SET, DomainSetSet},
#if CONFIG_FALLOW_LABELS >= 15
        {LABEL_DOMAIN_SCHEDULE_CONFIGURE, DomainScheduleConfigure},
        {LABEL_DOMAIN_SCHEDULE_SET_START, DomainScheduleSetStart},
#endif
        {LABEL_PAGE_TABLE_MAP, RISCVPageTableMap},
        {LABEL_PAGE_TABLE_UNMAP, RISCVPageTableUnmap},
        {LABEL_PAGE_MAP, RISCVPageMap},
        {LABEL_PAGE_UNMAP, RISCVPageUnmap},
        {LABEL_PAGE_GET_ADDRESS, RISCVPageGetAddress},
        {LABEL_ASID_CONTROL_MAKE_POOL, RISCVASIDControlMakePool},
        {LABEL_ASID_POOL_ASSIGN, RISCVASIDPoolAssign},
        {LABEL_IRQ_ISSUE_HANDLER_TRIGGER, RISCVIRQIssueIRQHandlerTrigger},
    };

    tap_ok(label_select(&params, CONFIG_FALLOW_LABELS),
           "the kernel knows release %d", CONFIG_FALLOW_LABELS);
    for (unsigned i = 0; i < sizeof label / sizeof label[0]; i++)
        tap_is(label_translate(&params, label[i].sent), label[i].ours,
               "label %lu on the wire is the kernel's %lu", label[i].sent,
               label[i].ours);
    tap_is(nArchInvocationLabels, sizeof label / sizeof label[0] + 1,
           "there are no more");
}

/* The kernel's tables are those of the description, for every release. */
static void releases(void)
{
    static const uint8_t table13[] = API_LABELS_13;
    static const uint8_t table14[] = API_LABELS_14;
    static const uint8_t table15[] = API_LABELS_15;
    static const struct {
        unsigned release;
        const uint8_t *table;
        unsigned count;
    } releases[] = {
        {13, table13, sizeof table13},
        {14, table14, sizeof table14},
        {15, table15, sizeof table15},
    };

    const uint64_t last = LABEL_IRQ_ISSUE_HANDLER_TRIGGER;

    for (unsigned i = 0; i < 3; i++) {
        struct kernel_params params = {0};
        bool same = label_select(&params, releases[i].release);

        for (uint64_t wire = 0; wire < 64; wire++) {
            uint64_t label = label_translate(&params, wire);

            same &= wire < releases[i].count
                        ? label == releases[i].table[wire]
                        : label == LABEL_INVALID || label > last;
        }
        tap_ok(same, "the kernel's labels of release %u, %u of them",
               releases[i].release, releases[i].count - 1);
    }
}

static void words(void)
{
    struct seed seed = seed_start(5);
    bool info = true, rights = true, data = true, changed = true;

    for (int i = 0; i < 10000; i++) {
        uint64_t a = seed_next(&seed), b = seed_next(&seed);
        seL4_MessageInfo_t m =
            seL4_MessageInfo_new(a >> 12, b >> 3 & 7, b >> 6 & 3, b >> 8 & 127);
        struct cap cap = {.type = CAP_CNODE, .bits = 10, .rights = 0};
        seL4_CNode_CapData_t d = seL4_CNode_CapData_new(a, b % 60);
        seL4_CapRights_t r =
            seL4_CapRights_new(a & 1, a >> 1 & 1, b & 1, b >> 1 & 1);

        info &=
            m.words[0] ==
                ipc_info(a >> 12, b >> 3 & 7, b >> 6 & 3, b >> 8 & 127) &&
            seL4_MessageInfo_get_label(m) == ipc_label(m.words[0]) &&
            seL4_MessageInfo_get_extraCaps(m) == ipc_extra_caps(m.words[0]) &&
            seL4_MessageInfo_get_capsUnwrapped(m) == (b >> 3 & 7);
        rights &= r.words[0] ==
                  (a & 1 ? CAP_GRANT_REPLY : 0) + (a & 2 ? CAP_GRANT : 0) +
                      (b & 1 ? CAP_READ : 0) + (b & 2 ? CAP_WRITE : 0);
        cap = cap_update_data(cap, d.words[0], false);
        data &= seL4_CNode_CapData_get_guardSize(d) == b % 60 &&
                (cap.type == CAP_NULL ||
                 (cap_cnode_guard_size(&cap) == b % 60 &&
                  cap_cnode_guard(&cap) == (seL4_CNode_CapData_get_guard(d) &
                                            ((UINT64_C(1) << b % 60) - 1))));
        m = seL4_MessageInfo_set_length(m, a & 127);
        changed &= seL4_MessageInfo_get_length(m) == (a & 127) &&
                   seL4_MessageInfo_get_extraCaps(m) == (b >> 6 & 3) &&
                   seL4_MessageInfo_get_label(m) == a >> 12;
    }
    tap_ok(info, "the message info word is the kernel's");
    tap_ok(rights, "the rights word is the kernel's");
    tap_ok(data, "a CNode's guard is the kernel's");
    tap_ok(changed, "a field can be changed alone");
    SAME(seL4_AllRights.words[0], CAP_RIGHTS_ALL);
    SAME(seL4_ReadWrite.words[0], CAP_READ + CAP_WRITE);
    SAME(seL4_CanRead.words[0], CAP_READ);
    SAME(seL4_CanWrite.words[0], CAP_WRITE);
    SAME(seL4_CanGrant.words[0], CAP_GRANT);
    SAME(seL4_CanGrantReply.words[0], CAP_GRANT_REPLY);
    SAME(seL4_NoWrite.words[0], CAP_RIGHTS_ALL - CAP_WRITE);
    SAME(seL4_NoRead.words[0], CAP_RIGHTS_ALL - CAP_READ);
    SAME(seL4_NoRights.words[0], 0);
}

int main(void)
{
    objects_and_errors();
    initial_thread();
    calls();
    labels();
    releases();
    words();
    return tap_done();
}
