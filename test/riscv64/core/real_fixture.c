/* SPDX-License-Identifier: BSD-2-Clause */
/* The fixture of test/lib on the kernel that is running: the same tests make
 * system calls.  fixture_calls.c and faults.c come with it, unchanged; what
 * they call is here.
 *
 *   invoke()         Call, with the invocation's label, words, capabilities
 *   fixture_rv64()   a CNode with the fixture's capabilities becomes our
 *                    CSpace; slot numbers are capability pointers in it
 *   fixture_type()   DebugCapIdentify
 *   hosted_memory()  what faults.c takes a fingerprint of: the types of the
 *                    first slots
 *
 * Tests that look into the kernel by other functions do not link.
 */
#include "fixture.h"
#include "rt.h"

#include <stdlib.h>
#include <string.h>

#define RADIX       12u
#define SEEN_RADIX  7u /* slots that a fingerprint is taken of: 2^7 */
#define ROOT        seL4_CapInitThreadCNode
#define HUGE_BITS   31u
#define DEVICE_BASE UINT64_C(0x10000000)
#define DEVICE_BITS 28u
#define DEVICE_TOP  UINT64_C(0x4000000000)

/* In the test's CSpace, where no test looks: the way back. */
enum { BACK_TCB = 3000, BACK_ROOT, BACK_SPACE, BACK_COPY };

static struct hosted_kernel here;
static uint64_t seen[(1u << SEEN_RADIX) * SLOT_BYTES / sizeof(uint64_t)];
static bool is_inside; /* the test's CSpace is ours */
static seL4_CPtr memory, device, device_top, cnode, plain;

static void must(seL4_Error error, const char *what)
{
    if (error == seL4_NoError)
        return;
    tap_ok(false, "%s: error %d", what, (int)error);
    exit(tap_done());
}

void arch_panic(const char *what, const char *file, int line)
{
    tap_diag("%s (%s:%d)", what, file, line);
    rt_end(1);
}

enum outcome invoke(struct kernel *k, const struct invocation *inv,
                    struct reply *reply)
{
    seL4_MessageInfo_t info =
        seL4_MessageInfo_new(inv->label, 0, inv->cap_count, inv->length);

    (void)k;
    for (uint32_t i = 0; i < inv->length; i++)
        seL4_SetMR((int)i, inv->mr[i]);
    for (uint32_t i = 0; i < inv->cap_count; i++)
        seL4_SetCap((int)i, inv->cap[i]);
    info = seL4_Call(inv->slot, info);
    reply->label = (uint32_t)seL4_MessageInfo_get_label(info);
    reply->length = (uint32_t)seL4_MessageInfo_get_length(info);
    for (uint32_t i = 0; i < reply->length && i < REPLY_WORDS_MAX; i++)
        reply->mr[i] = seL4_GetMR((int)i);
    return OUTCOME_DONE;
}

slotno_t fixture_slot(const struct fixture *f, uint64_t cptr)
{
    (void)f;
    return (slotno_t)cptr;
}

uint8_t fixture_type(const struct fixture *f, uint64_t cptr)
{
    (void)f;
    return (uint8_t)seL4_DebugCapIdentify(cptr);
}

void fixture_check(struct fixture *f, const char *after)
{
    (void)after;
    f->states++;
}

void *hosted_memory(struct kernel *k, paddr_t address)
{
    (void)k;
    (void)address;
    for (unsigned i = 0; i < 1u << SEEN_RADIX; i++)
        seen[i * SLOT_BYTES / sizeof *seen] = seL4_DebugCapIdentify(i);
    return seen;
}

bool ok_slots(struct fixture *f, uint64_t first, const char *want,
              const char *name)
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
    char got[65] = {0};

    for (size_t i = 0; i < strlen(want) && i < sizeof got - 1; i++) {
        uint8_t type = fixture_type(f, first + i);

        got[i] = type < sizeof letters && letters[type] ? letters[type] : '?';
    }
    return tap_is_string(got, want, "%s", name);
}

