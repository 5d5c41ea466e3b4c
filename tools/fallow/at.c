/* SPDX-License-Identifier: BSD-2-Clause */
/* fallow at: what lies at an address after a line of a recorded run, who
 * encloses it, and where the next free block is. */
#include "at.h"

#include <getopt.h>
#include <inttypes.h>
#include <string.h>

#include "cli.h"
#include "map_at.h"

#define TYPE_COLUMNS 14 /* "device untyped" */

static const char *type_name(uint8_t cap_type)
{
    static const char *const names[] = {
        [CAP_FRAME] = "frame",
        [CAP_UNTYPED] = "untyped",
        [CAP_PAGE_TABLE] = "page table",
        [CAP_ENDPOINT] = "endpoint",
        [CAP_NOTIFICATION] = "notification",
        [CAP_CNODE] = "CNode",
        [CAP_TCB] = "TCB",
        [CAP_ASID_POOL] = "ASID pool",
        [CAP_ZOMBIE] = "zombie",
        [CAP_EMBRYO] = "embryo",
    };

    return cap_type < sizeof names / sizeof names[0] && names[cap_type]
               ? names[cap_type]
               : "capability";
}

static bool is_device(const struct slot *slots, slotno_t i)
{
    return slot_rights(slots, i) & CAP_DEVICE &&
           (slot_type(slots, i) == CAP_UNTYPED ||
            slot_type(slots, i) == CAP_FRAME);
}

/* One capability. */
static void cap_print(struct kernel *k, const char *head, slotno_t i, FILE *out)
{
    const struct slot *slots = kernel_slots(k);
    paddr_t base = slot_base(slots, i);
    unsigned bits = slot_bits(slots, i);
    const char *device = is_device(slots, i) ? "device " : "";

    fprintf(out,
            "  %-7s %s%-*s 2^%-2u %9s  %10" PRIx64 " to %-10" PRIx64
            "  slot %" PRIx64,
            head, device, TYPE_COLUMNS - (int)strlen(device),
            type_name(slot_type(slots, i)), bits, cli_bytes(bits_size(bits)),
            base, base + bits_size(bits) - 1, slot_address(i));
    if (slot_type(slots, i) == CAP_UNTYPED)
        fprintf(out, "  watermark %" PRIx64, slot_word(slots, i));
    putc('\n', out);
}

/* The last untyped of the list that i represents, or SLOT_NIL; *object: the
 * first capability after it, or SLOT_NIL. */
static slotno_t list_split(struct kernel *k, slotno_t i, slotno_t *object)
{
    const struct slot *slots = kernel_slots(k);
    slotno_t untyped = SLOT_NIL;

    while (i != SLOT_NIL && slot_type(slots, i) == CAP_UNTYPED) {
        untyped = i;
        i = regions_follower(&k->regions, i);
    }
    *object = i;
    return untyped;
}

/* The smallest region strictly around that of slot i: alignment makes it the
 * smallest one around the block that is twice as large. */
static slotno_t around(struct kernel *k, slotno_t i)
{
    const struct slot *slots = kernel_slots(k);
    uint8_t bits = (uint8_t)(slot_bits(slots, i) + 1u);

    if (bits > k->regions.window_bits)
        return SLOT_NIL;
    return regions_enclosing(
        &k->regions, bits_up(bits_down(slot_base(slots, i), bits), bits), bits);
}

/* Slot i of the CNode whose capability is in slot `cnode'. */
static void print_slot(struct kernel *k, slotno_t cnode, slotno_t i, FILE *out)
{
    const struct slot *slots = kernel_slots(k);

    fprintf(out, "  slot    number %" PRIu64 " of this CNode",
            i - slot_at(slot_base(slots, cnode)));
    if (slot_is_empty(slots, i)) {
        fputs(", empty\n", out);
    } else if (!cap_type_is_memory(slot_type(slots, i))) {
        fputs(", in use, not for memory\n", out);
    } else {
        fputs(", which holds\n", out);
        cap_print(k, "", i, out);
    }
}

