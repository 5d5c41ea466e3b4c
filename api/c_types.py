# SPDX-License-Identifier: BSD-2-Clause
"""types.txt, syscalls.txt and the labels, as C."""

from c_text import c_number, function, header, wrap
from describe import SEL4_GROUPS, WORD_BITS, calls_of, syscalls_of

WORD = "seL4_Uint64"


def enum_text(tag, alias, values, is_word):
    typedef = "typedef " if alias else ""
    head = f"{typedef}enum {tag} {{" if tag else f"{typedef}enum {{"
    lines = [head] + [f"    {n} = {c_number(v)}," for n, v in values]
    if is_word:
        lines.append(f"    SEL4_FORCE_LONG_ENUM({alias or tag}),")
    return "\n".join([*lines, f"}} {alias};" if alias else "};"]) + "\n"


def constants_header(types):
    parts = ["".join(f"#define {name} {c_number(value)}\n"
                     for name, value, _ in types.constants)]
    parts += [enum_text(*item) for item in types.enums]
    return header("SEL4_CONSTANTS_H", "types.txt",
                  "Sizes, object types, initial capabilities, errors.", parts,
                  ["sel4/config.h", "sel4/macros.h"])


# ---- Bit fields --------------------------------------------------------------

def placed(fields):
    """[(name, lowest bit, bits)]; the first field is the highest."""
    low, found = WORD_BITS, []
    for name, bits in fields:
        low -= bits
        if name != "-":
            found.append((name, low, bits))
    return found


def mask_of(bits):
    return f"0x{(1 << bits) - 1:x}ull"


def struct_of(name, words):
    return (f"struct {name} {{\n    {WORD} words[{words}];\n}};\n"
            f"typedef struct {name} {name}_t;\n")


def accessors(struct, prefix, name, word, low, bits):
    """get and set, of a value and through a pointer."""
    shift = f" >> {low}" if low else ""
    get = f"words[{word}]" if bits == WORD_BITS else \
        f"words[{word}]{shift} & {mask_of(bits)}"
    up = f" << {low}" if low else ""
    if bits == WORD_BITS:
        new = "value"
    else:
        kept = f"words[{word}] & ~({mask_of(bits)}{up})"
        new = f"({kept}) |\n        (value & {mask_of(bits)}){up}"
    yield function(WORD, f"{prefix}_get_{name}", [f"{struct}_t it"],
                   [f"return it.{get};"])
    yield function(f"{struct}_t", f"{prefix}_set_{name}",
                   [f"{struct}_t it", f"{WORD} value"],
                   [f"it.words[{word}] = {new.replace('(words', '(it.words')};",
                    "return it;"])
    yield function(WORD, f"{prefix}_ptr_get_{name}", [f"const {struct}_t *it"],
                   [f"return it->{get};"])
    yield function("void", f"{prefix}_ptr_set_{name}",
                   [f"{struct}_t *it", f"{WORD} value"],
                   [f"it->words[{word}] = "
                    f"{new.replace('(words', '(it->words')};"])


def word_text(name, fields):
    fields = placed(fields)
    body = [f"{name}_t it;", "", "it.words[0] = 0;"]
    for field, low, bits in fields:
        up = f" << {low}" if low else ""
        body.append(f"it.words[0] |= ({field} & {mask_of(bits)}){up};")
    parts = [struct_of(name, 1),
             function(f"{name}_t", f"{name}_new",
                      [f"{WORD} {f}" for f, _, _ in fields],
                      [*body, "return it;"])]
    for field in fields:
        parts += accessors(name, name, field[0], 0, *field[1:])
    return "\n".join(parts)


def words_header(types):
    return header("SEL4_SHARED_TYPES_GEN_H", "types.txt",
                  "Words with fields, their constructors and accessors.",
                  [word_text(*w) for w in types.words],
                  ["sel4/simple_types.h", "sel4/macros.h"])


def variant_text(union, tag, bits, variant):
    names = variant.fields
    body = [f"{union}_t it = {{{{0}}}};", "", f"it.words[0] = {variant.tag};"]
    body += [f"it.words[{len(names) - i}] = {n};" for i, n in enumerate(names)]
    parts = [function(f"{union}_t", f"{union}_{variant.name}_new",
                      [f"{WORD} {n}" for n in names] or ["void"],
                      [*body, "return it;"])]
    for i, n in enumerate(names):
        parts += accessors(union, f"{union}_{variant.name}", n,
                           len(names) - i, 0, WORD_BITS)
    return "\n".join(parts)


