/* SPDX-License-Identifier: BSD-2-Clause */
#include "machine.h"

#include <string.h>

/* Object types 5 to 8: three sizes of frames, and a table. */
#define OBJECTS(tcb, small, middle, large, table)                              \
    .object_types = 9, .objects = {                                            \
                           [OBJECT_UNTYPED] = {CAP_UNTYPED, 0},                \
                           [OBJECT_TCB] = {CAP_TCB, tcb},                      \
                           [OBJECT_ENDPOINT] = {CAP_ENDPOINT, 4},              \
                           [OBJECT_NOTIFICATION] = {CAP_NOTIFICATION, 5},      \
                           [OBJECT_CNODE] = {CAP_CNODE, SLOT_BITS},            \
                           {CAP_FRAME, large},                                 \
                           {CAP_FRAME, small},                                 \
                           {CAP_FRAME, middle},                                \
                           {CAP_PAGE_TABLE, table},                            \
    }

#define SMALL_PARAMS(gen3)                                                     \
    {                                                                          \
        .window_bits = 16, .chunk_bits = 6, .untyped_bits_min = 4,             \
        .untyped_bits_max = 15, .fanout = 16, .generation3 = gen3,             \
        .irq_slots = 0xf00 / SLOT_BYTES, .irq_count = 4,                       \
        OBJECTS(8, 4, 8, 10, 8),                                               \
    }

#define SMALL_REST                                                             \
    .ram_bytes = 0x8000, .radix = 6, .boot_base = 0x800, .boot_bits = 8,       \
    .boot_tcb_bits = 8,                                                        \
    .untypeds = {                                                              \
        {0x1000, 12, false},                                                   \
        {0x2000, 13, false},                                                   \
        {0x4000, 14, false},                                                   \
        {0x8000, 15, true},                                                    \
    }

static const struct machine_config configs[MACHINE_COUNT] = {
    {
        .name = "tiny",
        .params = {.window_bits = 10,
                   .chunk_bits = 4,
                   .untyped_bits_min = 4,
                   .untyped_bits_max = 10,
                   .fanout = 8,
                   .generation3 = true,
                   OBJECTS(8, 4, 5, 6, 5)},
        .ram_bytes = 0x400,
        .radix = 4,
        .untypeds = {{0x200, 9, false}},
    },
    {
        .name = "dense",
        .params = {.window_bits = 12,
                   .chunk_bits = 5,
                   .untyped_bits_min = 4,
                   .untyped_bits_max = 11,
                   .fanout = 32,
                   .scan_slots = 3,
                   .generation3 = true,
                   OBJECTS(8, 4, 5, 6, 4)},
        .ram_bytes = 0x1000,
        .radix = 6,
        .untypeds = {{0x800, 11, false}},
    },
    {.name = "small", .params = SMALL_PARAMS(true), SMALL_REST},
    {
        .name = "wide",
        .params = {.window_bits = 20,
                   .chunk_bits = 8,
                   .untyped_bits_min = 4,
                   .untyped_bits_max = 19,
                   .fanout = 256,
                   .scan_slots = 64,
                   .generation3 = true,
                   .irq_slots = 0x16000 / SLOT_BYTES,
                   .irq_count = 4,
                   OBJECTS(8, 4, 9, 12, 10)},
        .ram_bytes = 0x80000,
        .radix = 11,
        .boot_base = 0x10000,
        .boot_bits = 12,
        .boot_tcb_bits = 8,
        .untypeds = {{0x18000, 15, false},
                     {0x20000, 17, false},
                     {0x40000, 18, false},
                     {0x80000, 19, true}},
    },
    {.name = "old", .params = SMALL_PARAMS(false), SMALL_REST},
    {
        .name = "rv64",
        .params = {.window_bits = 21,
                   .chunk_bits = 12,
                   .untyped_bits_min = 4,
                   .untyped_bits_max = 20,
                   .fanout = 256,
                   .scan_slots = 64,
                   .generation3 = true,
                   .irq_slots = 0x9000 / SLOT_BYTES,
                   .irq_count = 8,
                   OBJECTS(11, 12, 14, 16, 12)},
        .ram_bytes = 0x100000,
        .radix = 8,
        .boot_base = 0x2000,
        .boot_bits = 12,
        .boot_tcb_bits = 11,
        .untypeds = {{0x10000, 16, false},
                     {0x40000, 18, false},
                     {0x80000, 19, false},
                     {0x100000, 20, true}},
    },
};

const struct machine_config *machine_config(unsigned index)
{
    KERNEL_ASSERT(index < MACHINE_COUNT);
    return &configs[index];
}

const struct machine_config *machine_config_named(const char *name)
{
    for (unsigned i = 0; i < MACHINE_COUNT; i++)
        if (strcmp(configs[i].name, name) == 0)
            return &configs[i];
    return NULL;
}

static void boot_objects(struct lockstep *ls, const struct machine_config *c)
{
    const uint64_t step = UINT64_C(1) << c->boot_bits;
    const struct cap caps[] = {
        [MACHINE_TCB] = {.type = CAP_TCB,
                         .base = c->boot_base,
                         .bits = c->boot_tcb_bits},
        [MACHINE_IRQ_CONTROL] = {.type = CAP_IRQ_CONTROL},
        [MACHINE_ASID_CONTROL] = {.type = CAP_ASID_CONTROL},
        [MACHINE_DOMAIN] = {.type = CAP_DOMAIN},
        [MACHINE_TABLE] = {.type = CAP_PAGE_TABLE,
                           .base = c->boot_base + step,
                           .bits = c->params.objects[8].bits,
                           .rights = CAP_MAPPED,
                           .word = UINT64_C(1) << CAP_MAPPED_ADDRESS_BITS},
        [MACHINE_FRAME] = {.type = CAP_FRAME,
                           .base = c->boot_base + 2 * step,
                           .bits = c->params.objects[6].bits,
                           .rights = CAP_READ + CAP_WRITE + CAP_MAPPED,
                           .word = (UINT64_C(1) << CAP_MAPPED_ADDRESS_BITS) +
                                   0x4000},
        [MACHINE_POOL] = {.type = CAP_ASID_POOL,
                          .base = c->boot_base + 3 * step,
                          .bits = c->boot_bits,
                          .word = 512},
        [MACHINE_TABLE_UNMAPPED] = {.type = CAP_PAGE_TABLE,
                                    .base = c->boot_base + 4 * step,
                                    .bits = c->params.objects[8].bits},
    };

    for (unsigned slot = MACHINE_TCB; slot <= MACHINE_TABLE_UNMAPPED; slot++)
        lockstep_boot(ls, slot, &caps[slot]);
}

bool machine_create(struct lockstep *ls, const struct machine_config *config)
{
    if (!lockstep_create(ls, &config->params, config->ram_bytes, config->radix))
        return false;
    if (config->boot_base != 0)
        boot_objects(ls, config);
    for (unsigned i = 0; i < MACHINE_UNTYPEDS; i++) {
        const struct machine_untyped *u = &config->untypeds[i];
        struct cap cap = {
            .type = CAP_UNTYPED,
            .base = u->base,
            .bits = u->bits,
            .word = UINT64_C(1) << u->bits,
            .rights = u->device ? CAP_DEVICE : 0,
        };

        if (u->bits != 0)
            lockstep_boot(ls, MACHINE_UNTYPED + i, &cap);
    }
    return true;
}
