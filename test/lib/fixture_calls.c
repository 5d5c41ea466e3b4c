/* SPDX-License-Identifier: BSD-2-Clause */
/* The calls of a root task on a fixture, and claims about their replies. */
#include "fixture.h"

#include <stdlib.h>
#include <string.h>

#define PREEMPTIONS_MAX 100000000u

/* One kernel entry.  Nobody is preempted without an interrupt. */
static void enter(struct fixture *f, const struct invocation *inv)
{
    const struct machine *m = &f->hosted->machine;
    bool interrupts = m->preempt_always || m->preempt_in > 0;

    f->outcome = invoke(f->k, inv, &f->reply);
    if (f->outcome == OUTCOME_PREEMPTED && !interrupts) {
        f->broken++;
        tap_diag("preempted without an interrupt: label 0x%lx",
                 (unsigned long)inv->label);
    }
    if (!f->unchecked)
        fixture_check(f, f->outcome == OUTCOME_PREEMPTED ? "a preempted call"
                                                         : "a call");
}

uint64_t call(struct fixture *f, uint64_t cptr, uint64_t label, uint32_t length,
              const uint64_t *mr, uint32_t cap_count, const uint64_t *caps)
{
    struct invocation inv = {
        .slot = fixture_slot(f, cptr),
        .label = label,
        .length = length,
        .mr = mr,
        .cap_count = cap_count,
        .caller = f->caller,
    };

    for (uint32_t i = 0; i < cap_count; i++)
        inv.cap[i] = fixture_slot(f, caps[i]);
    f->preemptions = 0;
    memset(&f->reply, 0xee, sizeof f->reply);
    enter(f, &inv);
    while (f->outcome == OUTCOME_PREEMPTED && !f->once) {
        if (++f->preemptions == PREEMPTIONS_MAX) {
            tap_ok(false, "a preempted call ends");
            exit(tap_done());
        }
        enter(f, &inv);
    }
    return f->reply.label;
}

static uint64_t call_retype(struct fixture *f, uint64_t untyped, uint64_t label,
                            uint32_t length, const struct retype_arguments *a,
                            uint64_t offset_bytes)
{
    return call(f, untyped, label, length,
                (uint64_t[]){a->type, a->size_bits, a->index, a->depth,
                             a->offset, a->count, offset_bytes},
                1, &a->root);
}

uint64_t retype_into(struct fixture *f, uint64_t untyped,
                     const struct retype_arguments *a)
{
    return call_retype(f, untyped, LABEL_UNTYPED_RETYPE, 6, a, 0);
}

uint64_t retype(struct fixture *f, uint64_t untyped, uint64_t type,
                uint64_t size_bits, uint64_t slot, uint64_t count)
{
    return retype_into(f, untyped,
                       &(struct retype_arguments){.type = type,
                                                  .size_bits = size_bits,
                                                  .root = FIX_ROOT,
                                                  .offset = slot,
                                                  .count = count});
}

uint64_t retype_at_into(struct fixture *f, uint64_t untyped,
                        const struct retype_arguments *a, uint64_t offset_bytes)
{
    return call_retype(f, untyped, LABEL_UNTYPED_RETYPE_AT, 7, a, offset_bytes);
}

uint64_t retype_at(struct fixture *f, uint64_t untyped, uint64_t type,
                   uint64_t size_bits, uint64_t slot, uint64_t count,
                   uint64_t offset_bytes)
{
    return retype_at_into(f, untyped,
                          &(struct retype_arguments){.type = type,
                                                     .size_bits = size_bits,
                                                     .root = FIX_ROOT,
                                                     .offset = slot,
                                                     .count = count},
                          offset_bytes);
}

uint64_t retype_whole(struct fixture *f, uint64_t untyped, uint64_t type,
                      uint64_t size_bits, uint64_t slot)
{
    return call(f, untyped, LABEL_UNTYPED_RETYPE_WHOLE, 5,
                (uint64_t[]){type, size_bits, 0, 0, slot}, 1,
                (uint64_t[]){FIX_ROOT});
}

uint64_t describe(struct fixture *f, uint64_t untyped)
{
    return call(f, untyped, LABEL_UNTYPED_DESCRIBE, 0, NULL, 0, NULL);
}

uint64_t next_region(struct fixture *f, uint64_t untyped, uint64_t offset_bytes)
{
    return call(f, untyped, LABEL_UNTYPED_NEXT, 1, &offset_bytes, 0, NULL);
}

uint64_t revoke_at(struct fixture *f, uint64_t untyped, uint64_t offset_bytes,
                   uint64_t size_bits)
{
    return call(f, untyped, LABEL_UNTYPED_REVOKE_AT, 2,
                (uint64_t[]){offset_bytes, size_bits}, 0, NULL);
}

/* A call that names one slot of a CNode. */
static uint64_t call_one(struct fixture *f, uint64_t label, struct place at)
{
    return call(f, at.root, label, 2, (uint64_t[]){at.index, at.depth}, 0,
                NULL);
}

