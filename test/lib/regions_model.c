/* SPDX-License-Identifier: BSD-2-Clause */
#include "regions_model.h"

#include <string.h>

static const struct model_cap *at(const struct model *m, slotno_t i)
{
    return &m->caps[i];
}

static paddr_t base_of(const struct model *m, slotno_t i)
{
    return m->caps[i].cap.base;
}

/* The last byte, so that the end of a window never wraps. */
static paddr_t last_of(const struct model *m, slotno_t i)
{
    return m->caps[i].cap.base + (bits_size(m->caps[i].cap.bits) - 1);
}

static bool is_memory(const struct model *m, slotno_t i)
{
    return m->caps[i].used && cap_type_is_memory(m->caps[i].cap.type);
}

static bool is_first(const struct model *m, slotno_t i)
{
    return is_memory(m, i) && m->caps[i].previous == SLOT_NIL;
}

static bool same_region(const struct model *m, slotno_t a, slotno_t b)
{
    return base_of(m, a) == base_of(m, b) &&
           m->caps[a].cap.bits == m->caps[b].cap.bits;
}

/* Is b's region strictly inside a's? */
static bool strictly_inside(const struct model *m, slotno_t b, slotno_t a)
{
    return !same_region(m, a, b) && base_of(m, a) <= base_of(m, b) &&
           last_of(m, b) <= last_of(m, a);
}

static void claim(struct model *m, bool holds, const char *what, uint64_t got)
{
    m->claims++;
    if (holds)
        return;
    if (m->wrong++ < 5)
        tap_diag("  comparison %u: %s (got 0x%lx)", m->claims, what,
                 (unsigned long)got);
}

static void visits_begin(struct model *m)
{
    m->visits_before = m->regions.visits;
}

static void visits_end(struct model *m, enum model_bound bound,
                       uint64_t amortised, const char *what)
{
    uint64_t made = m->regions.visits - m->visits_before;
    uint64_t walk = m->regions.window_bits + 1u;
    const uint64_t limits[BOUND_COUNT] = {0, walk, 2 * walk, 4 * walk,
                                          walk * walk};

    if (made > m->visits_max[bound])
        m->visits_max[bound] = made;
    claim(m, made <= limits[bound] + amortised, what, made);
}

void model_init(struct model *m, uint8_t window_bits)
{
    memset(m, 0, sizeof *m);
    regions_init(&m->regions, m->slots, window_bits);
}

static void put(struct model *m, slotno_t i, const struct cap *cap,
                uint8_t flags)
{
    m->caps[i] = (struct model_cap){
        .used = true,
        .cap = *cap,
        .flags = flags,
        .previous = SLOT_NIL,
        .next = SLOT_NIL,
    };
    m->live++;
    cap_write(m->slots, i, cap);
}

static void put_after(struct model *m, slotno_t source, slotno_t i)
{
    slotno_t next = m->caps[source].next;

    m->caps[i].previous = source;
    m->caps[i].next = next;
    m->caps[source].next = i;
    if (next != SLOT_NIL)
        m->caps[next].previous = i;
}

void model_insert(struct model *m, slotno_t i, const struct cap *cap)
{
    bool memory = cap_type_is_memory(cap->type);

    put(m, i, cap, SLOT_REVOCABLE | SLOT_FIRST_BADGED);
    visits_begin(m);
    regions_insert(&m->regions, i);
    visits_end(m, memory ? BOUND_WALK : BOUND_NONE, 0, "visits of insert");
    slot_set_flags(m->slots, i, SLOT_REVOCABLE | SLOT_FIRST_BADGED);
}

