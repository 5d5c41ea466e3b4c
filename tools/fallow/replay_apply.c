/* SPDX-License-Identifier: BSD-2-Clause */
/* What the core cannot compute: I lines, and what happens outside of calls. */
#include "replay_int.h"

#include "objects.h"

/* ---- Stray lines --------------------------------------------------------- */

static void apply_head(struct replay *r, enum replay_place place)
{
    struct replay_applier by = {.place = place};
    struct effect e = {
        .line = r->head.number,
        .kind = r->head.kind,
        .e = r->head.u.effect,
    };

    replay_apply_effects(r, &by, &e, 1);
}

void replay_apply_boot(struct replay *r)
{
    apply_head(r, PLACE_BOOT);
}

void replay_apply_stray(struct replay *r)
{
    apply_head(r, PLACE_IPC);
}

/* ---- I lines ------------------------------------------------------------- */

/* Slots that a call can change. */
#define SPACE  (1u << TCB_CSPACE | 1u << TCB_VSPACE)
#define BUFFER (1u << TCB_BUFFER)

static const struct {
    uint8_t type; /* of the invoked capability, where the call succeeds */
    uint8_t place;
    uint8_t slots; /* of the TCB: bits */
} labels[TRACE_LABELS] = {
    [TRACE_PAGE_MAP] = {CAP_FRAME, PLACE_NONE, 0},
    [TRACE_PAGE_UNMAP] = {CAP_FRAME, PLACE_NONE, 0},
    [TRACE_PAGE_GET_ADDRESS] = {CAP_FRAME, PLACE_NONE, 0},
    [TRACE_PAGE_TABLE_MAP] = {CAP_PAGE_TABLE, PLACE_NONE, 0},
    [TRACE_PAGE_TABLE_UNMAP] = {CAP_PAGE_TABLE, PLACE_NONE, 0},
    [TRACE_ASID_CONTROL_MAKE_POOL] = {CAP_ASID_CONTROL, PLACE_CNODE, 0},
    [TRACE_ASID_POOL_ASSIGN] = {CAP_ASID_POOL, PLACE_NONE, 0},
    [TRACE_TCB_READ_REGISTERS] = {CAP_TCB, PLACE_REPLY, 0},
    [TRACE_TCB_WRITE_REGISTERS] = {CAP_TCB, PLACE_REPLY, 0},
    [TRACE_TCB_COPY_REGISTERS] = {CAP_TCB, PLACE_REPLY, 0},
    [TRACE_TCB_CONFIGURE] = {CAP_TCB, PLACE_THREAD, SPACE | BUFFER},
    [TRACE_TCB_SET_PRIORITY] = {CAP_TCB, PLACE_NONE, 0},
    [TRACE_TCB_SET_MC_PRIORITY] = {CAP_TCB, PLACE_NONE, 0},
    [TRACE_TCB_SET_SCHED_PARAMS] = {CAP_TCB, PLACE_NONE, 0},
    [TRACE_TCB_SET_IPC_BUFFER] = {CAP_TCB, PLACE_THREAD, BUFFER},
    [TRACE_TCB_SET_SPACE] = {CAP_TCB, PLACE_THREAD, SPACE},
    [TRACE_TCB_SUSPEND] = {CAP_TCB, PLACE_REPLY, 0},
    [TRACE_TCB_RESUME] = {CAP_TCB, PLACE_REPLY, 0},
    [TRACE_TCB_BIND_NOTIFICATION] = {CAP_TCB, PLACE_NONE, 0},
    [TRACE_TCB_UNBIND_NOTIFICATION] = {CAP_TCB, PLACE_NONE, 0},
    [TRACE_TCB_SET_TLS_BASE] = {CAP_TCB, PLACE_NONE, 0},
    [TRACE_TCB_SET_FLAGS] = {CAP_TCB, PLACE_NONE, 0},
    [TRACE_IRQ_ISSUE_HANDLER] = {CAP_IRQ_CONTROL, PLACE_CNODE, 0},
    [TRACE_IRQ_ACK] = {CAP_IRQ_HANDLER, PLACE_NONE, 0},
    [TRACE_IRQ_SET_HANDLER] = {CAP_IRQ_HANDLER, PLACE_NONE, 0},
    [TRACE_IRQ_CLEAR_HANDLER] = {CAP_IRQ_HANDLER, PLACE_NONE, 0},
    [TRACE_IRQ_ISSUE_HANDLER_TRIGGER] = {CAP_IRQ_CONTROL, PLACE_CNODE, 0},
    [TRACE_DOMAIN_SET] = {CAP_DOMAIN, PLACE_NONE, 0},
    [TRACE_DOMAIN_CONFIGURE] = {CAP_DOMAIN, PLACE_NONE, 0},
    [TRACE_DOMAIN_SET_START] = {CAP_DOMAIN, PLACE_NONE, 0},
};

