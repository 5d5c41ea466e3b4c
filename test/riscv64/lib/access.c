/* SPDX-License-Identifier: BSD-2-Clause */
#include "access.h"

seL4_CPtr access_done;
volatile seL4_Word access_seen, access_stored;

static void finish(void)
{
    seL4_Signal(access_done);
    for (;;)
        seL4_Yield();
}

void access_load(seL4_Word address)
{
    access_seen = *(volatile seL4_Word *)address;
    finish();
}

void access_store(seL4_Word address)
{
    *(volatile seL4_Word *)address = access_stored;
    finish();
}

void access_call(seL4_Word address)
{
    ((void (*)(void))address)();
    finish();
}
