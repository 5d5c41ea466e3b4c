# SPDX-License-Identifier: BSD-2-Clause
# Usage: awk -f count.awk -v unit=U -v count=0|1 -v smoke=|.smoke -v status=N
#     -v seconds=N expected LOG
# Counts the goals of each function in Frama-C's log of a unit, says what is
# not proved, and compares with what is expected: lines `UNIT FUNCTION GOALS'.

# The longest name among the unit's that a goal's begins with.
function owner_of(goal,    name, best) {
    sub(/^typed_/, "", goal)
    best = "?"
    for (name in wanted)
        if (index(goal, prefix[name]) == 1 &&
            (best == "?" || length(name) > length(best)))
            best = name
    return best
}

function problem(text) {
    problems++
    print "  " text
}

FNR == NR {
    if ($1 == unit) {
        order[++names] = $2
        wanted[$2] = $3
        prefix[$2] = $2 "_"
        # A lemma's goal has the lemma's name, and that alone.
        if (sub(/^lemma:/, "lemma_", prefix[$2]))
            sub(/_$/, "", prefix[$2])
    }
    next
}

/^\[wp\] \[[^]]*\] (Goal|Smoke-test) / {
    goal = $0
    sub(/^.* (Goal|Smoke-test) /, "", goal)
    sub(/ .*/, "", goal)
    owner = owner_of(goal)
    goals[owner]++
    total++
    if ($0 ~ / : Valid/ || $0 ~ /^\[wp\] \[Passed\]/)
        proved++
    else
        problem("not proved: " goal)
    next
}
/[Ww]arning|User [Ee]rror|Neither code nor spec/ { problem($0) }
/^\[wp\] Proved goals:/ { summary = $4 "/" $6 }

END {
    if (status != 0)
        problem("Frama-C ends with status " status)
    if (names == 0)
        problem("expects nothing of " unit)
    if (summary != proved + 0 "/" total + 0)
        problem("the log counts " summary ", not " proved "/" total)
    if (goals["?"] > 0)
        problem(goals["?"] " goals of functions that are not expected")
    for (i = 1; i <= names; i++) {
        name = order[i]
        if (count)
            print unit, name, goals[name] + 0
        else if (smoke == "" && goals[name] + 0 < wanted[name])
            problem(name ": " goals[name] + 0 " goals, expected " wanted[name])
        else if (smoke != "" && goals[name] + 0 == 0)
            problem(name ": no smoke test")
    }
    printf "%s%s: %d / %d, %d s\n", unit, smoke, proved, total, seconds
    exit problems > 0
}
