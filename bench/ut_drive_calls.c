/* SPDX-License-Identifier: BSD-2-Clause */
/* Every kernel call of a bench machine: counted, and what it cleared compared
 * with what it may clear.
 *
 * Clearing is counted, but done only where something was written: in objects
 * that the kernel keeps something in, and in the library's own frames; nobody
 * writes anywhere else here. */
#include "ut_drive.h"

#include "invoke.h"

void __wrap_arch_clear(struct kernel *k, paddr_t base, uint64_t bytes);
void __real_arch_clear(struct kernel *k, paddr_t base, uint64_t bytes);

static bool *written_page(struct drive *d, paddr_t at)
{
    uint64_t page = (at - d->low) >> UT_PAGE_BITS;

    return at >= d->low && page < d->chunks << 9 ? &d->written[page] : NULL;
}

/* An object has appeared. */
static void written_mark(void *context, struct kernel *k, enum arch_event event,
                         slotno_t a, slotno_t b)
{
    const struct slot *slots = kernel_slots(k);
    struct drive *d = context;
    uint64_t bytes;

    (void)a;
    if (event != ARCH_EVENT_CREATED || slot_type(slots, b) == CAP_UNTYPED ||
        slot_type(slots, b) == CAP_FRAME)
        return;
    bytes = bits_size(slot_bits(slots, b));
    for (uint64_t at = 0; at < bytes; at += bits_size(UT_PAGE_BITS)) {
        bool *written = written_page(d, slot_base(slots, b) + at);

        if (written)
            *written = true;
    }
}

void __wrap_arch_clear(struct kernel *k, paddr_t base, uint64_t bytes)
{
    struct machine *m = k->machine;
    struct drive *d = m->observer_context;
    uint64_t size = bits_size(UT_PAGE_BITS);
    bool any = false;

    for (paddr_t at = base & ~(size - 1); at < base + bytes; at += size) {
        bool *written = written_page(d, at);

        any = any || !written || *written;
        if (written && at >= base && base + bytes - at >= size)
            *written = false;
    }
    m->clear_nothing = !any;
    __real_arch_clear(k, base, bytes);
}

static void call_begin(struct drive *d)
{
    d->cleared = d->h->machine.cleared_bytes;
    d->emptied = d->h->kernel.slots_emptied;
}

/* allowed_bytes: so much may have been cleared. */
static uint32_t call_end(struct drive *d, uint64_t allowed_bytes,
                         uint32_t error)
{
    struct drive_figures *f = &d->figures;
    uint64_t cleared = d->h->machine.cleared_bytes - d->cleared;

    d->calls++;
    d->caps -= d->h->kernel.slots_emptied - d->emptied;
    if (error != 0)
        drive_broken(d, "the kernel refused, with error", error);
    if (!d->is_started)
        return error;
    if (cleared > f->cleared_max_bytes)
        f->cleared_max_bytes = cleared;
    if (cleared > allowed_bytes && cleared - allowed_bytes > f->beyond_bytes)
        f->beyond_bytes = cleared - allowed_bytes;
    return error;
}

/* With offset the object itself; else the largest of what was asked for, 2
 * MiB, and what was last where the untyped is. */
static uint64_t retype_allowed(struct drive *d, const struct ut_retype *call)
{
    const struct ut_kind *kind = &d->ops.kinds[call->type];
    unsigned bits = kind->bits;
    uint64_t allowed = UINT64_C(1) << UT_CHUNK_BITS, chunk;
    slotno_t slot;

    if (kind->flags & UT_KIND_VARIABLE)
        bits += call->arg_bits;
    if (d->kind == DRIVE_OFFSET)
        return (uint64_t)call->count << bits;
    if (d->asked_bytes > allowed)
        allowed = d->asked_bytes;
    slot = ut_hosted_slot(&d->hosted, call->untyped);
    if (slot == SLOT_NIL)
        return allowed;
    chunk = (slot_base(kernel_slots(&d->h->kernel), slot) - d->low) >>
            UT_CHUNK_BITS;
    if (chunk < d->chunks && UINT64_C(1) << d->filled[chunk] > allowed)
        allowed = UINT64_C(1) << d->filled[chunk];
    return allowed;
}

/* The first time that a region is cut, what boot left is cleared: that does
 * not count. */
