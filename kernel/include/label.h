/* SPDX-License-Identifier: BSD-2-Clause */
/* Labels of the invocations beside those of invoke.h, as the newest release
 * numbers them (sel4-abi.md 4.1), and how an older one did.
 *
 *   wire label --labels[]--> enum label      of params; NULL: they are equal
 */
#ifndef FALLOW_LABEL_H
#define FALLOW_LABEL_H
#include "invoke.h"

enum label_of_threads {
    LABEL_TCB_READ_REGISTERS = 2,
    LABEL_TCB_WRITE_REGISTERS = 3,
    LABEL_TCB_COPY_REGISTERS = 4,
    LABEL_TCB_CONFIGURE = 5,
    LABEL_TCB_SET_PRIORITY = 6,
    LABEL_TCB_SET_MC_PRIORITY = 7,
    LABEL_TCB_SET_SCHED_PARAMS = 8,
    LABEL_TCB_SET_IPC_BUFFER = 9,
    LABEL_TCB_SET_SPACE = 10,
    LABEL_TCB_SUSPEND = 11,
    LABEL_TCB_RESUME = 12,
    LABEL_TCB_BIND_NOTIFICATION = 13,
    LABEL_TCB_UNBIND_NOTIFICATION = 14,
    LABEL_TCB_SET_TLS_BASE = 15,
    LABEL_TCB_SET_FLAGS = 16,
    LABEL_IRQ_ISSUE_HANDLER = 26,
    LABEL_IRQ_ACK = 27,
    LABEL_IRQ_SET_HANDLER = 28,
    LABEL_IRQ_CLEAR_HANDLER = 29,
    LABEL_DOMAIN_SET = 30,
    LABEL_DOMAIN_SCHEDULE_CONFIGURE = 31,
    LABEL_DOMAIN_SCHEDULE_SET_START = 32,
    LABEL_PAGE_TABLE_MAP = 33,
    LABEL_PAGE_TABLE_UNMAP = 34,
    LABEL_PAGE_MAP = 35,
    LABEL_PAGE_UNMAP = 36,
    LABEL_PAGE_GET_ADDRESS = 37,
    LABEL_ASID_CONTROL_MAKE_POOL = 38,
    LABEL_ASID_POOL_ASSIGN = 39,
    LABEL_IRQ_ISSUE_HANDLER_TRIGGER = 40,
};

/* Puts the label table of a release into params: 13 or 14; of any other, the
 * newest.  False: there is no such release. */
bool label_select(struct kernel_params *params, unsigned release);

/* What a label on the wire means; LABEL_INVALID: nothing.  Labels above the
 * table's end are those of the new calls, or invalid to everybody. */
uint64_t label_translate(const struct kernel_params *params, uint64_t wire);
#endif
