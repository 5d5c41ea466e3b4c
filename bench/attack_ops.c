/* SPDX-License-Identifier: BSD-2-Clause */
/* The measured half of `make bench-attack': one adversary with 10^6
 * capabilities tries to make the calls of another slow.  Built twice, with the
 * region index and with the linked list; bench/attack.c runs and reports.
 *
 *   device untyped B, 2^38 bytes, the adversary's
 *   +-----------------------------+-------------+-------------------+
 *   | the adversary's regions ... | victim's V  | ... and so on     |
 *   +-----------------------------+-------------+-------------------+
 *
 * V, of 2 MiB, is made of B and given away; its holder has a frame in every
 * fourth of its first 256 pages, and in the last.  Everything, the
 * adversary's building included, goes through invoke(): so each attack is one
 * that a program can make.  Nothing is cleared, all memory being a device's:
 * what is counted is the kernel's own work.
 *
 * Each of the victim's calls is made twice: once counted, and once with the
 * visits of every index operation in it looked at (the linker puts watch_*()
 * between the core and regions.h; while counting, that is a test and a jump,
 * 4 instructions an operation).
 */
#include "attack.h"
#include "exact.h"
#include "hosted.h"
#include "invoke.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define RAM_BASE   UINT64_C(0x80000000)
#define ROOT_RADIX 21u
#define B_BASE     UINT64_C(0x4000000000)
#define B_BITS     38u
#define V_BITS     21u
#define PAGE_BITS  12u
#define DUST_BITS  4u
#define TYPE_PAGE  6u

struct arena {
    struct hosted_kernel *hosted;
    struct kernel *k;
    slotno_t root;     /* slot of the root CNode's capability */
    slotno_t first;    /* slot 0 of the root CNode */
    uint64_t next;     /* index of the first slot never used */
    slotno_t b;        /* the adversary's slots */
    slotno_t v;        /* the victim's untyped */
    uint64_t v_offset; /* in its parent */
    uint64_t n;        /* capabilities that the adversary makes */
    uint64_t calls;    /* of each kind */
};

/* What one index operation visits: of one block, and of a run or Next. */
static struct {
    bool on;
    uint64_t one;
    uint64_t many;
} watched;

static void watch(const struct regions *r, uint64_t visits_before, bool many)
{
    uint64_t visits = r->visits - visits_before;
    uint64_t *most = many ? &watched.many : &watched.one;

    if (visits > *most)
        *most = visits;
}

/* Linked with --wrap=regions_find_run and so on: the core calls __wrap_f()
 * where it names f(), and __real_f() is f() itself. */
#define WATCH(type, function, many, parameters, arguments)                     \
    type __real_##function parameters;                                         \
    type __wrap_##function parameters;                                         \
    type __wrap_##function parameters                                          \
    {                                                                          \
        uint64_t visits_before;                                                \
        type result;                                                           \
                                                                               \
        if (!watched.on)                                                       \
            return __real_##function arguments;                                \
        visits_before = r->visits;                                             \
        result = __real_##function arguments;                                  \
        watch(r, visits_before, many);                                         \
        return result;                                                         \
    }

#define WATCH_VOID(function, many, parameters, arguments)                      \
    void __real_##function parameters;                                         \
    void __wrap_##function parameters;                                         \
    void __wrap_##function parameters                                          \
    {                                                                          \
        uint64_t visits_before = r->visits;                                    \
                                                                               \
        __real_##function arguments;                                           \
        if (watched.on)                                                        \
            watch(r, visits_before, many);                                     \
    }

WATCH(slotno_t, regions_find, false,
      (struct regions * r, slotno_t u, paddr_t base, uint8_t bits),
      (r, u, base, bits))
WATCH(slotno_t, regions_find_place, false,
      (struct regions * r, slotno_t u, paddr_t base, uint8_t bits,
       slotno_t *below),
      (r, u, base, bits, below))
WATCH(slotno_t, regions_find_run, count > 1,
      (struct regions * r, slotno_t u, paddr_t base, uint8_t bits,
       uint64_t count),
      (r, u, base, bits, count))
WATCH(bool, regions_is_innermost, false,
      (struct regions * r, slotno_t u, slotno_t i), (r, u, i))
