/* SPDX-License-Identifier: BSD-2-Clause */
/* The region index and its twin, one plain linked list, agree: the same
 * random changes to both, and after each the same questions.
 *
 * Where an answer is free to choose (which of several regions in the way,
 * which of several children), both answers must be right; where it is not,
 * they must be equal.  What "right" means is decided here, slot by slot,
 * without either structure. */
#include "index.h"
#include "seed.h"
#include "tap.h"

#include <string.h>

#define SLOTS      80u
#define STEPS      60000u
#define CHECK_STEP 8u /* steps from one full check to the next */

struct twin {
    slotno_t (*find)(struct regions *, slotno_t, paddr_t, uint8_t);
    slotno_t (*find_place)(struct regions *, slotno_t, paddr_t, uint8_t,
                           slotno_t *);
    slotno_t (*find_run)(struct regions *, slotno_t, paddr_t, uint8_t,
                         uint64_t);
    slotno_t (*enclosing)(struct regions *, paddr_t, uint8_t);
    bool (*is_innermost)(struct regions *, slotno_t, slotno_t);
    void (*insert)(struct regions *, slotno_t);
    void (*insert_run)(struct regions *, slotno_t, slotno_t, uint64_t);
    void (*insert_below)(struct regions *, slotno_t, slotno_t, slotno_t);
    void (*insert_after)(struct regions *, slotno_t, slotno_t);
    void (*remove)(struct regions *, slotno_t);
    void (*move)(struct regions *, slotno_t, slotno_t);
    void (*swap)(struct regions *, slotno_t, slotno_t);
    slotno_t (*child)(struct regions *, slotno_t);
    slotno_t (*follower)(const struct regions *, slotno_t);
    bool (*is_final)(const struct regions *, slotno_t);
    slotno_t (*first_inside)(struct regions *, slotno_t, paddr_t, uint8_t);
    slotno_t (*next)(struct regions *, slotno_t, paddr_t);
    enum region_kind (*kind)(const struct regions *, slotno_t);
    slotno_t (*walk)(const struct regions *, slotno_t);
    const char *(*check)(const struct regions *, slotno_t *);
};

#define TWIN                                                                   \
    {                                                                          \
        .find = regions_find, .find_place = regions_find_place,                \
        .find_run = regions_find_run, .enclosing = regions_enclosing,          \
        .is_innermost = regions_is_innermost, .insert = regions_insert,        \
        .insert_run = regions_insert_run,                                      \
        .insert_below = regions_insert_below,                                  \
        .insert_after = regions_insert_after, .remove = regions_remove,        \
        .move = regions_move, .swap = regions_swap, .child = regions_child,    \
        .follower = regions_follower, .is_final = regions_is_final,            \
        .first_inside = regions_first_inside, .next = regions_next,            \
        .kind = regions_kind, .walk = regions_walk, .check = regions_check,    \
    }

static const struct twin tree_twin = TWIN;

static void tree_init(struct regions *r, struct slot *slots, uint8_t w)
{
    regions_init(r, slots, w);
}

#include "list_names.h"
#include "region_list.c"
#include "region_list_check.c"

static const struct twin list_twin = TWIN;

/* One of the two, with its slots. */
struct side {
    const char *name;
    const struct twin *twin;
    struct regions regions;
    struct slot slots[SLOTS];
};

struct world {
    struct side side[2]; /* the index, the list */
    struct seed seed;
    uint8_t window_bits;
    uint64_t step;
    uint64_t answers;   /* compared */
    uint64_t hits;      /* of them: something was found */
    uint64_t disagreed; /* the first few are shown */
};

static void complain(struct world *w, const char *what, uint64_t a, uint64_t b)
{
    if (w->disagreed++ < 10)
        tap_diag("step %lu: %s: index 0x%lx, list 0x%lx",
                 (unsigned long)w->step, what, (unsigned long)a,
                 (unsigned long)b);
}

static void compare(struct world *w, const char *what, uint64_t a, uint64_t b)
{
    w->answers++;
    if (a != b)
        complain(w, what, a, b);
}

/* Both found something or neither did, and what they found is right. */
static void compare_found(struct world *w, const char *what, slotno_t a,
                          slotno_t b, bool a_right, bool b_right)
{
    w->answers++;
    if (a != SLOT_NIL)
        w->hits++;
    if ((a == SLOT_NIL) != (b == SLOT_NIL) || (a != SLOT_NIL && !a_right) ||
        (b != SLOT_NIL && !b_right))
        complain(w, what, a, b);
}

