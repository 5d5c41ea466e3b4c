/* SPDX-License-Identifier: BSD-2-Clause */
#include "ut_int.h"

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

#define DELETE_FIRST 8u /* the same number on all kernels */

ut_err_t ut_fail_kernel_(struct ut_fault *fault, uint32_t error,
                         uint64_t address)
{
    if (error == 0)
        return UT_OK;
    ut_fail_(fault, error == DELETE_FIRST ? UT_ESLOT : UT_EKERNEL, 0, 0,
             address, UT_OWNER_NONE);
    if (fault)
        fault->kernel_error = error;
    return error == DELETE_FIRST ? UT_ESLOT : UT_EKERNEL;
}
