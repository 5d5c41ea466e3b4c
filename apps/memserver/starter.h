/* SPDX-License-Identifier: BSD-2-Clause */
/* The starter: what it holds all the time, and how it brings processes to
 * life and ends them.
 *
 *   the largest untyped
 *   | region 16 MiB | region 1 MiB | process 1 MiB x 3 | ledger, memory | ...
 *
 *   vault: CNode, 2^5 slots      1, 2 regions' untypeds; 9.. clients' CNodes
 */
#ifndef MEMSERVER_STARTER_H
#define MEMSERVER_STARTER_H
#include "client.h"
#include "process.h"

#define STARTER_CLIENTS 2u /* accounts 1 and 2 */

/* An answer: label and words. */
struct answer {
    seL4_Word label, w[4];
};

/* Can a server read back what an earlier one has left? */
bool starter_kernel_has_next(void);

/* All objects, and no process.  Stops the program if that fails. */
void starter_begin(void);

/* A life of the server, which reads back what there is; ends with it ready.
 * The report's label and what it has found. */
seL4_Word server_begin(struct memserver_found *found);
void server_kill(void);

/* Asks the server, by control. */
struct answer server_ask(seL4_Word label, seL4_Word a, seL4_Word b,
                         seL4_Word c);

/* The same, without waiting for the answer; there is none. */
void server_tell(seL4_Word label, seL4_Word a, seL4_Word b, seL4_Word c);

/* Waits until the server stops at a point: which one. */
seL4_Word server_wait(void);
void server_go_on(void);

/* A client for an account, new, waiting for an order. */
void client_begin(unsigned account);
void client_kill(unsigned account);

/* Gives an order; waits for the answer to the last one. */
void client_order(unsigned account, seL4_Word order, seL4_Word a, seL4_Word b,
                  seL4_Word c, seL4_Word d);
struct answer client_wait(unsigned account);

/* Both, for a request to the server. */
struct answer client_ask(unsigned account, seL4_Word label, seL4_Word a,
                         seL4_Word b, seL4_Word c);

/* What it is just asking the server it asks once more. */
void client_repeat(unsigned account);

/* Copies what a client has in a slot; is there a capability in the copy? */
void starter_copy(unsigned account, seL4_Word slot);
bool starter_copy_is_there(void);

#endif
