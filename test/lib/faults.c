/* SPDX-License-Identifier: BSD-2-Clause */
#include "faults.h"

uint64_t raw_call(struct fixture *f, const struct raw_call *c)
{
    const uint64_t *w = c->word;

    return call(f, w[FAULT_TARGET], w[FAULT_LABEL], (uint32_t)w[FAULT_LENGTH],
                w, (uint32_t)w[FAULT_CAP_COUNT], &w[FAULT_CAP0]);
}

/* A number that any change to the root CNode or its slots changes. */
static uint64_t fingerprint(struct fixture *f)
{
    const uint64_t *words = hosted_memory(f->k, f->root_base);
    uint64_t count = bits_size(f->root_radix + SLOT_BITS) / sizeof *words;
    uint64_t sum = UINT64_C(0xcbf29ce484222325);

    for (uint64_t i = 0; i < count; i++)
        sum = (sum ^ words[i]) * UINT64_C(0x100000001b3);
    return sum;
}

static unsigned fault_fields(const struct fault *x)
{
    unsigned set = 0;

    for (unsigned i = 0; i < x->changes; i++)
        set |= 1u << x->change[i].field;
    return set;
}

static void fault_apply(struct raw_call *c, const struct fault *x)
{
    for (unsigned i = 0; i < x->changes; i++)
        c->word[x->change[i].field] = x->change[i].value;
}

static bool reply_is(const struct fixture *f, const struct fault *x)
{
    if (f->outcome != OUTCOME_DONE || f->reply.label != x->reply[0] ||
        f->reply.length != x->reply_words)
        return false;
    for (unsigned i = 0; i < x->reply_words; i++)
        if (f->reply.mr[i] != x->reply[i + 1])
            return false;
    return true;
}

static void explain(const struct fixture *f, const struct fault *x)
{
    tap_diag("  got label %u, %u words; want label %lu, %u words",
             f->reply.label, f->reply.length, (unsigned long)x->reply[0],
             x->reply_words);
    for (unsigned i = 0; i < f->reply.length && i < REPLY_WORDS_MAX; i++)
        tap_diag("  got MR%u = 0x%lx", i, (unsigned long)f->reply.mr[i]);
    for (unsigned i = 0; i < x->reply_words; i++)
        tap_diag("  want MR%u = 0x%lx", i, (unsigned long)x->reply[i + 1]);
}

static void refuse(struct fixture *f, const struct raw_call *c,
                   const struct fault *x, const struct fault *also)
{
    uint64_t before = fingerprint(f);

    raw_call(f, c);
    if (!tap_ok(reply_is(f, x), "%s%s%s", x->name, also ? ", before: " : "",
                also ? also->name : ""))
        explain(f, x);
    if (fingerprint(f) != before)
        tap_ok(false, "%s%s%s: nothing is changed", x->name,
               also ? ", before: " : "", also ? also->name : "");
}

void faults_check(struct fixture *f, const struct raw_call *good,
                  const struct fault *faults, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        struct raw_call one = *good;

        fault_apply(&one, &faults[i]);
        refuse(f, &one, &faults[i], NULL);
        for (unsigned j = i + 1; j < count; j++) {
            struct raw_call two = one;

            if (fault_fields(&faults[i]) & fault_fields(&faults[j]))
                continue;
            fault_apply(&two, &faults[j]);
            refuse(f, &two, &faults[i], &faults[j]);
        }
    }
    raw_call(f, good);
    tap_is(f->reply.label, ERROR_NONE, "without a fault: success");
}
