/* SPDX-License-Identifier: BSD-2-Clause */
/* What mapping and unmapping leave in the page tables, word by word. */
#include "threads.h"
#include "vspace.h"

enum {
    TABLE1 = FREE,
    TABLE2,
    FRAME,
    COPY,
    READ_ONLY,
    NO_RIGHTS,
    MEGA,
    GIGA,
    ROOT2,
    UNTYPED,
    POOL,
    OTHER,
    LAST,
};

#define AT      UINT64_C(0x40000000)
#define PAGE_AT (AT + 0x3000)

/* Leaf flags beside V, U, A, D. */
#define LEAF (PTE_VALID | PTE_USER | PTE_ACCESSED | PTE_DIRTY)

static struct fixture f;

static uint64_t map_table(uint64_t table, uint64_t address, uint64_t root)
{
    return call(&f, table, LABEL_PAGE_TABLE_MAP, 2, (uint64_t[]){address, 0}, 1,
                &root);
}

static uint64_t map_as(uint64_t frame, uint64_t address, uint64_t rights,
                       uint64_t attributes)
{
    return call(&f, frame, LABEL_PAGE_MAP, 3,
                (uint64_t[]){address, rights, attributes}, 1,
                (uint64_t[]){FIX_VSPACE});
}

static uint64_t simple(uint64_t cptr, uint64_t label)
{
    return call(&f, cptr, label, 0, NULL, 0, NULL);
}

static uint64_t pte_at(uint64_t root, uint64_t address)
{
    return *vspace_walk(f.k, fixture_cap(&f, root).base, address).entry;
}

static uint64_t leaf(uint64_t frame, uint64_t access)
{
    return fixture_cap(&f, frame).base / 4096 * 1024 | LEAF | access;
}

static bool is_mapped(uint64_t cptr)
{
    return fixture_cap(&f, cptr).rights & CAP_MAPPED;
}

/* A table and three frames of 4K, the latter two with fewer rights. */
static void setup(void)
{
    threads_start(&f);
    retype(&f, FIX_UT, TYPE_TABLE, 0, TABLE1, 2);
    retype(&f, FIX_UT, TYPE_PAGE, 0, FRAME, 1);
    cnode_copy(&f, READ_ONLY, FRAME, CAP_READ);
    cnode_copy(&f, NO_RIGHTS, FRAME, CAP_WRITE);
    retype(&f, FIX_UT2, TYPE_MEGA, 0, MEGA, 1);
    retype(&f, FIX_HUGE, TYPE_GIGA, 0, GIGA, 1);
    retype(&f, FIX_UT, TYPE_TABLE, 0, ROOT2, 1);
    retype(&f, FIX_UT, OBJECT_UNTYPED, 12, UNTYPED, 1);
    map_table(TABLE1, AT, FIX_VSPACE);
    map_table(TABLE2, AT, FIX_VSPACE);
}

static void remap(uint64_t rights, uint64_t attributes, uint64_t want,
                  const char *name)
{
    uint64_t flushes = f.hosted->machine.page_flushes;

    tap_is(map_as(FRAME, PAGE_AT, rights, attributes), 0, "%s", name);
    tap_is(pte_at(FIX_VSPACE, PAGE_AT), want ? leaf(FRAME, want) : 0,
           "%s: the entry", name);
    tap_is(f.hosted->machine.page_flushes, flushes + 1, "flushed");
    tap_ok(is_mapped(FRAME), "it counts as mapped");
}