void model_insert_run(struct model *m, slotno_t u, slotno_t first,
                      uint64_t count, const struct cap *cap)
{
    struct cap one = *cap;
    uint8_t flags = SLOT_REVOCABLE | SLOT_FIRST_BADGED;

    for (uint64_t k = 0; k < count; k++) {
        one.base = cap->base + k * bits_size(cap->bits);
        put(m, first + k, &one, flags);
    }
    if (same_region(m, u, first))
        put_after(m, u, first);
    visits_begin(m);
    regions_insert_run(&m->regions, u, first, count);
    visits_end(m, BOUND_FILL, 2 * count, "visits of insert_run");
    for (uint64_t k = 0; k < count; k++)
        slot_set_flags(m->slots, first + k, flags);
}

void model_insert_after(struct model *m, slotno_t source, slotno_t i,
                        const struct cap *cap, uint8_t flags)
{
    put(m, i, cap, flags);
    put_after(m, source, i);
    slot_set_flags(m->slots, i, flags);
    visits_begin(m);
    regions_insert_after(&m->regions, source, i);
    visits_end(m, BOUND_NONE, 0, "visits of insert_after");
}

void model_remove(struct model *m, slotno_t i)
{
    struct model_cap old = m->caps[i];
    bool in_tree = is_first(m, i);

    if (old.previous != SLOT_NIL)
        m->caps[old.previous].next = old.next;
    if (old.next != SLOT_NIL)
        m->caps[old.next].previous = old.previous;
    m->caps[i].used = false;
    m->live--;
    visits_begin(m);
    regions_remove(&m->regions, i);
    visits_end(m, in_tree ? BOUND_WALK : BOUND_NONE, 0, "visits of remove");
    slot_clear(m->slots, i);
}

/* The twin's links to slot `from' name `to'. */
static void relink(struct model *m, slotno_t from, slotno_t to)
{
    for (slotno_t k = 0; k < MODEL_SLOTS; k++) {
        if (m->caps[k].previous == from)
            m->caps[k].previous = to;
        if (m->caps[k].next == from)
            m->caps[k].next = to;
    }
}

void model_move(struct model *m, slotno_t from, slotno_t to)
{
    bool in_tree = is_first(m, from);

    relink(m, from, to);
    m->caps[to] = m->caps[from];
    m->caps[from] = (struct model_cap){
        .used = false, .previous = SLOT_NIL, .next = SLOT_NIL};
    visits_begin(m);
    regions_move(&m->regions, from, to);
    visits_end(m, in_tree ? BOUND_WALK : BOUND_NONE, 0, "visits of move");
    claim(m, slot_is_empty(m->slots, from), "move empties the source", from);
}

void model_swap(struct model *m, slotno_t a, slotno_t b)
{
    struct model_cap old;

    relink(m, a, MODEL_SLOTS);
    relink(m, b, a);
    relink(m, MODEL_SLOTS, b);
    old = m->caps[a];
    m->caps[a] = m->caps[b];
    m->caps[b] = old;
    visits_begin(m);
    regions_swap(&m->regions, a, b);
    visits_end(m, BOUND_WALKS, 0, "visits of swap");
}

/* Does region i meet [base, last]? */
static bool meets(const struct model *m, slotno_t i, paddr_t base, paddr_t last)
{
    return base_of(m, i) <= last && base <= last_of(m, i);
}

bool model_meets_run(const struct model *m, slotno_t u, paddr_t base,
                     uint8_t bits, uint64_t count)
{
    paddr_t last = base + (count * bits_size(bits) - 1);

    for (slotno_t i = 0; i < MODEL_SLOTS; i++)
        if (is_memory(m, i) && strictly_inside(m, i, u) &&
            meets(m, i, base, last))
            return true;
    return false;
}

static void claim_meeting(struct model *m, slotno_t got, slotno_t u,
                          paddr_t base, uint8_t bits, uint64_t count)
{
    paddr_t last = base + (count * bits_size(bits) - 1);

    if (got == SLOT_NIL)
        claim(m, !model_meets_run(m, u, base, bits, count),
              "a region in the way is found", got);
    else
        claim(m,
              got < MODEL_SLOTS && is_first(m, got) &&
                  strictly_inside(m, got, u) && meets(m, got, base, last),
              "what is found is in the way", got);
}

