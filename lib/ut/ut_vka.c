/* SPDX-License-Identifier: BSD-2-Clause */
#include "ut_vka.h"

static int cspace_alloc(void *data, vka_word_t *cptr)
{
    struct ut_vka *v = data;
    uint32_t index;
    ut_err_t err = ut_slots_take(v->slots, 1, &index, &v->fault);

    if (err == UT_OK)
        *cptr = ut_slots_cptr(v->slots, index);
    return err;
}

static void cspace_make_path(void *data, vka_word_t cptr, cspacepath_t *path)
{
    const struct ut_slots *slots = ((struct ut_vka *)data)->slots;
    uint32_t index = (uint32_t)(cptr - slots->window.cptr);
    struct ut_dest dest = ut_slots_dest(slots, index);
    struct ut_slot slot = ut_slots_slot(slots, index);

    *path = (cspacepath_t){
        .capPtr = slot.index,
        .capDepth = slot.depth,
        .root = slot.root,
        .dest = dest.index,
        .destDepth = dest.depth,
        .offset = dest.offset,
        .window = 1,
    };
}

static void cspace_free(void *data, vka_word_t cptr)
{
    struct ut_slots *slots = ((struct ut_vka *)data)->slots;
    vka_word_t index = cptr - slots->window.cptr;

    if (index < slots->window.count)
        (void)ut_slots_give(slots, (uint32_t)index, 1);
}

/* log2 of the bytes; 0: there is no such type or size. */
static uint8_t object_bits(const struct ut_vka *v, vka_word_t type,
                           vka_word_t size_bits)
{
    const struct ut_kind *kind;

    if (type >= v->ops->kind_count)
        return 0;
    kind = &v->ops->kinds[type];
    if (kind->flags == UT_KIND_NONE)
        return 0;
    if (!(kind->flags & UT_KIND_VARIABLE))
        return kind->bits;
    return size_bits < 64u - kind->bits ? (uint8_t)(kind->bits + size_bits) : 0;
}

static int alloc(struct ut_vka *v, const cspacepath_t *path, struct ut_req *req,
                 vka_word_t type, vka_word_t size_bits, vka_word_t *cookie)
{
    struct ut_dest dest = {
        .root = path->root,
        .index = path->dest,
        .offset = (uint32_t)path->offset,
        .depth = (uint8_t)path->destDepth,
    };
    struct ut_blk blk;
    ut_err_t err;

    req->size_bits = object_bits(v, type, size_bits);
    req->type = (uint8_t)type;
    req->count = 1;
    if (req->size_bits == 0) {
        v->fault = (struct ut_fault){.err = UT_EINVAL, .wanted = type};
        return UT_EINVAL;
    }
    err = ut_alloc(v->acct, req, &dest, &blk, &v->fault);
    if (err == UT_OK)
        *cookie = blk.paddr;
    return err;
}

static int utspace_alloc(void *data, const cspacepath_t *path, vka_word_t type,
                         vka_word_t size_bits, vka_word_t *cookie)
{
    struct ut_req req = {0};

    return alloc(data, path, &req, type, size_bits, cookie);
}

/* A device has not what RAM has: then the answer about RAM is the one that
 * helps. */
static int utspace_alloc_maybe_device(void *data, const cspacepath_t *path,
                                      vka_word_t type, vka_word_t size_bits,
                                      bool can_use_device, vka_word_t *cookie)
{
    struct ut_vka *v = data;
    struct ut_req req = {0}, device = {.flags = UT_DEVICE};
    int err = alloc(v, path, &req, type, size_bits, cookie);
    struct ut_fault fault = v->fault;

    if (!can_use_device ||
        (err != UT_ENOMEM && err != UT_EFRAG && err != UT_ERANGE))
        return err;
    if (alloc(v, path, &device, type, size_bits, cookie) == UT_OK)
        return UT_OK;
    v->fault = fault;
    return err;
}

static int utspace_alloc_at(void *data, const cspacepath_t *path,
                            vka_word_t type, vka_word_t size_bits,
                            uint64_t paddr, vka_word_t *cookie)
{
    struct ut_vka *v = data;
    uint8_t bits = object_bits(v, type, size_bits);
    uint64_t last = paddr + ((UINT64_C(1) << bits) - 1);
    struct ut_req req = {.min = paddr, .max = last};
    int err = alloc(v, path, &req, type, size_bits, cookie);

    if (err != UT_ERANGE)
        return err;
    req = (struct ut_req){.min = paddr, .max = last, .flags = UT_DEVICE};
    return alloc(v, path, &req, type, size_bits, cookie);
}

static void utspace_free(void *data, vka_word_t type, vka_word_t size_bits,
                         vka_word_t cookie)
{
    struct ut_vka *v = data;
    struct ut_blk blk = {
        .paddr = cookie,
        .count = 1,
        .size_bits = object_bits(v, type, size_bits),
    };

    (void)ut_free(v->acct, &blk, &v->fault);
}

/* The cookie is the address; objects are aligned to 16 bytes at least. */
static uint64_t utspace_paddr(void *data, vka_word_t cookie, vka_word_t type,
                              vka_word_t size_bits)
{
    (void)data;
    (void)type;
    (void)size_bits;
    return cookie % 16 == 0 ? cookie : VKA_NO_PADDR;
}

void ut_vka_make(struct ut_vka *state, struct ut_acct *acct,
                 struct ut_slots *slots, const struct ut_ops *ops, vka_t *vka)
{
    *state = (struct ut_vka){
        .acct = acct,
        .slots = slots,
        .ops = ops,
    };
    *vka = (vka_t){
        .data = state,
        .cspace_alloc = cspace_alloc,
        .cspace_make_path = cspace_make_path,
        .utspace_alloc = utspace_alloc,
        .utspace_alloc_maybe_device = utspace_alloc_maybe_device,
        .utspace_alloc_at = utspace_alloc_at,
        .cspace_free = cspace_free,
        .utspace_free = utspace_free,
        .utspace_paddr = utspace_paddr,
    };
}
