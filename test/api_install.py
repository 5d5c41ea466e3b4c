#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""`make install' lays out kernel, device tree and memory as loaders read them
(sel4-abi.md 6.1, 6.7, 10d), and says what is missing where it cannot.
"""

import os
import re
import shutil
import struct
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(__file__), "lib"))
from tap import CROSS, done, ok, read, run, same, skip


# 6.7: device untypeds of a 3 GiB machine, base:bits.
DEVICES = """0:25 2200000:21 2400000:22 2800000:23 3000000:24 4000000:26
8000000:26 c600000:21 c800000:23 d000000:24 e000000:25 10000000:28 20000000:29
40000000:30 80000000:21 140000000:30 180000000:31 200000000:33 400000000:34
800000000:35 1000000000:36 2000000000:37 4000000000:38"""


def read_yaml(text):
    """The little of YAML that platform_gen.yaml is written in."""
    regions, name = {}, None
    for line in text.split("\n"):
        line = line.split("#")[0].rstrip()
        if line.endswith(":"):
            name = line[:-1]
            regions[name] = []
        elif line:
            start, key, value = re.match(r"(- |  )(\w+): (\d+)$",
                                         line).groups()
            if start == "- ":
                regions[name].append({})
            regions[name][-1][key] = int(value)
    return regions


def blocks(start, end):
    """Naturally aligned blocks, the largest that fit, of at most 2^38."""
    while start < end:
        bits = min(38, (end - start).bit_length() - 1)
        if start:
            bits = min(bits, (start & -start).bit_length() - 1)
        yield f"{start:x}:{bits}"
        start += 1 << bits


def check_platform(prefix):
    tree = open(f"{prefix}/support/kernel.dtb", "rb").read()
    magic, size = struct.unpack_from(">2I", tree)
    ok(magic == 0xd00dfeed and size == len(tree) and size < 1 << 16,
       "kernel.dtb is a packed device tree", f"{magic:x} {size} {len(tree)}")
    source = run("dtc", "-q", "-I", "dtb", "-O", "dts",
                 f"{prefix}/support/kernel.dtb").stdout
    ok(re.search(r"memory@80000000 \{[^}]*reg = <0x00 0x80000000 0x00 "
                 r"0xc0000000>", source), "... of the machine asked for")
    ok(re.search(r"reserved-memory \{.*?\{\s*reg = <0x00 0x80000000 0x00 "
                 r"0x200000>", source, re.S),
       "... that reserves the firmware's memory")
    ok("rng-seed" not in source, "... without a seed made at installation")
    regions = read_yaml(read(prefix, "support/platform_gen.yaml"))
    same(sorted(regions), ["devices", "memory"], "platform_gen.yaml: its keys")
    same(regions["memory"], [{"start": 0x80200000, "end": 0x140000000}],
         "platform_gen.yaml: memory")
    same([b for r in regions["devices"]
          for b in blocks(r["start"], r["end"])],
         # The firmware's block belongs to the device space below it here.
         DEVICES.split(), "platform_gen.yaml: devices are those of 6.7")


def check_kernel(prefix):
    elf = open(f"{prefix}/bin/kernel.elf", "rb").read()
    kind, machine = struct.unpack_from("<2H", elf, 16)
    entry, table = struct.unpack_from("<2Q", elf, 24)
    (count,) = struct.unpack_from("<H", elf, 56)
    ok(elf[:5] == b"\x7fELF\2" and (kind, machine) == (2, 243),
       "kernel.elf is a program for RV64")
    segments = [struct.unpack_from("<2I6Q", elf, table + 56 * i)
                for i in range(count)]
    ok(segments and all(s[0] == 1 and s[6] > 0 for s in segments),
       "... of nothing but segments to load", segments)
    ok(any(s[3] <= entry < s[3] + s[6] for s in segments),
       "... one of which has the entry")
    same(len({s[3] - s[4] for s in segments}), 1,
         "... with one distance of virtual and physical addresses")


PROGRAM = """#include <sel4/sel4.h>
void _start(seL4_BootInfo *info)
{
    seL4_InitBootInfo(info);
    seL4_SetIPCBuffer(seL4_GetBootInfo()->ipcBuffer);
    for (;;)
        seL4_TCB_Suspend(seL4_CapInitThreadTCB);
}
"""


def check_library(prefix, folder):
    """A program is built with nothing but what is installed."""
    with open(f"{folder}/program.c", "w", encoding="utf-8") as f:
        f.write(PROGRAM)
    result = run(CROSS + "gcc", "-std=c11", "-O2", "-Wall", "-Wextra",
                 "-Werror", "-march=rv64gc", "-mabi=lp64d", "-mcmodel=medany",
                 "-ffreestanding", "-nostdlib", "-static",
                 "-I", f"{prefix}/libsel4/include", "-o", f"{folder}/program",
                 f"{folder}/program.c", "-L", f"{prefix}/libsel4/lib",
                 "-lsel4")
    ok(result.returncode == 0, "a program is built against the installation",
       result.stdout)


def check_installation(folder):
    result = run("make", "install", f"R={folder}/r15")
    ok(result.returncode != 0 and "PREFIX" in result.stdout,
       "without PREFIX: says so", result.stdout)
    result = run("make", "install", f"R={folder}/r15", "CROSS=no-such-",
                 f"PREFIX={folder}/none")
    ok(result.returncode != 0 and "no-such-gcc is missing" in result.stdout,
       "without the cross compiler: says so", result.stdout)
    missing = [t for t in (CROSS + "gcc", "qemu-system-riscv64", "dtc")
               if not shutil.which(t)]
    if missing:
        skip(f"kernel and device tree: {' '.join(missing)} not installed")
        return
    prefix = f"{folder}/p15"
    result = run("make", "install", f"R={folder}/r15", f"PREFIX={prefix}",
                 "MEM=3G")
    ok(result.returncode == 0, "make install", result.stdout[-2000:])
    if result.returncode == 0:
        check_kernel(prefix)
        check_library(prefix, folder)
        check_platform(prefix)


def main():
    with tempfile.TemporaryDirectory() as folder:
        check_installation(folder)
    return done()


if __name__ == "__main__":
    sys.exit(main())
