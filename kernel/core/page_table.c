/* SPDX-License-Identifier: BSD-2-Clause */
/* Page tables (sel4-abi.md 4.9). */
#include "arch.h"
#include "invocations.h"
#include "objects.h"
#include "vspace.h"

enum error page_table_derive(const struct cap *cap, struct cap *out,
                             struct reply *err)
{
    if (!(cap->rights & CAP_MAPPED))
        return error_plain(err, ERROR_ILLEGAL_OPERATION);
    *out = *cap;
    return ERROR_NONE;
}

/* Called for the last capability only; the table's contents are left. */
void page_table_finalise(struct kernel *k, slotno_t i)
{
    struct cap cap = cap_read(kernel_slots(k), i);

    if (!(cap.rights & CAP_MAPPED))
        return;
    if (k->tables)
        vspace_unmap_table(k, &cap);
    arch_unmap(k, i);
}

/* ---- Map ------------------------------------------------------------------*/

struct table_map {
    struct vspace_place place;
    uint64_t asid;
    uint64_t address; /* first of those that the table will cover */
};

enum error page_table_find_root(const struct kernel *k, slotno_t i,
                                uint64_t *asid, struct reply *err)
{
    struct cap cap = cap_read(k->regions.slots, i);

    *asid = vspace_word_asid(cap.word);
    if (asid_root(k, *asid) == 0)
        return error_root(err, false);
    if (asid_root(k, *asid) != cap.base)
        return error_capability(err, 1);
    return ERROR_NONE;
}

bool page_table_is_mapped(const struct kernel *k, slotno_t i)
{
    return slot_type(k->regions.slots, i) == CAP_PAGE_TABLE &&
           (slot_rights(k->regions.slots, i) & CAP_MAPPED);
}

static enum error decode_map(const struct kernel *k,
                             const struct invocation *inv,
                             struct table_map *map, struct reply *err)
{
    enum error error;

    if (inv->length < 2 || inv->cap_count < 1)
        return error_plain(err, ERROR_TRUNCATED_MESSAGE);
    if (page_table_is_mapped(k, inv->slot))
        return error_capability(err, 0);
    if (!page_table_is_mapped(k, inv->cap[0]))
        return error_capability(err, 1);
    if (inv->mr[0] >= ARCH_USER_TOP)
        return error_argument(err, 0);
    error = page_table_find_root(k, inv->cap[0], &map->asid, err);
    if (error != ERROR_NONE)
        return error;
    map->place =
        vspace_walk(k, slot_base(k->regions.slots, inv->cap[0]), inv->mr[0]);
    if (map->place.level_bits == ARCH_PAGE_BITS ||
        pte_is_valid(*map->place.entry))
        return error_plain(err, ERROR_DELETE_FIRST);
    map->address = bits_up(bits_down(inv->mr[0], map->place.level_bits),
                           map->place.level_bits);
    return ERROR_NONE;
}

static void commit_map(struct kernel *k, slotno_t i,
                       const struct table_map *map)
{
    struct slot *slots = kernel_slots(k);

    *map->place.entry = pte_table(slot_base(slots, i));
    slot_set_rights(slots, i, slot_rights(slots, i) | CAP_MAPPED);
    slot_set_word(slots, i, vspace_word(map->asid, map->address));
    arch_tlb_flush_page(k, map->asid, map->address);
}

/* ---- Unmap ----------------------------------------------------------------*/

static enum error decode_unmap(const struct kernel *k, slotno_t i,
                               struct reply *err)
{
    struct cap cap = cap_read(k->regions.slots, i);

    if (!regions_is_final(&k->regions, i))
        return error_plain(err, ERROR_REVOKE_FIRST);
    if ((cap.rights & CAP_MAPPED) &&
        asid_root(k, vspace_word_asid(cap.word)) == cap.base)
        return error_plain(err, ERROR_REVOKE_FIRST);
    return ERROR_NONE;
}

/* An unmapped table is empty, or it could bring its mappings elsewhere. */
static void commit_unmap(struct kernel *k, slotno_t i)
{
    struct slot *slots = kernel_slots(k);
    struct cap cap = cap_read(slots, i);

    if (!(cap.rights & CAP_MAPPED))
        return;
    vspace_unmap_table(k, &cap);
    arch_clear(k, cap.base, bits_size(cap.bits));
    kernel_work_bytes(k, bits_size(cap.bits));
    slot_set_rights(slots, i, cap.rights & (uint8_t)~CAP_MAPPED);
    slot_set_word(slots, i, 0);
}

enum outcome page_table_invoke(struct kernel *k, const struct invocation *inv,
                               struct reply *reply)
{
    struct table_map map;

    switch (inv->label) {
    case LABEL_PAGE_TABLE_UNMAP:
        if (decode_unmap(k, inv->slot, reply) != ERROR_NONE)
            return OUTCOME_DONE;
        commit_unmap(k, inv->slot);
        break;
    case LABEL_PAGE_TABLE_MAP:
        if (decode_map(k, inv, &map, reply) != ERROR_NONE)
            return OUTCOME_DONE;
        commit_map(k, inv->slot, &map);
        break;
    default:
        error_plain(reply, ERROR_ILLEGAL_OPERATION);
        return OUTCOME_DONE;
    }
    error_none(reply);
    return OUTCOME_DONE;
}
