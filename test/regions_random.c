/* SPDX-License-Identifier: BSD-2-Clause */
/* The region index answers as an array of capabilities does, and within the
 * visits that regions.h promises: random changes and questions, for windows
 * of every width. */
#include "regions_model.h"
#include "seed.h"

#define STEPS_PER_WINDOW 40000u
#define COMPARE_EVERY    50u

static struct model model;

/* A region near one that is there, or anywhere. */
static void pick_region(struct model *m, struct seed *s, paddr_t *base,
                        uint8_t *bits)
{
    uint8_t w = m->regions.window_bits;
    slotno_t near = model_used_slot(m, seed_below(s, MODEL_SLOTS));

    *bits = (uint8_t)(4 + seed_below(s, w - 3u));
    *base = seed_below(s, bits_size(w));
    if (near != SLOT_NIL && cap_type_is_memory(m->caps[near].cap.type) &&
        seed_below(s, 4) != 0) {
        const struct cap *c = &m->caps[near].cap;

        *base =
            c->base ^ seed_below(s, bits_size(1 + (unsigned)seed_below(s, w)));
        if (seed_below(s, 2))
            *bits = (uint8_t)(4 + seed_below(s, c->bits - 3u));
    }
    *base = bits_up(bits_down(*base, *bits), *bits) % bits_size(w);
}

/* An aligned block of region u: bits <= u's own. */
static void pick_block(struct model *m, struct seed *s, slotno_t u,
                       paddr_t *base, uint8_t *bits)
{
    const struct cap *c = &m->caps[u].cap;

    pick_region(m, s, base, bits);
    if (*bits > c->bits)
        *bits = (uint8_t)(4 + seed_below(s, c->bits - 3u));
    *base = c->base + *base % bits_size(c->bits);
    *base = bits_up(bits_down(*base, *bits), *bits);
}

static void step_insert(struct model *m, struct seed *s)
{
    static const uint8_t types[] = {
        CAP_UNTYPED, CAP_UNTYPED, CAP_UNTYPED, CAP_ENDPOINT,   CAP_NOTIFICATION,
        CAP_FRAME,   CAP_CNODE,   CAP_TCB,     CAP_IRQ_CONTROL};
    slotno_t i = model_free_slot(m, seed_below(s, MODEL_SLOTS));
    struct cap cap = {.type = types[seed_below(s, sizeof types)]};

    if (m->live > MODEL_SLOTS * 3 / 4)
        return;
    if (cap_type_is_memory(cap.type)) {
        pick_region(m, s, &cap.base, &cap.bits);
        if (!model_may_insert(m, cap.base, cap.bits, false)) {
            cap.type = CAP_UNTYPED;
            if (!model_may_insert(m, cap.base, cap.bits, true))
                return;
        }
    }
    if (cap.type == CAP_CNODE)
        cap.word = 0;
    model_insert(m, i, &cap);
}

/* Length of the run of free slots that begins at slot i. */
static uint64_t free_slots(const struct model *m, slotno_t i)
{
    uint64_t n = 0;

    while (i + n < MODEL_SLOTS && !m->caps[i + n].used)
        n++;
    return n;
}

static void step_run(struct model *m, struct seed *s, slotno_t u)
{
    slotno_t first = model_free_slot(m, seed_below(s, MODEL_SLOTS));
    struct cap cap = {.type = seed_below(s, 2) ? CAP_FRAME : CAP_UNTYPED};
    uint64_t count, room;

    if (!model_is_open(m, u) || first == SLOT_NIL ||
        m->live > MODEL_SLOTS * 3 / 4)
        return;
    pick_block(m, s, u, &cap.base, &cap.bits);
    room = bits_down(m->caps[u].cap.base + bits_size(m->caps[u].cap.bits) -
                         cap.base,
                     cap.bits);
    count = 1 + seed_below(s, 24);
    if (count > room)
        count = room;
    if (count > free_slots(m, first))
        count = free_slots(m, first);
    model_find_run(m, u, cap.base, cap.bits, count);
    if (cap.bits == m->caps[u].cap.bits &&
        model_meets_run(m, u, cap.base, cap.bits, 1))
        cap.type = CAP_UNTYPED; /* only an untyped goes around others */
    else if (model_meets_run(m, u, cap.base, cap.bits, count))
        return;
    model_insert_run(m, u, first, count, &cap);
}

