/* SPDX-License-Identifier: BSD-2-Clause */
#include "ranges.h"
#include "bits.h"

struct ranges ranges_of(paddr_t start, paddr_t end)
{
    struct ranges s = {0};

    if (start < end) {
        s.count = 1;
        s.range[0] = (struct range){start, end};
    }
    return s;
}

/* First range that ends at or above `address'. */
static uint32_t first_reaching(const struct ranges *s, paddr_t address)
{
    uint32_t i = 0;

    while (i < s->count && s->range[i].end < address)
        i++;
    return i;
}

/* Replaces the ranges [from, to) by the `count' <= 2 in piece[]. */
static bool splice(struct ranges *s, uint32_t from, uint32_t to,
                   const struct range *piece, uint32_t count)
{
    uint32_t left = s->count - (to - from);
    uint32_t tail = s->count - to;

    if (left + count > RANGES_MAX)
        return false;
    if (from + count <= to) {
        for (uint32_t i = 0; i < tail; i++)
            s->range[from + count + i] = s->range[to + i];
    } else {
        for (uint32_t i = tail; i-- > 0;)
            s->range[from + count + i] = s->range[to + i];
    }
    for (uint32_t i = 0; i < count; i++)
        s->range[from + i] = piece[i];
    s->count = left + count;
    return true;
}

bool ranges_add(struct ranges *s, paddr_t start, paddr_t end)
{
    struct range sum = {start, end};
    uint32_t from = first_reaching(s, start);
    uint32_t to = from;

    if (start >= end)
        return true;
    while (to < s->count && s->range[to].start <= end) {
        if (s->range[to].start < sum.start)
            sum.start = s->range[to].start;
        if (s->range[to].end > sum.end)
            sum.end = s->range[to].end;
        to++;
    }
    return splice(s, from, to, &sum, 1);
}

bool ranges_remove(struct ranges *s, paddr_t start, paddr_t end)
{
    struct range rest[2];
    uint32_t count = 0;
    uint32_t from = first_reaching(s, start);
    uint32_t to = from;

    if (start >= end)
        return true;
    while (to < s->count && s->range[to].start < end)
        to++;
    if (from == to)
        return true;
    if (s->range[from].start < start)
        rest[count++] = (struct range){
            s->range[from].start,
            start < s->range[from].end ? start : s->range[from].end};
    if (s->range[to - 1].end > end)
        rest[count++] = (struct range){end, s->range[to - 1].end};
    return splice(s, from, to, rest, count);
}

bool ranges_add_all(struct ranges *s, const struct ranges *other)
{
    for (uint32_t i = 0; i < other->count; i++)
        if (!ranges_add(s, other->range[i].start, other->range[i].end))
            return false;
    return true;
}

bool ranges_remove_all(struct ranges *s, const struct ranges *other)
{
    for (uint32_t i = 0; i < other->count; i++)
        if (!ranges_remove(s, other->range[i].start, other->range[i].end))
            return false;
    return true;
}

bool ranges_contain(const struct ranges *s, paddr_t start, paddr_t end)
{
    if (start >= end)
        return true;
    for (uint32_t i = 0; i < s->count; i++)
        if (s->range[i].start <= start && end <= s->range[i].end)
            return true;
    return false;
}

bool ranges_find_top(const struct ranges *s, uint8_t bits, paddr_t *base)
{
    uint64_t bytes = bits_size(bits);

    for (uint32_t i = s->count; i-- > 0;) {
        const struct range *r = &s->range[i];
        paddr_t top = bits_up(bits_down(r->end, bits), bits);

        if (top >= bytes && top - bytes >= r->start) {
            *base = top - bytes;
            return true;
        }
    }
    return false;
}

uint8_t range_block_bits(paddr_t start, paddr_t end, uint8_t bits_min,
                         uint8_t bits_max)
{
    uint8_t bits = bits_max;

    if (start >= end)
        return 0;
    while (bits >= bits_min &&
           (!bits_aligned(start, bits) || bits_size(bits) > end - start))
        bits--;
    return bits >= bits_min ? bits : 0;
}

const char *ranges_check(const struct ranges *s)
{
    if (s->count > RANGES_MAX)
        return "more ranges than there is room for";
    for (uint32_t i = 0; i < s->count; i++) {
        if (s->range[i].start >= s->range[i].end)
            return "an empty range";
        if (i > 0 && s->range[i - 1].end >= s->range[i].start)
            return "ranges overlap, touch or do not ascend";
    }
    return NULL;
}
