/* SPDX-License-Identifier: BSD-2-Clause */
/* RevokeAt (rule R10): memory freed by its address; everything inside the
 * block goes and nothing else. */
#include "fixture.h"
#include "seed.h"

enum { A = FIX_FREE, B, C, D, E, F, G, COPY, CHILDREN = 36 };

static struct fixture f;

static void build(void)
{
    cnode_revoke(&f, FIX_UT);
    retype_at(&f, FIX_UT, TYPE_PAGE, 0, A, 1, 0x1000);
    cnode_copy(&f, B, A, 15);
    retype_at(&f, FIX_UT, OBJECT_UNTYPED, 10, C, 1, 0x1400);
    retype_at(&f, C, OBJECT_ENDPOINT, 0, D, 1, 0x20);
    cnode_mint(&f, E, D, 15, 7);
    retype_at(&f, FIX_UT, OBJECT_TCB, 0, F, 1, 0x1800);
    retype_at(&f, FIX_UT, TYPE_GIGA, 0, G, 1, 0x2000);
    ok_slots(&f, A, "ffueetf", "children with copies");
}

static void block(uint64_t offset, uint64_t bits, const char *left,
                  const char *name)
{
    uint64_t watermark;

    build();
    watermark = fixture_watermark(&f, FIX_UT);
    revoke_at(&f, FIX_UT, offset, bits);
    ok_reply(&f, "RevokeAt", 0);
    ok_slots(&f, A, left, name);
    ok_watermark(&f, FIX_UT, watermark, "unchanged");
}

static void blocks(void)
{
    block(0x1000, 8, "..ueetf", "a page with its copy");
    block(0x1400, 10, "ff...tf", "a nested untyped with what it holds");
    block(0x1000, 11, ".....tf", "two neighbours");
    block(0x1000, 12, "......f", "all but the last");
    block(0x1100, 8, "ffueetf", "a free block");
    block(0x1900, 4, "ffueetf", "a free block of 16 bytes");
    block(0x2000, 12, "ffueet.", "exactly the last");
    block(0x2000, 13, "ffueet.", "a block around the last");
    block(0x3000, 0, "ffueetf", "a free byte");
    block(0, 14, ".......", "the whole");
}

static void refused(uint64_t offset, uint64_t bits, const char *name)
{
    build();
    revoke_at(&f, FIX_UT, offset, bits);
    ok_reply(&f, name, 9);
    ok_slots(&f, A, "ffueetf", "nothing is done");
}

static void reaches_beyond(void)
{
    refused(0x1000, 7, "the first half of a page");
    refused(0x1080, 7, "its second half");
    refused(0x1800, 5, "one slot of a TCB");
    refused(0x1430, 4, "free, but in a nested untyped");
    refused(0x1420, 4, "an endpoint in a nested untyped");
    refused(0x2ff0, 0, "one byte of a page");
    build();
    revoke_at(&f, C, 0x20, 4);
    ok_reply(&f, "through the nested untyped itself", 0);
    ok_slots(&f, A, "ffu..tf", "the endpoint and its badge go");
}

static void not_open(void)
{
    cnode_revoke(&f, FIX_UT);
    cnode_copy(&f, COPY, FIX_UT, 15);
    retype_at(&f, COPY, TYPE_PAGE, 0, A, 1, 0);
    revoke_at(&f, FIX_UT, 0, 8);
    ok_reply(&f, "a part of an untyped that is copied", 9);
    ok_slots(&f, A, "f......u", "nothing is done");
    revoke_at(&f, COPY, 0, 8);
    ok_reply(&f, "through the copy", 0);
    ok_slots(&f, A, ".......u", "the page goes");
    retype_at(&f, COPY, TYPE_PAGE, 0, A, 1, 0);
    revoke_at(&f, FIX_UT, 0, 14);
    ok_reply(&f, "the whole of the source is Revoke", 0);
    ok_slots(&f, A, "........", "copy and page go");
}

