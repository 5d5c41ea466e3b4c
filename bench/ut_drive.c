/* SPDX-License-Identifier: BSD-2-Clause */
#include "ut_drive.h"

#include "check.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define LOOK_EVERY  8192u /* operations */
#define LOOK_MORE   64u   /* or this part more capabilities */
#define CHECK_BYTES (UINT64_C(1) << 16)

const char *drive_name(enum drive_kind kind)
{
    static const char *const names[] = {"offset", "incremental", "halving",
                                        "slab"};

    return names[kind];
}

void drive_broken(struct drive *d, const char *what, uint64_t where)
{
    if (d->figures.broken[0] == '\0')
        snprintf(d->figures.broken, sizeof d->figures.broken,
                 "operation %" PRIu64 ": %s (0x%" PRIx64 ")", d->operations,
                 what, where);
}

static bool is_library(const struct drive *d)
{
    return d->kind <= DRIVE_INCREMENTAL;
}

/* ---- The machine -----------------------------------------------------------
 */

static void cspace_make(struct drive *d, paddr_t top)
{
    struct kernel *k = &d->h->kernel;
    struct cap inner = {
        .type = CAP_CNODE,
        .base = d->inner,
        .bits = DRIVE_INNER_RADIX + SLOT_BITS,
        .word = 64 - DRIVE_TOP_RADIX - DRIVE_INNER_RADIX,
    };
    struct cap outer = {
        .type = CAP_CNODE,
        .base = top,
        .bits = DRIVE_TOP_RADIX + SLOT_BITS,
    };

    kernel_insert_boot_cap(k, slot_at(top), &inner);
    kernel_insert_boot_cap(k, slot_at(d->inner) + DRIVE_ROOT_CPTR, &outer);
}

static bool machine_make(struct drive *d)
{
    struct kernel_params params = hosted_params_riscv64();
    const struct ut_region *r = d->machine.regions;
    unsigned bits = DRIVE_INNER_RADIX + SLOT_BITS;
    uint64_t high = 0;
    paddr_t top;

    params.generation3 = d->kind == DRIVE_OFFSET;
    d->low = r[0].base & ~UINT64_C(0x1fffff);
    for (uint32_t i = 0; i < d->machine.region_count; i++)
        high = r[i].base + bits_size(r[i].size_bits);
    d->chunks = (high - d->low + 0x1fffff) >> UT_CHUNK_BITS;
    d->filled = calloc(1, d->chunks);
    d->written = calloc(d->chunks << 9, sizeof *d->written);
    d->inner = bits_up(bits_down(high + bits_size(bits) - 1, bits), bits);
    top = d->inner + bits_size(bits);
    d->h = hosted_create(&params, d->low, top + 4096 - d->low);
    if (!d->h || !d->filled || !d->written)
        return false;
    cspace_make(d, top);
    for (uint32_t i = 0; i < d->machine.region_count; i++) {
        d->machine.regions[i].root = DRIVE_FIRST_REGION + i;
        hosted_boot_untyped(&d->h->kernel,
                            slot_at(d->inner) + DRIVE_FIRST_REGION + i,
                            r[i].base, r[i].size_bits, false);
        d->figures.managed_bytes += bits_size(r[i].size_bits);
    }
    d->others = 2;
    d->caps = d->machine.region_count;
    return true;
}

static bool slots_make(struct drive *d)
{
    struct ut_window window = {
        .first = {DRIVE_ROOT_CPTR, 0, DRIVE_FIRST_CLIENT, DRIVE_TOP_RADIX},
        .cptr = DRIVE_FIRST_CLIENT,
        .count = DRIVE_CLIENT,
        .radix = 64 - DRIVE_TOP_RADIX,
    };
    void *bits = calloc(1, ut_slots_bytes(DRIVE_CLIENT));

    if (bits)
        ut_slots_init(&d->slots, &window, bits);
    return bits != NULL;
}

