/* SPDX-License-Identifier: BSD-2-Clause */
/* Page tables, frames and ASIDs refuse what sel4-abi.md 4.9 to 4.11 say, in
 * their order, and what the real kernel refused (13.1). */
#include "faults.h"
#include "threads.h"
#include "vspace.h"

#include <string.h>

enum {
    ROOT2 = FREE, /* another address space's */
    UNASSIGNED,   /* a table */
    TABLE1,       /* covers 1 GiB at AT */
    TABLE2,       /* covers 2 MiB at AT */
    TABLE3,       /* to be mapped */
    FRAME,
    FRAME2,
    MAPPED, /* a frame, at AT + 0x3000 */
    MEGA,
    MEGA_MAPPED, /* at AT + 2^21 */
    GONE,        /* a root whose pool is deleted */
    POOL2,
    POOL_UT,
    USED_UT,
    CHILD,
    SMALL_UT,
    DEVICE_UT,
    OLD_POOL, /* the same, unregistered by hand */
    TABLE4,
    FREE_UT,
};

#define AT      UINT64_C(0x40000000)
#define NEW_AT  UINT64_C(0x80000000)
#define TOO_FAR ARCH_USER_TOP

static struct fixture f;

static uint64_t map_table(uint64_t table, uint64_t address, uint64_t root)
{
    return call(&f, table, LABEL_PAGE_TABLE_MAP, 2, (uint64_t[]){address, 0}, 1,
                &root);
}

static uint64_t map(uint64_t frame, uint64_t address, uint64_t root)
{
    return call(&f, frame, LABEL_PAGE_MAP, 3, (uint64_t[]){address, 3, 0}, 1,
                &root);
}

static uint64_t assign(uint64_t pool, uint64_t table)
{
    return call(&f, pool, LABEL_ASID_POOL_ASSIGN, 0, NULL, 1, &table);
}

static uint64_t make_pool(uint64_t untyped, uint64_t slot)
{
    return call(&f, FIX_ASID_CONTROL, LABEL_ASID_CONTROL_MAKE_POOL, 2,
                (uint64_t[]){slot, 64}, 2, (uint64_t[]){untyped, FIX_ROOT});
}

static void empty_tables(void)
{
    map(FRAME, AT, FIX_VSPACE);
    ok_reply(&f, "Page Map, empty tables", 6, 0, 2, 30);
    map(MEGA, AT, FIX_VSPACE);
    ok_reply(&f, "mega page, empty tables", 6, 0, 2, 30);
    map_table(TABLE1, AT + 0x12345, FIX_VSPACE);
    ok_reply(&f, "first table", 0);
    tap_is(vspace_word_address(fixture_cap(&f, TABLE1).word), AT,
           "it covers 1 GiB");
    map(FRAME, AT, FIX_VSPACE);
    ok_reply(&f, "one table present", 6, 0, 2, 21);
    map_table(TABLE2, AT + 0x12345, FIX_VSPACE);
    ok_reply(&f, "second table", 0);
    tap_is(vspace_word_address(fixture_cap(&f, TABLE2).word), AT,
           "it covers 2 MiB");
    map_table(TABLE3, AT, FIX_VSPACE);
    ok_reply(&f, "third table for the same address", 8);
    map(MEGA, AT, FIX_VSPACE);
    ok_reply(&f, "mega page where a table sits", 6, 0, 2, 12);
    map(MAPPED, AT + 0x3000, FIX_VSPACE);
    ok_reply(&f, "a page", 0);
    map(FRAME2, AT + 0x5000, FIX_VSPACE);
    ok_reply(&f, "another", 0);
    map(MEGA_MAPPED, AT + bits_size(21), FIX_VSPACE);
    ok_reply(&f, "a mega page", 0);
    map_table(TABLE3, AT + bits_size(21), FIX_VSPACE);
    ok_reply(&f, "a table under a mega page", 8);
    map(FRAME, AT + bits_size(21), FIX_VSPACE);
    ok_reply(&f, "a page inside a mega page", 6, 0, 2, 21);
}

