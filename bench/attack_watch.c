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

#define WATCH_VOID(function, many, parameters, arguments)                      \
    void __real_##function parameters;                                         \
    void __wrap_##function parameters;                                         \
    void __wrap_##function parameters                                          \
    {                                                                          \
        uint64_t visits_before = r->visits;                                    \
                                                                               \
        __real_##function arguments;                                           \
        if (watched.on)                                                        \
            watch(r, visits_before, many);                                     \
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
WATCH(slotno_t, regions_next, true,
      (struct regions * r, slotno_t u, paddr_t from), (r, u, from))
WATCH_VOID(regions_insert_run, count > 1,
           (struct regions * r, slotno_t u, slotno_t first, uint64_t count),
           (r, u, first, count))
WATCH_VOID(regions_insert_below, false,
           (struct regions * r, slotno_t u, slotno_t below, slotno_t i),
           (r, u, below, i))
WATCH_VOID(regions_remove, false, (struct regions * r, slotno_t i), (r, i))
