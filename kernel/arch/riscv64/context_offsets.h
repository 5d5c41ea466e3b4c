/* SPDX-License-Identifier: BSD-2-Clause */
/* Places in struct arch_context, for assembly as well; arch_context.h checks
 * that the compiler agrees. */
#ifndef FALLOW_CONTEXT_OFFSETS_H
#define FALLOW_CONTEXT_OFFSETS_H

#define CONTEXT_FAULT_IP 0
#define CONTEXT_X(n)     (8 * (n)) /* x1 .. x31 */
#define CONTEXT_NEXT_IP  256
#define CONTEXT_F(n)     (264 + 8 * (n)) /* f0 .. f31 */
#define CONTEXT_FCSR     520

#endif
