/* SPDX-License-Identifier: BSD-2-Clause */
/* Two clients, a server that dies, and the claims that go with it. */
#include "rt.h"
#include "starter.h"
#include "tap.h"

enum { A = 1, B = 2 };

#define QUOTA_BYTES (1ul << 20)
#define QUOTA_CAPS  8192u
#define A_FRAMES    5u  /* from the server; then an untyped */
#define A_OWN       6u  /* and the slot of what A makes of that */
#define LIVES       24u /* of servers that die at a random point */
#define SEED        0x5eed06ul

static struct memserver_found found;

static seL4_Word page_alloc(unsigned account, seL4_Word i)
{
    struct answer a = client_ask(account, MEMSERVER_ALLOC, seL4_RISCV_4K_Page,
                                 seL4_PageBits, CLIENT_SLOTS + i);

    return a.label == UT_OK ? a.w[0] : 0;
}

static struct answer usage(unsigned account)
{
    return server_ask(MEMSERVER_USAGE, account, 0, 0);
}

static bool usage_is(unsigned account, struct answer want, const char *name)
{
    struct answer got = usage(account);

    if (tap_ok(got.label == want.label && got.w[0] == want.w[0] &&
                   got.w[1] == want.w[1] && got.w[2] == want.w[2],
               "%s", name))
        return true;
    tap_diag("  got %lu bytes, %lu caps; want %lu, %lu", got.w[0], got.w[1],
             want.w[0], want.w[1]);
    return false;
}

static bool memory_is_kept(unsigned account)
{
    seL4_Word wrong = 0;

    for (seL4_Word i = 0; i <= A_OWN; i++) {
        if (i == A_FRAMES)
            continue;
        client_order(account, CLIENT_READ, CLIENT_SLOTS + i, 1000 + i, 0, 0);
        wrong += client_wait(account).w[0];
    }
    return wrong == 0;
}

static void stats_say(const char *when)
{
    struct answer s = server_ask(MEMSERVER_STATS, 0, 0, 0);
    struct answer a = usage(A);

    tap_diag("%s: A is charged %lu bytes and %lu capabilities, %lu bytes free",
             when, a.w[0], a.w[1], s.w[0]);
    tap_diag("  the library has made %lu kernel calls in this life", s.w[1]);
}

static void test_begin(void)
{
    seL4_Word wrong = 0, got = 0;

    tap_is(server_begin(&found), MEMSERVER_READY, "a server starts");
    tap_is(found.kept + found.lost + found.undone, 0, "and finds nothing");
    tap_is(server_ask(MEMSERVER_OPEN, A, QUOTA_BYTES, QUOTA_CAPS).label, UT_OK,
           "A has an account");
    client_begin(A);
    for (seL4_Word i = 0; i < A_FRAMES; i++) {
        got += page_alloc(A, i) != 0;
        client_order(A, CLIENT_WRITE, CLIENT_SLOTS + i, 1000 + i, 0, 0);
        wrong += client_wait(A).w[0];
    }
    tap_is(got, A_FRAMES, "A has frames in its own CNode");
    tap_is(wrong, 0, "maps them, and they read zero");
    tap_is(client_ask(A, MEMSERVER_ALLOC, seL4_UntypedObject, 16,
                      CLIENT_SLOTS + A_FRAMES)
               .label,
           UT_OK, "A has an untyped of 64 KiB");
    tap_is(client_ask(A, MEMSERVER_ALLOC, seL4_RISCV_4K_Page, seL4_PageBits,
                      CLIENT_SLOTS)
               .label,
           UT_ESLOT, "a slot in use is refused by name");
}

/* What A makes of its untyped is no block of the server's. */
static void test_own(void)
{
    struct answer before = usage(A);

    client_order(A, CLIENT_MAKE, CLIENT_SLOTS + A_OWN, CLIENT_SLOTS + A_FRAMES,
                 0, 0);
    tap_is(client_wait(A).w[0], seL4_NoError, "A makes a frame of its untyped");
    client_order(A, CLIENT_WRITE, CLIENT_SLOTS + A_OWN, 1000 + A_OWN, 0, 0);
    tap_is(client_wait(A).w[0], 0, "and uses it");
    usage_is(A, before, "for which it has been charged already");
}

