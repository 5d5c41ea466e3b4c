/* SPDX-License-Identifier: BSD-2-Clause */
#include "starter.h"

#include <stdlib.h>

#include "tap.h"
#include "ut/ut_source.h"

#define ROOT         seL4_CapInitThreadCNode
#define VAULT_BITS   5u
#define VAULT_CLIENT 8u /* account 0's, which there is not */
#define PAGE         4096ul

#define LEDGER_AT  0x500000ul /* in the server; the image's tables reach */
#define RECORDS_AT 0x10000000ul
#define TOP(slot)  ((slot) << (seL4_WordBits - PROCESS_TOP_BITS))

/* Slots of the server's own CNode. */
enum { ENDPOINT = 1, MONITOR, OWN, VSPACE, UNTYPED, TOP_NODE };
#define TABLES       16u
#define TABLE_COUNT  16u
#define WINDOW       32u
#define WINDOW_COUNT 96u

static struct {
    seL4_CPtr memory, slot;
    seL4_CPtr vault, endpoint, control, copy;
    seL4_CPtr frames[64]; /* ledger, then memory */
    unsigned ledger_frames, frame_count;
    struct process server, client[STARTER_CLIENTS];
    /* Of the server, then of the clients: where they report, and the
     * capability to reply to the last report. */
    seL4_CPtr monitor[1 + STARTER_CLIENTS], reply[1 + STARTER_CLIENTS];
} starter;

/* What processes find in their copies of it. */
static struct memserver life;
static struct client new_client;

static void must(seL4_Error error, const char *what)
{
    if (error == seL4_NoError)
        return;
    tap_ok(false, "%s: error %d", what, (int)error);
    exit(tap_done());
}

static seL4_CPtr object(seL4_Word type, seL4_Word bits)
{
    must(seL4_Untyped_Retype(starter.memory, type, bits, ROOT, 0, 0,
                             starter.slot, 1),
         "an object");
    return starter.slot++;
}

static uint64_t memory_find(void)
{
    const seL4_BootInfo *info = seL4_GetBootInfo();
    const seL4_UntypedDesc *best = NULL;

    for (seL4_Word i = 0; i < info->untyped.end - info->untyped.start; i++) {
        const seL4_UntypedDesc *u = &info->untypedList[i];

        if (u->isDevice || (best && u->sizeBits <= best->sizeBits))
            continue;
        best = u;
        starter.memory = info->untyped.start + i;
    }
    starter.slot = info->empty.start;
    return best->paddr;
}

/* The largest pieces come first, so that each begins where the last ends. */
static void regions_make(uint64_t base)
{
    static const uint8_t sizes[] = {24, 20};
    static struct ut_region regions[sizeof sizes];

    for (unsigned i = 0; i < sizeof sizes; i++) {
        regions[i] = (struct ut_region){
            .base = base,
            .root = TOP(1ul) + 1 + i,
            .size_bits = sizes[i],
        };
        base += 1ul << sizes[i];
        life.pages += 1ul << (sizes[i] - UT_PAGE_BITS);
        object(seL4_UntypedObject, sizes[i]);
    }
    life.config.regions = regions;
    life.config.region_count = sizeof sizes;
}

static void config_make(void)
{
    static const struct ut_strategy *const strategies[] = {
        &ut_strategy_offset, &ut_strategy_incremental};
    struct ut_config *c = &life.config;

    c->strategies = strategies;
    c->strategy_count = 2;
    c->accounts_max = MEMSERVER_ACCOUNTS;
    c->slots = (struct ut_window){
        .first = {.root = OWN, .offset = WINDOW},
        .cptr = WINDOW,
        .count = WINDOW_COUNT,
        .radix = PROCESS_OWN_BITS,
    };
    c->store = (struct ut_store){TOP_NODE, 4, PROCESS_TOP_BITS};
    life.endpoint = ENDPOINT;
    life.monitor = MONITOR;
    life.clients = TOP(1ul) + VAULT_CLIENT;
    life.sel4 = (struct ut_sel4){
        .root = OWN,
        .vspace = VSPACE,
        .untyped = UNTYPED,
        .tables = TABLES,
        .table_count = TABLE_COUNT,
        .books = RECORDS_AT,
    };
}