bool drive_open(struct drive *d, enum drive_kind kind,
                const struct drive_machine *machine, uint32_t ids)
{
    bool opened;

    *d = (struct drive){.kind = kind, .machine = *machine, .ids = ids};
    d->blocks = calloc(ids, sizeof *d->blocks);
    if (!d->blocks || !machine_make(d) || !slots_make(d))
        return false;
    drive_wrap(d);
    opened = is_library(d) ? drive_library_open(d) : drive_older_open(d);
    d->is_started = true;
    d->figures.caps_peak = d->caps;
    return opened;
}

void drive_close(struct drive *d)
{
    struct check_result result = kernel_check(&d->h->kernel, CHECK_BYTES);

    if (result.broken)
        drive_broken(d, result.broken, slot_address(result.slot));
    if (result.capabilities != d->caps + d->others)
        drive_broken(d, "capabilities were miscounted", result.capabilities);
    if (is_library(d))
        drive_library_close(d);
    else
        drive_older_close(d);
    hosted_destroy(d->h);
    free(d->filled);
    free(d->written);
    free(d->blocks);
    free(d->slots.bits);
}

/* ---- Operations ------------------------------------------------------------
 */

void drive_op_begin(struct drive *d, uint64_t asked_bytes)
{
    d->asked_bytes = asked_bytes;
    d->calls = 0;
    d->operations++;
}

static void op_end(struct drive *d, uint64_t worth)
{
    struct drive_figures *f = &d->figures;
    uint64_t more = worth > 1 ? worth - 1 : 0;

    if (d->calls > f->calls_max + more)
        f->calls_max = d->calls - more;
    if (d->caps > f->caps_peak)
        f->caps_peak = d->caps;
    if (d->kind == DRIVE_OFFSET &&
        d->caps != d->machine.region_count + d->meta_frames + d->objects)
        drive_broken(d, "capabilities beside roots, books and objects",
                     d->caps);
    if (is_library(d) &&
        (d->operations % LOOK_EVERY == 0 || d->caps > d->caps_looked)) {
        drive_library_look(d);
        d->caps_looked = f->caps_peak + f->caps_peak / LOOK_MORE;
    }
}

void drive_op_alloc(struct drive *d, uint64_t worth, bool served)
{
    d->figures.allocs += served;
    d->figures.refused += !served;
    d->figures.alloc_worth += served ? worth : 0;
    d->figures.alloc_calls += d->calls;
    op_end(d, worth);
}

void drive_op_free(struct drive *d, uint64_t worth, uint64_t frees)
{
    d->figures.frees += frees;
    d->figures.free_worth += worth;
    d->figures.free_calls += d->calls;
    op_end(d, worth);
}

/* Is it there, where and what it was said to be? */
static void block_check(struct drive *d, const struct drive_block *b)
{
    const struct slot *slots = kernel_slots(&d->h->kernel);
    slotno_t i = slot_at(d->inner) + ut_slots_cptr(&d->slots, b->slot);

    if (slot_is_empty(slots, i) || slot_base(slots, i) != b->paddr ||
        slot_bits(slots, i) != b->size_bits)
        drive_broken(d, "an object is not what was asked for", b->paddr);
}

/* What a stock kernel may clear again: see retype_allowed(). */
static void block_fill(struct drive *d, const struct drive_block *b)
{
    uint64_t bytes = (uint64_t)b->count << b->size_bits;
    uint64_t first = (b->paddr - d->low) >> UT_CHUNK_BITS;
    uint64_t last = (b->paddr + (bytes - 1) - d->low) >> UT_CHUNK_BITS;

    for (uint64_t i = first; i <= last; i++)
        d->filled[i] = b->size_bits > UT_CHUNK_BITS ? b->size_bits : 0;
}

bool drive_alloc(struct drive *d, uint32_t id, const struct drive_request *r)
{
    struct drive_block *b = &d->blocks[id];
    bool served;

    if (b->count != 0)
        drive_broken(d, "the workload uses a number twice", id);
    drive_op_begin(d, (uint64_t)r->count << r->size_bits);
    served = is_library(d) ? drive_library_alloc(d, r, b)
                           : drive_older_alloc(d, r, b);
    if (served) {
        d->objects += b->count;
        if (!b->is_pages) {
            block_check(d, b);
            block_fill(d, b);
        }
    } else {
        b->count = 0;
    }
    drive_op_alloc(d, (r->count + 255) / 256, served);
    return served;
}

