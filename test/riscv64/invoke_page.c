/* SPDX-License-Identifier: BSD-2-Clause */
/* Errors of Page_Map, Unmap and GetAddress, in their order (sel4-abi.md
 * 4.10), of pages of each size. */
#include "spaces.h"

static struct spaces s;
static seL4_CPtr mapped;                 /* at SPACES_AT in s.space */
#define TAKEN       (SPACES_AT + 0x1000) /* by another one */
#define TAKEN_LARGE (SPACES_LARGE + 0x400000)
static seL4_CPtr elsewhere; /* at SPACES_AT in another one */

#define OTHER_LABEL WRONG("another label", ILLEGAL, LABEL(CNodeCopy))
#define AT(address) CAP(0, s.space), WORD(0, address)

/* What is the same for each size; the first address that is too high, and one
 * that is too high and has no alignment either. */
#define WRONG_PLACE(size)                                                      \
    OTHER_LABEL, WRONG("words", TRUNC, SHORTER(0, 3)),                         \
        WRONG("no address space", TRUNC, FEWER(1)),                            \
        WRONG("no space", IC(1), CAP_NOT(0, KIND_BIT(KIND_SPACE))),            \
        WRONG("an unassigned space", INVALID_ROOT(0), CAP(0, s.unassigned)),   \
        WRONG("a table of a space", IC(1), CAP(0, s.middle)),                  \
        WRONG("beyond the end", IA(0), WORD(0, seL4_UserTop)),                 \
        WRONG("a last byte beyond the end", IA(0),                             \
              WORD(0, seL4_UserTop - (size) + 1)),                             \
        WRONG("2^63", IA(0), WORD(0, 1ul << 63)),                              \
        WRONG("no alignment", ALIGN, AT(SPACES_AT + (size) / 2)),              \
        WRONG("no alignment by a byte", ALIGN, AT(SPACES_AT + 1))

static void claim_map_small(seL4_CPtr frame)
{
    const struct wrong wrong[] = {
        WRONG_PLACE(4096),
        WRONG("two tables missing", MISSING(0, 30), AT(SPACES_NO_TABLE)),
        WRONG("a table missing", MISSING(0, 21), AT(SPACES_ONE_TABLE)),
        WRONG("under a page of 2 MiB", MISSING(0, 21), AT(SPACES_LARGE)),
        WRONG("under a page of 1 GiB", MISSING(0, 30), AT(SPACES_GIANT)),
        WRONG("one that is mapped in another space", IC(1), SERVICE(elsewhere),
              CAP(0, s.space)),
        WRONG("one that is mapped at another place", IA(0), SERVICE(mapped)),
        WRONG("where another one is", DEL_FIRST, AT(TAKEN)),
    };
    struct call good = CALL(frame, RISCVPageMap, CALL_CAPS(s.space),
                            CALL_MR(SPACES_AT + 0x2000, 3, 0));

    ERRORS_IN_ORDER("Page_Map", &good, wrong);
    call_is(&good, DONE, "Page_Map: with nothing wrong");
    good.mr[1] = 2, good.mr[2] = ~0ul;
    call_is(&good, DONE, "Page_Map: the same place, other rights");
}

static void claim_map_large(seL4_CPtr frame)
{
    const struct wrong wrong[] = {
        WRONG_PLACE(1ul << 21),
        WRONG("a table missing", MISSING(0, 30), AT(SPACES_NO_TABLE)),
        WRONG("under a page of 1 GiB", MISSING(0, 30), AT(SPACES_GIANT)),
        WRONG("where a table is", MISSING(0, 12), AT(SPACES_AT)),
        WRONG("one that is mapped at another place", IA(0), SERVICE(s.large)),
        WRONG("where another one is", DEL_FIRST, AT(TAKEN_LARGE)),
    };
    struct call good = CALL(frame, RISCVPageMap, CALL_CAPS(s.space),
                            CALL_MR(SPACES_ONE_TABLE, 3, 0));

    ERRORS_IN_ORDER("Page_Map, 2 MiB", &good, wrong);
    call_is(&good, DONE, "Page_Map, 2 MiB: with nothing wrong");
}

static void claim_map_giant(seL4_CPtr frame)
{
    const struct wrong wrong[] = {
        WRONG_PLACE(1ul << 30),
        WRONG("where a table of pages is", MISSING(0, 12), AT(SPACES_AT)),
        WRONG("where a table is", MISSING(0, 21), AT(SPACES_LARGE)),
        WRONG("one that is mapped at another place", IA(0), SERVICE(s.giant),
              AT(SPACES_NO_TABLE)),
        WRONG("where another one is", DEL_FIRST, AT(SPACES_GIANT)),
    };
    struct call good = CALL(frame, RISCVPageMap, CALL_CAPS(s.space),
                            CALL_MR(SPACES_NO_TABLE, 3, 0));

    ERRORS_IN_ORDER("Page_Map, 1 GiB", &good, wrong);
    call_is(&good, DONE, "Page_Map, 1 GiB: with nothing wrong");
}

