/* SPDX-License-Identifier: BSD-2-Clause */
/* System calls, faults and interrupts of eight threads, chosen by a fuzzer:
 * thread_random.c with the input's bytes in place of random numbers.  Every
 * invariant holds after each 16th kernel entry and at the end. */
#include "fuzz_corpus.h"

#include <limits.h>

static struct {
    const uint8_t *at, *end;
} input;

/* One byte, or two; beyond the end they read as zero. */
static uint64_t choose(uint64_t bound)
{
    uint64_t value = 0;

    for (unsigned bytes = bound <= 0x100 ? 1 : 2; bytes != 0; bytes--) {
        value *= 256;
        if (input.at < input.end)
            value += *input.at++;
    }
    return value % bound;
}

#define STEPS                   (input.at < input.end ? UINT_MAX : 0u)
#define seed_below(seed, bound) choose(bound)
#define main                    thread_random_main
#include "../thread_random.c"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    static struct counts counts;

    input.at = data;
    input.end = data + bytes;
    play(&counts);
    if (tap_failed() != 0) {
        fprintf(stderr, "an invariant is broken\n");
        abort();
    }
    return 0;
}
