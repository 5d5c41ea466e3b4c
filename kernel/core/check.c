/* SPDX-License-Identifier: BSD-2-Clause */
#include "arch.h"
#include "check.h"
#include "objects.h"

/* From here on an untyped's clean memory is sampled, not read. */
#define SAMPLE_BYTES UINT64_C(64)
#define SAMPLES      64u

struct checker {
    struct kernel *k;
    struct check_result result;
    uint64_t bytes_left;  /* to be read for W2 */
    uint64_t listed;      /* members of region lists */
    uint64_t memory_caps; /* memory capabilities found in slots */
};

static bool broken(struct checker *c, slotno_t i, const char *what)
{
    c->result.broken = what;
    c->result.slot = i;
    return false;
}

/* Reads [base, base + bytes), or 64 samples of it where that is too much. */
static bool is_clean(struct checker *c, paddr_t base, uint64_t bytes)
{
    uint64_t step;

    if (bytes == 0)
        return true;
    if (bytes <= c->bytes_left) {
        c->bytes_left -= bytes;
        return arch_is_zero(c->k, base, bytes);
    }
    step = bytes / SAMPLES / SAMPLE_BYTES * SAMPLE_BYTES;
    if (step < SAMPLE_BYTES)
        return arch_is_zero(c->k, base, bytes);
    for (unsigned n = 0; n < SAMPLES; n++)
        if (!arch_is_zero(c->k, base + n * step, SAMPLE_BYTES))
            return false;
    return true;
}

/* W1 and W2 of an open untyped; a closed one is full (R9). */
static bool check_untyped(struct checker *c, slotno_t i)
{
    const struct slot *slots = kernel_slots(c->k);
    paddr_t base = slot_base(slots, i), from;
    uint64_t size = bits_size(slot_bits(slots, i));
    uint64_t watermark = slot_word(slots, i);
    slotno_t above;

    if (watermark > size)
        return broken(c, i, "watermark: beyond the untyped's end");
    if (regions_follower(&c->k->regions, i) != SLOT_NIL)
        return watermark == size ||
               broken(c, i, "watermark: a closed untyped is not full");
    from = base + watermark;
    above = watermark < size ? regions_next(&c->k->regions, i, from) : SLOT_NIL;
    if (above != SLOT_NIL)
        return broken(c, above, "W1: a region ends above the watermark");
    if (!(slot_rights(slots, i) & CAP_DEVICE) &&
        !is_clean(c, from, size - watermark))
        return broken(c, i, "W2: memory above the watermark is not zero");
    return true;
}

/* Between an embryo and the region that it is made from lies no other. */
static bool check_source(struct checker *c, slotno_t i)
{
    const struct slot *slots = kernel_slots(c->k);
    uint8_t source_bits = slot_source_bits(slots, i);
    uint8_t bits = (uint8_t)(slot_bits(slots, i) + 1u);
    slotno_t outer;

    if (source_bits < bits)
        return source_bits == slot_bits(slots, i);
    outer = regions_enclosing(
        &c->k->regions, bits_up(bits_down(slot_base(slots, i), bits), bits),
        bits);
    return outer == SLOT_NIL || slot_bits(slots, outer) >= source_bits;
}

static bool check_embryo(struct checker *c, slotno_t i)
{
    const struct slot *slots = kernel_slots(c->k);
    uint64_t size = bits_size(slot_bits(slots, i));
    uint64_t watermark = slot_word(slots, i);

    if (watermark > size)
        return broken(c, i, "embryo: watermark beyond its end");
    if (slot_rights(slots, i) >= c->k->params.object_types)
        return broken(c, i, "embryo: of no object type");
    if (!check_source(c, i))
        return broken(c, i, "embryo: made from another region");
    if (!is_clean(c, slot_base(slots, i) + watermark, size - watermark))
        return broken(c, i, "embryo: memory above the watermark is not zero");
    return true;
}

