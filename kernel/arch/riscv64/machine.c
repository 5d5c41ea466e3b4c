/* SPDX-License-Identifier: BSD-2-Clause */
/* The build's options (kernel/options.mk) made into the kernel's parameters,
 * and the memory for its tables. */
#include "machine.h"
#include "arch.h"
#include "label.h"
#include "layout.h"
#include "vspace.h"

#define IRQS_MAX   (IRQ_SOURCES_MAX + 2u) /* 0, the sources, the timer */
#define ASID_POOLS 128u
#define WORK_LIMIT 1024u /* units between two looks at interrupts */
#define CHUNK_BITS 12u
#define TCB_BITS   (HAVE_FPU ? 11u : 10u)

_Static_assert(NUM_DOMAINS >= 1 && NUM_DOMAINS <= 256, "NUM_DOMAINS: 1 .. 256");
_Static_assert(NUM_DOMAIN_SCHEDULES >= 2 && NUM_DOMAIN_SCHEDULES < 65536,
               "NUM_DOMAIN_SCHEDULES: 2 .. 65535");
_Static_assert(LABELS >= 13 && LABELS <= 16,
               "LABELS: 13, 14, or 15 for that and later");
_Static_assert(RETYPE_FAN_OUT_LIMIT >= 1 && RETYPE_FAN_OUT_LIMIT < 65536,
               "RETYPE_FAN_OUT_LIMIT: 1 .. 65535");
_Static_assert(TIME_SLICE >= 1 && TIME_SLICE < 65536, "TIME_SLICE: 1 .. 65535");
_Static_assert(THREAD_OFFSET + sizeof(struct thread) <= 1u << TCB_BITS,
               "a TCB object holds a thread");

struct kernel machine_kernel;

static struct slot irq_slots[IRQS_MAX] __attribute__((aligned(SLOT_BYTES)));
static uint8_t irq_active[IRQS_MAX];
static struct ready_set ready[NUM_DOMAINS];
static struct domain_entry schedule[NUM_DOMAIN_SCHEDULES];
static struct asid_pool asid_pools[ASID_POOLS];
static struct tables tables = {
    .ready = ready,
    .schedule = schedule,
    .asid_pools = asid_pools,
    .irq_active = irq_active,
};

static struct kernel_params params_of(uint32_t sources)
{
    return (struct kernel_params){
        .window_bits = PHYSICAL_BITS,
        .chunk_bits = CHUNK_BITS,
        .untyped_bits_min = 4,
        .untyped_bits_max = 38,
        .fanout = RETYPE_FAN_OUT_LIMIT,
        .scan_slots = 64, /* a few cache lines of them */
        .object_types = 9,
        .generation3 = FALLOW_GEN3,
        .objects =
            {
                [OBJECT_UNTYPED] = {CAP_UNTYPED, 0},
                [OBJECT_TCB] = {CAP_TCB, TCB_BITS},
                [OBJECT_ENDPOINT] = {CAP_ENDPOINT, 4},
                [OBJECT_NOTIFICATION] = {CAP_NOTIFICATION, 5},
                [OBJECT_CNODE] = {CAP_CNODE, SLOT_BITS},
                {CAP_FRAME, 30},
                {CAP_FRAME, 12},
                {CAP_FRAME, 21},
                {CAP_PAGE_TABLE, 12},
            },
        .work_limit = WORK_LIMIT,
        .irq_slots = slot_at(image_address(irq_slots)),
        .irq_count = sources + 2,
        .irq_timer = sources + 1,
        .domain_count = NUM_DOMAINS,
        .schedule_length = NUM_DOMAIN_SCHEDULES,
        .time_slice_ticks = TIME_SLICE,
        .asid_pool_count = ASID_POOLS,
        .thread_flags = HAVE_FPU ? THREAD_FLAG_FPU_DISABLED : 0,
        .irq_triggers = true,
        .debug_print = PRINTING,
        .debug_calls = DEBUG_CALLS,
    };
}

void machine_init(uint32_t sources)
{
    struct kernel_params params =
        params_of(sources < IRQ_SOURCES_MAX ? sources : IRQ_SOURCES_MAX);

    KERNEL_ASSERT(label_select(&params, LABELS));
    kernel_init(&machine_kernel, direct(0), &params);
    sched_init(&machine_kernel, &tables);
}
