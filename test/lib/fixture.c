/* SPDX-License-Identifier: BSD-2-Clause */
#include "fixture.h"

#include <stdlib.h>
#include <string.h>

#define RV64_RAM_BASE      UINT64_C(0x80000000)
#define RV64_RAM_BYTES     (UINT64_C(4) << 30)
#define RV64_RADIX         12u
#define RV64_IRQ_SLOTS     (RV64_RAM_BASE + 0x20000)
#define RV64_IRQ_COUNT     97u /* PLIC 1 .. 95, and the timer */
#define SMALL_RADIX        6u
#define SMALL_RAM_BYTES    0xc000u
#define SMALL_IRQ_SLOTS    0xc00u
#define SMALL_IRQ_COUNT    4u
#define CHECK_BYTES        (UINT64_C(1) << 16)
#define PREEMPTIONS_MAX    100000000u
#define ASID_OF_ROOT       1u

static void create(struct fixture *f, const struct kernel_params *params,
                   paddr_t ram_base, uint64_t ram_bytes, unsigned radix)
{
    memset(f, 0, sizeof *f);
    f->hosted = hosted_create(params, ram_base, ram_bytes);
    if (!f->hosted) {
        tap_ok(false, "the host gives a machine");
        exit(tap_done());
    }
    f->k = &f->hosted->kernel;
    f->root_base = ram_base;
    f->root_radix = radix;
    f->check_bytes = CHECK_BYTES;
    f->caller = SLOT_NIL;
    hosted_root_cnode(f->k, ram_base, radix);
}

static void boot_cap(struct fixture *f, uint64_t cptr, struct cap cap)
{
    kernel_insert_boot_cap(f->k, fixture_slot(f, cptr), &cap);
}

static void boot_untyped(struct fixture *f, uint64_t cptr, paddr_t base,
                         uint8_t bits, bool device)
{
    hosted_boot_untyped(f->k, fixture_slot(f, cptr), base, bits, device);
}

void fixture_rv64(struct fixture *f)
{
    struct kernel_params params = hosted_params_riscv64();
    paddr_t ram = RV64_RAM_BASE;

    params.irq_slots = slot_at(RV64_IRQ_SLOTS);
    params.irq_count = RV64_IRQ_COUNT;
    create(f, &params, ram, RV64_RAM_BYTES, RV64_RADIX);
    boot_cap(f, FIX_TCB,
             (struct cap){.type = CAP_TCB, .base = ram + 0x22000, .bits = 11});
    boot_cap(
        f, FIX_VSPACE,
        (struct cap){.type = CAP_PAGE_TABLE,
                     .base = ram + 0x23000,
                     .bits = 12,
                     .rights = CAP_MAPPED,
                     .word = bits_up(ASID_OF_ROOT, CAP_MAPPED_ADDRESS_BITS)});
    boot_cap(f, FIX_IRQ_CONTROL, (struct cap){.type = CAP_IRQ_CONTROL});
    boot_cap(f, FIX_ASID_CONTROL, (struct cap){.type = CAP_ASID_CONTROL});
    boot_cap(
        f, FIX_ASID_POOL,
        (struct cap){.type = CAP_ASID_POOL, .base = ram + 0x24000, .bits = 12});
    boot_cap(f, FIX_DOMAIN, (struct cap){.type = CAP_DOMAIN});
    boot_untyped(f, FIX_UT, ram + 0x1000000, 24, false);
    boot_untyped(f, FIX_UT2, ram + 0x2000000, 24, false);
    boot_untyped(f, FIX_DEVICE, 0x10000000, 24, true);
    boot_untyped(f, FIX_HUGE, ram + 0x80000000, 31, false);
    boot_untyped(f, FIX_TINY, ram + 0x30000, 6, false);
    boot_untyped(f, FIX_DEVICE_HUGE, bits_size(38), 38, true);
}

struct kernel_params fixture_params_small(void)
{
    return (struct kernel_params){
        .window_bits = 16,
        .chunk_bits = 6,
        .untyped_bits_min = 4,
        .untyped_bits_max = 15,
        .fanout = 8,
        .object_types = TYPE_COUNT,
        .generation3 = true,
        .objects = {[OBJECT_UNTYPED] = {CAP_UNTYPED, 0},
                    [OBJECT_TCB] = {CAP_TCB, 8},
                    [OBJECT_ENDPOINT] = {CAP_ENDPOINT, 4},
                    [OBJECT_NOTIFICATION] = {CAP_NOTIFICATION, 5},
                    [OBJECT_CNODE] = {CAP_CNODE, SLOT_BITS},
                    [TYPE_GIGA] = {CAP_FRAME, 12},
                    [TYPE_PAGE] = {CAP_FRAME, 8},
                    [TYPE_MEGA] = {CAP_FRAME, 10},
                    [TYPE_TABLE] = {CAP_PAGE_TABLE, 8}},
    };
}