void model_find(struct model *m, slotno_t u, paddr_t base, uint8_t bits)
{
    visits_begin(m);
    claim_meeting(m, regions_find(&m->regions, u, base, bits), u, base, bits,
                  1);
    visits_end(m, BOUND_WALK, 0, "visits of find");
}

void model_find_run(struct model *m, slotno_t u, paddr_t base, uint8_t bits,
                    uint64_t count)
{
    visits_begin(m);
    claim_meeting(m, regions_find_run(&m->regions, u, base, bits, count), u,
                  base, bits, count);
    visits_end(m, BOUND_RUN, 0, "visits of find_run");
}

void model_enclosing(struct model *m, paddr_t base, uint8_t bits)
{
    paddr_t last = base + (bits_size(bits) - 1);
    slotno_t want = SLOT_NIL, got;

    for (slotno_t i = 0; i < MODEL_SLOTS; i++)
        if (is_first(m, i) && base_of(m, i) <= base && last <= last_of(m, i) &&
            (want == SLOT_NIL || at(m, i)->cap.bits < at(m, want)->cap.bits))
            want = i;
    visits_begin(m);
    got = regions_enclosing(&m->regions, base, bits);
    visits_end(m, BOUND_WALK, 0, "visits of enclosing");
    claim(m, got == want, "the smallest region around", got);
}

/* sel4-abi.md 5.4, inside one list. */
static bool is_parent(const struct model *m, slotno_t a, slotno_t b)
{
    const struct model_cap *x = at(m, a), *y = at(m, b);

    if (!(x->flags & SLOT_REVOCABLE))
        return false;
    if (x->cap.type == CAP_UNTYPED)
        return true;
    if (x->cap.type != y->cap.type)
        return false;
    if (x->cap.type != CAP_ENDPOINT && x->cap.type != CAP_NOTIFICATION)
        return true;
    return x->cap.word == 0 ||
           (x->cap.word == y->cap.word && !(y->flags & SLOT_FIRST_BADGED));
}

/* Is i an outermost one of the regions inside [base, last], u excluded? */
static bool is_outermost(const struct model *m, slotno_t i, slotno_t u,
                         paddr_t base, paddr_t last)
{
    if (!is_first(m, i) || !strictly_inside(m, i, u) || base_of(m, i) < base ||
        last_of(m, i) > last)
        return false;
    for (slotno_t k = 0; k < MODEL_SLOTS; k++)
        if (is_first(m, k) && strictly_inside(m, i, k) &&
            base <= base_of(m, k) && last_of(m, k) <= last &&
            strictly_inside(m, k, u))
            return false;
    return true;
}

static bool any_inside(const struct model *m, slotno_t u, paddr_t base,
                       paddr_t last)
{
    for (slotno_t i = 0; i < MODEL_SLOTS; i++)
        if (is_outermost(m, i, u, base, last))
            return true;
    return false;
}

void model_child(struct model *m, slotno_t i)
{
    slotno_t next = at(m, i)->next, got;

    visits_begin(m);
    got = regions_child(&m->regions, i);
    visits_end(m, BOUND_WALK, 0, "visits of child");
    if (next != SLOT_NIL && is_parent(m, i, next)) {
        claim(m, got == next, "the child is the list's next", got);
        return;
    }
    if (at(m, i)->cap.type != CAP_UNTYPED ||
        !any_inside(m, i, base_of(m, i), last_of(m, i))) {
        claim(m, got == SLOT_NIL, "there is no child", got);
        return;
    }
    claim(m,
          got < MODEL_SLOTS &&
              is_outermost(m, got, i, base_of(m, i), last_of(m, i)),
          "the child is an outermost region inside", got);
}

