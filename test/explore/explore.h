/* SPDX-License-Identifier: BSD-2-Clause */
/* Every state of a small machine, kernel and specification in lock-step.
 *
 *   frontier, depth d --> for each state: every call, every preemption -->
 *   new states, depth d + 1: checked, hashed, kept until they are expanded
 *
 * The machine: a root CNode, in slot 3 of it an untyped of 2^n units of 16
 * bytes, perhaps a device untyped of as many in slot 4, and nothing else.  The
 * calls may use the first few slots of the root from slot 3 on, and every slot
 * of every CNode that they make.  Where the number of capabilities is limited,
 * a call that makes more of them is made and compared, but not gone on from.
 *
 * Slots of the root CNode are interchangeable: a state's canonical form does
 * not name them, and before a state is kept, gaps among them are closed by
 * Move.  Embryos cannot move, so their slots are named; slots of other CNodes
 * are memory and have their names, too.  The form is
 * the index in pre-order, each region's list in its order, and which units
 * may be non-zero; its 64-bit hash stands for the state.  With n states the
 * chance that any was taken for another is n^2 / 2^65.  The links say no more
 * than the form: that is checked whenever one is made, which is after every
 * call.
 *
 * Which of an untyped's old units are still dirty depends on all that has
 * happened to it: up to 2^units states for one.  A machine with `garbage' has
 * one of them: after every call whatever memory nothing is promised of is
 * filled, frames included (by their owners), and that is all but new objects,
 * and what lies above the watermarks of untypeds and embryos.  No call's course
 * depends on what memory holds, and what is dirty here includes what is dirty
 * there; so a clean unit that should not be is found here if it is there.
 */
#ifndef FALLOW_EXPLORE_H
#define FALLOW_EXPLORE_H
#include "lockstep.h"

#define EXPLORE_ROOT       2u /* slot of the root CNode's capability */
#define EXPLORE_FIRST      3u /* first root slot that calls use */
#define EXPLORE_SLOTS_MAX  8u /* root slots used */
#define EXPLORE_UNIT_BITS  4u /* log2 of a unit's bytes */
#define EXPLORE_FRAMES     5u /* object type of the first frame, of three */
#define EXPLORE_RAM_MAX    2048u
#define EXPLORE_PACKED_MAX 4096u

/* Of objects, log2 of bytes: 4 is a unit. */
struct explore_sizes {
    uint8_t chunk_bits;    /* cleared between two preemption points */
    uint8_t untyped_bits;  /* the smallest untyped */
    uint8_t endpoint_bits; /* 0: none */
    uint8_t frame_bits[3]; /* 0: none */
};

struct explore_config {
    const char *name;
    const struct explore_sizes *sizes;
    uint8_t unit_bits;   /* log2 of the untyped's units */
    uint8_t radix;       /* of the root CNode */
    uint8_t root_slots;  /* used by calls, the untypeds' included */
    uint8_t others_max;  /* capabilities beside the root CNode's and one to the
                            first untyped, if there is any; 0: no limit */
    bool device;         /* a device untyped as large as the other */
    bool cnodes;         /* of two slots, 64 bytes */
    bool tcbs;           /* of 256 bytes */
    bool garbage;        /* see above */
    uint8_t count_max;   /* objects of one Retype */
    bool in_order;       /* a level's states are expanded as they were found */
    uint8_t preemptions; /* each call is stopped after 1 .. this many steps */
};

/* A moment of the machine, to come back to. */
struct explore_moment {
    struct spec spec;
    slotno_t root;
    uint8_t ram[EXPLORE_RAM_MAX];
};

struct explore {
    struct explore_config config;
    struct lockstep ls;
    uint64_t hash_seed;
    struct explore_moment base; /* the state that is being expanded */
    /* What a call led to; set by the search. */
    void (*reached)(struct explore *e);
    /* Counts. */
    uint64_t calls;       /* kernel entries */
    uint64_t transitions; /* calls that changed the state */
    uint64_t refused;
    uint64_t preempted;
    uint64_t writes;    /* to frames of one unit */
    uint64_t embryos;   /* transitions to states with an embryo that has more
                              than one chunk to clear */
    uint64_t objects;   /* ... with a CNode object */
    uint64_t copies;    /* ... with a copy */
    uint64_t devices;   /* ... with something made of device memory */
    uint64_t beyond;    /* ... that are not gone on from */
    uint64_t questions; /* to the index, compared with brute force */
    uint64_t resumed;   /* repeated to the end: same state as at once */
    uint64_t resumed_elsewhere; /* ... another, of objects in a circle */
    uint64_t lost; /* not to be repeated: the call's own capability went */
    bool failed;
};

/* explore_state.c */

bool explore_create(struct explore *e, const struct explore_config *config);
void explore_save(struct explore *e, struct explore_moment *m);
void explore_restore(struct explore *e, const struct explore_moment *m);

/* Hash of the canonical form; never 0.  False: a link of the index is wrong,
 * e->ls.why says which. */
bool explore_hash(struct explore *e, uint64_t *hash);

/* explore_garbage.c: whatever nothing is promised of is filled. */
void explore_fill(struct explore *e);

/* explore_index.c: what the index answers about every block, and what the
 * specification's capabilities say.  False: they disagree. */
bool explore_ask_index(struct explore *e);

/* Closes gaps in the root CNode. */
bool explore_compact(struct explore *e);

/* The state as bytes, at most EXPLORE_PACKED_MAX; returns how many. */
size_t explore_pack(const struct explore *e, uint8_t *bytes);
void explore_unpack(struct explore *e, const uint8_t *bytes);

/* explore_calls.c: makes every call from e->base; e->reached after each that
 * changed something, with the machine in the new state.  False: a
 * disagreement, e->ls.why says which. */
bool explore_expand(struct explore *e);

/* explore_search.c: breadth first, until there is nothing new or `limit'
 * states are known; prints what it did.  False: it found a disagreement, or
 * missed what it is there for. */
struct explore_result {
    uint64_t states, transitions;
    bool complete, good;
};
struct explore_result explore_search(const struct explore_config *config,
                                     uint64_t limit, uint64_t hash_seed);
#endif
