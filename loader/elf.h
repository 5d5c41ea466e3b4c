/* SPDX-License-Identifier: BSD-2-Clause */
/* Programs in ELF form: checked once, then placed.
 *
 *   file       +--------+-----------------+-----------+-----------+
 *              | header | program headers | segment   | segment   |
 *              +--------+-----------------+-----------+-----------+
 *                                           |             |
 *   memory     start                        v             v       end
 *              +-----------+---------+-----------+-----------------+
 *              | segment   | zero    | segment   | zero (.bss)     |
 *              +-----------+---------+-----------+-----------------+
 *
 * A program is one block of memory, from its lowest to its highest virtual
 * address.  The file is not trusted; elf_open() refuses what is damaged, and
 * afterwards nothing can go wrong.
 */
#ifndef FALLOW_ELF_H
#define FALLOW_ELF_H
#include <stdbool.h>
#include <stdint.h>

struct elf {
    const uint8_t *file;
    uint64_t headers_offset; /* of the program headers in the file */
    uint32_t header_count;
    uint64_t entry;    /* virtual */
    uint64_t start;    /* lowest virtual address of a segment */
    uint64_t end;      /* one past the highest */
    uint64_t physical; /* lowest physical address of a segment */
};

#define ELF_HEADER_BYTES 56u /* of one program header */

/* Is this a 64-bit RISC-V program to be loaded where it says?  NULL, and *elf
 * is filled in, or what is wrong with the file:
 *   not an ELF file; not for this machine; not an executable
 *   program headers or a segment beyond the end of the file
 *   no segment; a segment that wraps around, is larger in the file than in
 *   memory, or overlaps another; an entry outside the segments */
const char *elf_open(struct elf *elf, const void *file, uint64_t bytes);

/* Copies the segments to `block', which has elf->end - elf->start bytes, and
 * zeroes what is between and behind them. */
void elf_place(const struct elf *elf, void *block);
#endif