/* The object there with all its capabilities, or the free memory.  Returns
 * the representative of the region, or SLOT_NIL. */
static slotno_t print_what(struct kernel *k, paddr_t address, FILE *out)
{
    const struct slot *slots = kernel_slots(k);
    paddr_t unit = bits_up(bits_down(address, AT_UNIT_BITS), AT_UNIT_BITS);
    slotno_t found = regions_enclosing(&k->regions, unit, AT_UNIT_BITS);
    slotno_t untyped, object;

    if (found == SLOT_NIL) {
        fputs("  there   nothing: no capability covers this address\n", out);
        return found;
    }
    untyped = list_split(k, found, &object);
    if (object != SLOT_NIL) {
        cap_print(k, "there", object, out);
        if (slot_type(slots, object) == CAP_CNODE)
            print_slot(k, object, slot_at(address), out);
        for (object = regions_follower(&k->regions, object); object != SLOT_NIL;
             object = regions_follower(&k->regions, object))
            cap_print(k, "copy", object, out);
    } else if (is_device(slots, untyped)) {
        fputs("  there   device memory, nothing made of it here\n", out);
    } else {
        bool clean =
            unit - slot_base(slots, untyped) >= slot_word(slots, untyped);

        fprintf(out, "  there   free memory, %s\n",
                clean ? "above the watermark: it reads zero"
                      : "below the watermark: it is cleared before use");
    }
    return found;
}

/* Every untyped around the place, from the inside out. */
static void print_chain(struct kernel *k, slotno_t found, FILE *out)
{
    const struct slot *slots = kernel_slots(k);
    unsigned depth = 0;

    for (; found != SLOT_NIL; found = around(k, found)) {
        slotno_t object, i = list_split(k, found, &object);

        /* The innermost of a list was derived from the one before it. */
        while (i != SLOT_NIL) {
            cap_print(k, depth++ == 0 ? "inside" : "in", i, out);
            i = i == found ? SLOT_NIL : slot_previous(slots, i);
        }
    }
    if (depth == 0)
        fputs("  inside  no untyped\n", out);
}

/* The first aligned block of 2^bits bytes of untyped u at or above `from'
 * with nothing in it, by the kernel's own Next: from region to region. */
static bool next_in(struct kernel *k, slotno_t u, paddr_t from, uint8_t bits,
                    paddr_t *base)
{
    const struct slot *slots = kernel_slots(k);
    paddr_t end = slot_base(slots, u) + bits_size(slot_bits(slots, u));
    paddr_t at = from > slot_base(slots, u) ? from : slot_base(slots, u);

    while (at < end) {
        paddr_t block =
            bits_up(bits_down(at + bits_size(bits) - 1, bits), bits);
        slotno_t next;

        if (block >= end || end - block < bits_size(bits))
            return false;
        next = regions_next(&k->regions, u, block);
        if (next == SLOT_NIL ||
            slot_base(slots, next) >= block + bits_size(bits)) {
            *base = block;
            return true;
        }
        at = slot_base(slots, next) + bits_size(slot_bits(slots, next));
    }
    return false;
}

bool at_next_free(struct kernel *k, paddr_t from, uint8_t bits, bool device,
                  struct at_block *block)
{
    const struct slot *slots = kernel_slots(k);
    bool found = false;

    for (slotno_t i = regions_walk(&k->regions, SLOT_NIL); i != SLOT_NIL;
         i = regions_walk(&k->regions, i)) {
        slotno_t object, u = list_split(k, i, &object);
        paddr_t base;

        if (u == SLOT_NIL || object != SLOT_NIL ||
            is_device(slots, u) != device || slot_bits(slots, u) < bits ||
            (found && slot_base(slots, u) >= block->base))
            continue;
        if (next_in(k, u, from, bits, &base) &&
            (!found || base < block->base)) {
            *block = (struct at_block){base, u};
            found = true;
        }
    }
    return found;
}