void fixture_small(struct fixture *f)
{
    struct kernel_params params = fixture_params_small();

    params.irq_slots = slot_at(SMALL_IRQ_SLOTS);
    params.irq_count = SMALL_IRQ_COUNT;
    create(f, &params, 0, SMALL_RAM_BYTES, SMALL_RADIX);
    boot_cap(f, FIX_TCB,
             (struct cap){.type = CAP_TCB, .base = 0x800, .bits = 8});
    boot_cap(f, FIX_IRQ_CONTROL, (struct cap){.type = CAP_IRQ_CONTROL});
    boot_cap(f, FIX_DOMAIN, (struct cap){.type = CAP_DOMAIN});
    boot_untyped(f, FIX_UT, 0x4000, 14, false);
    boot_untyped(f, FIX_UT2, 0x8000, 14, false);
    boot_untyped(f, FIX_DEVICE, 0xc000, 14, true);
}

void fixture_custom(struct fixture *f, const struct kernel_params *params,
                    uint64_t ram_bytes, unsigned radix)
{
    create(f, params, 0, ram_bytes, radix);
}

void fixture_done(struct fixture *f)
{
    fixture_check(f, "the end");
    tap_ok(f->broken == 0, "every invariant holds in each of %lu states",
           (unsigned long)f->states);
    hosted_destroy(f->hosted);
    f->hosted = NULL;
}

void fixture_check(struct fixture *f, const char *after)
{
    struct check_result result = kernel_check(f->k, f->check_bytes);

    f->states++;
    if (!result.broken)
        return;
    f->broken++;
    tap_diag("broken after %s: %s, slot 0x%lx", after, result.broken,
             (unsigned long)result.slot);
}

static void enter(struct fixture *f, const struct invocation *inv)
{
    f->outcome = invoke(f->k, inv, &f->reply);
    if (!f->unchecked)
        fixture_check(f, f->outcome == OUTCOME_PREEMPTED ? "a preempted call"
                                                         : "a call");
}

uint64_t call(struct fixture *f, uint64_t cptr, uint64_t label, uint32_t length,
              const uint64_t *mr, uint32_t cap_count, const uint64_t *caps)
{
    struct invocation inv = {
        .slot = fixture_slot(f, cptr),
        .label = label,
        .length = length,
        .mr = mr,
        .cap_count = cap_count,
        .caller = f->caller,
    };

    for (uint32_t i = 0; i < cap_count; i++)
        inv.cap[i] = fixture_slot(f, caps[i]);
    f->preemptions = 0;
    memset(&f->reply, 0xee, sizeof f->reply);
    enter(f, &inv);
    while (f->outcome == OUTCOME_PREEMPTED && !f->once) {
        if (++f->preemptions == PREEMPTIONS_MAX) {
            tap_ok(false, "a preempted call ends");
            exit(tap_done());
        }
        enter(f, &inv);
    }
    return f->reply.label;
}

static uint64_t call_retype(struct fixture *f, uint64_t untyped, uint64_t label,
                            uint32_t length, const struct retype_arguments *a,
                            uint64_t offset_bytes)
{
    return call(f, untyped, label, length,
                (uint64_t[]){a->type, a->size_bits, a->index, a->depth,
                             a->offset, a->count, offset_bytes},
                1, &a->root);
}

uint64_t retype_into(struct fixture *f, uint64_t untyped,
                     const struct retype_arguments *a)
{
    return call_retype(f, untyped, LABEL_UNTYPED_RETYPE, 6, a, 0);
}

uint64_t retype(struct fixture *f, uint64_t untyped, uint64_t type,
                uint64_t size_bits, uint64_t slot, uint64_t count)
{
    return retype_into(f, untyped,
                       &(struct retype_arguments){.type = type,
                                                  .size_bits = size_bits,
                                                  .root = FIX_ROOT,
                                                  .offset = slot,
                                                  .count = count});
}

uint64_t retype_at_into(struct fixture *f, uint64_t untyped,
                        const struct retype_arguments *a, uint64_t offset_bytes)
{
    return call_retype(f, untyped, LABEL_UNTYPED_RETYPE_AT, 7, a, offset_bytes);
}

