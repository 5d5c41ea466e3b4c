/* SPDX-License-Identifier: BSD-2-Clause */
/* Calls chosen by a fuzzer, on kernel and specification, compared after each.
 *
 *   input:  machine | choice | choice | ...   choices of 1, 2 or 8 bytes, as
 *                                             lockstep_generate.c asks for them
 *
 * For libFuzzer (make fuzz), or for AFL++ with its driver library:
 *
 *   afl-clang-fast -fsanitize=fuzzer ... test/fuzz/fuzz_calls.c
 *
 * An input on which the two disagree ends in abort(), after the calls that led
 * there have been printed. */
#include "fuzz_corpus.h"
#include "lockstep_ops.h"

#define OPS_MAX     120u
#define CAPS_MAX    100u
#define CHECK_EVERY 8u /* operations, for the checks that look at all pairs */

struct input {
    const uint8_t *at, *end;
};

/* Bytes beyond the end read as zero. */
static uint64_t choose(void *context, uint64_t bound)
{
    struct input *input = context;
    unsigned bytes = bound <= 0x100 ? 1 : bound <= 0x10000 ? 2 : 8;
    uint64_t value = 0;

    for (unsigned i = 0; i < bytes; i++) {
        value *= 256;
        if (input->at < input->end)
            value += *input->at++;
    }
    return value % bound;
}

static _Noreturn void fail(const struct lockstep *ls,
                           const struct lockstep_op *ops, unsigned count)
{
    char line[512];

    for (unsigned i = 0; i < count; i++) {
        lockstep_op_print(line, sizeof line, &ops[i]);
        fprintf(stderr, "%u: %s\n", i, line);
    }
    fprintf(stderr, "%s\n", ls->why);
    lockstep_dump(ls);
    abort();
}

static bool has_root(const struct lockstep *ls)
{
    size_t i = spec_find(ls->spec, MACHINE_ROOT);

    return i != SPEC_NO_CAP && ls->spec->caps[i].type == SPEC_CNODE;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const machines[] = {"tiny", "tiny", "small", "old"};
    static struct lockstep ls;
    static struct lockstep_op ops[OPS_MAX];
    struct input input = {data, data + size};
    struct lockstep_generator g = {.choices = {choose, &input},
                                   .caps_max = CAPS_MAX};

    if (!machine_create(&ls, machine_config_named(machines[choose(&input, 4)])))
        return 0;
    for (unsigned n = 0; n < OPS_MAX && input.at < input.end && has_root(&ls);
         n++) {
        struct reply reply;
        enum outcome outcome;

        lockstep_op_generate(&g, &ls, &ops[n]);
        ls.full_check = n % CHECK_EVERY == 0;
        if (!lockstep_op_perform(&ls, &ops[n], &reply, &outcome))
            fail(&ls, ops, n + 1);
        g.is_pending = outcome == OUTCOME_PREEMPTED;
        g.pending = ops[n];
    }
    lockstep_destroy(&ls);
    return 0;
}