/* Until it is refused: what the refusal says, and that it is right. */
static void test_quota(void)
{
    struct answer before = usage(A), u, a;
    seL4_Word i = 0;

    tap_is(server_ask(MEMSERVER_OPEN, B, 208 << 10, QUOTA_CAPS).label, UT_OK,
           "B has an account of 208 KiB");
    client_begin(B);
    do
        a = client_ask(B, MEMSERVER_ALLOC, seL4_UntypedObject, 15,
                       CLIENT_SLOTS + i);
    while (a.label == UT_OK && ++i < CLIENT_SLOT_COUNT / 2);
    u = usage(B);
    tap_is(a.label, UT_EQUOTA, "B takes untypeds of 32 KiB, and is refused");
    tap_ok(a.w[1] == u.w[2] - u.w[0] && a.w[0] > a.w[1],
           "with what it lacked: wanted %lu, has %lu left: %lu bytes short",
           a.w[0], a.w[1], a.w[0] - a.w[1]);
    while (page_alloc(B, i) != 0)
        i++;
    a = client_ask(B, MEMSERVER_ALLOC, seL4_RISCV_4K_Page, seL4_PageBits,
                   CLIENT_SLOTS + i);
    tap_ok(a.label == UT_EQUOTA && a.w[0] > a.w[1],
           "what is left it takes in pages, until it lacks %lu bytes for one",
           a.w[0] - a.w[1]);
    usage_is(A, before, "A is charged what it was");
    tap_ok(page_alloc(A, 15) != 0, "and still has memory to get");
    a = client_ask(A, MEMSERVER_FREE, 0, seL4_PageBits, 0);
    tap_is(a.label, UT_ERANGE, "an address that is not managed is refused");
}

/* B's account anew, while the client goes on: pages until it is refused. */
static seL4_Word pages_until_refused(seL4_Word caps, struct answer *refusal)
{
    seL4_Word i = 0;

    server_ask(MEMSERVER_CLOSE, B, 0, 0);
    server_ask(MEMSERVER_OPEN, B, QUOTA_BYTES, caps);
    do
        *refusal = client_ask(B, MEMSERVER_ALLOC, seL4_RISCV_4K_Page,
                              seL4_PageBits, CLIENT_SLOTS + i);
    while (refusal->label == UT_OK && ++i < CLIENT_SLOT_COUNT);
    return i;
}

static void test_quota_of_caps(void)
{
    struct answer a;
    seL4_Word few = pages_until_refused(9, &a), lacked = a.w[0] - a.w[1];

    tap_ok(a.label == UT_ECAPQUOTA && a.w[0] > a.w[1],
           "with nine capabilities B has %lu pages, and lacks %lu", few,
           lacked);
    tap_is(pages_until_refused(9 + lacked, &a), few + 1,
           "with so many more it has one page more");
    tap_is(a.label, UT_ECAPQUOTA, "no more than that");
}

/* B anew, which works until it is killed. */
static void worker_begin(void)
{
    tap_is(server_ask(MEMSERVER_OPEN, B, QUOTA_BYTES, QUOTA_CAPS).label, UT_OK,
           "B has an account");
    client_begin(B);
    page_alloc(B, 0);
    starter_copy(B, CLIENT_SLOTS);
    client_order(B, CLIENT_WORK, ~0ul, SEED, 0, 0);
}

static void worker_close(void)
{
    tap_ok(starter_copy_is_there(), "B is gone, a copy of its frame is not");
    tap_ok(usage(B).w[0] > 0, "its account is still charged");
    tap_is(server_ask(MEMSERVER_CLOSE, B, 0, 0).label, UT_OK,
           "the account is closed");
    tap_ok(!starter_copy_is_there(), "the copy has died with it");
    tap_is(usage(B).label, UT_EINVAL, "there is no such account any more");
}

static seL4_Word free_bytes(void)
{
    return server_ask(MEMSERVER_STATS, 0, 0, 0).w[0];
}

/* Both work, and B is killed: first while the server is in the middle of a
 * request of its, then of anybody's. */
