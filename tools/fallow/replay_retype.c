/* SPDX-License-Identifier: BSD-2-Clause */
/* R lines. */
#include "replay_int.h"

#include "untyped.h"

#include <stdio.h>
#include <stdlib.h>

static uint64_t units_up(uint64_t bytes, unsigned chunk_bits)
{
    return bits_down(bytes + bits_size(chunk_bits) - 1, chunk_bits);
}

/* Clears down to `target' in chunks of this size, as far as that goes. */
static uint64_t clear_down(struct replay *r, const struct invocation *inv,
                           unsigned chunk_bits, uint64_t target)
{
    struct kernel_params *p = &r->kernel->params;
    uint64_t watermark = slot_word(kernel_slots(r->kernel), inv->slot);
    uint64_t chunks =
        units_up(watermark, chunk_bits) - units_up(target, chunk_bits);
    uint8_t usual = p->chunk_bits;
    uint64_t status;

    p->chunk_bits = (uint8_t)chunk_bits;
    r->hosted->machine.preempt_in = chunks;
    status = replay_invoke(r, inv);
    p->chunk_bits = usual;
    return status;
}

/* Stops where the next line begins: with the usual chunks as far as they go,
 * then with the recorded kernel's smaller ones. */
static uint64_t retype_in_part(struct replay *r, const struct invocation *inv,
                               const struct trace_line *next)
{
    unsigned usual = r->kernel->params.chunk_bits;
    uint64_t watermark = slot_word(kernel_slots(r->kernel), inv->slot);
    uint64_t target, status = TRACE_PREEMPTED;

    if (!next || next->u.retype.free_before >= watermark) {
        r->hosted->machine.preempt_in = 1;
        return replay_invoke(r, inv);
    }
    target = next->u.retype.free_before;
    if (units_up(watermark, usual) > units_up(target, usual))
        status = clear_down(r, inv, usual, target);
    watermark = slot_word(kernel_slots(r->kernel), inv->slot);
    if (status == TRACE_PREEMPTED && units_up(watermark, RECORDED_CHUNK_BITS) >
                                         units_up(target, RECORDED_CHUNK_BITS))
        status = clear_down(r, inv, RECORDED_CHUNK_BITS, target);
    return status;
}

/* Names the destination in one of the two ways there are: by a slot that
 * holds its capability, or as the root itself. */
static bool name_window(struct replay *r, const struct trace_retype *t,
                        uint64_t mr[6], struct invocation *inv)
{
    struct slot_name slot, cnode;
    slotno_t holder = replay_holder(r, t->dest_slot, CAP_CNODE);

    if (holder == SLOT_NIL || !replay_name_slot(r, t->dest_slot, &slot))
        return false;
    mr[4] = slot_at(t->dest_slot - slot_base(r->kernel->regions.slots, holder));
    inv->cap_count = 1;
    if (r->head.number % 2 != 0 &&
        replay_name_slot(r, slot_address(holder), &cnode)) {
        inv->cap[0] = cnode.root;
        mr[2] = cnode.index;
        mr[3] = cnode.depth;
    } else {
        inv->cap[0] = holder;
        mr[2] = 0;
        mr[3] = 0;
    }
    return true;
}

static bool expect_untyped(struct replay *r, const struct trace_retype *t)
{
    struct trace_cap recorded = {
        .type = CAP_UNTYPED,
        .paddr = t->ut_paddr,
        .bits = t->ut_bits,
        .dev = t->ut_dev,
        .extra = t->free_before,
    };

    if (replay_holder(r, t->src_slot, CAP_CNODE) == SLOT_NIL) {
        replay_differ_number(r, r->head.number, "src_slot: in no CNode",
                             TRACE_HEX, t->src_slot, 0);
        return false;
    }
    return replay_expect_cap(
        r, r->head.number,
        "untyped: captype ut_paddr ut_bits ut_dev free_before", t->src_slot,
        &recorded);
}

static void compare_objects(struct replay *r, const struct trace_retype *t)
{
    for (size_t i = 0; i < r->computed.count; i++) {
        const struct effect *e = &r->computed.item[i];

        if (e->kind == TRACE_CREATED) {
            replay_expect_number(r, "first_paddr", TRACE_HEX, t->first_paddr,
                                 e->e.cap.paddr);
            replay_expect_number(r, "objbits", TRACE_DECIMAL, t->objbits,
                                 e->e.cap.bits);
            break;
        }
    }
    replay_compare_effects(r, true);
}

/* ---- Refused ------------------------------------------------------------- */

/* The run does not name the window of a refused Retype.  The checks come in
 * the order type, size, CNode, offset, count, slots in use, memory, device
 * (sel4-abi.md 4.4); so a window with a slot in use shows whether the error
 * depends on it at all. */
enum window {
    WINDOW_IN_USE,
    WINDOW_OVER_END, /* the last slots of the CNode, one too few */
    WINDOW_FREE,
    WINDOW_NO_CNODE, /* an index that leads nowhere */
};

static bool find_free(const struct replay *r, slotno_t first, uint64_t slots,
                      uint64_t count, uint64_t *offset)
{
    uint64_t run = 0;

    for (uint64_t i = 0; i < slots; i++) {
        run = slot_is_empty(r->kernel->regions.slots, first + i) ? run + 1 : 0;
        if (run == count) {
            *offset = i + 1 - count;
            return true;
        }
    }
    return false;
}

/* The same Retype into a window of this kind, in the CNode that holds the
 * untyped's own slot.  UINT64_MAX: there is no such window. */