static bool is_first_cut(struct drive *d, const struct ut_retype *call)
{
    uint64_t region = call->untyped - DRIVE_FIRST_REGION;
    bool is_first = region < d->machine.region_count && !d->is_cut[region];

    if (is_first)
        d->is_cut[region] = true;
    return is_first;
}

static uint32_t count_retype(void *context, const struct ut_retype *call)
{
    struct drive *d = context;
    uint64_t allowed = retype_allowed(d, call);
    bool is_first = is_first_cut(d, call);
    uint32_t error;

    call_begin(d);
    error = d->real.retype(d->real.context, call);
    d->caps += error == 0 ? call->count : 0;
    if (is_first)
        d->cleared = d->h->machine.cleared_bytes;
    return call_end(d, allowed, error);
}

static uint32_t count_retype_at(void *context, const struct ut_retype *call)
{
    struct drive *d = context;
    uint64_t allowed = retype_allowed(d, call);
    uint32_t error;

    call_begin(d);
    error = d->real.retype_at(d->real.context, call);
    d->caps += error == 0 ? call->count : 0;
    return call_end(d, allowed, error);
}

static uint32_t count_revoke(void *context, const struct ut_slot *slot)
{
    struct drive *d = context;

    call_begin(d);
    return call_end(d, 0, d->real.revoke(d->real.context, slot));
}

static uint32_t count_remove(void *context, const struct ut_slot *slot)
{
    struct drive *d = context;

    call_begin(d);
    return call_end(d, 0, d->real.remove(d->real.context, slot));
}

static uint32_t count_revoke_at(void *context, uint64_t untyped,
                                uint64_t offset_bytes, uint8_t size_bits)
{
    struct drive *d = context;

    call_begin(d);
    return call_end(
        d, 0,
        d->real.revoke_at(d->real.context, untyped, offset_bytes, size_bits));
}

/* A slot is emptied and another filled. */
static uint32_t count_move(void *context, const struct ut_slot *to,
                           const struct ut_slot *from)
{
    struct drive *d = context;
    uint32_t error;

    call_begin(d);
    error = d->real.move(d->real.context, to, from);
    d->emptied = d->h->kernel.slots_emptied;
    return call_end(d, 0, error);
}

static uint32_t count_move_guarded(void *context, const struct ut_slot *to,
                                   const struct ut_slot *from,
                                   uint8_t guard_bits)
{
    struct drive *d = context;
    uint32_t error;

    call_begin(d);
    error = d->real.move_guarded(d->real.context, to, from, guard_bits);
    d->emptied = d->h->kernel.slots_emptied;
    return call_end(d, 0, error);
}

static uint32_t count_map_meta(void *context, uint64_t frame, uint8_t size_bits,
                               void **address)
{
    struct drive *d = context;
    slotno_t slot = ut_hosted_slot(&d->hosted, frame);

    call_begin(d);
    d->meta_frames++;
    *written_page(d, slot_base(kernel_slots(&d->h->kernel), slot)) = true;
    return call_end(
        d, 0, d->real.map_meta(d->real.context, frame, size_bits, address));
}

/* The frame is dead by now, and its mapping with it: no call. */
static void count_unmap_meta(void *context, uint64_t frame, void *address)
{
    struct drive *d = context;

    d->meta_frames--;
    d->real.unmap_meta(d->real.context, frame, address);
}

static uint32_t count_describe(void *context, uint64_t untyped,
                               struct ut_described *out)
{
    struct drive *d = context;

    return d->real.describe(d->real.context, untyped, out);
}

void drive_wrap(struct drive *d)
{
    d->h->machine.observer = written_mark;
    d->h->machine.observer_context = d;
    ut_hosted_ops(&d->hosted, d->h, slot_at(d->inner) + DRIVE_ROOT_CPTR,
                  &d->real);
    d->ops = d->real;
    d->ops.context = d;
    d->ops.retype = count_retype;
    d->ops.retype_at = count_retype_at;
    d->ops.revoke = count_revoke;
    d->ops.remove = count_remove;
    d->ops.revoke_at = count_revoke_at;
    d->ops.move = count_move;
    d->ops.move_guarded = count_move_guarded;
    d->ops.describe = count_describe;
    d->ops.next = NULL;
    d->ops.map_meta = count_map_meta;
    d->ops.unmap_meta = count_unmap_meta;
}
