/* SPDX-License-Identifier: BSD-2-Clause */
#include "ut_base.h"

ut_err_t ut_fail_(struct ut_fault *fault, ut_err_t err, uint64_t wanted,
                  uint64_t available, uint64_t address, ut_owner_t owner)
{
    if (fault)
        *fault = (struct ut_fault){
            .wanted = wanted,
            .available = available,
            .address = address,
            .owner = owner,
            .err = (uint8_t)err,
        };
    return err;
}

unsigned ut_log2_down(uint64_t x)
{
    unsigned log2 = 0;

    for (unsigned step = 32; step > 0; step /= 2)
        if (x >> step != 0) {
            x >>= step;
            log2 += step;
        }
    return log2;
}
