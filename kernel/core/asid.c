/* SPDX-License-Identifier: BSD-2-Clause */
/* ASID control and ASID pools (sel4-abi.md 4.11). */
#include "arch.h"
#include "cspace.h"
#include "invocations.h"
#include "objects.h"
#include "sched.h"
#include "untyped.h"
#include "vspace.h"

static uint64_t pool_index(const struct cap *pool)
{
    return bits_down(pool->word, ASID_POOL_INDEX_BITS);
}

/* All its address spaces are unusable from now on. */
void asid_pool_finalise(struct kernel *k, const struct cap *cap)
{
    struct asid_pool *pool;

    if (!k->tables)
        return;
    pool = &k->tables->asid_pools[pool_index(cap)];
    if (pool->base != cap->base)
        return;
    pool->base = 0;
    k->space_changed = true;
    arch_tlb_flush_all(k);
}

/* ---- ASID control: MakePool -----------------------------------------------*/

struct make_pool {
    uint64_t index;
    slotno_t untyped;
    slotno_t dest;
};

static uint64_t first_free_pool(const struct kernel *k)
{
    uint64_t index = 0;

    while (index < k->params.asid_pool_count &&
           k->tables->asid_pools[index].base != 0)
        index++;
    return index;
}

static enum error decode_make_pool(struct kernel *k,
                                   const struct invocation *inv,
                                   struct make_pool *op, struct reply *err)
{
    struct cap untyped, root;
    enum error error;

    if (inv->label != LABEL_ASID_CONTROL_MAKE_POOL)
        return error_plain(err, ERROR_ILLEGAL_OPERATION);
    if (inv->length < 2 || inv->cap_count < 2)
        return error_plain(err, ERROR_TRUNCATED_MESSAGE);
    op->index = first_free_pool(k);
    if (op->index == k->params.asid_pool_count)
        return error_plain(err, ERROR_DELETE_FIRST);
    op->untyped = inv->cap[0];
    untyped = cap_read(kernel_slots(k), op->untyped);
    if (untyped.type != CAP_UNTYPED || untyped.bits != ASID_POOL_BITS ||
        (untyped.rights & CAP_DEVICE))
        return error_capability(err, 1);
    if (untyped_has_children(k, op->untyped))
        return error_plain(err, ERROR_REVOKE_FIRST);
    root = cap_read(kernel_slots(k), inv->cap[1]);
    error = cspace_lookup_slot(k, &root, inv->mr[0], inv->mr[1], false,
                               &op->dest, err);
    if (error != ERROR_NONE)
        return error;
    if (!slot_is_empty(kernel_slots(k), op->dest))
        return error_plain(err, ERROR_DELETE_FIRST);
    return ERROR_NONE;
}

/* Above its watermark the untyped is clean already. */
static void commit_make_pool(struct kernel *k, const struct make_pool *op)
{
    const struct slot *slots = kernel_slots(k);
    uint64_t dirty_bytes = slot_word(slots, op->untyped);
    struct cap pool = {
        .type = CAP_ASID_POOL,
        .base = slot_base(slots, op->untyped),
        .bits = ASID_POOL_BITS,
        .word = bits_up(op->index, ASID_POOL_INDEX_BITS),
    };

    if (dirty_bytes != 0) {
        arch_clear(k, pool.base, dirty_bytes);
        kernel_work_bytes(k, dirty_bytes);
    }
    cnode_insert_copy(k, op->untyped, op->dest, &pool);
    asid_register_pool(k, op->index, pool.base);
}

enum outcome asid_control_invoke(struct kernel *k, const struct invocation *inv,
                                 struct reply *reply)
{
    struct make_pool op;

    if (decode_make_pool(k, inv, &op, reply) == ERROR_NONE) {
        commit_make_pool(k, &op);
        error_none(reply);
    }
    return OUTCOME_DONE;
}

/* ---- ASID pool: Assign ----------------------------------------------------*/

/* Number of the lowest set bit, x != 0: x and x - 1 differ in that bit and
 * those below. */
static unsigned lowest_bit(uint64_t x)
{
    return bits_top(x ^ (x - 1));
}

/* The lowest free ASID of the pool, or 0; that is nobody's, and never free. */
static uint64_t first_free_asid(const struct kernel *k, const struct cap *pool)
{
    for (unsigned n = 0; n < ASID_POOL_WORDS; n++) {
        uint64_t word = asid_free_word(k, pool_index(pool), n);

        if (word != 0)
            return pool->word + (uint64_t)WORD_BITS * n + lowest_bit(word);
    }
    return 0;
}

static enum error decode_assign(const struct kernel *k,
                                const struct invocation *inv, uint64_t *asid,
                                struct reply *err)
{
    const struct slot *slots = k->regions.slots;
    struct cap pool = cap_read(slots, inv->slot);
    paddr_t registered = k->tables->asid_pools[pool_index(&pool)].base;

    if (inv->label != LABEL_ASID_POOL_ASSIGN)
        return error_plain(err, ERROR_ILLEGAL_OPERATION);
    if (inv->cap_count < 1)
        return error_plain(err, ERROR_TRUNCATED_MESSAGE);
    if (slot_type(slots, inv->cap[0]) != CAP_PAGE_TABLE ||
        page_table_is_mapped(k, inv->cap[0]))
        return error_capability(err, 1);
    if (registered == 0)
        return error_root(err, false);
    if (registered != pool.base)
        return error_capability(err, 0);
    *asid = first_free_asid(k, &pool);
    if (*asid == 0)
        return error_plain(err, ERROR_DELETE_FIRST);
    return ERROR_NONE;
}

static void commit_assign(struct kernel *k, slotno_t i, uint64_t asid)
{
    struct slot *slots = kernel_slots(k);

    arch_space_init_root(k, slot_base(slots, i));
    asid_set_root(k, asid, slot_base(slots, i));
    slot_set_rights(slots, i, slot_rights(slots, i) | CAP_MAPPED);
    slot_set_word(slots, i, vspace_word(asid, 0));
}

enum outcome asid_pool_invoke(struct kernel *k, const struct invocation *inv,
                              struct reply *reply)
{
    uint64_t asid = 0;

    if (decode_assign(k, inv, &asid, reply) == ERROR_NONE) {
        commit_assign(k, inv->cap[0], asid);
        error_none(reply);
    }
    return OUTCOME_DONE;
}
