/* SPDX-License-Identifier: BSD-2-Clause */
/* Capability pointers that lead nowhere: a fault that says where and why, for
 * Send and Call; silence for NBSend; the invoked one before the extra ones,
 * and all of them before anything is done (sel4-abi.md 1.3, 5.1, 7.3).
 *
 *   small CSpace:  slot 1 the fault endpoint   slot 2 an endpoint
 *   (radix 4)      slot 3 a CNode, guard 5 of 8 bits
 *                  slot 4 a CNode, guard 0 of 58 bits: 62 bits of 60
 */
#include "probe.h"

#define NOWHERE (1ul << 40)
#define EXTRA   (2ul << 40) /* another one */
#define ECALL   ((seL4_Word)probe_ecall)

/* ---- Our own CSpace -------------------------------------------------------*/

/* What the guard of the root CNode makes of a pointer. */
static bool faults_at(seL4_Word cptr, seL4_Word in_receive)
{
    const seL4_Word words[] = {
        ECALL, cptr, in_receive, 4, 64, 0, errors_root_guard_bits()};

    return probe_faults(seL4_Fault_CapFault, 7, words);
}

/* A message to `to' with three extra capabilities, one of which, or none (3),
 * is nowhere. */
static void send(long number, seL4_CPtr to, unsigned bad)
{
    for (unsigned n = 0; n < 3; n++)
        probe.buffer->caps_or_badges[n] =
            n == bad ? EXTRA : kind_slot(KIND_ENDPOINT);
    probe_set(probe_ecall, to, number);
    probe.before[PROBE_A1] = seL4_MessageInfo_new(0x999, 0, 3, 0).words[0];
}

static void claim_extra(seL4_CPtr to, const char *name)
{
    for (unsigned bad = 0; bad < 3; bad++) {
        send(seL4_SysSend, to, bad);
        tap_ok(faults_at(EXTRA, 0), "Send to %s: capability %u is nowhere",
               name, bad);
        send(seL4_SysCall, to, bad);
        tap_ok(faults_at(EXTRA, 0), "Call to %s: capability %u is nowhere",
               name, bad);
        send(seL4_SysNBSend, to, bad);
        tap_ok(probe_passes(to, probe.before[PROBE_A1]),
               "NBSend to %s: capability %u is nowhere", name, bad);
    }
}

/* The pointer that is invoked comes first. */
static void claim_invoked(void)
{
    send(seL4_SysSend, NOWHERE, 0);
    tap_ok(faults_at(NOWHERE, 0), "Send: the invoked one before the others");
    send(seL4_SysCall, NOWHERE, 0);
    tap_ok(faults_at(NOWHERE, 0), "Call: the invoked one before the others");
    send(seL4_SysNBSend, NOWHERE, 0);
    tap_ok(probe_passes(NOWHERE, probe.before[PROBE_A1]), "NBSend: nothing");
    send(seL4_SysRecv, NOWHERE, 0);
    tap_ok(faults_at(NOWHERE, 1), "Recv");
    send(seL4_SysNBRecv, NOWHERE, 0);
    tap_ok(faults_at(NOWHERE, 1), "NBRecv");
    send(seL4_SysReplyRecv, NOWHERE, 3);
    tap_ok(faults_at(NOWHERE, 1), "ReplyRecv");
}

/* A signal with a capability that is nowhere is none. */
static void claim_nothing_done(void)
{
    seL4_Word badge = 7;

    claim_extra(kind_slot(KIND_NOTIFICATION), "a notification");
    seL4_Poll(kind_slot(KIND_NOTIFICATION), &badge);
    tap_is(badge, 0, "and it has not been signalled");
}

