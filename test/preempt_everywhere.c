/* SPDX-License-Identifier: BSD-2-Clause */
/* An interrupt at every preemption point of every call that has any: the call
 * is stopped at the n-th point, then made again to its end; and it is stopped
 * at every point, one after another.  Both must end in the state of the call
 * that nobody stopped, and every state in between must be valid and one that
 * the specification passes through.
 *
 * Scenes, one for each kind of long call: a few calls that set the stage on a
 * fresh machine, of which the last is interrupted.  preempt_random.c does the
 * same to every call of random sequences. */
#include "lockstep_ops.h"
#include "objects.h"
#include "tap.h"

#include <string.h>

#define ROOT      MACHINE_ROOT
#define UT        (MACHINE_UNTYPED + 2u) /* the 16 KiB of "small" */
#define UT_BASE   0x4000u
#define UT_CLOSED (MACHINE_UNTYPED + 1u)
#define FREE      24u /* root slots from here on are empty */
#define STEPS_MAX 16u
#define CALLS_MAX 5000u /* kernel entries until a call must have ended */
#define FRAME_1K  5u    /* object types of "small" */
#define FRAME_16  6u

struct scene {
    const char *name;
    struct lockstep_op steps[STEPS_MAX]; /* until one with slot 0 */
};

#define WORDS(...)                                                             \
    .length = sizeof((uint64_t[]){__VA_ARGS__}) / 8, .mr = {__VA_ARGS__}
#define CALL(invoked, what, ...)                                               \
    {                                                                          \
        .kind = OP_CALL, .slot = invoked, .label = what, .cap_count = 2,       \
        .cap = {ROOT, ROOT}, .caller = SPEC_NO_SLOT, WORDS(__VA_ARGS__)        \
    }
#define RETYPE(u, type, bits, slot, count)                                     \
    CALL(u, LABEL_UNTYPED_RETYPE, type, bits, 0, 0, slot, count)
#define RETYPE_AT(u, type, bits, slot, count, offset)                          \
    CALL(u, LABEL_UNTYPED_RETYPE_AT, type, bits, 0, 0, slot, count, offset)
#define BIND(from, to)                                                         \
    {                                                                          \
        .kind = OP_BIND, .slot = from, .cap = { to }                           \
    }
#define COPY(to, from)                                                         \
    CALL(ROOT, LABEL_CNODE_COPY, to, 64, from, 64, CAP_RIGHTS_ALL)
#define MOVE_INTO(cnode, radix, index, from)                                   \
    CALL(cnode, LABEL_CNODE_MOVE, index, radix, from, 64)
#define DELETE(slot) CALL(ROOT, LABEL_CNODE_DELETE, slot, 64)
#define REVOKE(slot) CALL(ROOT, LABEL_CNODE_REVOKE, slot, 64)

