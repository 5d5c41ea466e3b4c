/* SPDX-License-Identifier: BSD-2-Clause */
/* What a root task finds ready when its main() begins, and how it ends.
 *
 *   image                              behind it, made by the kernel
 *   +-------+------+------+-------+------+    +--------+----------+-------+
 *   | .text | data | TLS  | stack | heap |    | IPC    | bootinfo | extra |
 *   +-------+------+------+-------+------+    | buffer |          |       |
 *                                             +--------+----------+-------+
 *
 * picolibc works: printf() writes to the kernel's console, malloc() takes
 * from a heap of RT_HEAP_BYTES.  Returning from main(), or exit(n), ends the
 * machine; QEMU ends with status n, a zero is a success.
 */
#ifndef FALLOW_RT_H
#define FALLOW_RT_H
#include <stdint.h>

#define RT_UNTYPED_SLOTS_MAX 230u

struct rt_slots {
    uint64_t start;
    uint64_t end; /* exclusive */
};

struct rt_untyped {
    uint64_t address;
    uint8_t bits;
    uint8_t is_device;
    uint8_t padding[6];
};

/* The bootinfo frame (sel4-abi.md 6.5). */
struct rt_bootinfo {
    uint64_t extra_bytes;
    uint64_t node;
    uint64_t node_count;
    uint64_t io_levels;
    uint64_t buffer; /* address of the IPC buffer */
    struct rt_slots empty;
    struct rt_slots shared_frames;
    struct rt_slots image_frames;
    struct rt_slots image_tables;
    struct rt_slots io_spaces;
    struct rt_slots extra_frames;
    uint64_t cnode_bits;
    uint64_t domain;
    struct rt_slots untyped;
    struct rt_untyped list[RT_UNTYPED_SLOTS_MAX];
};

const struct rt_bootinfo *rt_bootinfo(void);

/* A call: the capability invoked, what is sent, what comes back. */
struct rt_call {
    uint64_t label;  /* in: invocation, out: error or 0 */
    uint64_t length; /* message registers, in and out */
    uint64_t mr[8];
    uint64_t cap_count;
    uint64_t cap[3];
    uint64_t badge; /* out */
};

/* Invokes `cap'.  Returns the label of the reply. */
uint64_t rt_invoke(uint64_t cap, struct rt_call *call);

/* One byte to the kernel's console. */
void rt_put_char(char c);

/* Ends the machine with this status, 0 .. 255, of QEMU's process. */
_Noreturn void rt_end(int status);
#endif
