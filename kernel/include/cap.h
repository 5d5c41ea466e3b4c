/* SPDX-License-Identifier: BSD-2-Clause */
/* What a capability is: its type, and what `rights' and `word' of its slot
 * mean for that type.
 *
 *   type          region      rights                      word
 *   untyped       its memory  DEVICE                      watermark, bytes
 *   embryo        the object  object type it will become  watermark, bytes
 *   endpoint      the object  WRITE READ GRANT GRANTREPLY badge
 *   notification  the object  WRITE READ                  badge
 *   CNode         the slots   -                           guard size, guard<<6
 *   TCB           the object  -                           -
 *   frame         the page    WRITE READ DEVICE MAPPED    ASID << 48 | address
 *   page table    the table   MAPPED                      ASID << 48 | address
 *   ASID pool     the pool    -                           first ASID
 *   zombie        the object  THREAD if it was a TCB      slots left
 *   reply         its TCB     GRANT MASTER                -
 *   IRQ handler   -           -                           interrupt number
 *   IRQ control, ASID control, domain: nothing further
 *
 * Those down to the zombie are memory capabilities: their region lies in the
 * index.  The others live in plain lists (regions.h).  An embryo is memory
 * on its way to becoming an object (retype.md R8): its watermark counts down
 * to 0 as it is cleared, and nobody can invoke, copy or move it.  Its slot's
 * source_bits say which region it is made from.
 *
 * Type numbers are those that DebugCapIdentify shows (sel4-abi.md 3.4).
 */
#ifndef FALLOW_CAP_H
#define FALLOW_CAP_H
#include "slot.h"

enum cap_type {
    CAP_NULL = 0,
    CAP_FRAME = 1,
    CAP_UNTYPED = 2,
    CAP_PAGE_TABLE = 3,
    CAP_ENDPOINT = 4,
    CAP_NOTIFICATION = 6,
    CAP_REPLY = 8,
    CAP_CNODE = 10,
    CAP_ASID_CONTROL = 11,
    CAP_TCB = 12,
    CAP_ASID_POOL = 13,
    CAP_IRQ_CONTROL = 14,
    CAP_IRQ_HANDLER = 16,
    CAP_ZOMBIE = 18,
    CAP_DOMAIN = 20,
    CAP_EMBRYO = 30,
};

/* Rights, as in the ABI's rights word, and the flags that share their byte. */
#define CAP_WRITE       1u
#define CAP_READ        2u
#define CAP_GRANT       4u
#define CAP_GRANT_REPLY 8u
#define CAP_RIGHTS_ALL  15u
#define CAP_DEVICE      16u
#define CAP_MAPPED      32u
#define CAP_MASTER      64u
#define CAP_THREAD      128u

#define CAP_MAPPED_ADDRESS_BITS 48u

/* A capability outside any slot: what decode hands to commit. */
struct cap {
    paddr_t base;
    uint64_t word;
    uint8_t bits;
    uint8_t type; /* CAP_NULL: none */
    uint8_t rights;
};

struct cap cap_read(const struct slot *slots, slotno_t i);
void cap_write(struct slot *slots, slotno_t i, const struct cap *cap);

static inline bool cap_type_is_memory(uint8_t type)
{
    return type == CAP_UNTYPED || type == CAP_ENDPOINT ||
           type == CAP_NOTIFICATION || type == CAP_CNODE || type == CAP_TCB ||
           type == CAP_FRAME || type == CAP_PAGE_TABLE ||
           type == CAP_ASID_POOL || type == CAP_ZOMBIE || type == CAP_EMBRYO;
}

/* CNode and zombie fields. */
unsigned cap_cnode_radix(const struct cap *cap);
unsigned cap_cnode_guard_size(const struct cap *cap);
uint64_t cap_cnode_guard(const struct cap *cap);

/* Given that b follows a in the same list, is b a's child?  sel4-abi.md 5.4
 * confined to one list; constant cost. */
bool cap_is_parent(const struct slot *slots, slotno_t a, slotno_t b);

/* Given that a and b are neighbours in one list, do they name the same
 * object?  Never true of untypeds and IRQ control (5.4); constant cost. */
bool cap_same_object(const struct slot *slots, slotno_t a, slotno_t b);

/* mask (sel4-abi.md 4.5): the capability with no more than these rights.
 * rights: a rights word; its unknown bits are ignored. */
struct cap cap_mask(struct cap cap, uint64_t rights);

/* updateData (4.5): badge or guard replaced; CAP_NULL where that is not
 * allowed.  preserve: as Mutate and Rotate ask. */
struct cap cap_update_data(struct cap cap, uint64_t data, bool preserve);

/* Both flags of a capability derived from the one in slot `source' (5.3). */
bool cap_is_revocable(const struct slot *slots, slotno_t source,
                      const struct cap *derived);
#endif