/* A call that names two, with what else it takes. */
static uint64_t call_two(struct fixture *f, uint64_t label, uint32_t length,
                         struct place to, struct place from, uint64_t extra,
                         uint64_t data)
{
    return call(
        f, to.root, label, length,
        (uint64_t[]){to.index, to.depth, from.index, from.depth, extra, data},
        1, &from.root);
}

static struct place root_slot(uint64_t slot)
{
    return (struct place){FIX_ROOT, slot, FIX_WORD_BITS};
}

struct place inside(uint64_t cnode, unsigned radix, uint64_t index)
{
    return (struct place){cnode, index, radix};
}

uint64_t cnode_revoke(struct fixture *f, uint64_t slot)
{
    return call_one(f, LABEL_CNODE_REVOKE, root_slot(slot));
}

uint64_t cnode_delete(struct fixture *f, uint64_t slot)
{
    return call_one(f, LABEL_CNODE_DELETE, root_slot(slot));
}

uint64_t cnode_delete_at(struct fixture *f, struct place at)
{
    return call_one(f, LABEL_CNODE_DELETE, at);
}

uint64_t cnode_revoke_at(struct fixture *f, struct place at)
{
    return call_one(f, LABEL_CNODE_REVOKE, at);
}

uint64_t cnode_save_caller(struct fixture *f, uint64_t slot)
{
    return call_one(f, LABEL_CNODE_SAVE_CALLER, root_slot(slot));
}

uint64_t cnode_cancel_badged_sends(struct fixture *f, uint64_t slot)
{
    return call_one(f, LABEL_CNODE_CANCEL_BADGED_SENDS, root_slot(slot));
}

uint64_t cnode_copy_at(struct fixture *f, struct place to, struct place from,
                       uint64_t rights)
{
    return call_two(f, LABEL_CNODE_COPY, 5, to, from, rights, 0);
}

uint64_t cnode_copy(struct fixture *f, uint64_t to, uint64_t from,
                    uint64_t rights)
{
    return cnode_copy_at(f, root_slot(to), root_slot(from), rights);
}

uint64_t cnode_mint(struct fixture *f, uint64_t to, uint64_t from,
                    uint64_t rights, uint64_t data)
{
    return call_two(f, LABEL_CNODE_MINT, 6, root_slot(to), root_slot(from),
                    rights, data);
}

uint64_t cnode_move_at(struct fixture *f, struct place to, struct place from)
{
    return call_two(f, LABEL_CNODE_MOVE, 4, to, from, 0, 0);
}

uint64_t cnode_move(struct fixture *f, uint64_t to, uint64_t from)
{
    return cnode_move_at(f, root_slot(to), root_slot(from));
}

uint64_t cnode_mutate(struct fixture *f, uint64_t to, uint64_t from,
                      uint64_t data)
{
    return call_two(f, LABEL_CNODE_MUTATE, 5, root_slot(to), root_slot(from),
                    data, 0);
}

uint64_t cnode_rotate(struct fixture *f, uint64_t to, uint64_t to_data,
                      uint64_t pivot, uint64_t pivot_data, uint64_t from)
{
    return call(f, FIX_ROOT, LABEL_CNODE_ROTATE, 8,
                (uint64_t[]){to, FIX_WORD_BITS, to_data, pivot, FIX_WORD_BITS,
                             pivot_data, from, FIX_WORD_BITS},
                2, (uint64_t[]){FIX_ROOT, FIX_ROOT});
}

bool fixture_ok_reply(struct fixture *f, const char *name, size_t count,
                      const uint64_t *label_and_words)
{
    const struct reply *r = &f->reply;
    size_t words = count - 1;
    bool same = f->outcome == OUTCOME_DONE && r->label == label_and_words[0] &&
                r->length == words;

    for (size_t i = 0; same && i < words; i++)
        same = r->mr[i] == label_and_words[i + 1];
    if (tap_ok(same, "%s: %lu, %lu words", name,
               (unsigned long)label_and_words[0], (unsigned long)words))
        return true;
    if (f->outcome != OUTCOME_DONE) {
        tap_diag("  the call was preempted");
        return false;
    }
    tap_diag("  got label %u, %u words", r->label, r->length);
    for (size_t i = 0; i < r->length && i < REPLY_WORDS_MAX; i++)
        tap_diag("  got MR%lu = 0x%lx", (unsigned long)i,
                 (unsigned long)r->mr[i]);
    for (size_t i = 0; i < words; i++)
        tap_diag("  want MR%lu = 0x%lx", (unsigned long)i,
                 (unsigned long)label_and_words[i + 1]);
    return false;
}

bool ok_watermark(struct fixture *f, uint64_t untyped, uint64_t want,
                  const char *name)
{
    if (!f->k->params.generation3)
        return tap_is(fixture_watermark(f, untyped), want, "%s: watermark",
                      name);
    if (describe(f, untyped) != ERROR_NONE)
        return tap_ok(false, "%s: Describe answers", name);
    return tap_is(f->reply.mr[3], want, "%s: watermark", name);
}

bool is_empty(struct fixture *f, uint64_t slot)
{
    return cnode_move(f, slot, slot) == ERROR_FAILED_LOOKUP;
}
