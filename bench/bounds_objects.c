/* SPDX-License-Identifier: BSD-2-Clause */
/* Rows of threads and address spaces, and the lookups of a call. */
#include "bounds.h"
#include "cspace.h"
#include "lookup.h"
#include "vspace.h"

enum {
    UNTYPED = FREE,
    POOL,
    TABLE,
    FRAME,
    ENDPOINT,
    NOTIFICATION,
    BADGED,
    OTHER_BADGE,
    UPPER,
    PATH = 2000
};

#define MEMBERS     15u /* threads in a queue */
#define AT          UINT64_C(0x40000000)
#define POOL_ROOTS  512u
#define LEVELS_MAX  64u
#define LOOKUPS_MAX 6u

static struct fixture f;

/* ---- Counted by the linker's --wrap ---------------------------------------*/

static uint64_t lookups, words_read;

__typeof__(cspace_lookup_slot) __real_cspace_lookup_slot,
    __wrap_cspace_lookup_slot;
__typeof__(lookup_walk) __real_lookup_walk, __wrap_lookup_walk;
__typeof__(asid_free_word) __real_asid_free_word, __wrap_asid_free_word;

enum error __wrap_cspace_lookup_slot(const struct kernel *k,
                                     const struct cap *root, uint64_t address,
                                     uint64_t depth, bool source,
                                     slotno_t *slot, struct reply *err)
{
    lookups++;
    return __real_cspace_lookup_slot(k, root, address, depth, source, slot,
                                     err);
}

/* Every lookup that leads through more than one CNode. */
bool __wrap_lookup_walk(const struct slot *slots, slotno_t i, uint64_t cptr,
                        slotno_t *slot, unsigned *over)
{
    lookups++;
    return __real_lookup_walk(slots, i, cptr, slot, over);
}

uint64_t __wrap_asid_free_word(const struct kernel *k, uint64_t index,
                               unsigned n)
{
    words_read++;
    return __real_asid_free_word(k, index, n);
}

/* ---- Address spaces -------------------------------------------------------*/

static uint64_t flushes(void)
{
    const struct machine *m = &f.hosted->machine;

    return m->page_flushes + m->asid_flushes + m->all_flushes;
}

static void start(void)
{
    threads_start(&f);
    f.unchecked = true; /* tests check; this counts */
}

/* Rows 5 to 7: a pool made of dirty memory, the last of its address spaces,
 * and its end. */
static void pools(void)
{
    uint64_t before;

    start();
    retype_at(&f, FIX_UT2, OBJECT_UNTYPED, 12, UNTYPED, 1, 0);
    bounds_must(&f, "untyped");
    bounds_begin(&f);
    call(&f, FIX_ASID_CONTROL, LABEL_ASID_CONTROL_MAKE_POOL, 2,
         (uint64_t[]){POOL, FIX_WORD_BITS}, 2, (uint64_t[]){UNTYPED, FIX_ROOT});
    bounds_must(&f, "pool");
    bounds_row("5", "MakePool: dirty memory", bounds_bytes(&f), 4096,
               "bytes cleared");
    for (unsigned i = 0; i + 1 < POOL_ROOTS; i++)
        asid_set_root(f.k, POOL_ROOTS + i, fixture_cap(&f, FIX_VSPACE).base);
    retype(&f, FIX_UT, TYPE_TABLE, 0, TABLE, 1);
    words_read = 0;
    call(&f, POOL, LABEL_ASID_POOL_ASSIGN, 0, NULL, 1, (uint64_t[]){TABLE});
    bounds_must(&f, "the last ASID");
    bounds_row("7", "Assign: the last free ASID of a pool", words_read,
               POOL_ROOTS / 64, "words read");
    before = flushes();
    cnode_delete(&f, POOL);
    bounds_must(&f, "deletion of the pool");
    bounds_row("6", "Delete: a pool of 512 address spaces", flushes() - before,
               1, "flushes");
    hosted_destroy(f.hosted);
}

