/* SPDX-License-Identifier: BSD-2-Clause */
#include "lockstep_run.h"
#include "lockstep_classes.h"
#include "seed.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHILD_SECONDS 120u /* of the processor: a busy host costs none */

struct run *run_create(void)
{
    struct run *run = mmap(NULL, sizeof *run, PROT_READ | PROT_WRITE,
                           MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    return run == MAP_FAILED ? NULL : run;
}

static uint64_t seed_choice(void *context, uint64_t bound)
{
    return seed_below(context, bound);
}

static void add_counts(struct run *run, const struct lockstep *ls)
{
    run->calls += ls->calls;
    run->preempted += ls->preempted;
    run->ambiguous += ls->ambiguous;
    for (unsigned i = 0; i < LOCKSTEP_LABELS; i++)
        for (unsigned j = 0; j < LOCKSTEP_ERRORS; j++)
            run->hits[i][j] += ls->hits[i][j];
    for (unsigned i = 0; i < 5; i++)
        run->lookup_errors[i] += ls->lookup_errors[i];
}

static _Noreturn void child_failed(struct run *run, const struct lockstep *ls,
                                   const char *why)
{
    if (ls && getenv("FALLOW_DUMP"))
        lockstep_dump(ls);
    run->failed = true;
    snprintf(run->why, sizeof run->why, "%s", why);
    _exit(1);
}

/* Nothing can be named any more, or nothing made. */
static bool is_over(const struct lockstep *ls)
{
    size_t root = spec_find(ls->spec, MACHINE_ROOT);

    if (root == SPEC_NO_CAP || ls->spec->caps[root].type != SPEC_CNODE)
        return true;
    for (size_t i = 0; i < ls->spec->count; i++)
        if (ls->spec->caps[i].type == SPEC_UNTYPED)
            return false;
    return true;
}

/* In the child: op_count operations, generated or as they are. */
static void perform(struct run *run, struct lockstep *ls, uint32_t op_count,
                    uint32_t check_every, struct lockstep_generator *g)
{
    struct reply reply;
    enum outcome outcome;

    for (uint32_t n = 0; n < op_count; n++) {
        struct lockstep_op *op = &run->ops[n];
        bool again = false;

        if (g) {
            lockstep_op_generate(g, ls, op);
            run->op_count = n + 1;
            again = g->is_pending && op->label == g->pending.label &&
                    op->slot == g->pending.slot &&
                    memcmp(op->mr, g->pending.mr, sizeof op->mr) == 0;
        }
        ls->full_check = n % check_every == 0;
        if (!lockstep_op_perform(ls, op, &reply, &outcome))
            child_failed(run, ls, ls->why);
        run->checks += ls->full_check;
        if (!g)
            continue;
        if (op->kind == OP_CALL)
            classes_of_call(ls, op, again, outcome, &reply, run->classes);
        if (n % 8 == 0)
            classes_of_state(ls, run->classes);
        g->is_pending = outcome == OUTCOME_PREEMPTED;
        g->pending = *op;
        if (is_over(ls) && outcome == OUTCOME_DONE)
            return;
    }
}

static _Noreturn void child(struct run *run, uint32_t op_count,
                            uint32_t check_every, bool generate)
{
    static const struct rlimit limit = {CHILD_SECONDS, CHILD_SECONDS + 1};
    static struct lockstep ls;
    struct seed seed = {run->seed};
    struct lockstep_generator g = {
        .choices = {seed_choice, &seed},
        .caps_max = SPEC_CAPS_MAX / 4,
    };

    setrlimit(RLIMIT_CPU, &limit);
    if (!machine_create(&ls, run->config))
        child_failed(run, NULL, "the host gives no machine");
    if (!lockstep_compare(&ls))
        child_failed(run, &ls, ls.why);
    perform(run, &ls, op_count, check_every, generate ? &g : NULL);
    add_counts(run, &ls);
    lockstep_destroy(&ls);
    exit(0); /* and not _exit: coverage is written on the way out */
}

/* True: the child ended well. */
static bool fork_child(struct run *run, uint32_t op_count, uint32_t check_every,
                       bool generate, bool quiet)
{
    int status = 0;
    pid_t pid;

    run->failed = false;
    run->why[0] = '\0';
    fflush(stdout);
    pid = fork();
    if (pid == 0) {
        if (quiet && !freopen("/dev/null", "w", stderr))
            _exit(2);
        child(run, op_count, check_every, generate);
    }
    if (pid < 0 || waitpid(pid, &status, 0) != pid) {
        snprintf(run->why, sizeof run->why, "the host gives no process");
        return false;
    }
    if (WIFSIGNALED(status))
        snprintf(run->why, sizeof run->why, "stopped by signal %d (%s)",
                 WTERMSIG(status), strsignal(WTERMSIG(status)));
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

bool run_generate(struct run *run, const struct machine_config *config,
                  uint64_t seed, uint32_t op_count, uint32_t check_every)
{
    KERNEL_ASSERT(op_count <= RUN_OPS_MAX);
    run->config = config;
    run->seed = seed;
    return fork_child(run, op_count, check_every, true, false);
}

/* Does the sequence without operations [from, from + count) fail as well?  If
 * so, it is left so. */
static bool fails_without(struct run *run, uint32_t from, uint32_t count)
{
    static struct lockstep_op kept[RUN_OPS_MAX];
    uint32_t all = run->op_count;

    memcpy(kept, run->ops, all * sizeof kept[0]);
    memmove(&run->ops[from], &run->ops[from + count],
            (all - from - count) * sizeof kept[0]);
    run->op_count = all - count;
    if (!fork_child(run, run->op_count, 1, false, true))
        return true;
    memcpy(run->ops, kept, all * sizeof kept[0]);
    run->op_count = all;
    return false;
}

void run_shrink(struct run *run)
{
    uint32_t size = run->op_count / 2;
    bool shorter = true;

    /* With all checks, it may fail earlier. */
    if (fork_child(run, run->op_count, 1, false, true))
        return; /* does not fail again: leave it whole */
    while (size > 0) {
        shorter = false;
        for (uint32_t from = 0; from + size <= run->op_count;) {
            if (fails_without(run, from, size))
                shorter = true;
            else
                from += size;
        }
        if (!shorter || size > run->op_count)
            size = size > run->op_count ? run->op_count / 2 : size / 2;
    }
    fork_child(run, run->op_count, 1, false, false);
}

void run_report(const struct run *run)
{
    char line[512];

    tap_diag("machine %s, seed 0x%lx, %u operations; to replay:",
             run->config->name, (unsigned long)run->seed, run->op_count);
    for (uint32_t i = 0; i < run->op_count; i++) {
        lockstep_op_print(line, sizeof line, &run->ops[i]);
        tap_diag("  %u: %s", i, line);
    }
    tap_diag("%s", run->why);
}
