/* SPDX-License-Identifier: BSD-2-Clause */
/* One machine with one way to manage its memory, for `make bench-ut'.
 *
 *   workload --drive_alloc, drive_free--> drive --+--> lib/ut: offset,
 *               by number                  |      |            incremental
 *                                          |      '--> apps/strategies:
 *                                          |             halving, slab
 *                                    calls counted --> hosted kernel
 *
 *   CSpace: a root CNode of 16 slots
 *     0 --> 2^23 slots: 2 itself, 16.. regions' untypeds, then the library's
 *           own, the older strategies' own, the client's
 *     4, 5  the library's store
 *
 * Only offset has a kernel with the new calls.  A kernel call is what passes
 * through struct ut_ops after the start; the figures are per operation, and a
 * request that is refused has its calls counted too.
 *
 * Checked at every operation: the object is where and what it was said to be,
 * a freed slot is empty, and with offset there are as many capabilities as
 * region roots, metadata frames and live objects; at the end, all invariants
 * of kernel and library.
 */
#ifndef BENCH_UT_DRIVE_H
#define BENCH_UT_DRIVE_H
#include "hosted.h"
#include "strategies/strategy.h"
#include "ut/ops/ut_hosted.h"
#include "ut/ut.h"

enum drive_kind {
    DRIVE_OFFSET,
    DRIVE_INCREMENTAL,
    DRIVE_HALVING,
    DRIVE_SLAB,
    DRIVE_KINDS
};

/* Retype's types on this machine that have no name of their own. */
enum drive_type {
    DRIVE_GIGA = 5, /* 1 GiB */
    DRIVE_PAGE = 6,
    DRIVE_MEGA = 7, /* 2 MiB */
    DRIVE_TABLE = 8,
};

#define DRIVE_REGIONS_MAX 64u
#define DRIVE_PROCESSES   32u /* numbered from 1 */

struct drive_machine {
    struct ut_region regions[DRIVE_REGIONS_MAX]; /* without roots */
    uint32_t region_count;
};

struct drive_request {
    uint8_t type;
    uint8_t size_bits;  /* of one object */
    uint8_t cls;        /* enum ut_class */
    bool pages_will_do; /* one object, but as many pages would serve */
    uint8_t process;    /* who pays; 0: nobody in particular */
    uint32_t count;     /* objects, back to back */
    uint64_t max;       /* highest byte; 0: anywhere */
};

struct drive_block {
    uint64_t paddr;
    uint32_t slot;
    uint32_t count; /* 0: not served */
    uint32_t name;  /* halving, slab */
    uint8_t size_bits;
    uint8_t process;
    bool is_pages; /* slab: single pages, chained */
};

struct drive_figures {
    uint64_t allocs, frees, refused;
    uint64_t alloc_worth, free_worth; /* in calls: ut_drive.c */
    uint64_t alloc_calls, free_calls;
    uint64_t calls_max; /* of one operation, less what it was worth above 1 */
    uint64_t caps_peak;
    uint64_t metadata_bytes; /* at their peak */
    uint64_t cleared_max_bytes;
    uint64_t beyond_bytes; /* cleared in a call above what may be */
    uint64_t map_bytes, managed_bytes;
    uint64_t slab_bytes, slab_header_bytes; /* at the peak of the former */
    char broken[200];                       /* "", or what went wrong */
};

struct drive {
    enum drive_kind kind;
    struct drive_machine machine;
    struct drive_figures figures;
    struct hosted_kernel *h;
    struct ut_hosted hosted;
    struct ut_ops real, ops; /* the second counts */
    paddr_t inner;           /* the large CNode's memory */
    uint64_t low;            /* of the regions */
    uint8_t *filled;         /* by 2 MiB: size_bits of what was last there */
    uint64_t chunks;
    bool *written;         /* by page, from low on: may not be zero */
    struct ut_slots slots; /* the client's */
    struct drive_block *blocks;
    uint32_t ids;
    bool is_started;
    bool is_cut[DRIVE_REGIONS_MAX]; /* not new from boot any more */
    uint64_t calls;                 /* of this operation */
    uint64_t asked_bytes;           /* by it; 0: it gives back */
    uint64_t cleared;               /* before this call */
    uint64_t emptied;
    uint64_t caps, objects, meta_frames, others;
    uint64_t operations, caps_looked;
    /* lib/ut */
    struct ut_config config;
    struct ut *ut;
    struct ut_acct *accounts[DRIVE_PROCESSES + 1];
    /* apps/strategies */
    const struct strategy *older;
    struct strategy_config older_config;
    struct strategy_region older_regions[DRIVE_REGIONS_MAX];
    struct strategy_ops older_ops;
    void *older_memory;
    struct strategy_block *pages; /* slab: by page, the next of its block */
    uint32_t *next_page;
};

const char *drive_name(enum drive_kind kind);

/* Requests are numbered 0 .. ids - 1.  False: the host has no memory. */
bool drive_open(struct drive *d, enum drive_kind kind,
                const struct drive_machine *machine, uint32_t ids);
/* The last checks; the figures stay. */
void drive_close(struct drive *d);

/* True: served.  A number is free again after drive_free. */
bool drive_alloc(struct drive *d, uint32_t id, const struct drive_request *r);
/* Nothing if it was not served. */
void drive_free(struct drive *d, uint32_t id);

/* A process starts, and ends with all its blocks, numbers first .. last: an
 * account with lib/ut, else each block is given back. */
void drive_process_start(struct drive *d, uint8_t process,
                         const struct ut_quota *quota);
void drive_process_end(struct drive *d, uint8_t process, uint32_t first,
                       uint32_t last);

/* A request of one block of 2^order pages: the frame of that size, or an
 * untyped; pages would do. */
struct drive_request drive_order(unsigned order, uint8_t cls);

uint64_t drive_free_bytes(const struct drive *d); /* less the live blocks */

/* ---- Shared by the parts ---- */

#define DRIVE_TOP_RADIX    4u
#define DRIVE_INNER_RADIX  23u
#define DRIVE_ROOT_CPTR    2u
#define DRIVE_FIRST_REGION 16u
#define DRIVE_FIRST_OWN    1024u
#define DRIVE_OWN          8192u
#define DRIVE_FIRST_OLDER  16384u
#define DRIVE_OLDER        (UINT32_C(5) << 20)
#define DRIVE_FIRST_CLIENT (DRIVE_FIRST_OLDER + DRIVE_OLDER)
#define DRIVE_CLIENT       (UINT32_C(1) << 21)

void drive_broken(struct drive *d, const char *what, uint64_t where);
void drive_wrap(struct drive *d); /* ut_drive_calls.c: d->ops from d->real */
void drive_op_begin(struct drive *d, uint64_t asked_bytes);
void drive_op_alloc(struct drive *d, uint64_t worth, bool served);
void drive_op_free(struct drive *d, uint64_t worth, uint64_t frees);

bool drive_library_open(struct drive *d);
bool drive_library_alloc(struct drive *d, const struct drive_request *r,
                         struct drive_block *b);
void drive_library_free(struct drive *d, const struct drive_block *b);
void drive_library_look(struct drive *d); /* metadata_bytes and the like */
void drive_library_close(struct drive *d);

bool drive_older_open(struct drive *d);
bool drive_older_alloc(struct drive *d, const struct drive_request *r,
                       struct drive_block *b);
void drive_older_free(struct drive *d, const struct drive_block *b);
void drive_older_close(struct drive *d);
#endif
