/* SPDX-License-Identifier: BSD-2-Clause */
/* A reader for cpio archives of the "newc" kind, as `bsdtar --format newc'
 * and `cpio -H newc' make them.
 *
 *   +--------+------+-----+------+-----+ ... +------------------------+
 *   | header | name | pad | data | pad |     | header of "TRAILER!!!" |
 *   | 110    | 0-t. | 4   |      | 4   |     |                        |
 *   +--------+------+-----+------+-----+ ... +------------------------+
 *
 * The archive is not trusted: what reaches beyond it, or is not a number, is
 * CPIO_DAMAGED.
 */
#ifndef FALLOW_CPIO_H
#define FALLOW_CPIO_H
#include <stdbool.h>
#include <stdint.h>

struct cpio_file {
    const char *name; /* 0-terminated, in the archive */
    const uint8_t *data;
    uint64_t bytes;
};

enum cpio_result {
    CPIO_FILE,    /* *file is the next one */
    CPIO_END,     /* there are no more */
    CPIO_DAMAGED, /* this is not an archive, or it ends too early */
};

/* The next file at *offset, which begins as 0 and is moved on.  Everything
 * that is not a plain file is passed over. */
enum cpio_result cpio_next(const void *archive, uint64_t archive_bytes,
                           uint64_t *offset, struct cpio_file *file);

/* Are the names equal? */
bool cpio_is_named(const struct cpio_file *file, const char *name);
#endif