uint64_t retype_at(struct fixture *f, uint64_t untyped, uint64_t type,
                   uint64_t size_bits, uint64_t slot, uint64_t count,
                   uint64_t offset_bytes)
{
    return retype_at_into(f, untyped,
                          &(struct retype_arguments){.type = type,
                                                     .size_bits = size_bits,
                                                     .root = FIX_ROOT,
                                                     .offset = slot,
                                                     .count = count},
                          offset_bytes);
}

uint64_t retype_whole(struct fixture *f, uint64_t untyped, uint64_t type,
                      uint64_t size_bits, uint64_t slot)
{
    return call(f, untyped, LABEL_UNTYPED_RETYPE_WHOLE, 5,
                (uint64_t[]){type, size_bits, 0, 0, slot}, 1,
                (uint64_t[]){FIX_ROOT});
}

uint64_t describe(struct fixture *f, uint64_t untyped)
{
    return call(f, untyped, LABEL_UNTYPED_DESCRIBE, 0, NULL, 0, NULL);
}

uint64_t next_region(struct fixture *f, uint64_t untyped, uint64_t offset_bytes)
{
    return call(f, untyped, LABEL_UNTYPED_NEXT, 1, &offset_bytes, 0, NULL);
}

uint64_t revoke_at(struct fixture *f, uint64_t untyped, uint64_t offset_bytes,
                   uint64_t size_bits)
{
    return call(f, untyped, LABEL_UNTYPED_REVOKE_AT, 2,
                (uint64_t[]){offset_bytes, size_bits}, 0, NULL);
}

/* A call that names one slot of a CNode. */
static uint64_t call_one(struct fixture *f, uint64_t label, struct place at)
{
    return call(f, at.root, label, 2, (uint64_t[]){at.index, at.depth}, 0,
                NULL);
}

/* A call that names two, with what else it takes. */
static uint64_t call_two(struct fixture *f, uint64_t label, uint32_t length,
                         struct place to, struct place from, uint64_t extra,
                         uint64_t data)
{
    return call(
        f, to.root, label, length,
        (uint64_t[]){to.index, to.depth, from.index, from.depth, extra, data},
        1, &from.root);
}

static struct place root_slot(uint64_t slot)
{
    return (struct place){FIX_ROOT, slot, FIX_WORD_BITS};
}

struct place inside(uint64_t cnode, unsigned radix, uint64_t index)
{
    return (struct place){cnode, index, radix};
}

uint64_t cnode_revoke(struct fixture *f, uint64_t slot)
{
    return call_one(f, LABEL_CNODE_REVOKE, root_slot(slot));
}

uint64_t cnode_delete(struct fixture *f, uint64_t slot)
{
    return call_one(f, LABEL_CNODE_DELETE, root_slot(slot));
}

uint64_t cnode_delete_at(struct fixture *f, struct place at)
{
    return call_one(f, LABEL_CNODE_DELETE, at);
}

uint64_t cnode_revoke_at(struct fixture *f, struct place at)
{
    return call_one(f, LABEL_CNODE_REVOKE, at);
}

uint64_t cnode_save_caller(struct fixture *f, uint64_t slot)
{
    return call_one(f, LABEL_CNODE_SAVE_CALLER, root_slot(slot));
}

uint64_t cnode_cancel_badged_sends(struct fixture *f, uint64_t slot)
{
    return call_one(f, LABEL_CNODE_CANCEL_BADGED_SENDS, root_slot(slot));
}

uint64_t cnode_copy_at(struct fixture *f, struct place to, struct place from,
                       uint64_t rights)
{
    return call_two(f, LABEL_CNODE_COPY, 5, to, from, rights, 0);
}

uint64_t cnode_copy(struct fixture *f, uint64_t to, uint64_t from,
                    uint64_t rights)
{
    return cnode_copy_at(f, root_slot(to), root_slot(from), rights);
}

uint64_t cnode_mint(struct fixture *f, uint64_t to, uint64_t from,
                    uint64_t rights, uint64_t data)
{
    return call_two(f, LABEL_CNODE_MINT, 6, root_slot(to), root_slot(from),
                    rights, data);
}

uint64_t cnode_move_at(struct fixture *f, struct place to, struct place from)
{
    return call_two(f, LABEL_CNODE_MOVE, 4, to, from, 0, 0);
}

uint64_t cnode_move(struct fixture *f, uint64_t to, uint64_t from)
{
    return cnode_move_at(f, root_slot(to), root_slot(from));
}

uint64_t cnode_mutate(struct fixture *f, uint64_t to, uint64_t from,
                      uint64_t data)
{
    return call_two(f, LABEL_CNODE_MUTATE, 5, root_slot(to), root_slot(from),
                    data, 0);
}