static void test_client_dies(void)
{
    struct answer before = usage(A), work;
    seL4_Word bytes, held;

    client_kill(B);
    tap_is(server_ask(MEMSERVER_CLOSE, B, 0, 0).label, UT_OK,
           "B is killed, its account is closed");
    bytes = free_bytes();
    worker_begin();
    client_order(A, CLIENT_WORK, 400, SEED, 0, 0);
    work = client_wait(A);
    tap_is(work.w[1], 0, "A and B work side by side, 400 requests of A's");
    held = work.w[3];
    server_ask(MEMSERVER_STOP, POINT_ALLOC_KERNEL, 3, 0);
    tap_is(server_wait(), POINT_ALLOC_KERNEL,
           "the server is in the middle of a request of B's");
    client_kill(B);
    server_go_on();
    worker_close();
    tap_is(free_bytes() + (held << seL4_PageBits), bytes,
           "all that B had is free again");
    worker_begin();
    server_ask(MEMSERVER_STOP, POINT_FREE_KERNEL, 60, 0);
    client_order(A, CLIENT_WORK, 400, SEED + 1, 0, 0);
    tap_is(server_wait(), POINT_FREE_KERNEL, "once more, while A works");
    client_kill(B);
    server_go_on();
    worker_close();
    work = client_wait(A);
    tap_is(work.w[1] + work.w[2], 0, "A has noticed nothing");
    before.w[0] += work.w[3] << seL4_PageBits;
    before.w[1] += work.w[3];
    usage_is(A, before, "it is charged for what it holds, no more");
    tap_ok(memory_is_kept(A), "its memory is as it was");
    tap_is(free_bytes() + (work.w[3] << seL4_PageBits), bytes,
           "all that B had is free again");
}

static void test_server_dies(void)
{
    struct answer before = usage(A);

    stats_say("before the server is killed");
    server_kill();
    tap_ok(memory_is_kept(A), "without a server A still has its memory");
    tap_is(server_begin(&found), MEMSERVER_READY, "a server is started again");
    stats_say("read back");
    tap_diag("%lu blocks read back, with %lu kernel calls", found.kept,
             found.calls);
    tap_is(found.kept, before.w[1], "it reads back every block of A's");
    tap_is(found.lost + found.undone, 0, "the ledger agrees with the kernel");
    usage_is(A, before, "A is charged what it was");
    tap_ok(memory_is_kept(A), "its memory is as it was");
    client_order(A, CLIENT_WORK, 100, SEED + 2, 0, 0);
    tap_is(client_wait(A).w[1], 0, "A goes on");
}

/* One request of A's, in whose middle the server dies. */
struct death {
    seL4_Word point;
    const char *where;
    seL4_Word lost, undone; /* what the next life finds */
    int pages;              /* A's charge when it is ready: so many more */
    seL4_Word answer;       /* to the request when it is made again */
};

static const struct death deaths[] = {
    {POINT_ALLOC, "before a page is made", 0, 0, 0, UT_OK},
    {POINT_ALLOC_KERNEL, "made, not in the ledger", 0, 1, 0, UT_OK},
    {POINT_ALLOC_LEDGER, "made, not answered", 0, 0, 1, UT_ESLOT},
    {POINT_FREE, "before a page is freed", 0, 0, 0, UT_OK},
    {POINT_FREE_KERNEL, "freed, in the ledger", 1, 0, -1, UT_EINVAL},
    {POINT_FREE_LEDGER, "freed, not answered", 0, 0, -1, UT_EINVAL},
};

static void die(const struct death *d, seL4_Word slot)
{
    bool is_alloc = d->point <= POINT_ALLOC_LEDGER;
    seL4_Word page = is_alloc ? 0 : page_alloc(A, slot);
    struct answer want = usage(A);
    seL4_Word answer;
    int after = is_alloc ? 1 : -1;

    server_ask(MEMSERVER_STOP, d->point, 1, 0);
    if (is_alloc)
        client_order(A, CLIENT_ASK, MEMSERVER_ALLOC, seL4_RISCV_4K_Page,
                     seL4_PageBits, CLIENT_SLOTS + slot);
    else
        client_order(A, CLIENT_ASK, MEMSERVER_FREE, page, seL4_PageBits, 0);
    tap_is(server_wait(), d->point, "the server is killed: %s", d->where);
    server_kill();
    tap_is(server_begin(&found), MEMSERVER_READY, "it is started again");
    tap_is(found.lost, d->lost, "%lu that only the ledger knew", d->lost);
    tap_is(found.undone, d->undone, "%lu that only the kernel knew", d->undone);
    want.w[0] += (seL4_Word)((long)d->pages * 4096);
    want.w[1] += (seL4_Word)(long)d->pages;
    usage_is(A, want, "A is charged for what the kernel has");
    client_repeat(A);
    answer = client_wait(A).label;
    /* Gone, and perhaps another's already: of this life's books. */
    if (d->answer == UT_EINVAL && answer == UT_EBUSY)
        answer = UT_EINVAL;
    tap_is(answer, d->answer, "A's request is answered at last");
    want.w[0] += (seL4_Word)((long)(after - d->pages) * 4096);
    want.w[1] += (seL4_Word)(long)(after - d->pages);
    usage_is(A, want, "A is charged for what it has");
    if (is_alloc && tap_ok(page_alloc(A, slot) == 0, "the slot is in use")) {
        /* Its address: the client's own way, the slot having been asked for
         * twice. */
        client_order(A, CLIENT_WRITE, CLIENT_SLOTS + slot, 7, 0, 0);
        tap_is(client_wait(A).w[0], 0, "by a page, which reads zero");
    }
}

