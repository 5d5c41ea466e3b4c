/* SPDX-License-Identifier: BSD-2-Clause */
/* A client, told step by step what to do.
 *
 *   starter  <--Call: answer, words--  client  --Call: request--> server
 *            --reply: order, words-->
 *
 *   its CNode:  1 the server, 2 the starter, 3 its address space, 4 itself,
 *               CLIENT_SLOTS .. what the server gives it: frames are mapped
 *               at CLIENT_AT, a page for each slot
 */
#ifndef MEMSERVER_CLIENT_H
#define MEMSERVER_CLIENT_H
#include "memserver.h"

enum { CLIENT_SERVER = 1, CLIENT_MONITOR, CLIENT_VSPACE, CLIENT_OWN };

#define CLIENT_SLOTS      64u
#define CLIENT_SLOT_COUNT 32u
#define CLIENT_AT         0x580000ul /* the image's tables reach that far */

enum client_order {
    CLIENT_ASK,   /* label, 3 words of a request -> its answer */
    CLIENT_WRITE, /* slot, value: maps the frame, which must read zero, and
                   * fills it -> wrong words */
    CLIENT_READ,  /* slot, value -> words that are not value */
    CLIENT_MAKE,  /* slot, slot of an untyped: makes a frame of that, calling
                   * the kernel and no server -> the kernel's error */
    CLIENT_WORK,  /* rounds, seed -> rounds done, faults, answers to what was
                   * asked twice, frames held */
};

#define CLIENT_ANSWER 64u /* the report's label, plus that of the answer */

struct client {
    seL4_Word held[CLIENT_SLOT_COUNT]; /* by slot: address, or 0 */
};

/* A thread's entry, with a struct client, all zero. */
void client_main(void *client);
#endif
