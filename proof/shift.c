/* SPDX-License-Identifier: BSD-2-Clause */
/* Nothing but the lemmas. */
#include "shift.h"