static void rights(void)
{
    remap(3, 0, PTE_READ | PTE_WRITE | PTE_EXECUTE, "read, write, execute");
    remap(15, 1, PTE_READ | PTE_WRITE, "execute never");
    remap(2, 1, PTE_READ, "read only");
    remap(2, 0, PTE_READ | PTE_EXECUTE, "read, execute");
    remap(1, 0, PTE_EXECUTE, "write only is execute only");
    remap(0, 1, 0, "nothing at all");
    tap_is(map_as(READ_ONLY, PAGE_AT, 3, 1), 0,
           "another may be mapped over nothing");
    tap_is(pte_at(FIX_VSPACE, PAGE_AT), leaf(FRAME, PTE_READ),
           "a read-only capability");
    simple(FRAME, LABEL_PAGE_UNMAP);
    tap_is(pte_at(FIX_VSPACE, PAGE_AT), 0,
           "an Unmap finds its own frame, whoever mapped it");
    simple(READ_ONLY, LABEL_PAGE_UNMAP);
    tap_is(map_as(NO_RIGHTS, PAGE_AT, 3, 0), 0, "a capability without rights");
    tap_is(pte_at(FIX_VSPACE, PAGE_AT), leaf(FRAME, PTE_EXECUTE),
           "executes, no more");
    simple(NO_RIGHTS, LABEL_PAGE_UNMAP);
    tap_ok(!is_mapped(NO_RIGHTS), "unmapped");
    tap_is(fixture_cap(&f, NO_RIGHTS).word, 0, "nowhere");
}

static void large_pages(void)
{
    uint64_t rwx = PTE_READ | PTE_WRITE | PTE_EXECUTE;

    tap_is(map_as(MEGA, AT + bits_size(21), 3, 0), 0, "2 MiB");
    tap_is(pte_at(FIX_VSPACE, AT + bits_size(21) + 0x12345), leaf(MEGA, rwx),
           "anywhere in it");
    tap_is(map_as(GIGA, 2 * AT, 3, 0), 0, "1 GiB");
    tap_is(pte_at(FIX_VSPACE, 2 * AT + 0x1234567), leaf(GIGA, rwx),
           "anywhere in it");
    simple(GIGA, LABEL_PAGE_GET_ADDRESS);
    ok_reply(&f, "GetAddress", 0, fixture_cap(&f, GIGA).base);
    cnode_delete(&f, GIGA);
    tap_is(pte_at(FIX_VSPACE, 2 * AT), 0, "deleted: unmapped");
    cnode_delete(&f, MEGA);
    tap_is(pte_at(FIX_VSPACE, AT + bits_size(21)), 0, "so is the other");
}

/* Copies have mappings of their own. */
static void copies(void)
{
    uint64_t rw = PTE_READ | PTE_WRITE;

    map_as(FRAME, PAGE_AT, 3, 1);
    cnode_copy(&f, COPY, FRAME, CAP_RIGHTS_ALL);
    tap_ok(!is_mapped(COPY), "a copy is not mapped");
    map_as(COPY, PAGE_AT + 0x1000, 3, 1);
    tap_is(pte_at(FIX_VSPACE, PAGE_AT + 0x1000), leaf(FRAME, rw), "but can be");
    cnode_delete(&f, COPY);
    tap_is(pte_at(FIX_VSPACE, PAGE_AT + 0x1000), 0, "deleted, though not last");
    tap_is(pte_at(FIX_VSPACE, PAGE_AT), leaf(FRAME, rw), "the other stays");
    cnode_copy(&f, COPY, FRAME, CAP_RIGHTS_ALL);
    cnode_delete(&f, COPY);
    tap_is(pte_at(FIX_VSPACE, PAGE_AT), leaf(FRAME, rw),
           "an unmapped copy unmaps nothing");
}

/* The table goes; the frame's capability does not know. */
static void table_goes(void)
{
    cnode_delete(&f, TABLE2);
    map_as(FRAME, PAGE_AT, 3, 0);
    ok_reply(&f, "the last table deleted, Map again", 6, 0, 2, 21);
    tap_ok(is_mapped(FRAME), "the frame counts as mapped");
    retype(&f, FIX_UT, TYPE_TABLE, 0, TABLE2, 1);
    map_table(TABLE2, AT, FIX_VSPACE);
    retype(&f, FIX_UT, TYPE_PAGE, 0, OTHER, 1);
    tap_is(map_as(OTHER, PAGE_AT, 3, 1), 0, "another frame in its place");
    simple(FRAME, LABEL_PAGE_UNMAP);
    ok_reply(&f, "Unmap succeeds", 0);
    tap_is(pte_at(FIX_VSPACE, PAGE_AT), leaf(OTHER, PTE_READ | PTE_WRITE),
           "and leaves the other");
}

