/* SPDX-License-Identifier: BSD-2-Clause */
/* Threads that make one system call each time they are told to.
 *
 *   us (255)  peer_sys() --> registers of peer --> peers_run()
 *                                                     |  everybody below runs
 *   peer (1 < p < 255)   ecall; note that it came     |  until nobody can
 *                        back; stop                   |
 *   idler (1)            wakes us  -------------------+
 *
 * All registers go in by WriteRegisters and are read back, so that a test sees
 * what a system call does to each of them.  A peer has an IPC buffer, which
 * is mapped here too; it shares our CSpace and address space.
 */
#ifndef FALLOW_PEER_H
#define FALLOW_PEER_H
#include "task.h"

struct peer {
    seL4_CPtr tcb;
    seL4_CPtr frame; /* of its buffer */
    seL4_IPCBuffer *buffer;
    seL4_Word number;    /* 1 .. in the order of creation */
    seL4_UserContext in; /* as last started */
    seL4_UserContext r;  /* as last read */
};

/* A thread of this priority, 2 .. 254, not started. */
void peer_create(struct peer *p, seL4_Word priority);

/* It makes this system call when it runs next: capability, message info,
 * message registers; what it waits for now is cancelled. */
void peer_sys(struct peer *p, seL4_Word number, seL4_CPtr cptr, seL4_Word info,
              const seL4_Word mr[4]);

/* The info word of a message. */
seL4_Word peer_info(seL4_Word label, seL4_Word caps, seL4_Word length);

/* Lets everybody run until nobody can. */
void peers_run(void);

/* Has it come back from its call?  Reads its registers. */
bool peer_is_back(struct peer *p);

/* The same, and no register but a0 to a5 has changed. */
bool peer_is_back_whole(struct peer *p);

/* Claims that it has come back with badge, info and message registers. */
void peer_expect(struct peer *p, seL4_Word badge, seL4_Word info, seL4_Word mr0,
                 const char *name);
void peer_expect_waiting(struct peer *p, const char *name);

/* The order in which peers came back since the last call of this: a digit
 * each, compared with `want'. */
void peers_expect_order(const char *want, const char *name);
void peers_forget_order(void);

/* The number of the i-th peer that came back, 0: fewer have. */
seL4_Word peers_order(seL4_Word i);

/* A badged copy, with these rights. */
seL4_CPtr peer_mint(seL4_CPtr of, seL4_CapRights_t rights, seL4_Word badge);
#endif
