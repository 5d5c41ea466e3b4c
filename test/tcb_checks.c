/* SPDX-License-Identifier: BSD-2-Clause */
/* TCB invocations refuse what sel4-abi.md 4.6 says, in its order. */
#include "faults.h"
#include "threads.h"

enum {
    BADGED = FREE, /* a notification */
    NO_READ,
    BOUND,
    WAITED,
    CNODE,
    TABLE,
    DEVICE,
    UNTYPED,
    CHILD,
    BIG,
    PARENT,
};

static struct fixture f;

#define TARGET (THREADS + 1)

/* ---- Registers ------------------------------------------------------------*/

static const struct raw_call good_read = {
    {[1] = 6,
     [FAULT_TARGET] = TARGET,
     [FAULT_LABEL] = LABEL_TCB_READ_REGISTERS,
     [FAULT_LENGTH] = 2},
};
static const struct fault read_faults[] = {
    FAULT("label 0", REPLY(3), 1, {FAULT_LABEL, 0}),
    FAULT("label 17", REPLY(3), 1, {FAULT_LABEL, 17}),
    FAULT("one word", REPLY(7), 1, {FAULT_LENGTH, 1}),
    FAULT("count 0", REPLY(4, 1, 32), 1, {1, 0}),
    FAULT("count 33", REPLY(4, 1, 32), 1, {1, 33}),
    FAULT("of the caller", REPLY(3), 1, {FAULT_TARGET, FIX_TCB}),
};

static const struct raw_call good_write = {
    {[1] = 3,
     [FAULT_TARGET] = TARGET,
     [FAULT_LABEL] = LABEL_TCB_WRITE_REGISTERS,
     [FAULT_LENGTH] = 5},
};
static const struct fault write_faults[] = {
    FAULT("one word", REPLY(7), 1, {FAULT_LENGTH, 1}),
    FAULT("length 4, count 3", REPLY(7), 1, {FAULT_LENGTH, 4}),
    FAULT("count 2^63", REPLY(7), 1, {1, UINT64_C(1) << 63}),
    FAULT("of the caller", REPLY(3), 1, {FAULT_TARGET, FIX_TCB}),
};

static const struct raw_call good_copy = {
    {[0] = 12,
     [FAULT_TARGET] = TARGET,
     [FAULT_LABEL] = LABEL_TCB_COPY_REGISTERS,
     [FAULT_LENGTH] = 1,
     [FAULT_CAP_COUNT] = 1,
     [FAULT_CAP0] = THREADS + 2},
};
static const struct fault copy_faults[] = {
    FAULT("no word", REPLY(7), 1, {FAULT_LENGTH, 0}),
    FAULT("no capability", REPLY(7), 1, {FAULT_CAP_COUNT, 0}),
    FAULT("from an empty slot", REPLY(2, 1), 1, {FAULT_CAP0, FIX_EMPTY}),
    FAULT("from a CNode", REPLY(2, 1), 1, {FAULT_CAP0, FIX_ROOT}),
};

/* ---- Spaces and buffer ----------------------------------------------------*/

static uint64_t configure(uint32_t length, uint32_t cap_count,
                          const uint64_t *words, const uint64_t *caps)
{
    return call(&f, TARGET, LABEL_TCB_CONFIGURE, length, words, cap_count,
                caps);
}

#define ADDRESS 0x7000u

/* Words: handler, CSpace data, VSpace data, buffer; CSpace, VSpace, frame. */
struct configure {
    const char *name;
    uint64_t words[4];
    uint64_t caps[3];
    uint64_t reply[1 + REPLY_WORDS_MAX];
    uint32_t length, cap_count;
};

#define ALL  4, 3
#define GOOD FIX_ROOT, FIX_VSPACE, BUFFERS + 1

/* In the order of the checks: each call has the faults of all later ones as
 * far as they fit. */