static const struct scene scenes[] = {
    {"Retype clears the untyped first", {RETYPE(UT, FRAME_16, 0, FREE, 1)}},
    {"RetypeWhole clears the untyped first",
     {CALL(UT, LABEL_UNTYPED_RETYPE_WHOLE, FRAME_1K, 0, 0, 0, FREE)}},
    {"RetypeAt of three large frames plants embryos",
     {RETYPE_AT(UT, FRAME_1K, 0, FREE, 3, 0x400)}},
    {"RetypeAt of CNodes across the watermark",
     {RETYPE(UT, FRAME_16, 0, FREE, 1),
      RETYPE(UT, OBJECT_UNTYPED, 10, FREE + 1, 1), DELETE(FREE + 1),
      RETYPE_AT(UT, OBJECT_CNODE, 3, FREE + 2, 8, 0x400)}},
    {"Delete of a full CNode",
     {RETYPE(UT, OBJECT_CNODE, 4, FREE, 1),
      CALL(UT, LABEL_UNTYPED_RETYPE, OBJECT_ENDPOINT, 0, FREE, 64, 0, 16),
      DELETE(FREE)}},
    {"Delete of a thread with capabilities in its slots",
     {RETYPE(UT, OBJECT_TCB, 0, FREE, 1),
      RETYPE(UT, OBJECT_ENDPOINT, 0, FREE + 1, 1),
      BIND(FREE + 1, UT_BASE / SLOT_BYTES + TCB_CSPACE),
      BIND(FREE + 1, UT_BASE / SLOT_BYTES + TCB_VSPACE),
      BIND(FREE + 1, UT_BASE / SLOT_BYTES + TCB_BUFFER), DELETE(FREE)}},
    {"Delete of a CNode that holds a CNode that holds a thread",
     {RETYPE(UT, OBJECT_CNODE, 1, FREE, 2),
      RETYPE(UT, OBJECT_TCB, 0, FREE + 2, 1),
      MOVE_INTO(FREE + 1, 1, 1, FREE + 2), MOVE_INTO(FREE, 1, 1, FREE + 1),
      DELETE(FREE)}},
    {"Revoke of an untyped whose CNode holds itself",
     {RETYPE(UT, OBJECT_CNODE, 2, FREE, 1), MOVE_INTO(FREE, 2, 2, FREE),
      REVOKE(UT)}},
    {"Revoke of an untyped whose CNodes hold each other",
     {RETYPE(UT, OBJECT_CNODE, 1, FREE, 2), COPY(FREE + 2, FREE),
      COPY(FREE + 3, FREE + 1), MOVE_INTO(FREE, 1, 1, FREE + 3),
      MOVE_INTO(FREE + 1, 1, 1, FREE + 2), DELETE(FREE), DELETE(FREE + 1),
      REVOKE(UT)}},
    {"Revoke of an endpoint with badged copies",
     {RETYPE(UT, OBJECT_ENDPOINT, 0, FREE, 1), COPY(FREE + 1, FREE),
      CALL(ROOT, LABEL_CNODE_MINT, FREE + 2, 64, FREE, 64, 15, 7),
      CALL(ROOT, LABEL_CNODE_MINT, FREE + 3, 64, FREE, 64, 15, 8),
      COPY(FREE + 4, FREE + 2), REVOKE(FREE)}},
    {"Revoke of an untyped with a tree below it",
     {RETYPE(UT, OBJECT_UNTYPED, 12, FREE, 2),
      RETYPE(FREE, OBJECT_UNTYPED, 8, FREE + 2, 4),
      RETYPE(FREE + 2, OBJECT_ENDPOINT, 0, FREE + 6, 8),
      RETYPE(FREE + 1, OBJECT_CNODE, 3, FREE + 14, 3),
      MOVE_INTO(FREE + 14, 3, 0, FREE + 6), COPY(FREE + 20, FREE + 7),
      REVOKE(UT)}},
    {"Revoke of a chain of copies of an untyped",
     {COPY(FREE, UT), COPY(FREE + 1, FREE), COPY(FREE + 2, FREE + 1),
      RETYPE(FREE + 2, OBJECT_ENDPOINT, 0, FREE + 3, 4), REVOKE(UT)}},
    {"Revoke that meets embryos",
     {{.kind = OP_CALL,
       .slot = UT,
       .label = LABEL_UNTYPED_RETYPE_AT,
       .cap_count = 1,
       .cap = {ROOT},
       .caller = SPEC_NO_SLOT,
       .preempt_in = 2,
       WORDS(FRAME_1K, 0, 0, 0, FREE, 4, 0)},
      RETYPE_AT(UT, OBJECT_CNODE, 2, FREE + 4, 3, 0x2000),
      REVOKE(UT)}},
    {"RevokeAt of part of an untyped",
     {RETYPE_AT(UT, OBJECT_CNODE, 2, FREE, 8, 0x400),
      RETYPE_AT(UT, OBJECT_ENDPOINT, 0, FREE + 8, 16, 0x800),
      CALL(UT, LABEL_UNTYPED_REVOKE_AT, 0x400, 10)}},
    {"RevokeAt of the whole",
     {RETYPE_AT(UT, OBJECT_CNODE, 2, FREE, 8, 0x400),
      CALL(UT, LABEL_UNTYPED_REVOKE_AT, 0, 14)}},
};
#define SCENES (sizeof scenes / sizeof scenes[0])

