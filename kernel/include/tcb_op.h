/* SPDX-License-Identifier: BSD-2-Clause */
/* What the decoding of a TCB invocation hands to its commit. */
#ifndef FALLOW_TCB_OP_H
#define FALLOW_TCB_OP_H
#include "invocations.h"

/* A capability that is to be copied into one of the TCB's slots. */
struct tcb_root {
    slotno_t source;
    struct cap cap; /* derived; CAP_NULL: the slot stays empty */
};

struct tcb_op {
    uint64_t label;
    paddr_t tcb;
    const uint64_t *mr; /* the invocation's words */
    bool space;         /* Configure, SetSpace: handler, CSpace, VSpace */
    bool buffer;        /* Configure, SetIPCBuffer */
    struct tcb_root cspace;
    struct tcb_root vspace;
    struct tcb_root buffer_frame;
    uint64_t fault_handler;
    uint64_t buffer_address;
    uint8_t mcp;
    uint8_t priority;
    paddr_t other; /* CopyRegisters: source; BindNotification */
};

/* Checks everything and changes nothing. */
enum error tcb_decode(struct kernel *k, const struct invocation *inv,
                      struct tcb_op *op, struct reply *err);

/* Performs it and fills in the reply.  False: an interrupt came. */
bool tcb_commit(struct kernel *k, const struct invocation *inv,
                const struct tcb_op *op, struct reply *reply);

/* Registers (4.6), with nothing left to check. */
void tcb_read_registers(struct kernel *k, const struct tcb_op *op,
                        struct reply *reply);
void tcb_write_registers(struct kernel *k, const struct tcb_op *op);
void tcb_copy_registers(struct kernel *k, const struct tcb_op *op);
#endif
