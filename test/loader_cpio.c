/* SPDX-License-Identifier: BSD-2-Clause */
/* Archives as the loader reads them, and damaged ones, which are never read
 * beyond their end. */
#include "../loader/cpio.c"

#include "seed.h"
#include "tap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ARCHIVE_BYTES_MAX 4096u

static uint8_t archive[ARCHIVE_BYTES_MAX];
static uint64_t archive_bytes;

/* Appends text or data, and zeros up to a multiple of four. */
static void append(const void *data, uint64_t bytes)
{
    memcpy(archive + archive_bytes, data, bytes);
    archive_bytes = padded(archive_bytes + bytes);
}

static void add(const char *name, unsigned mode, const char *data)
{
    char header[HEADER_BYTES + 32];

    snprintf(header, sizeof header,
             "070701%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%s", 1u,
             mode, 0u, 0u, 1u, 0u, (unsigned)strlen(data), 0u, 0u, 0u, 0u,
             (unsigned)strlen(name) + 1, 0u, name);
    append(header, strlen(header) + 1);
    append(data, strlen(data));
}

static void make_archive(void)
{
    memset(archive, 0, sizeof archive);
    archive_bytes = 0;
    add(".", 0040755, "");
    add("kernel.elf", 0100644, "the kernel");
    add("link", 0120777, "kernel.elf");
    add("rootserver", 0100755, "");
    add("TRAILER!!!", 0, "");
}

static void test_reads(void)
{
    uint64_t offset = 0;
    struct cpio_file f;

    make_archive();
    tap_is(cpio_next(archive, archive_bytes, &offset, &f), CPIO_FILE,
           "a folder is passed over, the first file found");
    tap_is_string(f.name, "kernel.elf", "its name");
    tap_ok(f.bytes == 10 && memcmp(f.data, "the kernel", 10) == 0,
           "its contents");
    tap_ok(cpio_is_named(&f, "kernel.elf") && !cpio_is_named(&f, "kernel") &&
               !cpio_is_named(&f, "kernel.elf2"),
           "names are compared whole");
    tap_is(cpio_next(archive, archive_bytes, &offset, &f), CPIO_FILE,
           "a link is passed over");
    tap_ok(cpio_is_named(&f, "rootserver") && f.bytes == 0, "an empty file");
    tap_is(cpio_next(archive, archive_bytes, &offset, &f), CPIO_END, "the end");
}

/* How an archive of so many bytes reads, from an allocation of that size, so
 * that a sanitizer sees reads beyond it. */
static enum cpio_result read_all(const uint8_t *bytes, uint64_t count)
{
    uint8_t *copy = malloc(count ? count : 1);
    uint64_t offset = 0;
    struct cpio_file f;
    enum cpio_result result;

    memcpy(copy, bytes, count);
    while ((result = cpio_next(copy, count, &offset, &f)) == CPIO_FILE)
        if (f.data < copy || f.bytes > count ||
            (uint64_t)(f.data - copy) > count - f.bytes)
            abort();
    free(copy);
    return result;
}

static void test_damaged(void)
{
    struct seed seed = seed_start(0xc910);
    unsigned whole = 0;
    unsigned ends = 0;
    uint64_t needed;

    make_archive();
    needed = archive_bytes - 1; /* its last byte is padding */
    for (uint64_t n = 0; n < needed; n++)
        whole += read_all(archive, n) != CPIO_DAMAGED;
    tap_ok(whole < 4, "cut off before its trailer's end, it is damaged");
    tap_is(read_all(archive, archive_bytes), CPIO_END, "but not the whole");
    for (unsigned n = 0; n < 100000; n++) {
        make_archive();
        for (uint64_t i = 0; i <= seed_below(&seed, 3); i++)
            archive[seed_below(&seed, archive_bytes)] =
                "0123456789abcdefgF"[seed_below(&seed, 18)];
        ends += read_all(archive, archive_bytes) == CPIO_END;
    }
    tap_ok(ends > 1000 && ends < 100000,
           "damaged at random, it is refused or read to its end");
}

int main(void)
{
    test_reads();
    test_damaged();
    return tap_done();
}