/* Frames for the ledger, and behind them for the library's fixed books. */
static void frames_make(void)
{
    size_t ledger = sizeof(struct memserver_ledger) + life.pages;
    size_t memory = ut_memory_bytes(&life.config);

    starter.ledger_frames = (unsigned)((ledger + PAGE - 1) / PAGE);
    starter.frame_count =
        starter.ledger_frames + (unsigned)((memory + PAGE - 1) / PAGE);
    must(starter.frame_count <= 64 ? seL4_NoError : seL4_NotEnoughMemory,
         "frames for the books");
    for (unsigned i = 0; i < starter.frame_count; i++)
        starter.frames[i] = object(seL4_RISCV_4K_Page, 0);
    life.ledger = (struct memserver_ledger *)LEDGER_AT;
    life.config.memory = (void *)(LEDGER_AT + starter.ledger_frames * PAGE);
    life.config.bytes = memory;
    tap_diag("books: %lu bytes of ledger and %lu of maps, tags and index for "
             "%lu pages: the starter's",
             ledger, memory, life.pages);
}

static void process_prepare(struct process *p)
{
    p->untyped = object(seL4_UntypedObject, PROCESS_UNTYPED_BITS);
    p->slots = starter.slot;
    starter.slot += PROCESS_SLOTS;
}

/* The regions' untypeds go there, and stay. */
static void vault_make(seL4_CPtr first)
{
    starter.vault = object(seL4_CapTableObject, VAULT_BITS);
    for (unsigned i = 0; i < life.config.region_count; i++)
        must(seL4_CNode_Move(starter.vault, 1 + i, VAULT_BITS, ROOT, first + i,
                             seL4_WordBits),
             "a region into the vault");
}

bool starter_kernel_has_next(void)
{
    struct ut_sel4 any = {0};
    struct ut_ops ops;

    ut_sel4_ops(&any, &ops);
    return (ut_source_features(&ops, starter.memory) & UT_FEATURE_NEXT) != 0;
}

void starter_begin(void)
{
    uint64_t base = memory_find();
    seL4_CPtr first = starter.slot;

    regions_make(base);
    config_make();
    process_prepare(&starter.server);
    for (unsigned i = 0; i < STARTER_CLIENTS; i++)
        process_prepare(&starter.client[i]);
    frames_make();
    vault_make(first);
    starter.endpoint = object(seL4_EndpointObject, 0);
    for (unsigned i = 0; i <= STARTER_CLIENTS; i++) {
        starter.monitor[i] = object(seL4_EndpointObject, 0);
        starter.reply[i] = starter.slot++;
    }
    starter.control = starter.slot++;
    starter.copy = starter.slot++;
    must(seL4_CNode_Mint(ROOT, starter.control, seL4_WordBits, ROOT,
                         starter.endpoint, seL4_WordBits, seL4_AllRights,
                         MEMSERVER_CONTROL),
         "the badge of control");
}

/* What it has beside its image: six capabilities, the vault, the books. */
static seL4_Error server_equip(struct process *p)
{
    seL4_Error error = process_give(p, ENDPOINT, starter.endpoint, 0);

    if (!error)
        error = process_give(p, MONITOR, starter.monitor[0], 0);
    if (!error)
        error = process_give(p, OWN, p->own, 0);
    if (!error)
        error = process_give(p, VSPACE, p->vspace, 0);
    if (!error)
        error = process_give(p, TOP_NODE, p->top, 0);
    if (!error)
        error = process_object(p, seL4_UntypedObject, 16, UNTYPED);
    if (!error)
        error = seL4_CNode_Mint(p->top, 1, PROCESS_TOP_BITS, ROOT,
                                starter.vault, seL4_WordBits, seL4_AllRights,
                                seL4_WordBits - PROCESS_TOP_BITS - VAULT_BITS);
    for (unsigned i = 0; i < starter.frame_count && !error; i++)
        error = process_map(p, starter.frames[i], LEDGER_AT + i * PAGE,
                            seL4_ReadWrite);
    return error;
}

static struct answer hear(unsigned process)
{
    seL4_MessageInfo_t info = seL4_Recv(starter.monitor[process], NULL);
    struct answer a = {.label = seL4_MessageInfo_get_label(info)};

    for (unsigned i = 0; i < 4; i++)
        a.w[i] = seL4_GetMR(i);
    must(seL4_CNode_SaveCaller(ROOT, starter.reply[process], seL4_WordBits),
         "the capability to reply");
    if (a.label < MEMSERVER_READY) { /* a fault's label */
        tap_ok(false, "no process faults: %lu, ip 0x%lx, address 0x%lx",
               a.label, a.w[0], a.w[1]);
        exit(tap_done());
    }
    return a;
}

