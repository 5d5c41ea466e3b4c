/* SPDX-License-Identifier: BSD-2-Clause */
/* The deepest trees of regions, and what walks them.
 *
 * A ladder: in an untyped of 2^30 bytes, the region of 2^k bytes at 2^k, for
 * each k; so every depth has a node on the way to address 0.
 *
 * A gap: room for 256 regions around the middle, between two ladders of
 * regions that are smaller, one beside each end, so that each of the 256 makes
 * one of them go down.
 *
 * Embryos of somebody else's: 256 in an untyped that is in ours, and a ladder
 * around them.
 */
#include "cases.h"
#include "waiters.h"

#define TOP_BITS 30u /* of block.gib1 */
#define LOWEST   SLOT
#define RUNGS    MANY
#define FAN_OUT  CONFIG_RETYPE_FAN_OUT_LIMIT

static seL4_Error make_at(seL4_CPtr untyped, seL4_Word type, seL4_Word bits,
                          seL4_CPtr slot, seL4_Word offset)
{
    return fallow_Untyped_RetypeAt(untyped, type, bits, ROOT, 0, 0, slot, 1,
                                   offset);
}

/* ---- The ladder -----------------------------------------------------------*/

static seL4_Error make_rung(seL4_CPtr untyped, seL4_Word bits)
{
    return make_at(untyped, seL4_UntypedObject, bits, RUNGS + bits,
                   1ul << bits);
}

static void make_ladder(seL4_CPtr untyped, seL4_Word lowest)
{
    for (seL4_Word bits = lowest; bits < TOP_BITS; bits++)
        must(make_rung(untyped, bits) == seL4_NoError, "a rung");
}

static void ladder(seL4_Word unused)
{
    (void)unused;
    make_ladder(block.gib1, seL4_MinUntypedBits);
}

static int make_lowest(seL4_Word unused)
{
    (void)unused;
    return (int)make_at(block.gib1, seL4_EndpointObject, 0, LOWEST, 0);
}

static int delete_largest(seL4_Word unused)
{
    (void)unused;
    return (int)seL4_CNode_Delete(ROOT, RUNGS + TOP_BITS - 1, DEPTH);
}

static void ladder_without_top(seL4_Word unused)
{
    ladder(unused);
    must(delete_largest(0) == seL4_NoError, "a rung");
}

static int make_largest(seL4_Word unused)
{
    (void)unused;
    return (int)make_rung(block.gib1, TOP_BITS - 1);
}

static int revoke_all(seL4_Word unused)
{
    (void)unused;
    return (int)seL4_CNode_Revoke(ROOT, block.gib1, DEPTH);
}

static int revoke_lowest(seL4_Word unused)
{
    (void)unused;
    return (int)fallow_Untyped_RevokeAt(block.gib1, 0, 4);
}

static void free_all(seL4_Word unused)
{
    must(revoke_all(unused) == seL4_NoError, "revoke");
}

/* ---- The gap --------------------------------------------------------------*/

/* Its ends have, in the bits that matter, ones and zeros: notifications go
 * into it, endpoints are beside it. */
#define MIDDLE    (1ul << (TOP_BITS - 1))
#define OBJECT    (1ul << seL4_NotificationBits)
#define GAP_START (MIDDLE - FAN_OUT * OBJECT / 2 - OBJECT)
#define GAP_LAST  (GAP_START + (FAN_OUT - 1) * OBJECT)

/* What differs from the end of the gap first in this bit, and is not in it,
 * if there is such. */
static seL4_Word beside(seL4_Word end, seL4_Word bit)
{
    seL4_Word other = end ^ 1ul << bit;

    if (other < GAP_START || other > GAP_LAST)
        return other;
    return 0;
}

static void ladder_beside(seL4_Word end, seL4_CPtr *slot)
{
    for (seL4_Word bit = TOP_BITS - 2; bit >= seL4_NotificationBits; bit--)
        if (beside(end, bit) != 0)
            must(make_at(block.gib1, seL4_EndpointObject, 0, (*slot)++,
                         beside(end, bit)) == seL4_NoError,
                 "beside the gap");
}

/* The watermark is above it all. */
static void gap(seL4_Word unused)
{
    seL4_CPtr slot = RUNGS + FAN_OUT;

    (void)unused;
    must(make_at(block.gib1, seL4_EndpointObject, 0, slot++,
                 (1ul << TOP_BITS) - 16) == seL4_NoError,
         "the last place");
    ladder_beside(GAP_START, &slot);
    ladder_beside(GAP_LAST, &slot);
}

static int fill_gap(seL4_Word unused)
{
    (void)unused;
    return (int)fallow_Untyped_RetypeAt(block.gib1, seL4_NotificationObject, 0,
                                        ROOT, 0, 0, RUNGS, FAN_OUT, GAP_START);
}

