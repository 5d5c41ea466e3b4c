/* SPDX-License-Identifier: BSD-2-Clause */
/* Adapter: the vka interface of seL4's C libraries, on an account and a window
 * of slots.
 *
 *   client --vka_t: eight functions--> ut_vka --> ut_alloc, ut_free   objects
 *                                           '---> ut_slots            slots
 *
 * The cookie is the object's physical address, so that nothing has to be
 * remembered for it.  size_bits is as that interface has it: log2 of bytes of
 * untypeds, of slots of CNodes, and ignored for objects of one size.
 *
 * Differences: utspace_free takes away every capability to the object, also
 * those that the client forgot (there the client must delete them before; here
 * it may); why a call failed is in ut_vka.fault.
 */
#ifndef UT_VKA_H
#define UT_VKA_H
#include "ut.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef uint64_t vka_word_t; /* seL4_Word, seL4_CPtr */

/* A slot, by two names: for CNode operations (capPtr, capDepth below root) and
 * as a destination of Retype (offset in what dest, destDepth lead to). */
typedef struct cspacepath {
    vka_word_t capPtr;
    vka_word_t capDepth;
    vka_word_t root;
    vka_word_t dest;
    vka_word_t destDepth;
    vka_word_t offset;
    vka_word_t window; /* slots: 1 */
} cspacepath_t;

typedef struct vka_object {
    vka_word_t cptr;
    vka_word_t cookie;
    vka_word_t type;
    vka_word_t size_bits;
} vka_object_t;

#define VKA_NO_PADDR 1u /* utspace_paddr: that is no cookie */

/* 0 is success; else an ut_err_t.  `data' goes first into each call. */
typedef struct vka {
    void *data;
    int (*cspace_alloc)(void *data, vka_word_t *cptr);
    void (*cspace_make_path)(void *data, vka_word_t cptr, cspacepath_t *path);
    int (*utspace_alloc)(void *data, const cspacepath_t *path, vka_word_t type,
                         vka_word_t size_bits, vka_word_t *cookie);
    int (*utspace_alloc_maybe_device)(void *data, const cspacepath_t *path,
                                      vka_word_t type, vka_word_t size_bits,
                                      bool can_use_device, vka_word_t *cookie);
    int (*utspace_alloc_at)(void *data, const cspacepath_t *path,
                            vka_word_t type, vka_word_t size_bits,
                            uint64_t paddr, vka_word_t *cookie);
    void (*cspace_free)(void *data, vka_word_t cptr);
    void (*utspace_free)(void *data, vka_word_t type, vka_word_t size_bits,
                         vka_word_t cookie);
    uint64_t (*utspace_paddr)(void *data, vka_word_t cookie, vka_word_t type,
                              vka_word_t size_bits);
} vka_t;

struct ut_vka {
    struct ut_acct *acct;
    struct ut_slots *slots;
    const struct ut_ops *ops; /* for its table of object sizes */
    struct ut_fault fault;    /* of the last call that failed */
};

/* Fills in both; `state', the account and the slots must outlive `vka'.
 *   utspace_alloc              RAM only; errors of ut_alloc
 *   utspace_alloc_maybe_device RAM, or where that cannot serve a device
 *   utspace_alloc_at           that very address, RAM or device
 *   cspace_free, utspace_free  what was not allocated: nothing happens
 *   utspace_paddr              the cookie; VKA_NO_PADDR: that is none
 * Cost: as ut_alloc, ut_free, ut_slots_take. */
void ut_vka_make(struct ut_vka *state, struct ut_acct *acct,
                 struct ut_slots *slots, const struct ut_ops *ops, vka_t *vka);

#ifdef __cplusplus
}
#endif
#endif