WATCH(slotno_t, regions_child, false, (struct regions * r, slotno_t i), (r, i))
WATCH(slotno_t, regions_first_inside, false,
      (struct regions * r, slotno_t u, paddr_t base, uint8_t bits),
      (r, u, base, bits))
WATCH(slotno_t, regions_next, true,
      (struct regions * r, slotno_t u, paddr_t from), (r, u, from))
WATCH_VOID(regions_insert_run, count > 1,
           (struct regions * r, slotno_t u, slotno_t first, uint64_t count),
           (r, u, first, count))
WATCH_VOID(regions_insert_below, false,
           (struct regions * r, slotno_t u, slotno_t below, slotno_t i),
           (r, u, below, i))
WATCH_VOID(regions_remove, false, (struct regions * r, slotno_t i), (r, i))

static _Noreturn void stop(const char *what, uint64_t error)
{
    fprintf(stderr, "attack: %s: error %" PRIu64 "\n", what, error);
    exit(2);
}

/* One kernel entry with the root CNode as the only extra capability. */
static enum outcome enter(struct arena *a, slotno_t slot, uint64_t label,
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

/* A call that must succeed. */
static void call(struct arena *a, slotno_t slot, uint64_t label,
                 const uint64_t *mr, uint32_t length)
{
    struct reply reply;

    while (enter(a, slot, label, mr, length, &reply) == OUTCOME_PREEMPTED)
        ;
    if (reply.label != ERROR_NONE)
        stop("a call of the preparation failed", reply.label);
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

        call(a, u, LABEL_UNTYPED_RETYPE_AT,
             (uint64_t[]){type, size_bits, 0, 0, a->next, some, offset}, 7);
        a->next += some;
        offset += some << bits;
        count -= some;
    }
    return first;
}

