/* SPDX-License-Identifier: BSD-2-Clause */
/* The hosted machine: as much memory as the real one, of which only what is
 * touched is there; and kernels that know nothing of each other. */
#include "fixture.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define GIB  (UINT64_C(1) << 30)
#define PAGE UINT64_C(4096)

/* Pages of [base, base + bytes) that the host really holds. */
static uint64_t resident(struct hosted_kernel *h, paddr_t base, uint64_t bytes)
{
    static unsigned char in_core[1 << 16];
    uint64_t pages = 0;

    for (uint64_t at = 0; at < bytes; at += sizeof in_core * PAGE) {
        uint64_t part = bytes - at < sizeof in_core * PAGE
                            ? bytes - at
                            : sizeof in_core * PAGE;

        if (mincore(h->machine.window + base + at, part, in_core) != 0)
            return UINT64_MAX;
        for (uint64_t i = 0; i < part / PAGE; i++)
            pages += in_core[i] & 1;
    }
    return pages;
}

static void lazy(void)
{
    struct kernel_params params = hosted_params_riscv64();
    struct hosted_kernel *h = hosted_create(&params, 2 * GIB, 64 * GIB);
    uint64_t pages;

    if (!tap_ok(h != NULL, "a machine with 64 GiB"))
        return;
    tap_is(resident(h, 2 * GIB, 64 * GIB), 0, "holds no page");
    *(uint8_t *)hosted_memory(&h->kernel, 2 * GIB) = 1;
    *(uint8_t *)hosted_memory(&h->kernel, 66 * GIB - 1) = 1;
    *(uint8_t *)hosted_memory(&h->kernel, 33 * GIB) = 1;
    pages = resident(h, 2 * GIB, 64 * GIB);
    tap_is(pages, 3, "three bytes written: three pages");
    memset(hosted_memory(&h->kernel, 4 * GIB), 1, 16 << 20);
    tap_ok(resident(h, 2 * GIB, 64 * GIB) >= 4096, "16 MiB written");
    h->machine.cleared_bytes = 0;
    arch_clear(&h->kernel, 4 * GIB, 16 << 20);
    tap_is(resident(h, 2 * GIB, 64 * GIB), pages,
           "clearing them gives them back");
    tap_is(h->machine.cleared_bytes, 16 << 20, "and is counted");
    tap_ok(arch_is_zero(&h->kernel, 4 * GIB, 16 << 20), "they read zero");
    memset(hosted_memory(&h->kernel, 4 * GIB), 1, 3 * PAGE);
    arch_clear(&h->kernel, 4 * GIB + 5, PAGE);
    tap_is(*(uint8_t *)hosted_memory(&h->kernel, 4 * GIB + 4), 1,
           "clearing an odd range: the byte before stays");
    tap_is(*(uint8_t *)hosted_memory(&h->kernel, 4 * GIB + 5), 0,
           "the first byte goes");
    tap_is(*(uint8_t *)hosted_memory(&h->kernel, 4 * GIB + 4 + PAGE), 0,
           "the last byte goes");
    tap_is(*(uint8_t *)hosted_memory(&h->kernel, 4 * GIB + 5 + PAGE), 1,
           "the byte after stays");
    h->machine.clear_nothing = true;
    arch_clear(&h->kernel, 4 * GIB, PAGE);
    tap_is(*(uint8_t *)hosted_memory(&h->kernel, 4 * GIB), 1,
           "clearing can be switched off");
    hosted_destroy(h);
}

static void refused(void)
{
    struct kernel_params params = hosted_params_riscv64();

    errno = 0;
    tap_ok(hosted_create(&params, 0, 64 * GIB + PAGE) == NULL &&
               errno == EINVAL,
           "more than 64 GiB is refused");
    errno = 0;
    tap_ok(hosted_create(&params, 511 * GIB, 2 * GIB) == NULL &&
               errno == EINVAL,
           "so is memory beyond the window");
    errno = 0;
    tap_ok(hosted_create(&params, UINT64_MAX - PAGE + 1, GIB) == NULL &&
               errno == EINVAL,
           "and an address that wraps");
    hosted_destroy(NULL);
}