/* May b follow a in a list?  Of regions, regions_check has asked already. */
static bool is_family(const struct slot *slots, slotno_t a, slotno_t b)
{
    uint8_t type_a = slot_type(slots, a), type_b = slot_type(slots, b);

    if (cap_type_is_memory(type_a))
        return cap_type_is_memory(type_b);
    if (type_a == CAP_IRQ_CONTROL || type_a == CAP_IRQ_HANDLER)
        return type_b == CAP_IRQ_CONTROL || type_b == CAP_IRQ_HANDLER;
    if (type_a == CAP_REPLY)
        return type_b == CAP_REPLY &&
               slot_base(slots, a) == slot_base(slots, b);
    return type_a == type_b;
}

/* Links between slot i and its neighbours, both ways. */
static bool check_links(struct checker *c, slotno_t i)
{
    const struct slot *slots = kernel_slots(c->k);
    slotno_t next = slot_next(slots, i), previous;

    if (next != SLOT_NIL && (slot_is_representative(slots, next) ||
                             slot_previous(slots, next) != i))
        return broken(c, i, "list: next does not point back");
    if (slot_is_representative(slots, i))
        return regions_enclosing(&c->k->regions, slot_base(slots, i),
                                 slot_bits(slots, i)) == i ||
               broken(c, i, "tree: a representative is in no node");
    previous = slot_previous(slots, i);
    if (previous == SLOT_NIL)
        return !cap_type_is_memory(slot_type(slots, i)) ||
               broken(c, i, "list: memory at the head of a plain list");
    if (slot_next(slots, previous) != i)
        return broken(c, i, "list: previous does not point on");
    return is_family(slots, previous, i) ||
           broken(c, i, "list: neighbours do not belong together");
}

static bool check_cnode(struct checker *c, slotno_t i)
{
    struct cap cap = cap_read(kernel_slots(c->k), i);

    if (cap.bits <= SLOT_BITS ||
        cap_cnode_radix(&cap) + cap_cnode_guard_size(&cap) > WORD_BITS)
        return broken(c, i, "CNode: no slot, or guard and radix too wide");
    if (bits_down(cap_cnode_guard(&cap), cap_cnode_guard_size(&cap)) != 0)
        return broken(c, i, "CNode: guard has more bits than its size");
    return true;
}

/* Objects of a fixed size have one of those that Retype makes. */
static bool has_a_size(const struct kernel *k, uint8_t type, uint8_t bits)
{
    for (unsigned n = 0; n < k->params.object_types; n++)
        if (k->params.objects[n].cap_type == type &&
            k->params.objects[n].bits == bits)
            return true;
    return false;
}

/* Sizes and fields that the type demands. */
static bool check_fields(struct checker *c, slotno_t i)
{
    const struct kernel *k = c->k;
    const struct slot *slots = k->regions.slots;
    uint8_t type = slot_type(slots, i), bits = slot_bits(slots, i);

    switch (type) {
    case CAP_UNTYPED:
        return check_untyped(c, i);
    case CAP_EMBRYO:
        return check_embryo(c, i);
    case CAP_CNODE:
        return check_cnode(c, i);
    case CAP_TCB:
        return has_a_size(k, type, bits) || broken(c, i, "TCB: wrong size");
    case CAP_ENDPOINT:
        return has_a_size(k, type, bits) ||
               broken(c, i, "endpoint: wrong size");
    case CAP_NOTIFICATION:
        return has_a_size(k, type, bits) ||
               broken(c, i, "notification: wrong size");
    case CAP_FRAME:
        return has_a_size(k, type, bits) || broken(c, i, "frame: wrong size");
    case CAP_PAGE_TABLE:
        return has_a_size(k, type, bits) ||
               broken(c, i, "page table: wrong size");
    case CAP_IRQ_HANDLER:
        return k->params.irq_count == 0 ||
               slot_word(slots, i) < k->params.irq_count ||
               broken(c, i, "interrupt: no such number");
    default:
        return true;
    }
}