void model_first_inside(struct model *m, slotno_t u, paddr_t base, uint8_t bits)
{
    paddr_t last = base + (bits_size(bits) - 1);
    slotno_t got;

    visits_begin(m);
    got = regions_first_inside(&m->regions, u, base, bits);
    visits_end(m, BOUND_WALK, 0, "visits of first_inside");
    if (got == SLOT_NIL) {
        claim(m, !any_inside(m, u, base, last), "a region inside is found",
              got);
        return;
    }
    claim(m, got < MODEL_SLOTS && is_outermost(m, got, u, base, last),
          "it is outermost in the block", got);
}

void model_next(struct model *m, slotno_t u, paddr_t from)
{
    slotno_t want = SLOT_NIL, got;

    for (slotno_t i = 0; i < MODEL_SLOTS; i++)
        if (is_outermost(m, i, u, base_of(m, u), last_of(m, u)) &&
            last_of(m, i) >= from &&
            (want == SLOT_NIL || base_of(m, i) < base_of(m, want)))
            want = i;
    visits_begin(m);
    got = regions_next(&m->regions, u, from);
    visits_end(m, BOUND_WALKS, 0, "visits of next");
    claim(m, got == want, "the lowest that ends above", got);
}

/* sel4-abi.md 5.4: a neighbour to the same object. */
static bool same_object(const struct model *m, slotno_t a, slotno_t b)
{
    return b != SLOT_NIL && at(m, a)->cap.type == at(m, b)->cap.type &&
           at(m, a)->cap.type != CAP_UNTYPED &&
           at(m, a)->cap.type != CAP_IRQ_CONTROL;
}

void model_final(struct model *m, slotno_t i)
{
    bool want = !same_object(m, i, at(m, i)->previous) &&
                !same_object(m, i, at(m, i)->next);
    bool got;

    visits_begin(m);
    got = regions_is_final(&m->regions, i);
    visits_end(m, BOUND_NONE, 0, "visits of is_final");
    claim(m, got == want, "is it the last capability", got);
}

void model_innermost(struct model *m, slotno_t u, slotno_t i)
{
    slotno_t around = SLOT_NIL;
    bool got;

    if (at(m, i)->previous != SLOT_NIL) {
        around = at(m, i)->previous;
    } else {
        for (slotno_t k = 0; k < MODEL_SLOTS; k++)
            if (is_first(m, k) && strictly_inside(m, i, k) &&
                (around == SLOT_NIL ||
                 at(m, k)->cap.bits < at(m, around)->cap.bits))
                around = k;
        if (around != SLOT_NIL)
            around = model_last_of(m, around);
    }
    visits_begin(m);
    got = regions_is_innermost(&m->regions, u, i);
    visits_end(m, BOUND_WALK, 0, "visits of is_innermost");
    claim(m, got == (around == u), "is it the innermost untyped", got);
}

slotno_t model_of_region(const struct model *m, paddr_t base, uint8_t bits)
{
    for (slotno_t i = 0; i < MODEL_SLOTS; i++)
        if (is_first(m, i) && base_of(m, i) == base &&
            at(m, i)->cap.bits == bits)
            return i;
    return SLOT_NIL;
}

slotno_t model_last_of(const struct model *m, slotno_t i)
{
    while (at(m, i)->next != SLOT_NIL)
        i = at(m, i)->next;
    return i;
}

static slotno_t slot_where(const struct model *m, slotno_t from, bool used)
{
    for (slotno_t k = 0; k < MODEL_SLOTS; k++) {
        slotno_t i = (from + k) % MODEL_SLOTS;

        if (m->caps[i].used == used)
            return i;
    }
    return SLOT_NIL;
}

slotno_t model_free_slot(const struct model *m, slotno_t from)
{
    return slot_where(m, from, false);
}

slotno_t model_used_slot(const struct model *m, slotno_t from)
{
    return slot_where(m, from, true);
}

