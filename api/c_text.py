# SPDX-License-Identifier: BSD-2-Clause
"""Laying out C: the little that the generated headers need."""

COLUMNS = 80
MADE = "/* SPDX-License-Identifier: BSD-2-Clause */\n" \
       "/* Made by api/generate.py from {source}: change that. */\n"


def wrap(head, items, tail, indent, columns=COLUMNS):
    """head + items, separated by commas, + tail: on one line if it fits, else
    broken behind commas and indented."""
    line, lines = head, []
    for i, item in enumerate(items):
        last = i == len(items) - 1
        piece = item + (tail if last else ",")
        space = "" if line == head or line == indent else " "
        if line.strip() and len(line + space + piece) > columns:
            lines.append(line)
            line, space = indent, ""
        line += space + piece
    if not items:
        line += tail
    return "\n".join([*lines, line])


def signature(result, name, params):
    """The first lines of an inline function."""
    head = f"LIBSEL4_INLINE_FUNC {result}"
    joint = "" if result.endswith("*") else " "
    one = f"{head}{joint}{name}({', '.join(params)})"
    if len(one) <= COLUMNS:
        return one
    indent = " " * (len(name) + 1)
    return head + "\n" + wrap(f"{name}(", params, ")", indent)


BODY = COLUMNS - 4  # columns of a function's body


def function(result, name, params, body):
    lines = "\n".join(f"    {line}" if line else "" for line in body)
    return f"{signature(result, name, params)}\n{{\n{lines}\n}}\n"


def comment(text):
    """A comment, broken at blanks."""
    line, lines = "/*", []
    for word in text.split():
        if len(line) + 1 + len(word) > COLUMNS - 3:
            lines.append(line)
            line = " *"
        line += f" {word}"
    return "\n".join([*lines, f"{line} */"])


def header(guard, source, what, parts, includes=()):
    """A whole header file, for C and C++."""
    text = MADE.format(source=source) + comment(what) + "\n"
    text += f"#ifndef {guard}\n#define {guard}\n"
    text += "".join(f"#include <{i}>\n" for i in includes)
    return text + "\n" + "\n".join(parts) + "\n#endif\n"


def c_number(value):
    """A literal that is as wide as it needs to be, also in C++."""
    if value > 0x7fffffff:
        return f"0x{value:x}" + ("ul" if value > 0xffffffff else "u")
    return str(value)
