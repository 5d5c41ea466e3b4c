/* SPDX-License-Identifier: BSD-2-Clause */
/* A root task: the riscv64 half of `make bench-ut-pmm'.  It counts
 * bench/ut_pmm_work.c by the processor's own counter, which is exact where QEMU
 * runs with -icount, and prints a line for each measured call:
 *
 *   pmm  state/op  instructions
 */
#include <sel4/fallow.h>

#include <stdio.h>
#include <stdlib.h>

#include "ut_pmm_work.h"

#define ROOT        seL4_CapInitThreadCNode
#define MAP_ADDRESS UINT64_C(0x1000000000)
#define MEGA_BITS   21u

/* An interrupt in the measured call would count: after one there is none for
 * 2 ms, and a nanosecond is an instruction. */
#define INTERRUPTED 60u
#define QUIET       1000000u

static seL4_Word quiet_since, started, cost;

static seL4_Word counter(void)
{
    seL4_Word now;

    __asm__ volatile("rdinstret %0" : "=r"(now)::"memory");
    return now;
}

static void count(bool on)
{
    (void)on;
}

static void begin(void)
{
    seL4_Word last, now = counter();

    if (now - quiet_since > QUIET) {
        do {
            last = now;
            now = counter();
        } while (now - last < INTERRUPTED);
        quiet_since = now;
    }
    started = counter();
}

static void end(void)
{
    cost = counter() - started;
}

static void sample(const char *state, const char *op)
{
    printf("pmm\t%s/%s\t%lu\n", state, op, cost);
}

static void must(seL4_Error error, const char *what)
{
    if (error == seL4_NoError)
        return;
    printf("pmm: %s: error %d\n", what, (int)error);
    exit(1);
}

/* Memory for the map, in superpages, out of the largest untyped. */
static void *map_memory(size_t bytes)
{
    const seL4_BootInfo *info = seL4_GetBootInfo();
    seL4_CPtr untyped = 0, slot = info->empty.start;
    seL4_Word bits = 0;

    for (seL4_Word i = 0; i < info->untyped.end - info->untyped.start; i++)
        if (!info->untypedList[i].isDevice &&
            info->untypedList[i].sizeBits > bits) {
            bits = info->untypedList[i].sizeBits;
            untyped = info->untyped.start + i;
        }
    must(seL4_Untyped_Retype(untyped, seL4_RISCV_PageTableObject, 0, ROOT, 0, 0,
                             slot, 1),
         "a page table");
    must(seL4_RISCV_PageTable_Map(slot, seL4_CapInitThreadVSpace, MAP_ADDRESS,
                                  seL4_RISCV_Default_VMAttributes),
         "its mapping");
    for (seL4_Word at = 0; at < bytes; at += (seL4_Word)1 << MEGA_BITS) {
        slot++;
        must(seL4_Untyped_Retype(untyped, seL4_RISCV_Mega_Page, 0, ROOT, 0, 0,
                                 slot, 1),
             "a superpage");
        must(seL4_RISCV_Page_Map(slot, seL4_CapInitThreadVSpace,
                                 MAP_ADDRESS + at, seL4_AllRights,
                                 seL4_RISCV_Default_VMAttributes),
             "its mapping");
    }
    return (void *)MAP_ADDRESS;
}

int main(void)
{
    static const struct ut_pmm_hooks hooks = {count, begin, end, sample};
    size_t bytes = ut_pmm_work_bytes();
    const char *wrong = ut_pmm_work(map_memory(bytes), bytes, &hooks);

    if (wrong)
        printf("pmm: %s\n", wrong);
    printf("end\n");
    return wrong != NULL;
}
