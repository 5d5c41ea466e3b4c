/* SPDX-License-Identifier: BSD-2-Clause */
#include "ut.h"

static const char *const sentences[UT_ERR_COUNT] = {
    [UT_OK] = "done",
    [UT_EINVAL] = "an argument is wrong: compare it with the contract",
    [UT_EALIGN] = "the address is not aligned: ask for a multiple",
    [UT_ENOMEM] = "too little memory is free: free or donate some",
    [UT_EFRAG] = "no free block of that shape: ask for smaller ones",
    [UT_ERANGE] = "the range is not managed: donate its untyped",
    [UT_EBUSY] = "the address is taken: its owner must free it",
    [UT_EQUOTA] = "the account has too few bytes left: raise its quota",
    [UT_ECAPQUOTA] = "the account has too few capabilities left: raise them",
    [UT_ESLOT] = "a slot is in use or none is left: empty one",
    [UT_ELEASE] = "the lease is not open: take a new one",
    [UT_ELIVE] = "the object still has other capabilities: delete them",
    [UT_EAGAIN] = "the budget of work is used up: call again",
    [UT_EKERNEL] = "the kernel refused: its error is in the fault",
};

const char *ut_strerror(ut_err_t err)
{
    return (unsigned)err < UT_ERR_COUNT ? sentences[err] : "no such error";
}
