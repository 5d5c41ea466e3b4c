/* SPDX-License-Identifier: BSD-2-Clause */
#include "arch.h"
#include "thread.h"
#include "sched.h"
#include "vspace.h"

#define ROOT_LEVEL_BITS                                                        \
    (ARCH_PAGE_BITS + ARCH_TABLE_INDEX_BITS * (ARCH_TABLE_LEVELS - 1u))

static uint64_t *words_at(const struct kernel *k, paddr_t base)
{
    return (uint64_t *)((uint8_t *)k->regions.slots + base);
}

/* ---- ASIDs ----------------------------------------------------------------*/

void asid_register_pool(struct kernel *k, uint64_t index, paddr_t pool)
{
    struct asid_pool *p;

    KERNEL_ASSERT(index < k->params.asid_pool_count);
    p = &k->tables->asid_pools[index];
    KERNEL_ASSERT(p->base == 0);
    p->base = pool;
    for (unsigned n = 0; n < ASID_POOL_WORDS; n++)
        p->free[n] = UINT64_MAX;
    if (index == 0)
        p->free[0]--; /* ASID 0 is nobody's */
}

/* The ASID's entry in its pool, or NULL. */
static uint64_t *asid_entry(const struct kernel *k, uint64_t asid)
{
    uint64_t index = bits_down(asid, ASID_POOL_INDEX_BITS);
    paddr_t pool;

    if (index >= k->params.asid_pool_count)
        return NULL;
    pool = k->tables->asid_pools[index].base;
    if (pool == 0)
        return NULL;
    return &words_at(k, pool)[asid % bits_size(ASID_POOL_INDEX_BITS)];
}

void asid_set_root(struct kernel *k, uint64_t asid, paddr_t root)
{
    uint64_t index = bits_down(asid, ASID_POOL_INDEX_BITS);
    uint64_t n = asid % bits_size(ASID_POOL_INDEX_BITS);
    uint64_t *entry = asid_entry(k, asid), *free;

    KERNEL_ASSERT(asid != 0 && entry != NULL);
    *entry = root;
    free = &k->tables->asid_pools[index].free[n / WORD_BITS];
    *free &= ~bits_size(n % WORD_BITS);
    if (root == 0)
        *free |= bits_size(n % WORD_BITS);
}

uint64_t asid_free_word(const struct kernel *k, uint64_t index, unsigned n)
{
    return k->tables->asid_pools[index].free[n];
}

paddr_t asid_root(const struct kernel *k, uint64_t asid)
{
    const uint64_t *entry = asid_entry(k, asid);

    return entry ? *entry : 0;
}

/* ---- Walks ----------------------------------------------------------------*/

static uint64_t *entry_of(const struct kernel *k, paddr_t table,
                          uint64_t address, unsigned level_bits)
{
    uint64_t index = bits_down(address, level_bits);

    return &words_at(k, table)[index % bits_size(ARCH_TABLE_INDEX_BITS)];
}

struct vspace_place vspace_walk(const struct kernel *k, paddr_t root,
                                uint64_t address)
{
    unsigned level_bits = ROOT_LEVEL_BITS;
    uint64_t *entry = entry_of(k, root, address, level_bits);

    while (level_bits != ARCH_PAGE_BITS && pte_is_table(*entry)) {
        level_bits -= ARCH_TABLE_INDEX_BITS;
        entry = entry_of(k, pte_address(*entry), address, level_bits);
    }
    return (struct vspace_place){entry, (uint8_t)level_bits};
}

/* The entry through which the root's tables lead to this one, or NULL. */
static uint64_t *find_table(const struct kernel *k, paddr_t root,
                            uint64_t address, paddr_t table)
{
    unsigned level_bits = ROOT_LEVEL_BITS;

    while (level_bits != ARCH_PAGE_BITS) {
        uint64_t *entry = entry_of(k, root, address, level_bits);

        if (!pte_is_table(*entry))
            return NULL;
        if (pte_address(*entry) == table)
            return entry;
        root = pte_address(*entry);
        level_bits -= ARCH_TABLE_INDEX_BITS;
    }
    return NULL;
}

/* ---- Unmapping ------------------------------------------------------------*/

void vspace_unmap_frame(struct kernel *k, const struct cap *frame)
{
    uint64_t asid = vspace_word_asid(frame->word);
    uint64_t address = vspace_word_address(frame->word);
    paddr_t root = asid_root(k, asid);
    struct vspace_place place;

    if (root == 0)
        return;
    place = vspace_walk(k, root, address);
    if (place.level_bits != frame->bits || !pte_is_valid(*place.entry) ||
        pte_address(*place.entry) != frame->base)
        return;
    *place.entry = 0;
    arch_tlb_flush_page(k, asid, address);
}

void vspace_unmap_table(struct kernel *k, const struct cap *table)
{
    uint64_t asid = vspace_word_asid(table->word);
    paddr_t root = asid_root(k, asid);
    uint64_t *entry;

    if (root == 0)
        return;
    if (root == table->base) {
        asid_set_root(k, asid, 0);
        k->space_changed = true;
    } else {
        entry =
            find_table(k, root, vspace_word_address(table->word), table->base);
        if (!entry)
            return;
        *entry = 0;
    }
    arch_tlb_flush_asid(k, asid);
}

/* ---- The current one ------------------------------------------------------*/

void vspace_activate(struct kernel *k)
{
    paddr_t root = 0;
    uint64_t asid = 0;
    struct cap cap = {.type = CAP_NULL};

    k->space_changed = false;
    if (k->current) {
        cap = cap_read(kernel_slots(k), thread_slot(k->current, TCB_VSPACE));
        if (cap.type == CAP_PAGE_TABLE && (cap.rights & CAP_MAPPED)) {
            asid = vspace_word_asid(cap.word);
            root = asid_root(k, asid);
        }
        if (root != cap.base)
            root = 0;
    }
    k->space_root = root;
    k->space_word = root ? cap.word : 0;
    arch_space_set(k, root, root ? asid : 0);
}
