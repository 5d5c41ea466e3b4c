/* SPDX-License-Identifier: BSD-2-Clause */
/* Recorded and computed, side by side. */
#include "replay_int.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SHOWN_MAX_DEFAULT 10u

void effects_add(struct effects *list, const struct effect *e)
{
    if (list->count == list->capacity) {
        size_t capacity = list->capacity == 0 ? 64 : 2 * list->capacity;
        struct effect *item = realloc(list->item, capacity * sizeof *item);

        if (!item) {
            fprintf(stderr, "fallow: no memory\n");
            abort();
        }
        list->item = item;
        list->capacity = capacity;
    }
    list->item[list->count++] = *e;
}

/* ---- Differences --------------------------------------------------------- */

static void print_line_of(const struct replay *r, uint64_t line, char *text)
{
    if (line != r->head.number)
        for (size_t i = 0; i < r->recorded.count; i++)
            if (r->recorded.item[i].line == line) {
                replay_print_effect(&r->recorded.item[i], text);
                return;
            }
    trace_print(&r->head, text);
}

void replay_differ(struct replay *r, uint64_t line, const char *what,
                   const char *recorded, const char *computed)
{
    unsigned max =
        r->options.shown_max ? r->options.shown_max : SHOWN_MAX_DEFAULT;
    struct replay_difference *d;

    r->stats.unexplained++;
    if (r->difference_count == max)
        return;
    if (!r->differences) {
        r->differences = calloc(max, sizeof *r->differences);
        if (!r->differences)
            return;
    }
    d = &r->differences[r->difference_count++];
    d->line = line;
    d->what = what;
    snprintf(d->recorded, sizeof d->recorded, "%s", recorded);
    snprintf(d->computed, sizeof d->computed, "%s", computed);
    print_line_of(r, line, d->text);
}

void replay_differ_number(struct replay *r, uint64_t line, const char *what,
                          enum trace_format format, uint64_t recorded,
                          uint64_t computed)
{
    char text[2][64];

    trace_print_value(format, recorded, text[0]);
    trace_print_value(format, computed, text[1]);
    replay_differ(r, line, what, text[0], text[1]);
}

bool replay_expect_number(struct replay *r, const char *what,
                          enum trace_format format, uint64_t recorded,
                          uint64_t computed)
{
    if (recorded != computed)
        replay_differ_number(r, r->head.number, what, format, recorded,
                             computed);
    return recorded == computed;
}

/* ---- Capabilities -------------------------------------------------------- */

/* Could a frame of this size be mapped there? */
static bool is_frame_address(uint64_t bits, uint64_t address)
{
    return bits_down(address, CAP_MAPPED_ADDRESS_BITS) == 0 &&
           bits < CAP_MAPPED_ADDRESS_BITS &&
           bits_aligned(address, (unsigned)bits);
}

bool replay_caps_agree(const struct trace_cap *recorded,
                       const struct trace_cap *computed)
{
    struct trace_cap known = *computed;

    if (known.type == CAP_FRAME && known.extra == ADDRESS_UNKNOWN &&
        is_frame_address(known.bits, recorded->extra))
        known.extra = recorded->extra;
    return trace_cap_equal(recorded, &known);
}

static size_t print_cap(const struct trace_cap *cap, char text[128])
{
    struct trace_cap shown = *cap;
    size_t at;

    if (cap->extra != ADDRESS_UNKNOWN)
        return trace_print_cap(cap, text);
    shown.extra = 0;
    at = trace_print_cap(&shown, text);
    text[at - 1] = '?';
    return at;
}

bool replay_expect_cap(struct replay *r, uint64_t line, const char *what,
                       uint64_t slot, const struct trace_cap *recorded)
{
    struct trace_cap computed = replay_cap(r, slot);
    char text[2][128];

    if (replay_caps_agree(recorded, &computed)) {
        if (computed.extra == ADDRESS_UNKNOWN)
            slot_set_word(kernel_slots(r->kernel), slot_at(slot),
                          bits_up(ASID_KNOWN, CAP_MAPPED_ADDRESS_BITS) +
                              recorded->extra);
        return true;
    }
    print_cap(recorded, text[0]);
    print_cap(&computed, text[1]);
    replay_differ(r, line, what, text[0], text[1]);
    return false;
}

/* ---- Effects ------------------------------------------------------------- */