struct end {
    uint64_t preemptions;
    uint64_t points; /* asked by the last entry */
    struct spec spec;
};

static bool disagree(const struct scene *scene, struct lockstep *ls, uint64_t n)
{
    tap_ok(false, "%s: stopped at point %lu", scene->name, (unsigned long)n);
    tap_diag("%s", ls->why);
    return false;
}

/* Sets the stage; *last: the call to be interrupted.  Nothing in the scene
 * but its embryos is preempted. */
static bool set_stage(const struct scene *scene, struct lockstep *ls,
                      struct lockstep_op *last)
{
    struct reply reply;
    enum outcome outcome;
    unsigned i = 0;

    if (!machine_create(ls, machine_config_named("small")))
        return false;
    ls->full_check = true;
    for (; scene->steps[i + 1].slot != 0; i++) {
        if (!lockstep_op_perform(ls, &scene->steps[i], &reply, &outcome))
            return disagree(scene, ls, 0);
        if (outcome == OUTCOME_DONE && reply.label != ERROR_NONE) {
            tap_ok(false, "%s: step %u answers %s", scene->name, i,
                   lockstep_error_name(reply.label));
            return false;
        }
    }
    *last = scene->steps[i];
    return true;
}

/* The last call, stopped at its first-th point, and then at every
 * then_every-th until it ends; 0: not stopped. */
static bool play(const struct scene *scene, uint64_t first, uint64_t then_every,
                 struct end *end)
{
    static struct lockstep ls;
    struct lockstep_op last;
    struct reply reply;
    enum outcome outcome = OUTCOME_PREEMPTED;

    memset(end, 0, sizeof *end);
    if (!set_stage(scene, &ls, &last))
        return false;
    last.preempt_in = (uint16_t)first;
    for (unsigned n = 0; outcome == OUTCOME_PREEMPTED; n++) {
        if (n == CALLS_MAX)
            return tap_ok(false, "%s: ends", scene->name);
        if (!lockstep_op_perform(&ls, &last, &reply, &outcome))
            return disagree(scene, &ls, first);
        end->points = ls.preempt_asked;
        end->preemptions += outcome == OUTCOME_PREEMPTED;
        last.preempt_in = (uint16_t)then_every;
    }
    spec_copy(&end->spec, ls.spec);
    lockstep_destroy(&ls);
    return reply.label == ERROR_NONE ||
           tap_ok(false, "%s: answers %s", scene->name,
                  lockstep_error_name(reply.label));
}

static void interrupt(const struct scene *scene)
{
    static struct end undisturbed, stopped;

    if (!play(scene, 0, 0, &undisturbed))
        return;
    if (!tap_ok(undisturbed.points > 1, "%s: %lu preemption points",
                scene->name, (unsigned long)undisturbed.points))
        return;
    for (uint64_t n = 1; n <= undisturbed.points; n++) {
        if (!play(scene, n, 0, &stopped))
            return;
        if (stopped.preemptions != 1 ||
            !lockstep_same_end(&undisturbed.spec, &stopped.spec)) {
            tap_ok(false, "%s: stopped at point %lu, ends as if it had not",
                   scene->name, (unsigned long)n);
            return;
        }
    }
    tap_ok(true, "%s: stopped at each point, ends as if it had not",
           scene->name);
    if (play(scene, 1, 1, &stopped))
        tap_ok(stopped.preemptions > 1 &&
                   lockstep_same_end(&undisturbed.spec, &stopped.spec),
               "%s: stopped %lu times, at every point", scene->name,
               (unsigned long)stopped.preemptions);
}

int main(void)
{
    for (size_t i = 0; i < SCENES; i++)
        interrupt(&scenes[i]);
    return tap_done();
}