static const struct configure configures[] = {
    {"three words", {0, 61, 0, 0x100}, {0, 0, 0}, {7}, 3, 3},
    {"two capabilities", {0, 61, 0, 0x100}, {0, 0, 0}, {7}, 4, 2},
    {"an untyped with children as buffer",
     {0, 61, 0, 0x100},
     {0, 0, UNTYPED},
     {9},
     ALL},
    {"an unmapped table as buffer", {0, 61, 0, 0x100}, {0, 0, TABLE}, {3}, ALL},
    {"a null buffer with an address", {0, 61, 0, 0x400}, {0, 0, 0}, {3}, ALL},
    {"a device frame", {0, 61, 0, 0x100}, {0, 0, DEVICE}, {3}, ALL},
    {"a buffer at ...100", {0, 61, 0, 0x100}, {0, 0, BUFFERS}, {5}, ALL},
    {"CSpace guard size 61", {0, 61, 0, 0x400}, {CNODE, 0, BUFFERS}, {3}, ALL},
    {"null CSpace", {0, 0, 0, 0}, {0, 0, 0}, {3}, ALL},
    {"CSpace an untyped with children",
     {0, 0, 0, 0},
     {UNTYPED, UNTYPED, 0},
     {9},
     ALL},
    {"CSpace a table", {0, 0, 0, 0}, {FIX_VSPACE, UNTYPED, 0}, {3}, ALL},
    {"null VSpace", {0, 0, 0, 0}, {FIX_ROOT, 0, 0}, {3}, ALL},
    {"VSpace an untyped with children",
     {0, 0, 0, 0},
     {FIX_ROOT, UNTYPED, 0},
     {9},
     ALL},
    {"VSpace an unmapped table", {0, 0, 0, 0}, {FIX_ROOT, TABLE, 0}, {3}, ALL},
    {"VSpace a CNode", {0, 0, 0, 0}, {FIX_ROOT, FIX_ROOT, 0}, {3}, ALL},
    {"buffer address 0 and a null third capability",
     {0, 0, 0, 0},
     {FIX_ROOT, FIX_VSPACE, 0},
     {0},
     ALL},
    {"all right", {0, 0, 7, ADDRESS * 0x400}, {GOOD}, {0}, ALL},
};

static void check_configures(void)
{
    for (size_t i = 0; i < sizeof configures / sizeof *configures; i++) {
        const struct configure *c = &configures[i];
        uint64_t before = thread_of(&f, 1)->fault_handler;

        configure(c->length, c->cap_count, c->words, c->caps);
        tap_is(f.reply.label, c->reply[0], "Configure: %s", c->name);
        if (f.reply.length != 0 || thread_of(&f, 1)->fault_handler != before)
            tap_ok(false, "and nothing else");
    }
}

/* A root that would take long to delete. */
static void heavy_roots(void)
{
    const uint64_t words[] = {0, 0, 0, 0}, caps[] = {GOOD};

    thread_make(&f, 5, 1);
    retype(&f, FIX_UT, OBJECT_CNODE, 4, BIG, 1);
    call(&f, THREADS + 5, LABEL_TCB_SET_SPACE, 3, words, 2,
         (uint64_t[]){BIG, FIX_VSPACE});
    ok_reply(&f, "a CSpace of its own", 0);
    cnode_delete(&f, BIG);
    call(&f, THREADS + 5, LABEL_TCB_SET_SPACE, 3, words, 2, caps);
    ok_reply(&f, "the last capability to its CNode is in the TCB", 3);
    call(&f, THREADS + 5, LABEL_TCB_CONFIGURE, 4, words, 3, caps);
    ok_reply(&f, "Configure says the same", 3);
    call(&f, THREADS + 5, LABEL_TCB_SET_SPACE, 2, words, 2, caps);
    ok_reply(&f, "but first", 7);
}

/* A root that is being deleted. */
static void dying_root(void)
{
    const uint64_t words[] = {0, 0, 0, 0}, caps[] = {GOOD};

    thread_make(&f, 6, 1);
    retype(&f, FIX_UT, OBJECT_UNTYPED, 10, PARENT, 1);
    retype(&f, PARENT, OBJECT_CNODE, 4, BIG, 1);
    call(&f, THREADS + 6, LABEL_TCB_SET_SPACE, 3, words, 2,
         (uint64_t[]){BIG, FIX_VSPACE});
    cnode_delete(&f, BIG);
    f.once = true;
    fixture_preempt_in(&f, 1);
    cnode_revoke(&f, PARENT);
    f.once = false;
    tap_is(slot_type(kernel_slots(f.k),
                     thread_slot(thread_tcb(&f, 6), TCB_CSPACE)),
           CAP_ZOMBIE, "a CSpace half deleted");
    call(&f, THREADS + 6, LABEL_TCB_SET_SPACE, 3, words, 2, caps);
    ok_reply(&f, "cannot be replaced", 3);
    cnode_revoke(&f, PARENT);
    call(&f, THREADS + 6, LABEL_TCB_SET_SPACE, 3, words, 2, caps);
    ok_reply(&f, "until it is gone", 0);
}

