/* SPDX-License-Identifier: BSD-2-Clause */
#include "bits.h"
#include "explore.h"

#include <string.h>

#define UNIT_BITS EXPLORE_UNIT_BITS
#define DEPTH_MAX 64u

static struct kernel_params params_of(const struct explore_config *c,
                                      uint64_t ram_bytes)
{
    const struct explore_sizes *sizes = c->sizes;
    struct kernel_params p = {
        .window_bits = (uint8_t)(bits_top(ram_bytes - 1) + 1 + c->device),
        .chunk_bits = sizes->chunk_bits,
        .untyped_bits_min = sizes->untyped_bits,
        .untyped_bits_max = (uint8_t)(c->unit_bits + UNIT_BITS),
        .fanout = c->count_max,
        .scan_slots = 2,
        .object_types = 9,
        .generation3 = true,
        .objects =
            {
                [OBJECT_UNTYPED] = {CAP_UNTYPED, 0},
                [OBJECT_TCB] = {CAP_TCB, 8},
                [OBJECT_ENDPOINT] = {CAP_ENDPOINT, sizes->endpoint_bits},
                [OBJECT_NOTIFICATION] = {CAP_NOTIFICATION, UNIT_BITS + 1},
                [OBJECT_CNODE] = {CAP_CNODE, SLOT_BITS},
            },
    };

    for (unsigned n = 0; n < 3; n++)
        p.objects[EXPLORE_FRAMES + n] =
            (struct object_kind){CAP_FRAME, sizes->frame_bits[n]};
    p.objects[EXPLORE_FRAMES + 3] =
        (struct object_kind){CAP_PAGE_TABLE, UNIT_BITS};
    return p;
}

/* The root CNode lies at 0, the untyped at the next multiple of its size, the
 * device untyped above RAM. */
bool explore_create(struct explore *e, const struct explore_config *config)
{
    uint64_t root_bytes = UINT64_C(1) << (config->radix + SLOT_BITS);
    uint64_t bytes = UINT64_C(1) << (config->unit_bits + UNIT_BITS);
    uint64_t base = (root_bytes + bytes - 1) / bytes * bytes;
    struct cap untyped = {
        .type = CAP_UNTYPED,
        .base = base,
        .bits = (uint8_t)(config->unit_bits + UNIT_BITS),
        .word = bytes,
    };
    struct kernel_params params = params_of(config, base + bytes);

    memset(e, 0, sizeof *e);
    e->config = *config;
    KERNEL_ASSERT(base + bytes <= EXPLORE_RAM_MAX);
    if (!lockstep_create(&e->ls, &params, base + bytes, config->radix))
        return false;
    lockstep_boot(&e->ls, EXPLORE_FIRST, &untyped);
    if (config->device) {
        untyped.base = bits_size(params.window_bits - 1);
        untyped.rights = CAP_DEVICE;
        lockstep_boot(&e->ls, EXPLORE_FIRST + 1, &untyped);
    }
    e->ls.full_check = true;
    return lockstep_compare(&e->ls);
}

void explore_save(struct explore *e, struct explore_moment *m)
{
    spec_copy(&m->spec, e->ls.spec);
    m->root = e->ls.k->regions.root;
    memcpy(m->ram, e->ls.hosted->machine.window, e->ls.machine.ram_bytes);
}

void explore_restore(struct explore *e, const struct explore_moment *m)
{
    lockstep_restore(&e->ls, &m->spec, m->ram, m->root);
}

static uint64_t mix(uint64_t hash, uint64_t value)
{
    hash = (hash ^ value) * UINT64_C(0x9fb21c651e98df25);
    return hash ^ hash >> 32;
}

/* The capabilities of a region in their order. */
static uint64_t hash_list(const struct explore *e, uint64_t hash, slotno_t i)
{
    const struct slot *slots = e->ls.k->regions.slots;
    slotno_t root_end = bits_size(e->config.radix);

    for (; i != SLOT_NIL; i = slot_next(slots, i)) {
        bool named = i >= root_end || slot_type(slots, i) == CAP_EMBRYO;
        uint64_t place = named ? i : 0;

        hash = mix(hash, slot_base(slots, i) + slot_bits(slots, i));
        hash = mix(hash, slot_type(slots, i) +
                             UINT64_C(0x100) * slot_rights(slots, i) +
                             UINT64_C(0x10000) * slot_flags(slots, i) +
                             UINT64_C(0x40000) * place +
                             (UINT64_C(1) << 56) * slot_source_bits(slots, i));
        hash = mix(hash, slot_word(slots, i));
    }
    return hash;
}

struct node {
    slotno_t slot, parent;
    unsigned depth;
};

/* Do its links say what the walk to node i says, and nothing else?  Those of
 * the list are compared with the specification's. */
static bool links_are_right(struct explore *e, const struct node *n)
{
    const struct slot *slots = e->ls.k->regions.slots;

    if (!slot_is_representative(slots, n->slot) ||
        slot_depth(slots, n->slot) != n->depth || n->depth >= DEPTH_MAX)
        return lockstep_differ_(&e->ls, "slot 0x%lx: not a node of depth %u",
                                n->slot, n->depth);
    if (slot_is_alone(slots, n->slot) !=
        (slot_next(slots, n->slot) == SLOT_NIL))
        return lockstep_differ_(&e->ls, "slot 0x%lx: not alone in its list",
                                n->slot);
    if (slot_parent(slots, n->slot) != n->parent)
        return lockstep_differ_(&e->ls, "slot 0x%lx: a wrong parent link",
                                n->slot);
    return true;
}