/* Row 8: a table full of mappings. */
static void unmap(void)
{
    uint64_t before;

    start();
    retype(&f, FIX_UT, TYPE_TABLE, 0, TABLE, 2);
    retype(&f, FIX_UT, TYPE_PAGE, 0, PATH, 256);
    for (unsigned n = 0; n < 2; n++)
        call(&f, TABLE + n, LABEL_PAGE_TABLE_MAP, 2, (uint64_t[]){AT, 0}, 1,
             (uint64_t[]){FIX_VSPACE});
    for (unsigned n = 0; n < 256; n++)
        call(&f, PATH + n, LABEL_PAGE_MAP, 3,
             (uint64_t[]){AT + 4096u * n, CAP_RIGHTS_ALL, 0}, 1,
             (uint64_t[]){FIX_VSPACE});
    bounds_must(&f, "mappings");
    bounds_begin(&f);
    before = flushes();
    call(&f, TABLE + 1, LABEL_PAGE_TABLE_UNMAP, 0, NULL, 0, NULL);
    bounds_must(&f, "unmapping");
    bounds_row("8", "Unmap: a page table with 256 pages", bounds_bytes(&f),
               4096, "bytes cleared");
    bounds_row("8", "the same", flushes() - before, 1, "flushes");
    hosted_destroy(f.hosted);
}

/* ---- Queues ---------------------------------------------------------------*/

static unsigned waiting(void)
{
    unsigned count = 0;

    for (unsigned n = 1; n <= MEMBERS; n++)
        count += thread_of(&f, n)->state >= THREAD_BLOCKED_ON_RECEIVE &&
                 thread_of(&f, n)->state != THREAD_RESTART;
    return count;
}

/* All members wait for an endpoint, as senders with either badge in turn, or
 * for a notification. */
static void block_all(int64_t number, uint64_t even, uint64_t odd)
{
    start();
    for (unsigned n = 1; n <= MEMBERS; n++)
        thread_make(&f, n, 255);
    tcb_set_priority(&f, 0, 254);
    retype(&f, FIX_UT, OBJECT_ENDPOINT, 0, ENDPOINT, 1);
    retype(&f, FIX_UT, OBJECT_NOTIFICATION, 0, NOTIFICATION, 1);
    cnode_mint(&f, BADGED, ENDPOINT, CAP_RIGHTS_ALL, 1);
    cnode_mint(&f, OTHER_BADGE, ENDPOINT, CAP_RIGHTS_ALL, 2);
    for (unsigned n = 1; n <= MEMBERS; n++) {
        tcb_resume(&f, n);
        while (running(&f) != 0)
            sys(&f, number, running(&f) % 2 ? odd : even, 0);
    }
    if (waiting() != MEMBERS)
        f.reply.label = ERROR_ILLEGAL_OPERATION;
    bounds_must(&f, "a queue");
}

/* One call, stopped at every chance: the most threads that one entry has
 * taken from the queue, and how many entries it took for so many. */
static void take_apart(const char *row, const char *what, uint64_t label,
                       uint64_t slot)
{
    unsigned most = 0, left = waiting();
    uint64_t entries = 0;

    f.once = true;
    f.hosted->machine.preempt_always = true;
    bounds_begin(&f);
    do {
        call(&f, FIX_ROOT, label, 2, (uint64_t[]){slot, FIX_WORD_BITS}, 0,
             NULL);
        entries++;
        if (left - waiting() > most)
            most = left - waiting();
        left = waiting();
    } while (f.outcome == OUTCOME_PREEMPTED);
    bounds_must(&f, what);
    bounds_row(row, what, most, 1, "threads");
    bounds_row(row, "the same: a thread, and the capability (row 13)",
               bounds_slots(&f), 1 + 4, "slots");
    bounds_row(row, "the same: entries until it is done", entries, MEMBERS + 2,
               "entries");
    hosted_destroy(f.hosted);
}

static void queues(void)
{
    block_all(SYSCALL_SEND, ENDPOINT, ENDPOINT);
    cnode_revoke(&f, ENDPOINT);
    take_apart("9", "Delete: an endpoint with 15 senders", LABEL_CNODE_DELETE,
               ENDPOINT);
    block_all(SYSCALL_RECV, NOTIFICATION, NOTIFICATION);
    take_apart("9", "Delete: a notification with 15 waiting",
               LABEL_CNODE_DELETE, NOTIFICATION);
    block_all(SYSCALL_SEND, BADGED, OTHER_BADGE);
    take_apart("10", "CancelBadgedSends: 15 senders of two badges",
               LABEL_CNODE_CANCEL_BADGED_SENDS, BADGED);
}

/* ---- Row 19 ---------------------------------------------------------------*/

