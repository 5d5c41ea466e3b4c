# SPDX-License-Identifier: BSD-2-Clause
# The house rules that can be seen in one file.  Called by scripts/tidy.
# Relies on clang-format for this: a function's braces stand alone in column 1.

function complain(rule, text) {
    printf "%s:%d: [%s] %s\n", FILENAME, FNR, rule, text
}

# Words that must not occur in code, and what to use in their place.
function ban(where, word, instead) {
    banned_where[++bans] = where
    banned[bans] = "(^|[^A-Za-z0-9_])" word
    banned_name[bans] = word
    banned_instead[bans] = instead
    sub(/\[\(\]/, "", banned_name[bans])
}

function file_end() {
    if (previous == "")
        return
    if (lines > 1000)
        printf "%s:%d: [size] over 1000 lines: split it\n", previous, lines
    else if (lines > 400 && is_c)
        printf "%s:%d: [long] over 400 lines: time to split\n", previous, lines
    if (!licensed && previous !~ /\.(md|json)$|^\./ && lines > 0)
        printf "%s:1: [spdx] no SPDX-License-Identifier line\n", previous
}

function file_begin() {
    file_end()
    previous = FILENAME
    licensed = lines = body_begin = guard = 0
    is_c = FILENAME ~ /\.[ch]$/
    is_core = FILENAME ~ /(^|\/)kernel\/core\//
    is_kernel = FILENAME ~ /(^|\/)kernel\/(core|include)\//
    is_prose = FILENAME ~ /\.md$/
}

# The line without its comments and the insides of its strings.
function code_of(line,    out, at) {
    gsub(/\\./, "", line)
    gsub(/"[^"]*"/, "\"\"", line)
    gsub(/\/\*([^*]|\*[^\/])*\*\//, "", line)
    if (in_comment) {
        at = index(line, "*/")
        if (at == 0)
            return ""
        line = substr(line, at + 2)
        in_comment = 0
    }
    at = index(line, "/*")
    if (at > 0) {
        in_comment = 1
        line = substr(line, 1, at - 1)
    }
    sub(/\/\/.*/, "", line)
    return line
}

# Characters of a line in UTF-8; awk counts bytes here.
function columns_of(line) {
    gsub(/[\200-\277]/, "", line)
    return length(line)
}

function check_core(code) {
    if (code ~ /^ *# *(if|elif|else)/ && !(FILENAME ~ /\.h$/ && FNR < 60 &&
        code ~ /^#ifndef FALLOW_/ && guard++ == 0))
        complain("portable", "no #if here: vary by a file or by a value")
    if (code ~ /^#include </ && code !~ /<std(bool|def|int)\.h>/)
        complain("portable", "needs a C library: enter through arch.h")
}

function check_function(code) {
    if (code == "{")
        body_begin = FNR
    if (code == "}" && body_begin) {
        if (FNR - body_begin + 1 > 70)
            complain("function", FNR - body_begin + 1 \
                " lines: at most 70; push ifs up and loops down")
        body_begin = 0
    }
}

BEGIN {
    ban("", "strcpy[(]", "snprintf, and look at its result")
    ban("", "strcat[(]", "snprintf, and look at its result")
    ban("", "v?sprintf[(]", "snprintf, and look at its result")
    ban("", "gets[(]", "fgets")
    ban("", "strtok(_r)?[(]", "strcspn and strspn")
    ban("", "ato(i|l|ll|f)[(]", "cli_parse_number")
    ban("", "s?rand(om)?[(]", "seed_next, whose seed is printed")
    ban("", "alloca[(]", "an array of a stated maximum")
    ban("", "(sig)?(set|long)jmp[(]", "an error result")
    ban("kernel", "(m|c|re)alloc[(]", "memory that the caller gives")
    ban("kernel", "assert[(]", "KERNEL_ASSERT, which stays in releases")
    ban("kernel", "f?printf[(]", "an error and its fields")
    # Split words, so that this file passes.
    unfinished = "(^|[^A-Za-z])(TO" "DO|FIX" "ME|XX" "X|HA" "CK)([^A-Za-z]|$)"
    architectures = "(^|[^a-z])(risc-?v|rv(32|64)|sv39|x86|amd64|ia32|" \
        "aarch(32|64)|arm(v[78])?|mips|ppc|hosted|qemu|sbi)([^a-z]|$)"
}

FNR == 1 { file_begin(); in_comment = 0 }
{ lines++ }

FNR <= 2 && /SPDX-License-Identifier: BSD-2-Clause/ { licensed = 1 }
!is_prose && length($0) > 80 && columns_of($0) > 80 {
    complain("columns", "over 80 columns")
}
/[ \t]$/ { complain("blanks", "blanks at the end") }
is_c && /\t/ { complain("tabs", "indent by 4 spaces") }
$0 ~ unfinished { complain("unfinished", "finish it, or file an issue") }
is_core && tolower($0) ~ architectures {
    complain("portable", "names an architecture: that belongs to arch/")
}

is_c {
    code = code_of($0)
    if (is_core)
        check_core(code)
    check_function(code)
    for (i = 1; i <= bans; i++)
        if ((banned_where[i] == "" || is_kernel) && code ~ banned[i])
            complain("banned", banned_name[i] ": use " banned_instead[i])
}

END { file_end() }
