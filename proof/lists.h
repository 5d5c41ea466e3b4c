/* SPDX-License-Identifier: BSD-2-Clause */
/* Region lists for the provers: nodes, and the slots listed behind them.
 *
 * The links of a list agree both ways, so that each slot has one place in one
 * list; all its members name the region of its node, node_of, or have none,
 * in plain lists.  The parent link of a node with followers is kept in the
 * first of them.
 */
#ifndef FALLOW_PROOF_LISTS_H
#define FALLOW_PROOF_LISTS_H
#include "edit.h"

/*@ ghost uint8_t in_list[SLOTS]; */

/* Ranks grow along each list, so none is a circle.  Each capability that
 * joins a list needs one more rank; fewer than 2^64 ever do.
 */
/*@ ghost uint64_t rank_of[SLOTS]; */
/*@ ghost uint64_t ranks; */

/*@ predicate listed(integer i) = is_slot(i) && !live(i) && in_list[i] != 0;
  @ predicate member(integer i) = live(i) || listed(i);
  @ logic integer next_field(integer i) =
  @   field_alone[i] != 0 ? SLOTS : field_next[i];
  @
  @ predicate list_next = \forall integer i; member(i) &&
  @   next_field(i) != SLOTS ==>
  @   listed(next_field(i)) && field_left[next_field(i)] == i;
  @ predicate list_previous = \forall integer i; listed(i) ==>
  @   field_left[i] == SLOTS ||
  @   (member(field_left[i]) && next_field(field_left[i]) == i);
  @ predicate list_alone = \forall integer i; member(i) ==>
  @   (field_alone[i] == 0 ? live(i) ==> field_next[i] != SLOTS : live(i));
  @ predicate list_depth = \forall integer i; listed(i) ==>
  @   field_depth[i] == 63;
  @ predicate list_node = \forall integer i; listed(i) ==> node_of[i] ==
  @   (field_left[i] == SLOTS ? SLOTS : node_of[field_left[i]]);
  @ predicate list_first = \forall integer i; live(i) ==> node_of[i] == i;
  @ predicate list_region = \forall integer i; listed(i) &&
  @   node_of[i] != SLOTS ==> live(node_of[i]) &&
  @   base_of[i] == base_of[node_of[i]] && bits_of[i] == bits_of[node_of[i]];
  @ predicate list_live = \forall integer i; live(i) ==> in_list[i] == 0;
  @ predicate list_rank = \forall integer i; 0 <= i < SLOTS ==>
  @   rank_of[i] <= ranks;
  @ predicate list_order = \forall integer i; member(i) &&
  @   next_field(i) != SLOTS ==> rank_of[i] < rank_of[next_field(i)];
  @ predicate lists = list_next && list_previous && list_alone &&
  @   list_depth && list_node && list_first && list_region && list_live &&
  @   list_rank && list_order;
  @*/

/* A node with followers keeps its parent link in the first of them. */
/*@ ghost
  /@ requires list_next && list_alone && carried == SLOTS;
   @ terminates \true; exits \false; assigns \nothing;
   @ ensures kept;
   @/
  void lemma_kept(void);
*/

/* Ranks above that of source make room for one of i. */
/*@ ghost
  /@ requires is_slot(source) && is_slot(i) && list_rank;
   @ requires ranks < 0xffffffffffffffff;
   @ terminates \true; exits \false; assigns rank_of[..], ranks;
   @ ensures list_rank;
   @ ensures \forall integer j; 0 <= j < SLOTS && j != i ==> rank_of[j] ==
   @   \old(rank_of[j]) + (\old(rank_of[j]) > \old(rank_of[source]) ? 1 : 0);
   @ ensures i != source ==> rank_of[i] == rank_of[source] + 1;
   @ ensures \forall integer j, k; 0 <= j < SLOTS && 0 <= k < SLOTS &&
   @   j != i && k != i && \old(rank_of[j] < rank_of[k]) ==>
   @   rank_of[j] < rank_of[k];
   @ ensures \forall integer k; 0 <= k < SLOTS && k != i && i != source &&
   @   \old(rank_of[source] < rank_of[k]) ==> rank_of[i] < rank_of[k];
   @/
  void lemma_rank(uint64_t source, uint64_t i);
*/

/* clang-format off */
#define ENSURES_LISTS                                                          \
    ensures list_next: list_next;                                              \
    ensures list_previous: list_previous;                                      \
    ensures list_alone: list_alone;                                            \
    ensures list_depth: list_depth;                                            \
    ensures list_node: list_node;                                              \
    ensures list_first: list_first;                                            \
    ensures list_region: list_region;                                          \
    ensures list_live: list_live;                                              \
    ensures list_rank: list_rank;                                              \
    ensures list_order: list_order;
#define ENSURES_AGREE                                                          \
    ensures packed: packed(r->slots);                                          \
    ensures agree_left: agree_left;                                            \
    ensures agree_right: agree_right;                                          \
    ensures agree_depth: agree_depth;                                          \
    ensures agree_parent: agree_parent;
/* clang-format on */
#endif
