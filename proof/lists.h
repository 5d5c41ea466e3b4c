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
  @ predicate lists = list_next && list_previous && list_alone &&
  @   list_depth && list_node && list_first && list_region;
  @*/

/* clang-format off */
#define ENSURES_LISTS                                                          \
    ensures list_next: list_next;                                              \
    ensures list_previous: list_previous;                                      \
    ensures list_alone: list_alone;                                            \
    ensures list_depth: list_depth;                                            \
    ensures list_node: list_node;                                              \
    ensures list_first: list_first;                                            \
    ensures list_region: list_region;
#define ENSURES_AGREE                                                          \
    ensures packed: packed(r->slots);                                          \
    ensures agree_left: agree_left;                                            \
    ensures agree_right: agree_right;                                          \
    ensures agree_depth: agree_depth;                                          \
    ensures agree_parent: agree_parent;
/* clang-format on */
#endif
