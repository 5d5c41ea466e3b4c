/* SPDX-License-Identifier: BSD-2-Clause */
/* Errors of CNode_Copy, Mint, Move and Mutate, in their order (sel4-abi.md
 * 4.5): the destination's path, the source's, what a copy would be. */
#include "paths.h"

static seL4_CPtr empty, source;
static seL4_CPtr badged, signal_badged, parent;

static seL4_CPtr mint(seL4_CPtr from, seL4_Word badge)
{
    seL4_CPtr slot = task_slot();

    call_must(
        &CALL(TASK_ROOT, CNodeMint, CALL_CAPS(TASK_ROOT),
              CALL_MR(slot, 64, from, 64, seL4_AllRights.words[0], badge)),
        "a badged capability");
    return slot;
}

static void make_objects(void)
{
    empty = task_slot();
    source = task_object(seL4_EndpointObject, 0);
    badged = mint(source, 7);
    signal_badged = mint(kind_slot(KIND_NOTIFICATION), 7);
    parent = task_object(seL4_UntypedObject, seL4_PageBits);
    call_must(&CALL(parent, UntypedRetype, CALL_CAPS(TASK_ROOT),
                    CALL_MR(seL4_EndpointObject, 0, 0, 0, task_slot(), 1)),
              "a child");
}

/* Whatever they do with the source, they look for it alike. */
#define SOURCE(slot) CAP(0, TASK_ROOT), WORD(2, slot), WORD(3, 64)
#define WRONG_SOURCE                                                           \
    WRONG("words of the source", TRUNC, SHORTER(2, 4)),                        \
        WRONG("no root of the source", TRUNC, FEWER(1)),                       \
        WRONG("an occupied destination", DEL_FIRST, SERVICE(TASK_ROOT),        \
              WORD(0, TASK_ROOT), WORD(1, 64)),                                \
        PATH_WRONG_FROM(0, 2, 3, 1),                                           \
        WRONG("an empty source", MISSING(1, 64),                               \
              SOURCE(kind_slot(KIND_NULL))),                                   \
        WRONG("an empty source, by a short path", MISSING(1, 4),               \
              CAP(0, kind_slot(KIND_CNODE)), WORD(2, 0), WORD(3, 4))

/* What there is only one of. */
#define WRONG_DERIVED                                                          \
    WRONG("an untyped in use", REV_FIRST, SOURCE(parent)),                     \
        WRONG("a table that is not mapped", ILLEGAL,                           \
              SOURCE(kind_slot(KIND_TABLE))),                                  \
        WRONG("a reply", ILLEGAL, SOURCE(kind_slot(KIND_REPLY))),              \
        WRONG("IRQ control", ILLEGAL, SOURCE(seL4_CapIRQControl))

static void claim(const char *name, const struct call *good,
                  const struct wrong *wrong, size_t count)
{
    errors_in_order(name, good, wrong, count);
    call_is(good, DONE, "%s: with nothing wrong", name);
}

static void claim_copy(void)
{
    const struct wrong wrong[] = {
        PATH_WRONG_DESTINATION,
        WRONG_SOURCE,
        WRONG("words of the rights", TRUNC, SHORTER(4, 5)),
        WRONG_DERIVED,
    };

    claim("Copy",
          &CALL(TASK_ROOT, CNodeCopy, CALL_CAPS(TASK_ROOT),
                CALL_MR(empty, 64, source, 64, 15)),
          wrong, sizeof wrong / sizeof wrong[0]);
    task_delete(empty);
}

static void claim_mint(void)
{
    const seL4_CPtr cnode = kind_slot(KIND_CNODE);
    const struct wrong wrong[] = {
        PATH_WRONG_DESTINATION,
        WRONG_SOURCE,
        WRONG("words of the rights", TRUNC, SHORTER(4, 6)),
        WRONG_DERIVED,
        WRONG("a badge that is there", ILLEGAL, SOURCE(badged), WORD(5, 7)),
        WRONG("a badge taken away", ILLEGAL, SOURCE(badged), WORD(5, 0)),
        WRONG("a notification's badge", ILLEGAL, SOURCE(signal_badged)),
        WRONG("a guard of 61 bits", ILLEGAL, SOURCE(cnode), WORD(5, 61)),
        WRONG("a guard of 63 bits", ILLEGAL, SOURCE(cnode), WORD(5, ~0ul)),
    };

    claim("Mint",
          &CALL(TASK_ROOT, CNodeMint, CALL_CAPS(TASK_ROOT),
                CALL_MR(empty, 64, source, 64, 15, 9)),
          wrong, sizeof wrong / sizeof wrong[0]);
    task_delete(empty);
}

