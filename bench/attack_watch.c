/* SPDX-License-Identifier: BSD-2-Clause */
#include "attack_watch.h"
#include "regions.h"

struct watched watched;

static void watch(const struct regions *r, uint64_t visits_before, bool many)
{
    uint64_t visits = r->visits - visits_before;
    uint64_t *most = many ? &watched.many : &watched.one;

    if (visits > *most)
        *most = visits;
}

/* Linked with --wrap=regions_find_run and so on: the core calls __wrap_f()
 * where it names f(), and __real_f() is f() itself. */
#define WATCH(type, function, many, parameters, arguments)                     \
    type __real_##function parameters;                                         \
    type __wrap_##function parameters;                                         \
    type __wrap_##function parameters                                          \
    {                                                                          \
        uint64_t visits_before;                                                \
        type result;                                                           \
                                                                               \
        if (!watched.on)                                                       \
            return __real_##function arguments;                                \
        visits_before = r->visits;                                             \
        result = __real_##function arguments;                                  \
        watch(r, visits_before, many);                                         \
        return result;                                                         \
    }

#define WATCH_VOID(function, due, parameters, arguments)                       \
    void __real_##function parameters;                                         \
    void __wrap_##function parameters;                                         \
    void __wrap_##function parameters                                          \
    {                                                                          \
        uint64_t visits_before = r->visits + (due);                            \
                                                                               \
        __real_##function arguments;                                           \
        if (watched.on)                                                        \
            watch(r, visits_before, (due) != 0);                               \
    }

WATCH(slotno_t, regions_find, false,
      (struct regions * r, slotno_t u, paddr_t base, uint8_t bits),
      (r, u, base, bits))
WATCH(slotno_t, regions_find_place, false,
      (struct regions * r, slotno_t u, paddr_t base, uint8_t bits,
       slotno_t *below),
      (r, u, base, bits, below))
WATCH(slotno_t, regions_find_run, count > 1,
      (struct regions * r, slotno_t u, paddr_t base, uint8_t bits,
       uint64_t count),
      (r, u, base, bits, count))
WATCH(bool, regions_is_innermost, false,
      (struct regions * r, slotno_t u, slotno_t i), (r, u, i))
WATCH(slotno_t, regions_child, false, (struct regions * r, slotno_t i), (r, i))
WATCH(slotno_t, regions_first_inside, false,
      (struct regions * r, slotno_t u, paddr_t base, uint8_t bits),
      (r, u, base, bits))
WATCH(slotno_t, regions_child_below, false,
      (struct regions * r, slotno_t i, slotno_t node), (r, i, node))
WATCH(slotno_t, regions_first_inside_below, false,
      (struct regions * r, slotno_t node, paddr_t base, uint8_t bits),
      (r, node, base, bits))
WATCH(slotno_t, regions_cheapest, false,
      (struct regions * r, slotno_t i, paddr_t base, uint8_t bits),
      (r, i, base, bits))
WATCH(slotno_t, regions_node, false,
      (struct regions * r, slotno_t i, slotno_t known), (r, i, known))
WATCH(slotno_t, regions_next, true,
      (struct regions * r, slotno_t u, paddr_t from), (r, u, from))
/* Of linking a run, what is more than a visit for each of its objects. */
WATCH_VOID(regions_insert_run, count > 1 ? count : 0,
           (struct regions * r, slotno_t u, slotno_t first, uint64_t count),
           (r, u, first, count))
WATCH_VOID(regions_insert_below, 0,
           (struct regions * r, slotno_t u, slotno_t below, slotno_t i),
           (r, u, below, i))
WATCH_VOID(regions_remove, 0, (struct regions * r, slotno_t i), (r, i))