/* As many calls as the fewest aligned blocks that make it up. */
static uint64_t free_worth(const struct drive_block *b)
{
    uint64_t at = b->paddr, left = (uint64_t)b->count << b->size_bits;
    uint64_t worth = 0;

    while (left > 0) {
        unsigned bits = at == 0 ? 63 : (unsigned)__builtin_ctzll(at);

        while (left >> bits == 0)
            bits--;
        at += bits_size(bits);
        left -= bits_size(bits);
        worth++;
    }
    return worth;
}

/* The block has died, one way or the other. */
static void block_gone(struct drive *d, struct drive_block *b)
{
    const struct slot *slots = kernel_slots(&d->h->kernel);

    d->objects -= b->count;
    for (uint32_t i = 0; i < b->count && !b->is_pages; i++)
        if (!slot_is_empty(slots, slot_at(d->inner) +
                                      ut_slots_cptr(&d->slots, b->slot + i)))
            drive_broken(d, "a freed object is still there", b->paddr);
    if (!b->is_pages)
        ut_slots_give(&d->slots, b->slot, b->count);
    b->count = 0;
}

void drive_free(struct drive *d, uint32_t id)
{
    struct drive_block *b = &d->blocks[id];
    uint64_t worth;

    if (b->count == 0)
        return;
    worth = b->is_pages ? 1 : free_worth(b);
    drive_op_begin(d, 0);
    if (is_library(d))
        drive_library_free(d, b);
    else
        drive_older_free(d, b);
    block_gone(d, b);
    drive_op_free(d, worth, 1);
}

/* ---- Processes ------------------------------------------------------------
 */

#define END_BUDGET 8u /* steps of one call of destroy */

void drive_process_start(struct drive *d, uint8_t process,
                         const struct ut_quota *quota)
{
    ut_err_t err;

    if (!is_library(d))
        return;
    drive_op_begin(d, UINT64_C(1) << UT_PAGE_BITS);
    err = ut_acct_create(ut_root(d->ut), quota, &d->accounts[process], NULL);
    if (err)
        drive_broken(d, "no account was made", err);
    drive_op_alloc(d, 1, !err);
}

void drive_process_end(struct drive *d, uint8_t process, uint32_t first,
                       uint32_t last)
{
    uint64_t died = 1, worth = 1; /* the account's record */
    ut_err_t err = UT_EAGAIN;

    for (uint32_t i = first; i <= last && !is_library(d); i++)
        drive_free(d, i);
    if (!is_library(d))
        return;
    for (uint32_t i = first; i <= last; i++)
        if (d->blocks[i].count != 0) {
            died++;
            worth += free_worth(&d->blocks[i]);
        }
    while (err == UT_EAGAIN) {
        drive_op_begin(d, 0);
        err = ut_acct_destroy(d->accounts[process], END_BUDGET, NULL);
        if (!err)
            for (uint32_t i = first; i <= last; i++)
                if (d->blocks[i].count != 0)
                    block_gone(d, &d->blocks[i]);
        if (err == UT_EAGAIN)
            d->figures.free_calls += d->calls;
        if (d->calls > d->figures.calls_max)
            d->figures.calls_max = d->calls;
    }
    if (err)
        drive_broken(d, "an account was not destroyed", err);
    drive_op_free(d, worth, died);
}

struct drive_request drive_order(unsigned order, uint8_t cls)
{
    struct drive_request r = {
        .type = order == 0    ? DRIVE_PAGE
                : order == 9  ? DRIVE_MEGA
                : order == 18 ? DRIVE_GIGA
                              : UT_TYPE_UNTYPED,
        .size_bits = (uint8_t)(UT_PAGE_BITS + order),
        .cls = cls,
        .count = 1,
        .pages_will_do = true,
    };

    return r;
}

uint64_t drive_free_bytes(const struct drive *d)
{
    uint64_t bytes = d->figures.managed_bytes;

    for (uint32_t i = 0; i < d->ids; i++)
        bytes -=
            (uint64_t)d->blocks[i].count
            << (d->blocks[i].is_pages ? UT_PAGE_BITS : d->blocks[i].size_bits);
    return bytes;
}
