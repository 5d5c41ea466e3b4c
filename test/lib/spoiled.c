/* SPDX-License-Identifier: BSD-2-Clause */
#include "spoiled.h"

#include <string.h>
#include <sys/resource.h>

#define SECONDS_MAX 60u /* of the processor: a busy host costs none */

struct fixture spoiled_fixture;
struct slot *spoiled_slots;

slotno_t spoiled_at(uint64_t cptr)
{
    return fixture_slot(&spoiled_fixture, cptr);
}

uint8_t *spoiled_byte(paddr_t address)
{
    return hosted_memory(spoiled_fixture.k, address);
}

static void build(void)
{
    fixture_small(&spoiled_fixture);
    spoiled_slots = kernel_slots(spoiled_fixture.k);
    fixture_dirty(&spoiled_fixture, 0x8000, 0x4000);
    retype(&spoiled_fixture, FIX_UT, OBJECT_UNTYPED, 12, SPARE, 1);
    retype(&spoiled_fixture, FIX_UT, OBJECT_UNTYPED, 12, NESTED, 1);
    cnode_delete(&spoiled_fixture, SPARE);
    retype(&spoiled_fixture, NESTED, OBJECT_ENDPOINT, 0, EP, 1);
    cnode_copy(&spoiled_fixture, EP_COPY, EP, 15);
    cnode_mint(&spoiled_fixture, EP_COPY2, EP, 15, 7);
    retype(&spoiled_fixture, NESTED, OBJECT_CNODE, 3, CNODE, 1);
    retype(&spoiled_fixture, NESTED, OBJECT_TCB, 0, TCB, 1);
    cnode_copy_at(&spoiled_fixture, inside(CNODE, 3, 3),
                  (struct place){FIX_ROOT, TCB, 64}, 15);
    retype(&spoiled_fixture, NESTED, TYPE_PAGE, 0, PAGE, 1);
    retype(&spoiled_fixture, NESTED, TYPE_TABLE, 0, TABLE, 1);
    retype(&spoiled_fixture, NESTED, OBJECT_UNTYPED, 6, COPIED, 1);
    cnode_copy(&spoiled_fixture, COPY, COPIED, 15);
    fixture_derive(&spoiled_fixture,
                   fixture_slot(&spoiled_fixture, FIX_IRQ_CONTROL),
                   fixture_slot(&spoiled_fixture, HANDLER),
                   &(struct cap){.type = CAP_IRQ_HANDLER, .word = 2});
    cnode_copy(&spoiled_fixture, HANDLER_COPY, HANDLER, 15);
    retype(&spoiled_fixture, NESTED, OBJECT_CNODE, 2, ZOMBIE, 1);
    cnode_copy_at(&spoiled_fixture, inside(ZOMBIE, 2, 0),
                  (struct place){FIX_ROOT, EP, 64}, 15);
    cnode_copy_at(&spoiled_fixture, inside(ZOMBIE, 2, 3),
                  (struct place){FIX_ROOT, EP, 64}, 15);
    spoiled_fixture.once = true;
    fixture_preempt_in(&spoiled_fixture, 1);
    cnode_delete(&spoiled_fixture, ZOMBIE);
    fixture_preempt_in(&spoiled_fixture, 1);
    if (spoiled_fixture.k->params.generation3)
        retype_at(&spoiled_fixture, FIX_UT2, TYPE_PAGE, 0, EMBRYO, 1, 0x1000);
    spoiled_fixture.once = false;
    fixture_preempt_in(&spoiled_fixture, 0);
    if (spoiled_fixture.broken > 0)
        tap_ok(false, "the state is sound before it is spoiled");
}

static bool is_class(const char *text, const char *class)
{
    size_t n = strlen(class);

    return text && strncmp(text, class, n) == 0 && text[n] == ':';
}

static void one(const struct spoiled *c)
{
    struct check_result r;

    build();
    c->spoil();
    r = kernel_check(spoiled_fixture.k, 1 << 20);
    if (!tap_ok(is_class(r.broken, c->class), "%s: found as %s", c->name,
                c->class))
        tap_diag("  kernel_check says: %s",
                 r.broken ? r.broken : "nothing is broken");
    hosted_destroy(spoiled_fixture.hosted);
}

int spoiled_check(const struct spoiled *cases, size_t count)
{
    static const struct rlimit limit = {SECONDS_MAX, SECONDS_MAX + 1};
    struct check_result r;

    setrlimit(RLIMIT_CPU, &limit); /* a check that does not end fails */
    build();
    r = kernel_check(spoiled_fixture.k, 1 << 20);
    tap_ok(r.broken == NULL, "the state is sound");
    tap_ok(r.capabilities > 20 && r.regions > 10 && r.slots > 64,
           "%lu capabilities to %lu regions in %lu slots",
           (unsigned long)r.capabilities, (unsigned long)r.regions,
           (unsigned long)r.slots);
    hosted_destroy(spoiled_fixture.hosted);
    for (size_t i = 0; i < count; i++)
        if (!cases[i].new_calls || hosted_params_riscv64().generation3)
            one(&cases[i]);
    return tap_done();
}
