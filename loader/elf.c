/* SPDX-License-Identifier: BSD-2-Clause */
#include "elf.h"

#include <stddef.h>

#define FILE_HEADER_BYTES 64u
#define CLASS_64          2u
#define LITTLE_ENDIAN     1u
#define TYPE_EXECUTABLE   2u
#define MACHINE_RISCV     243u
#define SEGMENT_LOAD      1u
#define HEADERS_MAX       64u

struct segment {
    uint64_t offset; /* in the file */
    uint64_t virtual;
    uint64_t physical;
    uint64_t file_bytes;
    uint64_t memory_bytes;
};

/* The file may lie at any address: no field is read as a whole. */
static uint64_t read_number(const uint8_t *at, unsigned bytes)
{
    uint64_t value = 0;

    while (bytes-- > 0)
        value = value * 256 + at[bytes];
    return value;
}

/* Program header i as a segment.  False: it has nothing to load. */
static bool read_segment(const struct elf *elf, uint32_t i, struct segment *s)
{
    const uint8_t *at =
        elf->file + elf->headers_offset + (uint64_t)i * ELF_HEADER_BYTES;

    *s = (struct segment){
        .offset = read_number(at + 8, 8),
        .virtual = read_number(at + 16, 8),
        .physical = read_number(at + 24, 8),
        .file_bytes = read_number(at + 32, 8),
        .memory_bytes = read_number(at + 40, 8),
    };
    return read_number(at, 4) == SEGMENT_LOAD && s->memory_bytes > 0;
}

static const char *check_header(const uint8_t *file, uint64_t bytes)
{
    if (bytes < FILE_HEADER_BYTES || file[0] != 0x7f || file[1] != 'E' ||
        file[2] != 'L' || file[3] != 'F')
        return "is not an ELF file";
    if (file[4] != CLASS_64 || file[5] != LITTLE_ENDIAN ||
        read_number(file + 18, 2) != MACHINE_RISCV)
        return "is not for 64-bit RISC-V";
    if (read_number(file + 16, 2) != TYPE_EXECUTABLE)
        return "is not an executable with fixed addresses";
    return NULL;
}

static const char *read_headers(struct elf *elf, const uint8_t *file,
                                uint64_t bytes)
{
    elf->file = file;
    elf->entry = read_number(file + 24, 8);
    elf->headers_offset = read_number(file + 32, 8);
    elf->header_count = (uint32_t)read_number(file + 56, 2);
    if (elf->header_count > HEADERS_MAX)
        return "has too many program headers";
    if (read_number(file + 54, 2) != ELF_HEADER_BYTES)
        return "has program headers of an unknown form";
    if (elf->headers_offset > bytes ||
        (uint64_t)elf->header_count * ELF_HEADER_BYTES >
            bytes - elf->headers_offset)
        return "is cut off in its program headers";
    return NULL;
}

static const char *check_segment(const struct segment *s, uint64_t bytes)
{
    if (s->file_bytes > s->memory_bytes)
        return "has a segment that is larger in the file than in memory";
    if (s->offset > bytes || s->file_bytes > bytes - s->offset)
        return "is cut off in a segment";
    if (s->memory_bytes > UINT64_MAX - s->virtual ||
        s->memory_bytes > UINT64_MAX - s->physical)
        return "has a segment beyond the end of memory";
    return NULL;
}

static bool overlaps_another(const struct elf *elf, uint32_t i,
                             const struct segment *s)
{
    struct segment other;

    for (uint32_t j = 0; j < i; j++)
        if (read_segment(elf, j, &other) &&
            s->virtual < other.virtual + other.memory_bytes &&
            other.virtual < s->virtual + s->memory_bytes)
            return true;
    return false;
}

static void add_segment(struct elf *elf, const struct segment *s)
{
    if (s->virtual < elf->start)
        elf->start = s->virtual;
    if (s->virtual + s->memory_bytes > elf->end)
        elf->end = s->virtual + s->memory_bytes;
    if (s->physical < elf->physical)
        elf->physical = s->physical;
}

static const char *check_segments(struct elf *elf, uint64_t bytes)
{
    bool has_entry = false;

    elf->start = UINT64_MAX;
    elf->physical = UINT64_MAX;
    elf->end = 0;
    for (uint32_t i = 0; i < elf->header_count; i++) {
        struct segment s;
        const char *problem;

        if (!read_segment(elf, i, &s))
            continue;
        problem = check_segment(&s, bytes);
        if (problem)
            return problem;
        if (overlaps_another(elf, i, &s))
            return "has segments that overlap";
        if (elf->entry >= s.virtual &&
            elf->entry - s.virtual < s.memory_bytes && elf->entry % 2 == 0)
            has_entry = true;
        add_segment(elf, &s);
    }
    if (elf->end == 0)
        return "has nothing to load";
    return has_entry ? NULL : "has no entry at an even address in its segments";
}

const char *elf_open(struct elf *elf, const void *file, uint64_t bytes)
{
    struct elf e = {0};
    const char *problem = check_header(file, bytes);

    if (!problem)
        problem = read_headers(&e, file, bytes);
    if (!problem)
        problem = check_segments(&e, bytes);
    if (!problem)
        *elf = e;
    return problem;
}

void elf_place(const struct elf *elf, void *block)
{
    uint8_t *memory = block;
    struct segment s;

    __builtin_memset(memory, 0, elf->end - elf->start);
    for (uint32_t i = 0; i < elf->header_count; i++)
        if (read_segment(elf, i, &s))
            __builtin_memcpy(memory + (s.virtual - elf->start),
                             elf->file + s.offset, s.file_bytes);
}
