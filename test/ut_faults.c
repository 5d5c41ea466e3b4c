/* SPDX-License-Identifier: BSD-2-Clause */
/* No call fails half-way: the n-th kernel call of every operation is refused,
 * for every n, and what clients can observe is compared before and after:
 * blocks, quotas, capabilities, contents.  Work that only prepares may have
 * happened.  Then the same operation must succeed. */
#include <string.h>

#include "tap.h"
#include "ut_bed.h"

#define MARK        0x5au
#define BLOCKS      24u
#define CALLS_MAX   64u
#define FRAME_SLOTS 8u

struct held {
    struct ut_blk blk;
    struct ut_acct *acct;
    uint32_t slot, slots;
};

/* What can be observed from outside. */
struct view {
    struct ut_usage usage[4];
    uint64_t blocks; /* a sum over all spans of clients */
    uint64_t slots;  /* of the client's: in use, as a sum */
    bool wrong;      /* contents */
};

static struct bed bed;
static struct ut_acct *a, *b, *child;
static struct held held[BLOCKS];
static unsigned held_count;
static struct ut_ds *ds;
static uint32_t spare; /* an empty slot, for handovers */
static uint64_t operations, refused;

static bool span_add(void *context, const struct ut_span *span)
{
    struct view *v = context;

    if (span->owner < UT_OWNER_LEAF && !span->is_slab)
        v->blocks += (span->blk.paddr ^ (uint64_t)span->owner << 48) *
                     UINT64_C(0x9e3779b97f4a7c15) *
                     (span->blk.size_bits + 64u * span->blk.count);
    return true;
}

static void view_make(struct view *v)
{
    memset(v, 0, sizeof *v);
    ut_acct_usage(bed.root, &v->usage[0]);
    ut_acct_usage(a, &v->usage[1]);
    ut_acct_usage(b, &v->usage[2]);
    ut_walk(bed.ut, span_add, v);
    for (uint32_t i = 0; i < 512; i++)
        if (!bed_slot_is_empty(&bed, i))
            v->slots += (i + 1) * UINT64_C(0x9e3779b97f4a7c15);
    for (unsigned i = 0; i < held_count; i++) {
        const uint8_t *memory = bed_memory_of(&bed, held[i].slot);

        if (memory && memory[5] != MARK)
            v->wrong = true;
    }
}

/* The root's charge may fall: an empty chunk of its was taken apart. */
static void views_compare(const char *what, unsigned n, const struct view *was,
                          const struct view *is)
{
    for (unsigned i = 0; i < 3; i++)
        if (is->usage[i].used.bytes != was->usage[i].used.bytes ||
            is->usage[i].used.caps != was->usage[i].used.caps ||
            memcmp(&is->usage[i].limit, &was->usage[i].limit,
                   sizeof(struct ut_quota)) ||
            memcmp(&is->usage[i].lent, &was->usage[i].lent,
                   sizeof(struct ut_quota))) {
            tap_diag("%s, call %u, account %u: %lu/%u, was %lu/%u", what, n, i,
                     (unsigned long)is->usage[i].used.bytes,
                     is->usage[i].used.caps,
                     (unsigned long)was->usage[i].used.bytes,
                     was->usage[i].used.caps);
            bed.faults++;
        }
    if (is->blocks != was->blocks)
        bed_fault(&bed, what, "blocks have changed");
    if (is->slots != was->slots)
        bed_fault(&bed, what, "capabilities have changed");
    if (is->wrong)
        bed_fault(&bed, what, "contents have changed");
}

static ut_err_t hold(struct ut_acct *acct, const struct ut_req *r,
                     struct ut_fault *fault)
{
    struct held *h = &held[held_count];
    struct ut_dest dest;
    uint8_t *memory;
    ut_err_t err;

    h->slots = r->count;
    h->slot = bed_slots(&bed, r->count, &dest);
    h->acct = acct;
    err = ut_alloc(acct, r, &dest, &h->blk, fault);
    if (err) {
        bed_slot_give(&bed, h->slot, h->slots);
        return err;
    }
    memory = bed_memory_of(&bed, h->slot);
    if (memory)
        memory[5] = MARK;
    held_count++;
    return UT_OK;
}

static ut_err_t release(struct ut_fault *fault)
{
    struct held *h = &held[held_count - 1];
    ut_err_t err = ut_free(h->acct, &h->blk, fault);

    if (!err) {
        bed_slot_give(&bed, h->slot, h->slots);
        held_count--;
    }
    return err;
}

/* ---- Operations: each is done once, whatever it takes ---- */

static ut_err_t get(struct ut_acct *acct, uint8_t type, uint8_t size_bits,
                    uint32_t count, struct ut_fault *fault)
{
    struct ut_req r = {.type = type, .size_bits = size_bits, .count = count};

    return hold(acct, &r, fault);
}

static ut_err_t op_page(struct ut_fault *fault)
{
    return get(a, bed.ops.frame_type, 12, 1, fault);
}

static ut_err_t op_pages(struct ut_fault *fault)
{
    return get(a, bed.ops.frame_type, 12, 7, fault);
}

static ut_err_t op_middle(struct ut_fault *fault)
{
    return get(b, UT_TYPE_UNTYPED, 17, 1, fault);
}

static ut_err_t op_large(struct ut_fault *fault)
{
    return get(a, UT_TYPE_UNTYPED, 20, 1, fault);
}

