/* SPDX-License-Identifier: BSD-2-Clause */
/* Numbers of stated sizes, and the kernel's word. */
#ifndef SEL4_SIMPLE_TYPES_H
#define SEL4_SIMPLE_TYPES_H
#include "macros.h"

typedef signed char seL4_Int8;
typedef unsigned char seL4_Uint8;
typedef signed short seL4_Int16;
typedef unsigned short seL4_Uint16;
typedef signed int seL4_Int32;
typedef unsigned int seL4_Uint32;
typedef signed long seL4_Int64;
typedef unsigned long seL4_Uint64;

typedef seL4_Int8 seL4_Bool;
#define seL4_True  1
#define seL4_False 0
#ifdef __cplusplus
#define seL4_Null 0
#else
#define seL4_Null ((void *)0)
#endif

typedef seL4_Uint64 seL4_Word;
typedef seL4_Word seL4_CPtr;

/* For the formats of printf. */
#define SEL4_PRIu_word "lu"
#define SEL4_PRId_word "ld"
#define SEL4_PRIx_word "lx"
#define SEL4_PRIi_word "li"

SEL4_STATIC_ASSERT(sizeof(seL4_Word) == 8 && sizeof(seL4_Uint32) == 4 &&
                       sizeof(seL4_Uint16) == 2 && sizeof(void *) == 8,
                   "a machine with 64-bit words");
#endif
