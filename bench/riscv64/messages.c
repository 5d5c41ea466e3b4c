/* SPDX-License-Identifier: BSD-2-Clause */
/* Calls of which nothing comes. */
#include "measure.h"

void rows_messages(void)
{
    seL4_CPtr untyped = space_untyped(16), endpoint = 8192;
    seL4_CPtr notification = endpoint + 1, nothing = endpoint + 2;
    seL4_MessageInfo_t empty = seL4_MessageInfo_new(0, 0, 0, 0);

    space_make(untyped, seL4_EndpointObject, 0, endpoint, 1);
    space_make(untyped, seL4_NotificationObject, 0, notification, 1);
    ROW("Yield (only thread)", 1, , (seL4_Yield(), 0), );
    ROW("Poll of an idle notification", 1, ,
        (seL4_Poll(notification, NULL), 0), );
    ROW("Signal, nobody waiting", 1, , (seL4_Signal(notification), 0),
        seL4_Poll(notification, NULL));
    ROW("NBSend to an endpoint, nobody waiting", 1, ,
        (seL4_NBSend(endpoint, empty), 0), );
    ROW_EXPECT("invocation of a null cap (error)", 1, seL4_InvalidCapability, ,
               seL4_MessageInfo_get_label(seL4_Call(nothing, empty)), );
    space_empty(untyped);
}
