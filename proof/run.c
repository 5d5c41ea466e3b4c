/* SPDX-License-Identifier: BSD-2-Clause */
/* The search for what meets a run is safe and bounded in a tree of arbitrary
 * contents, links in range: P2.  That it answers right is not proved.
 */
#include "find.h"
#include "query.h"
#include "shift.h"

/*@ requires n <= POW2_MAX;
  @ terminates \true; exits \false; assigns \nothing;
  @ ensures \result == pow2(n) && 1 <= pow2(n) <= 0x8000000000000000;
  @*/
static inline uint64_t bits_size(unsigned n);

/*@ requires n <= POW2_MAX && x * pow2(n) <= UINT64_MAX;
  @ terminates \true; exits \false; assigns \nothing;
  @ ensures \result == x * pow2(n);
  @*/
static inline uint64_t bits_up(uint64_t x, unsigned n);

/*@ requires index_memory(r) && trusted == 0 && trust(r) && is_slot(u);
  @ requires field_depth[u] < window && b <= window && 2 <= count;
  @ requires a + (count - 1) * pow2(b) <= 0x7fffffffffffffff;
  @ requires visits_left(r, 4 * (window + 1));
  @ terminates \true; exits \false; assigns r->visits;
  @ ensures linked: linked(\result);
  @ ensures bound: \old(r->visits) <= r->visits <=
  @   \old(r->visits) + 4 * (window + 1);
  @*/
slotno_t index_find_run(struct regions *r, slotno_t u, paddr_t a, uint8_t b,
                        uint64_t count);

#include "../kernel/core/index_find.c"
