/* SPDX-License-Identifier: BSD-2-Clause */
/* Labels that an object does not have: IllegalOperation before anything else
 * of the message is looked at (sel4-abi.md 4.5 to 4.11); and capabilities that
 * cannot be invoked at all, whatever the label (1.3).  The numbers are those
 * of the release that the kernel was built for (4.1). */
#include "errors.h"
#include "task.h"

#include <sel4/fallow.h>

#define LABELS_END (nArchInvocationLabels + 8ul)

#if LABELS >= 14
#define TCB_LAST TCBSetFlags
#else
#define TCB_LAST TCBSetTLSBase
#endif
#if LABELS >= 15
#define DOMAIN_LAST DomainScheduleSetStart
#else
#define DOMAIN_LAST DomainSetSet
#endif

static const struct range {
    enum kind kind;
    seL4_Word first, last;
} ranges[] = {
    {KIND_UNTYPED, UntypedRetype, UntypedRetype},
#ifdef CONFIG_FALLOW_GEN3
    {KIND_UNTYPED, UntypedRetypeAt, UntypedRevokeAt},
#endif
    {KIND_CNODE, CNodeRevoke, CNodeSaveCaller},
    {KIND_TCB, TCBReadRegisters, TCB_LAST},
    {KIND_IRQ_CONTROL, IRQIssueIRQHandler, IRQIssueIRQHandler},
    {KIND_IRQ_CONTROL, RISCVIRQIssueIRQHandlerTrigger,
     RISCVIRQIssueIRQHandlerTrigger},
    {KIND_IRQ_HANDLER, IRQAckIRQ, IRQClearIRQHandler},
    {KIND_DOMAIN, DomainSetSet, DOMAIN_LAST},
    {KIND_FRAME, RISCVPageMap, RISCVPageGetAddress},
    {KIND_TABLE, RISCVPageTableMap, RISCVPageTableUnmap},
    {KIND_SPACE, RISCVPageTableMap, RISCVPageTableUnmap},
    {KIND_ASID_CONTROL, RISCVASIDControlMakePool, RISCVASIDControlMakePool},
    {KIND_ASID_POOL, RISCVASIDPoolAssign, RISCVASIDPoolAssign},
};

static bool has_label(enum kind kind, seL4_Word label)
{
    for (unsigned i = 0; i < sizeof ranges / sizeof ranges[0]; i++)
        if (ranges[i].kind == kind && ranges[i].first <= label &&
            label <= ranges[i].last)
            return true;
    return false;
}

/* With nothing, and with more words and capabilities than anybody needs. */
static bool is_refused(seL4_CPtr slot, seL4_Word label,
                       const struct answer *want)
{
    struct call c = CALL(slot, label, CALL_MR(0));
    bool holds = true;

    c.words = 0;
    for (c.length = c.caps = 0; c.length <= 120; c.length += 120, c.caps += 3) {
        struct outcome got = call_make(&c);

        if (!call_has(&got, want)) {
            call_diag(&c, &got, want);
            holds = false;
        }
    }
    return holds && call_send_is_silent(&c);
}

/* Every label of the table and beyond, ours, and the largest there is. */
static void claim_labels(enum kind kind, seL4_CPtr slot, struct answer want,
                         const char *name)
{
    static const seL4_Word far[] = {
        UntypedRetypeAt,     UntypedRetypeWhole, UntypedDescribe,
        UntypedNext,         UntypedRevokeAt,    UntypedRevokeAt + 1,
        UntypedRetypeAt - 1, 1ul << 32,          (1ul << 52) - 1};
    bool holds = true;
    unsigned count = 0;

    for (seL4_Word label = 0; label < LABELS_END; label++)
        if (!has_label(kind, label)) {
            holds = is_refused(slot, label, &want) && holds;
            count++;
        }
    for (unsigned i = 0; i < sizeof far / sizeof far[0]; i++)
        if (!has_label(kind, far[i])) {
            holds = is_refused(slot, far[i], &want) && holds;
            count++;
        }
    tap_ok(holds, "%u labels that %s does not have", count, name);
}

static seL4_CPtr without_write(seL4_CPtr from)
{
    return kind_copy(from, 15 & ~1ul);
}

static bool is_object(enum kind kind)
{
    return kind != KIND_NULL && kind != KIND_ENDPOINT &&
           kind != KIND_NOTIFICATION && kind != KIND_REPLY;
}

int main(void)
{
    for (enum kind kind = KIND_NULL; kind < KINDS; kind++)
        if (is_object(kind))
            claim_labels(kind, kind_slot(kind), ILLEGAL, kind_name(kind));
    claim_labels(KIND_NULL, kind_slot(KIND_NULL), IC(0), "an empty slot");
    claim_labels(KIND_ENDPOINT, without_write(kind_slot(KIND_ENDPOINT)), IC(0),
                 "an endpoint without Write");
    claim_labels(KIND_NOTIFICATION, without_write(kind_slot(KIND_NOTIFICATION)),
                 IC(0), "a notification without Write");
    tap_is(nArchInvocationLabels,
           LABELS >= 15   ? 41
           : LABELS == 14 ? 39
                          : 38,
           "as many labels as the release has");
    tap_diag("%u calls", call_count());
    return tap_done();
}
