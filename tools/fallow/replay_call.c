/* SPDX-License-Identifier: BSD-2-Clause */
/* R and C lines: the same calls to the core, by message, and what both kernels
 * made of them.
 *
 * A preempted line says where the real kernel stopped, and so the core is
 * stopped there too: at that watermark of a Retype's untyped, at that number
 * of slots left of a Delete's zombie, after that many slots emptied by a
 * Revoke.  Then every line of such a call is compared by itself; only of a
 * Revoke the sums, for it may take its descendants in another order.  */
#include "replay_int.h"

#include "invoke.h"

#include <string.h>

uint64_t replay_invoke(struct replay *r, const struct invocation *inv)
{
    struct reply reply = {0};
    enum outcome outcome;

    r->recording = true;
    outcome = invoke(r->kernel, inv, &reply);
    r->recording = false;
    r->hosted->machine.preempt_in = 0;
    return outcome == OUTCOME_PREEMPTED ? TRACE_PREEMPTED : reply.label;
}

static bool same_retype(const struct trace_retype *a,
                        const struct trace_retype *b)
{
    struct trace_retype as_a = *b;

    as_a.free_before = a->free_before;
    as_a.status = a->status;
    return memcmp(a, &as_a, sizeof as_a) == 0;
}

static bool same_cnode(const struct trace_cnode *a, const struct trace_cnode *b)
{
    return a->op == b->op && a->dest_slot == b->dest_slot &&
           a->src_slot == b->src_slot && a->pivot_slot == b->pivot_slot &&
           a->arg1 == b->arg1 && a->arg2 == b->arg2;
}

bool replay_same_call(const struct trace_line *a, const struct trace_line *b)
{
    if (a->kind != b->kind)
        return false;
    if (a->kind == TRACE_RETYPE)
        return same_retype(&a->u.retype, &b->u.retype);
    if (a->kind == TRACE_INVOKE)
        return a->u.invoke.label == b->u.invoke.label &&
               a->u.invoke.slot == b->u.invoke.slot;
    return a->kind == TRACE_CNODE && same_cnode(&a->u.cnode, &b->u.cnode);
}

/* ---- Chains of preempted lines ------------------------------------------- */

/* Before a call: does it go on with the one that was preempted? */
void replay_enter_chain(struct replay *r, bool preempted)
{
    bool counts = preempted && r->head.kind != TRACE_INVOKE;

    r->stats.preempted += counts;
    if (r->chain.open && !replay_same_call(&r->chain.first, &r->head)) {
        replay_differ(r, r->head.number, "call",
                      "another call while a preempted one was to go on",
                      "the same call once more");
        r->chain.open = false;
        /* What the broken call did is nobody's to compare. */
        r->recorded.count -= r->recorded_before;
        if (r->recorded.count > 0)
            memmove(r->recorded.item, r->recorded.item + r->recorded_before,
                    r->recorded.count * sizeof *r->recorded.item);
        r->computed.count = 0;
    }
    if (!r->chain.open) {
        r->chain = (struct chain){.first = r->head};
        r->stats.chains += counts;
    }
    r->chain.lines++;
    r->chain.open = preempted;
}

/* After it: true if effects can be compared now. */
bool replay_leave_chain(struct replay *r, uint64_t recorded_status,
                        uint64_t status)
{
    if (!replay_expect_number(r, "status", TRACE_STATUS, recorded_status,
                              status)) {
        r->chain.open = false;
        return false;
    }
    return !r->chain.open;
}
