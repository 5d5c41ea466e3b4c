/* SPDX-License-Identifier: BSD-2-Clause */
/* Invocations of everything but untypeds and CNodes: one function for each
 * kind of capability.  Errors, their fields and their order are the tables of
 * sel4-abi.md; none has been given before anything was changed.
 *
 *   IllegalOperation   a label that the capability does not know, and as the
 *                      table says
 *   TruncatedMessage   fewer words or capabilities than the call takes
 *
 * and so on.  All are called for kernels with tables only.
 */
#ifndef FALLOW_INVOCATIONS_H
#define FALLOW_INVOCATIONS_H
#include "label.h"

/* 4.6.  Configure, SetSpace and SetIPCBuffer have preemption points; the rest
 * is O(1).  ReadRegisters replies with more words than a struct reply holds:
 * those from REPLY_WORDS_MAX on are tcb_reply_word()'s. */
enum outcome tcb_invoke(struct kernel *k, const struct invocation *inv,
                        struct reply *reply);
uint64_t tcb_reply_word(const struct kernel *k, paddr_t tcb, uint32_t n);

/* 4.7.  SetHandler and Clear have preemption points: they delete. */
enum outcome irq_control_invoke(struct kernel *k, const struct invocation *inv,
                                struct reply *reply);
enum outcome irq_handler_invoke(struct kernel *k, const struct invocation *inv,
                                struct reply *reply);

/* An interrupt has come: signals its notification, or masks it if it has no
 * handler.  O(1). */
void irq_deliver(struct kernel *k, uint64_t irq);

/* 4.8 */
enum outcome domain_invoke(struct kernel *k, const struct invocation *inv,
                           struct reply *reply);

/* 4.9 to 4.11.  At most one walk of ARCH_TABLE_LEVELS steps and one table or
 * pool cleared, 2^12 bytes. */
enum outcome page_table_invoke(struct kernel *k, const struct invocation *inv,
                               struct reply *reply);
enum outcome frame_invoke(struct kernel *k, const struct invocation *inv,
                          struct reply *reply);
enum outcome asid_control_invoke(struct kernel *k, const struct invocation *inv,
                                 struct reply *reply);
enum outcome asid_pool_invoke(struct kernel *k, const struct invocation *inv,
                              struct reply *reply);
#endif
