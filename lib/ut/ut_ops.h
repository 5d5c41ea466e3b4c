/* SPDX-License-Identifier: BSD-2-Clause */
/* Layer 0: what the library asks of the kernel, and of who uses it.
 *
 *   layers 1 .. 5 --struct ut_ops--> ut_sel4.c      libsel4 (+ our calls)
 *                                    ut_hosted.c    kernel/core, in a process
 *                                    anything else  tests that let calls fail
 *
 * Each of the first group is one kernel call, repeated by the backend while
 * it is preempted; it answers 0 or the kernel's error, and has no effect when
 * it answers an error.  Capabilities to be invoked are named by an address in
 * the caller's own CSpace (`cptr', resolved with all its 64 bits).
 */
#ifndef UT_OPS_H
#define UT_OPS_H
#include "ut_types.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Slots of a CNode, as Retype names its destination: the CNode is what the
 * `depth' low bits of `index' lead to from the CNode capability `root';
 * depth 0: root itself.  The first slot is `offset'. */
struct ut_dest {
    uint64_t root; /* cptr */
    uint64_t index;
    uint32_t offset;
    uint8_t depth; /* 0 .. 64 */
};

/* One slot, as CNode operations name it. */
struct ut_slot {
    uint64_t root; /* cptr of a CNode */
    uint64_t index;
    uint8_t depth; /* 1 .. 64 */
};

/* What Describe says of an untyped. */
struct ut_described {
    uint64_t base;
    uint64_t watermark_bytes;
    uint8_t size_bits;
    bool is_device;
    bool has_children;
    uint8_t features; /* enum ut_feature */
};

enum ut_feature {
    UT_FEATURE_RETYPE_WHOLE = 1,
    UT_FEATURE_RETYPE_AT = 2,
    UT_FEATURE_NEXT = 4,
    UT_FEATURE_REVOKE_AT = 8,
};

/* What Next says: the lowest region in an untyped that ends after an offset. */
struct ut_next {
    uint64_t start_bytes, end_bytes; /* offsets in the untyped */
    uint8_t kind;                    /* enum ut_next_kind */
};

enum ut_next_kind {
    UT_NEXT_NONE = 0,
    UT_NEXT_UNTYPED = 1,
    UT_NEXT_OBJECT = 2,
    UT_NEXT_TRANSITION = 3,
};

/* The object-size table, read at run time since kernels differ.  An object of
 * this type takes 2^bits bytes, of a variable size 2^(bits + size argument). */
struct ut_kind {
    uint8_t bits;
    uint8_t flags; /* enum ut_kind_flag; 0xff: there is no such type */
};

enum ut_kind_flag {
    UT_KIND_VARIABLE = 1, /* untypeds and CNodes */
    UT_KIND_DEVICE = 2,   /* can be made of device memory */
    UT_KIND_FRAME = 4,    /* can be mapped */
    UT_KIND_NONE = 0xff,
};

/* Object types that every kernel of the family numbers the same. */
enum ut_type {
    UT_TYPE_UNTYPED = 0,
    UT_TYPE_TCB = 1,
    UT_TYPE_ENDPOINT = 2,
    UT_TYPE_NOTIFICATION = 3,
    UT_TYPE_CNODE = 4,
};

struct ut_retype {
    uint64_t untyped; /* cptr */
    struct ut_dest dest;
    uint64_t offset_bytes; /* RetypeAt only */
    uint32_t count;        /* 1 .. fanout */
    uint8_t type;
    uint8_t arg_bits; /* the call's size argument */
};

enum ut_event {
    UT_EVENT_SPLIT, /* an untyped was cut: its address, its size_bits */
    UT_EVENT_MERGE, /* an untyped was revoked to be used whole */
    UT_EVENT_SLAB,  /* a page became a slab */
    UT_EVENT_META,  /* the library took a frame for its own books */
};

struct ut_ops {
    void *context; /* handed to each function */

    uint32_t (*retype)(void *context, const struct ut_retype *call);
    uint32_t (*revoke)(void *context, const struct ut_slot *slot);
    uint32_t (*remove)(void *context, const struct ut_slot *slot); /* Delete */
    uint32_t (*move)(void *context, const struct ut_slot *to,
                     const struct ut_slot *from);
    /* Move that sets a CNode capability's guard: guard_bits zeroes. */
    uint32_t (*move_guarded)(void *context, const struct ut_slot *to,
                             const struct ut_slot *from, uint8_t guard_bits);

    /* Calls that a stock kernel does not have: NULL, or answering
     * IllegalOperation there. */
    uint32_t (*retype_at)(void *context, const struct ut_retype *call);
    uint32_t (*revoke_at)(void *context, uint64_t untyped,
                          uint64_t offset_bytes, uint8_t size_bits);
    uint32_t (*describe)(void *context, uint64_t untyped,
                         struct ut_described *out);
    uint32_t (*next)(void *context, uint64_t untyped, uint64_t offset_bytes,
                     struct ut_next *out);

    /* A new frame of 2^size_bits bytes becomes readable and writable to the
     * library, at an address of the backend's choice; or no longer is, which
     * cannot fail. */
    uint32_t (*map_meta)(void *context, uint64_t frame, uint8_t size_bits,
                         void **address);
    void (*unmap_meta)(void *context, uint64_t frame, void *address);

    /* For dataspaces: maps a frame for a client at that address, rights as
     * the kernel has them; and takes it away again.  NULL: no attach. */
    uint32_t (*map)(void *context, uint64_t frame, uint64_t vspace,
                    uint64_t address, uint64_t rights);
    uint32_t (*unmap)(void *context, uint64_t frame);

    const struct ut_kind *kinds; /* by object type */
    uint8_t kind_count;
    uint8_t frame_type; /* of 4 KiB */
    uint8_t huge_type;  /* of 2 MiB */
    uint16_t fanout;    /* objects per Retype */

    /* Around what must not be entered twice; may both be NULL. */
    void (*lock)(void *context);
    void (*unlock)(void *context);
    /* Tells what happened; may be NULL. */
    void (*event)(void *context, enum ut_event event, uint64_t paddr,
                  uint8_t size_bits);
};

#ifdef __cplusplus
}
#endif
#endif
