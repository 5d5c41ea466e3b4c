/* SPDX-License-Identifier: BSD-2-Clause */
/* Calls and errors by name, for reports. */
#include "lockstep.h"

static const struct {
    uint64_t label;
    const char *name;
} labels[LOCKSTEP_LABELS] = {
    {0, "other"},
    {LABEL_UNTYPED_RETYPE, "Retype"},
    {LABEL_UNTYPED_RETYPE_AT, "RetypeAt"},
    {LABEL_UNTYPED_RETYPE_WHOLE, "RetypeWhole"},
    {LABEL_UNTYPED_DESCRIBE, "Describe"},
    {LABEL_UNTYPED_NEXT, "Next"},
    {LABEL_UNTYPED_REVOKE_AT, "RevokeAt"},
    {LABEL_CNODE_REVOKE, "Revoke"},
    {LABEL_CNODE_DELETE, "Delete"},
    {LABEL_CNODE_CANCEL_BADGED_SENDS, "CancelBadgedSends"},
    {LABEL_CNODE_COPY, "Copy"},
    {LABEL_CNODE_MINT, "Mint"},
    {LABEL_CNODE_MOVE, "Move"},
    {LABEL_CNODE_MUTATE, "Mutate"},
    {LABEL_CNODE_ROTATE, "Rotate"},
    {LABEL_CNODE_SAVE_CALLER, "SaveCaller"},
};

unsigned lockstep_label_index(uint64_t label)
{
    for (unsigned i = 1; i < LOCKSTEP_LABELS; i++)
        if (labels[i].label == label)
            return i;
    return 0;
}

const char *lockstep_label_name(unsigned index)
{
    return labels[index].name;
}

const char *lockstep_error_name(unsigned error)
{
    static const char *const names[LOCKSTEP_ERRORS] = {
        "NoError",          "InvalidArgument",  "InvalidCapability",
        "IllegalOperation", "RangeError",       "AlignmentError",
        "FailedLookup",     "TruncatedMessage", "DeleteFirst",
        "RevokeFirst",      "NotEnoughMemory",
    };

    return error < LOCKSTEP_ERRORS ? names[error] : "(no such label)";
}