static void setup(void)
{
    threads_start(&f);
    retype(&f, FIX_UT, TYPE_TABLE, 0, ROOT2, 5);
    retype(&f, FIX_UT, TYPE_PAGE, 0, FRAME, 3);
    retype(&f, FIX_UT2, TYPE_MEGA, 0, MEGA, 2);
    retype(&f, FIX_UT, TYPE_TABLE, 0, GONE, 1);
    retype(&f, FIX_UT, TYPE_TABLE, 0, TABLE4, 1);
    retype(&f, FIX_UT, OBJECT_UNTYPED, 12, POOL_UT, 2);
    retype(&f, FIX_UT, OBJECT_UNTYPED, 12, FREE_UT, 1);
    retype(&f, FIX_UT, OBJECT_UNTYPED, 11, SMALL_UT, 1);
    retype(&f, FIX_DEVICE, OBJECT_UNTYPED, 12, DEVICE_UT, 1);
    retype(&f, USED_UT, OBJECT_ENDPOINT, 0, CHILD, 1);
    assign(FIX_ASID_POOL, ROOT2);
    ok_reply(&f, "a second address space", 0);
    empty_tables();
    make_pool(POOL_UT, POOL2);
    ok_reply(&f, "a second pool", 0);
    assign(POOL2, GONE);
    ok_reply(&f, "with an address space", 0);
    cnode_move(&f, OLD_POOL, POOL2);
    f.k->tables->asid_pools[1].base = 0; /* as if it had been deleted */
}

/* ---- Page tables ----------------------------------------------------------*/

static const struct raw_call good_table = {
    {[0] = NEW_AT,
     [FAULT_TARGET] = TABLE3,
     [FAULT_LABEL] = LABEL_PAGE_TABLE_MAP,
     [FAULT_LENGTH] = 2,
     [FAULT_CAP_COUNT] = 1,
     [FAULT_CAP0] = FIX_VSPACE},
};
static const struct fault table_faults[] = {
    FAULT("another label", REPLY(3), 1, {FAULT_LABEL, LABEL_PAGE_MAP}),
    FAULT("one word", REPLY(7), 1, {FAULT_LENGTH, 1}),
    FAULT("no capability", REPLY(7), 1, {FAULT_CAP_COUNT, 0}),
    FAULT("mapped", REPLY(2, 0), 1, {FAULT_TARGET, TABLE1}),
    FAULT("a root", REPLY(2, 0), 1, {FAULT_TARGET, ROOT2}),
    FAULT("VSpace unassigned", REPLY(2, 1), 1, {FAULT_CAP0, UNASSIGNED}),
    FAULT("VSpace null", REPLY(2, 1), 1, {FAULT_CAP0, FIX_EMPTY}),
    FAULT("address beyond the user's", REPLY(1, 0), 1, {0, TOO_FAR}),
    FAULT("ASID gone", REPLY(6, 0, 1), 1, {FAULT_CAP0, GONE}),
    FAULT("VSpace an intermediate table", REPLY(2, 1), 1, {FAULT_CAP0, TABLE1}),
    FAULT("all tables there", REPLY(8), 1, {0, AT + 5}),
    FAULT("a mega page there", REPLY(8), 1, {0, AT + 0x200000}),
};

/* ---- Frames ---------------------------------------------------------------*/