static void claim_unmap(seL4_CPtr frame)
{
    struct call c = CALL(frame, RISCVPageUnmap);
    struct call map = CALL(frame, RISCVPageMap, CALL_CAPS(s.space),
                           CALL_MR(SPACES_AT + 0x3000, 3, 0));

    for (seL4_Word length = 0; length <= 127; length += 127) {
        c.length = length;
        call_is(&c, DONE, "Page_Unmap: length %lu", length);
        call_is(&map, DONE, "Page_Map: at another place, after that");
    }
    c.service = elsewhere;
    call_is(&c, DONE, "Page_Unmap: one of another space");
    call_is(&c, DONE, "Page_Unmap: one that is not mapped");
}

static void claim_address(void)
{
    struct call c = CALL(task_device(0x101000), RISCVPageGetAddress);

    call_is(&c, ANSWER(seL4_NoError, 0x101000), "Page_GetAddress: 4 KiB");
    c.length = 127;
    call_is(&c, ANSWER(seL4_NoError, 0x101000), "Page_GetAddress: length 127");
    c.service = s.giant;
    call_is(&c, ANSWER(seL4_NoError, SPACES_GIANT_BASE),
            "Page_GetAddress: 1 GiB, mapped");
}

/* Each capability has a mapping of its own: a copy begins with none, and
 * takes away none but its own. */
static void claim_copies(void)
{
    const seL4_CPtr first = task_object(seL4_RISCV_4K_Page, 0);
    const seL4_CPtr second = kind_copy(first, 15), third = kind_copy(first, 15);
    const seL4_Word at = SPACES_AT + 0x10000;
    struct call other = CALL(task_object(seL4_RISCV_4K_Page, 0), RISCVPageMap,
                             CALL_CAPS(s.space), CALL_MR(at, 3, 0));
    struct call copy = CALL(second, RISCVPageMap, CALL_CAPS(s.space),
                            CALL_MR(at + 4096, 3, 0));

    spaces_map_page(first, s.space, at);
    task_delete(third);
    call_is(&other, DEL_FIRST, "Delete: a copy that is not mapped");
    call_is(&copy, DONE, "Page_Map: a copy of a mapped one, elsewhere");
    task_delete(first);
    call_is(&other, DONE, "Delete: the mapped one of two");
    copy.mr[0] = at;
    call_is(&copy, IA(0), "Page_Map: the copy is still at its own place");
}

/* Without any rights there is no entry, but the capability is mapped; its
 * Unmap leaves alone what has taken the place. */
static void claim_no_rights(void)
{
    const seL4_CPtr frame = task_object(seL4_RISCV_4K_Page, 0);
    const seL4_Word at = SPACES_AT + 0x20000;
    struct call c = CALL(frame, RISCVPageMap, CALL_CAPS(s.space),
                         CALL_MR(at, 0, seL4_RISCV_ExecuteNever));
    struct call other = CALL(task_object(seL4_RISCV_4K_Page, 0), RISCVPageMap,
                             CALL_CAPS(s.space), CALL_MR(at, 3, 0));
    struct call unmap = CALL(frame, RISCVPageUnmap);

    call_is(&c, DONE, "Page_Map: without rights");
    c.mr[0] = at + 4096;
    call_is(&c, IA(0), "Page_Map: it is mapped");
    call_is(&other, DONE, "Page_Map: and its place is free");
    call_is(&unmap, DONE, "Page_Unmap: without rights");
    c.mr[0] = at;
    call_is(&c, DEL_FIRST, "Page_Unmap: what took the place stays");
}

static void make_objects(void)
{
    seL4_CPtr other = spaces_new(seL4_CapInitThreadASIDPool);

    spaces_make(&s);
    mapped = task_object(seL4_RISCV_4K_Page, 0);
    spaces_map_page(mapped, s.space, SPACES_AT);
    spaces_map_page(task_object(seL4_RISCV_4K_Page, 0), s.space, TAKEN);
    spaces_map_page(kind_copy(s.large, 15), s.space, TAKEN_LARGE);
    elsewhere = kind_copy(mapped, 15);
    spaces_map_table(task_object(seL4_RISCV_PageTableObject, 0), other,
                     SPACES_AT);
    spaces_map_table(task_object(seL4_RISCV_PageTableObject, 0), other,
                     SPACES_AT);
    spaces_map_page(elsewhere, other, SPACES_AT);
}

int main(void)
{
    seL4_CPtr frame = task_object(seL4_RISCV_4K_Page, 0);

    make_objects();
    claim_map_small(frame);
    claim_map_large(kind_copy(s.large, 15));
    claim_map_giant(kind_copy(s.giant, 15));
    claim_unmap(frame);
    claim_address();
    claim_copies();
    claim_no_rights();
    return errors_done();
}
