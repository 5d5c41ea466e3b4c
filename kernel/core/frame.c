/* SPDX-License-Identifier: BSD-2-Clause */
/* Frames (sel4-abi.md 4.10). */
#include "arch.h"
#include "invocations.h"
#include "objects.h"
#include "vspace.h"

/* Read and write stays so only with both rights; without read nothing is
 * left but the kernel's own view (sel4-abi.md 4.5). */
struct cap frame_mask(struct cap cap, uint64_t rights)
{
    if (!(rights & CAP_READ))
        cap.rights &= (uint8_t) ~(CAP_READ | CAP_WRITE);
    else if (!(rights & CAP_WRITE))
        cap.rights &= (uint8_t)~CAP_WRITE;
    return cap;
}

/* Each capability carries its own mapping: a copy has none. */
struct cap frame_derive(struct cap cap)
{
    cap.rights &= (uint8_t)~CAP_MAPPED;
    cap.word = 0;
    return cap;
}

void frame_finalise(struct kernel *k, slotno_t i)
{
    struct cap cap = cap_read(kernel_slots(k), i);

    if (!(cap.rights & CAP_MAPPED))
        return;
    if (k->tables)
        vspace_unmap_frame(k, &cap);
    arch_unmap(k, i);
}

/* ---- Map ------------------------------------------------------------------*/

struct frame_map {
    uint64_t *entry;
    uint64_t pte;
    uint64_t asid;
    uint64_t address;
};

/* A frame that is mapped can be mapped again at its place, to change rights
 * or attributes. */
static enum error decode_place(const struct kernel *k, const struct cap *cap,
                               struct frame_map *map, paddr_t root,
                               struct reply *err)
{
    struct vspace_place place = vspace_walk(k, root, map->address);

    if (place.level_bits != cap->bits)
        return error_missing(err, false, place.level_bits);
    map->entry = place.entry;
    if (!(cap->rights & CAP_MAPPED)) {
        if (pte_is_valid(*place.entry))
            return error_plain(err, ERROR_DELETE_FIRST);
        return ERROR_NONE;
    }
    if (vspace_word_asid(cap->word) != map->asid)
        return error_capability(err, 1);
    if (vspace_word_address(cap->word) != map->address)
        return error_argument(err, 0);
    return ERROR_NONE;
}

static enum error decode_map(const struct kernel *k,
                             const struct invocation *inv,
                             struct frame_map *map, struct reply *err)
{
    const struct slot *slots = k->regions.slots;
    struct cap cap = cap_read(slots, inv->slot);
    enum error error;

    if (inv->length < 3 || inv->cap_count < 1)
        return error_plain(err, ERROR_TRUNCATED_MESSAGE);
    if (!page_table_is_mapped(k, inv->cap[0]))
        return error_capability(err, 1);
    error = page_table_find_root(k, inv->cap[0], &map->asid, err);
    if (error != ERROR_NONE)
        return error;
    map->address = inv->mr[0];
    if (map->address + (bits_size(cap.bits) - 1) >= ARCH_USER_TOP)
        return error_argument(err, 0);
    if (!bits_aligned(map->address, cap.bits))
        return error_plain(err, ERROR_ALIGNMENT);
    map->pte =
        pte_leaf(cap.base, frame_mask(cap, inv->mr[1]).rights, inv->mr[2]);
    return decode_place(k, &cap, map, slot_base(slots, inv->cap[0]), err);
}

static void commit_map(struct kernel *k, slotno_t i,
                       const struct frame_map *map)
{
    struct slot *slots = kernel_slots(k);

    *map->entry = map->pte;
    slot_set_rights(slots, i, slot_rights(slots, i) | CAP_MAPPED);
    slot_set_word(slots, i, vspace_word(map->asid, map->address));
    arch_tlb_flush_page(k, map->asid, map->address);
}

static void commit_unmap(struct kernel *k, slotno_t i)
{
    struct slot *slots = kernel_slots(k);
    struct cap cap = cap_read(slots, i);

    if (!(cap.rights & CAP_MAPPED))
        return;
    vspace_unmap_frame(k, &cap);
    cap = frame_derive(cap);
    cap_write(slots, i, &cap);
}

enum outcome frame_invoke(struct kernel *k, const struct invocation *inv,
                          struct reply *reply)
{
    struct frame_map map;

    switch (inv->label) {
    case LABEL_PAGE_MAP:
        if (decode_map(k, inv, &map, reply) != ERROR_NONE)
            return OUTCOME_DONE;
        commit_map(k, inv->slot, &map);
        break;
    case LABEL_PAGE_UNMAP:
        commit_unmap(k, inv->slot);
        break;
    case LABEL_PAGE_GET_ADDRESS:
        *reply = (struct reply){
            .length = 1,
            .mr = {slot_base(kernel_slots(k), inv->slot)},
        };
        return OUTCOME_DONE;
    default:
        error_plain(reply, ERROR_ILLEGAL_OPERATION);
        return OUTCOME_DONE;
    }
    error_none(reply);
    return OUTCOME_DONE;
}