/* What the call did to the invoked capability itself. */
static void apply_mapping(struct replay *r, const struct trace_invoke *v)
{
    struct slot *slots = kernel_slots(r->kernel);
    slotno_t i = slot_at(v->slot);
    uint8_t rights = slot_rights(slots, i);

    switch (v->label) {
    case TRACE_PAGE_MAP:
        if (rights & CAP_MAPPED)
            return; /* at the same address, with other rights */
        slot_set_word(slots, i, bits_up(ASID_UNKNOWN, CAP_MAPPED_ADDRESS_BITS));
        break;
    case TRACE_PAGE_UNMAP:
    case TRACE_PAGE_TABLE_UNMAP:
        if (!(rights & CAP_MAPPED))
            return;
        slot_set_word(slots, i, 0);
        slot_set_rights(slots, i, rights & (uint8_t)~CAP_MAPPED);
        replay_count_applied(r, &r->stats.applied_mappings);
        return;
    case TRACE_PAGE_TABLE_MAP:
        if (rights & CAP_MAPPED)
            replay_differ(r, r->head.number, "status", "ok",
                          "the page table is mapped already");
        break;
    case TRACE_ASID_POOL_ASSIGN:
        r->tables_mapped++;
        return;
    default:
        return;
    }
    slot_set_rights(slots, i, rights | CAP_MAPPED);
    replay_count_applied(r, &r->stats.applied_mappings);
}

/* The only error that a call can have on a capability that does not answer
 * it, or ERROR_NONE where it does (sel4-abi.md 1.3, 4.6-4.11). */
static enum error mismatch(const struct trace_invoke *v)
{
    if (v->cap.type == CAP_NULL || v->cap.type == CAP_ZOMBIE)
        return ERROR_INVALID_CAPABILITY;
    if (v->label >= TRACE_LABEL_NUMBER || labels[v->label].type != v->cap.type)
        return ERROR_ILLEGAL_OPERATION;
    return ERROR_NONE;
}

/* Calls that succeed whenever the capability answers them. */
static bool never_fails(uint64_t label)
{
    return label == TRACE_PAGE_UNMAP || label == TRACE_PAGE_GET_ADDRESS ||
           label == TRACE_IRQ_ACK || label == TRACE_IRQ_CLEAR_HANDLER;
}

/* Is this an answer that the call can have, with so many effects? */
static bool is_possible(struct replay *r, const struct trace_invoke *v,
                        size_t effects)
{
    bool succeeds = v->status == ERROR_NONE || v->status == TRACE_PREEMPTED;
    enum error only = mismatch(v);

    if (v->status == TRACE_LOOKUP_FAULT)
        succeeds = false;
    else if (only != ERROR_NONE || (never_fails(v->label) && !succeeds))
        succeeds =
            replay_expect_number(r, "status", TRACE_STATUS, v->status, only) &&
            succeeds;
    if (!succeeds && effects > 0)
        replay_differ(r, r->head.number, "effects", "some",
                      "a refused call has none");
    if (succeeds && v->status == ERROR_NONE &&
        labels[v->label].place == PLACE_CNODE && effects != 1) {
        replay_differ(r, r->head.number, "effects", "not one",
                      "one new capability");
        return false;
    }
    return succeeds;
}

void replay_apply_invocation(struct replay *r)
{
    const struct trace_invoke *v = &r->head.u.invoke;
    size_t effects = r->recorded.count - r->recorded_before;
    struct replay_applier by = {.tcb = v->cap.paddr};

    replay_enter_chain(r, v->status == TRACE_PREEMPTED);
    if (!replay_expect_cap(r, r->head.number, "captype paddr bits dev extra",
                           v->slot, &v->cap) ||
        !is_possible(r, v, effects))
        return;
    by.place = labels[v->label].place;
    by.slots = labels[v->label].slots;
    replay_apply_effects(r, &by, r->recorded.item + r->recorded_before,
                         effects);
    if (v->status == ERROR_NONE)
        apply_mapping(r, v);
}
