/* SPDX-License-Identifier: BSD-2-Clause */
/* Which programs the loader accepts, where it puts them, and that it refuses
 * every damaged one by saying what is wrong. */
#include "../loader/elf.c"

#include "seed.h"
#include "tap.h"

#include <string.h>

#define FILE_BYTES 4096u
#define TEXT       UINT64_C(0x400000)
#define DATA       UINT64_C(0x402000)

static uint8_t file[FILE_BYTES];

static void put(unsigned at, unsigned bytes, uint64_t value)
{
    for (unsigned i = 0; i < bytes; i++)
        file[at + i] = (uint8_t)(value >> 8 * i);
}

static void put_segment(unsigned i, uint64_t type, uint64_t offset,
                        uint64_t virtual, uint64_t file_bytes,
                        uint64_t memory_bytes)
{
    unsigned at = 64 + 56 * i;

    put(at, 4, type);
    put(at + 8, 8, offset);
    put(at + 16, 8, virtual);
    put(at + 24, 8, virtual + 0x80000000);
    put(at + 32, 8, file_bytes);
    put(at + 40, 8, memory_bytes);
}

/* A program of two segments and one that is not to be loaded. */
static void make_program(void)
{
    memset(file, 0, sizeof file);
    memcpy(file, "\177ELF\2\1\1", 7);
    put(16, 2, 2);
    put(18, 2, 243);
    put(24, 8, TEXT + 0x10);
    put(32, 8, 64);
    put(54, 2, 56);
    put(56, 2, 3);
    put_segment(0, 1, 0x400, DATA, 0x10, 0x30);
    put_segment(1, 1, 0x800, TEXT, 0x100, 0x100);
    put_segment(2, 4, 0, 0, 0x8000, 0x8000);
    memset(file + 0x400, 0xda, 0x10);
    memset(file + 0x800, 0x7e, 0x100);
}

static void test_accepts(void)
{
    static uint8_t block[DATA + 0x30 - TEXT + 16];
    unsigned wrong = 0;
    struct elf elf;

    make_program();
    if (!tap_is_string(elf_open(&elf, file, sizeof file), NULL,
                       "a program is accepted"))
        return;
    tap_is(elf.start, TEXT, "it begins with its lowest segment");
    tap_is(elf.end, DATA + 0x30, "and ends with its highest");
    tap_is(elf.physical, TEXT + 0x80000000, "the physical address likewise");
    tap_is(elf.entry, TEXT + 0x10, "the entry is the file's");
    memset(block, 0xff, sizeof block);
    elf_place(&elf, block);
    for (uint64_t i = 0; i < sizeof block; i++) {
        uint8_t want = 0;

        if (i < 0x100)
            want = 0x7e;
        else if (i >= DATA - TEXT && i < DATA + 0x10 - TEXT)
            want = 0xda;
        else if (i >= DATA + 0x30 - TEXT)
            want = 0xff;
        wrong += block[i] != want;
    }
    tap_is(wrong, 0, "segments are copied, gaps zeroed, no more written");
}

/* The program, changed in one place, is refused with these words. */
static void refuses(unsigned at, unsigned bytes, uint64_t value,
                    const char *words)
{
    struct elf elf = {.entry = 1};

    make_program();
    put(at, bytes, value);
    tap_is_string(elf_open(&elf, file, sizeof file), words, "refused: %s",
                  words);
    tap_ok(elf.entry == 1 && elf.file == NULL, "and nothing is filled in");
}

static void test_refuses(void)
{
    const unsigned data = 64; /* its program header */

    refuses(1, 1, 'e', "is not an ELF file");
    refuses(4, 1, 1, "is not for 64-bit RISC-V");
    refuses(5, 1, 2, "is not for 64-bit RISC-V");
    refuses(18, 2, 62, "is not for 64-bit RISC-V");
    refuses(16, 2, 3, "is not an executable with fixed addresses");
    refuses(56, 2, 65, "has too many program headers");
    refuses(56, 2, 0, "has nothing to load");
    refuses(54, 2, 32, "has program headers of an unknown form");
    refuses(32, 8, FILE_BYTES - 100, "is cut off in its program headers");
    refuses(32, 8, UINT64_MAX - 10, "is cut off in its program headers");
    refuses(data + 8, 8, FILE_BYTES - 8, "is cut off in a segment");
    refuses(data + 8, 8, UINT64_MAX - 4, "is cut off in a segment");
    refuses(data + 32, 8, 0x31,
            "has a segment that is larger in the file than in memory");
    refuses(data + 40, 8, UINT64_MAX - 0x1000,
            "has a segment beyond the end of memory");
    refuses(data + 16, 8, TEXT + 0xff, "has segments that overlap");
    refuses(24, 8, TEXT + 0x100,
            "has no entry at an even address in its segments");
    refuses(24, 8, TEXT + 1, "has no entry at an even address in its segments");
    refuses(24, 8, TEXT - 2, "has no entry at an even address in its segments");
}

static void test_cut_off(void)
{
    unsigned accepted = 0;
    struct elf elf;

    make_program();
    for (uint64_t bytes = 0; bytes < 0x900; bytes++) {
        uint8_t part[FILE_BYTES];

        memcpy(part, file, bytes);
        accepted += elf_open(&elf, part, bytes) == NULL;
    }
    tap_is(accepted, 0, "cut off anywhere, it is refused");
    tap_is_string(elf_open(&elf, file, 0x900), NULL,
                  "but not when it is whole");
}

/* What is accepted can be placed: no segment leaves the block or the file. */
static void test_random(void)
{
    struct seed seed = seed_start(0xe1f);
    unsigned accepted = 0;
    unsigned wrong = 0;

    for (unsigned n = 0; n < 200000; n++) {
        struct elf elf;
        unsigned changes = 1 + (unsigned)seed_below(&seed, 3);

        make_program();
        for (unsigned i = 0; i < changes; i++)
            put((unsigned)seed_below(&seed, 64 + 3 * 56), 1, seed_next(&seed));
        if (elf_open(&elf, file, sizeof file))
            continue;
        accepted++;
        for (uint32_t i = 0; i < elf.header_count; i++) {
            struct segment s;

            if (!read_segment(&elf, i, &s))
                continue;
            wrong += s.virtual < elf.start || s.virtual >= elf.end ||
                     s.memory_bytes > elf.end - s.virtual ||
                     s.file_bytes > s.memory_bytes || s.offset > sizeof file ||
                     s.file_bytes > sizeof file - s.offset;
        }
    }
    tap_ok(accepted > 1000, "some of the changed programs are accepted");
    tap_is(wrong, 0, "and their segments are inside file and block");
}

int main(void)
{
    test_accepts();
    test_refuses();
    test_cut_off();
    test_random();
    return tap_done();
}