/* What is no endpoint or notification, or may not be read. */
static void claim_not_received(void)
{
    const seL4_CPtr no_read[] = {kind_copy(kind_slot(KIND_ENDPOINT), 13),
                                 kind_copy(kind_slot(KIND_NOTIFICATION), 1)};

    for (enum kind kind = KIND_NULL; kind < KINDS + 2; kind++) {
        const seL4_CPtr slot =
            kind < KINDS ? kind_slot(kind) : no_read[kind - KINDS];
        const seL4_Word words[] = {ECALL, slot, 1, 2, 0};

        if (kind == KIND_ENDPOINT || kind == KIND_NOTIFICATION)
            continue;
        probe_set(probe_ecall, slot, seL4_SysRecv);
        tap_ok(probe_faults(seL4_Fault_CapFault, 5, words), "Recv from %s",
               kind < KINDS ? kind_name(kind) : "what may not be read");
        probe_set(probe_ecall, slot, seL4_SysNBRecv);
        tap_ok(probe_faults(seL4_Fault_CapFault, 5, words), "NBRecv from %s",
               kind < KINDS ? kind_name(kind) : "what may not be read");
    }
}

/* ---- A small CSpace -------------------------------------------------------*/

#define SMALL(slot) ((seL4_Word)(slot) << 60)

static void put(seL4_CPtr cnode, seL4_Word index, seL4_CPtr from,
                seL4_Word data)
{
    call_must(&CALL(cnode, CNodeMint, CALL_CAPS(TASK_ROOT),
                    CALL_MR(index, 4, from, 64, 15, data)),
              "a capability in a small CSpace");
}

static void make_small(void)
{
    const seL4_CPtr root = task_object(seL4_CapTableObject, 4);

    put(root, 1, probe.faults, 0);
    put(root, 2, kind_slot(KIND_ENDPOINT), 0);
    put(root, 3, kind_slot(KIND_CNODE), 5 << 6 | 8);
    put(root, 4, kind_slot(KIND_CNODE), 58);
    call_must(&CALL(probe.tcb, TCBSetSpace, CALL_MR(SMALL(1), 0, 0),
                    CALL_CAPS(root, TASK_VSPACE)),
              "a small CSpace");
}

static void claim_small(void)
{
    const seL4_Word guarded = SMALL(3) | 6ul << 52;
    const seL4_Word guard_words[] = {ECALL, guarded, 0, 4, 60, 5, 8};
    const seL4_Word deep_words[] = {ECALL, SMALL(4), 0, 3, 60, 62};
    const seL4_Word inside = SMALL(3) | 5ul << 52 | 7ul << 48;
    const seL4_Word inside_words[] = {ECALL, inside, 1, 2, 0};

    for (seL4_Word rest = 0; rest <= 1ul << 59; rest += 1ul << 59) {
        const seL4_Word cptr = SMALL(2) | rest | (rest ? 0x123 : 0);

        probe_set(probe_ecall, cptr, seL4_SysNBRecv);
        tap_ok(probe_passes(0, 0), "bits that are left do not matter: 0x%lx",
               cptr);
    }
    probe_set(probe_ecall, guarded, seL4_SysSend);
    tap_ok(probe_faults(seL4_Fault_CapFault, 7, guard_words),
           "another guard, further down");
    probe_set(probe_ecall, SMALL(4), seL4_SysSend);
    tap_ok(probe_faults(seL4_Fault_CapFault, 6, deep_words),
           "more bits than there are");
    probe_set(probe_ecall, inside, seL4_SysSend);
    tap_ok(probe_passes(inside, 0), "an empty slot further down: Send");
    probe_set(probe_ecall, inside, seL4_SysRecv);
    tap_ok(probe_faults(seL4_Fault_CapFault, 5, inside_words),
           "an empty slot further down: Recv");
}

int main(void)
{
    probe_make(TASK_ROOT, 0, true);
    claim_invoked();
    for (enum kind kind = KIND_NULL; kind < KINDS; kind++)
        if (kind != KIND_NOTIFICATION)
            claim_extra(kind_slot(kind), kind_name(kind));
    claim_extra(kind_copy(kind_slot(KIND_ENDPOINT), 1),
                "an endpoint to write to");
    claim_extra(kind_copy(kind_slot(KIND_ENDPOINT), 2),
                "an endpoint to read from");
    claim_nothing_done();
    claim_not_received();
    make_small();
    claim_small();
    return tap_done();
}
