/* SPDX-License-Identifier: BSD-2-Clause */
/* The calls that seL4 does not have, beside those that it has: objects at an
 * offset that the caller names, and memory freed by its address.
 *
 *   fallow_Untyped_RetypeAt     at an offset
 *   fallow_Untyped_RetypeWhole  everything at once
 *   fallow_Untyped_Describe     what the untyped is, and what the kernel can
 *   fallow_Untyped_Next         what is in it
 *   fallow_Untyped_RevokeAt     frees a block of it
 *
 * A kernel that does not have them answers seL4_IllegalOperation: Describe is
 * the way to find out.
 */
#ifndef SEL4_FALLOW_H
#define SEL4_FALLOW_H
#include "sel4.h"
#include <interfaces/fallow_client.h>
#endif
