/* SPDX-License-Identifier: BSD-2-Clause */
/* Capabilities as values: written and read back, masked, given data
 * (sel4-abi.md 4.5), and the parent test between neighbours (5.4). */
#include "cap.h"
#include "seed.h"

static struct slot slots[2];

static const uint8_t types[] = {
    CAP_FRAME,  CAP_UNTYPED,      CAP_PAGE_TABLE,  CAP_ENDPOINT,
    CAP_CNODE,  CAP_NOTIFICATION, CAP_REPLY,       CAP_ASID_CONTROL,
    CAP_TCB,    CAP_ASID_POOL,    CAP_IRQ_CONTROL, CAP_IRQ_HANDLER,
    CAP_ZOMBIE, CAP_DOMAIN,       CAP_EMBRYO};

#define TYPES (sizeof types)

static bool same(const struct cap *a, const struct cap *b)
{
    return a->base == b->base && a->word == b->word && a->bits == b->bits &&
           a->type == b->type && a->rights == b->rights;
}

static void round_trip(struct seed *s)
{
    bool holds = true;

    for (unsigned i = 0; i < 20000; i++) {
        struct cap in = {
            .base = seed_below(s, UINT64_C(1) << 40) * 16,
            .word = seed_next(s),
            .bits = (uint8_t)seed_below(s, 45),
            .type = types[seed_below(s, TYPES)],
            .rights = (uint8_t)seed_next(s),
        };
        struct cap out;

        cap_write(slots, i % 2, &in);
        out = cap_read(slots, i % 2);
        holds &= same(&in, &out);
    }
    tap_ok(holds, "what is written is read, 20000 times");
}

static void masks(void)
{
    struct cap reply = {.type = CAP_REPLY, .rights = CAP_GRANT};
    unsigned wrong = 0;

    tap_is(cap_mask(reply, CAP_RIGHTS_ALL).rights, CAP_GRANT,
           "a reply capability keeps Grant with Grant");
    tap_is(cap_mask(reply, CAP_READ | CAP_WRITE).rights, 0,
           "and loses it without");
    reply.rights = CAP_GRANT | CAP_MASTER;
    tap_ok(cap_mask(reply, 0).rights & CAP_MASTER, "a master stays one");
    for (unsigned i = 0; i < TYPES; i++) {
        struct cap cap = {.type = types[i], .rights = CAP_RIGHTS_ALL};

        if (types[i] == CAP_ENDPOINT || types[i] == CAP_NOTIFICATION ||
            types[i] == CAP_FRAME || types[i] == CAP_REPLY)
            continue;
        for (uint64_t rights = 0; rights < 16; rights++) {
            struct cap masked = cap_mask(cap, rights);

            wrong += !same(&masked, &cap);
        }
    }
    tap_is(wrong, 0, "rights do not matter to any other type");
}

static void data(void)
{
    unsigned wrong = 0;

    for (unsigned i = 0; i < TYPES; i++) {
        struct cap cap = {
            .type = types[i], .word = 0x1234, .rights = 3, .bits = 12};
        struct cap updated = cap_update_data(cap, 77, false);

        if (types[i] == CAP_ENDPOINT || types[i] == CAP_NOTIFICATION) {
            wrong += updated.type != CAP_NULL; /* it has a badge */
            cap.word = 0;
            updated = cap_update_data(cap, 77, false);
            wrong += updated.type != types[i] || updated.word != 77;
            updated = cap_update_data(cap, 0, false);
            wrong += updated.type != types[i] || updated.word != 0;
            updated = cap_update_data(cap, UINT64_MAX, false);
            wrong += updated.word != UINT64_MAX;
            wrong += cap_update_data(cap, 77, true).type != CAP_NULL;
            wrong += cap_update_data(cap, 0, true).type != CAP_NULL;
        } else if (types[i] == CAP_CNODE) {
            updated = cap_update_data(cap, 5 | 3 << 6, true);
            wrong += cap_cnode_guard_size(&updated) != 5 ||
                     cap_cnode_guard(&updated) != 3 ||
                     cap_cnode_radix(&updated) != 12 - SLOT_BITS;
            wrong += cap_update_data(cap, 58, false).type != CAP_NULL;
            wrong += cap_update_data(cap, 57, false).type != CAP_CNODE;
        } else {
            wrong += !same(&updated, &cap);
            updated = cap_update_data(cap, 77, true);
            wrong += !same(&updated, &cap);
        }
    }
    tap_is(wrong, 0, "data: badge, guard, or nothing at all");
}