/* A thread's old address space goes with the call that gives it another, since
 * the thread holds its last capability.  A CNode or TCB cannot go like this:
 * the call is refused (sel4-abi.md 4.6). */
static void replaced_space(void)
{
    const uint64_t mr[] = {0, 0, 0};
    uint64_t before;

    start();
    thread_make(&f, 1, 255);
    retype(&f, FIX_UT, TYPE_TABLE, 0, TABLE, 1);
    call(&f, FIX_ASID_POOL, LABEL_ASID_POOL_ASSIGN, 0, NULL, 1,
         (uint64_t[]){TABLE});
    call(&f, THREADS + 1, LABEL_TCB_SET_SPACE, 3, mr, 2,
         (uint64_t[]){FIX_ROOT, TABLE});
    bounds_must(&f, "SetSpace");
    cnode_delete(&f, TABLE);
    bounds_begin(&f);
    before = flushes();
    call(&f, THREADS + 1, LABEL_TCB_SET_SPACE, 3, mr, 2,
         (uint64_t[]){FIX_ROOT, FIX_VSPACE});
    bounds_must(&f, "SetSpace once more");
    bounds_row("19", "SetSpace: takes a thread's last address space away",
               bounds_slots(&f), 2 * 4, "slots");
    bounds_row("19", "the same", flushes() - before, 1, "flushes");
    hosted_destroy(f.hosted);
}

/* ---- Row 17 ---------------------------------------------------------------*/

/* One CNode of two slots after the other, each in slot 0 of the one before:
 * how many can one lookup lead through? */
static uint64_t path_levels(void)
{
    uint64_t levels = 0;

    for (unsigned n = 0; n <= LEVELS_MAX; n++) {
        retype(&f, FIX_UT, OBJECT_CNODE, 1, PATH + n, 1);
        bounds_must(&f, "CNode");
    }
    for (unsigned n = 0; n <= LEVELS_MAX; n++) {
        /* Slot 0 of the n-th CNode, through all before it. */
        cnode_copy_at(&f, (struct place){PATH, 0, n + 1},
                      (struct place){FIX_ROOT, PATH + n + 1, FIX_WORD_BITS},
                      CAP_RIGHTS_ALL);
        if (f.reply.label != ERROR_NONE)
            break;
        levels = n + 1;
    }
    return levels;
}

/* Lookups of one system call: Rotate names most.  Thread 0 has the root CNode
 * below another, so that none is short: 51 bits of guard and one of index,
 * then 12 of index. */
static uint64_t lookups_of_rotate(void)
{
    retype(&f, FIX_UT, TYPE_PAGE, 0, TABLE, 2);
    retype(&f, FIX_UT, OBJECT_CNODE, 1, NOTIFICATION, 1);
    cnode_mint(&f, UPPER, NOTIFICATION, CAP_RIGHTS_ALL, 51);
    bounds_must(&f, "CNode above the root");
    cnode_mint(&f, ENDPOINT, FIX_ROOT, CAP_RIGHTS_ALL, 0);
    cnode_move_at(&f, inside(NOTIFICATION, 1, 0),
                  (struct place){FIX_ROOT, ENDPOINT, FIX_WORD_BITS});
    bounds_must(&f, "root CNode below it");
    invoke_call(&f, FIX_TCB, LABEL_TCB_SET_SPACE, 3, (uint64_t[]){0, 0, 0}, 2,
                (uint64_t[]){UPPER, FIX_VSPACE});
    bounds_must(&f, "SetSpace");
    lookups = 0;
    invoke_call(&f, UPPER, LABEL_CNODE_ROTATE, 8,
                (uint64_t[]){BADGED, FIX_WORD_BITS, 0, FRAME, FIX_WORD_BITS, 0,
                             TABLE, FIX_WORD_BITS},
                2, (uint64_t[]){UPPER, UPPER});
    bounds_must(&f, "rotation");
    return lookups;
}

static void paths(void)
{
    start();
    bounds_row("17", "a path of CNodes of two slots", path_levels(), LEVELS_MAX,
               "levels of a lookup");
    bounds_row("17", "Rotate, by system call", lookups_of_rotate(), LOOKUPS_MAX,
               "lookups");
    hosted_destroy(f.hosted);
}

void bounds_objects(void)
{
    pools();
    unmap();
    queues();
    replaced_space();
    paths();
}
