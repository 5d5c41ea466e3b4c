/* SPDX-License-Identifier: BSD-2-Clause */
#include "cpio.h"

#define HEADER_BYTES        110u
#define MAGIC               "070701"
#define MAGIC_BYTES         6u
#define FIELD_BYTES         8u
#define FIELD_MODE          1u
#define FIELD_BYTES_OF_FILE 6u
#define FIELD_BYTES_OF_NAME 11u
#define MODE_TYPE           0170000u
#define MODE_PLAIN          0100000u
#define TRAILER             "TRAILER!!!"

/* Field i of a header: eight hexadecimal digits. */
static bool read_field(const uint8_t *header, unsigned i, uint64_t *value)
{
    const uint8_t *digit = header + MAGIC_BYTES + (uint64_t)i * FIELD_BYTES;

    *value = 0;
    for (unsigned n = 0; n < FIELD_BYTES; n++) {
        uint8_t c = digit[n];

        if (c >= '0' && c <= '9')
            *value = *value * 16 + (c - '0');
        else if (c >= 'a' && c <= 'f')
            *value = *value * 16 + (c - 'a' + 10u);
        else if (c >= 'A' && c <= 'F')
            *value = *value * 16 + (c - 'A' + 10u);
        else
            return false;
    }
    return true;
}

static uint64_t padded(uint64_t offset)
{
    return (offset + 3) / 4 * 4;
}

/* One member of the archive, whatever it is; its mode. */
static bool read_member(const uint8_t *archive, uint64_t archive_bytes,
                        uint64_t *offset, struct cpio_file *file,
                        uint64_t *mode)
{
    const uint8_t *header = archive + *offset;
    uint64_t left = archive_bytes - *offset;
    uint64_t name_bytes;
    uint64_t data_offset;

    if (*offset > archive_bytes || left < HEADER_BYTES)
        return false;
    for (unsigned i = 0; i < MAGIC_BYTES; i++)
        if (header[i] != (uint8_t)MAGIC[i])
            return false;
    if (!read_field(header, FIELD_MODE, mode) ||
        !read_field(header, FIELD_BYTES_OF_FILE, &file->bytes) ||
        !read_field(header, FIELD_BYTES_OF_NAME, &name_bytes))
        return false;
    if (name_bytes == 0 || name_bytes > left - HEADER_BYTES ||
        header[HEADER_BYTES + name_bytes - 1] != 0)
        return false;
    data_offset = padded(*offset + HEADER_BYTES + name_bytes);
    if (data_offset > archive_bytes ||
        file->bytes > archive_bytes - data_offset)
        return false;
    file->name = (const char *)header + HEADER_BYTES;
    file->data = archive + data_offset;
    *offset = padded(data_offset + file->bytes);
    return true;
}

bool cpio_is_named(const struct cpio_file *file, const char *name)
{
    const char *is = file->name;

    while (*is != '\0' && *is == *name) {
        is++;
        name++;
    }
    return *is == *name;
}

enum cpio_result cpio_next(const void *archive, uint64_t archive_bytes,
                           uint64_t *offset, struct cpio_file *file)
{
    uint64_t mode;

    do {
        if (!read_member(archive, archive_bytes, offset, file, &mode))
            return CPIO_DAMAGED;
        if (cpio_is_named(file, TRAILER))
            return CPIO_END;
    } while ((mode & MODE_TYPE) != MODE_PLAIN);
    return CPIO_FILE;
}