/* Of untypeds all are originals in what Revoke may do (sel4-abi.md 5.3). */
static bool check_flags(struct checker *c, slotno_t i)
{
    const struct slot *slots = kernel_slots(c->k);
    uint8_t flags = slot_flags(slots, i);

    if (flags > SLOT_REVOCABLE + SLOT_FIRST_BADGED)
        return broken(c, i, "flags: unknown bits");
    return slot_type(slots, i) != CAP_UNTYPED || (flags & SLOT_REVOCABLE) ||
           broken(c, i, "flags: an untyped that cannot be revoked");
}

static bool check_slot(struct checker *c, slotno_t i)
{
    struct slot *slots = kernel_slots(c->k);

    c->result.slots++;
    if (slot_is_empty(slots, i))
        return arch_is_zero(c->k, slot_address(i), SLOT_BYTES) ||
               broken(c, i, "slot: empty, but not zero");
    c->result.capabilities++;
    if (cap_type_is_memory(slot_type(slots, i)))
        c->memory_caps++;
    return check_links(c, i) && check_fields(c, i) && check_flags(c, i);
}

static bool check_slots(struct checker *c, slotno_t first, uint64_t count)
{
    for (slotno_t i = first; i < first + count; i++)
        if (!check_slot(c, i))
            return false;
    return true;
}

/* A zombie's slots beyond those that are left have been emptied. */
static bool check_zombie(struct checker *c, slotno_t i)
{
    struct slot *slots = kernel_slots(c->k);
    bool thread = slot_rights(slots, i) & CAP_THREAD;
    uint64_t left = slot_word(slots, i);
    uint64_t count =
        thread ? TCB_SLOT_COUNT : bits_size(slot_bits(slots, i) - SLOT_BITS);
    slotno_t first = slot_at(slot_base(slots, i));

    if (left > count)
        return broken(c, i, "zombie: more slots left than it had");
    for (uint64_t n = left; n < count; n++)
        if (!slot_is_empty(slots, first + n))
            return broken(c, i, "zombie: a slot is full that had been emptied");
    return check_slots(c, first, count);
}

/* The slots inside the object that the list at representative i names. */
static bool check_object(struct checker *c, slotno_t i)
{
    struct slot *slots = kernel_slots(c->k);
    slotno_t last = i;

    for (slotno_t next = regions_follower(&c->k->regions, i); next != SLOT_NIL;
         next = regions_follower(&c->k->regions, last)) {
        last = next;
        c->listed++;
    }
    c->listed++;
    c->result.regions++;
    switch (slot_type(slots, last)) {
    case CAP_CNODE:
        return check_slots(c, slot_at(slot_base(slots, last)),
                           bits_size(slot_bits(slots, last) - SLOT_BITS));
    case CAP_TCB:
        return check_slots(c, slot_at(slot_base(slots, last)), TCB_SLOT_COUNT);
    case CAP_ZOMBIE:
        return check_zombie(c, last);
    default:
        return true;
    }
}

static void check_all(struct checker *c)
{
    struct kernel *k = c->k;

    c->result.broken = regions_check(&k->regions, &c->result.slot);
    if (c->result.broken)
        return;
    for (slotno_t i = regions_walk(&k->regions, SLOT_NIL); i != SLOT_NIL;
         i = regions_walk(&k->regions, i))
        if (!check_object(c, i))
            return;
    if (!check_slots(c, k->params.irq_slots, k->params.irq_count))
        return;
    if (c->listed != c->memory_caps)
        broken(c, SLOT_NIL,
               c->listed > c->memory_caps
                   ? "slots: a capability lies in no live CNode or TCB"
                   : "slots: a capability is in no region list");
}

struct check_result kernel_check(struct kernel *k, uint64_t bytes_max)
{
    struct checker c = {
        .k = k,
        .result = {.slot = SLOT_NIL},
        .bytes_left = bytes_max,
    };
    uint64_t visits = k->regions.visits;

    check_all(&c);
    k->regions.visits = visits; /* checking is nobody's work */
    return c.result;
}
