/* SPDX-License-Identifier: BSD-2-Clause */
/* A program that knows nothing but the public headers, on the hosted kernel:
 * its system call instruction is a function that invokes the kernel.
 *
 *   seL4_Untyped_Retype ... --> sel4_host_trap --> invoke --> the same core
 */
#include <sel4/sel4.h>
#include "fixture.h"
#include "ipc.h"
#include "label.h"

enum { A = FIX_FREE, B, C, D, E };

__thread seL4_IPCBuffer *__sel4_ipc_buffer;

static seL4_IPCBuffer buffer;
static struct fixture f;

void sel4_host_trap(seL4_Word number, seL4_Word a[6])
{
    uint64_t mr[INVOKE_WORDS_MAX];
    uint64_t info = a[1];

    if (number != (seL4_Word)seL4_SysCall)
        return;
    for (uint32_t i = 0; i < INVOKE_WORDS_MAX; i++)
        mr[i] = i < 4 ? a[2 + i] : buffer.msg[i];
    call(&f, a[0], label_translate(&f.k->params, ipc_label(info)),
         ipc_length(info), mr, ipc_extra_caps(info), buffer.caps_or_badges);
    a[0] = 0;
    a[1] = ipc_info(f.reply.label, 0, 0, f.reply.length);
    for (uint32_t i = 0; i < f.reply.length; i++)
        if (i < 4)
            a[2 + i] = f.reply.mr[i];
        else
            buffer.msg[i] = f.reply.mr[i];
}

/* ---- From here on: the program ---- */

static seL4_Error make(seL4_Word type, seL4_Word bits, seL4_CPtr slot,
                       seL4_Word count)
{
    return seL4_Untyped_Retype(FIX_UT, type, bits, seL4_CapInitThreadCNode, 0,
                               0, slot, count);
}

static void objects(void)
{
    const seL4_CPtr root = seL4_CapInitThreadCNode;
    struct cap cnode;

    tap_is(make(seL4_EndpointObject, 0, A, 2), seL4_NoError, "two endpoints");
    tap_is(make(seL4_CapTableObject, 4, C, 1), seL4_NoError, "a CNode");
    ok_slots(&f, A, "eec", "they are there");
    tap_is(make(seL4_ObjectTypeCount, 0, D, 1), seL4_InvalidArgument,
           "a type that there is not");
    tap_is(seL4_GetMR(0), 0, "... is argument 0");
    tap_is(make(seL4_TCBObject, 0, D, 257), seL4_RangeError, "too many");
    tap_ok(seL4_GetMR(0) == 1 && seL4_GetMR(1) == 256, "... from 1 to 256");
    tap_is(make(seL4_RISCV_Giga_Page, 0, D, 1), seL4_NotEnoughMemory,
           "too large");
    tap_is(make(seL4_TCBObject, 0, A, 1), seL4_DeleteFirst, "slot in use");
    tap_is(make(seL4_RISCV_4K_Page, 0, D, 1), seL4_NoError, "a page");

    tap_is(seL4_CNode_Mint(root, E, 64, root, A, 64, seL4_CanWrite, 0x77), 0,
           "Mint");
    tap_is(fixture_cap(&f, E).word, 0x77, "... a badge");
    tap_is(fixture_cap(&f, E).rights, CAP_WRITE, "... and fewer rights");
    tap_is(seL4_CNode_Delete(root, E, 64), 0, "Delete");
    tap_is(seL4_CNode_Move(root, E, 64, root, D, 64), 0, "Move");
    ok_slots(&f, D, ".f", "the page has gone there");
    tap_is(seL4_CNode_Copy(C, 3, 4, root, A, 64, seL4_AllRights), 0,
           "Copy into another CNode");
    tap_is(seL4_CNode_Copy(C, 3, 5, root, A, 64, seL4_AllRights),
           seL4_FailedLookup, "one bit too many");
    tap_ok(seL4_GetMR(0) == 0 && seL4_GetMR(1) == seL4_DepthMismatch &&
               seL4_GetMR(2) == 1,
           "... a depth mismatch with one bit left");
    tap_is(seL4_CNode_Mutate(root, D, 64, root, C, 64,
                             seL4_CNode_CapData_new(1, 60).words[0]),
           0, "Mutate");
    cnode = fixture_cap(&f, D);
    tap_is(cap_cnode_guard_size(&cnode), 60, "... a guard");
    tap_is(seL4_CNode_Rotate(root, D, 64, 0, root, E, 64, 0, root, D, 64), 0,
           "Rotate: a swap");
    ok_slots(&f, D, "fc", "page and CNode have changed places");
    tap_is(seL4_CNode_SaveCaller(root, C, 64), 0, "SaveCaller, nobody calls");
    tap_is(seL4_CNode_CancelBadgedSends(root, A, 64), 0, "CancelBadgedSends");
    tap_is(seL4_CNode_Revoke(root, FIX_UT, 64), 0, "Revoke");
    ok_slots(&f, A, ".....", "everything is gone");
}

static void memory_by_address(void)
{
    const seL4_CPtr root = seL4_CapInitThreadCNode;
    fallow_Untyped_Describe_t it = fallow_Untyped_Describe(FIX_UT);
    fallow_Untyped_Next_t next;

    if (!f.k->params.generation3) {
        tap_is((seL4_Word)it.error, seL4_IllegalOperation,
               "a kernel without the new calls says so");
        return;
    }
    tap_ok(it.error == 0 && it.base == fixture_cap(&f, FIX_UT).base &&
               it.size_bits == 24 && it.device == 0 && it.has_children == 0,
           "Describe");
    tap_is(it.features,
           FALLOW_FEATURE_RETYPE_WHOLE | FALLOW_FEATURE_RETYPE_AT |
               FALLOW_FEATURE_NEXT | FALLOW_FEATURE_REVOKE_AT,
           "... all features");
    tap_is(fallow_Untyped_RetypeAt(FIX_UT, seL4_RISCV_Mega_Page, 0, root, 0, 0,
                                   A, 2, 0x400000),
           0, "RetypeAt");
    tap_is(fixture_cap(&f, B).base, it.base + 0x600000, "... the place named");
    next = fallow_Untyped_Next(FIX_UT, 0);
    tap_ok(next.error == 0 && next.start == 0x400000 && next.end == 0x600000 &&
               next.kind == FALLOW_REGION_OBJECT,
           "Next: the first of them");
    tap_is(fallow_Untyped_RevokeAt(FIX_UT, 0x400000, 21), 0, "RevokeAt");
    ok_slots(&f, A, ".f", "... takes it, and not the other");
    tap_is(fallow_Untyped_RevokeAt(FIX_UT, 0x600000, 12), seL4_RevokeFirst,
           "RevokeAt: a part of a page");
    seL4_CNode_Revoke(root, FIX_UT, 64);
    tap_is(fallow_Untyped_RetypeWhole(FIX_UT, seL4_RISCV_Mega_Page, 0, root, 0,
                                      0, A)
               .num_objects,
           8, "RetypeWhole");
}

int main(void)
{
    fixture_rv64(&f);
    label_select(&f.k->params, CONFIG_FALLOW_LABELS);
    seL4_SetIPCBuffer(&buffer);
    objects();
    memory_by_address();
    fixture_done(&f);
    return tap_done();
}
