/* SPDX-License-Identifier: BSD-2-Clause */
/* Clearing and making: resets, many objects at once, embryos. */
#include "cases.h"

static int retype(seL4_CPtr untyped, seL4_Word type, seL4_Word bits,
                  seL4_CPtr first, seL4_Word count)
{
    return (int)seL4_Untyped_Retype(untyped, type, bits, ROOT, 0, 0, first,
                                    count);
}

/* ---- Reset ----------------------------------------------------------------*/

static void use_all(seL4_Word unused)
{
    (void)unused;
    space_make(block.gib1, seL4_RISCV_Giga_Page, 0, SLOT, 1);
    space_delete(SLOT);
}

static int reset(seL4_Word unused)
{
    (void)unused;
    return retype(block.gib1, seL4_EndpointObject, 0, SLOT, 1);
}

/* ---- Many at once ---------------------------------------------------------*/

/* Objects of user size 4 where they have one. */
static int make_many(seL4_Word type)
{
    return retype(block.gib1, type, 4, MANY, CONFIG_RETYPE_FAN_OUT_LIMIT);
}

static void free_one(seL4_Word unused)
{
    (void)unused;
    space_occupy(block.gib1, SLOT);
}

/* ---- At an offset ---------------------------------------------------------*/

static seL4_Word size_of(seL4_Word type)
{
    switch (type) {
    case seL4_TCBObject:
        return 1ul << seL4_TCBBits;
    case seL4_EndpointObject:
        return 1ul << seL4_EndpointBits;
    case seL4_NotificationObject:
        return 1ul << seL4_NotificationBits;
    case seL4_CapTableObject:
        return 16ul << seL4_SlotBits;
    case seL4_RISCV_Mega_Page:
        return 1ul << 21;
    default:
        return 4096;
    }
}

/* Three times as many as one call makes, and then not those in the middle. */
static void dirty_middle(seL4_Word type)
{
    seL4_Word fan_out = CONFIG_RETYPE_FAN_OUT_LIMIT;

    space_make(block.gib1, type, 4, MANY, 3 * fan_out);
    for (seL4_Word n = fan_out; n < 2 * fan_out; n++)
        space_delete(MANY + n);
}

static int make_in_middle(seL4_Word type)
{
    seL4_Word offset, fan_out = CONFIG_RETYPE_FAN_OUT_LIMIT;
    seL4_Word size = size_of(type);

    /* The endpoint of free_one is before them. */
    offset = size * (fan_out + 1);
    return (int)fallow_Untyped_RetypeAt(block.gib1, type, 4, ROOT, 0, 0,
                                        MANY + fan_out, fan_out - 1, offset);
}

static void dirty_giga(seL4_Word unused)
{
    (void)unused;
    space_make(block.gib2, seL4_RISCV_Giga_Page, 0, SLOT + 1, 2);
    space_delete(SLOT + 2);
}

static int giga_at_offset(seL4_Word unused)
{
    (void)unused;
    return (int)fallow_Untyped_RetypeAt(block.gib2, seL4_RISCV_Giga_Page, 0,
                                        ROOT, 0, 0, SLOT + 2, 1, 1ul << 30);
}

/* The slots only: nobody wants 2 GiB cleared once more. */
static void free_two(seL4_Word unused)
{
    (void)unused;
    must(seL4_CNode_Revoke(ROOT, block.gib2, DEPTH) == seL4_NoError, "revoke");
}

#define AT_ONCE(type, name)                                                    \
    {                                                                          \
        "2, 20", "Retype of 256 " name, type, NULL, make_many, free_one        \
    }
#define AT_OFFSET(type, name)                                                  \
    {                                                                          \
        "2, 20", "RetypeAt of 255 dirty " name " at an offset", type,          \
            dirty_middle, make_in_middle, free_one                             \
    }

void cases_retype(void)
{
    static const struct stretch_case cases[] = {
        {"1", "reset of 1 GiB", 0, use_all, reset, NULL},
        AT_ONCE(seL4_TCBObject, "TCBs"),
        AT_ONCE(seL4_EndpointObject, "endpoints"),
        AT_ONCE(seL4_NotificationObject, "notifications"),
        AT_ONCE(seL4_CapTableObject, "CNodes of 2^4"),
        AT_ONCE(seL4_UntypedObject, "untypeds of 2^4 bytes"),
        AT_ONCE(seL4_RISCV_4K_Page, "4K frames"),
        AT_ONCE(seL4_RISCV_Mega_Page, "2M frames"),
        AT_ONCE(seL4_RISCV_PageTableObject, "page tables"),
        AT_OFFSET(seL4_TCBObject, "TCBs"),
        AT_OFFSET(seL4_EndpointObject, "endpoints"),
        AT_OFFSET(seL4_NotificationObject, "notifications"),
        AT_OFFSET(seL4_CapTableObject, "CNodes of 2^4"),
        AT_OFFSET(seL4_RISCV_4K_Page, "4K frames"),
        AT_OFFSET(seL4_RISCV_PageTableObject, "page tables"),
        {"1, 20", "RetypeAt of a dirty 1G frame at an offset", 0, dirty_giga,
         giga_at_offset, free_two},
    };

    stretch_run(cases, sizeof cases / sizeof cases[0]);
    must(seL4_CNode_Revoke(ROOT, block.gib1, DEPTH) == seL4_NoError, "revoke");
}
