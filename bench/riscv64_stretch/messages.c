/* SPDX-License-Identifier: BSD-2-Clause */
/* Lookups through 64 CNodes of two slots each, again and again in one call:
 * messages of 120 words with three capabilities between threads that use
 * floating point, and invocations.
 *
 *   CSpace  A0 -> A1 -> ... -> A63 --- 0: an endpoint, or an untyped
 *                                  `-- 1: C0 -> ... -> C63 --- 0: free
 *                                                          `-- 1: WIDE
 */
#include "cases.h"
#include "waiters.h"

#define LEVELS  64ul
#define CHAIN_A MANY
#define CHAIN_C (MANY + LEVELS)
#define FIRST   0ul /* paths, of 64 bits */
#define SECOND  1ul

#define ENDPOINT SLOT
#define UNTYPED  (SLOT + 1)  /* its parent is empty but for it */
#define FRAMES   (SLOT + 10) /* of the buffers, and tables */
#define TCB      (SLOT + 30)

#define ADDRESS 0x1000000000ul /* of the buffers */
enum { RECEIVER, CALLER, OTHER, THREADS };

static seL4_IPCBuffer *buffer(seL4_Word thread)
{
    return (seL4_IPCBuffer *)(ADDRESS + thread * 4096);
}

/* Each but the last has the next in its slot 0. */
static void make_chain(seL4_CPtr first)
{
    space_make(block.mib2, seL4_CapTableObject, 1, first, LEVELS);
    for (seL4_Word n = 0; n + 1 < LEVELS; n++)
        must(seL4_CNode_Copy(first + n, 0, 1, ROOT, first + n + 1, DEPTH,
                             seL4_AllRights) == seL4_NoError,
             "a chain");
}

/* Into one of the two slots at its end. */
static void put(seL4_CPtr chain, seL4_Word index, seL4_CPtr from)
{
    seL4_CPtr last = chain + LEVELS - 1;

    must(seL4_CNode_Delete(last, index, 1) == seL4_NoError &&
             seL4_CNode_Copy(last, index, 1, ROOT, from, DEPTH,
                             seL4_AllRights) == seL4_NoError,
         "the end of a chain");
}

static void make_thread(seL4_Word thread)
{
    space_make(block.mib4, seL4_TCBObject, 0, TCB + thread, 1);
    waiter_configure(TCB + thread, CHAIN_A, 0);
    waiter_make_buffer(TCB + thread, block.mib4, FRAMES + 4 * thread,
                       (seL4_Word)buffer(thread));
}

static void make_all(void)
{
    make_chain(CHAIN_A);
    make_chain(CHAIN_C);
    space_make(block.mib2, seL4_EndpointObject, 0, ENDPOINT, 1);
    space_make(block.mib2, seL4_UntypedObject, 20, UNTYPED, 1);
    put(CHAIN_A, 1, CHAIN_C);
    put(CHAIN_C, 1, WIDE);
    for (seL4_Word n = 0; n < THREADS; n++)
        make_thread(n);
}

/* ---- Messages -------------------------------------------------------------*/

static void set_message_buffer(seL4_Word thread)
{
    seL4_IPCBuffer *b = buffer(thread);

    for (seL4_Word n = 0; n < seL4_MsgMaxLength; n++)
        b->msg[n] = n;
    b->caps_or_badges[0] = FIRST; /* unwrapped */
    b->caps_or_badges[1] = FIRST;
    b->caps_or_badges[2] = SECOND; /* copied */
    b->receiveCNode = SECOND;
    b->receiveIndex = FIRST;
    b->receiveDepth = LEVELS;
}

static void go(seL4_Word thread, seL4_Word number)
{
    seL4_MessageInfo_t info =
        seL4_MessageInfo_new(0, 0, seL4_MsgMaxExtraCaps, seL4_MsgMaxLength);

    waiter_start(TCB + thread, number, FIRST, info.words[0], NULL);
}

/* The receive slot is free, and the endpoint, too. */
static void set_all(seL4_Word unused)
{
    (void)unused;
    must(seL4_CNode_Delete(CHAIN_C + LEVELS - 1, 0, 1) == seL4_NoError,
         "the receive slot");
    put(CHAIN_A, 0, ENDPOINT);
    for (seL4_Word n = 0; n < THREADS; n++) {
        must(seL4_TCB_Suspend(TCB + n) == seL4_NoError, "suspend");
        set_message_buffer(n);
    }
}

static void let_receive(seL4_Word unused)
{
    set_all(unused);
    go(RECEIVER, (seL4_Word)seL4_SysRecv);
}

static void let_call(seL4_Word unused)
{
    set_all(unused);
    go(CALLER, (seL4_Word)seL4_SysCall);
}

/* The one waits for its reply, the other for its turn. */
static void let_both_call(seL4_Word unused)
{
    let_receive(unused);
    go(CALLER, (seL4_Word)seL4_SysCall);
    must(seL4_CNode_Delete(CHAIN_C + LEVELS - 1, 0, 1) == seL4_NoError,
         "the receive slot");
    set_message_buffer(RECEIVER);
    go(OTHER, (seL4_Word)seL4_SysCall);
}

