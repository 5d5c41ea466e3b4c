/* SPDX-License-Identifier: BSD-2-Clause */
/* What the bodies of all layers share.
 *
 * Nothing here keeps anything. */
#ifndef UT_BASE_H
#define UT_BASE_H
#include "ut_types.h"

/* Fills in *fault, which may be NULL, and returns err. */
ut_err_t ut_fail_(struct ut_fault *fault, ut_err_t err, uint64_t wanted,
                  uint64_t available, uint64_t address, ut_owner_t owner);

/* log2 of the highest bit; 0 of 0.  No machine's instruction is needed, nor the
 * table that a compiler has instead. */
unsigned ut_log2_down(uint64_t x);
#endif
