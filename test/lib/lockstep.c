/* SPDX-License-Identifier: BSD-2-Clause */
/* Runs each call on both sides. */
#include "lockstep.h"
#include "objects.h"

#include <stdlib.h>
#include <string.h>

#define TIES_MAX 4u /* ambiguous choices that are tried out */

static void observe(void *context, struct kernel *k, enum arch_event event,
                    slotno_t a, slotno_t b)
{
    struct lockstep *ls = context;

    (void)k;
    if (event == ARCH_EVENT_CREATED || event == ARCH_EVENT_DERIVED) {
        ls->kernel_count++;
        return;
    }
    (void)b;
    if (event == ARCH_EVENT_EMPTIED)
        ls->kernel_count--;
    if (event != ARCH_EVENT_EMPTIED && event != ARCH_EVENT_FINAL &&
        event != ARCH_EVENT_SWAPPED)
        return;
    if (ls->event_count == ls->event_room) {
        ls->event_room = ls->event_room ? 2 * ls->event_room : 64;
        ls->events = realloc(ls->events, ls->event_room * sizeof ls->events[0]);
        KERNEL_ASSERT(ls->events != NULL);
    }
    ls->events[ls->event_count++] = (struct lockstep_event){event, (uint32_t)a};
}

static void describe_machine(struct lockstep *ls, const struct kernel_params *p,
                             uint64_t ram_bytes)
{
    struct spec_machine *m = &ls->machine;

    *m = (struct spec_machine){
        .ram_bytes = ram_bytes,
        .chunk_bits = p->chunk_bits,
        .untyped_bits_min = p->untyped_bits_min,
        .untyped_bits_max = p->untyped_bits_max,
        .object_types = p->object_types,
        .fanout = p->fanout,
        .generation3 = p->generation3,
        .irq_slots = (uint32_t)p->irq_slots,
        .irq_count = p->irq_count,
    };
    for (unsigned i = 0; i < p->object_types; i++) {
        struct cap cap = {.type = p->objects[i].cap_type};

        m->objects[i].type = lockstep_spec_cap_(ls, &cap, 0).type;
        m->objects[i].bits = p->objects[i].bits;
    }
}

bool lockstep_create(struct lockstep *ls, const struct kernel_params *params,
                     uint64_t ram_bytes, unsigned radix)
{
    struct cap root = {
        .type = CAP_CNODE,
        .bits = (uint8_t)(radix + SLOT_BITS),
        .word = WORD_BITS - radix,
    };

    memset(ls, 0, sizeof *ls);
    ls->hosted = hosted_create(params, 0, ram_bytes);
    if (!ls->hosted)
        return false;
    ls->k = &ls->hosted->kernel;
    ls->hosted->machine.observer = observe;
    ls->hosted->machine.observer_context = ls;
    describe_machine(ls, params, ram_bytes);
    ls->spec = malloc(sizeof *ls->spec);
    ls->before = malloc(sizeof *ls->before);
    ls->ram_before = malloc(ram_bytes);
    ls->pattern = malloc(ram_bytes);
    ls->skip = calloc(ram_bytes / SPEC_UNIT_BYTES / 64 + 1, 8);
    KERNEL_ASSERT(ls->spec && ls->before && ls->ram_before && ls->pattern &&
                  ls->skip);
    for (uint64_t at = 0; at < ram_bytes; at++)
        ls->pattern[at] = (uint8_t)(at % 251 + 1); /* never zero */
    spec_init(ls->spec, &ls->machine);
    lockstep_fill_(ls, 0, ram_bytes);
    /* Boot's own memory is zero before it holds anything. */
    for (uint32_t i = 0; i < params->irq_count; i++)
        slot_clear(kernel_slots(ls->k), params->irq_slots + i);
    lockstep_boot(ls, 2, &root);
    return true;
}

void lockstep_destroy(struct lockstep *ls)
{
    hosted_destroy(ls->hosted);
    free(ls->spec);
    free(ls->before);
    free(ls->ram_before);
    free(ls->pattern);
    free(ls->skip);
    free(ls->events);
    memset(ls, 0, sizeof *ls);
}

/* The memory of an object that exists from boot on. */
static void clear_object(struct lockstep *ls, const struct cap *cap)
{
    if (!cap_type_is_memory(cap->type) || cap->type == CAP_UNTYPED ||
        (cap->rights & CAP_DEVICE))
        return;
    memset(ls->hosted->machine.window + cap->base, 0, bits_size(cap->bits));
    for (paddr_t at = cap->base; at < cap->base + bits_size(cap->bits);
         at += SPEC_UNIT_BYTES) {
        uint64_t unit = at / SPEC_UNIT_BYTES;

        ls->spec->dirty[unit / 64] &= ~(UINT64_C(1) << unit % 64);
    }
}

