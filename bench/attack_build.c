/* SPDX-License-Identifier: BSD-2-Clause */
/* What the adversary does before the victim calls. */
#include "attack_arena.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define RAM_BASE   UINT64_C(0x80000000)
#define ROOT_RADIX 21u
#define B_BASE     UINT64_C(0x4000000000)
#define B_BITS     38u
#define V_BITS     21u
#define DUST_BITS  4u

_Noreturn void arena_stop(const char *what, uint64_t error)
{
    fprintf(stderr, "attack: %s: error %" PRIu64 "\n", what, error);
    exit(2);
}

enum outcome arena_enter(struct arena *a, slotno_t slot, uint64_t label,
                         const uint64_t *mr, uint32_t length,
                         struct reply *reply)
{
    struct invocation inv = {
        .slot = slot,
        .label = label,
        .length = length,
        .mr = mr,
        .cap_count = 1,
        .cap = {a->root},
        .caller = SLOT_NIL,
    };

    return invoke(a->k, &inv, reply);
}

void arena_call(struct arena *a, slotno_t slot, uint64_t label,
                const uint64_t *mr, uint32_t length)
{
    struct reply reply;

    while (arena_enter(a, slot, label, mr, length, &reply) == OUTCOME_PREEMPTED)
        ;
    if (reply.label != ERROR_NONE)
        arena_stop("a call of the preparation failed", reply.label);
}

/* RetypeAt: count objects from offset on, as many calls as that takes.  The
 * slot of the first. */
static slotno_t make(struct arena *a, slotno_t u, uint64_t type,
                     uint64_t size_bits, uint64_t offset, uint64_t count)
{
    slotno_t first = a->first + a->next;
    unsigned bits = type == TYPE_PAGE ? PAGE_BITS : (unsigned)size_bits;

    while (count > 0) {
        uint64_t some = count < 256 ? count : 256;

        arena_call(a, u, LABEL_UNTYPED_RETYPE_AT,
                   (uint64_t[]){type, size_bits, 0, 0, a->next, some, offset},
                   7);
        a->next += some;
        offset += some << bits;
        count -= some;
    }
    return first;
}

static slotno_t copy(struct arena *a, slotno_t source)
{
    uint64_t to = a->next++;

    arena_call(a, a->root, LABEL_CNODE_COPY,
               (uint64_t[]){to, 64, source - a->first, 64, CAP_RIGHTS_ALL}, 5);
    return a->first + to;
}

static void settle_frames(struct arena *a)
{
    for (uint64_t page = 0; page < 256; page += 4)
        make(a, a->v, TYPE_PAGE, 0, page << PAGE_BITS, 1);
}

/* The victim's own objects. */
static void settle_victim(struct arena *a)
{
    settle_frames(a);
    make(a, a->v, TYPE_PAGE, 0,
         (UINT64_C(1) << slot_bits(kernel_slots(a->k), a->v)) -
             (UINT64_C(1) << PAGE_BITS),
         1);
}

static void give(struct arena *a, slotno_t u, uint64_t offset, unsigned bits)
{
    a->v = make(a, u, OBJECT_UNTYPED, bits, offset, 1);
    a->v_offset = offset;
    settle_victim(a);
}

/* V lies in the middle of B by its address bits: 0101..., so that half of the
 * blocks beside it, one of each size, are above it and half below. */
static uint64_t middle(unsigned bits)
{
    uint64_t offset = 0;

    for (unsigned i = bits; i < B_BITS; i += 2)
        offset |= UINT64_C(1) << i;
    return offset;
}

/* Is the block of 2^level bytes beside the one that holds V below it? */
static bool is_below(uint64_t offset, unsigned level)
{
    return offset >> level & 1;
}

static uint64_t beside(uint64_t offset, unsigned level)
{
    return (offset >> level ^ 1) << level;
}

/* Calls fill() with the block beside V on each level, by ascending address
 * (so that no call has to search), and gives V in between. */
static void surround(struct arena *a,
                     void (*fill)(struct arena *a, uint64_t offset,
                                  unsigned level))
{
    uint64_t v = middle(V_BITS);

    for (unsigned level = B_BITS - 1; level >= V_BITS; level--)
        if (is_below(v, level))
            fill(a, beside(v, level), level);
    give(a, a->b, v, V_BITS);
    for (unsigned level = V_BITS; level < B_BITS; level++)
        if (!is_below(v, level))
            fill(a, beside(v, level), level);
}

static void attack_nothing(struct arena *a)
{
    give(a, a->b, middle(V_BITS), V_BITS);
}

/* As many pages beside V on every level as there is room for, 10^6 in all. */
static void fill_pages(struct arena *a, uint64_t offset, unsigned level)
{
    uint64_t left = a->n, share = 0;

    for (unsigned l = V_BITS; l <= level; l++) {
        uint64_t room = UINT64_C(1) << (l - PAGE_BITS);

        share = left / (B_BITS - l) < room ? left / (B_BITS - l) : room;
        left -= share;
    }
    make(a, a->b, TYPE_PAGE, 0, offset, share);
}

static void attack_pages(struct arena *a)
{
    surround(a, fill_pages);
}

/* The smallest regions there are, as many beside V on every level. */
static void fill_dust(struct arena *a, uint64_t offset, unsigned level)
{
    (void)level;
    make(a, a->b, OBJECT_UNTYPED, DUST_BITS, offset, a->n / (B_BITS - V_BITS));
}