size_t replay_print_effect(const struct effect *e, char text[TRACE_TEXT_MAX])
{
    char caps[2][128];
    char letter = trace_letter(e->kind);
    int n;

    print_cap(&e->e.cap, caps[0]);
    print_cap(&e->e.other_cap, caps[1]);
    if (e->kind == TRACE_EMPTIED || e->kind == TRACE_FINAL)
        n = snprintf(text, TRACE_TEXT_MAX, "%c %llx %s", letter,
                     (unsigned long long)e->e.slot, caps[0]);
    else
        n = snprintf(text, TRACE_TEXT_MAX, "%c %llx %llx %s%s%s", letter,
                     (unsigned long long)e->e.slot,
                     (unsigned long long)e->e.other_slot, caps[0],
                     e->kind == TRACE_SWAPPED ? " " : "",
                     e->kind == TRACE_SWAPPED ? caps[1] : "");
    return (size_t)n;
}

static bool agree_as_written(const struct trace_effect *recorded,
                             const struct trace_effect *computed)
{
    return recorded->slot == computed->slot &&
           recorded->other_slot == computed->other_slot &&
           replay_caps_agree(&recorded->cap, &computed->cap) &&
           replay_caps_agree(&recorded->other_cap, &computed->other_cap);
}

bool replay_effects_agree(const struct effect *recorded,
                          const struct effect *computed)
{
    struct trace_effect other;

    if (recorded->kind != computed->kind)
        return false;
    if (agree_as_written(&recorded->e, &computed->e))
        return true;
    if (recorded->kind != TRACE_SWAPPED)
        return false;
    other = (struct trace_effect){
        .slot = computed->e.other_slot,
        .other_slot = computed->e.slot,
        .cap = computed->e.other_cap,
        .other_cap = computed->e.cap,
    };
    return agree_as_written(&recorded->e, &other);
}

static void differ_effect(struct replay *r, const struct effect *recorded,
                          const struct effect *computed)
{
    char text[2][TRACE_TEXT_MAX] = {"nothing", "nothing"};

    if (recorded)
        replay_print_effect(recorded, text[0]);
    if (computed)
        replay_print_effect(computed, text[1]);
    replay_differ(r, recorded ? recorded->line : r->head.number, "effect",
                  text[0], text[1]);
}

/* The first that differs, or the shorter list's length. */
static size_t first_difference(const struct effects *a, const struct effects *b,
                               bool (*agree)(const struct effect *,
                                             const struct effect *))
{
    size_t i = 0;

    while (i < a->count && i < b->count && agree(&a->item[i], &b->item[i]))
        i++;
    return i;
}

static void report_first(struct replay *r, const struct effects *recorded,
                         const struct effects *computed, size_t i)
{
    if (i < recorded->count || i < computed->count)
        differ_effect(r, i < recorded->count ? &recorded->item[i] : NULL,
                      i < computed->count ? &computed->item[i] : NULL);
}

/* ---- A Revoke's effects, as sets ----------------------------------------- */

/* What had slots may be emptied as a zombie or as a copy of its capability:
 * that depends on the order. */
static bool has_slots(uint64_t type)
{
    return type == CAP_CNODE || type == CAP_TCB || type == CAP_ZOMBIE;
}

/* `f': by object, for the last capability may have been in another slot;
 * untypeds count each for itself and so by slot as well. */
static bool agree_in_set(const struct effect *recorded,
                         const struct effect *computed)
{
    const struct trace_effect *a = &recorded->e, *b = &computed->e;

    if (recorded->kind != computed->kind)
        return false;
    if (recorded->kind == TRACE_EMPTIED) {
        if (a->slot != b->slot)
            return false;
        if (!has_slots(a->cap.type))
            return replay_caps_agree(&a->cap, &b->cap);
        return has_slots(b->cap.type) && a->cap.paddr == b->cap.paddr &&
               a->cap.bits == b->cap.bits && a->cap.dev == b->cap.dev;
    }
    if (a->slot == b->slot || a->cap.type == CAP_UNTYPED)
        return a->slot == b->slot && replay_caps_agree(&a->cap, &b->cap);
    return a->cap.type == b->cap.type && a->cap.paddr == b->cap.paddr &&
           a->cap.bits == b->cap.bits && a->cap.dev == b->cap.dev;
}

