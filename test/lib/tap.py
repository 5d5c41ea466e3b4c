# SPDX-License-Identifier: BSD-2-Clause
"""Tests in Python that speak TAP, as tap.h does for those in C."""

import os
import subprocess

TOP = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
CROSS = "riscv64-unknown-elf-"
counts = {"passed": 0, "failed": 0, "skipped": 0}


def ok(holds, name, found=""):
    """A claim; of what was found instead, the first lines are shown."""
    counts["passed" if holds else "failed"] += 1
    print(f"{'ok' if holds else 'not ok'} {sum(counts.values())} - {name}")
    if not holds and found:
        for line in str(found).rstrip().split("\n")[:20]:
            print(f"#   {line}")
    return bool(holds)


def same(got, want, name):
    return ok(got == want, name, f"got  {got!r}\nwant {want!r}")


def skip(reason):
    counts["skipped"] += 1
    print(f"ok {sum(counts.values())} # SKIP {reason}")


def run(*command):
    """A command in the top folder, on its own if it is make."""
    clean = {k: v for k, v in os.environ.items()
             if k not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES")}
    return subprocess.run(command, cwd=TOP, env=clean, text=True, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def read(*path):
    with open(os.path.join(*path), encoding="utf-8") as f:
        return f.read()


def install(folder, release, *options):
    """The interface of a release, in a folder; what programs include."""
    prefix = f"{folder}/p{release}"
    result = run("make", "install-interface", f"R={folder}/r{release}",
                 f"PREFIX={prefix}", f"LABELS={release}", *options)
    ok(result.returncode == 0, f"{release}: is installed", result.stdout)
    return f"{prefix}/libsel4/include"


def done():
    """Prints plan and totals; the exit status."""
    print(f"1..{sum(counts.values())}")
    print(f"# {counts['passed']} passed, {counts['failed']} failed")
    return counts["failed"] > 0 or counts["passed"] == 0
