/* SPDX-License-Identifier: BSD-2-Clause */
#include "ut_bed.h"

#include "tap.h"
#include "ut/ut_int.h"

#define REFUSED 10u /* NotEnoughMemory: what a kernel might say */

static bool refuse(struct bed *bed)
{
    bed->calls++;
    bed->calls_locked += bed->locked;
    if (bed->refuse_in == 0 || --bed->refuse_in != 0)
        return false;
    bed->refused++;
    return true;
}

static uint32_t bed_retype(void *context, const struct ut_retype *call)
{
    struct bed *bed = context;

    return refuse(bed) ? REFUSED : bed->real.retype(bed->real.context, call);
}

static uint32_t bed_retype_at(void *context, const struct ut_retype *call)
{
    struct bed *bed = context;

    return refuse(bed) ? REFUSED : bed->real.retype_at(bed->real.context, call);
}

static uint32_t bed_revoke(void *context, const struct ut_slot *slot)
{
    struct bed *bed = context;

    return refuse(bed) ? REFUSED : bed->real.revoke(bed->real.context, slot);
}

static uint32_t bed_remove(void *context, const struct ut_slot *slot)
{
    struct bed *bed = context;

    return refuse(bed) ? REFUSED : bed->real.remove(bed->real.context, slot);
}

static uint32_t bed_revoke_at(void *context, uint64_t untyped,
                              uint64_t offset_bytes, uint8_t size_bits)
{
    struct bed *bed = context;

    return refuse(bed) ? REFUSED
                       : bed->real.revoke_at(bed->real.context, untyped,
                                             offset_bytes, size_bits);
}

static uint32_t bed_move(void *context, const struct ut_slot *to,
                         const struct ut_slot *from)
{
    struct bed *bed = context;

    return refuse(bed) ? REFUSED : bed->real.move(bed->real.context, to, from);
}

static uint32_t bed_move_guarded(void *context, const struct ut_slot *to,
                                 const struct ut_slot *from, uint8_t guard_bits)
{
    struct bed *bed = context;

    return refuse(bed) ? REFUSED
                       : bed->real.move_guarded(bed->real.context, to, from,
                                                guard_bits);
}

static uint32_t bed_describe(void *context, uint64_t untyped,
                             struct ut_described *out)
{
    struct bed *bed = context;

    return bed->real.describe(bed->real.context, untyped, out);
}

static uint32_t bed_next(void *context, uint64_t untyped, uint64_t offset_bytes,
                         struct ut_next *out)
{
    struct bed *bed = context;

    return refuse(bed)
               ? REFUSED
               : bed->real.next(bed->real.context, untyped, offset_bytes, out);
}

static uint32_t bed_map_meta(void *context, uint64_t frame, uint8_t size_bits,
                             void **address)
{
    struct bed *bed = context;

    return refuse(bed) ? REFUSED
                       : bed->real.map_meta(bed->real.context, frame, size_bits,
                                            address);
}

static void bed_unmap_meta(void *context, uint64_t frame, void *address)
{
    struct bed *bed = context;

    bed->real.unmap_meta(bed->real.context, frame, address);
}

static uint32_t bed_map(void *context, uint64_t frame, uint64_t vspace,
                        uint64_t address, uint64_t rights)
{
    struct bed *bed = context;

    return refuse(bed) ? REFUSED
                       : bed->real.map(bed->real.context, frame, vspace,
                                       address, rights);
}

static uint32_t bed_unmap(void *context, uint64_t frame)
{
    struct bed *bed = context;

    return refuse(bed) ? REFUSED : bed->real.unmap(bed->real.context, frame);
}

static void bed_lock(void *context)
{
    struct bed *bed = context;

    if (bed->locked++ != 0)
        bed_fault(bed, "lock", "the lock was taken twice");
}

static void bed_unlock(void *context)
{
    struct bed *bed = context;

    if (bed->locked-- != 1)
        bed_fault(bed, "unlock", "the lock was not held");
}

void bed_wrap(struct bed *bed)
{
    bed->ops = bed->real;
    bed->ops.context = bed;
    bed->ops.retype = bed_retype;
    bed->ops.retype_at = bed->real.retype_at ? bed_retype_at : NULL;
    bed->ops.revoke = bed_revoke;
    bed->ops.remove = bed_remove;
    bed->ops.revoke_at = bed->real.revoke_at ? bed_revoke_at : NULL;
    bed->ops.move = bed_move;
    bed->ops.move_guarded = bed_move_guarded;
    bed->ops.describe = bed->real.describe ? bed_describe : NULL;
    bed->ops.next = bed->real.next ? bed_next : NULL;
    bed->ops.map_meta = bed_map_meta;
    bed->ops.unmap_meta = bed_unmap_meta;
    bed->ops.map = bed->real.map ? bed_map : NULL;
    bed->ops.unmap = bed->real.unmap ? bed_unmap : NULL;
    bed->ops.lock = bed_lock;
    bed->ops.unlock = bed_unlock;
}