uint64_t cnode_rotate(struct fixture *f, uint64_t to, uint64_t to_data,
                      uint64_t pivot, uint64_t pivot_data, uint64_t from)
{
    return call(f, FIX_ROOT, LABEL_CNODE_ROTATE, 8,
                (uint64_t[]){to, FIX_WORD_BITS, to_data, pivot, FIX_WORD_BITS,
                             pivot_data, from, FIX_WORD_BITS},
                2, (uint64_t[]){FIX_ROOT, FIX_ROOT});
}

bool fixture_ok_reply(struct fixture *f, const char *name, size_t count,
                      const uint64_t *label_and_words)
{
    const struct reply *r = &f->reply;
    size_t words = count - 1;
    bool same = f->outcome == OUTCOME_DONE && r->label == label_and_words[0] &&
                r->length == words;

    for (size_t i = 0; same && i < words; i++)
        same = r->mr[i] == label_and_words[i + 1];
    if (tap_ok(same, "%s: %lu, %lu words", name,
               (unsigned long)label_and_words[0], (unsigned long)words))
        return true;
    if (f->outcome != OUTCOME_DONE) {
        tap_diag("  the call was preempted");
        return false;
    }
    tap_diag("  got label %u, %u words", r->label, r->length);
    for (size_t i = 0; i < r->length && i < REPLY_WORDS_MAX; i++)
        tap_diag("  got MR%lu = 0x%lx", (unsigned long)i,
                 (unsigned long)r->mr[i]);
    for (size_t i = 0; i < words; i++)
        tap_diag("  want MR%lu = 0x%lx", (unsigned long)i,
                 (unsigned long)label_and_words[i + 1]);
    return false;
}

bool ok_watermark(struct fixture *f, uint64_t untyped, uint64_t want,
                  const char *name)
{
    if (describe(f, untyped) != ERROR_NONE)
        return tap_ok(false, "%s: Describe answers", name);
    return tap_is(f->reply.mr[3], want, "%s: watermark", name);
}

bool is_empty(struct fixture *f, uint64_t slot)
{
    return cnode_move(f, slot, slot) == ERROR_FAILED_LOOKUP;
}

slotno_t fixture_slot(const struct fixture *f, uint64_t cptr)
{
    KERNEL_ASSERT(bits_down(cptr, f->root_radix) == 0);
    return slot_at(f->root_base) + cptr;
}

struct cap fixture_cap(const struct fixture *f, uint64_t cptr)
{
    return cap_read(kernel_slots(f->k), fixture_slot(f, cptr));
}

uint8_t fixture_type(const struct fixture *f, uint64_t cptr)
{
    return slot_type(kernel_slots(f->k), fixture_slot(f, cptr));
}

uint8_t fixture_flags(const struct fixture *f, uint64_t cptr)
{
    return slot_flags(kernel_slots(f->k), fixture_slot(f, cptr));
}

uint64_t fixture_watermark(const struct fixture *f, uint64_t cptr)
{
    return slot_word(kernel_slots(f->k), fixture_slot(f, cptr));
}

slotno_t fixture_inner(const struct fixture *f, uint64_t cptr, uint64_t i)
{
    return slot_at(slot_base(kernel_slots(f->k), fixture_slot(f, cptr))) + i;
}

void fixture_derive(struct fixture *f, slotno_t source, slotno_t to,
                    const struct cap *cap)
{
    struct slot *slots = kernel_slots(f->k);
    bool revocable = cap_is_revocable(slots, source, cap);

    KERNEL_ASSERT(slot_is_empty(slots, to));
    cap_write(slots, to, cap);
    slot_set_flags(slots, to,
                   revocable ? SLOT_REVOCABLE | SLOT_FIRST_BADGED : 0);
    regions_insert_after(&f->k->regions, source, to);
}

void fixture_dirty(struct fixture *f, paddr_t base, uint64_t bytes)
{
    KERNEL_ASSERT(hosted_is_ram(f->k, base, bytes));
    memset(hosted_memory(f->k, base), 0xa5, bytes);
}

bool fixture_is_zero(struct fixture *f, paddr_t base, uint64_t bytes)
{
    const uint8_t *memory = hosted_memory(f->k, base);

    KERNEL_ASSERT(hosted_is_ram(f->k, base, bytes));
    for (uint64_t i = 0; i < bytes; i++)
        if (memory[i] != 0)
            return false;
    return true;
}

void fixture_preempt_in(struct fixture *f, uint64_t n)
{
    f->hosted->machine.preempt_in = n;
}