seL4_Word server_begin(struct memserver_found *found)
{
    struct process *p = &starter.server;
    struct answer a;

    must(process_make(p), "a process for the server");
    must(server_equip(p), "what the server has");
    must(process_start(p, memserver_main, &life, 200, MONITOR),
         "the server starts");
    a = hear(0);
    *found = (struct memserver_found){a.w[0], a.w[1], a.w[2], a.w[3]};
    if (a.label == MEMSERVER_READY)
        server_go_on();
    return a.label;
}

void server_kill(void)
{
    must(process_end(&starter.server), "the server is killed");
}

static void words_set(seL4_Word a, seL4_Word b, seL4_Word c, seL4_Word d)
{
    seL4_SetMR(0, a);
    seL4_SetMR(1, b);
    seL4_SetMR(2, c);
    seL4_SetMR(3, d);
}

struct answer server_ask(seL4_Word label, seL4_Word a, seL4_Word b, seL4_Word c)
{
    struct answer answer;

    words_set(a, b, c, 0);
    answer.label = seL4_MessageInfo_get_label(
        seL4_Call(starter.control, seL4_MessageInfo_new(label, 0, 0, 4)));
    for (unsigned i = 0; i < 4; i++)
        answer.w[i] = seL4_GetMR(i);
    return answer;
}

void server_tell(seL4_Word label, seL4_Word a, seL4_Word b, seL4_Word c)
{
    words_set(a, b, c, 0);
    seL4_Send(starter.control, seL4_MessageInfo_new(label, 0, 0, 4));
}

seL4_Word server_wait(void)
{
    struct answer a = hear(0);

    return a.label == MEMSERVER_STOPPED ? a.w[0] : POINT_NONE;
}

void server_go_on(void)
{
    seL4_Send(starter.reply[0], seL4_MessageInfo_new(0, 0, 0, 0));
}

static seL4_Error client_equip(struct process *p, unsigned account)
{
    seL4_Error error =
        process_give(p, CLIENT_SERVER, starter.endpoint, account);

    if (!error)
        error = process_give(p, CLIENT_MONITOR, starter.monitor[account], 0);
    if (!error)
        error = process_give(p, CLIENT_VSPACE, p->vspace, 0);
    if (!error)
        error = process_give(p, CLIENT_OWN, p->own, 0);
    if (!error)
        error =
            seL4_CNode_Copy(starter.vault, VAULT_CLIENT + account, VAULT_BITS,
                            ROOT, p->own, seL4_WordBits, seL4_AllRights);
    return error;
}

void client_begin(unsigned account)
{
    struct process *p = &starter.client[account - 1];

    must(process_make(p), "a process for a client");
    must(client_equip(p, account), "what a client has");
    must(process_start(p, client_main, &new_client, 100, CLIENT_MONITOR),
         "a client starts");
    client_wait(account);
}

void client_kill(unsigned account)
{
    must(process_end(&starter.client[account - 1]), "a client is killed");
}

void client_order(unsigned account, seL4_Word order, seL4_Word a, seL4_Word b,
                  seL4_Word c, seL4_Word d)
{
    words_set(a, b, c, d);
    seL4_Send(starter.reply[account], seL4_MessageInfo_new(order, 0, 0, 4));
}

struct answer client_wait(unsigned account)
{
    struct answer a = hear(account);

    a.label -= CLIENT_ANSWER;
    return a;
}

struct answer client_ask(unsigned account, seL4_Word label, seL4_Word a,
                         seL4_Word b, seL4_Word c)
{
    client_order(account, CLIENT_ASK, label, a, b, c);
    return client_wait(account);
}

void client_repeat(unsigned account)
{
    must(process_repeat(&starter.client[account - 1]), "a client goes on");
}

void starter_copy(unsigned account, seL4_Word slot)
{
    must(seL4_CNode_Copy(ROOT, starter.copy, seL4_WordBits,
                         starter.client[account - 1].own, slot,
                         PROCESS_OWN_BITS, seL4_AllRights),
         "a copy of a client's capability");
}

bool starter_copy_is_there(void)
{
    return seL4_RISCV_Page_GetAddress(starter.copy).error == seL4_NoError;
}
