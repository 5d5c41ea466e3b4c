/* SPDX-License-Identifier: BSD-2-Clause */
/* Names for capability pointers, by what they are expected to name, and all
 * that kernel and user level share: sizes, words with fields, structs. */
#ifndef SEL4_TYPES_H
#define SEL4_TYPES_H
#include "config.h"
#include "simple_types.h"

typedef seL4_CPtr seL4_CNode;
typedef seL4_CPtr seL4_IRQHandler;
typedef seL4_CPtr seL4_IRQControl;
typedef seL4_CPtr seL4_TCB;
typedef seL4_CPtr seL4_Untyped;
typedef seL4_CPtr seL4_DomainSet;
typedef seL4_CPtr seL4_SchedContext;
typedef seL4_CPtr seL4_SchedControl;
typedef seL4_CPtr seL4_RISCV_Page;
typedef seL4_CPtr seL4_RISCV_PageTable;
typedef seL4_CPtr seL4_RISCV_ASIDControl;
typedef seL4_CPtr seL4_RISCV_ASIDPool;

typedef seL4_Word seL4_NodeId;
typedef seL4_Word seL4_Domain;
typedef seL4_Word seL4_PAddr;
typedef seL4_Word seL4_SlotPos;
typedef seL4_Uint64 seL4_Time;

#define seL4_NilData 0

#include <sel4/constants.h>
#include <sel4/shared_types_gen.h>
#include <sel4/types_gen.h>
#include <sel4/structs_gen.h>

#define seL4_AllRights     seL4_CapRights_new(1, 1, 1, 1)
#define seL4_NoRights      seL4_CapRights_new(0, 0, 0, 0)
#define seL4_ReadWrite     seL4_CapRights_new(0, 0, 1, 1)
#define seL4_CanRead       seL4_CapRights_new(0, 0, 1, 0)
#define seL4_CanWrite      seL4_CapRights_new(0, 0, 0, 1)
#define seL4_CanGrant      seL4_CapRights_new(0, 1, 0, 0)
#define seL4_CanGrantReply seL4_CapRights_new(1, 0, 0, 0)
#define seL4_NoWrite       seL4_CapRights_new(1, 1, 1, 0)
#define seL4_NoRead        seL4_CapRights_new(1, 1, 0, 1)
#endif
