/* SPDX-License-Identifier: BSD-2-Clause */
/* What `make bench-ut-pmm' measures of the physical map, without a word about
 * how instructions are counted: it also runs as a root task.
 *
 *   for each state of 64 GiB    empty, comb, ...
 *     for each operation        page, chunk, range, at, ...
 *       begin(); ut_pmm_alloc(); end();  sample("comb/page")
 *       begin(); ut_pmm_free();  end();  sample("comb/page-free")
 *
 * The same once more with a function that returns at once ("call/..."): what
 * calling costs.  An operation is undone before the next, and every state's map
 * is checked at its end.
 */
#ifndef FALLOW_UT_PMM_WORK_H
#define FALLOW_UT_PMM_WORK_H
#include "ut/ut_pmm.h"

struct ut_pmm_hooks {
    void (*count)(bool on); /* what is not measured may run faster: off */
    void (*begin)(void);    /* around a measured call */
    void (*end)(void);
    void (*sample)(const char *state, const char *op);
};

/* Bytes of memory for the map. */
size_t ut_pmm_work_bytes(void);

/* NULL, or what went wrong. */
const char *ut_pmm_work(void *memory, size_t bytes,
                        const struct ut_pmm_hooks *hooks);
#endif
