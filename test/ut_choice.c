/* SPDX-License-Identifier: BSD-2-Clause */
/* Which strategy is taken: the first of the list whose calls the kernel has,
 * all of them, as Describe says; on a kernel without Describe it has none. */
#include <stdlib.h>
#include <string.h>

#include "tap.h"
#include "ut_bed.h"

static const struct ut_strategy *const both[] = {&ut_strategy_offset,
                                                 &ut_strategy_incremental};
static const struct ut_strategy *const turned[] = {&ut_strategy_incremental,
                                                   &ut_strategy_offset};

static struct bed bed;
static uint8_t without; /* features that Describe does not tell of */

static uint32_t describe(void *context, uint64_t untyped,
                         struct ut_described *out)
{
    uint32_t error;

    (void)context;
    error = bed.real.describe(bed.real.context, untyped, out);
    out->features &= (uint8_t)~without;
    return error;
}

/* Starts the library; its strategy's name, or "none". */
static const char *chosen(const struct ut_strategy *const *list, uint32_t count)
{
    struct ut_config *c = &bed.config;
    struct ut_fault fault = {.err = 0};
    ut_err_t err;

    c->strategies = list;
    c->strategy_count = count;
    c->bytes = ut_memory_bytes(c);
    c->memory = aligned_alloc(16, c->bytes);
    if (!c->memory)
        abort();
    err = ut_init(c, &bed.ut, &fault);
    if (err == UT_OK)
        return ut_strategy_name(bed.ut);
    return err == UT_EKERNEL && fault.err == UT_EKERNEL ? "none" : "?";
}

static void expect(const char *name, const char *want, const char *what)
{
    tap_ok(strcmp(name, want) == 0, "%s: %s", what, name);
    bed_restart(&bed, NULL);
}

/* It is not only chosen: it works. */
static void works(const char *want)
{
    struct ut_req r = {.type = bed.ops.frame_type, .count = 1};
    struct ut_dest dest;
    struct ut_blk blk;

    bed_close(&bed);
    bed_open(&bed, NULL, NULL);
    tap_ok(strcmp(ut_strategy_name(bed.ut), want) == 0, "by itself: %s", want);
    r.type = bed.ops.frame_type;
    bed_slot(&bed, &dest);
    tap_is(ut_alloc(bed.root, &r, &dest, &blk, NULL), UT_OK, "a page");
    tap_is(ut_free(bed.root, &blk, NULL), UT_OK, "given back");
    tap_ok(bed_check(&bed, "works"), "all is well");
    bed_restart(&bed, NULL);
}

static void test_stock(void)
{
    expect(chosen(both, 2), "incremental", "without the new calls");
    expect(chosen(turned, 2), "incremental", "in the other order");
    expect(chosen(both, 1), "none", "offset alone");
    works("incremental");
}

static void test_new(void)
{
    static const uint8_t needed[] = {UT_FEATURE_RETYPE_AT,
                                     UT_FEATURE_REVOKE_AT};

    expect(chosen(both, 2), "offset", "with the new calls");
    expect(chosen(turned, 2), "incremental", "the other first");
    expect(chosen(turned, 1), "incremental", "the other alone");
    works("offset");
    for (unsigned i = 0; i < 2; i++) {
        without = needed[i];
        bed.ops.describe = describe;
        expect(chosen(both, 2), "incremental", "with one of the two calls");
        bed.ops.describe = describe;
        expect(chosen(both, 1), "none", "offset alone");
    }
    bed.ops.describe = NULL;
    expect(chosen(both, 2), "incremental", "a backend without Describe");
    bed.ops.retype_at = NULL;
    expect(chosen(both, 2), "incremental", "without RetypeAt");
    bed.ops.revoke_at = NULL;
    expect(chosen(both, 2), "incremental", "without RevokeAt");
}

int main(void)
{
    bool is_new = bed_can(&ut_strategy_offset);

    if (is_new) {
        bed_open(&bed, NULL, NULL);
        bed_restart(&bed, NULL);
        test_new();
        bed_close(&bed);
    } else {
        tap_skip("the kernel has no RetypeAt");
    }
    bed_is_stock = true;
    bed_open(&bed, NULL, NULL);
    bed_restart(&bed, NULL);
    test_stock();
    bed_close(&bed);
    return tap_done();
}
