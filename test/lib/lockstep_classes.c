/* SPDX-License-Identifier: BSD-2-Clause */
/* Which of the situations has a sequence met? */
#include "lockstep_classes.h"
#include "objects.h"

const char *run_class_name(enum run_class class)
{
    static const char *const names[RUN_CLASSES] = {
        "embryo of several chunks",
        "embryo finished by another call",
        "embryo deleted half-made",
        "as many objects as a call may make",
        "copy of a copy of an untyped",
        "object as large as its untyped",
        "untyped as large as its parent",
        "run across the watermark",
        "collision strictly inside a run",
        "objects of device memory",
        "CNode that holds itself",
        "CNodes that hold each other",
        "thread that holds a CNode",
        "deletion stopped half-way",
        "zombie left in its own slot 0",
        "deletion of eight slots at once",
        "reply capability saved",
        "interrupt handler deleted",
        "Retype preempted",
        "RetypeAt preempted",
        "RetypeWhole preempted",
        "Revoke preempted",
        "RevokeAt preempted",
        "Delete preempted",
    };

    return names[class];
}

static bool lies_in(const struct spec_cap *a, const struct spec_cap *object)
{
    return a->slot >= spec_first_slot(object) &&
           a->slot - spec_first_slot(object) < spec_slot_count(object);
}

static uint32_t embryos(const struct spec *s)
{
    uint32_t count = 0;

    for (size_t i = 0; i < s->count; i++)
        count += s->caps[i].type == SPEC_EMBRYO;
    return count;
}

/* Two neighbours of one region. */
static void look_at_pair(const struct spec *s, size_t i, uint64_t *classes)
{
    const struct spec_cap *a = &s->caps[i], *b = &s->caps[i + 1];

    if (a->type != SPEC_UNTYPED || !spec_same_list(a, b))
        return;
    if (b->type != SPEC_UNTYPED)
        classes[CLASS_SAME_SIZE]++;
    else if (i + 2 < s->count && s->caps[i + 2].type == SPEC_UNTYPED &&
             spec_same_list(b, &s->caps[i + 2]))
        classes[CLASS_COPY_CHAIN]++;
}

static void look_at_holder(const struct spec *s, const struct spec_cap *a,
                           uint64_t *classes)
{
    if (lies_in(a, a))
        classes[CLASS_SELF]++;
    for (size_t i = 0; i < s->count; i++) {
        const struct spec_cap *b = &s->caps[i];

        if (b->type == SPEC_CNODE && b->base != a->base && lies_in(a, b) &&
            lies_in(b, a))
            classes[CLASS_MUTUAL]++;
        if (b->type == SPEC_TCB && lies_in(a, b))
            classes[CLASS_TCB_CNODE]++;
    }
}

void classes_of_state(const struct lockstep *ls, uint64_t *classes)
{
    const struct spec *s = ls->spec;

    for (size_t i = 0; i < s->count; i++) {
        const struct spec_cap *cap = &s->caps[i];

        if (i + 1 < s->count)
            look_at_pair(s, i, classes);
        if (cap->type == SPEC_EMBRYO &&
            cap->value > UINT64_C(1) << ls->machine.chunk_bits)
            classes[CLASS_EMBRYO_CHUNKS]++;
        if (cap->type == SPEC_CNODE)
            look_at_holder(s, cap, classes);
        if (cap->type != SPEC_ZOMBIE)
            continue;
        if (cap->slot == spec_first_slot(cap))
            classes[CLASS_ZOMBIE_HOME]++;
        else
            classes[CLASS_ZOMBIE]++;
    }
}

static void preempted(const struct lockstep_op *op, uint64_t *classes)
{
    switch (op->label) {
    case LABEL_UNTYPED_RETYPE:
        classes[CLASS_PREEMPTED_RETYPE]++;
        break;
    case LABEL_UNTYPED_RETYPE_AT:
        classes[CLASS_PREEMPTED_RETYPE_AT]++;
        break;
    case LABEL_UNTYPED_RETYPE_WHOLE:
        classes[CLASS_PREEMPTED_RETYPE_WHOLE]++;
        break;
    case LABEL_UNTYPED_REVOKE_AT:
        classes[CLASS_PREEMPTED_REVOKE_AT]++;
        break;
    case LABEL_CNODE_REVOKE:
        classes[CLASS_PREEMPTED_REVOKE]++;
        break;
    default:
        classes[CLASS_PREEMPTED_DELETE]++;
        break;
    }
}

