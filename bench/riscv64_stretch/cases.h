/* SPDX-License-Identifier: BSD-2-Clause */
/* What a user can make the kernel do that is long: the worst cases of the work
 * between two looks at interrupts, each as system calls of one root task.
 *
 *   before | what is measured | after      by one of
 *          `-- run(argument) -'            record.c  the kernel's own recorder
 *                                          alarm.c   an alarm that keeps coming
 *
 * `rows' says which rows of retype.md D a case is about.  The space is that of
 * bench/riscv64 (measure.h): one CNode of 2^16 slots, paths of 64 bits.
 */
#ifndef STRETCH_CASES_H
#define STRETCH_CASES_H
#include "measure.h"

struct stretch_case {
    const char *rows;
    const char *name;
    seL4_Word argument; /* of all three */
    void (*before)(seL4_Word argument);
    int (*run)(seL4_Word argument); /* an error, which must be none */
    void (*after)(seL4_Word argument);
};

/* Instructions: no stretch may be longer. */
#define STRETCH_LIMIT 20000ul

/* Two worst cases in one call: there is no progress to be made between the
 * lookups and the creation, hence no preemption point. */
#define STRETCH_TWO_ROWS       "2 x 17"
#define STRETCH_TWO_ROWS_LIMIT 22000ul

/* Priorities: the alarm's handler, other threads, and the first one. */
enum { PRIORITY_ALARM = 255, PRIORITY_OTHERS = 254, PRIORITY_FIRST = 253 };

/* Slots.  WIDE holds a CNode of 2^17 that is no part of the CSpace. */
enum {
    WIDE = 8192,
    WIDE_BITS = 17,
    SLOT = 8200,  /* and some more: what a case is about */
    MANY = 10000, /* and as many as there are */
    LAST = 65000, /* what must stay */
};

/* All of it; the space, before it. */
void stretch_all(void);
void stretch_begin_space(void);

/* Untypeds that the cases share; between two groups all are empty, but for
 * the first, which is the alarm's. */
extern struct blocks {
    seL4_CPtr kib64, mib2, mib4, mib32, mib512, gib1, gib2;
} block;

/* Runs the cases of one group, in order, by stretch_measure. */
void stretch_run(const struct stretch_case *cases, size_t count);

/* record.c or alarm.c: runs c->run once, and prints a line of the table, or
 * returns 1: the case is to be tried once more. */
int stretch_measure(const struct stretch_case *c);

/* The groups. */
void cases_retype(void);   /* retype.c */
void cases_revoke(void);   /* revoke.c */
void cases_waiting(void);  /* waiting.c */
void cases_spaces(void);   /* spaces.c */
void cases_messages(void); /* messages.c */
void cases_deepest(void);  /* deepest.c */
#endif
