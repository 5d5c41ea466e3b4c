/* SPDX-License-Identifier: BSD-2-Clause */
/* The domain capability (sel4-abi.md 4.8). */
#include "invocations.h"
#include "sched.h"

static enum error decode_set(const struct kernel *k,
                             const struct invocation *inv, struct reply *err)
{
    if (inv->length == 0)
        return error_plain(err, ERROR_TRUNCATED_MESSAGE);
    if (inv->mr[0] >= k->params.domain_count)
        return error_argument(err, 0);
    if (inv->cap_count < 1)
        return error_plain(err, ERROR_TRUNCATED_MESSAGE);
    if (slot_type(k->regions.slots, inv->cap[0]) != CAP_TCB)
        return error_argument(err, 1);
    return ERROR_NONE;
}

/* The schedule's last entry stays an end marker, and its start none. */
static enum error decode_configure(const struct kernel *k,
                                   const struct invocation *inv,
                                   struct reply *err)
{
    uint64_t index, domain, duration;

    if (inv->length < 3)
        return error_plain(err, ERROR_TRUNCATED_MESSAGE);
    index = inv->mr[0];
    domain = inv->mr[1];
    duration = inv->mr[2];
    if (index >= k->params.schedule_length - 1u)
        return error_range(err, 0, k->params.schedule_length - 2u);
    if (domain >= k->params.domain_count)
        return error_range(err, 0, k->params.domain_count - 1u);
    if (duration >= SCHED_DURATION_LIMIT)
        return error_argument(err, 2);
    if (duration == 0 && domain != 0)
        return error_argument(err, 1);
    if (duration == 0 && index == k->tables->schedule_start)
        return error_argument(err, 2);
    return ERROR_NONE;
}

static enum error decode_set_start(const struct kernel *k,
                                   const struct invocation *inv,
                                   struct reply *err)
{
    if (inv->length < 1)
        return error_plain(err, ERROR_TRUNCATED_MESSAGE);
    if (inv->mr[0] >= k->params.schedule_length)
        return error_range(err, 0, k->params.schedule_length - 1u);
    if (k->tables->schedule[inv->mr[0]].duration == 0)
        return error_argument(err, 0);
    return ERROR_NONE;
}

static enum error decode(const struct kernel *k, const struct invocation *inv,
                         struct reply *err)
{
    switch (inv->label) {
    case LABEL_DOMAIN_SET:
        return decode_set(k, inv, err);
    case LABEL_DOMAIN_SCHEDULE_CONFIGURE:
        return decode_configure(k, inv, err);
    case LABEL_DOMAIN_SCHEDULE_SET_START:
        return decode_set_start(k, inv, err);
    default:
        return error_plain(err, ERROR_ILLEGAL_OPERATION);
    }
}

static void commit(struct kernel *k, const struct invocation *inv)
{
    struct domain_entry *entry;

    switch (inv->label) {
    case LABEL_DOMAIN_SET:
        sched_set_domain(k, slot_base(kernel_slots(k), inv->cap[0]),
                         (uint8_t)inv->mr[0]);
        break;
    case LABEL_DOMAIN_SCHEDULE_CONFIGURE:
        entry = &k->tables->schedule[inv->mr[0]];
        entry->domain = (uint8_t)inv->mr[1];
        entry->duration = inv->mr[2];
        break;
    default:
        sched_set_start(k, (uint32_t)inv->mr[0]);
        break;
    }
}

enum outcome domain_invoke(struct kernel *k, const struct invocation *inv,
                           struct reply *reply)
{
    if (decode(k, inv, reply) == ERROR_NONE) {
        commit(k, inv);
        error_none(reply);
    }
    return OUTCOME_DONE;
}