static const struct raw_call good_frame = {
    {[0] = AT,
     [1] = 3,
     [FAULT_TARGET] = FRAME,
     [FAULT_LABEL] = LABEL_PAGE_MAP,
     [FAULT_LENGTH] = 3,
     [FAULT_CAP_COUNT] = 1,
     [FAULT_CAP0] = FIX_VSPACE},
};
static const struct fault frame_faults[] = {
    FAULT("another label", REPLY(3), 1, {FAULT_LABEL, LABEL_PAGE_TABLE_MAP}),
    FAULT("two words", REPLY(7), 1, {FAULT_LENGTH, 2}),
    FAULT("no capability", REPLY(7), 1, {FAULT_CAP_COUNT, 0}),
    FAULT("VSpace unassigned", REPLY(2, 1), 1, {FAULT_CAP0, UNASSIGNED}),
    FAULT("VSpace null", REPLY(2, 1), 1, {FAULT_CAP0, FIX_EMPTY}),
    FAULT("ASID gone", REPLY(6, 0, 1), 1, {FAULT_CAP0, GONE}),
    FAULT("VSpace an intermediate table", REPLY(2, 1), 1, {FAULT_CAP0, TABLE1}),
    FAULT("the last page reaches beyond", REPLY(1, 0), 1, {0, TOO_FAR - 0xfff}),
    FAULT("misaligned", REPLY(5), 1, {0, AT + 0x800}),
    FAULT("no table", REPLY(6, 0, 2, 30), 1, {0, NEW_AT + 0x40000000}),
    FAULT("one table", REPLY(6, 0, 2, 21), 1, {0, AT + 0x400000}),
    FAULT("inside a mega page", REPLY(6, 0, 2, 21), 1, {0, AT + 0x200000}),
    FAULT("mapped elsewhere", REPLY(1, 0), 1, {FAULT_TARGET, MAPPED}),
    FAULT("over another's", REPLY(8), 1, {0, AT + 0x5000}),
};

/* ---- ASIDs ----------------------------------------------------------------*/

static const struct raw_call good_pool = {
    {[0] = POOL2,
     [1] = 64,
     [FAULT_TARGET] = FIX_ASID_CONTROL,
     [FAULT_LABEL] = LABEL_ASID_CONTROL_MAKE_POOL,
     [FAULT_LENGTH] = 2,
     [FAULT_CAP_COUNT] = 2,
     [FAULT_CAP0] = FREE_UT,
     [FAULT_CAP1] = FIX_ROOT},
};
static const struct fault pool_faults[] = {
    FAULT("another label", REPLY(3), 1, {FAULT_LABEL, LABEL_ASID_POOL_ASSIGN}),
    FAULT("one word", REPLY(7), 1, {FAULT_LENGTH, 1}),
    FAULT("one capability", REPLY(7), 1, {FAULT_CAP_COUNT, 1}),
    FAULT("not an untyped", REPLY(2, 1), 1, {FAULT_CAP0, FRAME}),
    FAULT("2^11 bytes", REPLY(2, 1), 1, {FAULT_CAP0, SMALL_UT}),
    FAULT("2^24 bytes", REPLY(2, 1), 1, {FAULT_CAP0, FIX_UT}),
    FAULT("device memory", REPLY(2, 1), 1, {FAULT_CAP0, DEVICE_UT}),
    FAULT("used", REPLY(9), 1, {FAULT_CAP0, USED_UT}),
    FAULT("no root", REPLY(6, 0, 1), 1, {FAULT_CAP1, FIX_TCB}),
    FAULT("depth 65", REPLY(4, 1, 64), 1, {1, 65}),
    FAULT("guard", REPLY(6, 0, 4, 12, 0, 52), 1, {1, 12}),
    FAULT("slot in use", REPLY(8), 1, {0, FIX_TCB}),
};

static const struct raw_call good_assign = {
    {[FAULT_TARGET] = FIX_ASID_POOL,
     [FAULT_LABEL] = LABEL_ASID_POOL_ASSIGN,
     [FAULT_CAP_COUNT] = 1,
     [FAULT_CAP0] = UNASSIGNED},
};
static const struct fault assign_faults[] = {
    FAULT("another label", REPLY(3), 1, {FAULT_LABEL, 38}),
    FAULT("no capability", REPLY(7), 1, {FAULT_CAP_COUNT, 0}),
    FAULT("null", REPLY(2, 1), 1, {FAULT_CAP0, FIX_EMPTY}),
    FAULT("a frame", REPLY(2, 1), 1, {FAULT_CAP0, FRAME}),
    FAULT("a mapped table", REPLY(2, 1), 1, {FAULT_CAP0, TABLE1}),
    FAULT("a pool that is gone", REPLY(6, 0, 1), 1, {FAULT_TARGET, OLD_POOL}),
};

