#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""The installed headers are C11 and C++17 for every compiler that is here; the
layouts in them are the document's; and the test of every stub passes with
those of each release.
"""

import os
import shutil
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(__file__), "lib"))
from tap import CROSS, TOP, done, install, ok, read, run, same, skip


COMPILERS = {
    "gcc, C11": ["gcc", "-std=c11"],
    "gcc, C++17": ["g++", "-std=c++17", "-xc++"],
    "clang, C11": ["clang-14", "-std=c11"],
    "clang, C++17": ["clang-14", "-std=c++17", "-xc++"],
    "cross gcc, C11": [CROSS + "gcc", "-std=c11", "-march=rv64gc",
                       "-mabi=lp64d", "-mcmodel=medany", "-ffreestanding"],
    "cross gcc, C++17": [CROSS + "g++", "-std=c++17", "-xc++",
                         "-march=rv64gc", "-mabi=lp64d", "-mcmodel=medany",
                         "-ffreestanding", "-fno-exceptions", "-fno-rtti"],
    "cross clang, C11": ["clang-14", "-std=c11", "-ffreestanding",
                         "--target=riscv64-unknown-elf", "-march=rv64gc"],
}
WARNINGS = ["-O2", "-Wall", "-Wextra", "-Wundef", "-Werror"]


def check_headers(include, release, folder):
    headers = []
    for where, _, names in os.walk(include):
        headers += [os.path.relpath(f"{where}/{n}", include)
                    for n in names if n.endswith(".h")]
    program = f"{folder}/program.c"
    with open(program, "w", encoding="utf-8") as f:
        f.write("#include <sel4/sel4.h>\n"
                f'#include "{TOP}/test/lib/api_layout.h"\n'
                "seL4_Error last(void) { return seL4_TCB_Suspend(1); }\n")
    for name, command in COMPILERS.items():
        if not shutil.which(command[0]):
            skip(f"{release}: {name}: {command[0]} is not installed")
            continue
        result = run(*command, *WARNINGS, "-I", include, "-c", "-o",
                     f"{folder}/program.o", program)
        ok(result.returncode == 0,
           f"{release}: headers and their layouts: {name}", result.stdout)
    empty = f"{folder}/empty.c"
    open(empty, "w", encoding="utf-8").close()
    alone = [(h, run("gcc", "-std=c11", *WARNINGS, "-I", include,
                     "-fsyntax-only", "-include", h, empty))
             for h in sorted(headers)]
    same([(h, r.stdout[:200]) for h, r in alone if r.returncode], [],
         f"{release}: each of {len(headers)} headers can be included alone")
    stubs = f"{folder}/stubs"
    built = run("gcc", "-std=c11", "-D_GNU_SOURCE", "-I", include,
                "-Itest/lib", "-o", stubs, "test/api_stubs.c",
                "test/lib/tap.c", "test/lib/tap_host.c")
    ok(built.returncode == 0, f"{release}: the test of every stub is built",
       built.stdout)
    if built.returncode == 0:
        result = run(stubs)
        ok(result.returncode == 0, f"{release}: every stub sends what it "
           "should", result.stdout)


def main():
    with tempfile.TemporaryDirectory() as folder:
        for release, bits, options in ((15, 11, ()), (14, 11, ("GEN3=0",)),
                                       (13, 10, ("HAVE_FPU=0",))):
            include = install(folder, release, *options)
            check_headers(include, release, folder)
            ok(f"#define seL4_TCBBits {bits}\n" in
               read(include, "sel4/constants.h"),
               f"{release}: TCBs of 2^{bits} bytes, with or without an FPU")
    return done()


if __name__ == "__main__":
    sys.exit(main())