static void table_unmap(void)
{
    paddr_t table = fixture_cap(&f, TABLE2).base;
    uint64_t flushes = f.hosted->machine.asid_flushes;

    simple(TABLE2, LABEL_PAGE_TABLE_UNMAP);
    ok_reply(&f, "PageTable Unmap", 0);
    tap_ok(fixture_is_zero(&f, table, 4096), "the table is zeroed");
    tap_ok(!is_mapped(TABLE2), "and unmapped");
    tap_is(f.hosted->machine.asid_flushes, flushes + 1, "and flushed");
    tap_is(pte_at(FIX_VSPACE, AT), 0, "nothing is left above");
    tap_is(map_table(TABLE2, AT + bits_size(21) * 5, FIX_VSPACE), 0,
           "it can go elsewhere");
    tap_is(vspace_word_address(fixture_cap(&f, TABLE2).word),
           AT + bits_size(21) * 5, "there");
    cnode_delete(&f, TABLE1);
    simple(TABLE2, LABEL_PAGE_TABLE_UNMAP);
    ok_reply(&f, "Unmap below a table that is gone", 0);
    tap_is(pte_at(FIX_VSPACE, AT), 0, "an empty space");
    simple(OTHER, LABEL_PAGE_UNMAP);
    simple(FRAME, LABEL_PAGE_UNMAP);
}

/* An ASID is reused; those of the old space find nothing. */
static void asid_reuse(void)
{
    call(&f, FIX_ASID_POOL, LABEL_ASID_POOL_ASSIGN, 0, NULL, 1,
         (uint64_t[]){ROOT2});
    ok_reply(&f, "Assign", 0);
    tap_is(f.hosted->machine.last_root, fixture_cap(&f, ROOT2).base,
           "the machine adds what every root has");
    tap_is(fixture_cap(&f, ROOT2).word, vspace_word(2, 0), "ASID 2");
    map_table(TABLE2, 0, ROOT2);
    ok_reply(&f, "a table at 0", 0);
    cnode_delete(&f, ROOT2);
    tap_is(asid_root(f.k, 2), 0, "the ASID is free");
    retype(&f, FIX_UT, TYPE_TABLE, 0, ROOT2, 1);
    call(&f, FIX_ASID_POOL, LABEL_ASID_POOL_ASSIGN, 0, NULL, 1,
         (uint64_t[]){ROOT2});
    tap_is(fixture_cap(&f, ROOT2).word, vspace_word(2, 0), "and used again");
    retype(&f, FIX_UT, TYPE_TABLE, 0, TABLE1, 1);
    map_table(TABLE1, 0, ROOT2);
    simple(TABLE2, LABEL_PAGE_TABLE_UNMAP);
    ok_reply(&f, "Unmap of the old space's table", 0);
    tap_is(vspace_walk(f.k, fixture_cap(&f, ROOT2).base, 0).level_bits, 21,
           "leaves the new one's");
}