static int call(seL4_Word unused)
{
    (void)unused;
    go(CALLER, (seL4_Word)seL4_SysCall);
    return 0;
}

static int receive(seL4_Word unused)
{
    (void)unused;
    go(RECEIVER, (seL4_Word)seL4_SysRecv);
    return 0;
}

static int reply_receive(seL4_Word unused)
{
    (void)unused;
    go(RECEIVER, (seL4_Word)seL4_SysReplyRecv);
    return 0;
}

/* Both capabilities to the endpoint were unwrapped, the third has come. */
static void check_message(seL4_Word unused)
{
    seL4_IPCBuffer *b = buffer(RECEIVER);

    (void)unused;
    must(b->msg[seL4_MsgMaxLength - 1] == seL4_MsgMaxLength - 1, "a message");
    must(seL4_CNode_Delete(CHAIN_C + LEVELS - 1, 0, 1) == seL4_NoError,
         "the capability that came");
}

/* ---- Invocations ----------------------------------------------------------*/

static void invoke(seL4_Word label, seL4_CPtr cptr, seL4_Word length,
                   const seL4_Word *mr)
{
    seL4_MessageInfo_t info =
        seL4_MessageInfo_new(label, 0, seL4_MsgMaxExtraCaps, length);
    seL4_IPCBuffer *b = buffer(CALLER);

    for (seL4_Word n = 0; n < length; n++)
        b->msg[n] = mr[n];
    for (seL4_Word n = 0; n < seL4_MsgMaxExtraCaps; n++)
        b->caps_or_badges[n] = SECOND;
    waiter_start(TCB + CALLER, (seL4_Word)seL4_SysCall, cptr, info.words[0],
                 mr);
}

/* From C63's slot 0 to its slot 1 by way of itself: three CNodes and three
 * slots are looked up, and an error is the answer. */
static int rotate(seL4_Word unused)
{
    static const seL4_Word mr[] = {SECOND, LEVELS, 0,     FIRST,
                                   LEVELS, 0,      FIRST, LEVELS};

    (void)unused;
    invoke(CNodeRotate, SECOND, sizeof mr / sizeof mr[0], mr);
    return 0;
}

static void give_untyped(seL4_Word unused)
{
    set_all(unused);
    must(seL4_CNode_Move(CHAIN_A + LEVELS - 1, 0, 1, ROOT, UNTYPED, DEPTH) ==
             seL4_DeleteFirst,
         "the slot is in use");
    must(seL4_CNode_Delete(CHAIN_A + LEVELS - 1, 0, 1) == seL4_NoError &&
             seL4_CNode_Move(CHAIN_A + LEVELS - 1, 0, 1, ROOT, UNTYPED,
                             DEPTH) == seL4_NoError,
         "the untyped");
}

static int retype(seL4_Word type)
{
    const seL4_Word mr[] = {
        type, 4, SECOND, LEVELS, 0, CONFIG_RETYPE_FAN_OUT_LIMIT,
    };

    invoke(UntypedRetype, FIRST, sizeof mr / sizeof mr[0], mr);
    return 0;
}

/* The last of them is there; then none. */
static void take_untyped(seL4_Word unused)
{
    (void)unused;
    must(seL4_CNode_Move(ROOT, UNTYPED, DEPTH, CHAIN_A + LEVELS - 1, 0, 1) ==
             seL4_NoError,
         "the untyped");
    must(seL4_CNode_Copy(ROOT, LAST, DEPTH, WIDE,
                         CONFIG_RETYPE_FAN_OUT_LIMIT - 1, WIDE_BITS,
                         seL4_AllRights) == seL4_NoError,
         "the last object");
    space_empty(UNTYPED);
}

void cases_messages(void)
{
    static const struct stretch_case cases[] = {
        {"17", "Call, 120 words and 3 caps through 64 CNodes each", 0,
         let_receive, call, check_message},
        {"17", "Recv of the same", 0, let_call, receive, check_message},
        {"17", "ReplyRecv, the same both ways", 0, let_both_call, reply_receive,
         check_message},
        {"17", "Rotate, its slots through 64 CNodes each", 0, set_all, rotate,
         NULL},
        {STRETCH_TWO_ROWS, "Retype of 256 TCBs through 64 CNodes",
         seL4_TCBObject, give_untyped, retype, take_untyped},
        {STRETCH_TWO_ROWS, "Retype of 256 endpoints through 64 CNodes",
         seL4_EndpointObject, give_untyped, retype, take_untyped},
    };

    make_all();
    stretch_run(cases, sizeof cases / sizeof cases[0]);
    must(seL4_CNode_Revoke(ROOT, block.mib4, DEPTH) == seL4_NoError, "revoke");
    space_empty(block.mib2);
}
