/* SPDX-License-Identifier: BSD-2-Clause */
/* The population of the index benchmark: n capabilities as a system of many
 * clients has them.
 *
 *   physical window, 2^39 bytes
 *   +--------+------+----------------------------------------+--------+-----
 *   | slots  | ...  | arena: 2 MiB client untypeds           | empty  | ...
 *   +--------+------+--[fr][pt][tcb][64 KiB: ep ep nt ep ]---+--------+-----
 *   0               2^33                  2^33 + 2^arena_bits   + 2 MiB
 *
 * Of n: 40 % 4 KiB frames, 14 % endpoints, 10 % notifications, 6 % page
 * tables, 5 % TCBs, 3 % CNodes of 2^4 to 2^8 slots, 2 % untypeds of 64 KiB
 * inside the clients', which hold the small objects (endpoints and
 * notifications), 20 % copies of random objects.  Addresses are random, and
 * so is the order in which things come.  The arena has 2^max(21, 12 +
 * ceil(log2 n)) bytes; its client untypeds, and the empty one beside it, are
 * not part of n.
 *
 * Slots: 0 is never used; then the client untypeds, the empty one, the nested
 * ones, the others in order of creation, and SPARE_SLOTS empty ones.  Links
 * only: no object has memory behind it.
 */
#ifndef FALLOW_POPULATION_H
#define FALLOW_POPULATION_H
#include "regions.h"
#include "seed.h"

#define POPULATION_WINDOW_BITS 39u
#define POPULATION_ARENA_BASE  UINT64_C(0x200000000)
#define CLIENT_BITS            21u
#define NESTED_BITS            16u
#define FRAME_BITS             12u
#define SPARE_SLOTS            80u

struct population {
    struct regions regions;
    struct slot *slots;
    uint64_t n;
    uint8_t arena_bits;
    slotno_t clients; /* first of client_count client untypeds */
    uint64_t client_count;
    slotno_t empty;  /* the empty client untyped beside the arena */
    slotno_t nested; /* first of nested_count */
    uint64_t nested_count;
    slotno_t objects; /* first of object_count objects and copies */
    uint64_t object_count;
    slotno_t spare;
    slotno_t *parent; /* of each slot: the untyped around it; copies: nil */
    uint16_t *copies; /* of each object's first capability: its copies */
    uint64_t *outer;  /* a bit for 16 bytes: in use within a client untyped */
    uint64_t *inner;  /* likewise within a nested one */
    struct seed seed;
};

/* n: 50 .. 10^7.  Stops the program when the host has no memory. */
void population_create(struct population *p, uint64_t n, uint64_t seed);
void population_destroy(struct population *p);

/* A random client untyped, and in it a random block of 4 KiB that meets
 * something (taken) or nothing. */
slotno_t population_frame(struct population *p, bool taken, paddr_t *base);

/* A random object's first capability; alone: an object without copies. */
slotno_t population_object(struct population *p, bool alone);

/* A random capability, copies included, untypeds not. */
slotno_t population_capability(struct population *p);

/* A random untyped, a client's or a nested one. */
slotno_t population_untyped(struct population *p);
#endif