static uint64_t ask(struct replay *r, const struct trace_retype *t,
                    enum window window)
{
    slotno_t holder = replay_holder(r, t->src_slot, CAP_CNODE);
    struct cap cnode = cap_read(r->kernel->regions.slots, holder);
    uint64_t slots = bits_size(cap_cnode_radix(&cnode));
    uint64_t mr[6] = {t->newtype, t->usersize, 0, 0, 0, t->count};
    struct invocation inv = {
        .slot = slot_at(t->src_slot),
        .label = LABEL_UNTYPED_RETYPE,
        .length = 6,
        .mr = mr,
        .cap_count = 1,
        .cap = {holder},
        .caller = SLOT_NIL,
    };

    switch (window) {
    case WINDOW_IN_USE:
        mr[4] = slot_at(t->src_slot - cnode.base);
        if (t->count > slots - mr[4] && t->count <= slots)
            mr[4] = 0; /* the first slots: src_slot is among them, or later */
        break;
    case WINDOW_OVER_END:
        if (t->count < 2 || t->count > slots)
            return UINT64_MAX;
        mr[4] = slots - t->count + 1;
        break;
    case WINDOW_FREE:
        if (t->count > slots ||
            !find_free(r, slot_at(cnode.base), slots, t->count, &mr[4]))
            return UINT64_MAX;
        break;
    case WINDOW_NO_CNODE:
        mr[2] = slots;
        mr[3] = WORD_BITS;
        break;
    }
    return replay_invoke(r, &inv);
}

static void explain(struct replay *r, uint64_t status, const char *window,
                    uint64_t answer)
{
    struct replay_explanation *x;
    char text[64];

    r->stats.explained[REPLAY_NO_WINDOW]++;
    r->stats.explained_total++;
    if (!r->explanations)
        r->explanations =
            calloc(REPLAY_EXPLANATIONS_MAX, sizeof *r->explanations);
    if (!r->explanations || r->explanation_count == REPLAY_EXPLANATIONS_MAX)
        return;
    x = &r->explanations[r->explanation_count++];
    x->line = r->head.number;
    x->class = REPLAY_NO_WINDOW;
    trace_print_value(TRACE_STATUS, status, x->recorded);
    trace_print_value(TRACE_STATUS, answer, text);
    snprintf(x->computed, sizeof x->computed, "%s %s", text, window);
}

/* Nothing before the window refuses the call: is there a window of which the
 * core says what the real kernel said? */
static void explain_by_window(struct replay *r, const struct trace_retype *t)
{
    uint64_t answer;

    switch (t->status) {
    case ERROR_DELETE_FIRST:
        explain(r, t->status, "for a window with a slot in use",
                ERROR_DELETE_FIRST);
        return;
    case ERROR_RANGE:
        answer = ask(r, t, WINDOW_OVER_END);
        if (answer == t->status)
            explain(r, t->status, "for a window over the CNode's end", answer);
        else
            replay_expect_number(r, "status", TRACE_STATUS, t->status,
                                 ERROR_DELETE_FIRST);
        return;
    case ERROR_FAILED_LOOKUP:
        answer = ask(r, t, WINDOW_NO_CNODE);
        if (answer == t->status)
            explain(r, t->status, "for a window in no CNode", answer);
        else
            replay_expect_number(r, "status", TRACE_STATUS, t->status, answer);
        return;
    default:
        break;
    }
    /* Whatever else it was, the window was free. */
    answer = ask(r, t, WINDOW_FREE);
    replay_expect_number(r, "status", TRACE_STATUS, t->status,
                         answer == UINT64_MAX ? ERROR_DELETE_FIRST : answer);
}

static void retype_refused(struct replay *r, const struct trace_retype *t)
{
    uint64_t answer;

    replay_expect_number(r, "first_paddr", TRACE_HEX, t->first_paddr, 0);
    replay_expect_number(r, "objbits", TRACE_DECIMAL, t->objbits, 0);
    replay_expect_number(r, "reset", TRACE_FLAG, t->reset, 0);
    replay_expect_number(r, "dest_slot", TRACE_HEX, t->dest_slot, 0);
    answer = ask(r, t, WINDOW_IN_USE);
    if (answer == ERROR_DELETE_FIRST)
        explain_by_window(r, t);
    else
        replay_expect_number(r, "status", TRACE_STATUS, t->status, answer);
    replay_compare_effects(r, true);
}

/* ---- The line ---------------------------------------------------------- */

void replay_retype(struct replay *r, const struct trace_line *next)
{
    const struct trace_retype *t = &r->head.u.retype;
    uint64_t mr[6] = {t->newtype, t->usersize, 0, 0, 0, t->count};
    struct invocation inv = {
        .slot = slot_at(t->src_slot),
        .label = LABEL_UNTYPED_RETYPE,
        .length = 6,
        .mr = mr,
        .caller = SLOT_NIL,
    };
    bool preempted = t->status == TRACE_PREEMPTED;
    uint64_t status;

    replay_enter_chain(r, preempted);
    if (!expect_untyped(r, t)) {
        r->chain.open = false;
        return;
    }
    if (t->status != ERROR_NONE && !preempted) {
        retype_refused(r, t);
        return;
    }
    replay_expect_number(r, "reset", TRACE_FLAG, t->reset,
                         !untyped_has_children(r->kernel, inv.slot));
    if (!name_window(r, t, mr, &inv)) {
        replay_differ_number(r, r->head.number, "dest_slot: in no CNode",
                             TRACE_HEX, t->dest_slot, 0);
        r->chain.open = false;
        return;
    }
    if (preempted && r->recorded.count > r->recorded_before)
        replay_differ(r, r->head.number, "effects", "some",
                      "a preempted Retype has only cleared memory");
    if (preempted)
        status = retype_in_part(
            r, &inv, next && replay_same_call(&r->head, next) ? next : NULL);
    else
        status = replay_invoke(r, &inv);
    if (replay_leave_chain(r, t->status, status))
        compare_objects(r, t);
}
