/* SPDX-License-Identifier: BSD-2-Clause */
/* The physical map answers as an array of pages does: random requests, frees
 * right and wrong, exact addresses. */
#include "ut_pmm_twin.h"
#include "seed.h"

#define OWNERS 6u

static struct twin twin;
static _Alignas(8) unsigned char memory[4 << 20];

/* The whole walk is the twin's. */
static bool same_walk(const struct ut_pmm *pmm, struct twin *t)
{
    struct ut_pmm_area area;
    uint64_t from = 0, seen = 0;

    while (ut_pmm_next(pmm, from, &area)) {
        struct place at;
        uint32_t b;

        if (area.base < from ||
            !twin_place(t, area.base, area.bytes / PAGE, &at) ||
            area.region != at.region)
            return false;
        b = *page_at(t, at.region, at.rp);
        seen += area.bytes;
        if (area.used != (b != 0) ||
            (b && (area.owner != t->block[b].owner ||
                   area.base != t->block[b].base ||
                   area.bytes != t->block[b].pages * PAGE)))
            return false;
        for (uint32_t i = 0; i < at.pages; i++)
            if (*page_at(t, at.region, at.rp + i) != b)
                return false;
        if (at.rp && !b && !*page_at(t, at.region, at.rp - 1))
            return false;
        from = area.base + area.bytes;
        if (!from)
            break;
    }
    return seen == t->pages * PAGE;
}

static struct ut_req random_request(struct seed *s, const struct twin *t,
                                    unsigned orders)
{
    struct ut_req req = {.count = 1, .size_bits = 12};

    req.size_bits += (uint8_t)seed_below(s, seed_below(s, 3) ? 3 : orders);
    if (seed_below(s, 8) == 0)
        req.size_bits = (uint8_t)(4 + seed_below(s, 9));
    if (seed_below(s, 4) == 0)
        req.count = (uint32_t)(1 + seed_below(s, 40));
    if (seed_below(s, 6) == 0)
        req.align_bits = (uint8_t)(4 + seed_below(s, 20));
    req.cls = (uint16_t)seed_below(s, UT_CLASSES);
    req.flags = seed_below(s, 5) == 0 ? UT_DEVICE : 0;
    if (seed_below(s, 3) == 0)
        req.flags |= seed_below(s, 2) ? UT_HIGH : UT_LOW;
    if (seed_below(s, 2) == 0) {
        const struct ut_region *r = &t->regions[seed_below(s, t->count)];

        req.min =
            r->base + seed_below(s, UINT64_C(1) << r->size_bits) / 512 * 512;
        req.max = req.min + seed_below(s, 1u << (12 + seed_below(s, 16)));
        if (req.max < req.min)
            req.max = 0;
    }
    return req;
}

static const char *step_alloc(struct ut_pmm *pmm, struct twin *t,
                              struct seed *s, unsigned orders)
{
    struct ut_req req = random_request(s, t, orders);
    ut_owner_t owner = (ut_owner_t)(1 + seed_below(s, OWNERS - 1));
    uint64_t bytes = (uint64_t)req.count << req.size_bits;
    uint64_t max = req.max ? req.max : UINT64_MAX, align;
    bool can = twin_can(t, &req);
    struct ut_blk blk = {0}, same = {0};
    struct ut_fault fault;
    struct place at;
    ut_err_t err = ut_pmm_find(pmm, &req, &same, &fault);

    if (max - req.min == bytes - 1)
        return NULL; /* step_alloc_at() does these */
    if ((err == UT_OK) != can)
        return err ? "refused what is there" : "found what is not there";
    if (err && (fault.err != err || err == UT_EINVAL || err == UT_EALIGN))
        return "a wrong fault";
    if (ut_pmm_alloc(pmm, &req, owner, &blk, &fault) != err ||
        blk.paddr != same.paddr)
        return "find and alloc differ";
    if (err)
        return NULL;
    align = UINT64_C(1) << (req.align_bits > 12 ? req.align_bits : 12);
    if (!twin_place(t, blk.paddr, (bytes + PAGE - 1) / PAGE, &at) ||
        blk.paddr < req.min || blk.paddr + (bytes - 1) > max ||
        blk.paddr % align || blk.paddr % (UINT64_C(1) << req.size_bits) ||
        region_is_device(t, at.region) != ((req.flags & UT_DEVICE) != 0))
        return "a block where none was asked for";
    if (!twin_is_free(t, at))
        return "a block that was taken";
    twin_mark(t, &blk, at, owner);
    return NULL;
}