bool model_is_open(const struct model *m, slotno_t i)
{
    return m->caps[i].used && m->caps[i].cap.type == CAP_UNTYPED &&
           m->caps[i].next == SLOT_NIL;
}

bool model_may_insert(const struct model *m, paddr_t base, uint8_t bits,
                      bool untyped)
{
    paddr_t last = base + (bits_size(bits) - 1);

    for (slotno_t i = 0; i < MODEL_SLOTS; i++) {
        if (!is_first(m, i) || !meets(m, i, base, last))
            continue;
        if (base_of(m, i) == base && at(m, i)->cap.bits == bits)
            return false;
        if (base_of(m, i) <= base && last <= last_of(m, i)) {
            if (at(m, model_last_of(m, i))->cap.type != CAP_UNTYPED)
                return false;
        } else if (!untyped) {
            return false;
        }
    }
    return true;
}

/* Every capability, flag and list link, slot by slot. */
static void compare_slot(struct model *m, slotno_t i)
{
    const struct model_cap *want = at(m, i);
    struct cap got = cap_read(m->slots, i);

    if (!want->used) {
        claim(m, slot_is_empty(m->slots, i), "a slot that should be empty", i);
        return;
    }
    claim(m,
          got.base == want->cap.base && got.bits == want->cap.bits &&
              got.type == want->cap.type && got.word == want->cap.word &&
              got.rights == want->cap.rights &&
              slot_flags(m->slots, i) == want->flags,
          "the capability in a slot", i);
    claim(m, slot_next(m->slots, i) == want->next, "the next of the list", i);
    claim(m, slot_is_representative(m->slots, i) == is_first(m, i),
          "the first of a list, and no other, is in the tree", i);
    if (!slot_is_representative(m->slots, i))
        claim(m, slot_previous(m->slots, i) == want->previous,
              "the previous of the list", i);
}

void model_compare(struct model *m)
{
    bool seen[MODEL_SLOTS] = {false};
    slotno_t fault = SLOT_NIL;
    const char *broken = regions_check(&m->regions, &fault);
    unsigned walked = 0, first = 0;

    claim(m, broken == NULL, broken ? broken : "regions_check", fault);
    for (slotno_t i = 0; i < MODEL_SLOTS; i++) {
        compare_slot(m, i);
        first += is_first(m, i);
    }
    visits_begin(m);
    for (slotno_t i = regions_walk(&m->regions, SLOT_NIL);
         i != SLOT_NIL && walked <= first; walked++) {
        claim(m, i < MODEL_SLOTS && is_first(m, i) && !seen[i],
              "the walk meets each region once", i);
        for (slotno_t k = 0; k < MODEL_SLOTS; k++)
            claim(m, !seen[k] || !strictly_inside(m, k, i),
                  "the walk meets the outer region first", i);
        seen[i] = true;
        visits_end(m, BOUND_WALK, 0, "visits of a step of the walk");
        visits_begin(m);
        i = regions_walk(&m->regions, i);
    }
    claim(m, walked == first, "the walk meets every region", walked);
}

void model_report(struct model *m, const char *name)
{
    tap_ok(m->wrong == 0 && m->claims > 0, "%s: %u comparisons", name,
           m->claims);
    tap_diag("  most visits, W = %u: walk %lu (<= %u), two walks %lu "
             "(<= %u), run %lu (<= %u), its insertion %lu (<= %u + 2 each)",
             m->regions.window_bits, (unsigned long)m->visits_max[BOUND_WALK],
             m->regions.window_bits + 1u,
             (unsigned long)m->visits_max[BOUND_WALKS],
             2 * (m->regions.window_bits + 1u),
             (unsigned long)m->visits_max[BOUND_RUN],
             4 * (m->regions.window_bits + 1u),
             (unsigned long)m->visits_max[BOUND_FILL],
             (m->regions.window_bits + 1u) * (m->regions.window_bits + 1u));
}