static void pools(void)
{
    paddr_t base = fixture_cap(&f, UNTYPED).base;

    fixture_dirty(&f, base, 4096);
    slot_set_word(kernel_slots(f.k), fixture_slot(&f, UNTYPED), 4096);
    call(&f, FIX_ASID_CONTROL, LABEL_ASID_CONTROL_MAKE_POOL, 2,
         (uint64_t[]){POOL, 64}, 2, (uint64_t[]){UNTYPED, FIX_ROOT});
    ok_reply(&f, "MakePool", 0);
    tap_ok(fixture_is_zero(&f, base, 4096), "cleared");
    tap_is(fixture_cap(&f, POOL).word, 512, "the second pool");
    tap_is(fixture_watermark(&f, UNTYPED), 4096, "its untyped is full");
    retype(&f, FIX_UT, TYPE_TABLE, 0, LAST, 1);
    call(&f, POOL, LABEL_ASID_POOL_ASSIGN, 0, NULL, 1, (uint64_t[]){LAST});
    tap_is(fixture_cap(&f, LAST).word, vspace_word(512, 0), "ASID 512");
    cnode_revoke(&f, POOL);
    tap_is(fixture_type(&f, POOL), CAP_ASID_POOL,
           "revoking the pool does nothing");
    tap_is(asid_root(f.k, 512), fixture_cap(&f, LAST).base, "to its ASIDs");
    cnode_revoke(&f, UNTYPED);
    tap_is(fixture_type(&f, POOL), CAP_NULL, "revoking its untyped removes it");
    tap_is(asid_root(f.k, 512), 0, "and its ASIDs");
    tap_is(f.hosted->machine.all_flushes, 1, "from the processor, too");
    simple(LAST, LABEL_PAGE_TABLE_UNMAP);
    ok_reply(&f, "a root without ASID can be unmapped", 0);
    tap_ok(!is_mapped(LAST), "and is nothing then");
    call(&f, FIX_ASID_CONTROL, LABEL_ASID_CONTROL_MAKE_POOL, 2,
         (uint64_t[]){POOL, 64}, 2, (uint64_t[]){UNTYPED, FIX_ROOT});
    tap_is(fixture_cap(&f, POOL).word, 512, "the place is free again");
}

/* A thread's space lost its pool, and another's has its ASID by now. */
static void stale_space(void)
{
    cnode_delete(&f, LAST);
    retype(&f, FIX_UT, TYPE_TABLE, 0, LAST, 2);
    call(&f, POOL, LABEL_ASID_POOL_ASSIGN, 0, NULL, 1, (uint64_t[]){LAST});
    thread_make(&f, 1, 255);
    call(&f, THREADS + 1, LABEL_TCB_SET_SPACE, 3, (uint64_t[]){0, 0, 0}, 2,
         (uint64_t[]){FIX_ROOT, LAST});
    ok_reply(&f, "a thread in the second pool's first space", 0);
    cnode_revoke(&f, UNTYPED);
    call(&f, FIX_ASID_CONTROL, LABEL_ASID_CONTROL_MAKE_POOL, 2,
         (uint64_t[]){POOL, 64}, 2, (uint64_t[]){UNTYPED, FIX_ROOT});
    call(&f, POOL, LABEL_ASID_POOL_ASSIGN, 0, NULL, 1, (uint64_t[]){LAST + 1});
    tap_is(fixture_cap(&f, LAST + 1).word, fixture_cap(&f, LAST).word,
           "another table has its ASID");
    tcb_resume(&f, 1);
    sys(&f, SYSCALL_YIELD, 0, 0);
    ok_running(&f, 1, "the thread runs");
    tap_is(f.hosted->machine.space_root, 0, "but not in the other's space");
    tcb_suspend(&f, 1);
    tap_is(f.hosted->machine.space_root, fixture_cap(&f, FIX_VSPACE).base,
           "thread 0 does in its own");
}

/* The current thread's space and its pool go while it runs. */
static void under_ones_feet(void)
{
    cnode_delete(&f, FIX_ASID_POOL);
    sched_finish(f.k);
    tap_is(f.hosted->machine.space_root, 0, "no pool: the kernel's own space");
    ok_running(&f, 0, "for the thread that runs");
    sys(&f, SYSCALL_YIELD, 0, 0);
    tap_is(f.hosted->machine.space_root, 0, "for good");
}

int main(void)
{
    setup();
    rights();
    large_pages();
    copies();
    table_goes();
    table_unmap();
    asid_reuse();
    pools();
    stale_space();
    under_ones_feet();
    fixture_done(&f);
    return tap_done();
}