static const struct raw_call good_space = {
    {[FAULT_TARGET] = TARGET,
     [FAULT_LABEL] = LABEL_TCB_SET_SPACE,
     [FAULT_LENGTH] = 3,
     [FAULT_CAP_COUNT] = 2,
     [FAULT_CAP0] = FIX_ROOT,
     [FAULT_CAP1] = FIX_VSPACE},
};
static const struct fault space_faults[] = {
    FAULT("two words", REPLY(7), 1, {FAULT_LENGTH, 2}),
    FAULT("one capability", REPLY(7), 1, {FAULT_CAP_COUNT, 1}),
    FAULT("guard size 61", REPLY(3), 2, {1, 61}, {FAULT_CAP0, CNODE}),
    FAULT("CSpace a TCB", REPLY(3), 1, {FAULT_CAP0, FIX_TCB}),
    FAULT("VSpace an untyped with children", REPLY(9), 1,
          {FAULT_CAP1, UNTYPED}),
    FAULT("VSpace an unmapped table", REPLY(3), 1, {FAULT_CAP1, TABLE}),
    FAULT("VSpace null", REPLY(3), 1, {FAULT_CAP1, FIX_EMPTY}),
};

static const struct raw_call good_buffer = {
    {[0] = 0x10000,
     [FAULT_TARGET] = TARGET,
     [FAULT_LABEL] = LABEL_TCB_SET_IPC_BUFFER,
     [FAULT_LENGTH] = 1,
     [FAULT_CAP_COUNT] = 1,
     [FAULT_CAP0] = BUFFERS + 1},
};
static const struct fault buffer_faults[] = {
    FAULT("no word", REPLY(7), 1, {FAULT_LENGTH, 0}),
    FAULT("no capability", REPLY(7), 1, {FAULT_CAP_COUNT, 0}),
    FAULT("an untyped with children", REPLY(9), 1, {FAULT_CAP0, UNTYPED}),
    FAULT("an unmapped table", REPLY(3), 1, {FAULT_CAP0, TABLE}),
    FAULT("a mapped table", REPLY(3), 1, {FAULT_CAP0, FIX_VSPACE}),
    FAULT("an empty slot", REPLY(3), 1, {FAULT_CAP0, FIX_EMPTY}),
    FAULT("a device frame", REPLY(3), 1, {FAULT_CAP0, DEVICE}),
    FAULT("a multiple of 512", REPLY(5), 1, {0, 0x10200}),
};

/* ---- Priorities -----------------------------------------------------------*/

/* Thread 2 has MCP 100, thread 3 has 0. */
static const struct raw_call good_priority = {
    {[0] = 100,
     [FAULT_TARGET] = TARGET,
     [FAULT_LABEL] = LABEL_TCB_SET_PRIORITY,
     [FAULT_LENGTH] = 1,
     [FAULT_CAP_COUNT] = 1,
     [FAULT_CAP0] = THREADS + 2},
};
static const struct raw_call good_mcp = {
    {[0] = 100,
     [FAULT_TARGET] = TARGET,
     [FAULT_LABEL] = LABEL_TCB_SET_MC_PRIORITY,
     [FAULT_LENGTH] = 1,
     [FAULT_CAP_COUNT] = 1,
     [FAULT_CAP0] = THREADS + 2},
};
static const struct fault priority_faults[] = {
    FAULT("no word", REPLY(7), 1, {FAULT_LENGTH, 0}),
    FAULT("no capability", REPLY(7), 1, {FAULT_CAP_COUNT, 0}),
    FAULT("authority a CNode", REPLY(2, 1), 1, {FAULT_CAP0, FIX_ROOT}),
    FAULT("authority null", REPLY(2, 1), 1, {FAULT_CAP0, FIX_EMPTY}),
    FAULT("authority MCP 0", REPLY(4, 0, 0), 1, {FAULT_CAP0, THREADS + 3}),
    FAULT("256, authority MCP 255", REPLY(4, 0, 255), 2, {0, 256},
          {FAULT_CAP0, FIX_TCB}),
    FAULT("101, authority MCP 100", REPLY(4, 0, 100), 1, {0, 101}),
    FAULT("2^32", REPLY(4, 0, 100), 1, {0, UINT64_C(1) << 32}),
};

static const struct raw_call good_params = {
    {[0] = 100,
     [1] = 99,
     [FAULT_TARGET] = TARGET,
     [FAULT_LABEL] = LABEL_TCB_SET_SCHED_PARAMS,
     [FAULT_LENGTH] = 2,
     [FAULT_CAP_COUNT] = 1,
     [FAULT_CAP0] = THREADS + 2},
};
static const struct fault params_faults[] = {
    FAULT("one word", REPLY(7), 1, {FAULT_LENGTH, 1}),
    FAULT("no capability", REPLY(7), 1, {FAULT_CAP_COUNT, 0}),
    FAULT("authority a CNode", REPLY(2, 1), 1, {FAULT_CAP0, FIX_ROOT}),
    FAULT("MCP 101", REPLY(4, 0, 100), 1, {0, 101}),
    FAULT("priority 101", REPLY(4, 0, 100), 1, {1, 101}),
};