/* Returns CLI_OK, or CLI_DIFFERENT if there is no such block. */
static int print_next(struct kernel *k, paddr_t address, uint8_t bits,
                      bool device, FILE *out)
{
    const struct slot *slots = kernel_slots(k);
    struct at_block c;
    uint64_t visits;
    paddr_t offset;
    slotno_t hit;

    if (!at_next_free(k, address, bits, device, &c)) {
        fprintf(out,
                "  next    no free aligned block of 2^%u bytes from here up\n",
                bits);
        return CLI_DIFFERENT;
    }
    offset = c.base - slot_base(slots, c.untyped);
    fprintf(out,
            "  next    a free aligned block of 2^%u bytes (%s) is at 0x%" PRIx64
            "\n",
            bits, cli_bytes(bits_size(bits)), c.base);
    cap_print(k, "of", c.untyped, out);
    visits = k->regions.visits;
    hit = regions_find(&k->regions, c.untyped, c.base, bits);
    visits = k->regions.visits - visits;
    KERNEL_ASSERT(hit == SLOT_NIL);
    fprintf(out,
            "  retype  at offset 0x%" PRIx64 ": the kernel's collision query "
            "finds nothing there (%" PRIu64 " visits);\n          the memory "
            "%s\n",
            offset, visits,
            device ? "is a device's, and is never cleared"
            : offset >= slot_word(slots, c.untyped)
                ? "reads zero: it is above the watermark"
                : "is cleared by the call: it is below the watermark");
    return CLI_OK;
}

int at_print(struct kernel *k, paddr_t address, const uint8_t *bits, FILE *out)
{
    slotno_t found = print_what(k, address, out);

    print_chain(k, found, out);
    if (!bits)
        return CLI_OK;
    return print_next(k, address, *bits,
                      found != SLOT_NIL && is_device(kernel_slots(k), found),
                      out);
}

static int at_run(const char *file, const char *address_text, const char *at,
                  const char *bits_text)
{
    uint64_t address, bits = 0;
    uint8_t block_bits;
    struct replay *r;
    int code, differs;

    if (!cli_parse_hex(address_text, &address))
        return cli_usage("at", "%s: no hexadecimal address", address_text);
    if (bits_text && (!cli_parse_number(bits_text, &bits) ||
                      bits < AT_UNIT_BITS || bits > WINDOW_BITS_MAX))
        return cli_usage("at", "--bits %s: not a number from %u to %u",
                         bits_text, AT_UNIT_BITS, WINDOW_BITS_MAX);
    code = map_replay_at(&r, "at", file, at);
    if (code != CLI_OK)
        return code;
    if (bits_down(address, replay_kernel(r)->regions.window_bits) != 0) {
        code = cli_error("at", "0x%" PRIx64 ": beyond the machine's 2^%u bytes",
                         address, replay_kernel(r)->regions.window_bits);
    } else {
        printf("0x%" PRIx64 " after line %s of %s:\n", address,
               cli_grouped(replay_line(r)), file);
        block_bits = (uint8_t)bits;
        code = at_print(replay_kernel(r), address,
                        bits_text ? &block_bits : NULL, stdout);
        differs = map_replay_differs(r, "at");
        code = code == CLI_OK ? differs : code;
    }
    replay_close(r);
    return code;
}

int at_main(int argc, char **argv)
{
    static const struct option options[] = {
        {"at", required_argument, NULL, 'a'},
        {"bits", required_argument, NULL, 'b'},
        {NULL, 0, NULL, 0},
    };
    const char *at = "fullest", *bits_text = NULL;
    int option;

    optind = 0;
    opterr = 0;
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1)
        switch (option) {
        case 'a':
            at = optarg;
            break;
        case 'b':
            bits_text = optarg;
            break;
        default:
            return cli_usage("at", "%s: no such option, or it needs a value",
                             argv[optind - 1]);
        }
    if (argc - optind != 2)
        return cli_usage("at", "a file and an address, please");
    return at_run(argv[optind], argv[optind + 1], at, bits_text);
}