static int compare_numbers(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

static int compare_in_set(const void *a, const void *b)
{
    const struct effect *x = a, *y = b;
    int by = compare_numbers(x->kind, y->kind);

    if (by == 0 && x->kind == TRACE_FINAL) {
        by = compare_numbers(x->e.cap.paddr, y->e.cap.paddr);
        if (by == 0)
            by = compare_numbers(x->e.cap.bits, y->e.cap.bits);
        if (by == 0)
            by = compare_numbers(x->e.cap.type, y->e.cap.type);
    }
    return by != 0 ? by : compare_numbers(x->e.slot, y->e.slot);
}

/* Only what is a set: where a zombie is swapped to depends on the order. */
static struct effects sorted_set(const struct effects *list)
{
    struct effects set = {0};

    for (size_t i = 0; i < list->count; i++)
        if (list->item[i].kind != TRACE_SWAPPED)
            effects_add(&set, &list->item[i]);
    if (set.count > 0)
        qsort(set.item, set.count, sizeof *set.item, compare_in_set);
    return set;
}

/* Recorded lines among themselves: who is the last to its object is emptied
 * next, or, if it has slots, emptied or swapped home as a zombie later on. */
static bool is_followed_up(const struct effects *list, size_t i)
{
    const struct trace_effect *final = &list->item[i].e;
    uint64_t slot = final->slot;

    for (size_t n = i + 1; n < list->count; n++) {
        const struct trace_effect *e = &list->item[n].e;

        if (list->item[n].kind == TRACE_EMPTIED && e->slot == slot)
            return has_slots(final->cap.type)
                       ? e->cap.type == CAP_ZOMBIE &&
                             e->cap.paddr == final->cap.paddr
                       : trace_cap_equal(&e->cap, &final->cap);
        if (list->item[n].kind == TRACE_SWAPPED &&
            (e->slot == slot || e->other_slot == slot))
            return has_slots(final->cap.type);
    }
    return false;
}

/* A zombie goes with no slot left, or from its own slot 0. */
static bool is_spent(const struct trace_effect *e)
{
    return e->cap.type != CAP_ZOMBIE || e->cap.extra == 0 ||
           (e->cap.extra == 1 && e->slot == e->cap.paddr);
}

static void refuse(struct replay *r, const struct effect *e, const char *why)
{
    char text[TRACE_TEXT_MAX];

    replay_print_effect(e, text);
    replay_differ(r, e->line, "effect", text, why);
}

static void check_in_themselves(struct replay *r)
{
    for (size_t i = 0; i < r->recorded.count; i++) {
        const struct effect *e = &r->recorded.item[i];

        if (e->kind == TRACE_FINAL && !is_followed_up(&r->recorded, i))
            refuse(r, e, "that slot is not emptied next");
        if (e->kind == TRACE_EMPTIED && !is_spent(&e->e))
            refuse(r, e, "a zombie goes when it has no slot left");
    }
}

static bool is_swapped(const struct replay *r, uint64_t slot)
{
    for (size_t i = r->recorded_before; i < r->recorded.count; i++) {
        const struct effect *e = &r->recorded.item[i];

        if (e->kind == TRACE_SWAPPED &&
            (e->e.slot == slot || e->e.other_slot == slot))
            return true;
    }
    return false;
}

void replay_expect_held(struct replay *r)
{
    for (size_t i = r->recorded_before; i < r->recorded.count; i++) {
        const struct effect *e = &r->recorded.item[i];
        struct trace_cap held = replay_cap(r, e->e.slot);

        if ((e->kind != TRACE_EMPTIED && e->kind != TRACE_FINAL) ||
            e->e.cap.type == CAP_ZOMBIE || is_swapped(r, e->e.slot) ||
            replay_caps_agree(&e->e.cap, &held))
            continue;
        replay_expect_cap(r, e->line, "effect: captype paddr bits dev extra",
                          e->e.slot, &e->e.cap);
    }
}

static void compare_sets(struct replay *r)
{
    struct effects recorded = sorted_set(&r->recorded);
    struct effects computed = sorted_set(&r->computed);

    report_first(r, &recorded, &computed,
                 first_difference(&recorded, &computed, agree_in_set));
    free(recorded.item);
    free(computed.item);
}

void replay_compare_effects(struct replay *r, bool in_order)
{
    size_t i =
        first_difference(&r->recorded, &r->computed, replay_effects_agree);

    if (i == r->recorded.count && i == r->computed.count) {
        r->stats.computed += r->computed.count;
        return;
    }
    if (in_order) {
        report_first(r, &r->recorded, &r->computed, i);
    } else {
        uint64_t before = r->stats.unexplained;

        check_in_themselves(r);
        compare_sets(r);
        if (r->stats.unexplained > before)
            return;
        r->stats.computed += r->computed.count;
    }
}
