/* SPDX-License-Identifier: BSD-2-Clause */
/* Gives the functions of regions.h other names, so that region_list.c can be
 * part of a program that has the region index as well: include this file,
 * then region_list.c. */
#ifndef FALLOW_LIST_NAMES_H
#define FALLOW_LIST_NAMES_H
#define regions_init               list_init
#define regions_find               list_find
#define regions_find_place         list_find_place
#define regions_find_run           list_find_run
#define regions_enclosing          list_enclosing
#define regions_is_innermost       list_is_innermost
#define regions_insert             list_insert
#define regions_insert_run         list_insert_run
#define regions_insert_below       list_insert_below
#define regions_insert_after       list_insert_after
#define regions_remove             list_remove
#define regions_move               list_move
#define regions_swap               list_swap
#define regions_child              list_child
#define regions_follower           list_follower
#define regions_is_final           list_is_final
#define regions_first_inside       list_first_inside
#define regions_next               list_next
#define regions_kind               list_kind
#define regions_walk               list_walk
#define regions_check              list_check
#define regions_node               list_node
#define regions_child_below        list_child_below
#define regions_first_inside_below list_first_inside_below
#define regions_cheapest           list_cheapest
#define regions_above              list_above
#endif