uint64_t bed_base(const struct bed *bed)
{
    const struct ut_region *largest = NULL;

    for (uint32_t i = 0; i < bed->config.region_count; i++) {
        const struct ut_region *r = &bed->config.regions[i];

        if (!(r->flags & UT_REGION_DEVICE) &&
            (!largest || r->size_bits > largest->size_bits))
            largest = r;
    }
    return largest ? largest->base : 0;
}

void bed_fault(struct bed *bed, const char *when, const char *what)
{
    tap_diag("%s: %s", when, what);
    bed->faults++;
}

/* Sum over all accounts. */
static struct ut_quota charges(struct bed *bed)
{
    struct ut_quota sum = {0, 0};

    for (uint32_t i = 0; i < bed->config.accounts_max + 2u; i++) {
        struct ut_acct *a = ut_acct_find(bed->ut, (ut_owner_t)i);
        struct ut_usage usage;

        if (!a)
            continue;
        ut_acct_usage(a, &usage);
        sum.bytes += usage.used.bytes;
        sum.caps += usage.used.caps;
    }
    return sum;
}

/* Bytes: what layer 2 has as used, device memory too, and leaf CNodes that it
 * does not know of for the moment: those of empty chunks.  entry_bytes has
 * them all, and those it does know are tagged. */
struct sums {
    uint64_t used, leaves;
};

static bool sum_span(void *context, const struct ut_span *span)
{
    struct sums *s = context;

    s->used += span->bytes;
    if (span->owner == UT_OWNER_LEAF)
        s->leaves += span->bytes;
    return true;
}

bool bed_books_check(struct bed *bed, const char *when, uint64_t caps)
{
    struct ut_quota sum = charges(bed);
    struct sums sums = {0, 0};
    struct ut_stats stats;
    const char *broken = ut_check(bed->ut);
    uint64_t faults = bed->faults, real;

    if (broken)
        bed_fault(bed, when, broken);
    ut_stats(bed->ut, &stats);
    ut_walk(bed->ut, sum_span, &sums);
    real = sums.used + (stats.entry_bytes - sums.leaves);
    if (sum.bytes + stats.fixed_bytes < real) {
        tap_diag("charged %lu, fixed %lu, used %lu", (unsigned long)sum.bytes,
                 (unsigned long)stats.fixed_bytes, (unsigned long)real);
        bed_fault(bed, when, "more bytes are in use than are paid for");
    }
    if ((uint64_t)sum.caps + stats.fixed_caps < caps) {
        tap_diag("charged %lu, fixed %lu, there are %lu",
                 (unsigned long)sum.caps, (unsigned long)stats.fixed_caps,
                 (unsigned long)caps);
        bed_fault(bed, when, "more capabilities exist than are paid for");
    }
    if (bed->locked != 0)
        bed_fault(bed, when, "the lock was left held");
    return bed->faults == faults;
}

uint32_t bed_slots(struct bed *bed, uint32_t count, struct ut_dest *dest)
{
    uint32_t slot = UINT32_MAX;

    if (ut_slots_take(&bed->slots, count, &slot, NULL))
        bed_fault(bed, "bed", "the client has no slots left");
    else
        *dest = ut_slots_dest(&bed->slots, slot);
    return slot;
}

uint32_t bed_slot(struct bed *bed, struct ut_dest *dest)
{
    return bed_slots(bed, 1, dest);
}

void bed_slot_give(struct bed *bed, uint32_t slot, uint32_t count)
{
    if (ut_slots_give(&bed->slots, slot, count))
        bed_fault(bed, "bed", "a slot was given back twice");
}

struct ut_slot bed_slot_path(const struct bed *bed, uint32_t slot)
{
    return ut_slots_slot(&bed->slots, slot);
}

uint64_t bed_slot_cptr(const struct bed *bed, uint32_t slot)
{
    return ut_slots_cptr(&bed->slots, slot);
}

void bed_own_slots_leave(struct bed *bed, uint32_t count)
{
    struct ut_slots *s = &bed->ut->slots;
    uint32_t ignored;

    while (s->window.count - s->used > count)
        if (ut_slots_take(s, 1, &ignored, NULL))
            return;
}

void bed_each(struct bed *bed, bed_tests *tests)
{
    static const struct ut_strategy *const strategies[] = {
        &ut_strategy_offset, &ut_strategy_incremental};

    for (unsigned i = 0; i < 2; i++) {
        if (!bed_can(strategies[i])) {
            tap_skip("the kernel has no RetypeAt");
            continue;
        }
        bed_open(bed, strategies[i], NULL);
        tap_diag("%s", ut_strategy_name(bed->ut));
        tests(strategies[i]);
        tap_is(bed->faults, 0, "nothing was wrong in between");
        bed_close(bed);
    }
}