static ut_err_t op_huge(struct ut_fault *fault)
{
    return get(bed.root, bed.ops.huge_type, 21, 1, fault);
}

static ut_err_t op_long(struct ut_fault *fault)
{
    return get(bed.root, bed.ops.frame_type, 12, 300, fault);
}

/* Whole chunks, and a part of the one behind them. */
static ut_err_t op_longer(struct ut_fault *fault)
{
    return get(bed.root, UT_TYPE_UNTYPED, 17, 94, fault);
}

static ut_err_t op_endpoint(struct ut_fault *fault)
{
    return get(a, UT_TYPE_ENDPOINT, 0, 1, fault);
}

static ut_err_t op_tcb(struct ut_fault *fault)
{
    return get(b, UT_TYPE_TCB, 0, 1, fault);
}

static ut_err_t op_create(struct ut_fault *fault)
{
    struct ut_quota quota = {UINT64_C(1) << 20, 1500};

    return ut_acct_create(a, &quota, &child, fault);
}

static ut_err_t op_destroy(struct ut_fault *fault)
{
    return ut_acct_destroy(child, 1000, fault);
}

static ut_err_t op_transfer(struct ut_fault *fault)
{
    struct held *h = &held[held_count - 1];
    struct ut_handover move = {.from = bed_slot_path(&bed, h->slot),
                               .to = bed_slot_path(&bed, spare)};
    ut_err_t err = ut_transfer(h->acct, b, &h->blk, &move, fault);

    if (!err) {
        uint32_t old = h->slot;

        h->acct = b;
        h->slot = spare;
        spare = old;
    }
    return err;
}

static ut_err_t op_ds_alloc(struct ut_fault *fault)
{
    struct ut_ds_req r = {.bytes = 11 * 4096};

    return ut_ds_alloc(a, &r, &bed.slots, &ds, fault);
}

static ut_err_t op_ds_transfer(struct ut_fault *fault)
{
    return ut_ds_transfer(&ds, b, false, fault);
}

static ut_err_t op_ds_free(struct ut_fault *fault)
{
    return ut_ds_free(ds, fault);
}

/* ---- The loop ---- */

static void refuse_each(const char *what, ut_err_t (*op)(struct ut_fault *),
                        bool resumable)
{
    struct view was, is;
    struct ut_fault fault;
    ut_err_t err = UT_EKERNEL;

    operations++;
    for (unsigned n = 1; err && n < CALLS_MAX; n++) {
        view_make(&was);
        bed.refuse_in = n;
        err = op(&fault);
        if (bed.refuse_in == 0)
            refused++;
        bed.refuse_in = 0;
        if (err && (err != UT_EKERNEL || fault.kernel_error == 0))
            bed_fault(&bed, what, ut_strerror(err));
        if (err && !resumable) {
            view_make(&is);
            views_compare(what, n, &was, &is);
        }
        bed_check(&bed, what);
    }
    if (err)
        bed_fault(&bed, what, "it never succeeds");
}

static void each_operation(void)
{
    static const struct {
        const char *name;
        ut_err_t (*op)(struct ut_fault *);
    } allocations[] = {
        {"page", op_page},
        {"pages", op_pages},
        {"middle", op_middle},
        {"large", op_large},
        {"huge", op_huge},
        {"long", op_long},
        {"longer", op_longer},
        {"endpoint", op_endpoint},
        {"TCB", op_tcb},
        {"page again", op_page},
        {"endpoint again", op_endpoint},
    };
    const unsigned count = sizeof allocations / sizeof allocations[0];

    for (unsigned i = 0; i < count; i++)
        refuse_each(allocations[i].name, allocations[i].op, false);
    refuse_each("create", op_create, false);
    refuse_each("destroy", op_destroy, true);
    refuse_each("page for a transfer", op_page, false);
    refuse_each("transfer", op_transfer, false);
    refuse_each("dataspace", op_ds_alloc, false);
    refuse_each("dataspace transfer", op_ds_transfer, false);
    refuse_each("dataspace free", op_ds_free, true);
    while (held_count > 0)
        refuse_each("free", release, false);
}

static void run(const struct ut_strategy *strategy)
{
    struct ut_quota quota = {UINT64_C(8) << 20, 9000};
    struct ut_dest dest;
    struct ut_usage usage;

    bed_open(&bed, strategy, NULL);
    held_count = 0;
    operations = refused = 0;
    spare = bed_slot(&bed, &dest);
    if (ut_acct_create(bed.root, &quota, &a, NULL) ||
        ut_acct_create(bed.root, &quota, &b, NULL))
        bed_fault(&bed, "start", "no accounts");
    each_operation();
    while (ut_trim(bed.ut, 100) == UT_EAGAIN)
        ;
    each_operation();
    while (ut_trim(bed.ut, 100) == UT_EAGAIN)
        ;
    tap_is(bed.faults, 0, "%s: nothing fails half-way",
           ut_strategy_name(bed.ut));
    tap_ok(refused > operations, "%lu calls of %lu operations were refused",
           (unsigned long)refused, (unsigned long)operations);
    ut_acct_usage(a, &usage);
    tap_is(usage.used.bytes, 0, "and nothing is charged in the end");
    bed_close(&bed);
}

int main(void)
{
    if (bed_can(&ut_strategy_offset))
        run(&ut_strategy_offset);
    else
        tap_skip("the kernel has no RetypeAt");
    run(&ut_strategy_incremental);
    return tap_done();
}
