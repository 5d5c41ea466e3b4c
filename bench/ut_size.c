/* SPDX-License-Identifier: BSD-2-Clause */
/* What `make check-ut-size' links: everything of layers 0 to 4 that allocates,
 * frees and accounts, and one strategy.  Looking (ut_stats, ut_walk,
 * ut_explain, ut_check, ut_strerror) is not of it.  The table of names is not
 * constant, so that it is not counted as text itself. */
#include "ut/ut.h"
#include "ut/ut_source.h"

typedef void function(void);

struct root {
    const struct ut_strategy *strategy;
    function *functions[24];
};

#define CALLED(name) ((function *)(name))

extern struct root ut_size_root;

struct root ut_size_root = {
    &ut_strategy_offset,
    {
        CALLED(ut_source_add),    CALLED(ut_source_features),
        CALLED(ut_source_books),  CALLED(ut_memory_bytes),
        CALLED(ut_init),          CALLED(ut_root),
        CALLED(ut_strategy_name), CALLED(ut_reserve),
        CALLED(ut_price),         CALLED(ut_alloc),
        CALLED(ut_lease),         CALLED(ut_commit),
        CALLED(ut_cancel),        CALLED(ut_free),
        CALLED(ut_transfer),      CALLED(ut_adopt),
        CALLED(ut_acct_create),   CALLED(ut_acct_move),
        CALLED(ut_acct_usage),    CALLED(ut_acct_find),
        CALLED(ut_acct_destroy),  CALLED(ut_prepare),
        CALLED(ut_trim),
    },
};