static void test_points(void)
{
    for (unsigned i = 0; i < sizeof deaths / sizeof *deaths; i++)
        die(&deaths[i], A_FRAMES + 2 + i);
    tap_ok(memory_is_kept(A), "after six deaths A's memory is as it was");
}

/* Nobody answers for this account any more: the next life finishes. */
static void test_close_unfinished(void)
{
    struct answer before = usage(A);
    seL4_Word bytes = free_bytes();
    seL4_Word got = 0;

    server_ask(MEMSERVER_OPEN, B, QUOTA_BYTES, QUOTA_CAPS);
    client_begin(B);
    for (seL4_Word i = 0; i < 12; i++)
        got += page_alloc(B, i) != 0;
    tap_is(got, 12, "B has an account again, and twelve pages");
    server_ask(MEMSERVER_STOP, POINT_CLOSE, 2, 0);
    server_tell(MEMSERVER_CLOSE, B, 0, 0);
    tap_is(server_wait(), POINT_CLOSE, "the server is killed as it closes it");
    server_kill();
    tap_is(server_begin(&found), MEMSERVER_READY, "it is started again");
    tap_ok(
        found.undone + found.lost == 12 && found.undone > 0 && found.lost > 0,
        "of the twelve %lu had gone, and %lu go now", found.lost, found.undone);
    tap_is(usage(B).label, UT_EINVAL, "B's account is closed");
    tap_is(free_bytes(), bytes, "all that it had is free again");
    usage_is(A, before, "A is charged what it was");
    client_kill(B);
}

static void test_many_deaths(void)
{
    seL4_Word x = SEED, lost = 0, undone = 0, calls = 0, kept = 0;
    struct answer before = usage(A), work;
    seL4_Word held;

    tap_diag("seed 0x%lx", x);
    client_order(A, CLIENT_WORK, 0, 0, 0, 0);
    held = client_wait(A).w[3];
    client_order(A, CLIENT_WORK, 2000, x, 0, 0);
    for (unsigned i = 0; i < LIVES; i++) {
        x = x * 6364136223846793005ul + 1442695040888963407ul;
        server_ask(MEMSERVER_STOP, 1 + (x >> 33) % POINT_FREE_LEDGER,
                   1 + (x >> 43) % 20, 0);
        server_wait();
        server_kill();
        if (server_begin(&found) != MEMSERVER_READY)
            break;
        lost += found.lost;
        undone += found.undone;
        calls += found.calls;
        kept += found.kept;
        client_repeat(A);
    }
    work = client_wait(A);
    tap_is(work.w[0], 2000, "%u servers die at random points, A works on",
           LIVES);
    tap_is(work.w[1], 0, "and notices nothing");
    before.w[0] += (work.w[3] - held) << seL4_PageBits;
    before.w[1] += work.w[3] - held;
    usage_is(A, before, "A is charged for what it holds");
    tap_ok(memory_is_kept(A), "its memory is as it was");
    tap_diag("%lu answers to what was asked twice; only the ledger knew %lu, "
             "only the kernel %lu; %lu blocks read back, %lu calls",
             work.w[2], lost, undone, kept, calls);
    tap_is(server_ask(MEMSERVER_STATS, 0, 0, 0).w[2], true,
           "the library's invariants hold");
}

int main(void)
{
    starter_begin();
    test_begin();
    test_own();
    test_quota();
    test_quota_of_caps();
    test_client_dies();
    if (!starter_kernel_has_next()) {
        tap_skip("a server that is started again: the kernel has no Next");
        return tap_done();
    }
    test_server_dies();
    test_points();
    test_close_unfinished();
    test_many_deaths();
    client_kill(A);
    tap_is(server_ask(MEMSERVER_CLOSE, A, 0, 0).label, UT_OK,
           "A's account is closed");
    tap_is(free_bytes(), 17ul << 20, "all the memory is free");
    return tap_done();
}