static void attack_dust(struct arena *a)
{
    surround(a, fill_dust);
}

/* On every level a ladder: a region of each size below V's, and the rest of
 * the 10^6 as dust: V stays high up in the tree, and whatever is new in it has
 * to push ladders down. */
static void fill_ladder(struct arena *a, uint64_t offset, unsigned level)
{
    uint64_t share = a->n / (B_BITS - V_BITS - 1) - (V_BITS - DUST_BITS);

    for (unsigned bits = DUST_BITS; bits < V_BITS; bits++)
        make(a, a->b, OBJECT_UNTYPED, bits, offset + (UINT64_C(1) << bits), 1);
    if (level > V_BITS)
        make(a, a->b, OBJECT_UNTYPED, DUST_BITS,
             offset + (UINT64_C(1) << V_BITS), share);
}

static void attack_ladder(struct arena *a)
{
    surround(a, fill_ladder);
}

/* Untypeds nested in one another around V, one of each size, and dust beside
 * V in each. */
static void attack_nested(struct arena *a)
{
    uint64_t v = middle(V_BITS), share = a->n / (B_BITS - V_BITS);
    slotno_t u[B_BITS + 1];

    u[B_BITS] = a->b;
    for (unsigned level = B_BITS - 1; level > V_BITS; level--) {
        uint64_t half = UINT64_C(1) << level;

        if (is_below(v, level))
            make(a, u[level + 1], OBJECT_UNTYPED, DUST_BITS, 0, share);
        u[level] = make(a, u[level + 1], OBJECT_UNTYPED, level, v & half, 1);
    }
    give(a, u[V_BITS + 1], v & (UINT64_C(1) << V_BITS), V_BITS);
    for (unsigned level = V_BITS + 1; level < B_BITS; level++)
        if (!is_below(v, level))
            make(a, u[level + 1], OBJECT_UNTYPED, DUST_BITS,
                 UINT64_C(1) << level, share);
}

/* V is the last of a chain of copies of one untyped. */
static void attack_chain(struct arena *a)
{
    slotno_t u = make(a, a->b, OBJECT_UNTYPED, V_BITS, middle(V_BITS), 1);

    for (uint64_t i = 0; i < a->n; i++)
        u = copy(a, u);
    a->v = u;
    settle_victim(a);
}

/* The victim has shared one of its frames, and it is copied without end. */
static void attack_copies(struct arena *a)
{
    slotno_t frame;

    give(a, a->b, middle(V_BITS), V_BITS);
    frame = a->v + 9; /* the one at page 32 */
    for (uint64_t i = 0; i < a->n; i++)
        copy(a, frame);
}

/* Long lists beside V: a thousand pages, a thousand capabilities each. */
static void fill_lists(struct arena *a, uint64_t offset, unsigned level)
{
    uint64_t pages = 1000 / (B_BITS - V_BITS);
    slotno_t first = make(a, a->b, TYPE_PAGE, 0, offset, pages);

    (void)level;
    for (uint64_t p = 0; p < pages; p++)
        for (uint64_t i = 1; i < a->n / 1000; i++)
            copy(a, first + p);
}

static void attack_lists(struct arena *a)
{
    surround(a, fill_lists);
}

/* The adversary is the victim's own client: half of V is its untyped, full of
 * dust.  (V is larger here, for 10^6 regions to find room.) */
static void attack_client(struct arena *a)
{
    const unsigned bits = 26;
    slotno_t half;

    a->v = make(a, a->b, OBJECT_UNTYPED, bits, middle(bits), 1);
    settle_frames(a);
    half =
        make(a, a->v, OBJECT_UNTYPED, bits - 1, UINT64_C(1) << (bits - 1), 1);
    make(a, half, OBJECT_UNTYPED, DUST_BITS, 0, a->n);
}

const struct attack attacks[] = {
    {"nothing", attack_nothing}, {"pages", attack_pages},
    {"dust", attack_dust},       {"ladder", attack_ladder},
    {"nested", attack_nested},   {"chain", attack_chain},
    {"copies", attack_copies},   {"lists", attack_lists},
    {"client", attack_client},   {NULL, NULL},
};

void arena_create(struct arena *a, uint64_t n)
{
    struct kernel_params params = hosted_params_riscv64();

    *a = (struct arena){.n = n};
    a->hosted = hosted_create(&params, RAM_BASE,
                              UINT64_C(1) << (ROOT_RADIX + SLOT_BITS));
    if (!a->hosted) {
        perror("attack: hosted machine");
        exit(2);
    }
    a->k = &a->hosted->kernel;
    a->root = hosted_root_cnode(a->k, RAM_BASE, ROOT_RADIX);
    a->first = slot_at(RAM_BASE);
    a->b = a->first + 3;
    a->next = 16;
    hosted_boot_untyped(a->k, a->b, B_BASE, B_BITS, true);
    /* At boot a watermark is at the top; this sets it back. */
    arena_call(a, a->b, LABEL_UNTYPED_RETYPE,
               (uint64_t[]){OBJECT_UNTYPED, DUST_BITS, 0, 0, a->next, 1}, 6);
    arena_call(a, a->root, LABEL_CNODE_DELETE, (uint64_t[]){a->next, 64}, 2);
}
