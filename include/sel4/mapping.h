/* SPDX-License-Identifier: BSD-2-Clause */
/* What a Page_Map that failed by a missing page table says of it. */
#ifndef SEL4_MAPPING_H
#define SEL4_MAPPING_H
#include "functions.h"

#define SEL4_MAPPING_LOOKUP_LEVEL 2
/* The table that covers 2 MiB; the one that covers 1 GiB. */
#define SEL4_MAPPING_LOOKUP_NO_PT 21
#define SEL4_MAPPING_LOOKUP_NO_PD 30

/* After seL4_FailedLookup: log2 of what the missing table covers. */
LIBSEL4_INLINE_FUNC seL4_Word seL4_MappingFailedLookupLevel(void)
{
    return seL4_GetMR(SEL4_MAPPING_LOOKUP_LEVEL);
}
#endif
