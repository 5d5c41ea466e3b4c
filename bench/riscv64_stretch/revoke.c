/* SPDX-License-Identifier: BSD-2-Clause */
/* Revocation and deletion of many capabilities. */
#include "cases.h"

#define CAPS       100000u
#define CNODE      SLOT
#define CNODE_BITS 16u

/* Slots of WIDE, from the first on. */
static void make_wide(seL4_CPtr from, seL4_Word type, seL4_Word count)
{
    for (seL4_Word n = 0, part; n < count; n += part) {
        part = count - n < CONFIG_RETYPE_FAN_OUT_LIMIT
                   ? count - n
                   : CONFIG_RETYPE_FAN_OUT_LIMIT;
        must(seL4_Untyped_Retype(from, type, 1, WIDE, 0, 0, n, part) ==
                 seL4_NoError,
             "many objects");
    }
}

static void make_objects(seL4_Word type)
{
    make_wide(block.mib512, type, CAPS);
}

/* An endpoint, and a capability with a badge, or a copy, in many slots. */
static void make_copies(seL4_Word badged)
{
    space_make(block.mib512, seL4_EndpointObject, 0, SLOT, 1);
    for (seL4_Word n = 0; n < CAPS; n++)
        must(seL4_CNode_Mint(WIDE, n, WIDE_BITS, ROOT, SLOT, DEPTH,
                             seL4_AllRights,
                             badged ? n + 1 : 0) == seL4_NoError,
             "a copy");
}

static int revoke_untyped(seL4_Word unused)
{
    (void)unused;
    return (int)seL4_CNode_Revoke(ROOT, block.mib512, DEPTH);
}

static int revoke_endpoint(seL4_Word unused)
{
    (void)unused;
    return (int)seL4_CNode_Revoke(ROOT, SLOT, DEPTH);
}

/* The untyped around all of it, by address. */
static int revoke_at(seL4_Word unused)
{
    (void)unused;
    return (int)fallow_Untyped_RevokeAt(block.mib512, 0, 28);
}

static void free_untyped(seL4_Word unused)
{
    (void)unused;
    must(revoke_untyped(0) == seL4_NoError, "revoke");
}

/* ---- CNodes ---------------------------------------------------------------*/

/* A CNode of 2^16; every `step'th slot has a copy of an endpoint's. */
static void make_cnode(seL4_Word step)
{
    space_make(block.mib512, seL4_EndpointObject, 0, SLOT + 1, 1);
    space_make(block.mib2, seL4_CapTableObject, CNODE_BITS, CNODE, 1);
    for (seL4_Word n = 0; step != 0 && n < 1ul << CNODE_BITS; n += step)
        must(seL4_CNode_Copy(CNODE, n, CNODE_BITS, ROOT, SLOT + 1, DEPTH,
                             seL4_AllRights) == seL4_NoError,
             "a copy");
}

/* The last capabilities to objects, each the only one. */
static void make_cnode_of(seL4_Word type)
{
    space_make(block.mib2, seL4_CapTableObject, CNODE_BITS, CNODE, 1);
    for (seL4_Word n = 0; n < 1ul << CNODE_BITS; n += 256)
        must(seL4_Untyped_Retype(block.mib512, type, 1, CNODE, 0, 0, n, 256) ==
                 seL4_NoError,
             "a full CNode");
}

static int delete_cnode(seL4_Word unused)
{
    (void)unused;
    return (int)seL4_CNode_Delete(ROOT, CNODE, DEPTH);
}

static void free_cnode(seL4_Word unused)
{
    (void)unused;
    free_untyped(0);
    space_empty(block.mib2);
}

#define REVOKE(type, name)                                                     \
    {                                                                          \
        "13, 20", "Revoke of 10^5 " name, type, make_objects, revoke_untyped,  \
            free_untyped                                                       \
    }
#define FULL(type, name)                                                       \
    {                                                                          \
        "13, 14", "Delete of a CNode of 2^16 full of last caps to " name,      \
            type, make_cnode_of, delete_cnode, free_cnode                      \
    }

void cases_revoke(void)
{
    static const struct stretch_case cases[] = {
        REVOKE(seL4_EndpointObject, "endpoints"),
        REVOKE(seL4_TCBObject, "TCBs"),
        REVOKE(seL4_CapTableObject, "CNodes of 2"),
        REVOKE(seL4_RISCV_4K_Page, "4K frames"),
        {"13, 20", "RevokeAt of 10^5 endpoints", seL4_EndpointObject,
         make_objects, revoke_at, free_untyped},
        {"13, 22", "Revoke of an endpoint cap with 10^5 copies", 0, make_copies,
         revoke_endpoint, free_untyped},
        {"13, 22", "Revoke of an endpoint cap with 10^5 badged caps", 1,
         make_copies, revoke_endpoint, free_untyped},
        {"14", "Delete of a CNode of 2^16 full of copies", 1, make_cnode,
         delete_cnode, free_cnode},
        {"14", "Delete of a CNode of 2^16, empty", 0, make_cnode, delete_cnode,
         free_cnode},
        {"14", "Delete of a CNode of 2^16, every 65th slot full", 65,
         make_cnode, delete_cnode, free_cnode},
        FULL(seL4_EndpointObject, "endpoints"),
        FULL(seL4_CapTableObject, "CNodes of 2"),
        FULL(seL4_TCBObject, "TCBs"),
        FULL(seL4_RISCV_4K_Page, "4K frames"),
    };

    stretch_run(cases, sizeof cases / sizeof cases[0]);
}
