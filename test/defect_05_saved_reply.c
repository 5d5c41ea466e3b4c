/* SPDX-License-Identifier: BSD-2-Clause */
/* Defect 5 of retype.md A.1: deleting or revoking a saved reply capability
 * stopped the kernel, for the search for its parent ran off the tree. */
#include "fixture.h"

enum { SERVER = FIX_FREE, CLIENT, SAVED, ENDPOINT };

static struct fixture f;

/* The client calls, the server takes the message and saves its caller. */
static void call_and_save(void)
{
    struct cap client = fixture_cap(&f, CLIENT);

    fixture_derive(&f, fixture_inner(&f, CLIENT, TCB_REPLY),
                   fixture_inner(&f, SERVER, TCB_CALLER),
                   &(struct cap){.type = CAP_REPLY,
                                 .base = client.base,
                                 .bits = client.bits,
                                 .rights = CAP_GRANT});
    cnode_save_caller(&f, SAVED);
    ok_reply(&f, "SaveCaller", 0);
    ok_slots(&f, SAVED, "r", "the reply capability is saved");
}

int main(void)
{
    struct cap client;

    fixture_rv64(&f);
    retype(&f, FIX_UT, OBJECT_TCB, 0, SERVER, 2);
    retype(&f, FIX_UT, OBJECT_ENDPOINT, 0, ENDPOINT, 1);
    ok_reply(&f, "two threads and an endpoint", 0);
    client = fixture_cap(&f, CLIENT);
    reply_setup_master(f.k, client.base, client.bits);
    f.caller = fixture_inner(&f, SERVER, TCB_CALLER);

    call_and_save();
    cnode_delete(&f, SAVED);
    ok_reply(&f, "Delete of it", 0);
    ok_slots(&f, SERVER, "tt.e", "takes it alone");

    call_and_save();
    cnode_revoke(&f, SAVED);
    ok_reply(&f, "Revoke of it", 0);
    ok_slots(&f, SERVER, "ttre", "takes nothing");

    cnode_delete(&f, CLIENT);
    ok_slots(&f, SERVER, "t..e", "it goes with the client");

    retype(&f, FIX_UT, OBJECT_TCB, 0, CLIENT, 1);
    client = fixture_cap(&f, CLIENT);
    reply_setup_master(f.k, client.base, client.bits);
    call_and_save();
    cnode_revoke(&f, FIX_UT);
    ok_slots(&f, SERVER, "....", "and with everybody's memory");
    fixture_done(&f);
    return tap_done();
}
