/* SPDX-License-Identifier: BSD-2-Clause */
/* What the server tells its monitor, and where a test can end its life. */
#include "memserver.h"

void memserver_report(struct memserver *s, seL4_Word label, const seL4_Word *w)
{
    for (unsigned i = 0; i < 4; i++)
        seL4_SetMR(i, w[i]);
    seL4_Call(s->monitor, seL4_MessageInfo_new(label, 0, 0, 4));
}

void memserver_pass(struct memserver *s, seL4_Word point)
{
    if (s->stop_at == point && --s->stop_in == 0)
        memserver_report(s, MEMSERVER_STOPPED, (seL4_Word[4]){point});
}