void lockstep_boot(struct lockstep *ls, slotno_t slot, const struct cap *cap)
{
    struct spec_cap c = lockstep_spec_cap_(ls, cap, slot);

    clear_object(ls, cap);
    kernel_insert_boot_cap(ls->k, slot, cap);
    spec_insert_original(ls->spec, &c);
}

void lockstep_derive(struct lockstep *ls, slotno_t source, slotno_t slot,
                     const struct cap *cap)
{
    struct slot *slots = kernel_slots(ls->k);
    struct spec_cap c = lockstep_spec_cap_(ls, cap, slot);
    uint8_t flags = 0;

    if (cap_is_revocable(slots, source, cap))
        flags = SLOT_REVOCABLE + SLOT_FIRST_BADGED;
    cap_write(slots, slot, cap);
    regions_insert_after(&ls->k->regions, source, slot);
    slot_set_flags(slots, slot, flags);
    spec_insert_derived(ls->spec, (uint32_t)source, &c);
}

void lockstep_start_thread(struct lockstep *ls, const struct cap *tcb)
{
    slotno_t slot = slot_at(tcb->base) + TCB_REPLY;
    struct spec_cap c;
    struct cap cap;

    if (spec_find(ls->spec, (uint32_t)slot) != SPEC_NO_CAP)
        return;
    reply_setup_master(ls->k, tcb->base, tcb->bits);
    cap = cap_read(kernel_slots(ls->k), slot);
    c = lockstep_spec_cap_(ls, &cap, slot);
    spec_insert_original(ls->spec, &c);
}

void lockstep_write(struct lockstep *ls, paddr_t base, uint64_t bytes)
{
    lockstep_fill_(ls, base, bytes);
    spec_write(ls->spec, base, bytes);
}

/* Where in the kernel's events, from the cursor on, is a slot first mentioned
 * of [first, first + count)?  swaps: also as what a zombie is sent home
 * from, which happens to the slots of zombies only. */
static size_t mention(const struct lockstep *ls, uint32_t first, uint32_t count,
                      bool swaps)
{
    for (size_t i = ls->cursor; i < ls->event_count; i++)
        if (ls->events[i].slot >= first && ls->events[i].slot - first < count &&
            (swaps || ls->events[i].event != ARCH_EVENT_SWAPPED))
            return i;
    return SIZE_MAX;
}

/* When did the kernel begin to delete this one? */
static size_t began(const struct lockstep *ls, const struct spec_cap *cap)
{
    size_t self = mention(ls, cap->slot, 1, false), inside;

    if (cap->type != SPEC_ZOMBIE)
        return self;
    inside = mention(ls, spec_first_slot(cap), (uint32_t)cap->value, true);
    return inside < self ? inside : self;
}

/* Has the kernel taken an empty slot off a zombie, and no more?  There is no
 * event for that. */
static bool has_shrunk(const struct lockstep *ls, const struct spec_cap *cap)
{
    return cap->type == SPEC_ZOMBIE &&
           slot_word(ls->k->regions.slots, cap->slot) != cap->value;
}

/* Can the kernel have deleted this one next, going by its events? */
static bool is_possible(const struct lockstep *ls, const struct spec_cap *cap,
                        size_t *at)
{
    *at = began(ls, cap);
    return *at != SIZE_MAX || has_shrunk(ls, cap);
}

/* spec_run's question: the one that the kernel began with first.  Where two
 * are as early, the tie is broken by a bit of tie_choice, and the caller tries
 * both. */
static size_t choose(void *context, const struct spec *s,
                     const uint16_t *candidates, size_t count)
{
    struct lockstep *ls = context;
    size_t best = 0, best_at = SIZE_MAX, at;
    bool found = false;

    /* As many events as the specification has got through. */
    ls->cursor = s->emptied + s->finals + s->swaps - ls->before->emptied -
                 ls->before->finals - ls->before->swaps;
    for (size_t i = 0; i < count; i++)
        if (is_possible(ls, &s->caps[candidates[i]], &at) &&
            (!found || at < best_at)) {
            best = i;
            best_at = at;
            found = true;
        }
    for (size_t i = best + 1; i < count && found && ls->ties < TIES_MAX; i++)
        if (is_possible(ls, &s->caps[candidates[i]], &at) && at == best_at &&
            ls->tie_choice >> ls->ties++ & 1)
            best = i;
    return best;
}

/* spec_run's other question: is this where the kernel is? */
static bool stop(void *context, const struct spec *s)
{
    struct lockstep *ls = context;

    return s->count == ls->kernel_count && lockstep_same_caps_(ls, s, false);
}

/* The specification's side.  True: it could end as the kernel did. */
static bool run_spec(struct lockstep *ls, const struct invocation *inv,
                     enum outcome outcome, struct spec_reply *reply)
{
    struct spec_call call = {
        .slot = (uint32_t)inv->slot,
        .label = inv->label,
        .length = inv->length,
        .mr = inv->mr,
        .cap_count = inv->cap_count,
        .caller =
            inv->caller == SLOT_NIL ? SPEC_NO_SLOT : (uint32_t)inv->caller,
    };
    struct spec_run run = {
        .stop = outcome == OUTCOME_PREEMPTED ? stop : NULL,
        .choose = choose,
        .context = ls,
    };
    enum spec_outcome spec_outcome;

