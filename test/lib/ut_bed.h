/* SPDX-License-Identifier: BSD-2-Clause */
/* A machine for tests of lib/ut, hosted or real, behind one interface.
 *
 *   test --ut_...--> library --ops--> bed --> backend --> kernel
 *                                      '- counts calls, lets the n-th fail
 *
 *   CSpace of the hosted one: a root CNode of 16 slots
 *     0 --> 2^14 slots: 2 itself, 16.. regions' untypeds, then the library's
 *           own, then the client's, for objects
 *     4, 5  the library's store
 */
#ifndef FALLOW_UT_BED_H
#define FALLOW_UT_BED_H
#include "ut/ut.h"
#include "ut/ut_ds.h"
#include "ut/ut_pmm.h"
#include "ut/ut_source.h"

#define BED_REGIONS_MAX 1024u
#define BED_OWN_SLOTS   1024u
#define BED_SLOTS       12288u /* the client's; the real machine has fewer */

struct bed_machine; /* the platform's */

struct bed {
    struct bed_machine *machine;
    struct ut_ops real; /* the backend */
    struct ut_ops ops;  /* in front of it: counts and refuses */
    struct ut_config config;
    struct ut_region regions[BED_REGIONS_MAX];
    struct ut *ut;
    struct ut_acct *root;
    struct ut_slots slots; /* the client's */
    uint64_t *slot_bits;
    uint64_t base; /* of the largest region */
    uint64_t calls;
    uint64_t calls_locked; /* of them, with the lock held */
    uint64_t refuse_in;    /* the n-th call from now on fails; 0: none */
    uint64_t refused;      /* so many have */
    uint64_t locked;       /* depth */
    uint64_t faults;       /* of any kind, in what bed_check saw */
};

/* Regions that a test wants, by rising address. */
struct bed_memory {
    const struct ut_region *regions; /* `root' is filled in by the bed */
    uint32_t count;
};

/* The usual one: 32 MiB at 64 MiB, 8 MiB at 128 MiB, two regions below a
 * chunk, and a device of 4 MiB. */
extern const struct bed_memory bed_usual;

/* Starts the library with one strategy, NULL: the best that works.  memory
 * NULL: bed_usual; the real machine has what it has.  Stops the program if
 * that fails. */
void bed_open(struct bed *bed, const struct ut_strategy *strategy,
              const struct bed_memory *memory);
void bed_close(struct bed *bed);

/* A new machine of the usual kind, and no library yet: config is ready but
 * for its memory.  Hosted only. */
void bed_restart(struct bed *bed, const struct ut_strategy *strategy);

/* Hosted: from now on kernels are made without the new calls. */
extern bool bed_is_stock;

/* Has this kernel the calls that the strategy wants? */
bool bed_can(const struct ut_strategy *strategy);

/* Runs tests with one strategy after the other, each on a machine of its own
 * with the usual memory, and claims that bed_check found all well in it; one
 * that this kernel cannot have is skipped. */
typedef void bed_tests(const struct ut_strategy *strategy);
void bed_each(struct bed *bed, bed_tests *tests);

/* Everything that must hold after each step: invariants of kernel and
 * library, and that charges and fixed books cover what is really in use.
 * Counts what does not, says it, and returns whether all was well. */
bool bed_check(struct bed *bed, const char *when);

/* A slot of the client's, and its destination.  The cptr is its address. */
uint32_t bed_slot(struct bed *bed, struct ut_dest *dest);
uint32_t bed_slots(struct bed *bed, uint32_t count, struct ut_dest *dest);
void bed_slot_give(struct bed *bed, uint32_t slot, uint32_t count);
bool bed_slot_is_empty(struct bed *bed, uint32_t slot);
struct ut_slot bed_slot_path(const struct bed *bed, uint32_t slot);
uint64_t bed_slot_cptr(const struct bed *bed, uint32_t slot);

/* From now on the library has only so many slots of its own left. */
void bed_own_slots_leave(struct bed *bed, uint32_t count);

/* A copy of the capability in a slot goes into another one, as a client
 * might make it.  0, or the kernel's error. */
uint32_t bed_copy(struct bed *bed, uint32_t to, uint32_t from);

/* The memory of a frame in a slot; NULL where the machine cannot show it. */
uint8_t *bed_memory_of(struct bed *bed, uint32_t slot);

/* Capabilities that the library and its clients have, counted in the kernel;
 * 0 where the machine cannot count. */
uint64_t bed_capabilities(struct bed *bed);
uint64_t bed_cleared_max(struct bed *bed);
void bed_cleared_reset(struct bed *bed);

/* ---- Shared by the platforms (ut_bed_common.c) ---- */

void bed_wrap(struct bed *bed);
uint64_t bed_base(const struct bed *bed);
bool bed_books_check(struct bed *bed, const char *when, uint64_t capabilities);
void bed_fault(struct bed *bed, const char *when, const char *what);
#endif
