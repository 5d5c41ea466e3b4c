/* SPDX-License-Identifier: BSD-2-Clause */
/* Address spaces, their tables and their numbers. */
#include "cases.h"

#define ADDRESS     0x1000000000ul /* nothing else is there */
#define FRAMES      32768ul        /* slots MANY and on */
#define TABLES      50000ul        /* slots of tables */
#define POOLS       126ul          /* beside the first; the table has 128 */
#define POOL_SPACES 512ul
#define ROOT_TABLE  SLOT
#define POOL        (SLOT + 1)
#define POOL_BLOCK  (SLOT + 2) /* an untyped of a pool's size */
#define LAST_SPACE  (SLOT + 3)

static seL4_CPtr next_table;

static void make_tables(seL4_CPtr first, seL4_Word count)
{
    space_make(block.mib4, seL4_RISCV_PageTableObject, 0, first, count);
}

/* Frames from slot MANY on, mapped one after the other, in this space. */
static void map_frames(seL4_CPtr space, seL4_Word count)
{
    for (seL4_Word n = 0; n < count;) {
        seL4_Error error = seL4_RISCV_Page_Map(
            MANY + n, space, ADDRESS + n * 4096, seL4_ReadWrite,
            seL4_RISCV_Default_VMAttributes);

        if (error == seL4_FailedLookup) {
            make_tables(next_table, 1);
            must(seL4_RISCV_PageTable_Map(next_table, space, ADDRESS + n * 4096,
                                          seL4_RISCV_Default_VMAttributes) ==
                     seL4_NoError,
                 "a table");
            next_table++;
            continue;
        }
        must(error == seL4_NoError, "a mapping");
        n++;
    }
}

static void make_frames(seL4_Word count)
{
    next_table = TABLES;
    space_make(block.mib512, seL4_RISCV_4K_Page, 0, MANY, count);
}

static void make_mapped(seL4_Word count)
{
    make_frames(count);
    map_frames(seL4_CapInitThreadVSpace, count);
}

/* In an address space of its own. */
static void make_space(seL4_Word count)
{
    make_frames(count);
    make_tables(ROOT_TABLE, 1);
    must(seL4_RISCV_ASIDPool_Assign(seL4_CapInitThreadASIDPool, ROOT_TABLE) ==
             seL4_NoError,
         "an address space");
    map_frames(ROOT_TABLE, count);
}

static int revoke_frames(seL4_Word unused)
{
    (void)unused;
    return (int)seL4_CNode_Revoke(ROOT, block.mib512, DEPTH);
}

static int revoke_tables(seL4_Word unused)
{
    (void)unused;
    return (int)seL4_CNode_Revoke(ROOT, block.mib4, DEPTH);
}

static int delete_root(seL4_Word unused)
{
    (void)unused;
    return (int)seL4_CNode_Delete(ROOT, ROOT_TABLE, DEPTH);
}

/* The second table is the one that has frames in it. */
static int unmap_table(seL4_Word unused)
{
    (void)unused;
    return (int)seL4_RISCV_PageTable_Unmap(TABLES + 1);
}

static int unmap_frame(seL4_Word unused)
{
    (void)unused;
    return (int)seL4_RISCV_Page_Unmap(MANY);
}

static void free_all(seL4_Word unused)
{
    must(revoke_frames(unused) == seL4_NoError, "revoke");
    must(revoke_tables(unused) == seL4_NoError, "revoke");
}

/* ---- ASIDs ----------------------------------------------------------------*/

static int make_pool(seL4_CPtr untyped, seL4_CPtr pool)
{
    return (int)seL4_RISCV_ASIDControl_MakePool(seL4_CapASIDControl, untyped,
                                                ROOT, pool, DEPTH);
}

/* All pools but one, and a dirty untyped for that. */
static void make_pools(seL4_Word unused)
{
    (void)unused;
    for (seL4_Word n = 0; n < POOLS; n++) {
        space_make(block.mib4, seL4_UntypedObject, seL4_ASIDPoolBits, MANY + n,
                   1);
        must(make_pool(MANY + n, MANY + POOLS + n) == seL4_NoError, "a pool");
    }
    space_make(block.mib4, seL4_UntypedObject, seL4_ASIDPoolBits, POOL_BLOCK,
               1);
    space_make(POOL_BLOCK, seL4_RISCV_4K_Page, 0, SLOT, 1);
    space_delete(SLOT);
}

static int make_last_pool(seL4_Word unused)
{
    (void)unused;
    return make_pool(POOL_BLOCK, POOL);
}

static int assign(seL4_Word table)
{
    return (int)seL4_RISCV_ASIDPool_Assign(POOL, table);
}

/* A pool with all address spaces but the last, and a root for that. */
static void fill_pool(seL4_Word unused)
{
    (void)unused;
    space_make(block.mib4, seL4_UntypedObject, seL4_ASIDPoolBits, POOL_BLOCK,
               1);
    must(make_last_pool(0) == seL4_NoError, "a pool");
    make_tables(MANY, POOL_SPACES - 1);
    make_tables(LAST_SPACE, 1);
    for (seL4_Word n = 0; n < POOL_SPACES - 1; n++)
        must(assign(MANY + n) == seL4_NoError, "an ASID");
}

static void fill_pool_whole(seL4_Word unused)
{
    fill_pool(unused);
    must(assign(LAST_SPACE) == seL4_NoError, "the last ASID");
}

static int delete_pool(seL4_Word unused)
{
    (void)unused;
    return (int)seL4_CNode_Delete(ROOT, POOL, DEPTH);
}

void cases_spaces(void)
{
    static const struct stretch_case cases[] = {
        {"8", "Unmap of a page table with 512 mappings", 512, make_space,
         unmap_table, free_all},
        {"8", "Unmap of a frame, among 32768", FRAMES, make_mapped, unmap_frame,
         free_all},
        {"8", "Delete of an address space with 32768 frames", FRAMES,
         make_space, delete_root, free_all},
        {"8, 13", "Revoke of 32768 mapped frames", FRAMES, make_mapped,
         revoke_frames, free_all},
        {"8, 13", "Revoke of the tables of 32768 mapped frames", FRAMES,
         make_space, revoke_tables, free_all},
        {"5", "MakePool of the last pool, dirty", 0, make_pools, make_last_pool,
         free_all},
        {"7", "Assign of the last ASID of a pool", LAST_SPACE, fill_pool,
         assign, free_all},
        {"6", "Delete of a pool with 512 address spaces", 0, fill_pool_whole,
         delete_pool, free_all},
        {"6, 8", "Revoke of 512 address spaces and their pool", 0,
         fill_pool_whole, revoke_tables, free_all},
    };

    stretch_run(cases, sizeof cases / sizeof cases[0]);
    space_empty(block.mib4);
}
