/* SPDX-License-Identifier: BSD-2-Clause */
/* Fault messages: what a fault handler has received, by name.
 *
 *   info = seL4_Recv(endpoint, &badge);
 *   if (seL4_isVMFault_tag(info)) {
 *       fault = seL4_getFault(info);
 *       address = seL4_Fault_VMFault_get_Addr(fault);
 */
#ifndef SEL4_FAULTS_H
#define SEL4_FAULTS_H
#include "functions.h"

#define SEL4_IS_FAULT_(name)                                                   \
    LIBSEL4_INLINE_FUNC seL4_Bool seL4_is##name##_tag(seL4_MessageInfo_t tag)  \
    {                                                                          \
        return seL4_MessageInfo_get_label(tag) == seL4_Fault_##name;           \
    }

SEL4_IS_FAULT_(CapFault)
SEL4_IS_FAULT_(UnknownSyscall)
SEL4_IS_FAULT_(UserException)
SEL4_IS_FAULT_(VMFault)

LIBSEL4_INLINE_FUNC seL4_Bool seL4_isNoFault_tag(seL4_MessageInfo_t tag)
{
    return seL4_MessageInfo_get_label(tag) == seL4_Fault_NullFault;
}

/* Those faults that look different on each architecture; NullFault if it is
 * none of them.  The message registers are taken from the IPC buffer. */
LIBSEL4_INLINE_FUNC seL4_Fault_t seL4_getArchFault(seL4_MessageInfo_t tag)
{
    switch (seL4_MessageInfo_get_label(tag)) {
    case seL4_Fault_UnknownSyscall:
        return seL4_Fault_UnknownSyscall_new(
            seL4_GetMR(seL4_UnknownSyscall_FaultIP),
            seL4_GetMR(seL4_UnknownSyscall_SP),
            seL4_GetMR(seL4_UnknownSyscall_RA),
            seL4_GetMR(seL4_UnknownSyscall_A0),
            seL4_GetMR(seL4_UnknownSyscall_A1),
            seL4_GetMR(seL4_UnknownSyscall_A2),
            seL4_GetMR(seL4_UnknownSyscall_A3),
            seL4_GetMR(seL4_UnknownSyscall_A4),
            seL4_GetMR(seL4_UnknownSyscall_A5),
            seL4_GetMR(seL4_UnknownSyscall_A6),
            seL4_GetMR(seL4_UnknownSyscall_Syscall));
    case seL4_Fault_UserException:
        return seL4_Fault_UserException_new(
            seL4_GetMR(seL4_UserException_FaultIP),
            seL4_GetMR(seL4_UserException_SP),
            seL4_GetMR(seL4_UserException_Number),
            seL4_GetMR(seL4_UserException_Code));
    case seL4_Fault_VMFault:
        return seL4_Fault_VMFault_new(seL4_GetMR(seL4_VMFault_IP),
                                      seL4_GetMR(seL4_VMFault_Addr),
                                      seL4_GetMR(seL4_VMFault_PrefetchFault),
                                      seL4_GetMR(seL4_VMFault_FSR));
    default:
        return seL4_Fault_NullFault_new();
    }
}

/* Any fault; NullFault if the message is none. */
LIBSEL4_INLINE_FUNC seL4_Fault_t seL4_getFault(seL4_MessageInfo_t tag)
{
    if (!seL4_isCapFault_tag(tag))
        return seL4_getArchFault(tag);
    return seL4_Fault_CapFault_new(
        seL4_GetMR(seL4_CapFault_IP), seL4_GetMR(seL4_CapFault_Addr),
        seL4_GetMR(seL4_CapFault_InRecvPhase),
        seL4_GetMR(seL4_CapFault_LookupFailureType),
        seL4_GetMR(seL4_CapFault_BitsLeft),
        seL4_GetMR(seL4_CapFault_GuardMismatch_GuardFound),
        seL4_GetMR(seL4_CapFault_GuardMismatch_BitsFound));
}
#endif
