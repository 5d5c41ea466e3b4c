/* SPDX-License-Identifier: BSD-2-Clause */
/* Replay: drives the kernel core with a recorded run of the real kernel and
 * compares what both did, line by line.
 *
 *   file --> trace.h: lines --> replay: calls and transfers --> hosted kernel
 *                                  |                               |
 *                                  '-- compares <-- observer <-----'
 *
 * The kernel behind it is an ordinary hosted machine: between two steps the
 * caller may look at it with every function that changes nothing.
 *
 *   struct replay *r;
 *   if (replay_open(&r, "run.trace.xz", NULL) == 0) {
 *       if (replay_step(r, 1000) == REPLAY_REACHED)
 *           look_at(replay_kernel(r));
 *       else
 *           puts(replay_error(r));
 *       replay_close(r);
 *   }
 *
 * Lines are counted from 1.  A call is a line that does not begin with `+' and
 * the `+' lines below it: it is made, or applied, as a whole.
 */
#ifndef FALLOW_REPLAY_H
#define FALLOW_REPLAY_H
#include "hosted.h"

#define REPLAY_TEXT_MAX 512u

struct replay;

/* An object appears or is destroyed, told in the order of the run. */
struct replay_object {
    bool created; /* false: destroyed */
    enum replay_origin {
        REPLAY_ORIGIN_BOOT,   /* it was there before the first call */
        REPLAY_ORIGIN_RETYPE, /* made by Retype */
        REPLAY_ORIGIN_POOL,   /* an ASID pool, made from an untyped */
    } origin;                 /* of destroyed objects too */
    uint64_t line;            /* of the call that did it */
    paddr_t base;
    uint8_t size_bits;
    uint8_t cap_type; /* enum cap_type; CAP_UNTYPED is told as well: an
                       * untyped is created once and `destroyed' once for
                       * each capability to it that goes */
    bool device;      /* lies in memory that is not the machine's RAM */
};

struct replay_options {
    bool clear_nothing;   /* count cleared bytes, but do not clear */
    uint64_t check_lines; /* check the whole state every so many lines;
                           * 0: at the end only */
    bool check_never;     /* not even at the end */
    unsigned shown_max;   /* differences kept for show; 0: 10 */
    /* NULL: nobody asks.  Told of every object. */
    void (*on_object)(void *context, const struct replay_object *object);
    /* NULL: none.  About ten times a second; total 0: not known. */
    void (*on_progress)(void *context, uint64_t file_bytes,
                        uint64_t file_bytes_total, uint64_t line);
    void *context;
};

enum replay_result {
    REPLAY_REACHED = 0, /* the state is that after the asked line's call */
    REPLAY_END = 1,     /* the file ended before */
    REPLAY_FAILED = -1, /* unreadable or malformed: replay_error() */
};

/* Why a recorded line could not be predicted; CAVEATS.md gives reasons. */
enum replay_class {
    /* A refused Retype whose error depends on the destination window, which
     * the run does not name. */
    REPLAY_NO_WINDOW,
    REPLAY_CLASSES,
};

/* "no-window" */
const char *replay_class_name(enum replay_class class);

struct replay_stats {
    uint64_t lines;       /* read so far */
    uint64_t events;      /* lines that are neither B nor T */
    uint64_t invocations; /* R and C lines, preempted ones included */
    uint64_t retypes;     /* of them: R */
    uint64_t cnode_calls; /* of them: C */
    uint64_t preempted;   /* of them: stopped by an interrupt */
    uint64_t chains;      /* calls that were stopped at least once */
    uint64_t others;      /* I lines */
    uint64_t tests;       /* T lines */
    uint64_t boot_caps;   /* B lines */
    uint64_t computed;    /* effects that the core produced as recorded */
    /* Taken from the recorded lines and not computed: the sum of */
    uint64_t applied;
    uint64_t applied_effects;  /* of I lines, and outside of invocations */
    uint64_t applied_masters;  /* master reply capabilities set up */
    uint64_t applied_tables;   /* page tables taken as mapped */
    uint64_t applied_mappings; /* by I lines: frames and page tables */
    uint64_t explained[REPLAY_CLASSES];
    uint64_t explained_total;
    uint64_t unexplained; /* fields and effects that differ */
    uint64_t checks;      /* of the whole state, all passed */
    /* Alive now, and when most were. */
    uint64_t capabilities, capabilities_peak, capabilities_peak_line;
    uint64_t objects, objects_peak, objects_peak_line; /* not untypeds */
    uint64_t untypeds, untypeds_peak;         /* capabilities to untypeds */
    uint64_t object_bytes, object_bytes_peak; /* in RAM */
    uint64_t fullest_line;  /* the call with object_bytes_peak */
    uint64_t bytes_cleared; /* by the core */
    /* Processor time spent in replay_step, and by the clock on the wall. */
    double seconds, seconds_elapsed;
    double seconds_unpacking; /* of them: the xz decoder */
    double seconds_checking;  /* of them: checks of the whole state */
};

/* One thing that disagreed. */
struct replay_difference {
    uint64_t line;
    const char *what; /* the field, or what else */
    char recorded[REPLAY_TEXT_MAX];
    char computed[REPLAY_TEXT_MAX];
    char text[REPLAY_TEXT_MAX]; /* the recorded line */
};

/* One recorded line that could not be predicted. */
struct replay_explanation {
    uint64_t line;
    enum replay_class class;
    char recorded[64];
    char computed[96]; /* the core's own answer, and to what */
};

/* Opens a recorded run: .xz or plain, "-" is standard input.  options NULL:
 * all zero.  0, or an errno value: the file cannot be read at all, or the
 * host refuses the memory. */
int replay_open(struct replay **replay, const char *file,
                const struct replay_options *options);

/* Goes on to the end of the call that contains line `until_line', or as far
 * as possible; UINT64_MAX: to the end.  A line already passed is reached. */
enum replay_result replay_step(struct replay *r, uint64_t until_line);

/* After REPLAY_FAILED: one sentence, with the line's number. */
const char *replay_error(const struct replay *r);

/* The machine: NULL before the first replay_step, which makes it. */
struct kernel *replay_kernel(struct replay *r);

const struct replay_stats *replay_stats(const struct replay *r);

/* The last line whose effects are in the state: the end of a call, where
 * replay_step has been asked for a line within it. */
uint64_t replay_line(const struct replay *r);

/* The n-th difference, from 0, or NULL: only the first shown_max are kept. */
const struct replay_difference *replay_difference(const struct replay *r,
                                                  unsigned n);

/* The n-th line that was explained, from 0, or NULL; all are kept up to
 * REPLAY_EXPLANATIONS_MAX. */
#define REPLAY_EXPLANATIONS_MAX 256u
const struct replay_explanation *replay_explanation(const struct replay *r,
                                                    unsigned n);

/* RAM of the machine: the span of everything at boot that is not device
 * memory, in whole pages. */
void replay_ram(const struct replay *r, paddr_t *base, uint64_t *bytes);

void replay_close(struct replay *r);
#endif