/* The slots as the index has them, for deciding what is right. */
static const struct slot *slots_of(const struct world *w)
{
    return w->side[0].slots;
}

static bool is_memory(const struct world *w, slotno_t i)
{
    return cap_type_is_memory(slot_type(slots_of(w), i));
}

static bool is_untyped(const struct world *w, slotno_t i)
{
    return slot_type(slots_of(w), i) == CAP_UNTYPED;
}

static bool strictly_inside(const struct world *w, slotno_t i, paddr_t base,
                            uint8_t bits)
{
    return is_memory(w, i) && slot_bits(slots_of(w), i) < bits &&
           index_inside(slots_of(w), i, base, bits);
}

/* Is i strictly inside u, and nothing between the two within [base, bits)? */
static bool is_outermost(const struct world *w, slotno_t i, slotno_t u,
                         paddr_t base, uint8_t bits)
{
    const struct slot *slots = slots_of(w);

    if (!strictly_inside(w, i, slot_base(slots, u), slot_bits(slots, u)) ||
        !index_inside(slots, i, base, bits))
        return false;
    for (slotno_t x = 0; x < SLOTS; x++)
        if (is_memory(w, x) && index_inside(slots, x, base, bits) &&
            slot_bits(slots, x) < slot_bits(slots, u) &&
            strictly_inside(w, i, slot_base(slots, x), slot_bits(slots, x)))
            return false;
    return true;
}

/* Does region i, strictly inside u, meet [base, base + bytes)? */
static bool in_the_way(const struct world *w, slotno_t i, slotno_t u,
                       paddr_t base, uint64_t bytes)
{
    const struct slot *slots = slots_of(w);

    return i != SLOT_NIL &&
           strictly_inside(w, i, slot_base(slots, u), slot_bits(slots, u)) &&
           slot_base(slots, i) < base + bytes &&
           slot_base(slots, i) + bits_size(slot_bits(slots, i)) > base;
}

/* Nothing follows u in its list: it is the last of its region. */
static bool is_open(const struct world *w, slotno_t u)
{
    return slot_next(slots_of(w), u) == SLOT_NIL;
}

static bool has_inside(const struct world *w, slotno_t u)
{
    const struct slot *slots = slots_of(w);

    for (slotno_t i = 0; i < SLOTS; i++)
        if (strictly_inside(w, i, slot_base(slots, u), slot_bits(slots, u)))
            return true;
    return false;
}

/* A random slot that is in use (or empty); SLOT_NIL if luck has it so. */
static slotno_t any_slot(struct world *w, bool used)
{
    for (unsigned i = 0; i < 16; i++) {
        slotno_t x = seed_below(&w->seed, SLOTS);

        if (slot_is_empty(slots_of(w), x) != used)
            return x;
    }
    return SLOT_NIL;
}

static slotno_t any_untyped(struct world *w)
{
    for (unsigned i = 0; i < 16; i++) {
        slotno_t x = seed_below(&w->seed, SLOTS);

        if (is_untyped(w, x))
            return x;
    }
    return SLOT_NIL;
}

/* `count' empty slots in a row. */
static slotno_t empty_row(struct world *w, uint64_t count)
{
    slotno_t first = seed_below(&w->seed, SLOTS - count + 1);

    for (slotno_t i = first; i < first + count; i++)
        if (!slot_is_empty(slots_of(w), i))
            return SLOT_NIL;
    return first;
}

static uint8_t any_bits(struct world *w, uint8_t max)
{
    return (uint8_t)(4 + seed_below(&w->seed, max - 3u));
}

/* A block of 2^bits bytes in [base, base + 2^around), often near others. */
static paddr_t any_block(struct world *w, paddr_t base, uint8_t around,
                         uint8_t bits)
{
    slotno_t near = any_slot(w, true);
    paddr_t a = seed_next(&w->seed);

    if (near != SLOT_NIL && seed_below(&w->seed, 2) == 0)
        a = slot_base(slots_of(w), near) ^
            bits_up(seed_below(&w->seed, 4), bits);
    return base + bits_up(bits_down(a & (bits_size(around) - 1), bits), bits);
}

static void write_cap(struct world *w, slotno_t i, const struct cap *cap)
{
    uint8_t flags = (uint8_t)seed_below(&w->seed, 4);

    if (cap->type == CAP_UNTYPED)
        flags |= SLOT_REVOCABLE;
    for (unsigned s = 0; s < 2; s++) {
        cap_write(w->side[s].slots, i, cap);
        slot_set_flags(w->side[s].slots, i, flags);
    }
}

