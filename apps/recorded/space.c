/* SPDX-License-Identifier: BSD-2-Clause */
#include "recorded.h"

#include <stdio.h>
#include <stdlib.h>

#define ROOT        seL4_CapInitThreadCNode
#define VSPACE      seL4_CapInitThreadVSpace
#define MEGA_BITS   21u
#define GIGA_BITS   30u
#define SLOT_BITS   5u
#define TABLES      4u /* page tables that we need */
#define SPARE_SLOTS 8u /* behind those of the strategies: rt's, at the end */

/* Addresses of our own, each in a gigabyte of its own. */
#define BOOKS       0x100000000ul
#define WINDOW_PAGE 0x1000000000ul
#define WINDOW_MEGA 0x1040000000ul
#define WINDOW_GIGA 0x1080000000ul

static void must(seL4_Error error, const char *what)
{
    if (error == seL4_NoError)
        return;
    printf("recorded: %s: error %d\n", what, (int)error);
    exit(1);
}

static unsigned bits_for(uint64_t count)
{
    unsigned bits = 0;

    while (1ul << bits < count)
        bits++;
    return bits;
}

/* All RAM in untypeds: the list is in ascending order but for the memory that
 * boot itself has used, which comes first. */
static void list_regions(struct space *space)
{
    const seL4_BootInfo *info = seL4_GetBootInfo();

    for (seL4_Word i = 0; i < info->untyped.end - info->untyped.start; i++) {
        const seL4_UntypedDesc *u = &info->untypedList[i];
        uint32_t at = space->region_count;

        if (u->isDevice)
            continue;
        for (; at > 0 && space->regions[at - 1].base > u->paddr; at--)
            space->regions[at] = space->regions[at - 1];
        space->regions[at] = (struct strategy_region){
            .base = u->paddr,
            .slot = info->untyped.start + i,
            .size_bits = u->sizeBits,
        };
        space->region_count++;
    }
}

/* What the most demanding strategy needs, with all regions. */
static void measure(struct space *space,
                    const struct strategy *const *strategies)
{
    struct strategy_config config = {
        .regions = space->regions,
        .region_count = space->region_count,
        .blocks_max = embedded_stream.alive_peak,
        .fanout = 256,
    };

    for (unsigned i = 0; i < STRATEGIES; i++) {
        uint64_t slots = strategies[i]->slots_wanted(&config);
        uint64_t bytes;

        if (slots > space->own_count)
            space->own_count = slots;
        config.slot_count = (uint32_t)slots;
        bytes = strategies[i]->memory_bytes(&config);
        if (bytes > space->books_bytes)
            space->books_bytes = bytes;
    }
    space->first_object = seL4_GetBootInfo()->empty.end;
    space->first_own = space->first_object + embedded_stream.alive_peak;
    space->books_bytes = (space->books_bytes + 7) / 8 * 8;
}

/* Keeps for ourselves the smallest region that is large enough. */
static struct strategy_region keep_region(struct space *space, uint64_t bytes)
{
    struct strategy_region kept;
    uint32_t best = space->region_count;

    for (uint32_t i = 0; i < space->region_count; i++)
        if (1ul << space->regions[i].size_bits >= bytes &&
            (best == space->region_count ||
             space->regions[i].size_bits < space->regions[best].size_bits))
            best = i;
    if (best == space->region_count) {
        printf("recorded: no block of %lu MiB for our own books\n",
               bytes >> 20);
        exit(1);
    }
    kept = space->regions[best];
    for (uint32_t i = best; i + 1 < space->region_count; i++)
        space->regions[i] = space->regions[i + 1];
    space->region_count--;
    return kept;
}

static void map_table(seL4_CPtr untyped, seL4_CPtr slot, seL4_Word address)
{
    must(seL4_Untyped_Retype(untyped, seL4_RISCV_PageTableObject, 0, ROOT, 0, 0,
                             slot, 1),
         "a page table");
    must(seL4_RISCV_PageTable_Map(slot, VSPACE, address, 0), "PageTable_Map");
}

/* Moves all that boot has given us into the new CNode, to the slots of the
 * same numbers, and makes that our CSpace. */
