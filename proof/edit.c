/* SPDX-License-Identifier: BSD-2-Clause */
/* Links of the index are set where they are kept, and nowhere else. */
#include "edit.h"
#include "../kernel/core/index_edit.c"