static const uint8_t memory_types[] = {
    CAP_UNTYPED,  CAP_UNTYPED,      CAP_UNTYPED,    CAP_UNTYPED,  CAP_UNTYPED,
    CAP_ENDPOINT, CAP_NOTIFICATION, CAP_FRAME,      CAP_CNODE,    CAP_TCB,
    CAP_EMBRYO,   CAP_ZOMBIE,       CAP_PAGE_TABLE, CAP_ASID_POOL};

static uint8_t any_memory_type(struct world *w)
{
    return memory_types[seed_below(&w->seed, sizeof memory_types)];
}

/* A new region anywhere: inside open untypeds only, and around others only if
 * it is an untyped. */
static void insert_somewhere(struct world *w)
{
    const struct slot *slots = slots_of(w);
    slotno_t i = any_slot(w, false);
    struct cap cap = {.type = any_memory_type(w),
                      .bits = any_bits(w, w->window_bits)};

    if (i == SLOT_NIL)
        return;
    cap.base = any_block(w, 0, w->window_bits, cap.bits);
    for (slotno_t x = 0; x < SLOTS; x++) {
        if (!is_memory(w, x) || !index_meets(slots, x, cap.base, cap.bits))
            continue;
        if (slot_bits(slots, x) == cap.bits)
            return;
        if (slot_bits(slots, x) < cap.bits && cap.type != CAP_UNTYPED)
            return;
        if (slot_bits(slots, x) > cap.bits &&
            (!is_untyped(w, x) || (slot_next(slots, x) != SLOT_NIL &&
                                   !is_untyped(w, slot_next(slots, x)))))
            return;
    }
    write_cap(w, i, &cap);
    for (unsigned s = 0; s < 2; s++)
        w->side[s].twin->insert(&w->side[s].regions, i);
}

static void insert_plain(struct world *w)
{
    static const uint8_t types[] = {CAP_IRQ_CONTROL, CAP_ASID_CONTROL,
                                    CAP_DOMAIN, CAP_REPLY, CAP_IRQ_HANDLER};
    slotno_t i = any_slot(w, false);
    struct cap cap = {.type = types[seed_below(&w->seed, sizeof types)]};

    if (i == SLOT_NIL)
        return;
    write_cap(w, i, &cap);
    for (unsigned s = 0; s < 2; s++)
        w->side[s].twin->insert(&w->side[s].regions, i);
}

/* Asks whether anything is in the way of slot i, and links it right there. */
static void link_where_asked(struct world *w, slotno_t u, slotno_t i)
{
    paddr_t base = slot_base(slots_of(w), i);
    uint8_t bits = slot_bits(slots_of(w), i);

    for (unsigned s = 0; s < 2; s++) {
        struct side *side = &w->side[s];
        slotno_t below = SLOT_NIL;
        slotno_t met =
            side->twin->find_place(&side->regions, u, base, bits, &below);

        compare(w, "nothing in the way", met, SLOT_NIL);
        side->twin->insert_below(&side->regions, u, below, i);
    }
}

/* Retype: a run of new objects where nothing is in the way. */
static void insert_run(struct world *w)
{
    const struct slot *slots = slots_of(w);
    slotno_t u = any_untyped(w), first;
    struct cap cap = {.type = any_memory_type(w)};
    uint64_t count;

    if (u == SLOT_NIL || !is_open(w, u))
        return;
    cap.bits = any_bits(w, slot_bits(slots, u));
    cap.base = any_block(w, slot_base(slots, u), slot_bits(slots, u), cap.bits);
    count = 1 + seed_below(&w->seed, 6);
    if (count > bits_down(slot_base(slots, u) + bits_size(slot_bits(slots, u)) -
                              cap.base,
                          cap.bits))
        return;
    for (slotno_t i = 0; i < SLOTS; i++)
        if (in_the_way(w, i, u, cap.base, bits_up(count, cap.bits)))
            return;
    first = empty_row(w, count);
    if (first == SLOT_NIL)
        return;
    for (uint64_t i = 0; i < count; i++) {
        write_cap(w, first + i, &cap);
        cap.base += bits_size(cap.bits);
    }
    if (count == 1 && seed_below(&w->seed, 2) == 0) {
        link_where_asked(w, u, first);
        return;
    }
    for (unsigned s = 0; s < 2; s++)
        w->side[s].twin->insert_run(&w->side[s].regions, u, first, count);
}