/* A Retype that has made something. */
static void retyped(const struct lockstep *ls, const struct lockstep_op *op,
                    uint64_t *classes)
{
    const struct spec *before = ls->before;
    const struct spec_cap *u = &before->caps[spec_find(before, op->slot)];
    uint64_t count = ls->spec->count - before->count, size, offset = op->mr[6];

    if (count == 0)
        return;
    if (count == ls->machine.fanout)
        classes[CLASS_FANOUT]++;
    if (u->flags & SPEC_DEVICE)
        classes[CLASS_DEVICE]++;
    if (op->mr[0] == OBJECT_UNTYPED && op->mr[1] == u->bits)
        classes[CLASS_SAME_SIZE_UNTYPED]++;
    size = UINT64_C(1) << object_bits(ls->k, op->mr[0], op->mr[1]);
    if (op->label == LABEL_UNTYPED_RETYPE_AT && offset < u->value &&
        offset + count * size > u->value)
        classes[CLASS_ACROSS_WATERMARK]++;
}

static bool meets_any(const struct spec *s, size_t u, uint64_t base,
                      uint64_t size)
{
    for (size_t i = u + 1; i < s->count; i++) {
        const struct spec_cap *cap = &s->caps[i];

        if (spec_contains(&s->caps[u], cap) && cap->base < base + size &&
            base < cap->base + (UINT64_C(1) << cap->bits))
            return true;
    }
    return false;
}

/* A RetypeAt that ran into something. */
static void collided(const struct lockstep *ls, const struct lockstep_op *op,
                     uint64_t *classes)
{
    const struct spec *s = ls->spec;
    size_t u = spec_find(s, op->slot);
    uint64_t size = UINT64_C(1) << object_bits(ls->k, op->mr[0], op->mr[1]);
    uint64_t first = s->caps[u].base + op->mr[6];

    if (!meets_any(s, u, first, size) &&
        !meets_any(s, u, first + (op->mr[5] - 1) * size, size))
        classes[CLASS_INSIDE_RUN]++;
}

void classes_of_call(const struct lockstep *ls, const struct lockstep_op *op,
                     bool again, enum outcome outcome,
                     const struct reply *reply, uint64_t *classes)
{
    uint32_t embryos_before = embryos(ls->before);
    bool retype = op->label == LABEL_UNTYPED_RETYPE ||
                  op->label == LABEL_UNTYPED_RETYPE_AT ||
                  op->label == LABEL_UNTYPED_RETYPE_WHOLE;

    if (outcome == OUTCOME_PREEMPTED) {
        preempted(op, classes);
        return;
    }
    if (reply->label == ERROR_REVOKE_FIRST &&
        op->label == LABEL_UNTYPED_RETYPE_AT)
        collided(ls, op, classes);
    if (reply->label != ERROR_NONE)
        return;
    if (retype)
        retyped(ls, op, classes);
    if (retype && !again && embryos(ls->spec) < embryos_before)
        classes[CLASS_EMBRYO_RESUMED]++;
    if (!retype && embryos(ls->spec) < embryos_before)
        classes[CLASS_EMBRYO_DELETED]++;
    if (op->label == LABEL_CNODE_DELETE &&
        ls->before->count >= ls->spec->count + 8)
        classes[CLASS_NESTED_DELETION]++;
    if (op->label == LABEL_CNODE_SAVE_CALLER && op->caller != SPEC_NO_SLOT &&
        spec_find(ls->before, op->caller) != SPEC_NO_CAP)
        classes[CLASS_REPLY_SAVED]++;
    for (size_t i = 0; i < ls->before->count; i++) {
        const struct spec_cap *cap = &ls->before->caps[i];

        if (cap->type == SPEC_IRQ_HANDLER && op->label == LABEL_CNODE_DELETE &&
            spec_find(ls->spec, cap->slot) == SPEC_NO_CAP)
            classes[CLASS_HANDLER_DELETED]++;
    }
}