static void device(void)
{
    retype_at(&f, FIX_DEVICE, TYPE_PAGE, 0, A, 2, 0x1000);
    revoke_at(&f, FIX_DEVICE, 0x1100, 8);
    ok_reply(&f, "of device memory", 0);
    ok_slots(&f, A, "f.", "the second page goes");
    cnode_revoke(&f, FIX_DEVICE);
}

/* Zombies and embryos are freed like everything else. */
static void in_transition(void)
{
    cnode_revoke(&f, FIX_UT);
    retype_at(&f, FIX_UT, OBJECT_CNODE, 3, A, 1, 0x400);
    for (unsigned i = 0; i < 8; i++)
        cnode_copy_at(&f, inside(A, 3, i),
                      (struct place){FIX_ROOT, FIX_TCB, 64}, 15);
    f.once = true;
    fixture_preempt_in(&f, 1);
    cnode_delete(&f, A);
    fixture_preempt_in(&f, 1);
    retype_at(&f, FIX_UT, TYPE_PAGE, 0, B, 1, 0x300); /* below: dirty */
    f.once = false;
    fixture_preempt_in(&f, 0);
    ok_slots(&f, A, "zm", "a zombie and an embryo");
    revoke_at(&f, FIX_UT, 0, 11);
    ok_slots(&f, A, "..", "both are gone");
}

/* Interrupted at each point, then gone on with. */
static void interrupted(void)
{
    uint64_t n = 1;

    for (;; n++) {
        build();
        f.once = true;
        fixture_preempt_in(&f, n);
        revoke_at(&f, FIX_UT, 0x1000, 12);
        f.once = false;
        fixture_preempt_in(&f, 0);
        if (f.outcome == OUTCOME_DONE)
            break;
        revoke_at(&f, FIX_UT, 0x1000, 12);
        ok_slots(&f, A, "......f", "interrupted, and gone on with");
    }
    tap_ok(n > 5, "at each of %lu points", (unsigned long)(n - 1));
}

/* Random children, random blocks: what goes is what lies inside, unless a
 * child reaches beyond. */
static void random_blocks(struct seed *s)
{
    static struct {
        uint64_t start, end;
    } made[CHILDREN];
    unsigned n = 0, wrong = 0;
    unsigned bits = (unsigned)seed_below(s, 14);
    uint64_t start = seed_below(s, 0x4000) >> bits << bits;
    uint64_t end = start + bits_size(bits);
    bool beyond = false;

    cnode_revoke(&f, FIX_UT);
    for (unsigned i = 0; i < CHILDREN; i++) {
        unsigned b = 4 + (unsigned)seed_below(s, 8);
        uint64_t off = seed_below(s, 0x4000) >> b << b;

        if (retype_at(&f, FIX_UT, OBJECT_UNTYPED, b, A + n, 1, off) != 0)
            continue;
        made[n].start = off;
        made[n].end = off + bits_size(b);
        beyond |= off <= start && end <= made[n].end && b > bits;
        n++;
    }
    revoke_at(&f, FIX_UT, start, bits);
    wrong += f.reply.label != (beyond ? ERROR_REVOKE_FIRST : ERROR_NONE);
    for (unsigned i = 0; i < n; i++) {
        bool within = start <= made[i].start && made[i].end <= end;

        wrong += (fixture_type(&f, A + i) == CAP_NULL) != (within && !beyond);
    }
    tap_is(wrong, 0, "block of 2^%u among %u children%s", bits, n,
           beyond ? ", inside one" : "");
}

int main(void)
{
    struct seed s = seed_start(11);

    fixture_small(&f);
    fixture_needs_generation3(&f);
    blocks();
    reaches_beyond();
    not_open();
    device();
    in_transition();
    interrupted();
    for (unsigned i = 0; i < 200; i++)
        random_blocks(&s);
    fixture_done(&f);
    return tap_done();
}
