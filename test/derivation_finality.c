/* SPDX-License-Identifier: BSD-2-Clause */
/* Which capability is the last to its object (sel4-abi.md 5.4): an object dies
 * with it and with no other, and is told of once. */
#include "fixture.h"

enum { FIRST = FIX_FREE, COPIES = 4 };

static struct fixture f;
static uint64_t finals;

static void observe(void *context, struct kernel *k, enum arch_event event,
                    slotno_t a, slotno_t b)
{
    (void)context;
    (void)k;
    (void)a;
    (void)b;
    finals += event == ARCH_EVENT_FINAL;
}

/* Deletes an object's four capabilities in the order of the four bytes. */
static void in_order(uint64_t type, uint64_t size, const uint8_t *order)
{
    uint64_t untyped = type == OBJECT_UNTYPED;

    retype(&f, FIX_UT, type, size, FIRST, 1);
    for (unsigned i = 1; i < COPIES; i++)
        cnode_copy(&f, FIRST + i, FIRST + (untyped ? i - 1 : 0), 15);
    for (unsigned i = 0; i < COPIES; i++) {
        uint64_t before = finals;
        bool last = i == COPIES - 1;

        cnode_delete(&f, FIRST + order[i]);
        if (finals - before != (last || untyped))
            tap_ok(false, "type %lu: deletion %u of %u %u %u %u",
                   (unsigned long)type, i, order[0], order[1], order[2],
                   order[3]);
    }
}

static void every_order(uint64_t type, uint64_t size, const char *name)
{
    unsigned failed = tap_failed(), orders = 0;
    uint8_t o[COPIES];

    for (unsigned code = 0; code < 256; code++) {
        unsigned seen = 0;

        for (unsigned i = 0; i < COPIES; i++) {
            o[i] = code >> 2 * i & 3;
            seen |= 1u << o[i];
        }
        if (seen == 15) {
            in_order(type, size, o);
            orders++;
        }
    }
    tap_ok(tap_failed() == failed && orders == 24,
           "%s: the last of four, in each of %u orders", name, orders);
}

/* Neighbours in a list that are not the same object. */
static void neighbours(void)
{
    retype(&f, FIX_UT, OBJECT_UNTYPED, 4, FIRST, 1);
    retype(&f, FIRST, OBJECT_ENDPOINT, 0, FIRST + 1, 1);
    finals = 0;
    cnode_delete(&f, FIRST + 1);
    tap_is(finals, 1, "an endpoint after its untyped of the same size");
    retype(&f, FIRST, OBJECT_ENDPOINT, 0, FIRST + 1, 1);
    cnode_delete(&f, FIRST);
    tap_is(finals, 2, "each untyped capability is one of its own");
    cnode_delete(&f, FIRST + 1);
    tap_is(finals, 3, "the endpoint that is left");
    retype(&f, FIX_UT, TYPE_PAGE, 0, FIRST, 2);
    finals = 0;
    cnode_delete(&f, FIRST);
    cnode_delete(&f, FIRST + 1);
    tap_is(finals, 2, "pages side by side are different objects");
}

int main(void)
{
    fixture_rv64(&f);
    f.hosted->machine.observer = observe;
    every_order(OBJECT_ENDPOINT, 0, "endpoint");
    every_order(OBJECT_NOTIFICATION, 0, "notification");
    every_order(OBJECT_CNODE, 2, "CNode");
    every_order(OBJECT_TCB, 0, "TCB");
    every_order(TYPE_PAGE, 0, "frame");
    every_order(OBJECT_UNTYPED, 12, "untyped");
    neighbours();
    fixture_done(&f);
    return tap_done();
}