/* Anywhere, of any length. */
static const char *step_alloc_at(struct ut_pmm *pmm, struct twin *t,
                                 struct seed *s)
{
    uint32_t r = (uint32_t)seed_below(s, t->count);
    struct ut_blk blk = {.size_bits = 12};
    ut_owner_t owner = (ut_owner_t)(1 + seed_below(s, OWNERS - 1));
    struct ut_fault fault;
    struct place at;
    ut_err_t err, want = UT_OK;

    blk.paddr = address_of(t, r, (uint32_t)seed_below(s, region_length(t, r)));
    blk.count = (uint32_t)(1 + seed_below(s, 1u << seed_below(s, 12)));
    if (!twin_place(t, blk.paddr, blk.count, &at))
        want = UT_ERANGE;
    else if (!twin_is_free(t, at))
        want = UT_EBUSY;
    err = ut_pmm_alloc_at(pmm, &blk, owner, (uint16_t)seed_below(s, UT_CLASSES),
                          &fault);
    if (err != want)
        return "alloc_at answers wrongly";
    if (!err)
        twin_mark(t, &blk, at, owner);
    return NULL;
}

/* A block of the twin's, if there is one near a random number; else 0. */
static uint32_t some_block(const struct twin *t, struct seed *s)
{
    uint32_t b = t->blocks ? 1 + (uint32_t)seed_below(s, t->blocks) : 0;

    while (b && !t->block[b].pages)
        b--;
    return b;
}

static const char *step_free(struct ut_pmm *pmm, struct twin *t, struct seed *s)
{
    uint32_t b = some_block(t, s);
    struct ut_fault fault;
    struct ut_blk blk;

    if (!b)
        return NULL;
    blk = t->block[b].blk;
    if (ut_pmm_free(pmm, &blk, t->block[b].owner, &fault) != UT_OK)
        return "a free is refused";
    twin_unmark(t, b);
    if (ut_pmm_free(pmm, &blk, UT_OWNER_NONE, &fault) != UT_EBUSY ||
        fault.owner != UT_OWNER_NONE)
        return "a double free is not noticed";
    return NULL;
}

/* Nothing may come of these; the walk and the check would show it. */
static const char *step_free_wrongly(struct ut_pmm *pmm, struct twin *t,
                                     struct seed *s)
{
    uint32_t b = some_block(t, s);
    struct ut_fault fault = {0};
    struct ut_blk blk;

    if (!b)
        return NULL;
    blk = (struct ut_blk){t->block[b].base, t->block[b].pages, 12};
    if (ut_pmm_free(pmm, &blk, t->block[b].owner % 5 + 1, &fault) != UT_EBUSY ||
        fault.owner != t->block[b].owner)
        return "a wrong owner is not noticed";
    blk.count += seed_below(s, 2) || blk.count == 1 ? 1 : UINT32_MAX;
    if (ut_pmm_free(pmm, &blk, t->block[b].owner, &fault) != UT_EINVAL ||
        fault.available != t->block[b].pages * PAGE)
        return "a wrong size is not noticed";
    blk.paddr += (1 + seed_below(s, 511)) * (PAGE / 512);
    if (blk.paddr % PAGE &&
        ut_pmm_free(pmm, &blk, UT_OWNER_NONE, &fault) != UT_EALIGN)
        return "an odd address is not noticed";
    if (t->block[b].pages == 1)
        return NULL;
    blk.paddr =
        t->block[b].base + (1 + seed_below(s, t->block[b].pages - 1)) * PAGE;
    if (ut_pmm_free(pmm, &blk, UT_OWNER_NONE, &fault) != UT_EBUSY ||
        fault.address != t->block[b].base || fault.owner != t->block[b].owner)
        return "an address inside a block is not noticed";
    return NULL;
}

