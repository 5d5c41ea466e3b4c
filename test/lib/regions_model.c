/* SPDX-License-Identifier: BSD-2-Clause */
/* The twin itself: changes to it and to the index alike, and comparison. */
#include "regions_twin.h"

#include <string.h>

void model_claim(struct model *m, bool holds, const char *what, uint64_t got)
{
    m->claims++;
    if (holds)
        return;
    if (m->wrong++ < 5)
        tap_diag("  comparison %u: %s (got 0x%lx)", m->claims, what,
                 (unsigned long)got);
}

void model_visits_begin(struct model *m)
{
    m->visits_before = m->regions.visits;
}

void model_visits_end(struct model *m, enum model_bound bound,
                      uint64_t amortised, const char *what)
{
    uint64_t made = m->regions.visits - m->visits_before;
    uint64_t walk = m->regions.window_bits + 1u;
    const uint64_t limits[BOUND_COUNT] = {0, walk, 2 * walk, 4 * walk,
                                          walk * walk};

    if (made > m->visits_max[bound])
        m->visits_max[bound] = made;
    model_claim(m, made <= limits[bound] + amortised, what, made);
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
    model_visits_begin(m);
    regions_insert(&m->regions, i);
    model_visits_end(m, memory ? BOUND_WALK : BOUND_NONE, 0,
                     "visits of insert");
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
    if (model_same_region(m, u, first))
        put_after(m, u, first);
    model_visits_begin(m);
    regions_insert_run(&m->regions, u, first, count);
    model_visits_end(m, BOUND_FILL, 2 * count, "visits of insert_run");
    for (uint64_t k = 0; k < count; k++)
        slot_set_flags(m->slots, first + k, flags);
}

void model_insert_after(struct model *m, slotno_t source, slotno_t i,
                        const struct cap *cap, uint8_t flags)
{
    put(m, i, cap, flags);
    put_after(m, source, i);
    slot_set_flags(m->slots, i, flags);
    model_visits_begin(m);
    regions_insert_after(&m->regions, source, i);
    model_visits_end(m, BOUND_NONE, 0, "visits of insert_after");
}

void model_remove(struct model *m, slotno_t i)
{
    struct model_cap old = m->caps[i];
    bool in_tree = model_is_first(m, i);

    if (old.previous != SLOT_NIL)
        m->caps[old.previous].next = old.next;
    if (old.next != SLOT_NIL)
        m->caps[old.next].previous = old.previous;
    m->caps[i].used = false;
    m->live--;
    model_visits_begin(m);
    regions_remove(&m->regions, i);
    model_visits_end(m, in_tree ? BOUND_WALK : BOUND_NONE, 0,
                     "visits of remove");
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
    relink(m, from, to);
    m->caps[to] = m->caps[from];
    m->caps[from] = (struct model_cap){
        .used = false, .previous = SLOT_NIL, .next = SLOT_NIL};
    model_visits_begin(m);
    regions_move(&m->regions, from, to);
    model_visits_end(m, BOUND_NONE, 0, "visits of move");
    model_claim(m, slot_is_empty(m->slots, from), "move empties the source",
                from);
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
    model_visits_begin(m);
    regions_swap(&m->regions, a, b);
    model_visits_end(m, BOUND_NONE, 0, "visits of swap");
}

slotno_t model_of_region(const struct model *m, paddr_t base, uint8_t bits)
{
    for (slotno_t i = 0; i < MODEL_SLOTS; i++)
        if (model_is_first(m, i) && model_base(m, i) == base &&
            model_at(m, i)->cap.bits == bits)
            return i;
    return SLOT_NIL;
}

slotno_t model_last_of(const struct model *m, slotno_t i)
{
    while (model_at(m, i)->next != SLOT_NIL)
        i = model_at(m, i)->next;
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
        if (!model_is_first(m, i) || !model_meets(m, i, base, last))
            continue;
        if (model_base(m, i) == base && model_at(m, i)->cap.bits == bits)
            return false;
        if (model_base(m, i) <= base && last <= model_last(m, i)) {
            if (model_at(m, model_last_of(m, i))->cap.type != CAP_UNTYPED)
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
    const struct model_cap *want = model_at(m, i);
    struct cap got = cap_read(m->slots, i);

    if (!want->used) {
        model_claim(m, slot_is_empty(m->slots, i),
                    "a slot that should be empty", i);
        return;
    }
    model_claim(m,
                got.base == want->cap.base && got.bits == want->cap.bits &&
                    got.type == want->cap.type && got.word == want->cap.word &&
                    got.rights == want->cap.rights &&
                    slot_flags(m->slots, i) == want->flags,
                "the capability in a slot", i);
    model_claim(m, slot_next(m->slots, i) == want->next, "the next of the list",
                i);
    model_claim(m, slot_is_representative(m->slots, i) == model_is_first(m, i),
                "the first of a list, and no other, is in the tree", i);
    if (!slot_is_representative(m->slots, i))
        model_claim(m, slot_previous(m->slots, i) == want->previous,
                    "the previous of the list", i);
}

void model_compare(struct model *m)
{
    bool seen[MODEL_SLOTS] = {false};
    slotno_t fault = SLOT_NIL;
    const char *broken = regions_check(&m->regions, &fault);
    unsigned walked = 0, first = 0;

    model_claim(m, broken == NULL, broken ? broken : "regions_check", fault);
    for (slotno_t i = 0; i < MODEL_SLOTS; i++) {
        compare_slot(m, i);
        first += model_is_first(m, i);
    }
    model_visits_begin(m);
    for (slotno_t i = regions_walk(&m->regions, SLOT_NIL);
         i != SLOT_NIL && walked <= first; walked++) {
        model_claim(m, i < MODEL_SLOTS && model_is_first(m, i) && !seen[i],
                    "the walk meets each region once", i);
        for (slotno_t k = 0; k < MODEL_SLOTS; k++)
            model_claim(m, !seen[k] || !model_inside(m, k, i),
                        "the walk meets the outer region first", i);
        seen[i] = true;
        model_visits_end(m, BOUND_WALK, 0, "visits of a step of the walk");
        model_visits_begin(m);
        i = regions_walk(&m->regions, i);
    }
    model_claim(m, walked == first, "the walk meets every region", walked);
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