static void ram_bounds(void)
{
    struct kernel_params params = hosted_params_riscv64();
    struct hosted_kernel *h = hosted_create(&params, GIB, GIB);
    const struct kernel *k = &h->kernel;

    tap_ok(hosted_is_ram(k, GIB, GIB), "all of it is RAM");
    tap_ok(hosted_is_ram(k, 2 * GIB - 1, 1), "its last byte");
    tap_ok(!hosted_is_ram(k, GIB - 1, 1), "not the byte before");
    tap_ok(!hosted_is_ram(k, GIB - 1, 2), "not from the byte before");
    tap_ok(!hosted_is_ram(k, 2 * GIB - 1, 2), "not beyond its end");
    tap_ok(!hosted_is_ram(k, GIB, UINT64_MAX), "nor all addresses");
    hosted_destroy(h);
}

/* Preemption questions: which of them gets a yes. */
static void preemption(void)
{
    struct kernel_params params = hosted_params_riscv64();
    struct hosted_kernel *h = hosted_create(&params, GIB, GIB);
    unsigned yes = 0;

    for (unsigned i = 0; i < 10; i++)
        yes += arch_preempt_pending(&h->kernel);
    tap_is(yes, 0, "never, unless asked to");
    h->machine.preempt_in = 3;
    tap_ok(!arch_preempt_pending(&h->kernel) &&
               !arch_preempt_pending(&h->kernel) &&
               arch_preempt_pending(&h->kernel) &&
               !arch_preempt_pending(&h->kernel),
           "at the third question, and once");
    h->machine.preempt_always = true;
    tap_ok(arch_preempt_pending(&h->kernel) && arch_preempt_pending(&h->kernel),
           "always");
    tap_is(h->machine.preempt_asked, 16, "every question is counted");
    hosted_destroy(h);
}

/* The same calls on two kernels in turn, one of them ahead of the other. */
static void two_kernels(void)
{
    struct fixture a, b;

    fixture_small(&a);
    fixture_small(&b);
    retype(&a, FIX_UT, OBJECT_ENDPOINT, 0, FIX_FREE, 4);
    ok_slots(&b, FIX_FREE, "....", "what one makes the other does not see");
    retype(&b, FIX_UT, OBJECT_CNODE, 2, FIX_FREE, 2);
    ok_slots(&a, FIX_FREE, "eeee", "nor the other way");
    a.k->params.generation3 = false;
    describe(&a, FIX_UT);
    ok_reply(&a, "a parameter of one", 3);
    b.k->params.generation3 = true;
    describe(&b, FIX_UT);
    tap_is(b.reply.label, 0, "is not the other's");
    cnode_revoke(&a, FIX_UT);
    ok_slots(&b, FIX_FREE, "cc..", "a revocation in one");
    tap_is(a.hosted->machine.preempt_asked > 0, 1, "asks its own machine");
    fixture_done(&a);
    cnode_revoke(&b, FIX_UT);
    ok_slots(&b, FIX_FREE, "....", "one outlives the other");
    fixture_done(&b);
}

/* A thousand at once, each with a state of its own. */
static void thousand_kernels(void)
{
    enum { COUNT = 1000 };
    static struct fixture many[COUNT];
    unsigned wrong = 0;

    for (unsigned i = 0; i < COUNT; i++) {
        fixture_small(&many[i]);
        many[i].unchecked = true;
    }
    for (unsigned i = 0; i < COUNT; i++)
        retype(&many[i], FIX_UT, OBJECT_ENDPOINT, 0, FIX_FREE, 1 + i % 8);
    for (unsigned i = 0; i < COUNT; i++) {
        wrong += fixture_type(&many[i], FIX_FREE + i % 8) != CAP_ENDPOINT;
        wrong += fixture_type(&many[i], FIX_FREE + i % 8 + 1) != CAP_NULL;
        wrong += kernel_check(many[i].k, 1 << 14).broken != NULL;
    }
    for (unsigned i = 0; i < COUNT; i++)
        hosted_destroy(many[i].hosted);
    tap_is(wrong, 0, "a thousand kernels, each as it should be");
}

int main(void)
{
    lazy();
    refused();
    ram_bounds();
    preemption();
    two_kernels();
    thousand_kernels();
    return tap_done();
}
