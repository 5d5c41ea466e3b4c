/* SPDX-License-Identifier: BSD-2-Clause */
/* The machine of the attack bench, and the attacks on it.
 *
 *   device untyped B, 2^38 bytes, the adversary's
 *   +-----------------------------+-------------+-------------------+
 *   | the adversary's regions ... | victim's V  | ... and so on     |
 *   +-----------------------------+-------------+-------------------+
 *
 * V, of 2 MiB, is made of B and given away; its holder has a frame in every
 * fourth of its first 256 pages, and in the last.  Everything, the
 * adversary's building included, goes through invoke(): so each attack is one
 * that a program can make.  Nothing is cleared, all memory being a device's:
 * what is counted is the kernel's own work.
 */
#ifndef FALLOW_ATTACK_ARENA_H
#define FALLOW_ATTACK_ARENA_H
#include "hosted.h"
#include "invoke.h"

#define PAGE_BITS 12u
#define TYPE_PAGE 6u

struct arena {
    struct hosted_kernel *hosted;
    struct kernel *k;
    slotno_t root;     /* slot of the root CNode's capability */
    slotno_t first;    /* slot 0 of the root CNode */
    uint64_t next;     /* index of the first slot never used */
    slotno_t b;        /* the adversary's slots */
    slotno_t v;        /* the victim's untyped */
    uint64_t v_offset; /* in its parent */
    uint64_t n;        /* capabilities that the adversary makes */
    uint64_t calls;    /* of each kind */
};

struct attack {
    const char *name;
    void (*build)(struct arena *a); /* until the victim has V */
};

/* Ends with an entry whose name is NULL. */
extern const struct attack attacks[];

/* A machine with B and no V; n: capabilities that an attack makes. */
void arena_create(struct arena *a, uint64_t n);

/* One kernel entry with the root CNode as the only extra capability. */
enum outcome arena_enter(struct arena *a, slotno_t slot, uint64_t label,
                         const uint64_t *mr, uint32_t length,
                         struct reply *reply);

/* A call that must succeed. */
void arena_call(struct arena *a, slotno_t slot, uint64_t label,
                const uint64_t *mr, uint32_t length);

_Noreturn void arena_stop(const char *what, uint64_t error);
#endif
