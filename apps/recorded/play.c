/* SPDX-License-Identifier: BSD-2-Clause */
#include "recorded.h"

#include <string.h>

#define ROOT       seL4_CapInitThreadCNode
#define PAGE_WORDS 512u
#define DIRT       0xd127d127d127d127ul

struct play {
    struct space *space;
    struct outcome *o;
    const struct stream_entry *entries;
    const uint32_t *events;
    struct strategy_config config;
    struct strategy_ops ops;
    void *memory;                  /* the strategy's books */
    struct strategy_block *blocks; /* by object; size_bits 0: not served */
    uint64_t *slots_free;          /* of the client's, the next one last */
    uint64_t slots_free_count;
};

static void broken(struct play *p, const char *what, uint64_t where)
{
    if (p->o->broken)
        return;
    p->o->broken = what;
    p->o->where = where;
}

/* ---- What strategies ask of the kernel ------------------------------------*/

static int do_retype(void *context, uint64_t untyped_slot, uint64_t type,
                     unsigned size_bits, uint64_t first_slot, unsigned count)
{
    ((struct play *)context)->o->calls++;
    return (int)seL4_Untyped_Retype(untyped_slot, type, size_bits, ROOT, 0, 0,
                                    first_slot, count);
}

static int do_retype_at(void *context, uint64_t untyped_slot, uint64_t type,
                        unsigned size_bits, uint64_t slot,
                        uint64_t offset_bytes)
{
    ((struct play *)context)->o->calls++;
    return (int)fallow_Untyped_RetypeAt(untyped_slot, type, size_bits, ROOT, 0,
                                        0, slot, 1, offset_bytes);
}

static int do_delete(void *context, uint64_t slot)
{
    ((struct play *)context)->o->calls++;
    return (int)seL4_CNode_Delete(ROOT, slot, seL4_WordBits);
}

static int do_revoke(void *context, uint64_t slot)
{
    ((struct play *)context)->o->calls++;
    return (int)seL4_CNode_Revoke(ROOT, slot, seL4_WordBits);
}

static int do_revoke_at(void *context, uint64_t untyped_slot,
                        uint64_t offset_bytes, unsigned size_bits)
{
    ((struct play *)context)->o->calls++;
    return (int)fallow_Untyped_RevokeAt(untyped_slot, offset_bytes, size_bits);
}

/* ---- Frames ---------------------------------------------------------------*/

/* Eight words a turn. */
static bool is_zero(const uint64_t *word, uint64_t count)
{
    for (uint64_t i = 0; i < count; i += 8)
        if (word[i] | word[i + 1] | word[i + 2] | word[i + 3] | word[i + 4] |
            word[i + 5] | word[i + 6] | word[i + 7])
            return false;
    return true;
}

/* A frame that the strategy returns reads zero, all of it; then each of its
 * pages is written to, as its user would. */
static void check_frame(struct play *p, const struct strategy_block *block)
{
    uint64_t words = (1ul << block->size_bits) / sizeof(uint64_t);
    uint64_t *word = space_show(block->slot, block->size_bits);

    if (!word) {
        broken(p, "a frame cannot be mapped", block->base);
        return;
    }
    if (!is_zero(word, words))
        broken(p, "a frame is not zero", block->base);
    for (uint64_t i = 0; i < words; i += PAGE_WORDS)
        word[i] = word[i + PAGE_WORDS - 1] = DIRT;
    if (!space_hide(block->slot))
        broken(p, "a frame cannot be unmapped", block->base);
    p->o->frames_checked++;
    p->o->bytes_checked += words * sizeof(uint64_t);
}

/* ---- The client -----------------------------------------------------------*/

static bool count_refusal(struct outcome *o, enum strategy_result result)
{
    switch (result) {
    case STRATEGY_NO_MEMORY:
        o->no_memory++;
        return true;
    case STRATEGY_TOO_LARGE:
        o->too_large++;
        return true;
    case STRATEGY_NO_BOOKS:
        o->no_books++;
        return true;
    default:
        return false;
    }
}

