/* SPDX-License-Identifier: BSD-2-Clause */
/* Next is safe and bounded in a tree of arbitrary contents, links in range: P2.
 * That it answers right is not proved.
 */
#include "query.h"
#include "shift.h"

/*@ requires index_memory(r) && trusted == 0 && trust(r);
  @ requires is_slot(x) && level <= window && visits_left(r, level + 1);
  @ terminates \true; exits \false; assigns r->visits;
  @ ensures is_slot(\result);
  @ ensures \old(r->visits) <= r->visits <= \old(r->visits) + level + 1;
  @*/
static slotno_t lowest(struct regions *r, slotno_t x, uint64_t level);

/*@ requires memory(slots) && packed(slots) && linked(a) && linked(b);
  @ terminates \true; exits \false; assigns \nothing;
  @ ensures \result == a || \result == b;
  @*/
static slotno_t lower(const struct slot *slots, slotno_t a, slotno_t b);

/*@ requires index_memory(r) && trusted == 0 && trust(r) && is_slot(u);
  @ requires field_depth[u] <= window && visits_left(r, 2 * (window + 1));
  @ terminates \true; exits \false; assigns r->visits;
  @ ensures linked: linked(\result);
  @ ensures bound: \old(r->visits) <= r->visits <=
  @   \old(r->visits) + 2 * (window + 1);
  @*/
slotno_t index_next(struct regions *r, slotno_t u, paddr_t from);

#include "../kernel/core/index_next.c"