bool explore_hash(struct explore *e, uint64_t *result)
{
    const struct slot *slots = e->ls.k->regions.slots;
    struct node stack[DEPTH_MAX + 1];
    unsigned used = 0;
    uint64_t hash = e->hash_seed;

    for (uint64_t i = 0; i < e->ls.machine.ram_bytes / SPEC_UNIT_BYTES / 64 + 1;
         i++)
        hash = mix(hash, e->ls.spec->dirty[i]);
    if (e->ls.k->regions.root != SLOT_NIL)
        stack[used++] = (struct node){e->ls.k->regions.root, SLOT_NIL, 0};
    while (used > 0) {
        struct node n = stack[--used];
        slotno_t left, right;

        if (!links_are_right(e, &n))
            return false;
        left = slot_left(slots, n.slot);
        right = slot_right(slots, n.slot);
        hash = hash_list(e, hash, n.slot);
        hash = mix(hash, (left != SLOT_NIL) + 2u * (right != SLOT_NIL));
        if (right != SLOT_NIL)
            stack[used++] = (struct node){right, n.slot, n.depth + 1};
        if (left != SLOT_NIL)
            stack[used++] = (struct node){left, n.slot, n.depth + 1};
    }
    hash = (hash ^ hash >> 31) * UINT64_C(0xd6e8feb86659fd93);
    hash ^= hash >> 29;
    *result = hash ? hash : 1;
    return true;
}

static bool is_used(const struct explore *e, uint32_t slot)
{
    return !slot_is_empty(e->ls.k->regions.slots, slot);
}

/* Move, by the kernel's own call.  What cannot be moved stays: an embryo. */
static bool move(struct explore *e, uint32_t from, uint32_t to)
{
    struct invocation inv = {
        .slot = EXPLORE_ROOT,
        .label = LABEL_CNODE_MOVE,
        .length = 4,
        .mr = (const uint64_t[]){to, WORD_BITS, from, WORD_BITS},
        .cap_count = 1,
        .cap = {EXPLORE_ROOT},
        .caller = SLOT_NIL,
    };
    struct reply reply;
    enum outcome outcome;

    return lockstep_call(&e->ls, &inv, 0, &reply, &outcome);
}

/* The last used slots fill the first gaps.  Embryos cannot move; then a gap
 * may remain. */
bool explore_compact(struct explore *e)
{
    uint32_t low = EXPLORE_FIRST;
    uint32_t high = EXPLORE_FIRST + e->config.root_slots - 1;

    for (;;) {
        while (low < high && is_used(e, low))
            low++;
        while (low < high &&
               (!is_used(e, high) ||
                slot_type(e->ls.k->regions.slots, high) == CAP_EMBRYO))
            high--;
        if (low >= high)
            return true;
        if (!move(e, high, low))
            return false;
    }
}

/* Per capability, in the specification's order: slot number and the kernel's
 * 32 bytes; both sides can be had from that, since they agree. */
size_t explore_pack(const struct explore *e, uint8_t *bytes)
{
    const struct spec *s = e->ls.spec;
    size_t words = e->ls.machine.ram_bytes / SPEC_UNIT_BYTES / 64 + 1;
    uint8_t *at = bytes;

    *at++ = (uint8_t)s->count;
    *at++ = (uint8_t)e->ls.k->regions.root;
    memcpy(at, s->dirty, words * 8);
    at += words * 8;
    for (uint32_t i = 0; i < s->count; i++) {
        *at++ = (uint8_t)s->caps[i].slot;
        memcpy(at, &e->ls.k->regions.slots[s->caps[i].slot], SLOT_BYTES);
        at += SLOT_BYTES;
    }
    return (size_t)(at - bytes);
}

static void unpack_cap(struct explore *e, struct spec_cap *c, slotno_t slot)
{
    struct slot *slots = kernel_slots(e->ls.k);
    struct cap cap = cap_read(slots, slot);

    *c = lockstep_spec_cap_(&e->ls, &cap, slot);
    if (c->type == SPEC_EMBRYO) {
        c->target = cap.rights;
        c->source_bits = slot_source_bits(slots, slot);
        c->rights = 0;
        c->flags = 0;
    }
    if (slot_flags(slots, slot) & SLOT_REVOCABLE)
        c->flags |= SPEC_REVOCABLE;
    if (slot_flags(slots, slot) & SLOT_FIRST_BADGED)
        c->flags |= SPEC_FIRST_BADGED;
}

void explore_unpack(struct explore *e, const uint8_t *bytes)
{
    struct spec *s = e->ls.spec;
    uint8_t *ram = e->ls.hosted->machine.window;
    uint64_t units = e->ls.machine.ram_bytes / SPEC_UNIT_BYTES;
    const uint8_t *at = bytes;

    s->count = *at++;
    s->emptied = s->finals = s->swaps = s->unmapped = 0;
    e->ls.k->regions.root = *at++;
    memcpy(s->dirty, at, (units / 64 + 1) * 8);
    at += (units / 64 + 1) * 8;
    memset(ram, 0, e->ls.machine.ram_bytes);
    for (uint64_t unit = 0; unit < units; unit++)
        if (s->dirty[unit / 64] >> unit % 64 & 1)
            lockstep_fill_(&e->ls, unit * SPEC_UNIT_BYTES, SPEC_UNIT_BYTES);
    for (uint32_t i = 0; i < s->count; i++) {
        slotno_t slot = *at++;

        memcpy(&kernel_slots(e->ls.k)[slot], at, SLOT_BYTES);
        at += SLOT_BYTES;
        unpack_cap(e, &s->caps[i], slot);
    }
    e->ls.k->slots_emptied = e->ls.k->finality_tests = 0;
    e->ls.hosted->machine.unmapped = 0;
}
