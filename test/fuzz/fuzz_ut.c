/* SPDX-License-Identifier: BSD-2-Clause */
/* The allocator library, called as a fuzzer says, on the hosted kernel.
 *
 *   input:  strategy | operation | arguments ... | operation | ...
 *
 * Now and then the invariants of the library and of the kernel, and that the
 * books cover what is in use.  Blocks that overlap or a
 * free that is refused end in abort(). */
#include "fuzz_corpus.h"
#include "ut_bed.h"

#define BLOCKS       48u
#define OPS_MAX      160u
#define CHECK_EVERY  8u  /* operations, for the checks of the library */
#define KERNEL_EVERY 80u /* and of the whole kernel */

struct input {
    const uint8_t *at, *end;
};

struct held {
    struct ut_blk blk;
    struct ut_acct *acct;
    uint32_t slot, slots;
};

static struct bed bed;
static struct held held[BLOCKS];
static struct ut_acct *accounts[4];

static uint64_t take(struct input *in, unsigned bytes)
{
    uint64_t value = 0;

    while (bytes-- > 0 && in->at < in->end)
        value = value * 256 + *in->at++;
    return value;
}

static void request(struct input *in, struct ut_req *r)
{
    static const uint8_t types[] = {0, 0, 1, 2, 3, 4, 6, 7};

    *r = (struct ut_req){.count = 1};
    r->type = types[take(in, 1) % sizeof types];
    if (r->type == UT_TYPE_UNTYPED || r->type == UT_TYPE_CNODE)
        r->size_bits = (uint8_t)(take(in, 1) % 26);
    r->count = take(in, 1) % 4 ? 1 : (uint32_t)take(in, 1);
    r->flags = (uint8_t)(take(in, 1) % 4 ? 0 : take(in, 1));
    r->cls = (uint16_t)(take(in, 1) % 5);
    if (take(in, 1) % 4 == 0)
        r->align_bits = (uint8_t)(take(in, 1) % 66);
    if (take(in, 1) % 4 == 0) {
        r->min = take(in, 4);
        r->max = r->min + take(in, 4);
    }
}

static void op_alloc(struct held *h, struct input *in)
{
    struct ut_acct *acct = accounts[take(in, 1) % 4];
    struct ut_dest dest;
    struct ut_req r;

    request(in, &r);
    h->slots = r.count > 0 && r.count < 256 ? r.count : 1;
    h->slot = bed_slots(&bed, h->slots, &dest);
    bed.refuse_in = take(in, 1) % 16;
    if (acct && h->slot != UINT32_MAX &&
        ut_alloc(acct, &r, &dest, &h->blk, NULL) == UT_OK)
        h->acct = acct;
    else if (h->slot != UINT32_MAX)
        bed_slot_give(&bed, h->slot, h->slots);
    bed.refuse_in = 0;
    for (unsigned i = 0; h->acct && i < BLOCKS; i++) {
        const struct ut_blk *a = &h->blk, *b = &held[i].blk;

        if (&held[i] != h && held[i].acct &&
            a->paddr < b->paddr + ((uint64_t)b->count << b->size_bits) &&
            b->paddr < a->paddr + ((uint64_t)a->count << a->size_bits))
            abort();
    }
}

static void op_free(struct held *h, struct input *in)
{
    ut_err_t err;

    bed.refuse_in = take(in, 1) % 4;
    err = ut_free(h->acct, &h->blk, NULL);
    bed.refuse_in = 0;
    if (err == UT_EKERNEL)
        err = ut_free(h->acct, &h->blk, NULL);
    if (err)
        abort();
    bed_slot_give(&bed, h->slot, h->slots);
    h->acct = NULL;
}

/* An account ends, or begins where none is; what it held is forgotten. */
static void op_account(struct input *in)
{
    struct ut_acct **a = &accounts[1 + take(in, 1) % 3];
    struct ut_quota q = {take(in, 3), (uint32_t)take(in, 2)};
    ut_err_t err;

    if (!*a) {
        if (ut_acct_create(bed.root, &q, a, NULL))
            *a = NULL;
        return;
    }
    bed.refuse_in = take(in, 1) % 8;
    do
        err = ut_acct_destroy(*a, 1 + (uint32_t)(take(in, 1) % 32), NULL);
    while (err == UT_EAGAIN || err == UT_EKERNEL);
    bed.refuse_in = 0;
    if (err)
        abort();
    for (unsigned i = 0; i < BLOCKS; i++)
        if (held[i].acct == *a) {
            if (!bed_slot_is_empty(&bed, held[i].slot))
                abort();
            bed_slot_give(&bed, held[i].slot, held[i].slots);
            held[i].acct = NULL;
        }
    *a = NULL;
}

static void op(struct input *in)
{
    unsigned kind = (unsigned)(take(in, 1) % 16);
    struct held *h = &held[take(in, 1) % BLOCKS];
    struct ut_acct *to = accounts[take(in, 1) % 4];
    struct ut_blk odd;

    if (kind == 0) {
        op_account(in);
    } else if (kind == 1) {
        ut_trim(bed.ut, (uint32_t)take(in, 1));
    } else if (kind == 2) {
        odd = (struct ut_blk){take(in, 4), (uint32_t)take(in, 1),
                              (uint8_t)take(in, 1)};
        for (unsigned i = 0; i < BLOCKS; i++)
            if (held[i].acct && held[i].blk.paddr == odd.paddr)
                return;
        if (to && ut_free(to, &odd, NULL) == UT_OK)
            abort();
    } else if (h->acct && kind < 5) {
        if (to && ut_transfer(h->acct, to, &h->blk, NULL, NULL) == UT_OK)
            h->acct = to;
    } else if (h->acct) {
        op_free(h, in);
    } else {
        op_alloc(h, in);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input in = {data, data + size};
    const struct ut_strategy *strategy =
        take(&in, 1) % 2 ? &ut_strategy_incremental : &ut_strategy_offset;
    struct ut_quota q = {UINT64_C(6) << 20, 6000};

    bed_open(&bed, strategy, NULL);
    for (unsigned i = 0; i < BLOCKS; i++)
        held[i].acct = NULL;
    accounts[0] = bed.root;
    for (unsigned i = 1; i < 4; i++)
        if (ut_acct_create(bed.root, &q, &accounts[i], NULL))
            abort();
    for (unsigned n = 0; n < OPS_MAX && in.at < in.end; n++) {
        op(&in);
        if ((n % CHECK_EVERY == 0 && ut_check(bed.ut) != NULL) ||
            (n % KERNEL_EVERY == 40 && !bed_check(&bed, "fuzz")) ||
            bed.faults > 0)
            abort();
    }
    if (!bed_check(&bed, "end"))
        abort();
    bed_close(&bed);
    return 0;
}