    for (uint32_t i = 0; i < inv->cap_count; i++)
        call.cap[i] = (uint32_t)inv->cap[i];
    ls->ties = 0;
    spec_outcome = spec_invoke(ls->spec, &call, reply, &run);
    if ((spec_outcome == SPEC_STOPPED) != (outcome == OUTCOME_PREEMPTED))
        return false;
    return stop(ls, ls->spec);
}

static void run_spec_with_ties(struct lockstep *ls,
                               const struct invocation *inv,
                               enum outcome outcome, struct spec_reply *reply)
{
    ls->tie_choice = 0;
    if (run_spec(ls, inv, outcome, reply) || ls->ties == 0)
        return;
    ls->ambiguous++;
    for (uint32_t choice = 1; choice < 1u << TIES_MAX; choice++) {
        spec_copy(ls->spec, ls->before);
        ls->tie_choice = choice;
        if (run_spec(ls, inv, outcome, reply))
            return;
    }
}

static bool same_reply(struct lockstep *ls, const struct reply *got,
                       const struct spec_reply *want)
{
    if (got->label != want->label || got->length != want->length)
        return lockstep_differ_(ls,
                                "answer %s with %u words, must be %s with %u",
                                lockstep_error_name(got->label), got->length,
                                lockstep_error_name(want->label), want->length);
    for (uint32_t i = 0; i < want->length; i++)
        if (got->mr[i] != want->mr[i])
            return lockstep_differ_(
                ls, "answer %s: MR%u is 0x%lx, must be 0x%lx",
                lockstep_error_name(got->label), i, got->mr[i], want->mr[i]);
    return true;
}

/* Memory that may be non-zero from now on holds its pattern. */
static void fill_new_dirt(struct lockstep *ls)
{
    uint64_t units = ls->machine.ram_bytes / SPEC_UNIT_BYTES;

    for (uint64_t i = 0; i < (units + 63) / 64; i++) {
        uint64_t fresh = ls->spec->dirty[i] & ~ls->before->dirty[i];

        for (unsigned n = 0; fresh >> n != 0; n++) {
            if (fresh >> n & 1)
                lockstep_fill_(ls, (64 * i + n) * SPEC_UNIT_BYTES,
                               SPEC_UNIT_BYTES);
            if (n == 63)
                break;
        }
    }
}

static void count(struct lockstep *ls, const struct invocation *inv,
                  const struct reply *reply)
{
    ls->hits[lockstep_label_index(inv->label)][reply->label]++;
    if (reply->label == ERROR_FAILED_LOOKUP)
        ls->lookup_errors[reply->mr[1]]++;
}

bool lockstep_call(struct lockstep *ls, const struct invocation *inv,
                   uint64_t preempt_in, struct reply *reply,
                   enum outcome *outcome)
{
    struct machine *m = &ls->hosted->machine;
    uint64_t asked = m->preempt_asked;
    slotno_t root = ls->k->regions.root;
    struct spec_reply want;

    ls->calls++;
    ls->event_count = 0;
    ls->kernel_count = ls->spec->count;
    spec_copy(ls->before, ls->spec);
    memcpy(ls->ram_before, m->window, ls->machine.ram_bytes);
    memset(reply, 0xa5, sizeof *reply);
    m->preempt_in = preempt_in;
    *outcome = invoke(ls->k, inv, reply);
    m->preempt_in = 0;
    ls->preempt_asked = m->preempt_asked - asked;
    ls->preempted += *outcome == OUTCOME_PREEMPTED;

    run_spec_with_ties(ls, inv, *outcome, &want);
    if (*outcome == OUTCOME_PREEMPTED && !stop(ls, ls->spec))
        return lockstep_differ_(ls, "preempted in a state that no step leads "
                                    "to");
    fill_new_dirt(ls);
    if (*outcome == OUTCOME_DONE) {
        if (!same_reply(ls, reply, &want))
            return false;
        count(ls, inv, reply);
        if (reply->label != ERROR_NONE &&
            (memcmp(ls->ram_before, m->window, ls->machine.ram_bytes) != 0 ||
             ls->k->regions.root != root))
            return lockstep_differ_(ls, "the refused call changed something");
    }
    return lockstep_compare(ls);
}

void lockstep_restore(struct lockstep *ls, const struct spec *spec,
                      const void *ram, slotno_t root)
{
    spec_copy(ls->spec, spec);
    memcpy(ls->hosted->machine.window, ram, ls->machine.ram_bytes);
    ls->k->regions.root = root;
    ls->k->slots_emptied = spec->emptied;
    ls->k->finality_tests = spec->finals;
    ls->hosted->machine.unmapped = spec->unmapped;
}