/* a in slot 0 followed by b in slot 1 of one list. */
static bool parent(uint8_t type_a, uint64_t word_a, uint8_t flags_a,
                   uint8_t type_b, uint64_t word_b, uint8_t flags_b)
{
    struct cap a = {.type = type_a, .word = word_a, .bits = 12};
    struct cap b = {.type = type_b, .word = word_b, .bits = 12};

    cap_write(slots, 0, &a);
    cap_write(slots, 1, &b);
    slot_set_flags(slots, 0, flags_a);
    slot_set_flags(slots, 1, flags_b);
    return cap_is_parent(slots, 0, 1);
}

#define R  SLOT_REVOCABLE
#define RF (SLOT_REVOCABLE | SLOT_FIRST_BADGED)

static void parents(void)
{
    unsigned wrong = 0;

    for (unsigned i = 0; i < TYPES; i++)
        wrong += parent(types[i], 0, 0, types[i], 0, 0);
    tap_is(wrong, 0, "nothing is a parent that is not revocable");
    for (unsigned i = 0; i < TYPES; i++)
        if (cap_type_is_memory(types[i]))
            wrong += !parent(CAP_UNTYPED, 0, RF, types[i], 0, RF);
    tap_is(wrong, 0, "an untyped is the parent of all memory");
    for (unsigned k = 0; k < 2; k++) {
        uint8_t type = k ? CAP_ENDPOINT : CAP_NOTIFICATION;

        tap_ok(parent(type, 0, RF, type, 0, 0), "no badge, no badge");
        tap_ok(parent(type, 0, RF, type, 7, RF), "no badge, first of 7");
        tap_ok(parent(type, 7, RF, type, 7, 0), "7, its copy");
        tap_ok(!parent(type, 7, RF, type, 7, RF), "7, another first of 7");
        tap_ok(!parent(type, 7, RF, type, 8, 0), "7, 8");
        tap_ok(!parent(type, 7, RF, type, 0, 0), "7, no badge");
        tap_ok(!parent(type, 0, SLOT_FIRST_BADGED, type, 0, 0),
               "first-badged alone is not revocable");
    }
    tap_ok(parent(CAP_CNODE, 0, R, CAP_CNODE, 3, 0), "CNode, its copy");
    tap_ok(parent(CAP_IRQ_CONTROL, 0, RF, CAP_IRQ_HANDLER, 5, RF),
           "interrupt control, a handler");
    tap_ok(parent(CAP_IRQ_HANDLER, 5, RF, CAP_IRQ_HANDLER, 5, 0),
           "a handler, its copy");
    tap_ok(!parent(CAP_IRQ_HANDLER, 5, RF, CAP_IRQ_HANDLER, 6, RF),
           "a handler, another interrupt's");
    tap_ok(!parent(CAP_IRQ_HANDLER, 5, RF, CAP_IRQ_CONTROL, 0, RF),
           "a handler, interrupt control");
    tap_ok(!parent(CAP_ZOMBIE, 0, RF, CAP_ZOMBIE, 0, RF) &&
               !parent(CAP_EMBRYO, 0, RF, CAP_EMBRYO, 0, RF),
           "zombies and embryos are nobody's parents");
    tap_ok(parent(CAP_DOMAIN, 0, RF, CAP_DOMAIN, 0, 0), "domain, its copy");
    tap_ok(parent(CAP_ASID_CONTROL, 0, RF, CAP_ASID_CONTROL, 0, 0),
           "ASID control, its copy");
}

int main(void)
{
    struct seed s = seed_start(9);

    round_trip(&s);
    masks();
    data();
    parents();
    return tap_done();
}
