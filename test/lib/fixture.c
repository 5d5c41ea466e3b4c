/* SPDX-License-Identifier: BSD-2-Clause */
#include "fixture.h"

#include <stdlib.h>
#include <string.h>

#define RV64_RAM_BASE   UINT64_C(0x80000000)
#define RV64_RAM_BYTES  (UINT64_C(4) << 30)
#define RV64_RADIX      12u
#define RV64_IRQ_SLOTS  (RV64_RAM_BASE + 0x20000)
#define RV64_IRQ_COUNT  97u /* PLIC 1 .. 95, and the timer */
#define SMALL_RADIX     6u
#define SMALL_RAM_BYTES 0xc000u
#define SMALL_IRQ_SLOTS 0xc00u
#define SMALL_IRQ_COUNT 4u
#define CHECK_BYTES     (UINT64_C(1) << 16)
#define ASID_OF_ROOT    1u

static void create(struct fixture *f, const struct kernel_params *params,
                   paddr_t ram_base, uint64_t ram_bytes, paddr_t root_base,
                   unsigned radix)
{
    memset(f, 0, sizeof *f);
    f->hosted = hosted_create(params, ram_base, ram_bytes);
    if (!f->hosted) {
        tap_ok(false, "the host gives a machine");
        exit(tap_done());
    }
    f->k = &f->hosted->kernel;
    f->root_base = root_base;
    f->root_radix = radix;
    f->check_bytes = CHECK_BYTES;
    f->caller = SLOT_NIL;
    hosted_root_cnode(f->k, root_base, radix);
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
    create(f, &params, ram, RV64_RAM_BYTES, ram, RV64_RADIX);
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
        .generation3 = hosted_params_riscv64().generation3,
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
    create(f, &params, 0, SMALL_RAM_BYTES, 0, SMALL_RADIX);
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
    fixture_custom_at(f, params, ram_bytes, 0, radix);
}

void fixture_custom_at(struct fixture *f, const struct kernel_params *params,
                       uint64_t ram_bytes, paddr_t root_base, unsigned radix)
{
    create(f, params, 0, ram_bytes, root_base, radix);
}

void fixture_needs_generation3(struct fixture *f)
{
    if (f->k->params.generation3)
        return;
    tap_is(describe(f, FIX_UT), ERROR_ILLEGAL_OPERATION,
           "a kernel without the new calls refuses them");
    fixture_done(f);
    exit(tap_done());
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

static char type_letter(uint8_t type)
{
    static const char letters[] = {
        [CAP_NULL] = '.',         [CAP_FRAME] = 'f',
        [CAP_UNTYPED] = 'u',      [CAP_PAGE_TABLE] = 'p',
        [CAP_ENDPOINT] = 'e',     [CAP_NOTIFICATION] = 'n',
        [CAP_REPLY] = 'r',        [CAP_CNODE] = 'c',
        [CAP_ASID_CONTROL] = 'A', [CAP_TCB] = 't',
        [CAP_ASID_POOL] = 'a',    [CAP_IRQ_CONTROL] = 'I',
        [CAP_IRQ_HANDLER] = 'i',  [CAP_ZOMBIE] = 'z',
        [CAP_DOMAIN] = 'd',       [CAP_EMBRYO] = 'm',
    };

    return type < sizeof letters && letters[type] ? letters[type] : '?';
}

bool ok_slots(struct fixture *f, uint64_t first, const char *want,
              const char *name)
{
    char got[65] = {0};
    size_t n = strlen(want);

    KERNEL_ASSERT(n < sizeof got);
    for (size_t i = 0; i < n; i++)
        got[i] = type_letter(fixture_type(f, first + i));
    return tap_is_string(got, want, "%s", name);
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
