/* SPDX-License-Identifier: BSD-2-Clause */
/* From the objects of a run to a stream of requests, and what three
 * allocators make of a stream that is known by heart. */
#include <stdlib.h>

#include "fixture.h"
#include "strategies.h"

static void tell(struct stream *s, bool created, enum replay_origin origin,
                 paddr_t base, uint8_t bits, uint8_t type, bool device)
{
    struct replay_object o = {
        .created = created,
        .origin = origin,
        .base = base,
        .size_bits = bits,
        .cap_type = type,
        .device = device,
    };

    stream_add(s, &o);
}

static void boot(struct stream *s)
{
    enum replay_origin origin = REPLAY_ORIGIN_BOOT;

    tell(s, true, origin, 0x80600000, 21, CAP_UNTYPED, false);
    tell(s, true, origin, 0x80000000, 22, CAP_UNTYPED, false);
    tell(s, true, origin, 0x10000000, 24, CAP_UNTYPED, true);
    tell(s, true, origin, 0x80800000, 12, CAP_FRAME, false);
}

static void create(struct stream *s, paddr_t base, uint8_t bits, uint8_t type)
{
    tell(s, true, REPLAY_ORIGIN_RETYPE, base, bits, type, false);
}

static void destroy(struct stream *s, paddr_t base, uint8_t bits, uint8_t type)
{
    tell(s, false, REPLAY_ORIGIN_RETYPE, base, bits, type, false);
}

/* Two pages, a large frame, a CNode of 8 KiB, an ASID pool; the large frame
 * is there when memory is at its fullest. */
static void run(struct stream *s)
{
    boot(s);
    create(s, 0x80000000, 20, CAP_UNTYPED);
    create(s, 0x80000000, 12, CAP_FRAME);
    create(s, 0x80001000, 12, CAP_FRAME);
    destroy(s, 0x80000000, 12, CAP_FRAME);
    create(s, 0x80200000, 21, CAP_FRAME);
    create(s, 0x80002000, 13, CAP_CNODE);
    tell(s, true, REPLAY_ORIGIN_RETYPE, 0x10000000, 12, CAP_FRAME, true);
    tell(s, true, REPLAY_ORIGIN_POOL, 0x80004000, 12, CAP_ASID_POOL, false);
    destroy(s, 0x80200000, 21, CAP_FRAME);
    destroy(s, 0x80000000, 20, CAP_UNTYPED);
    tell(s, false, REPLAY_ORIGIN_BOOT, 0x80800000, 12, CAP_FRAME, false);
    create(s, 0x80000000, 11, CAP_TCB);
}

static void check_stream(const struct stream *s)
{
    static const struct stream_event want[] = {
        {0, true}, {1, true}, {0, false}, {2, true},
        {3, true}, {4, true}, {2, false}, {5, true},
    };
    bool same = s->event_count == sizeof want / sizeof want[0];

    tap_is(s->failed, 0, "nothing went wrong");
    for (size_t i = 0; same && i < s->event_count; i++)
        same = s->events[i].object == want[i].object &&
               s->events[i].allocate == want[i].allocate;
    tap_ok(same, "requests and frees in the order of the run");
    tap_is(s->object_count, 6, "neither untypeds nor device memory");
    tap_is(s->pools, 1, "one is an ASID pool");
    tap_is(s->region_count, 2, "the RAM is that of the boot untypeds");
    tap_is(s->regions[0].base, 0x80000000, "by rising address");
    tap_is(s->bytes_peak, 0x200000 + 0x2000 + 2 * 0x1000, "bytes at the peak");
    tap_is(s->fullest, 6, "which is after the sixth event");
    tap_is(s->alive_peak, 4, "objects at the peak");
    tap_is(s->objects[3].user_bits, 8, "a CNode of 8 KiB has 2^8 slots");
    tap_is(s->objects[4].type, OBJECT_UNTYPED, "a pool is made of an untyped");
    tap_is(s->objects[2].type, TYPE_MEGA, "2 MiB are a large frame");
}

/* What each of them does with it, by hand. */
static const struct known {
    uint64_t served, too_large, calls, calls_start, capabilities, intermediate;
    int fullest_bits, end_bits;
} known[STRATEGIES_COUNT] = {
    /* halving.  9 cuts (18 calls) of the 2 MiB for the first page, 1 for the
     * 4 MiB, 3 of 16 KiB for the TCB: 26; 6 objects made, 2 deleted, 2 halves
     * deleted to merge the 4 MiB.  At the end 4 objects and 12 pairs. */
    {6, 0, 26 + 6 + 2 + 2, 0, 4 + 24, 24, 21, 22},
    /* slab.  6 MiB by 256 pages a call, then 4 objects made and 1 revoked. */
    {4, 2, 6 + 4 + 1, 6, 1536 + 3, 1536, 12, 12},
    /* offset.  6 objects made, 2 revoked.  The second region stays whole. */
    {6, 0, 6 + 2, 0, 4, 0, 21, 21},
};

static void check_outcome(const struct strategies_outcome *o,
                          const struct known *want)
{
    const char *name = o->strategy->name;

    tap_is_string(o->broken, "", "%s: every answer was right", name);
    tap_is(o->requests, 6, "%s: requests", name);
    tap_is(o->served, want->served, "%s: served", name);
    tap_is(o->too_large, want->too_large, "%s: too large for it", name);
    tap_is(o->calls, want->calls, "%s: kernel calls", name);
    tap_is(o->calls_start, want->calls_start, "%s: to set up", name);
    tap_is(o->capabilities_peak, want->capabilities, "%s: capabilities", name);
    tap_is(o->intermediate_peak, want->intermediate, "%s: intermediate", name);
    tap_is((uint64_t)o->largest_fullest_bits, (uint64_t)want->fullest_bits,
           "%s: largest free block at the fullest", name);
    tap_is((uint64_t)o->largest_end_bits, (uint64_t)want->end_bits,
           "%s: at the end", name);
}

int main(void)
{
    struct stream stream;

    stream_init(&stream);
    run(&stream);
    check_stream(&stream);
    for (size_t i = 0; i < STRATEGIES_COUNT; i++) {
        struct strategies_outcome outcome;

        if (strategies_all[i]->needs_retype_at && !stream.params.generation3) {
            tap_skip("%s needs RetypeAt", strategies_all[i]->name);
            continue;
        }
        tap_ok(strategies_run(strategies_all[i], &stream, &outcome),
               "%s has memory to run", strategies_all[i]->name);
        check_outcome(&outcome, &known[i]);
        strategies_outcome_free(&outcome);
    }
    stream_free(&stream);
    return tap_done();
}