/* The last errors need pools and entries used up. */
static void exhaustion(void)
{
    paddr_t pool = fixture_cap(&f, FIX_ASID_POOL).base;
    bool filled[512] = {false};

    f.unchecked = true;
    for (unsigned i = 1; i < 512; i++) {
        filled[i] = asid_root(f.k, i) == 0;
        if (filled[i])
            asid_set_root(f.k, i, 1);
    }
    assign(FIX_ASID_POOL, TABLE4);
    ok_reply(&f, "no free entry", 8);
    asid_set_root(f.k, 511, 0);
    assign(FIX_ASID_POOL, TABLE4);
    ok_reply(&f, "the last one", 0);
    tap_is(vspace_word_asid(fixture_cap(&f, TABLE4).word), 511, "ASID 511");
    for (unsigned i = 1; i < 511; i++)
        if (filled[i])
            asid_set_root(f.k, i, 0);
    f.unchecked = false;
    for (unsigned i = 2; i < 128; i++)
        f.k->tables->asid_pools[i].base = pool;
    make_pool(FRAME, 0);
    ok_reply(&f, "no free pool: before the untyped is looked at", 8);
    for (unsigned i = 2; i < 128; i++)
        f.k->tables->asid_pools[i].base = 0;
}

static void another_pool(void)
{
    paddr_t pool = fixture_cap(&f, FIX_ASID_POOL).base;

    f.k->tables->asid_pools[0].base = fixture_cap(&f, FRAME).base;
    f.unchecked = true;
    retype(&f, FIX_UT, TYPE_TABLE, 0, FREE + 40, 1);
    assign(FIX_ASID_POOL, FREE + 40);
    ok_reply(&f, "another pool is registered there", 2, 0);
    f.unchecked = false;
    f.k->tables->asid_pools[0].base = pool;
}

static void unmap_errors(void)
{
    call(&f, FIX_VSPACE, LABEL_PAGE_TABLE_UNMAP, 0, NULL, 0, NULL);
    ok_reply(&f, "Unmap of a root, of which there is a copy", 9);
    call(&f, ROOT2, LABEL_PAGE_TABLE_UNMAP, 0, NULL, 0, NULL);
    ok_reply(&f, "Unmap of a root", 9);
    cnode_copy(&f, FREE + 41, TABLE1, 0);
    ok_reply(&f, "Copy of a mapped table", 0);
    call(&f, TABLE1, LABEL_PAGE_TABLE_UNMAP, 0, NULL, 0, NULL);
    ok_reply(&f, "Unmap while a copy exists", 9);
    cnode_delete(&f, FREE + 41);
    call(&f, FREE + 40, LABEL_PAGE_TABLE_UNMAP, 0, NULL, 0, NULL);
    ok_reply(&f, "Unmap of what is not mapped", 0);
    cnode_copy(&f, FREE + 41, FREE + 40, 0);
    ok_reply(&f, "Copy of an unmapped table", 3);
}

static void other_space(void)
{
    map(MAPPED, AT + 0x3000, FIX_VSPACE);
    ok_reply(&f, "a mapped frame, again at its place", 0);
    map(MAPPED, AT + 0x4000, FIX_VSPACE);
    ok_reply(&f, "at another", 1, 0);
    map(MAPPED, NEW_AT, ROOT2);
    ok_reply(&f, "in another space, no tables there", 6, 0, 2, 30);
    retype(&f, FIX_UT, TYPE_TABLE, 0, FREE + 50, 2);
    map_table(FREE + 50, AT, ROOT2);
    map_table(FREE + 51, AT, ROOT2);
    map(MAPPED, AT + 0x3000, ROOT2);
    ok_reply(&f, "with tables", 2, 1);
    map(MAPPED, AT + 0x5000, ROOT2);
    ok_reply(&f, "the ASID comes before the address", 2, 1);
}

#define CHECK(what)                                                            \
    faults_check(&f, &good_##what, what##_faults, FAULTS_COUNT(what##_faults))

int main(void)
{
    setup();
    CHECK(table);
    CHECK(frame);
    CHECK(assign);
    CHECK(pool);
    exhaustion();
    another_pool();
    unmap_errors();
    other_space();
    fixture_done(&f);
    return tap_done();
}
