/* SPDX-License-Identifier: BSD-2-Clause */
/* `make bench-stretch-riscv64': the longest stretch of each case, as a kernel
 * built with RECORD_STRETCH=1 has recorded it. */
#include "cases.h"
#include "stretch.h"

#include <stdio.h>
#include <string.h>

static seL4_Word longest_of_all;
static unsigned above, too_long;

struct recorded {
    seL4_Word longest, entries, looks;
};

/* What has been recorded since the last time. */
static struct recorded recorded(void)
{
    register seL4_Word a0 __asm__("a0") = 0;
    register seL4_Word a1 __asm__("a1") = 0;
    register seL4_Word a2 __asm__("a2") = 0;
    register seL4_Word a7 __asm__("a7") = STRETCH_CALL;

    __asm__ volatile("ecall"
                     : "+r"(a0), "+r"(a1), "+r"(a2)
                     : "r"(a7)
                     : "memory");
    return (struct recorded){a0, a1, a2};
}

static const char *verdict(const struct stretch_case *c, seL4_Word longest)
{
    if (longest <= STRETCH_LIMIT)
        return "";
    above++;
    if (strcmp(c->rows, STRETCH_TWO_ROWS) == 0 &&
        longest <= STRETCH_TWO_ROWS_LIMIT)
        return "  (above, as is known)";
    too_long++;
    return "  <-- TOO LONG";
}

int stretch_measure(const struct stretch_case *c)
{
    struct recorded r;
    int error;

    recorded();
    error = c->run(c->argument);
    r = recorded();
    must(error == seL4_NoError, c->name);
    printf("%9lu %9lu %9lu  %-7s %s%s\n", r.longest, r.entries, r.looks,
           c->rows, c->name, verdict(c, r.longest));
    if (r.longest > longest_of_all)
        longest_of_all = r.longest;
    return 0;
}

int main(void)
{
    printf("longest stretch with interrupts off, in instructions\n"
           "%9s %9s %9s  %-7s %s\n",
           "longest", "entries", "looks", "rows", "case");
    stretch_begin_space();
    stretch_all();
    printf("%lu instructions at most, and up to %u at the ends that are not "
           "seen; limit %lu: %u cases above, %u of them known\n",
           longest_of_all, STRETCH_UNSEEN, STRETCH_LIMIT, above,
           above - too_long);
    return too_long != 0;
}
