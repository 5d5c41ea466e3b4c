/* SPDX-License-Identifier: BSD-2-Clause */
/* How capabilities are related (sel4-abi.md 5.3 and 5.4), and what becomes
 * of them in a copy (4.5, 5.5). */
#include "private.h"

/* "a covers b", for a b that follows a. */
static bool covers(const struct spec_cap *a, const struct spec_cap *b)
{
    switch (a->type) {
    case SPEC_UNTYPED:
        return spec_contains(a, b);
    case SPEC_ENDPOINT:
    case SPEC_NOTIFICATION:
    case SPEC_TCB:
    case SPEC_PAGE_TABLE:
    case SPEC_ASID_POOL:
    case SPEC_REPLY:
        return b->type == a->type && b->base == a->base;
    case SPEC_CNODE:
        return b->type == a->type && b->base == a->base && b->bits == a->bits;
    case SPEC_FRAME:
        return b->type == a->type && spec_contains(a, b);
    case SPEC_DOMAIN:
    case SPEC_ASID_CONTROL:
        return b->type == a->type;
    case SPEC_IRQ_CONTROL:
        return b->type == SPEC_IRQ_CONTROL || b->type == SPEC_IRQ_HANDLER;
    case SPEC_IRQ_HANDLER:
        return b->type == a->type && b->value == a->value;
    default: /* zombie, embryo */
        return false;
    }
}

bool spec_is_parent_(const struct spec_cap *a, const struct spec_cap *b)
{
    if (!(a->flags & SPEC_REVOCABLE) || !covers(a, b))
        return false;
    if (a->type == SPEC_ENDPOINT || a->type == SPEC_NOTIFICATION)
        return a->value == 0 ||
               (a->value == b->value && !(b->flags & SPEC_FIRST_BADGED));
    return true;
}

/* Only the capability that follows directly need be asked. */
bool spec_has_children(const struct spec *s, size_t i)
{
    return i + 1 < s->count && spec_is_parent_(&s->caps[i], &s->caps[i + 1]);
}

static bool same_object(const struct spec_cap *a, const struct spec_cap *b)
{
    if (a->type != b->type || a->type == SPEC_UNTYPED ||
        a->type == SPEC_IRQ_CONTROL)
        return false;
    if (spec_is_memory(a->type))
        return a->base == b->base && a->bits == b->bits;
    if (a->type == SPEC_REPLY)
        return a->base == b->base;
    if (a->type == SPEC_IRQ_HANDLER)
        return a->value == b->value;
    return true;
}

bool spec_is_final_(const struct spec *s, size_t i)
{
    if (i > 0 && same_object(&s->caps[i - 1], &s->caps[i]))
        return false;
    return i + 1 == s->count || !same_object(&s->caps[i], &s->caps[i + 1]);
}

bool spec_is_revocable_(const struct spec_cap *source,
                        const struct spec_cap *derived)
{
    switch (derived->type) {
    case SPEC_ENDPOINT:
    case SPEC_NOTIFICATION:
        return derived->value != source->value;
    case SPEC_UNTYPED:
        return true;
    case SPEC_IRQ_HANDLER:
        return source->type == SPEC_IRQ_CONTROL;
    default:
        return false;
    }
}

struct spec_cap spec_mask_(struct spec_cap cap, uint64_t rights)
{
    switch (cap.type) {
    case SPEC_ENDPOINT:
        cap.rights &= rights & SPEC_ALL_RIGHTS;
        break;
    case SPEC_NOTIFICATION:
        cap.rights &= rights & (SPEC_READ | SPEC_WRITE);
        break;
    case SPEC_FRAME: /* read-write, read-only, or the kernel's alone */
        if (!(rights & SPEC_READ))
            cap.rights = 0;
        else if (!(rights & SPEC_WRITE))
            cap.rights &= SPEC_READ;
        break;
    default:
        break;
    }
    return cap;
}

static struct spec_cap none(void)
{
    return (struct spec_cap){.type = SPEC_EMPTY};
}

struct spec_cap spec_update_(struct spec_cap cap, uint64_t data, bool preserve)
{
    uint64_t radix;

    switch (cap.type) {
    case SPEC_EMBRYO:
        return none();
    case SPEC_ENDPOINT:
    case SPEC_NOTIFICATION:
        if (preserve || cap.value != 0)
            return none();
        cap.value = data;
        return cap;
    case SPEC_CNODE:
        radix = cap.bits - SPEC_SLOT_BITS;
        cap.guard_bits = data % 64;
        if (cap.guard_bits + radix > SPEC_WORD_BITS)
            return none();
        cap.value = data / 64 % (UINT64_C(1) << cap.guard_bits);
        return cap;
    default:
        return cap;
    }
}

/* *cap is what a copy of caps[i] would be so far; it becomes what the copy
 * is, or of type SPEC_EMPTY.  Returns the error. */
uint32_t spec_derive_(const struct spec *s, size_t i, struct spec_cap *cap)
{
    switch (cap->type) {
    case SPEC_UNTYPED:
        return spec_has_children(s, i) ? SPEC_REVOKE_FIRST : SPEC_NO_ERROR;
    case SPEC_ZOMBIE:
    case SPEC_EMBRYO:
    case SPEC_IRQ_CONTROL:
    case SPEC_REPLY:
        *cap = none();
        return SPEC_NO_ERROR;
    case SPEC_PAGE_TABLE:
        return cap->flags & SPEC_MAPPED ? SPEC_NO_ERROR
                                        : SPEC_ILLEGAL_OPERATION;
    case SPEC_FRAME:
        cap->flags &= (uint8_t)~SPEC_MAPPED;
        cap->value = 0;
        return SPEC_NO_ERROR;
    default:
        return SPEC_NO_ERROR;
    }
}
