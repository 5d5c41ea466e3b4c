/* SPDX-License-Identifier: BSD-2-Clause */
/* Deletion and revocation.
 *
 *   delete(slot) --final--> CNode, TCB: zombie ----> its slots, last first
 *        |                                              |
 *        '-- other: finalise, empty                     '--> swap outwards
 *
 * A zombie stands for an object that is being taken apart: `word' slots are
 * left.  The rule of reference/sel4-abi.md 5.6 decides which slots go, also
 * where CNodes hold each other's last capability, and needs no recursion: a
 * capability found inside that would become a zombie changes places with
 * slot 0 of its own object, and the deletion goes on with what that held.
 */
#ifndef FALLOW_DELETE_H
#define FALLOW_DELETE_H
#include "kernel.h"

/* All: false when an interrupt stopped them; then call again with the
 * same arguments.  Every state in between is valid.  Work between two
 * preemption points: one capability, i.e. finalising it (objects.h) and at
 * most two swaps or removals of W + 1 visits each. */

/* Empties slot i.  An empty slot is fine. */
bool delete_slot(struct kernel *k, slotno_t i);

/* Deletes every capability derived from the one in slot i: later ones of its
 * list that are its children, then, of an untyped, everything inside,
 * outermost first (R10).  Slot i itself stays.  Steps from child to child
 * start at i's node, not at the root. */
bool delete_descendants(struct kernel *k, slotno_t i);

/* Deletes every capability inside the aligned block [base, base + 2^bits) of
 * untyped u, bits < its own, outermost first (RevokeAt).  first: one of them
 * that is outermost, or SLOT_NIL if there is none. */
bool delete_inside(struct kernel *k, slotno_t u, paddr_t base, uint8_t bits,
                   slotno_t first);
#endif
