/* SPDX-License-Identifier: BSD-2-Clause */
#include "ending.h"
#include "sbi.h"
#include "space.h"

static volatile uint32_t *test_device; /* NULL: not mapped (yet) */

void ending_init(struct range device)
{
    if (device.start < device.end)
        test_device = space_map_device(device.start, device.end - device.start);
}

void ending_fail(void)
{
    if (test_device)
        *test_device = ENDING_FAILED;
    sbi_shutdown();
}