def union_text(union, tag, bits, variants):
    words = 1 + max(len(v.fields) for v in variants)
    tags = [(f"{union}_{v.name}", v.tag) for v in variants]
    parts = [struct_of(union, words),
             enum_text(f"{union}_tag", f"{union}_tag_t", tags, False)]
    parts += list(accessors(union, union, tag, 0, 0, bits))
    parts.append(function(
        "int", f"{union}_{tag}_equals",
        [f"{union}_t it", f"{WORD} value"],
        [f"return {union}_get_{tag}(it) == value;"]))
    parts += [variant_text(union, tag, bits, v) for v in variants]
    return "\n".join(parts)


def unions_header(types):
    return header("SEL4_TYPES_GEN_H", "types.txt",
                  "A fault, as words: the tag comes first.",
                  [union_text(*u) for u in types.unions],
                  ["sel4/simple_types.h", "sel4/macros.h"])


# ---- Structs -----------------------------------------------------------------

def struct_text(tag, members, alias, aligned):
    lines = [f"typedef struct {tag} {{"]
    lines += [f"    {t[:-1]} *{n};" if t.endswith("*") else f"    {t} {n};"
              for _, t, n in members]
    attribute = f" __attribute__((aligned({aligned})))" if aligned else ""
    lines.append(f"}} {alias}{attribute};")
    for offset, _, member in members:
        member = member.split("[")[0]
        lines.append(f"SEL4_OFFSET_ASSERT({alias}, {member}, {offset});")
    return "\n".join(lines) + "\n"


def structs_header(types):
    return header("SEL4_STRUCTS_GEN_H", "types.txt",
                  "What lies in memory that user level and kernel share.",
                  [struct_text(*s) for s in types.structs],
                  ["sel4/types.h"])


# ---- Numbers -----------------------------------------------------------------

def syscalls_header(calls, release):
    values = [(f"seL4_Sys{c.name}", n) for c, n in syscalls_of(calls, release)]
    return header("SEL4_SYSCALL_H", "syscalls.txt", "System call numbers.",
                  [enum_text("seL4_Syscall_ID", "seL4_Syscall_ID", values,
                             True)], ["sel4/macros.h"])


def labels_header(groups, release):
    """One enumeration for each group, each going on where the last ended."""
    parts, first = [], [("InvalidInvocation", 0)]
    ends = {"generic": ("invocation_label", "nInvocationLabels"),
            "sel4_arch": ("sel4_arch_invocation_label",
                          "nSeL4ArchInvocationLabels"),
            "arch": ("arch_invocation_label", "nArchInvocationLabels")}
    listed = []
    for group in SEL4_GROUPS:
        listed.append(group)
        calls = calls_of(groups, listed, release)
        mine = [call for obj in groups[group] for call in obj.calls]
        values = first + [(c.label, n) for _, c, n in calls if c in mine]
        tag, end = ends[group]
        parts.append(enum_text(tag, "", values + [(end, len(calls) + 1)],
                               False))
        first = []
    ours = [(f"{c.label}", n)
            for _, c, n in calls_of(groups, ["fallow"], release)]
    parts.append("".join(f"#define {name} {c_number(number)}\n"
                         for name, number in ours))
    return header("SEL4_INVOCATION_H", "invocations.txt",
                  f"Invocation labels of release {release}.", parts)


def kernel_labels(groups, releases):
    """For the kernel's build: its own label of each that a program sends."""
    newest = {c.label: n for _, c, n in
              calls_of(groups, SEL4_GROUPS, max(releases))}
    parts = []
    for release in sorted(releases, reverse=True):
        calls = calls_of(groups, SEL4_GROUPS, release)
        rows = ["0"] + [str(newest[c.label]) for _, c, _ in calls]
        parts.append(wrap(f"#define API_LABELS_{release} {{ \\\n    ", rows,
                          " }", "    ").replace(",\n", ", \\\n"))
        parts.append(f"#define API_LABEL_COUNT_{release} {len(rows)}u\n")
    parts.append("".join(f"#define API_LABEL_{name} {number}\n"
                         for name, number in newest.items()))
    return header("FALLOW_API_LABELS_H", "invocations.txt",
                  "API_LABELS_r[label of release r] is the newest release's "
                  "label of the same invocation.", parts)
