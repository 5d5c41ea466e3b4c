#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""The root tasks test/riscv64/vectors_*.c play every row of the table of test
vectors, sel4-abi.md 13.1, each once.  Where the document is not at hand
(SEL4_ABI, or ../shared/reference) only their number is compared.
"""

import glob
import os
import re
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(__file__), "lib"))
from tap import TOP, done, ok, read, same, skip

DOCUMENT = os.environ.get(
    "SEL4_ABI", f"{TOP}/../shared/reference/sel4-abi.md")
ROWS = 87  # of the document of 2026-08
ASCII = {"→": "->", "≥": ">=", "≠": "/=", "…": "..."}


def played():
    """Rows that the programs begin, in the order of the files and lines."""
    rows = []
    for path in sorted(glob.glob(f"{TOP}/test/riscv64/vectors_*.c")):
        text = re.sub(r'"\s*\n\s*"', "", read(path))
        # What only one release has stands in both branches of an #if.
        text = re.sub(r"#else\n.*?#endif\n", "#endif\n", text, flags=re.S)
        rows += re.findall(r'ROW\("(.*?)"\);', text)
    return rows


def documented():
    """First columns of both tables of section 13.1, in ASCII."""
    text = read(DOCUMENT)
    section = text[text.index("### 13.1"):text.index("## 14.")]
    rows = [line.split(" | ")[0][2:] for line in section.splitlines()
            if line.startswith("| ")]
    for sign, name in ASCII.items():
        rows = [row.replace(sign, name) for row in rows]
    return [row for row in rows
            if row not in ("other", "operation (all by Call)")]


def main():
    rows = played()
    ok(len(set(rows)) == len(rows), "no row is played twice")
    same(len(rows), ROWS, "rows played")
    if not os.path.exists(DOCUMENT):
        skip(f"{DOCUMENT} is not here")
        return done()
    for row in documented():
        ok(row in rows, f"played: {row}")
    same(sorted(set(rows) - set(documented())), [],
         "rows that are not in the document")
    return done()


if __name__ == "__main__":
    sys.exit(main())