static slotno_t copy(struct arena *a, slotno_t source)
{
    uint64_t to = a->next++;

    call(a, a->root, LABEL_CNODE_COPY,
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

/* The victim's calls.  Each fills in what is called; `j' counts the calls. */
struct victim_call {
    slotno_t slot;
    uint64_t label;
    uint64_t mr[7];
    uint32_t length;
};

static void retype_at(struct arena *a, struct victim_call *c, uint64_t page,
                      uint64_t count)
{
    *c = (struct victim_call){
        .slot = a->v,
        .label = LABEL_UNTYPED_RETYPE_AT,
        .mr = {TYPE_PAGE, 0, 0, 0, a->next, count, page << PAGE_BITS},
        .length = 7,
    };
}

static void call_refused(struct arena *a, struct victim_call *c, uint64_t j)
{
    retype_at(a, c, 8 * (j % 32), 1);
}

static void call_one(struct arena *a, struct victim_call *c, uint64_t j)
{
    retype_at(a, c, 8 * (j % 32) + 3, 1);
}

static void call_run_refused(struct arena *a, struct victim_call *c, uint64_t j)
{
    retype_at(a, c, 8 * (j % 24) + 1, 64);
}

static void call_run(struct arena *a, struct victim_call *c, uint64_t j)
{
    retype_at(a, c, 256 + j, 64);
}

static void call_next(struct arena *a, struct victim_call *c, uint64_t j)
{
    *c = (struct victim_call){
        .slot = a->v,
        .label = LABEL_UNTYPED_NEXT,
        .mr = {(8 * (j % 32) + 1) << PAGE_BITS},
        .length = 1,
    };
}

static void call_describe(struct arena *a, struct victim_call *c, uint64_t j)
{
    (void)j;
    *c = (struct victim_call){.slot = a->v, .label = LABEL_UNTYPED_DESCRIBE};
}

static void call_revoke_at(struct arena *a, struct victim_call *c, uint64_t j)
{
    *c = (struct victim_call){
        .slot = a->v,
        .label = LABEL_UNTYPED_REVOKE_AT,
        .mr = {(8 * j + 4) << PAGE_BITS, PAGE_BITS},
        .length = 2,
    };
}

static void call_revoke(struct arena *a, struct victim_call *c, uint64_t j)
{
    (void)j;
    *c = (struct victim_call){
        .slot = a->root,
        .label = LABEL_CNODE_REVOKE,
        .mr = {a->v - a->first, 64},
        .length = 2,
    };
}

static const struct {
    const char *name;
    void (*call)(struct arena *a, struct victim_call *c, uint64_t j);
    uint64_t made;  /* objects that the call makes; then they are deleted */
    uint32_t error; /* expected */
    bool step;      /* stop it at its first preemption point */
} calls[] = {
    {"retype-at-refused", call_refused, 0, ERROR_REVOKE_FIRST, false},
    {"retype-at", call_one, 1, ERROR_NONE, false},
    {"retype-at-run-refused", call_run_refused, 0, ERROR_REVOKE_FIRST, false},
    {"retype-at-run", call_run, 64, ERROR_NONE, false},
    {"next", call_next, 0, ERROR_NONE, false},
    {"describe", call_describe, 0, ERROR_NONE, false},
    {"revoke-at-step", call_revoke_at, 0, ERROR_NONE, true},
    {"revoke-step", call_revoke, 0, ERROR_NONE, true},
};

static void delete_made(struct arena *a, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++)
        call(a, a->root, LABEL_CNODE_DELETE, (uint64_t[]){a->next + i, 64}, 2);
}

/* The j-th call of a kind, counted or watched; the visits of all of it. */
static uint64_t make_call(struct arena *a, unsigned which, uint64_t j,
                          bool watching)
{
    uint64_t visits = a->k->regions.visits;
    struct victim_call c;
    struct reply reply;
    enum outcome outcome;

    calls[which].call(a, &c, j);
    a->hosted->machine.preempt_always = calls[which].step;
    watched.on = watching;
    if (!watching)
        exact_begin();
    outcome = enter(a, c.slot, c.label, c.mr, c.length, &reply);
    if (!watching)
        exact_end();
    watched.on = false;
    a->hosted->machine.preempt_always = false;
    visits = a->k->regions.visits - visits;
    if (outcome == OUTCOME_DONE && reply.label != calls[which].error)
        stop(calls[which].name, reply.label);
    delete_made(a, calls[which].made);
    return visits;
}

static void measure_call(struct arena *a, const char *attack, unsigned which)
{
    uint64_t visits_max = 0;
    char name[64];

    watched.one = watched.many = 0;
    for (uint64_t j = 0; j < 2 * a->calls; j++) {
        uint64_t visits = make_call(a, which, j, j >= a->calls);

        if (visits > visits_max)
            visits_max = visits;
    }
    snprintf(name, sizeof name, "%s/%s", attack, calls[which].name);
    exact_result(name, visits_max, watched.one, watched.many);
}

static const struct {
    const char *name;
    void (*build)(struct arena *a);
} attacks[] = {
    {"nothing", attack_nothing}, {"pages", attack_pages},
    {"dust", attack_dust},       {"ladder", attack_ladder},
    {"nested", attack_nested},   {"chain", attack_chain},
    {"copies", attack_copies},   {"lists", attack_lists},
    {"client", attack_client},
};

static void create(struct arena *a, uint64_t n)
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
    call(a, a->b, LABEL_UNTYPED_RETYPE,
         (uint64_t[]){OBJECT_UNTYPED, DUST_BITS, 0, 0, a->next, 1}, 6);
    call(a, a->root, LABEL_CNODE_DELETE, (uint64_t[]){a->next, 64}, 2);
}

/* Arguments: "list" where it is one; n. */
int main(int argc, char **argv)
{
    bool is_list = argc > 1 && strcmp(argv[1], "list") == 0;
    uint64_t n = argc > 2 ? strtoull(argv[2], NULL, 10) : ATTACK_CAPS;
    struct arena a;

    for (unsigned i = 0; i < sizeof attacks / sizeof attacks[0]; i++) {
        create(&a, n);
        a.calls = attack_calls(is_list);
        attacks[i].build(&a);
        exact_start();
        for (unsigned c = 0; c < sizeof calls / sizeof calls[0]; c++)
            measure_call(&a, attacks[i].name, c);
        exact_stop();
        hosted_destroy(a.hosted);
    }
    return 0;
}
