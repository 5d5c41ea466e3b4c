/* SPDX-License-Identifier: BSD-2-Clause */
/* Revoke and RevokeAt go outermost first (rule R10): no capability goes before
 * an untyped inside that encloses it.  Otherwise the holder of a nested untyped
 * could retype as fast as it is revoked, and Revoke never end. */
#include "fixture.h"
#include "seed.h"

enum { FIRST = FIX_FREE, SLOTS = 38, ROUNDS = 400 };

static struct fixture f;
static struct seed seed;

static paddr_t block_base;
static uint64_t block_bytes;
static uint64_t emptied, early;

static bool around(const struct cap *outer, const struct cap *inner)
{
    return outer->bits > inner->bits &&
           bits_down(outer->base ^ inner->base, outer->bits) == 0;
}

/* Told before a slot is emptied: is an untyped around it still there? */
static void observe(void *context, struct kernel *k, enum arch_event event,
                    slotno_t a, slotno_t b)
{
    struct cap cap;

    (void)context;
    (void)b;
    if (event != ARCH_EVENT_EMPTIED)
        return;
    emptied++;
    cap = cap_read(kernel_slots(k), a);
    for (uint64_t slot = FIRST; slot < FIRST + SLOTS; slot++) {
        struct cap other = fixture_cap(&f, slot);

        early += other.type == CAP_UNTYPED && around(&other, &cap) &&
                 other.base >= block_base &&
                 other.base - block_base + bits_size(other.bits) <= block_bytes;
    }
}

/* A random object or copy in an empty slot, of any untyped that is there. */
static void grow(uint64_t slot)
{
    uint64_t source = FIRST + seed_below(&seed, SLOTS);
    unsigned bits;

    if (fixture_type(&f, source) == CAP_NULL)
        source = FIX_UT;
    if (seed_below(&seed, 4) == 0 && source != FIX_UT) {
        cnode_copy(&f, slot, source, 15);
        return;
    }
    if (fixture_type(&f, source) != CAP_UNTYPED)
        return;
    bits = 4 + (unsigned)seed_below(&seed, fixture_cap(&f, source).bits - 3u);
    if (seed_below(&seed, 3) == 0)
        retype(&f, source, OBJECT_ENDPOINT, 0, slot, 1);
    else if (f.k->params.generation3)
        retype_at(&f, source, OBJECT_UNTYPED, bits, slot, 1,
                  seed_below(&seed, 0x4000) >> bits << bits);
    else
        retype(&f, source, OBJECT_UNTYPED, bits, slot, 1);
}

static void build(void)
{
    f.hosted->machine.observer = NULL;
    cnode_revoke(&f, FIX_UT);
    for (unsigned i = 0; i < 4 * SLOTS; i++) {
        uint64_t slot = FIRST + seed_below(&seed, SLOTS);

        if (fixture_type(&f, slot) == CAP_NULL)
            grow(slot);
    }
    f.hosted->machine.observer = observe;
}

static void whole(void)
{
    block_base = 0x4000;
    block_bytes = 0x4000 - 1; /* what is revoked is not inside itself */
    build();
    cnode_revoke(&f, FIX_UT);
}

static void part(void)
{
    unsigned bits = 6 + (unsigned)seed_below(&seed, 8);

    block_bytes = bits_size(bits);
    block_base = 0x4000 + seed_below(&seed, 0x4000) / block_bytes * block_bytes;
    build();
    revoke_at(&f, FIX_UT, block_base - 0x4000, bits);
}

/* A nested untyped's holder makes one object after each interruption. */
static void holder_keeps_retyping(void)
{
    unsigned entries = 0, made = 0;

    f.hosted->machine.observer = NULL;
    cnode_revoke(&f, FIX_UT);
    retype(&f, FIX_UT, OBJECT_UNTYPED, 12, FIRST, 1);
    retype(&f, FIRST, OBJECT_UNTYPED, 10, FIRST + 1, 1);
    retype(&f, FIRST + 1, OBJECT_ENDPOINT, 0, FIRST + 2, 4);
    f.hosted->machine.preempt_always = true;
    f.once = true;
    do {
        cnode_revoke(&f, FIX_UT);
        entries++;
        if (f.outcome == OUTCOME_DONE)
            break;
        for (uint64_t slot = FIRST + 2; slot < FIRST + 6; slot++)
            made += fixture_type(&f, slot) == CAP_NULL &&
                    retype(&f, FIRST + 1, OBJECT_ENDPOINT, 0, slot, 1) ==
                        ERROR_NONE;
    } while (entries < 1000);
    f.once = false;
    f.hosted->machine.preempt_always = false;
    tap_ok(entries < 20, "it ends after %u entries, %u objects made meanwhile",
           entries, made);
    cnode_revoke(&f, FIX_UT);
}

int main(void)
{
    seed = seed_start(17);
    fixture_small(&f);
    for (unsigned i = 0; i < ROUNDS; i++)
        whole();
    tap_is(early, 0, "Revoke: capabilities that went too early");
    tap_ok(emptied > ROUNDS * 5, "of %lu", (unsigned long)emptied);
    if (f.k->params.generation3) {
        emptied = 0;
        for (unsigned i = 0; i < ROUNDS; i++)
            part();
        tap_is(early, 0, "RevokeAt: capabilities that went too early");
        tap_ok(emptied > ROUNDS, "of %lu", (unsigned long)emptied);
    }
    holder_keeps_retyping();
    f.hosted->machine.observer = NULL;
    fixture_done(&f);
    return tap_done();
}
