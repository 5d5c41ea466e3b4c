/* SPDX-License-Identifier: BSD-2-Clause */
/* Regions put in order, what the kernel can, and the fixed books in frames
 * of the memory itself. */
#include <stdlib.h>

#include "tap.h"
#include "ut_bed.h"

static struct bed bed;

static struct ut_region region(uint64_t base, uint8_t bits)
{
    return (struct ut_region){.base = base, .size_bits = bits};
}

static void test_order(void)
{
    struct ut_region all[8], r;
    struct ut_fault fault;
    uint32_t count = 0;

    r = region(0x8000, 12);
    tap_is(ut_source_add(all, &count, 8, &r, NULL), UT_OK, "one");
    r = region(0x4000, 13);
    tap_is(ut_source_add(all, &count, 8, &r, NULL), UT_OK, "one below");
    r = region(0x6000, 13);
    tap_is(ut_source_add(all, &count, 8, &r, NULL), UT_OK, "one between");
    r = region(UINT64_C(0xfffffffffffff000), 12);
    tap_is(ut_source_add(all, &count, 8, &r, NULL), UT_OK, "the last page");
    tap_ok(all[0].base == 0x4000 && all[1].base == 0x6000 &&
               all[2].base == 0x8000 && count == 4,
           "they are in order");
    r = region(0x4000, 14);
    tap_is(ut_source_add(all, &count, 8, &r, &fault), UT_EBUSY, "overlapping");
    r = region(0x8000, 12);
    tap_is(ut_source_add(all, &count, 8, &r, &fault), UT_EBUSY, "the same");
    r = region(0x9000, 13);
    tap_is(ut_source_add(all, &count, 8, &r, &fault), UT_EINVAL, "unaligned");
    r = region(0, 64);
    tap_is(ut_source_add(all, &count, 8, &r, &fault), UT_EINVAL, "too large");
    r = region(0x10000, 12);
    tap_is(ut_source_add(all, &count, 4, &r, &fault), UT_EINVAL, "no room");
    tap_is(count, 4, "what was refused is not there");
}

/* The same machine, its books in its own memory. */
static void test_books(const struct ut_strategy *strategy)
{
    struct ut_req r = {.type = UT_TYPE_UNTYPED, .size_bits = 12, .count = 1};
    struct ut_config *c = &bed.config;
    struct ut_books books;
    struct ut_fault fault;
    struct ut_stats stats;
    struct ut_dest dest;
    struct ut_blk blk;
    unsigned n = 0;

    bed_restart(&bed, strategy);
    bed.refuse_in = 3;
    tap_is(ut_source_books(c, &books, &fault), UT_EKERNEL,
           "the kernel refuses the third call");
    tap_ok(c->memory == NULL, "  then there are none");
    bed.refuse_in = 0;
    tap_is(ut_source_books(c, &books, &fault), UT_OK, "books in frames");
    tap_is(books.frames, (books.bytes + 4095) / 4096, "  so many");
    tap_ok(books.bytes >= ut_memory_bytes(c), "  they are large enough");
    tap_is(ut_init(c, &bed.ut, &fault), UT_OK, "the library starts on them");
    bed.root = ut_root(bed.ut);
    ut_stats(bed.ut, &stats);
    tap_ok(stats.fixed_bytes >= books.bytes, "the donor pays for them");
    tap_ok(bed_check(&bed, "books"), "all is well");
    bed_slots(&bed, 4096, &dest);
    for (; n < 4096 && ut_alloc(bed.root, &r, &dest, &blk, NULL) == 0; n++) {
        if (blk.paddr >= books.base && blk.paddr < books.base + books.bytes)
            bed_fault(&bed, "books", "the books were given away");
        dest.offset++;
    }
    tap_ok(n > 2000, "%u pages are given, none of the books'", n);
    tap_ok(bed_check(&bed, "pages"), "all is well");
}

int main(void)
{
    const struct ut_strategy *strategies[] = {&ut_strategy_offset,
                                              &ut_strategy_incremental};

    test_order();
    for (unsigned i = 0; i < 2; i++) {
        if (!bed_can(strategies[i])) {
            tap_skip("the kernel has no RetypeAt");
            continue;
        }
        tap_diag("%s", i ? "incremental" : "offset");
        bed_open(&bed, strategies[i], NULL);
        tap_is(ut_source_features(&bed.real, bed.regions[0].root),
               bed_can(&ut_strategy_offset) ? 15 : 0, "what the kernel can");
        test_books(strategies[i]);
        tap_is(bed.faults, 0, "nothing was wrong in between");
        bed_close(&bed);
    }
    return tap_done();
}
