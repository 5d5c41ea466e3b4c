/* SPDX-License-Identifier: BSD-2-Clause */
/* Errors of the domain capability's calls, in their order (sel4-abi.md 4.8).
 * In releases before 15 the schedule is fixed and has no calls. */
#include "errors.h"
#include "task.h"

#define DOMAINS  CONFIG_NUM_DOMAINS
#define ENTRIES  CONFIG_NUM_DOMAIN_SCHEDULES
#define DURATION (1ul << 56) /* the first that is too long */

#define OTHER_LABEL WRONG("another label", ILLEGAL, LABEL(CNodeCopy))

static void claim_set(void)
{
    const struct wrong wrong[] = {
        OTHER_LABEL,
        WRONG("words", TRUNC, SHORTER(0, 1)),
        WRONG("a domain too many", IA(0), WORD(0, DOMAINS)),
        WRONG("domain 2^64 - 1", IA(0), WORD(0, ~0ul)),
        WRONG("no thread", TRUNC, FEWER(1)),
        WRONG("something else", IA(1), CAP_NOT(0, KIND_BIT(KIND_TCB))),
    };
    struct call good = CALL(seL4_CapDomain, DomainSetSet, CALL_MR(0),
                            CALL_CAPS(kind_slot(KIND_TCB)));

    ERRORS_IN_ORDER("DomainSet_Set", &good, wrong);
    call_is(&good, DONE, "DomainSet_Set: domain 0");
    good.mr[0] = DOMAINS - 1;
    call_is(&good, DONE, "DomainSet_Set: the last domain");
}

#if LABELS >= 15
static void claim_configure(void)
{
    const struct wrong wrong[] = {
        OTHER_LABEL,
        WRONG("words", TRUNC, SHORTER(0, 3)),
        WRONG("the last entry", RANGE(0, ENTRIES - 2), WORD(0, ENTRIES - 1)),
        WRONG("entry 2^64 - 1", RANGE(0, ENTRIES - 2), WORD(0, ~0ul)),
        WRONG("a domain too many", RANGE(0, DOMAINS - 1), WORD(1, DOMAINS)),
        WRONG("domain 2^64 - 1", RANGE(0, DOMAINS - 1), WORD(1, ~0ul)),
        WRONG("too long", IA(2), WORD(2, DURATION)),
        WRONG("2^64 - 1 ticks", IA(2), WORD(2, ~0ul)),
#if CONFIG_NUM_DOMAINS > 1
        WRONG("a domain without duration", IA(1), WORD(1, 1), WORD(2, 0)),
#endif
        WRONG("an end where it starts", IA(2), WORD(0, 0), WORD(1, 0),
              WORD(2, 0)),
    };
    struct call good = CALL(seL4_CapDomain, DomainScheduleConfigure,
                            CALL_MR(0, 0, DURATION - 1));

    ERRORS_IN_ORDER("DomainSet_ScheduleConfigure", &good, wrong);
    call_is(&good, DONE, "DomainSet_ScheduleConfigure: the longest");
#if CONFIG_NUM_DOMAIN_SCHEDULES > 2
    good.mr[0] = ENTRIES - 2;
    call_is(&good, DONE, "DomainSet_ScheduleConfigure: the last but one");
    good.mr[2] = 0;
    call_is(&good, DONE, "DomainSet_ScheduleConfigure: an end marker");
#endif
}

static void claim_set_start(void)
{
    const struct wrong wrong[] = {
        OTHER_LABEL,
        WRONG("words", TRUNC, SHORTER(0, 1)),
        WRONG("beyond the last entry", RANGE(0, ENTRIES - 1), WORD(0, ENTRIES)),
        WRONG("entry 2^64 - 1", RANGE(0, ENTRIES - 1), WORD(0, ~0ul)),
        WRONG("an end marker", IA(0), WORD(0, 1)),
        WRONG("the last end marker", IA(0), WORD(0, ENTRIES - 1)),
    };
    struct call good = CALL(seL4_CapDomain, DomainScheduleSetStart, CALL_MR(0));

    ERRORS_IN_ORDER("DomainSet_ScheduleSetStart", &good, wrong);
    call_is(&good, DONE, "DomainSet_ScheduleSetStart: as it is");
}
#endif

int main(void)
{
    claim_set();
#if LABELS >= 15
    claim_configure();
    claim_set_start();
#endif
    return errors_done();
}