static void step_copy(struct model *m, struct seed *s, slotno_t source)
{
    slotno_t i = model_free_slot(m, seed_below(s, MODEL_SLOTS));
    struct cap cap = m->caps[source].cap;
    uint8_t flags = 0;

    if (m->live > MODEL_SLOTS * 3 / 4 || m->caps[source].cap.type == CAP_NULL)
        return;
    if ((cap.type == CAP_ENDPOINT || cap.type == CAP_NOTIFICATION) &&
        cap.word == 0)
        cap.word = seed_below(s, 3);
    if (cap.type == CAP_UNTYPED || cap.word != m->caps[source].cap.word)
        flags = SLOT_REVOCABLE | SLOT_FIRST_BADGED;
    model_insert_after(m, source, i, &cap, flags);
}

static void step_remove(struct model *m, struct seed *s, slotno_t i)
{
    slotno_t child;

    if (seed_below(s, 2)) {
        model_remove(m, i);
        return;
    }
    child = regions_child(&m->regions, i); /* as Revoke does */
    if (child != SLOT_NIL)
        model_remove(m, child);
}

static void step_change(struct model *m, struct seed *s)
{
    slotno_t i = model_used_slot(m, seed_below(s, MODEL_SLOTS));
    slotno_t other = model_used_slot(m, seed_below(s, MODEL_SLOTS));

    switch (i == SLOT_NIL ? 0 : seed_below(s, 9)) {
    case 0:
    case 1:
    case 2:
        step_insert(m, s);
        break;
    case 3:
        step_run(m, s, i);
        break;
    case 4:
        step_copy(m, s, i);
        break;
    case 5:
    case 6:
        step_remove(m, s, i);
        break;
    case 7:
        model_move(m, i, model_free_slot(m, seed_below(s, MODEL_SLOTS)));
        break;
    default:
        if (i != other)
            model_swap(m, i, other);
    }
}

static void ask_inside(struct model *m, struct seed *s, slotno_t u)
{
    paddr_t base;
    uint8_t bits;

    pick_block(m, s, u, &base, &bits);
    model_find(m, u, base, bits);
    if (bits < m->caps[u].cap.bits)
        model_first_inside(m, u, base, bits);
    model_next(m, u,
               m->caps[u].cap.base +
                   seed_below(s, bits_size(m->caps[u].cap.bits)));
    model_next(m, u, base);
}

static void step_ask(struct model *m, struct seed *s)
{
    slotno_t i = model_used_slot(m, seed_below(s, MODEL_SLOTS));
    slotno_t u = model_used_slot(m, seed_below(s, MODEL_SLOTS));
    paddr_t base;
    uint8_t bits;

    if (i == SLOT_NIL)
        return;
    pick_region(m, s, &base, &bits);
    model_enclosing(m, base, bits);
    model_child(m, i);
    model_final(m, i);
    if (m->caps[u].cap.type != CAP_UNTYPED)
        return;
    ask_inside(m, s, u);
    if (cap_type_is_memory(m->caps[i].cap.type) &&
        m->caps[i].cap.type != CAP_UNTYPED &&
        (m->caps[i].previous == SLOT_NIL ||
         m->caps[m->caps[i].previous].cap.type == CAP_UNTYPED))
        model_innermost(m, u, i);
}

int main(void)
{
    static const uint8_t windows[] = {5, 6, 7, 8, 9, 12, 16, 24, 39, 44};
    struct seed s = seed_start(1);

    for (unsigned k = 0; k < sizeof windows; k++) {
        model_init(&model, windows[k]);
        for (unsigned step = 0; step < STEPS_PER_WINDOW; step++) {
            step_change(&model, &s);
            step_ask(&model, &s);
            if (step % COMPARE_EVERY == 0)
                model_compare(&model);
            if (model.wrong > 0)
                break;
        }
        while (model.live > 0 && model.wrong == 0)
            model_remove(&model, model_used_slot(&model, 0));
        model_compare(&model);
        model_report(&model, "random changes and questions");
    }
    return tap_done();
}
