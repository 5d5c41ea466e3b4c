/* SPDX-License-Identifier: BSD-2-Clause */
/* The server: requests into calls of the library, and the ledger. */
#include <string.h>

#include "memserver.h"

#define STEPS 4u /* of work on a closing account at a time */

static ut_err_t refuse(struct memserver *s, seL4_Word wanted, seL4_Word largest)
{
    s->fault = (struct ut_fault){.wanted = wanted, .available = largest};
    return UT_EINVAL;
}

/* w: the request's words, and the answer's. */
static ut_err_t serve_alloc(struct memserver *s, seL4_Word account,
                            seL4_Word *w)
{
    struct ut_req req = {
        .type = (uint8_t)w[0], .size_bits = (uint8_t)w[1], .count = 1};
    struct ut_dest dest = {.root = s->clients + account,
                           .offset = (uint32_t)w[2]};
    struct ut_blk blk;
    ut_err_t err;

    if (w[0] > UINT8_MAX || w[1] < UT_PAGE_BITS || w[1] > 63 ||
        w[2] > UINT32_MAX)
        return refuse(s, w[1], 63);
    memserver_pass(s, POINT_ALLOC);
    err = ut_alloc(s->accounts[account], &req, &dest, &blk, &s->fault);
    if (err)
        return err;
    memserver_pass(s, POINT_ALLOC_KERNEL);
    *memserver_owner(s, blk.paddr) = (uint8_t)account;
    memserver_pass(s, POINT_ALLOC_LEDGER);
    w[0] = blk.paddr;
    return UT_OK;
}

static ut_err_t serve_free(struct memserver *s, seL4_Word account,
                           const seL4_Word *w)
{
    struct ut_blk blk = {
        .paddr = w[0], .count = 1, .size_bits = w[1] > 63 ? 0 : (uint8_t)w[1]};
    ut_err_t err;

    memserver_pass(s, POINT_FREE);
    err = ut_free(s->accounts[account], &blk, &s->fault);
    if (err)
        return err;
    memserver_pass(s, POINT_FREE_KERNEL);
    *memserver_owner(s, blk.paddr) = 0;
    memserver_pass(s, POINT_FREE_LEDGER);
    return UT_OK;
}

static ut_err_t serve_usage(struct memserver *s, seL4_Word account,
                            seL4_Word *w)
{
    struct ut_usage usage;

    ut_acct_usage(s->accounts[account], &usage);
    w[0] = usage.used.bytes;
    w[1] = usage.used.caps;
    w[2] = usage.limit.bytes;
    w[3] = usage.limit.caps;
    return UT_OK;
}

static ut_err_t serve_open(struct memserver *s, seL4_Word account,
                           const seL4_Word *w)
{
    struct memserver_account *entry = &s->ledger->accounts[account];
    struct ut_quota quota = {w[1],
                             w[2] < UINT32_MAX ? (uint32_t)w[2] : UINT32_MAX};
    ut_err_t err;

    err = ut_acct_create(ut_root(s->ut), &quota, &s->accounts[account],
                         &s->fault);
    if (err)
        return err;
    entry->bytes = quota.bytes;
    entry->caps = quota.caps;
    entry->is_open = true;
    return UT_OK;
}

/* Closed from the first step on: what a life does not finish, the next one
 * takes back as nobody's. */
static ut_err_t serve_close(struct memserver *s, seL4_Word account)
{
    ut_err_t err;

    s->ledger->accounts[account].is_open = false;
    while ((err = ut_acct_destroy(s->accounts[account], STEPS, &s->fault)) ==
           UT_EAGAIN)
        memserver_pass(s, POINT_CLOSE);
    if (err)
        return err;
    s->accounts[account] = NULL;
    for (size_t i = 0; i < s->pages; i++)
        if (s->ledger->owner[i] == account)
            s->ledger->owner[i] = 0;
    return UT_OK;
}

static ut_err_t serve_stats(struct memserver *s, seL4_Word *w)
{
    struct ut_stats stats;

    ut_stats(s->ut, &stats);
    w[0] = stats.free_bytes;
    w[1] = stats.calls;
    w[2] = ut_check(s->ut) == NULL;
    return UT_OK;
}

/* A client's badge is its account, and it reaches no other; control says
 * which one it means. */
static ut_err_t serve(struct memserver *s, seL4_Word badge, seL4_Word label,
                      seL4_Word *w)
{
    bool control = badge == MEMSERVER_CONTROL;
    seL4_Word account = control ? w[0] : badge;

    if (control && label == MEMSERVER_STATS)
        return serve_stats(s, w);
    if (control && label == MEMSERVER_STOP) {
        s->stop_at = w[0];
        s->stop_in = w[1];
        return UT_OK;
    }
    if (control ? label < MEMSERVER_USAGE || label > MEMSERVER_CLOSE
                : label > MEMSERVER_USAGE)
        return refuse(s, label, MEMSERVER_STOP);
    if (account == 0 || account > MEMSERVER_ACCOUNTS ||
        (label == MEMSERVER_OPEN) == (s->accounts[account] != NULL))
        return refuse(s, account, MEMSERVER_ACCOUNTS);
    switch (label) {
    case MEMSERVER_ALLOC:
        return serve_alloc(s, account, w);
    case MEMSERVER_FREE:
        return serve_free(s, account, w);
    case MEMSERVER_USAGE:
        return serve_usage(s, account, w);
    case MEMSERVER_OPEN:
        return serve_open(s, account, w);
    default:
        return serve_close(s, account);
    }
}

void memserver_main(void *life)
{
    struct memserver *s = life;
    seL4_Word badge, label, w[4];
    seL4_MessageInfo_t info;
    ut_err_t err;

    ut_sel4_ops(&s->sel4, &s->ops);
    s->config.ops = &s->ops;
    err = ut_init(&s->config, &s->ut, &s->fault);
    /* Without Next nothing can be read back: then there is one life only. */
    if (!err && ut_source_features(&s->ops, s->config.regions[0].root) != 0)
        err = memserver_restart(s);
    memserver_report(
        s, err ? MEMSERVER_FAILED : MEMSERVER_READY,
        err ? (seL4_Word[4]){err, s->fault.kernel_error, s->fault.address}
            : (seL4_Word *)&s->found);
    info = seL4_Recv(s->endpoint, &badge);
    for (;;) {
        for (unsigned i = 0; i < 4; i++)
            w[i] = seL4_GetMR(i);
        label = seL4_MessageInfo_get_label(info);
        err = serve(s, badge, label, w);
        if (err)
            memcpy(w, &s->fault, sizeof w);
        for (unsigned i = 0; i < 4; i++)
            seL4_SetMR(i, w[i]);
        info = seL4_ReplyRecv(s->endpoint, seL4_MessageInfo_new(err, 0, 0, 4),
                              &badge);
    }
}
