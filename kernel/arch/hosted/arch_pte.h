/* SPDX-License-Identifier: BSD-2-Clause */
/* The hosted machine keeps page tables as RV64 does; nobody walks them but
 * the core and the tests. */
#ifndef FALLOW_ARCH_PTE_H
#define FALLOW_ARCH_PTE_H
#include "sv39.h"
#endif