static void claim_move(void)
{
    const struct wrong wrong[] = {
        PATH_WRONG_DESTINATION,
        WRONG_SOURCE,
        WRONG("an empty slot onto itself", MISSING(1, 64), SERVICE(TASK_ROOT),
              WORD(0, empty), WORD(1, 64), SOURCE(empty)),
    };
    struct call good = CALL(TASK_ROOT, CNodeMove, CALL_CAPS(TASK_ROOT),
                            CALL_MR(empty, 64, parent, 64));

    claim("Move", &good, wrong, sizeof wrong / sizeof wrong[0]);
    good.mr[0] = parent, good.mr[2] = empty;
    call_is(&good, DONE, "Move: and back again");
    good.mr[2] = parent;
    call_is(&good, DEL_FIRST, "Move: a slot onto itself");
}

static void claim_mutate(void)
{
    const seL4_CPtr cnode = kind_slot(KIND_CNODE);
    const struct wrong wrong[] = {
        PATH_WRONG_DESTINATION,
        WRONG_SOURCE,
        WRONG("words of the data", TRUNC, SHORTER(4, 5)),
        WRONG("an endpoint", ILLEGAL, SOURCE(source)),
        WRONG("a badged endpoint", ILLEGAL, SOURCE(badged)),
        WRONG("a notification", ILLEGAL, SOURCE(kind_slot(KIND_NOTIFICATION))),
        WRONG("a guard of 61 bits", ILLEGAL, SOURCE(cnode), WORD(4, 61)),
    };
    struct call good = CALL(TASK_ROOT, CNodeMutate, CALL_CAPS(TASK_ROOT),
                            CALL_MR(empty, 64, parent, 64, ~0ul));

    claim("Mutate", &good, wrong, sizeof wrong / sizeof wrong[0]);
    good.mr[0] = parent, good.mr[2] = empty;
    call_is(&good, DONE, "Mutate: and back again");
}

/* Everything else can be copied. */
static void claim_copyable(void)
{
    const seL4_Word unique = KIND_BIT(KIND_NULL) | KIND_BIT(KIND_REPLY) |
                             KIND_BIT(KIND_IRQ_CONTROL) | KIND_BIT(KIND_TABLE);
    struct call c = CALL(TASK_ROOT, CNodeCopy, CALL_CAPS(TASK_ROOT),
                         CALL_MR(empty, 64, 0, 64, 15));

    for (enum kind kind = KIND_NULL; kind < KINDS; kind++) {
        if (unique & KIND_BIT(kind))
            continue;
        c.mr[2] = kind_slot(kind);
        call_is(&c, DONE, "Copy: %s", kind_name(kind));
        task_delete(empty);
    }
}

/* What only has to lie in some slot can be moved, whatever it is. */
static void claim_movable(void)
{
    struct call there = CALL(TASK_ROOT, CNodeMove, CALL_CAPS(TASK_ROOT),
                             CALL_MR(empty, 64, 0, 64));
    struct call back = there;

    for (enum kind kind = KIND_NULL + 1; kind < KINDS; kind++) {
        there.mr[2] = back.mr[0] = kind_slot(kind);
        back.mr[2] = empty;
        call_is(&there, DONE, "Move: %s", kind_name(kind));
        call_is(&back, DONE, "Move: %s, and back", kind_name(kind));
    }
}

int main(void)
{
    make_objects();
    claim_copy();
    claim_mint();
    claim_move();
    claim_mutate();
    claim_copyable();
    claim_movable();
    return errors_done();
}