static const char *step_look(struct ut_pmm *pmm, struct twin *t, struct seed *s)
{
    uint32_t r = (uint32_t)seed_below(s, t->count);
    uint32_t rp = (uint32_t)seed_below(s, region_length(t, r)), b;
    uint64_t at = address_of(t, r, rp) + seed_below(s, PAGE);
    struct ut_pmm_area area;

    b = *page_at(t, r, rp);
    if (!ut_pmm_lookup(pmm, at, &area) || area.used != (b != 0) ||
        area.base > at || area.base + (area.bytes - 1) < at)
        return "lookup finds another area";
    if (b ? area.base != t->block[b].base ||
                area.bytes != t->block[b].pages * PAGE ||
                area.owner != t->block[b].owner
          : area.owner != UT_OWNER_NONE)
        return "lookup finds the wrong extent";
    return NULL;
}

static const char *step(struct ut_pmm *pmm, struct twin *t, struct seed *s,
                        unsigned orders)
{
    switch (seed_below(s, 11)) {
    case 0:
        return step_alloc_at(pmm, t, s);
    case 1:
        return step_free_wrongly(pmm, t, s);
    case 2:
        return step_look(pmm, t, s);
    case 3:
    case 4:
    case 5:
    case 6:
        return step_free(pmm, t, s);
    default:
        return step_alloc(pmm, t, s, orders);
    }
}

static void run(struct seed *s, const struct ut_region *regions, uint32_t count,
                unsigned steps, unsigned orders)
{
    const char *wrong = NULL;
    struct ut_pmm *pmm;
    unsigned n;

    twin_start(&twin, regions, count);
    if (ut_pmm_init(memory, sizeof memory, regions, count, UT_PMM_TAGS, &pmm,
                    NULL)) {
        tap_ok(false, "a map of %u regions", count);
        return;
    }
    for (n = 0; n < steps && !wrong; n++) {
        wrong = step(pmm, &twin, s, orders);
        if (!wrong && n % 64 == 0)
            wrong = ut_pmm_check(pmm);
        if (!wrong && n % 256 == 0 && !same_walk(pmm, &twin))
            wrong = "the walk is another";
    }
    for (uint32_t b = 1; b <= twin.blocks && !wrong; b++)
        if (twin.block[b].pages &&
            ut_pmm_free(pmm, &twin.block[b].blk, twin.block[b].owner, NULL))
            wrong = "a block cannot be freed at the end";
    if (!wrong)
        wrong = ut_pmm_check(pmm);
    tap_ok(!wrong, "%u regions, %u steps", count, n);
    if (wrong)
        tap_diag("step %u: %s", n - 1, wrong);
}

int main(void)
{
    static const struct ut_region small[] = {
        {0x80000000, 0, 22, 0},
        {0x80400000, 0, 22, 0},
        {0x80800000, 0, 21, 0},
        {0x80a00000, 0, 20, UT_REGION_DEVICE},
        {0x80b00000, 0, 16, 0},
        {0x80b10000, 0, 12, 0},
        {0x80b11000, 0, 12, UT_REGION_DEVICE},
        {0x10000000, 0, 23, UT_REGION_DEVICE},
        {0x00000000, 0, 13, 0},
        {UINT64_MAX - 0x3fffff, 0, 22, 0},
    };
    static const struct ut_region large[] = {
        {UINT64_C(0x80000000), 0, 30, 0},
        {UINT64_C(0x40000000), 0, 29, UT_REGION_DEVICE},
        {UINT64_C(0x100000000), 0, 28, 0},
    };
    struct seed s = seed_start(1);

    for (unsigned i = 0; i < 4; i++) {
        run(&s, small, 10, 60000, 11);
        run(&s, small, 1 + i, 20000, 11);
    }
    run(&s, large, 3, 6000, 20);
    return tap_done();
}
