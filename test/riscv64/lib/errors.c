/* SPDX-License-Identifier: BSD-2-Clause */
#include "errors.h"

static unsigned invocations, kinds_of_error, single, several;

/* ---- Calls that are wrong -------------------------------------------------*/

/* How many calls are wrong in this one way? */
static seL4_Word variants(const struct wrong *w)
{
    const struct edit *e = &w->edit[0];

    if (e->field == FIELD_LENGTH || e->field == FIELD_CAPS)
        return e->value - e->from;
    if (e->kinds)
        return KINDS - (seL4_Word)__builtin_popcountl(e->value);
    return 1;
}

/* The n-th kind that is not in the set. */
static enum kind other_kind(seL4_Word set, seL4_Word n)
{
    enum kind kind = KIND_NULL;

    for (;; kind++)
        if (!(set & KIND_BIT(kind)) && n-- == 0)
            return kind;
}

static void apply_edit(struct call *c, const struct edit *e, seL4_Word variant)
{
    seL4_Word value = e->value;

    if (e->kinds)
        value = kind_slot(other_kind(e->value, variant));
    switch (e->field) {
    case FIELD_NONE:
        break;
    case FIELD_SERVICE:
        c->service = value;
        break;
    case FIELD_LABEL:
        c->label = value;
        break;
    case FIELD_LENGTH:
        c->length = e->from + variant;
        break;
    case FIELD_CAPS:
        c->caps = e->from + variant;
        break;
    default:
        if (e->field < FIELD_WORD)
            c->cap[e->field - FIELD_CAP] = value;
        else
            c->mr[e->field - FIELD_WORD] = value;
        break;
    }
}

static void apply(struct call *c, const struct wrong *w, seL4_Word variant)
{
    for (unsigned n = 0; n < EDITS; n++)
        apply_edit(c, &w->edit[n], variant);
}

static bool touches(const struct wrong *w, unsigned field)
{
    for (unsigned n = 0; n < EDITS; n++)
        if (w->edit[n].field == field)
            return true;
    return false;
}

/* Can a call be wrong in both ways? */
static bool are_independent(const struct wrong *a, const struct wrong *b)
{
    for (unsigned n = 0; n < EDITS; n++)
        if (a->edit[n].field != FIELD_NONE && touches(b, a->edit[n].field))
            return false;
    return true;
}

/* ---- What the kernel says -------------------------------------------------*/

static bool try_several(const struct call *c, const struct wrong *first,
                        const struct wrong *later)
{
    struct outcome got = call_make(c);

    several++;
    if (call_has(&got, &first->answer))
        return true;
    tap_diag("first: %s; later: %s", first->name, later->name);
    call_diag(c, &got, &first->answer);
    return false;
}

/* Each pair with one that comes later, and all that do at once. */
static void claim_first(const char *name, const struct call *good,
                        const struct wrong *wrong, size_t i, size_t count)
{
    struct call all = *good;
    bool holds = true;
    unsigned before = several;

    for (size_t j = count - 1; j > i; j--) {
        if (are_independent(&wrong[i], &wrong[j])) {
            struct call c = *good;

            apply(&c, &wrong[j], 0);
            apply(&c, &wrong[i], 0);
            holds = try_several(&c, &wrong[i], &wrong[j]) && holds;
        }
        apply(&all, &wrong[j], 0);
    }
    apply(&all, &wrong[i], 0);
    holds = try_several(&all, &wrong[i], &wrong[count - 1]) && holds;
    tap_ok(holds, "%s: %s, whatever else is wrong (%u calls)", name,
           wrong[i].name, several - before);
}

void errors_in_order(const char *name, const struct call *good,
                     const struct wrong *wrong, size_t count)
{
    invocations++;
    for (size_t i = 0; i < count; i++) {
        kinds_of_error++;
        for (seL4_Word v = 0; v < variants(&wrong[i]); v++) {
            struct call c = *good;

            apply(&c, &wrong[i], v);
            single++;
            if (wrong[i].edit[0].kinds)
                call_is(&c, wrong[i].answer, "%s: %s: %s", name, wrong[i].name,
                        kind_name(other_kind(wrong[i].edit[0].value, v)));
            else if (variants(&wrong[i]) > 1)
                call_is(&c, wrong[i].answer, "%s: %s: %lu", name, wrong[i].name,
                        wrong[i].edit[0].from + v);
            else
                call_is(&c, wrong[i].answer, "%s: %s", name, wrong[i].name);
        }
        claim_first(name, good, wrong, i, count);
    }
}

int errors_done(void)
{
    tap_diag("%u invocations, %u checks: %u calls wrong in one way, "
             "%u in several",
             invocations, kinds_of_error, single, several);
    return tap_done();
}

seL4_Word errors_root_slots(void)
{
    return 1ul << seL4_GetBootInfo()->initThreadCNodeSizeBits;
}

seL4_Word errors_root_guard_bits(void)
{
    return seL4_WordBits - seL4_GetBootInfo()->initThreadCNodeSizeBits;
}
