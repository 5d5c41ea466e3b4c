/* SPDX-License-Identifier: BSD-2-Clause */
#include "peer.h"

#include <stdlib.h>
#include <string.h>

#define BUFFERS     0x30000000ul
#define PATTERN     0x1020304050607000ul
#define LOG_ENTRIES 1024u

/* Back from the call, a peer writes its number into the log, and traps: its
 * fault waits at an endpoint where nobody receives. */
extern char peer_trap[];
extern char peer_end[];
__asm__(".text\n"
        ".option push\n"
        ".option norvc\n"
        ".balign 4\n"
        ".globl peer_trap, peer_end\n"
        "peer_trap: ecall\n"
        "amoadd.d t0, s2, (s0)\n"
        "sd s1, 0(t0)\n"
        "peer_end: ebreak\n"
        ".option pop\n");

static seL4_Word log[LOG_ENTRIES];
static seL4_Word log_at;
static seL4_CPtr ended, woken;
static struct task idler;
static seL4_Word peers;

static void idle(seL4_Word unused)
{
    (void)unused;
    for (;;)
        seL4_Signal(woken);
}

static void start_idler(void)
{
    ended = task_object(seL4_EndpointObject, 0);
    woken = task_object(seL4_NotificationObject, 0);
    log_at = (seL4_Word)log;
    task_create(&idler, TASK_VSPACE, seL4_MaxPrio - 1);
    task_start(&idler, idle, 0);
}

static void must(seL4_Error error, const char *what)
{
    if (error == seL4_NoError)
        return;
    tap_ok(false, "%s: error %d", what, (int)error);
    exit(tap_done());
}

void peer_create(struct peer *p, seL4_Word priority)
{
    if (peers == 0)
        start_idler();
    memset(p, 0, sizeof *p);
    p->number = ++peers;
    p->buffer = (seL4_IPCBuffer *)(BUFFERS + (p->number << seL4_PageBits));
    p->tcb = task_object(seL4_TCBObject, 0);
    p->frame = task_object(seL4_RISCV_4K_Page, 0);
    must(task_map(p->frame, TASK_VSPACE, (seL4_Word)p->buffer, seL4_ReadWrite,
                  0),
         "a buffer");
    must(seL4_TCB_Configure(p->tcb, ended, TASK_ROOT, 0, TASK_VSPACE, 0,
                            (seL4_Word)p->buffer, p->frame),
         "TCB_Configure");
    must(seL4_TCB_SetPriority(p->tcb, seL4_CapInitThreadTCB, priority),
         "TCB_SetPriority");
}

void peer_sys(struct peer *p, seL4_Word number, seL4_CPtr cptr, seL4_Word info,
              const seL4_Word mr[4])
{
    static const seL4_Word none[4];
    seL4_Word *word = (seL4_Word *)&p->in;

    for (seL4_Word i = 0; i < sizeof p->in / sizeof *word; i++)
        word[i] = PATTERN + i;
    p->in.pc = (seL4_Word)peer_trap;
    p->in.s0 = (seL4_Word)&log_at;
    p->in.s1 = p->number;
    p->in.s2 = sizeof *log;
    p->in.a0 = cptr;
    p->in.a1 = info;
    if (log_at >= (seL4_Word)(log + LOG_ENTRIES / 2))
        peers_forget_order(); /* by a test that does not look at it */
    mr = mr ? mr : none;
    p->in.a2 = mr[0];
    p->in.a3 = mr[1];
    p->in.a4 = mr[2];
    p->in.a5 = mr[3];
    p->in.a7 = number;
    must(seL4_TCB_WriteRegisters(p->tcb, 1, 0, 32, &p->in), "WriteRegisters");
}

seL4_Word peer_info(seL4_Word label, seL4_Word caps, seL4_Word length)
{
    return seL4_MessageInfo_new(label, 0, caps, length).words[0];
}

void peers_run(void)
{
    /* It may have been signalled by an idler that was running already. */
    seL4_Poll(woken, NULL);
    seL4_Wait(woken, NULL);
}

bool peer_is_back(struct peer *p)
{
    must(seL4_TCB_ReadRegisters(p->tcb, 0, 0, 32, &p->r), "ReadRegisters");
    return p->r.pc == (seL4_Word)peer_end;
}

bool peer_is_back_whole(struct peer *p)
{
    seL4_UserContext want = p->in;

    if (!peer_is_back(p))
        return false;
    want.pc = p->r.pc;
    want.t0 = p->r.t0; /* of the note in the log */
    want.a0 = p->r.a0;
    want.a1 = p->r.a1;
    want.a2 = p->r.a2;
    want.a3 = p->r.a3;
    want.a4 = p->r.a4;
    want.a5 = p->r.a5;
    return memcmp(&want, &p->r, sizeof want) == 0;
}

void peer_expect(struct peer *p, seL4_Word badge, seL4_Word info, seL4_Word mr0,
                 const char *name)
{
    bool back = peer_is_back_whole(p);

    if (!tap_ok(back && p->r.a0 == badge && p->r.a1 == info && p->r.a2 == mr0,
                "%s", name))
        tap_diag("  %s: badge 0x%lx, info 0x%lx, MR0 0x%lx",
                 back ? "got" : "waits", p->r.a0, p->r.a1, p->r.a2);
}

void peer_expect_waiting(struct peer *p, const char *name)
{
    tap_ok(!peer_is_back(p) && p->r.pc == (seL4_Word)peer_trap, "%s", name);
}

void peers_forget_order(void)
{
    log_at = (seL4_Word)log;
}

void peers_expect_order(const char *want, const char *name)
{
    char got[65];
    seL4_Word n = (log_at - (seL4_Word)log) / sizeof *log;

    for (seL4_Word i = 0; i < n && i < sizeof got - 1; i++)
        got[i] = (char)('0' + log[i]);
    got[n < sizeof got ? n : sizeof got - 1] = '\0';
    tap_is_string(got, want, "%s", name);
    peers_forget_order();
}

seL4_Word peers_order(seL4_Word i)
{
    return log + i < (seL4_Word *)log_at ? log[i] : 0;
}

seL4_CPtr peer_mint(seL4_CPtr of, seL4_CapRights_t rights, seL4_Word badge)
{
    seL4_CPtr slot = task_slot();

    must(seL4_CNode_Mint(TASK_ROOT, slot, seL4_WordBits, TASK_ROOT, of,
                         seL4_WordBits, rights, badge),
         "Mint");
    return slot;
}
