/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of the twin (regions_model.h) share: where its regions lie,
 * and the claims that they make. */
#ifndef FALLOW_REGIONS_TWIN_H
#define FALLOW_REGIONS_TWIN_H
#include "regions_model.h"

static inline const struct model_cap *model_at(const struct model *m,
                                               slotno_t i)
{
    return &m->caps[i];
}

static inline paddr_t model_base(const struct model *m, slotno_t i)
{
    return m->caps[i].cap.base;
}

/* The last byte, so that the end of a window never wraps. */
static inline paddr_t model_last(const struct model *m, slotno_t i)
{
    return m->caps[i].cap.base + (bits_size(m->caps[i].cap.bits) - 1);
}

static inline bool model_is_memory(const struct model *m, slotno_t i)
{
    return m->caps[i].used && cap_type_is_memory(m->caps[i].cap.type);
}

static inline bool model_is_first(const struct model *m, slotno_t i)
{
    return model_is_memory(m, i) && m->caps[i].previous == SLOT_NIL;
}

static inline bool model_same_region(const struct model *m, slotno_t a,
                                     slotno_t b)
{
    return model_base(m, a) == model_base(m, b) &&
           m->caps[a].cap.bits == m->caps[b].cap.bits;
}

/* Is b's region strictly inside a's? */
static inline bool model_inside(const struct model *m, slotno_t b, slotno_t a)
{
    return !model_same_region(m, a, b) &&
           model_base(m, a) <= model_base(m, b) &&
           model_last(m, b) <= model_last(m, a);
}

/* Does region i meet [base, last]? */
static inline bool model_meets(const struct model *m, slotno_t i, paddr_t base,
                               paddr_t last)
{
    return model_base(m, i) <= last && base <= model_last(m, i);
}

/* Counts a comparison; the first five that fail are printed. */
void model_claim(struct model *m, bool holds, const char *what, uint64_t got);

/* Around one operation of the index: it may make so many visits. */
void model_visits_begin(struct model *m);
void model_visits_end(struct model *m, enum model_bound bound,
                      uint64_t amortised, const char *what);
#endif
