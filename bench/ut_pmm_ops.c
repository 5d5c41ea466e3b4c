/* SPDX-License-Identifier: BSD-2-Clause */
/* The measured half of `make bench-ut-pmm': counts ut_pmm_work.c on the host.
 * bench/ut_pmm.c runs it and reports. */
#include "exact.h"
#include "ut_pmm_work.h"

#include <stdlib.h>

static void count(bool on)
{
    if (on)
        exact_start();
    else
        exact_stop();
}

static void begin(void)
{
    exact_begin();
}

static void end(void)
{
    exact_end();
}

static void sample(const char *state, const char *op)
{
    char name[64];

    snprintf(name, sizeof name, "%s/%s", state, op);
    exact_result(name, 1, 0, 0);
}

int main(void)
{
    static const struct ut_pmm_hooks hooks = {count, begin, end, sample};
    size_t bytes = ut_pmm_work_bytes();
    void *memory = malloc(bytes);
    const char *wrong;

    if (!memory)
        return 1;
    wrong = ut_pmm_work(memory, bytes, &hooks);
    free(memory);
    if (wrong)
        fprintf(stderr, "%s\n", wrong);
    return wrong != NULL;
}
