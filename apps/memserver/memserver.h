/* SPDX-License-Identifier: BSD-2-Clause */
/* A server that gives out physical memory over IPC: where its books live, who
 * pays for them, and what is left of them when it dies.
 *
 *   starter (root task)                                  owns
 *     vault, a CNode:  1.. region untypeds, 9.. clients' CNodes
 *     ledger, frames:  account -> quota; page -> account
 *     memory, frames:  the library's fixed books
 *        |   |   |
 *        |   |   | mapped again, and made anew by each life
 *        |   | mapped again, and read
 *        | slot 1 of each life's root CNode
 *     +--v---v---v-----------------------+
 *     | server, one life: TCB, address   |  badge = account
 *     | space, CNodes; the library; and  |<-----------------+ Call
 *     | records of accounts (their pages)|                  |
 *     +----------------------------------+            +-----------+
 *            | RetypeAt(region, offset) ------------->| client's  |
 *            |   straight into a slot of its CNode    | own CNode |
 *                                                     +-----------+
 *
 *   what                            where                     who pays
 *   maps, tags (fixed books)        `memory', of the starter  starter
 *   which page is whose (ledger)    `ledger', of the starter  starter
 *   record of an account, a page    the regions               root account
 *   the object                      the regions               its account
 *   the slot of its capability      the client's CNode        client
 *   processes                       an untyped for each       starter
 *
 * No capability to memory that is given out is the server's.  When it dies,
 * the region untypeds stay where they always were, in the vault; the objects
 * live on, since their capabilities are the clients'; its records are gone,
 * since theirs were its own.  So a new life has to learn only what the kernel
 * cannot say: whose a block is.  Everything else it asks the kernel, by Next.
 *
 * The ledger is written after the kernel has acted, a word at a time, so that
 * nothing in it needs repair.  Where they disagree the kernel is right:
 *   the ledger has it, the kernel has not   freed in the middle: no longer
 *                                           charged
 *   the kernel has it, the ledger has not   made in the middle, and never
 *                                           answered: taken back
 * A client that waits for an answer is made to ask again.  It may, because it
 * names the slot: UT_ESLOT (it is there), UT_EINVAL or UT_EBUSY (it is gone)
 * are answers to what was asked twice.  An account has one request under way
 * at a time: no block of its comes back between request and repetition.
 *
 * Objects are of a page or more; what is smaller a client makes itself, of an
 * untyped that it has been given.
 */
#ifndef MEMSERVER_H
#define MEMSERVER_H
#include <sel4/sel4.h>

#include "ut/ops/ut_sel4.h"
#include "ut/ut_source.h"

#define MEMSERVER_ACCOUNTS 8u   /* badges 1 .. 8 */
#define MEMSERVER_CONTROL  256u /* the badge of who may open and close them */

_Static_assert(sizeof(struct ut_fault) == 4 * sizeof(seL4_Word), "4 words");

/* Requests: the message's label, then its words.  The answer's label is a
 * ut_err_t; after UT_OK its words are as said, else those of struct
 * ut_fault. */
enum memserver_request {
    MEMSERVER_ALLOC, /* type, size_bits, slot -> paddr */
    MEMSERVER_FREE,  /* paddr, size_bits */
    MEMSERVER_USAGE, /* -> bytes used, caps used, bytes at most, caps at most;
                      * by control: account */
    /* By control alone. */
    MEMSERVER_OPEN,  /* account, bytes, caps */
    MEMSERVER_CLOSE, /* account: everything it has dies */
    MEMSERVER_STATS, /* -> free bytes, kernel calls, are the invariants kept? */
    MEMSERVER_STOP, /* point, times: stops when it passes that point so often */
};

/* Points where a test may stop a life, and end it. */
enum memserver_point {
    POINT_NONE,
    POINT_ALLOC,        /* nothing has happened */
    POINT_ALLOC_KERNEL, /* the kernel has it, the ledger has not */
    POINT_ALLOC_LEDGER, /* both have it, the client has no answer */
    POINT_FREE,         /* nothing has happened */
    POINT_FREE_KERNEL,  /* the ledger has it, the kernel has not */
    POINT_FREE_LEDGER,  /* neither has it, the client has no answer */
    POINT_CLOSE,        /* some of an account's blocks are gone */
    POINT_COUNT
};

/* What the server tells its monitor, by a Call. */
enum memserver_report {
    MEMSERVER_READY = 64, /* struct memserver_found, word by word */
    MEMSERVER_STOPPED,    /* point */
    MEMSERVER_FAILED,     /* ut_err_t, kernel's error, address */
};

/* What a new life found. */
struct memserver_found {
    seL4_Word kept;   /* blocks that kernel and ledger know */
    seL4_Word lost;   /* that only the ledger knew */
    seL4_Word undone; /* that only the kernel knew */
    seL4_Word calls;  /* kernel calls until it was ready */
};

/* Each word is written at once, in the order of the program. */
struct memserver_account {
    volatile uint64_t bytes;
    volatile uint32_t caps;
    volatile uint32_t is_open; /* set last, reset first */
};

/* What outlives a server. */
struct memserver_ledger {
    struct memserver_account accounts[MEMSERVER_ACCOUNTS + 1];
    volatile uint8_t owner[]; /* by page, region after region: the account of
                               * the block that begins there, or 0 */
};

/* One life.  Who starts it fills in the first part, the rest is zero; cptrs
 * are in the server's own CSpace. */
struct memserver {
    seL4_CPtr endpoint;      /* where it is asked */
    seL4_CPtr monitor;       /* where it reports */
    seL4_CPtr clients;       /* slot of account 0's CNode; 1's is the next */
    struct ut_sel4 sel4;     /* as ut_sel4.h wants it */
    struct ut_config config; /* all but `ops' */
    struct memserver_ledger *ledger; /* zero: the first life */
    size_t pages;                    /* of all regions: words of the ledger */

    struct ut_ops ops;
    struct ut *ut;
    struct ut_acct *accounts[MEMSERVER_ACCOUNTS + 1]; /* NULL: not open */
    struct memserver_found found;
    struct ut_fault fault; /* of the last call that failed */
    seL4_Word stop_at;     /* enum memserver_point */
    seL4_Word stop_in;
};

/* The server: a thread's entry, with a struct memserver. */
void memserver_main(void *life);

/* ---- Between server.c, restart.c and points.c ---- */

/* Tells the monitor, with four words, and waits until it answers. */
void memserver_report(struct memserver *s, seL4_Word label, const seL4_Word *w);

/* Stops there if that has been asked for. */
void memserver_pass(struct memserver *s, seL4_Word point);

/* The ledger's word for a page of a region. */
volatile uint8_t *memserver_owner(struct memserver *s, uint64_t paddr);

/* Reads back what earlier lives have left: fills in accounts and found. */
ut_err_t memserver_restart(struct memserver *s);
#endif