/* ---- The rest -------------------------------------------------------------*/

static const struct raw_call good_bind = {
    {[FAULT_TARGET] = TARGET,
     [FAULT_LABEL] = LABEL_TCB_BIND_NOTIFICATION,
     [FAULT_CAP_COUNT] = 1,
     [FAULT_CAP0] = BADGED},
};
static const struct fault bind_faults[] = {
    FAULT("no capability", REPLY(7), 1, {FAULT_CAP_COUNT, 0}),
    FAULT("bound already", REPLY(3), 1, {FAULT_TARGET, THREADS + 2}),
    FAULT("a CNode", REPLY(3), 1, {FAULT_CAP0, FIX_ROOT}),
    FAULT("null", REPLY(3), 1, {FAULT_CAP0, FIX_EMPTY}),
    FAULT("without Read", REPLY(3), 1, {FAULT_CAP0, NO_READ}),
    FAULT("another's", REPLY(3), 1, {FAULT_CAP0, BOUND}),
    FAULT("waited for", REPLY(3), 1, {FAULT_CAP0, WAITED}),
};

static const struct raw_call good_unbind = {
    {[FAULT_TARGET] = TARGET, [FAULT_LABEL] = LABEL_TCB_UNBIND_NOTIFICATION},
};
static const struct fault unbind_faults[] = {
    FAULT("nothing bound", REPLY(3), 1, {FAULT_TARGET, THREADS + 3}),
};

static const struct raw_call good_tls = {
    {[0] = 5,
     [FAULT_TARGET] = TARGET,
     [FAULT_LABEL] = LABEL_TCB_SET_TLS_BASE,
     [FAULT_LENGTH] = 1},
};
static const struct fault tls_faults[] = {
    FAULT("no word", REPLY(7), 1, {FAULT_LENGTH, 0}),
};

static const struct raw_call good_flags = {
    {[FAULT_TARGET] = TARGET,
     [FAULT_LABEL] = LABEL_TCB_SET_FLAGS,
     [FAULT_LENGTH] = 2},
};
static const struct fault flags_faults[] = {
    FAULT("one word", REPLY(7), 1, {FAULT_LENGTH, 1}),
};

static void setup(void)
{
    threads_start(&f);
    for (unsigned n = 1; n <= 4; n++)
        thread_make(&f, n, 1);
    thread_of(&f, 2)->mcp = 100;
    retype(&f, FIX_UT, OBJECT_NOTIFICATION, 0, BADGED, 1);
    retype(&f, FIX_UT, OBJECT_NOTIFICATION, 0, BOUND, 1);
    retype(&f, FIX_UT, OBJECT_NOTIFICATION, 0, WAITED, 1);
    cnode_copy(&f, NO_READ, BADGED, CAP_WRITE);
    retype(&f, FIX_UT, OBJECT_CNODE, 4, CNODE, 1);
    retype(&f, FIX_UT, TYPE_TABLE, 0, TABLE, 1);
    retype(&f, FIX_DEVICE, TYPE_PAGE, 0, DEVICE, 1);
    retype(&f, FIX_UT, OBJECT_UNTYPED, 6, UNTYPED, 1);
    retype(&f, UNTYPED, OBJECT_ENDPOINT, 0, CHILD, 1);
    notification_bind(f.k, fixture_cap(&f, BOUND).base, thread_tcb(&f, 2));
    tcb_set_priority(&f, 4, 255);
    tcb_resume(&f, 4);
    sys(&f, SYSCALL_YIELD, 0, 0);
    sys(&f, SYSCALL_RECV, WAITED, 0);
    ok_running(&f, 0, "thread 4 waits");
}

#define CHECK(what)                                                            \
    faults_check(&f, &good_##what, what##_faults, FAULTS_COUNT(what##_faults))

int main(void)
{
    setup();
    CHECK(read);
    CHECK(write);
    CHECK(copy);
    check_configures();
    heavy_roots();
    dying_root();
    CHECK(space);
    CHECK(buffer);
    CHECK(priority);
    faults_check(&f, &good_mcp, priority_faults, FAULTS_COUNT(priority_faults));
    CHECK(params);
    CHECK(bind);
    CHECK(unbind);
    CHECK(tls);
    CHECK(flags);
    fixture_done(&f);
    return tap_done();
}