static void allocate(struct play *p, uint32_t number)
{
    const struct stream_entry *entry = &p->entries[number];
    struct strategy_block *block = &p->blocks[number];
    struct strategy_request request = {
        .type = entry->type,
        .user_bits = entry->user_bits,
        .size_bits = entry->size_bits,
        .slot = p->slots_free[p->slots_free_count - 1],
    };
    enum strategy_result result;

    p->o->requests++;
    result = p->o->strategy->allocate(p->memory, &request, block);
    if (result != STRATEGY_DONE) {
        block->size_bits = 0;
        if (!count_refusal(p->o, result))
            broken(p, "the kernel refused to make an object", number);
        return;
    }
    p->o->served++;
    p->slots_free_count--;
    p->o->bytes_alive += 1ul << block->size_bits;
    if (entry->is_frame)
        check_frame(p, block);
}

static void release(struct play *p, uint32_t number)
{
    struct strategy_block *block = &p->blocks[number];

    if (block->size_bits == 0) /* it was not served */
        return;
    if (p->o->strategy->free(p->memory, block) != STRATEGY_DONE)
        broken(p, "the kernel refused to free", block->base);
    /* A slot can be emptied again; in use, it would not be moved to. */
    p->slots_free[p->slots_free_count++] = block->slot;
    p->o->bytes_alive -= 1ul << block->size_bits;
    block->size_bits = 0;
}

/* ---- The map --------------------------------------------------------------*/

static char letter_of(const struct stream_entry *entry)
{
    switch (entry->type) {
    case seL4_TCBObject:
        return 'T';
    case seL4_EndpointObject:
        return 'E';
    case seL4_NotificationObject:
        return 'N';
    case seL4_CapTableObject:
        return 'C';
    case seL4_RISCV_PageTableObject:
        return 'P';
    case seL4_RISCV_4K_Page:
        return 'F';
    case seL4_RISCV_Mega_Page:
        return 'M';
    case seL4_RISCV_Giga_Page:
        return 'G';
    default:
        return 'A'; /* an ASID pool's untyped */
    }
}

/* Adds one block to the cells that it lies in: the letter is that of the
 * object that has most of the cell, small if it is less than half. */
static void draw(struct play *p, uint64_t first, uint64_t cell_bytes,
                 uint64_t (*most)[MAP_COLUMNS], uint32_t number)
{
    const struct strategy_block *block = &p->blocks[number];
    uint64_t end = block->base + (1ul << block->size_bits);
    uint64_t at = block->base;

    while (at < end) {
        uint64_t cell = (at - first) / cell_bytes;
        uint64_t stop = first + (cell + 1) * cell_bytes;
        uint64_t bytes = (stop < end ? stop : end) - at;
        uint64_t row = cell / MAP_COLUMNS;
        uint64_t column = cell % MAP_COLUMNS;
        char letter = letter_of(&p->entries[number]);

        if (bytes > most[row][column]) {
            most[row][column] = bytes;
            p->o->map[row][column] =
                (char)(2 * bytes < cell_bytes ? letter - 'A' + 'a' : letter);
        }
        at += bytes;
    }
}

static void draw_map(struct play *p)
{
    static uint64_t most[MAP_ROWS][MAP_COLUMNS];
    uint64_t cell_bytes = 1ul << p->space->cell_bits;
    uint64_t first = p->space->regions[0].base / cell_bytes * cell_bytes;

    memset(most, 0, sizeof most);
    for (unsigned row = 0; row < MAP_ROWS; row++)
        memset(p->o->map[row], '.', MAP_COLUMNS);
    for (uint32_t i = 0; i < embedded_stream.object_count; i++)
        if (p->blocks[i].size_bits != 0)
            draw(p, first, cell_bytes, most, i);
}

/* ---- One strategy ---------------------------------------------------------*/