static void insert_copy(struct world *w)
{
    const struct slot *slots = slots_of(w);
    slotno_t source = any_slot(w, true), i = any_slot(w, false);
    struct cap cap;

    if (source == SLOT_NIL || i == SLOT_NIL)
        return;
    cap = cap_read(slots, source);
    if (cap.type == CAP_EMBRYO || cap.type == CAP_ZOMBIE)
        return;
    if (cap.type == CAP_UNTYPED &&
        (!is_open(w, source) || has_inside(w, source)))
        return;
    if (cap.type == CAP_ENDPOINT || cap.type == CAP_NOTIFICATION)
        cap.word = seed_below(&w->seed, 3);
    write_cap(w, i, &cap);
    for (unsigned s = 0; s < 2; s++)
        w->side[s].twin->insert_after(&w->side[s].regions, source, i);
}

static void remove_any(struct world *w)
{
    slotno_t i = any_slot(w, true);

    if (i == SLOT_NIL)
        return;
    for (unsigned s = 0; s < 2; s++) {
        w->side[s].twin->remove(&w->side[s].regions, i);
        slot_clear(w->side[s].slots, i);
    }
}

static void move_or_swap(struct world *w)
{
    bool swap = seed_below(&w->seed, 2) == 0;
    slotno_t a = any_slot(w, true), b = any_slot(w, swap);

    if (a == SLOT_NIL || b == SLOT_NIL || a == b)
        return;
    for (unsigned s = 0; s < 2; s++) {
        if (swap)
            w->side[s].twin->swap(&w->side[s].regions, a, b);
        else
            w->side[s].twin->move(&w->side[s].regions, a, b);
    }
}

/* Revoke: child by child.  The children may come in another order, but no
 * fewer of them. */
static void revoke(struct world *w)
{
    slotno_t i = any_slot(w, true);
    uint64_t removed[2] = {0, 0};

    if (i == SLOT_NIL)
        return;
    for (unsigned s = 0; s < 2; s++) {
        struct side *side = &w->side[s];
        slotno_t child;

        while (removed[s] < SLOTS &&
               (child = side->twin->child(&side->regions, i)) != SLOT_NIL) {
            side->twin->remove(&side->regions, child);
            slot_clear(side->slots, child);
            removed[s]++;
        }
    }
    compare(w, "capabilities revoked", removed[0], removed[1]);
}

/* What revoking i's children one by one would begin with. */
static bool is_child(const struct world *w, slotno_t child, slotno_t i)
{
    const struct slot *slots = slots_of(w);

    if (child == slot_next(slots, i))
        return cap_is_parent(slots, i, child);
    return is_untyped(w, i) &&
           is_outermost(w, child, i, slot_base(slots, i), slot_bits(slots, i));
}

static void ask_slot(struct world *w)
{
    struct regions *tree = &w->side[0].regions, *list = &w->side[1].regions;
    slotno_t i = any_slot(w, true), a, b;

    if (i == SLOT_NIL)
        return;
    a = tree_twin.child(tree, i);
    b = list_twin.child(list, i);
    compare_found(w, "child", a, b, a != SLOT_NIL && is_child(w, a, i),
                  b != SLOT_NIL && is_child(w, b, i));
    compare(w, "follower", tree_twin.follower(tree, i),
            list_twin.follower(list, i));
    compare(w, "is final", tree_twin.is_final(tree, i),
            list_twin.is_final(list, i));
    if (is_memory(w, i))
        compare(w, "kind", tree_twin.kind(tree, i), list_twin.kind(list, i));
}

static void ask_untyped(struct world *w)
{
    struct regions *tree = &w->side[0].regions, *list = &w->side[1].regions;
    const struct slot *slots = slots_of(w);
    slotno_t u = any_untyped(w), a, b, below;
    paddr_t base;
    uint64_t count;
    uint8_t bits;

    if (u == SLOT_NIL)
        return;
    bits = any_bits(w, slot_bits(slots, u));
    base = any_block(w, slot_base(slots, u), slot_bits(slots, u), bits);
    a = tree_twin.find_place(tree, u, base, bits, &below);
    compare(w, "find and find place", a, tree_twin.find(tree, u, base, bits));
    b = list_twin.find(list, u, base, bits);
    compare_found(w, "find", a, b, in_the_way(w, a, u, base, bits_size(bits)),
                  in_the_way(w, b, u, base, bits_size(bits)));
    compare(w, "next", tree_twin.next(tree, u, base),
            list_twin.next(list, u, base));
    count = bits_down(
        slot_base(slots, u) + bits_size(slot_bits(slots, u)) - base, bits);
    count = 1 + seed_below(&w->seed, count > 9 ? 9 : count);
    a = tree_twin.find_run(tree, u, base, bits, count);
    b = list_twin.find_run(list, u, base, bits, count);
    compare_found(w, "find run", a, b,
                  in_the_way(w, a, u, base, bits_up(count, bits)),
                  in_the_way(w, b, u, base, bits_up(count, bits)));
    if (bits == slot_bits(slots, u))
        return;
    a = tree_twin.first_inside(tree, u, base, bits);
    b = list_twin.first_inside(list, u, base, bits);
    compare_found(w, "first inside", a, b,
                  a != SLOT_NIL && is_outermost(w, a, u, base, bits),
                  b != SLOT_NIL && is_outermost(w, b, u, base, bits));
}

