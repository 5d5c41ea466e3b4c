/* SPDX-License-Identifier: BSD-2-Clause */
/* A root task that counts the instructions of its own system calls.
 *
 *   before | counter | the call, its stub included | counter | after
 *                    `------- this is counted -----'
 *
 * Each row is the median of RUNS runs, without what reading the counter
 * itself costs.  The counter is the processor's (rdinstret); where QEMU runs
 * with -icount, it counts exactly, and all modes.
 *
 * The CSpace is one CNode of 2^16 slots, all of its paths are of 64 bits; up
 * to SLOT_FIRST it is as the kernel has made it, the rest is empty whenever a
 * group of rows begins.
 */
#ifndef BENCH_MEASURE_H
#define BENCH_MEASURE_H
#include <sel4/fallow.h>

#include <stddef.h>

#define ROOT       seL4_CapInitThreadCNode
#define DEPTH      64
#define RUNS       17
#define SLOT_FIRST 4096u
#define SLOT_COUNT 65536u

static inline seL4_Word counter(void)
{
    seL4_Word now;

    __asm__ volatile("rdinstret %0" : "=r"(now)::"memory");
    return now;
}

/* Row `name', with N = n, of `call', an expression whose value is an error. */
#define ROW(name, n, before, call, after)                                      \
    ROW_EXPECT(name, n, seL4_NoError, before, call, after)

/* The same where the call is to end with this error. */
#define ROW_EXPECT(name, n, error, before, call, after)                        \
    do {                                                                       \
        seL4_Word cost_[RUNS];                                                 \
        for (unsigned run = 0; run < RUNS; run++) {                            \
            seL4_Word start_;                                                  \
            int result_;                                                       \
            before;                                                            \
            await_quiet(n);                                                    \
            start_ = counter();                                                \
            result_ = (int)(call);                                             \
            cost_[run] = counter() - start_;                                   \
            must(result_ == (int)(error), name);                               \
            after;                                                             \
        }                                                                      \
        report(name, n, cost_);                                                \
    } while (0)

/* Ends everything, with a message, unless `good'. */
void must(int good, const char *what);

/* Before something long: waits until a timer tick has just been. */
void await_quiet(seL4_Word n);

void report(const char *name, seL4_Word n, seL4_Word cost[RUNS]);

/* space.c.  From the kernel's CSpace to the one above. */
void space_begin(void);

/* An untyped of 2^bits bytes, in a slot of its own. */
seL4_CPtr space_untyped(seL4_Word bits);

/* `count' objects, where their slots begin; the slots go as they come. */
void space_make(seL4_CPtr untyped, seL4_Word type, seL4_Word bits,
                seL4_CPtr first, seL4_Word count);

/* An untyped without children, and clean; one that has a child in `slot',
 * which is emptied before. */
void space_empty(seL4_CPtr untyped);
void space_occupy(seL4_CPtr untyped, seL4_CPtr slot);

void space_delete(seL4_CPtr slot);
void space_mint(seL4_CPtr to, seL4_CPtr from, seL4_Word badge);

/* The groups of rows. */
void rows_messages(void); /* messages.c */
void rows_objects(void);  /* objects.c */
void rows_slots(void);    /* slots.c */
void rows_revoke(void);   /* revoke.c */
void rows_threads(void);  /* threads.c */
void rows_offsets(void);  /* offsets.c: what seL4 does not have */
#endif
