/* SPDX-License-Identifier: BSD-2-Clause */
/* Capability pointers are looked up in two ways, one for speed and one that
 * can say what is wrong: both find the same, in random CSpaces. */
#include "lookup.h"
#include "seed.h"
#include "cspace.h"
#include "threads.h"

#define ROUNDS   200u
#define POINTERS 2000u

enum { OUTER = FREE, MIDDLE, INNER };

static struct fixture f;
static struct seed seed;

static uint64_t below(uint64_t bound)
{
    return seed_below(&seed, bound);
}

/* A copy of a CNode with a random guard of at most `bits' bits goes into some
 * slot of another. */
static void nest(uint64_t to, unsigned to_radix, uint64_t from, unsigned bits)
{
    struct place at = inside(to, to_radix, below(bits_size(to_radix)));
    uint64_t size = below(3) ? below(bits + 1) : 0;
    uint64_t data = size + 64 * (below(2) ? 0 : seed_next(&seed) >> 6);

    call(&f, FIX_ROOT, LABEL_CNODE_DELETE, 2,
         (uint64_t[]){FREE + 10, FIX_WORD_BITS}, 0, NULL);
    cnode_mint(&f, FREE + 10, from, CAP_RIGHTS_ALL, data);
    cnode_delete_at(&f, at);
    cnode_move_at(&f, at, (struct place){FIX_ROOT, FREE + 10, FIX_WORD_BITS});
}

/* Guard and radix of the root take all 64 bits, or fewer. */
static void set_root(unsigned radix)
{
    uint64_t size = below(2) ? FIX_WORD_BITS - radix : below(65 - radix);
    uint64_t guard = below(2) ? 0 : below(4);

    call(&f, THREADS + 1, LABEL_TCB_SET_SPACE, 3,
         (uint64_t[]){0, size + 64 * guard, 0}, 2,
         (uint64_t[]){OUTER, FIX_VSPACE});
}

/* Mostly one that has few bits, or few zeros. */
static uint64_t some_pointer(void)
{
    uint64_t cptr = seed_next(&seed) >> below(64);

    return below(4) ? cptr : cptr << below(64);
}

static uint64_t compare(void)
{
    uint64_t found = 0;
    paddr_t tcb = thread_tcb(&f, 1);

    for (unsigned i = 0; i < POINTERS; i++) {
        uint64_t cptr = some_pointer();
        slotno_t a = 0, b = 0;
        struct reply err;
        bool fast = lookup_cptr(f.k, tcb, cptr, &a);
        bool slow = cspace_lookup(f.k, thread_slot(tcb, TCB_CSPACE), cptr, &b,
                                  &err) == ERROR_NONE;

        if (fast != slow || a != b) {
            tap_ok(false, "pointer 0x%lx: %d, slot 0x%lx; %d, slot 0x%lx",
                   (unsigned long)cptr, fast, (unsigned long)a, slow,
                   (unsigned long)b);
            break;
        }
        found += fast;
    }
    return found;
}

int main(void)
{
    uint64_t found = 0;

    seed = seed_start(0x6c6f6f6b7570);
    threads_start(&f);
    thread_make(&f, 1, 1);
    f.unchecked = true;
    retype(&f, FIX_UT, OBJECT_CNODE, 3, OUTER, 1);
    retype(&f, FIX_UT, OBJECT_CNODE, 1, MIDDLE, 1);
    retype(&f, FIX_UT, OBJECT_CNODE, 6, INNER, 1);
    for (unsigned round = 0; round < ROUNDS && tap_failed() == 0; round++) {
        nest(OUTER, 3, MIDDLE, 20);
        nest(OUTER, 3, INNER, 57);
        nest(MIDDLE, 1, OUTER, 5);
        nest(INNER, 6, MIDDLE, 40);
        set_root(3);
        found += compare();
    }
    tap_ok(found > ROUNDS * POINTERS / 50 && found < ROUNDS * POINTERS,
           "%lu of %u pointers lead somewhere", (unsigned long)found,
           ROUNDS * POINTERS);
    fixture_done(&f);
    return tap_done();
}