static void ask_around(struct world *w)
{
    struct regions *tree = &w->side[0].regions, *list = &w->side[1].regions;
    const struct slot *slots = slots_of(w);
    uint8_t bits = any_bits(w, w->window_bits);
    paddr_t base = any_block(w, 0, w->window_bits, bits);
    slotno_t u = any_untyped(w), i = any_slot(w, true);

    compare(w, "enclosing", tree_twin.enclosing(tree, base, bits),
            list_twin.enclosing(list, base, bits));
    if (u == SLOT_NIL || i == SLOT_NIL || !is_memory(w, i) || is_untyped(w, i))
        return;
    if (!slot_is_representative(slots, i) &&
        !is_untyped(w, slot_previous(slots, i)))
        return; /* not its object's first capability */
    compare(w, "is innermost", tree_twin.is_innermost(tree, u, i),
            list_twin.is_innermost(list, u, i));
}

/* The whole: the same capabilities, each region's in the same order. */
static void compare_all(struct world *w)
{
    bool seen[2][SLOTS] = {{false}};
    slotno_t at = SLOT_NIL;

    for (unsigned s = 0; s < 2; s++) {
        struct side *side = &w->side[s];
        const char *broken = side->twin->check(&side->regions, &at);

        if (broken) {
            tap_diag("%s: %s", side->name, broken);
            complain(w, "broken", at, at);
        }
        for (slotno_t i = side->twin->walk(&side->regions, SLOT_NIL);
             i != SLOT_NIL; i = side->twin->walk(&side->regions, i))
            seen[s][i] = true;
    }
    compare(w, "representatives", 0, (uint64_t)memcmp(seen[0], seen[1], SLOTS));
    for (slotno_t i = 0; i < SLOTS; i++) {
        compare(w, "in use", slot_type(w->side[0].slots, i),
                slot_type(w->side[1].slots, i));
        if (!slot_is_empty(w->side[0].slots, i))
            compare(w, "list order", tree_twin.follower(&w->side[0].regions, i),
                    list_twin.follower(&w->side[1].regions, i));
    }
}

static void step(struct world *w)
{
    static void (*const steps[])(struct world *) = {
        insert_somewhere, insert_somewhere, insert_plain, insert_run,
        insert_run,       insert_run,       insert_copy,  insert_copy,
        remove_any,       remove_any,       move_or_swap, move_or_swap};
    uint64_t count = sizeof steps / sizeof steps[0];

    w->step++;
    if (seed_below(&w->seed, 100) == 0)
        revoke(w);
    else
        steps[seed_below(&w->seed, count)](w);
    ask_slot(w);
    ask_untyped(w);
    ask_around(w);
    if (w->step % CHECK_STEP == 0)
        compare_all(w);
}

static void compare_window(struct seed *seed, uint8_t window_bits)
{
    struct world w = {
        .side = {{.name = "index", .twin = &tree_twin},
                 {.name = "list", .twin = &list_twin}},
        .window_bits = window_bits,
        .seed = {seed_next(seed)},
    };

    tree_init(&w.side[0].regions, w.side[0].slots, window_bits);
    regions_init(&w.side[1].regions, w.side[1].slots, window_bits);
    while (w.step < STEPS && w.disagreed == 0)
        step(&w);
    tap_ok(w.disagreed == 0 && w.step == STEPS,
           "window of 2^%u: %lu steps, %lu answers agree",
           (unsigned)window_bits, (unsigned long)w.step,
           (unsigned long)w.answers);
    tap_ok(w.hits > STEPS / 4, "window of 2^%u: %lu answers found something",
           (unsigned)window_bits, (unsigned long)w.hits);
}

int main(void)
{
    struct seed seed = seed_start(1);

    compare_window(&seed, 6);
    compare_window(&seed, 8);
    compare_window(&seed, 10);
    compare_window(&seed, 13);
    compare_window(&seed, 39);
    compare_window(&seed, WINDOW_BITS_MAX);
    return tap_done();
}
