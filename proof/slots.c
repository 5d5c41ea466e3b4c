/* SPDX-License-Identifier: BSD-2-Clause */
/* The accessors of slots do what slots.h says, on the slots themselves. */
#define PROOF_OF_SLOTS
#include "slots.h"
#include "slot.h"
