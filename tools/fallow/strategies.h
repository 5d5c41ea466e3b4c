/* SPDX-License-Identifier: BSD-2-Clause */
/* The recorded allocations from the user's side, given to three allocators.
 *
 *   replay --objects--> stream: allocate 17, allocate 18, free 17, ...
 *                          |
 *            one of apps/strategies, each on a machine of its own:
 *              the recorded RAM, as its boot untypeds
 *            + a CNode for all slots, outside of that RAM
 *                          |
 *                          '--> outcome: calls, capabilities, bytes, map
 *
 * A request is an object of the recorded run that is neither an untyped nor
 * device memory; it is freed where its last capability went.  Of an ASID
 * pool the allocator sees the 4 KiB untyped that it is made of, so that is
 * what is asked for.
 */
#ifndef FALLOW_STRATEGIES_H
#define FALLOW_STRATEGIES_H
#include "strategies/strategy.h"
#include "hosted.h"
#include "map.h"
#include "replay.h"

struct stream_object {
    uint8_t type; /* enum object_type and further, as Retype names it */
    uint8_t user_bits;
    uint8_t size_bits;
};

struct stream_event {
    uint32_t object; /* number of the request, from 0 */
    bool allocate;   /* else free */
};

struct stream {
    struct kernel_params params; /* of the machines: names the types */
    struct stream_object *objects;
    struct stream_event *events;
    struct strategy_region *regions; /* the RAM; without slots */
    size_t object_count, event_count, region_count;
    size_t pools;               /* of the objects: ASID pools */
    uint64_t alive, alive_peak; /* objects */
    uint64_t bytes, bytes_peak;
    size_t fullest; /* number of events when bytes_peak was reached */
    int failed;     /* errno of the first thing that went wrong */
    void *live;     /* objects by address, while it is being read */
};

void stream_init(struct stream *stream);
void stream_free(struct stream *stream);

/* Takes what replay tells: pass it as on_object, with the stream as context.
 * stream->failed: ENOMEM, or EINVAL for an object of no known type. */
void stream_add(void *stream, const struct replay_object *object);

/* What a run of one strategy came to. */
struct strategies_outcome {
    const struct strategy *strategy;
    uint64_t requests, served;
    uint64_t too_large, no_memory, no_books; /* not served, by reason */
    uint64_t calls, calls_start;       /* kernel calls; those of start alone */
    uint64_t capabilities_peak;        /* objects' and intermediate ones */
    uint64_t intermediate_peak;        /* of them, at that moment */
    uint64_t slots_objects, slots_own; /* highest number in use at once */
    uint64_t cnode_bytes; /* of the two CNodes that would hold them */
    uint64_t bytes_cleared;
    int largest_fullest_bits, largest_end_bits; /* -1: nothing is free */
    uint64_t served_fullest_bytes;              /* in use at the fullest */
    struct map fullest;                         /* to be freed */
    double seconds;
    char broken[160]; /* "", or what went wrong: nothing above counts then */
};

/* Runs one strategy over the stream.  Each answer of the kernel is checked,
 * each block is looked up where it was said to be, and at the end everything
 * is taken back and the whole state checked.  False with errno set if the
 * host refuses memory; *outcome is to be freed either way. */
bool strategies_run(const struct strategy *strategy,
                    const struct stream *stream,
                    struct strategies_outcome *outcome);
void strategies_outcome_free(struct strategies_outcome *outcome);

#define STRATEGIES_COUNT 3u
extern const struct strategy *const strategies_all[STRATEGIES_COUNT];

/* Runs all that this kernel has the calls for, prints the table to `out', and
 * writes their maps at the fullest side by side to the file svg_path unless
 * that is NULL.  The exit code of a command; messages on stderr. */
int strategies_report(const char *command, const struct stream *stream,
                      FILE *out, const char *svg_path);
#endif
