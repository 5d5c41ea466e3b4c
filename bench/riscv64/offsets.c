/* SPDX-License-Identifier: BSD-2-Clause */
/* The calls that seL4 does not have, in an untyped with 10^5 frames. */
#include "measure.h"

#define UNTYPED_BITS 29u
#define FRAME_BITS   12u
#define FRAMES       100000u
#define CNODE        8192u /* the frames' capabilities, in its 2^17 slots */
#define CNODE_BITS   17u
#define SLOT         8193u
#define HOLE         54321u /* one of the frames */

static seL4_Error retype_at(seL4_CPtr untyped, seL4_Word frame)
{
    return fallow_Untyped_RetypeAt(untyped, seL4_RISCV_4K_Page, 0, ROOT, 0, 0,
                                   SLOT, 1, frame << FRAME_BITS);
}

static seL4_Error revoke_at(seL4_CPtr untyped, seL4_Word frame)
{
    return fallow_Untyped_RevokeAt(untyped, frame << FRAME_BITS, FRAME_BITS);
}

static void make_frames(seL4_CPtr untyped)
{
    for (seL4_Word n = 0; n < FRAMES;) {
        seL4_Word part = FRAMES - n < 256 ? FRAMES - n : 256;

        must(seL4_Untyped_Retype(untyped, seL4_RISCV_4K_Page, 0, CNODE, 0, 0, n,
                                 part) == seL4_NoError,
             "frames");
        n += part;
    }
}

static void hole(seL4_CPtr untyped)
{
    must(seL4_CNode_Delete(CNODE, HOLE, CNODE_BITS) == seL4_NoError, "a hole");
    ROW("Untyped_RetypeAt of a 4K frame into a hole, clearing included, among "
        "N frames",
        FRAMES, , retype_at(untyped, HOLE), space_delete(SLOT));
    ROW("Untyped_RevokeAt of one 4K frame, among N frames", FRAMES,
        must(retype_at(untyped, HOLE) == seL4_NoError, "a frame"),
        revoke_at(untyped, HOLE), );
    ROW("CNode_Delete of the same", FRAMES,
        must(retype_at(untyped, HOLE) == seL4_NoError, "a frame"),
        seL4_CNode_Delete(ROOT, SLOT, DEPTH), );
}

/* Of what the rows below are made: the same calls where there is nothing to
 * be searched, and nothing to be deleted. */
static void parts(seL4_CPtr untyped)
{
    ROW("Untyped_Next, nothing in it", 1, ,
        fallow_Untyped_Next(untyped, 0).error, );
    ROW("Untyped_RevokeAt of one 4K frame, nothing there", 1, ,
        revoke_at(untyped, 0), );
    ROW("Untyped_RevokeAt of one 4K frame, alone", 1,
        must(retype_at(untyped, 0) == seL4_NoError, "a frame"),
        revoke_at(untyped, 0), );
}

void rows_offsets(void)
{
    seL4_CPtr cnodes = space_untyped(CNODE_BITS + 5);
    seL4_CPtr untyped = space_untyped(UNTYPED_BITS);

    space_make(cnodes, seL4_CapTableObject, CNODE_BITS, CNODE, 1);
    parts(untyped);
    make_frames(untyped);
    ROW("Untyped_RetypeAt of a 4K frame at the watermark, among N frames",
        FRAMES, , retype_at(untyped, FRAMES + run), space_delete(SLOT));
    ROW("Untyped_RetypeAt of a 4K frame above the watermark, among N frames",
        FRAMES, , retype_at(untyped, FRAMES + 100 + 2 * run),
        space_delete(SLOT));
    hole(untyped);
    ROW("Untyped_Describe, N frames in it", FRAMES, ,
        fallow_Untyped_Describe(untyped).error, );
    ROW("Untyped_Next, N frames in it", FRAMES, ,
        fallow_Untyped_Next(untyped, (HOLE + 10 * run) << FRAME_BITS).error, );
}