/* Describe says it; without the new calls nobody does. */
uint64_t fixture_watermark(const struct fixture *f, uint64_t cptr)
{
    (void)f;
    (void)cptr;
    tap_ok(false, "a watermark cannot be seen");
    return 0;
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

/* ---- The CSpace ---- */

static seL4_CPtr find_untyped(bool is_device, uint64_t base, uint64_t bits)
{
    const seL4_BootInfo *info = seL4_GetBootInfo();

    for (seL4_Word i = 0; i < info->untyped.end - info->untyped.start; i++) {
        const seL4_UntypedDesc *u = &info->untypedList[i];

        if (u->isDevice == is_device && u->sizeBits >= bits &&
            (!is_device || u->paddr == base))
            return info->untyped.start + i;
    }
    must(seL4_NotEnoughMemory, "an untyped");
    return 0;
}

static void retype_to(seL4_CPtr untyped, seL4_Word type, seL4_Word bits,
                      seL4_CPtr slot)
{
    must(seL4_Untyped_Retype(untyped, type, bits, ROOT, 0, 0, slot, 1),
         "an object");
}

static void move(seL4_CPtr to, seL4_CPtr from)
{
    must(seL4_CNode_Move(plain, to, RADIX, ROOT, from, seL4_WordBits), "Move");
}

static void copy(seL4_CPtr to, seL4_CPtr from)
{
    must(seL4_CNode_Copy(plain, to, RADIX, ROOT, from, seL4_WordBits,
                         seL4_AllRights),
         "Copy");
}

/* Full, as boot leaves it: to copy an untyped closes it. */
static void put_untyped(seL4_CPtr to, seL4_CPtr from, seL4_Word bits)
{
    seL4_CPtr slot = cnode + 1;

    retype_to(from, seL4_UntypedObject, bits, slot);
    copy(BACK_COPY, slot);
    must(seL4_CNode_Delete(plain, BACK_COPY, RADIX), "Delete");
    move(to, slot);
}

static void leave(void)
{
    if (!is_inside)
        return;
    is_inside = false;
    must(seL4_TCB_SetSpace(BACK_TCB, 0, BACK_ROOT, 0, BACK_SPACE, 0),
         "our own CSpace");
}

static void begin(void)
{
    const seL4_BootInfo *info = seL4_GetBootInfo();

    memory = find_untyped(false, 0, HUGE_BITS + 1);
    device = find_untyped(true, DEVICE_BASE, DEVICE_BITS);
    device_top = find_untyped(true, DEVICE_TOP, 38);
    plain = info->empty.start;
    cnode = plain + 1;
    atexit(leave);
}

void fixture_rv64(struct fixture *f)
{
    seL4_Word guard = seL4_CNode_CapData_new(0, seL4_WordBits - RADIX).words[0];

    if (memory == 0)
        begin();
    memset(f, 0, sizeof *f);
    here.kernel.params.generation3 = FALLOW_GEN3;
    f->hosted = &here;
    f->k = &here.kernel;
    f->root_radix = SEEN_RADIX;
    f->caller = SLOT_NIL;
    retype_to(memory, seL4_CapTableObject, RADIX, plain);
    must(seL4_CNode_Mint(ROOT, cnode, seL4_WordBits, ROOT, plain, seL4_WordBits,
                         seL4_AllRights, guard),
         "Mint");
    put_untyped(FIX_UT, memory, 24);
    put_untyped(FIX_UT2, memory, 24);
    put_untyped(FIX_TINY, memory, 6);
    put_untyped(FIX_DEVICE, device, 24);
    put_untyped(FIX_HUGE, memory, HUGE_BITS);
    move(FIX_DEVICE_HUGE, device_top);
    move(FIX_IRQ_CONTROL, seL4_CapIRQControl);
    copy(FIX_TCB, seL4_CapInitThreadTCB);
    copy(FIX_VSPACE, seL4_CapInitThreadVSpace);
    copy(FIX_ASID_CONTROL, seL4_CapASIDControl);
    copy(FIX_ASID_POOL, seL4_CapInitThreadASIDPool);
    copy(FIX_DOMAIN, seL4_CapDomain);
    copy(BACK_TCB, seL4_CapInitThreadTCB);
    copy(BACK_ROOT, ROOT);
    copy(BACK_SPACE, seL4_CapInitThreadVSpace);
    move(FIX_ROOT, cnode);
    must(seL4_TCB_SetSpace(seL4_CapInitThreadTCB, 0, plain, guard,
                           seL4_CapInitThreadVSpace, 0),
         "the test's CSpace");
    is_inside = true;
}

static void take_back(seL4_CPtr to, seL4_CPtr from)
{
    seL4_CNode_Move(ROOT, to, seL4_WordBits, plain, from, RADIX);
}

void fixture_done(struct fixture *f)
{
    leave();
    take_back(seL4_CapIRQControl, FIX_IRQ_CONTROL);
    take_back(device_top, FIX_DEVICE_HUGE);
    tap_ok(seL4_CNode_Revoke(ROOT, memory, seL4_WordBits) == seL4_NoError &&
               seL4_CNode_Revoke(ROOT, device, seL4_WordBits) == seL4_NoError,
           "after %lu system calls everything is taken back",
           (unsigned long)f->states);
}