static void prepare(struct play *p)
{
    uint64_t alive = embedded_stream.alive_peak;

    p->entries = (const struct stream_entry *)(&embedded_stream + 1);
    p->events = (const uint32_t *)(p->entries + embedded_stream.object_count);
    p->memory = p->space->books;
    p->blocks = (void *)((uint8_t *)p->memory + p->space->books_bytes);
    p->slots_free = (uint64_t *)(p->blocks + embedded_stream.object_count);
    p->config = (struct strategy_config){
        .regions = p->space->regions,
        .region_count = p->space->region_count,
        .blocks_max = (uint32_t)alive,
        .fanout = 256,
        .first_slot = p->space->first_own,
    };
    p->config.slot_count = (uint32_t)p->o->strategy->slots_wanted(&p->config);
    p->ops = (struct strategy_ops){
        .context = p,
        .retype = do_retype,
        .retype_at = do_retype_at,
        .delete = do_delete,
        .revoke = do_revoke,
        .revoke_at = do_revoke_at,
    };
    memset(p->memory, 0, p->space->books_bytes);
    memset(p->blocks, 0,
           embedded_stream.object_count * sizeof(struct strategy_block));
    while (p->slots_free_count < alive) {
        p->slots_free[p->slots_free_count] =
            p->space->first_object + alive - 1 - p->slots_free_count;
        p->slots_free_count++;
    }
}

static void run_events(struct play *p)
{
    struct outcome *o = p->o;

    for (uint32_t i = 0; i < embedded_stream.event_count && !o->broken; i++) {
        if (p->events[i] % 2)
            allocate(p, p->events[i] / 2);
        else
            release(p, p->events[i] / 2);
        if (i + 1 != embedded_stream.fullest)
            continue;
        o->fullest_bytes = o->bytes_alive;
        o->largest_fullest_bits = o->strategy->largest_free_bits(p->memory);
        draw_map(p);
    }
}

/* Everything goes; then each region is whole again, and can be one untyped. */
static void reclaim(struct play *p)
{
    uint64_t probe = p->space->first_object;

    for (uint32_t i = 0; i < p->space->region_count; i++) {
        const struct strategy_region *r = &p->space->regions[i];

        if (seL4_CNode_Revoke(ROOT, r->slot, seL4_WordBits) != seL4_NoError)
            broken(p, "the kernel refused to revoke", r->base);
    }
    for (uint64_t i = 0; i < embedded_stream.alive_peak; i++)
        if (seL4_DebugCapIdentify(p->space->first_object + i) != 0)
            broken(p, "an object is left", i);
    for (uint64_t i = 0; i < p->config.slot_count; i++)
        if (seL4_DebugCapIdentify(p->space->first_own + i) != 0)
            broken(p, "a capability of the strategy's is left", i);
    /* Not the large ones: that would clear all that was used. */
    for (uint32_t i = 0; i < p->space->region_count; i++) {
        const struct strategy_region *r = &p->space->regions[i];

        if (r->size_bits > 24)
            continue;
        if (seL4_Untyped_Retype(r->slot, seL4_UntypedObject, r->size_bits, ROOT,
                                0, 0, probe, 1) != seL4_NoError ||
            seL4_CNode_Delete(ROOT, probe, seL4_WordBits) != seL4_NoError)
            broken(p, "a region is not whole again", r->base);
    }
}

static uint64_t time_now(void)
{
    uint64_t ticks;

    __asm__ volatile(".option push\n.option arch, +zicsr\n"
                     "rdtime %0\n.option pop"
                     : "=r"(ticks)::"memory");
    return ticks / 10; /* microseconds */
}

void play(struct space *space, const struct strategy *strategy,
          struct outcome *outcome)
{
    struct play p = {.space = space, .o = outcome};
    uint64_t start = time_now();

    outcome->ran = true;
    prepare(&p);
    if (strategy->start(p.memory, &p.ops, &p.config) != STRATEGY_DONE)
        broken(&p, "the strategy could not start", p.config.slot_count);
    outcome->calls_start = outcome->calls;
    run_events(&p);
    outcome->largest_end_bits = strategy->largest_free_bits(p.memory);
    outcome->slots_own = strategy->slots_used(p.memory);
    outcome->microseconds = time_now() - start;
    reclaim(&p);
}
