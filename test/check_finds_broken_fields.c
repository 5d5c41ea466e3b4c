/* SPDX-License-Identifier: BSD-2-Clause */
/* kernel_check() finds each kind of wrong field, watermark and dirty byte, and
 * says what is broken: one at a time is spoiled in a sound state. */
#include "spoiled.h"

/* Each spoils one thing. */
static void object_around_others(void)
{
    slot_set_type(spoiled_slots, spoiled_at(NESTED), CAP_FRAME);
}

static void watermark_beyond(void)
{
    slot_set_word(spoiled_slots, spoiled_at(FIX_UT), 0x4001);
}

static void watermark_low(void)
{
    slot_set_word(spoiled_slots, spoiled_at(FIX_UT), 0x1ff0);
}

static void closed_not_full(void)
{
    slot_set_word(spoiled_slots, spoiled_at(COPIED), 0);
}

static void dirty_first_byte(void)
{
    *spoiled_byte(0x4000 + fixture_watermark(&spoiled_fixture, FIX_UT)) = 1;
}

static void dirty_last_byte(void)
{
    *spoiled_byte(0x7fff) = 0x80;
}

static void empty_not_zero(void)
{
    *spoiled_byte(slot_address(spoiled_at(SPARE)) + 9) = 1;
}

static void empty_in_tcb(void)
{
    *spoiled_byte(
        slot_address(fixture_inner(&spoiled_fixture, TCB, TCB_CALLER)) + 30) =
        1;
}

static void guard_too_wide(void)
{
    slot_set_word(spoiled_slots, spoiled_at(CNODE), 62);
}

static void guard_too_large(void)
{
    slot_set_word(spoiled_slots, spoiled_at(CNODE), 3 | 8 << 6);
}

static void zombie_left_too_many(void)
{
    slot_set_word(spoiled_slots, spoiled_at(ZOMBIE), 5);
}

static void zombie_left_too_few(void)
{
    slot_set_word(spoiled_slots, spoiled_at(ZOMBIE), 0);
}

static void tcb_size(void)
{
    spoiled_fixture.k->params.objects[OBJECT_TCB].bits = 9;
}

static void endpoint_size(void)
{
    spoiled_fixture.k->params.objects[OBJECT_ENDPOINT].bits = 5;
}

static void notification_type(void)
{
    slot_set_type(spoiled_slots, spoiled_at(PAGE), CAP_NOTIFICATION);
}

static void frame_size(void)
{
    slot_set_type(spoiled_slots, spoiled_at(COPIED), CAP_FRAME);
    slot_set_type(spoiled_slots, spoiled_at(COPY), CAP_FRAME);
}

static void table_size(void)
{
    spoiled_fixture.k->params.objects[TYPE_TABLE].bits = 9;
}

static void unknown_type(void)
{
    slot_set_type(spoiled_slots, spoiled_at(PAGE), 99);
}

static void unknown_flag(void)
{
    slot_set_flags(spoiled_slots, spoiled_at(PAGE), 4);
}

static void untyped_not_revocable(void)
{
    slot_set_flags(spoiled_slots, spoiled_at(NESTED), 0);
}

static void handler_number(void)
{
    slot_set_word(spoiled_slots, spoiled_at(HANDLER), 4);
    slot_set_word(spoiled_slots, spoiled_at(HANDLER_COPY), 4);
}

static void embryo_beyond(void)
{
    slot_set_word(spoiled_slots, spoiled_at(EMBRYO), 257);
}

static void embryo_type(void)
{
    slot_set_rights(spoiled_slots, spoiled_at(EMBRYO), TYPE_COUNT);
}

static void embryo_source_too_small(void)
{
    slot_set_source_bits(spoiled_slots, spoiled_at(EMBRYO), 7);
}

static void embryo_source_too_large(void)
{
    slot_set_source_bits(spoiled_slots, spoiled_at(EMBRYO), 15);
}

static void embryo_dirty(void)
{
    slot_set_word(spoiled_slots, spoiled_at(EMBRYO), 0);
    *spoiled_byte(0x9000 + 255) = 1;
}

static const struct spoiled cases[] = {
    {object_around_others, "laminarity", "a frame around objects", false},
    {watermark_beyond, "watermark", "a watermark beyond the end", false},
    {watermark_low, "W1", "a watermark below a child's end", false},
    {closed_not_full, "watermark", "a copied untyped is not full", false},
    {dirty_first_byte, "W2", "the first byte that should be clean", false},
    {dirty_last_byte, "W2", "the last byte that should be clean", false},
    {empty_not_zero, "slot", "an empty slot that is not zero", false},
    {empty_in_tcb, "slot", "one in a TCB", false},
    {guard_too_wide, "CNode", "guard and radix beyond 64 bits", false},
    {guard_too_large, "CNode", "a guard beyond its size", false},
    {zombie_left_too_many, "zombie", "more slots than it had", false},
    {zombie_left_too_few, "zombie", "a full slot beyond those left", false},
    {tcb_size, "TCB", "TCBs of another size", false},
    {endpoint_size, "endpoint", "endpoints of another size", false},
    {notification_type, "notification", "a notification of 256 bytes", false},
    {frame_size, "frame", "a frame of 64 bytes", false},
    {table_size, "page table", "page tables of another size", false},
    {unknown_type, "tree", "a type that does not exist", false},
    {unknown_flag, "flags", "a flag that does not exist", false},
    {untyped_not_revocable, "flags", "an untyped that is not revocable", false},
    {handler_number, "interrupt", "a handler of no interrupt", false},
    {embryo_beyond, "embryo", "an embryo's watermark beyond its end", true},
    {embryo_type, "embryo", "an embryo of no type", true},
    {embryo_source_too_small, "embryo", "an embryo of less than it is", true},
    {embryo_source_too_large, "embryo", "of more than is around it", true},
    {embryo_dirty, "embryo", "a byte of an embryo that should be clean", true},
};

int main(void)
{
    return spoiled_check(cases, sizeof cases / sizeof *cases);
}
