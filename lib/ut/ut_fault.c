/* SPDX-License-Identifier: BSD-2-Clause */
#include "ut_int.h"

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
