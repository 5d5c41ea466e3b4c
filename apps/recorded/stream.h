/* SPDX-License-Identifier: BSD-2-Clause */
/* The allocations of a recorded run, as they lie in the root task's image;
 * little endian, written by tools/stream.
 *
 *   +--------+----------------------------+------------------------------+
 *   | header | an object each: 4 bytes    | an event each: 4 bytes       |
 *   |        | type, user bits, size bits | object x 2, + 1 to allocate  |
 *   +--------+----------------------------+------------------------------+
 *
 * An object is allocated once and freed at most once after that.
 */
#ifndef FALLOW_RECORDED_STREAM_H
#define FALLOW_RECORDED_STREAM_H
#include <stdint.h>

#define STREAM_MAGIC 0x4d525453u /* STRM */

struct stream_header {
    uint32_t magic;
    uint32_t object_count;
    uint32_t event_count;
    uint32_t alive_peak;  /* objects at once, at most */
    uint32_t fullest;     /* so many events until bytes_peak is reached */
    uint32_t frame_count; /* of the objects */
    uint64_t bytes_peak;
};

struct stream_entry {
    uint8_t type; /* as Retype names it */
    uint8_t user_bits;
    uint8_t size_bits;
    uint8_t is_frame;
};

#endif