static void move_in(seL4_CPtr cnode, unsigned radix)
{
    const seL4_BootInfo *info = seL4_GetBootInfo();
    seL4_Word guard = seL4_CNode_CapData_new(0, seL4_WordBits - radix).words[0];

    for (seL4_CPtr slot = 1; slot < info->empty.end; slot++)
        if (slot != ROOT && slot != cnode)
            seL4_CNode_Move(cnode, slot, (seL4_Uint8)radix, ROOT, slot,
                            seL4_WordBits);
    must(seL4_CNode_Mint(cnode, ROOT, (seL4_Uint8)radix, ROOT, cnode,
                         seL4_WordBits, seL4_AllRights, guard),
         "the new root CNode");
    /* What SetSpace names is still looked up in the old one. */
    must(seL4_CNode_Copy(ROOT, seL4_CapInitThreadTCB, seL4_WordBits, cnode,
                         seL4_CapInitThreadTCB, (seL4_Uint8)radix,
                         seL4_AllRights),
         "the thread");
    must(seL4_CNode_Copy(ROOT, VSPACE, seL4_WordBits, cnode, VSPACE,
                         (seL4_Uint8)radix, seL4_AllRights),
         "the address space");
    must(seL4_TCB_SetSpace(seL4_CapInitThreadTCB, 0, cnode, guard, VSPACE, 0),
         "TCB_SetSpace");
}

/* The smallest cells, of a power of two bytes and on such addresses, with
 * which the map shows all regions. */
static void scale_map(struct space *space)
{
    const struct strategy_region *last =
        &space->regions[space->region_count - 1];

    space->end = last->base + (1ul << last->size_bits);
    for (uint32_t i = 0; i < space->region_count; i++)
        space->region_bytes += 1ul << space->regions[i].size_bits;
    while (((space->end - 1) >> space->cell_bits) -
               (space->regions[0].base >> space->cell_bits) >=
           MAP_ROWS * MAP_COLUMNS)
        space->cell_bits++;
}

void space_make(struct space *space, const struct strategy *const *strategies)
{
    seL4_CPtr slot = seL4_GetBootInfo()->empty.start;
    seL4_CPtr cnode = slot;
    struct strategy_region kept;
    uint64_t megas;
    unsigned radix;

    list_regions(space);
    measure(space, strategies);
    megas = ((space->books_bytes +
              embedded_stream.object_count * sizeof(struct strategy_block) +
              embedded_stream.alive_peak * sizeof(uint64_t)) >>
             MEGA_BITS) +
            1;
    radix = bits_for(space->first_own + space->own_count + SPARE_SLOTS);
    kept =
        keep_region(space, (1ul << (radix + SLOT_BITS)) + (megas << MEGA_BITS) +
                               (TABLES << seL4_PageBits));
    space->own_bytes = 1ul << kept.size_bits;
    must(seL4_Untyped_Retype(kept.slot, seL4_CapTableObject, radix, ROOT, 0, 0,
                             slot++, 1),
         "our CSpace");
    must(seL4_Untyped_Retype(kept.slot, seL4_RISCV_Mega_Page, 0, ROOT, 0, 0,
                             slot, megas),
         "memory for books");
    map_table(kept.slot, slot + megas, BOOKS);
    map_table(kept.slot, slot + megas + 1, WINDOW_MEGA);
    map_table(kept.slot, slot + megas + 2, WINDOW_PAGE);
    map_table(kept.slot, slot + megas + 3, WINDOW_PAGE);
    for (uint64_t i = 0; i < megas; i++)
        must(seL4_RISCV_Page_Map(slot + i, VSPACE, BOOKS + (i << MEGA_BITS),
                                 seL4_ReadWrite, seL4_RISCV_ExecuteNever),
             "memory for books");
    space->books = (void *)BOOKS;
    scale_map(space);
    move_in(cnode, radix);
}

bool space_has_retype_at(const struct space *space)
{
    fallow_Untyped_Describe_t d =
        fallow_Untyped_Describe(space->regions[0].slot);

    return d.error == seL4_NoError && (d.features >> 1) % 2 == 1 &&
           (d.features >> 3) % 2 == 1;
}

uint64_t *space_show(seL4_CPtr frame, unsigned size_bits)
{
    uint64_t address = size_bits == GIGA_BITS   ? WINDOW_GIGA
                       : size_bits == MEGA_BITS ? WINDOW_MEGA
                                                : WINDOW_PAGE;
    seL4_Error error = seL4_RISCV_Page_Map(
        frame, VSPACE, address, seL4_ReadWrite, seL4_RISCV_ExecuteNever);

    if (error == seL4_NoError)
        return (uint64_t *)address;
    printf("recorded: Page_Map: error %d\n", (int)error);
    return NULL;
}

bool space_hide(seL4_CPtr frame)
{
    return seL4_RISCV_Page_Unmap(frame) == seL4_NoError;
}
