/* SPDX-License-Identifier: BSD-2-Clause */
/* Faults: what a thread did wrong, told to its handler, and the answer.
 *
 *   thread --fault--> handler's endpoint (a Call on the thread's behalf)
 *          message:   [ registers of the thread ][ tail ]
 *                       CapFault, VMFault  1       what and where
 *                       UserException      2       number, code
 *                       UnknownSyscall    10       number
 *   thread <--reply-- label 0 and new registers: goes on; else Inactive
 *
 * sel4-abi.md 7.  The tail is in thread.fault as long as the fault has not
 * been answered; the registers are read when the message is delivered.
 */
#ifndef FALLOW_FAULT_H
#define FALLOW_FAULT_H
#include "error.h"
#include "thread.h"

enum fault_type {
    FAULT_NONE = 0,
    FAULT_CAPABILITY = 1,
    FAULT_UNKNOWN_SYSCALL = 2,
    FAULT_USER_EXCEPTION = 3,
    FAULT_VM = 5,
};

/* The current thread used a capability pointer that leads nowhere: *lookup is
 * what cspace_lookup answered.  receiving: it wanted to receive. */
void fault_capability(struct kernel *k, uint64_t cptr, bool receiving,
                      const struct reply *lookup);

/* Any other fault of the current thread: count <= FAULT_TAIL_MAX words. */
void fault_raise(struct kernel *k, enum fault_type type, uint32_t count,
                 const uint64_t *tail);

/* Length of the fault message of a thread, and its words: i < length. */
uint32_t fault_length(const struct thread *t);
uint64_t fault_word(const struct thread *t, uint32_t i);

/* The replier's message answers the fault of thread tcb, which may get other
 * registers by it.  True: it is to go on, at FaultIP. */
bool fault_answer(struct kernel *k, paddr_t replier, paddr_t tcb);
#endif
