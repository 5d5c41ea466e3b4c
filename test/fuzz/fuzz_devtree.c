/* SPDX-License-Identifier: BSD-2-Clause */
/* Device trees that a fuzzer makes and damages, read by the kernel and by
 * libfdt (devtree_twin.c). */
#include "fuzz_corpus.h"

#define main devtree_twin_main
#include "../devtree_twin.c"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    bool valid;
    const char *problem = compare_choices(data, bytes, &valid);

    if (!problem && bytes > 0)
        problem = compare(data, bytes, &valid);
    if (problem) {
        fprintf(stderr, "differs from libfdt: %s\n", problem);
        abort();
    }
    return 0;
}
