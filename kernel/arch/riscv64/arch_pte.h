/* SPDX-License-Identifier: BSD-2-Clause */
/* The machine's page tables: Sv39. */
#ifndef FALLOW_ARCH_PTE_H
#define FALLOW_ARCH_PTE_H
#include "sv39.h"
#endif
