/* SPDX-License-Identifier: BSD-2-Clause */
/* Questions to the twin and to the index, with their answers compared. */
#include "regions_twin.h"

bool model_meets_run(const struct model *m, slotno_t u, paddr_t base,
                     uint8_t bits, uint64_t count)
{
    paddr_t last = base + (count * bits_size(bits) - 1);

    for (slotno_t i = 0; i < MODEL_SLOTS; i++)
        if (model_is_memory(m, i) && model_inside(m, i, u) &&
            model_meets(m, i, base, last))
            return true;
    return false;
}

static void claim_meeting(struct model *m, slotno_t got, slotno_t u,
                          paddr_t base, uint8_t bits, uint64_t count)
{
    paddr_t last = base + (count * bits_size(bits) - 1);

    if (got == SLOT_NIL)
        model_claim(m, !model_meets_run(m, u, base, bits, count),
                    "a region in the way is found", got);
    else
        model_claim(m,
                    got < MODEL_SLOTS && model_is_first(m, got) &&
                        model_inside(m, got, u) &&
                        model_meets(m, got, base, last),
                    "what is found is in the way", got);
}

void model_find(struct model *m, slotno_t u, paddr_t base, uint8_t bits)
{
    model_visits_begin(m);
    claim_meeting(m, regions_find(&m->regions, u, base, bits), u, base, bits,
                  1);
    model_visits_end(m, BOUND_WALK, 0, "visits of find");
}

void model_find_run(struct model *m, slotno_t u, paddr_t base, uint8_t bits,
                    uint64_t count)
{
    model_visits_begin(m);
    claim_meeting(m, regions_find_run(&m->regions, u, base, bits, count), u,
                  base, bits, count);
    model_visits_end(m, BOUND_RUN, 0, "visits of find_run");
}

void model_enclosing(struct model *m, paddr_t base, uint8_t bits)
{
    paddr_t last = base + (bits_size(bits) - 1);
    slotno_t want = SLOT_NIL, got;

    for (slotno_t i = 0; i < MODEL_SLOTS; i++)
        if (model_is_first(m, i) && model_base(m, i) <= base &&
            last <= model_last(m, i) &&
            (want == SLOT_NIL ||
             model_at(m, i)->cap.bits < model_at(m, want)->cap.bits))
            want = i;
    model_visits_begin(m);
    got = regions_enclosing(&m->regions, base, bits);
    model_visits_end(m, BOUND_WALK, 0, "visits of enclosing");
    model_claim(m, got == want, "the smallest region around", got);
}

/* sel4-abi.md 5.4, inside one list. */
static bool is_parent(const struct model *m, slotno_t a, slotno_t b)
{
    const struct model_cap *x = model_at(m, a), *y = model_at(m, b);

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
    if (!model_is_first(m, i) || !model_inside(m, i, u) ||
        model_base(m, i) < base || model_last(m, i) > last)
        return false;
    for (slotno_t k = 0; k < MODEL_SLOTS; k++)
        if (model_is_first(m, k) && model_inside(m, i, k) &&
            base <= model_base(m, k) && model_last(m, k) <= last &&
            model_inside(m, k, u))
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
    slotno_t next = model_at(m, i)->next, got;

    model_visits_begin(m);
    got = regions_child(&m->regions, i);
    model_visits_end(m, BOUND_WALK, 0, "visits of child");
    if (next != SLOT_NIL && is_parent(m, i, next)) {
        model_claim(m, got == next, "the child is the list's next", got);
        return;
    }
    if (model_at(m, i)->cap.type != CAP_UNTYPED ||
        !any_inside(m, i, model_base(m, i), model_last(m, i))) {
        model_claim(m, got == SLOT_NIL, "there is no child", got);
        return;
    }
    model_claim(m,
                got < MODEL_SLOTS &&
                    is_outermost(m, got, i, model_base(m, i), model_last(m, i)),
                "the child is an outermost region inside", got);
}

void model_first_inside(struct model *m, slotno_t u, paddr_t base, uint8_t bits)
{
    paddr_t last = base + (bits_size(bits) - 1);
    slotno_t got;

    model_visits_begin(m);
    got = regions_first_inside(&m->regions, u, base, bits);
    model_visits_end(m, BOUND_WALK, 0, "visits of first_inside");
    if (got == SLOT_NIL) {
        model_claim(m, !any_inside(m, u, base, last),
                    "a region inside is found", got);
        return;
    }
    model_claim(m, got < MODEL_SLOTS && is_outermost(m, got, u, base, last),
                "it is outermost in the block", got);
}

void model_next(struct model *m, slotno_t u, paddr_t from)
{
    slotno_t want = SLOT_NIL, got;

    for (slotno_t i = 0; i < MODEL_SLOTS; i++)
        if (is_outermost(m, i, u, model_base(m, u), model_last(m, u)) &&
            model_last(m, i) >= from &&
            (want == SLOT_NIL || model_base(m, i) < model_base(m, want)))
            want = i;
    model_visits_begin(m);
    got = regions_next(&m->regions, u, from);
    model_visits_end(m, BOUND_WALKS, 0, "visits of next");
    model_claim(m, got == want, "the lowest that ends above", got);
}

/* sel4-abi.md 5.4: a neighbour to the same object. */
static bool same_object(const struct model *m, slotno_t a, slotno_t b)
{
    return b != SLOT_NIL &&
           model_at(m, a)->cap.type == model_at(m, b)->cap.type &&
           model_at(m, a)->cap.type != CAP_UNTYPED &&
           model_at(m, a)->cap.type != CAP_IRQ_CONTROL;
}

void model_final(struct model *m, slotno_t i)
{
    bool want = !same_object(m, i, model_at(m, i)->previous) &&
                !same_object(m, i, model_at(m, i)->next);
    bool got;

    model_visits_begin(m);
    got = regions_is_final(&m->regions, i);
    model_visits_end(m, BOUND_NONE, 0, "visits of is_final");
    model_claim(m, got == want, "is it the last capability", got);
}

void model_innermost(struct model *m, slotno_t u, slotno_t i)
{
    slotno_t around = SLOT_NIL;
    bool got;

    if (model_at(m, i)->previous != SLOT_NIL) {
        around = model_at(m, i)->previous;
    } else {
        for (slotno_t k = 0; k < MODEL_SLOTS; k++)
            if (model_is_first(m, k) && model_inside(m, i, k) &&
                (around == SLOT_NIL ||
                 model_at(m, k)->cap.bits < model_at(m, around)->cap.bits))
                around = k;
        if (around != SLOT_NIL)
            around = model_last_of(m, around);
    }
    model_visits_begin(m);
    got = regions_is_innermost(&m->regions, u, i);
    model_visits_end(m, BOUND_WALK, 0, "visits of is_innermost");
    model_claim(m, got == (around == u), "is it the innermost untyped", got);
}
