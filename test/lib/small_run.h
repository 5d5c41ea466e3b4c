/* SPDX-License-Identifier: BSD-2-Clause */
/* A run made by hand, in the form of the recorded ones (tools/fallow/trace.h),
 * for tests of the replay: every kind of line, every CNode operation, refused
 * and preempted calls, and what the core does not compute.
 *
 *   80010000  root CNode, 64 slots    80020000  untyped 2^14: TCBs, a CNode,
 *   80011000  root thread                       a page table, an endpoint, ...
 *   80012000  ASID pool               80024000  untyped 2^14: an ASID pool, a
 *   80013000  page table                        TCB in a CNode that goes
 *   80014000  frame                   0         device untyped 2^20
 */
#ifndef FALLOW_TEST_SMALL_RUN_H
#define FALLOW_TEST_SMALL_RUN_H

extern const char small_run[];

#endif