static void filled_gap(seL4_Word unused)
{
    gap(unused);
    must(fill_gap(0) == seL4_NoError, "what fills the gap");
}

/* ---- Embryos --------------------------------------------------------------*/

#define CNODE_BITS 11u /* of 2^16 bytes each */
#define LOW_RUNG   24u /* all of them together */
#define INNER      (SLOT + 1)
#define TCB        (SLOT + 2)
#define BUFFER     (SLOT + 3)
#define ADDRESS    0x1000000000ul

/* It shares our priority, so that it can be interrupted for our sake. */
static void make_other(void)
{
    seL4_IPCBuffer *buffer;

    space_make(block.mib4, seL4_TCBObject, 0, TCB, 1);
    waiter_configure(TCB, ROOT, seL4_WordBits - 16);
    must(seL4_TCB_SetPriority(TCB, seL4_CapInitThreadTCB, PRIORITY_FIRST) ==
             seL4_NoError,
         "a priority");
    buffer = waiter_make_buffer(TCB, block.mib4, BUFFER, ADDRESS);
    buffer->msg[4] = RUNGS + FAN_OUT; /* first slot */
    buffer->msg[5] = FAN_OUT;
    buffer->msg[6] = 0; /* offset */
    buffer->caps_or_badges[0] = ROOT;
}

static void start_other(void)
{
    static const seL4_Word mr[4] = {seL4_CapTableObject, CNODE_BITS, 0, 0};
    seL4_MessageInfo_t info = seL4_MessageInfo_new(UntypedRetypeAt, 0, 1, 7);

    waiter_start(TCB, (seL4_Word)seL4_SysCall, INNER, info.words[0], mr);
}

#define FINISHED 64u      /* at most, when it is interrupted */
#define A_TICK   2000000u /* in instructions, about */

/* Has its call just begun?  Embryos cannot be copied. */
static int has_just_begun(void)
{
    seL4_Error error =
        seL4_CNode_Copy(ROOT, LAST, DEPTH, ROOT, RUNGS + FAN_OUT + FINISHED,
                        DEPTH, seL4_AllRights);

    if (error == seL4_NoError)
        space_delete(LAST);
    return error == seL4_IllegalOperation;
}

/* Some time that is never the same, or time slices would for ever end at the
 * same place. */
static void pass_time(void)
{
    static seL4_Word seed = 1;
    seL4_Word end;

    seed = seed * 6364136223846793005ul + 1442695040888963407ul;
    end = counter() + (seed >> 33) % A_TICK;
    while (counter() < end)
        ;
}

/* Until its time slice has ended near the beginning of its call. */
static void interrupt_other(seL4_Word unused)
{
    (void)unused;
    make_other();
    space_make(block.gib2, seL4_UntypedObject, TOP_BITS, INNER, 1);
    for (;;) {
        make_ladder(INNER, LOW_RUNG);
        pass_time();
        start_other();
        seL4_Yield();
        must(seL4_TCB_Suspend(TCB) == seL4_NoError, "suspend");
        if (has_just_begun())
            return;
        must(seL4_CNode_Revoke(ROOT, INNER, DEPTH) == seL4_NoError, "revoke");
    }
}

/* Ours would be the untyped around theirs. */
static int retype_over_them(seL4_Word unused)
{
    (void)unused;
    return seL4_Untyped_Retype(block.gib2, seL4_CapTableObject, CNODE_BITS,
                               ROOT, 0, 0, RUNGS + FAN_OUT,
                               FAN_OUT) == seL4_DeleteFirst
               ? seL4_NoError
               : seL4_IllegalOperation;
}

static void free_embryos(seL4_Word unused)
{
    (void)unused;
    must(seL4_CNode_Revoke(ROOT, block.gib2, DEPTH) == seL4_NoError &&
             seL4_CNode_Revoke(ROOT, block.mib4, DEPTH) == seL4_NoError,
         "revoke");
}

void cases_deepest(void)
{
    static const struct stretch_case cases[] = {
        {"20", "RetypeAt below a ladder", 0, ladder, make_lowest, free_all},
        {"20", "Delete at the top of a ladder", 0, ladder, delete_largest,
         free_all},
        {"20", "RetypeAt at the top of a ladder", 0, ladder_without_top,
         make_largest, free_all},
        {"20, 23", "Revoke of a ladder", 0, ladder, revoke_all, free_all},
        {"20", "RevokeAt below a ladder, of nothing", 0, ladder, revoke_lowest,
         free_all},
        {"2, 20", "RetypeAt of 256 notifications between two ladders", 0, gap,
         fill_gap, free_all},
        {"13, 20", "Revoke of them", 0, filled_gap, revoke_all, free_all},
        {"21", "Retype over 256 embryos of another untyped", 0, interrupt_other,
         retype_over_them, free_embryos},
    };

    stretch_run(cases, sizeof cases / sizeof cases[0]);
}
