#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""From the device tree that QEMU dumps, what is installed for loaders.

Usage: api/platform.py DUMPED.dtb kernel.dtb platform_gen.yaml

kernel.dtb: the tree, packed, with the firmware's memory reserved, which
QEMU's dump does not say, and without the seed that differs on each run.
platform_gen.yaml: memory and devices as user level gets them
(sel4-abi.md 6.7): devices are all physical space but memory and the kernel's
own devices.
"""

import struct
import subprocess
import sys

FIRMWARE_BYTES = 2 << 20  # OpenSBI lies at the start of memory
BLOCK_BYTES = 2 << 20  # granule of the devices that the kernel keeps
DEVICE_TOP = 1 << 39  # PADDR_USER_DEVICE_TOP
KERNEL_DEVICES = ("riscv,plic0", "sifive,plic-1.0.0", "riscv,clint0",
                  "sifive,clint0")
BEGIN, END, PROPERTY, NOTHING, LAST = 1, 2, 3, 4, 9


def nodes(blob):
    """(properties of the parent, properties) of each node."""
    magic, _, at, strings = struct.unpack_from(">4I", blob)
    if magic != 0xd00dfeed:
        raise ValueError("this is no device tree")
    stack = [{}]
    while True:
        (token,) = struct.unpack_from(">I", blob, at)
        at += 4
        if token == BEGIN:
            at = (blob.index(0, at) + 4) & ~3
            stack.append({})
            yield stack[-2], stack[-1]
        elif token == END:
            stack.pop()
        elif token == PROPERTY:
            size, name = struct.unpack_from(">2I", blob, at)
            name = blob[strings + name:blob.index(0, strings + name)].decode()
            stack[-1][name] = blob[at + 8:at + 8 + size]
            at = (at + 8 + size + 3) & ~3
        elif token == LAST:
            return
        elif token != NOTHING:
            raise ValueError(f"unknown token {token} in the device tree")


def regs(parent, node):
    """(start, end) of each of a node's ranges."""
    def number(words):
        return int.from_bytes(words, "big")
    address = number(parent.get("#address-cells", b"\2")) * 4
    size = number(parent.get("#size-cells", b"\1")) * 4
    value = node.get("reg", b"")
    for at in range(0, len(value), address + size):
        start = number(value[at:at + address])
        yield start, start + number(value[at + address:at + address + size])


def strings(node, name):
    return node.get(name, b"").decode("latin-1").split("\0")


def read_tree(blob):
    """Memory, and the devices that the kernel keeps."""
    memory, kept = [], []
    for parent, node in list(nodes(blob)):
        if "memory" in strings(node, "device_type"):
            memory += regs(parent, node)
        if set(strings(node, "compatible")) & set(KERNEL_DEVICES):
            kept += [(start // BLOCK_BYTES * BLOCK_BYTES,
                      -(-end // BLOCK_BYTES) * BLOCK_BYTES)
                     for start, end in regs(parent, node)]
    if not memory:
        raise ValueError("the device tree has no memory")
    return sorted(memory), kept


def without(ranges, holes):
    """The ranges but for the holes."""
    for low, high in holes:
        ranges = [(start, end) for old in ranges
                  for start, end in ((old[0], min(old[1], low)),
                                     (max(old[0], high), old[1]))
                  if start < end]
    return ranges


def pack(dumped, firmware):
    start, end = firmware
    source = subprocess.run(["dtc", "-q", "-I", "dtb", "-O", "dts", dumped],
                            check=True, capture_output=True, text=True).stdout
    source += f"""
/ {{
    reserved-memory {{
        #address-cells = <2>;
        #size-cells = <2>;
        ranges;
        firmware@{start:x} {{
            reg = <0x{start >> 32:x} 0x{start & 0xffffffff:x}
                   0x{end - start >> 32:x} 0x{end - start & 0xffffffff:x}>;
            no-map;
        }};
    }};
    chosen {{
        /delete-property/ rng-seed;
    }};
}};
"""
    return subprocess.run(["dtc", "-q", "-I", "dts", "-O", "dtb"], check=True,
                          input=source.encode(), capture_output=True).stdout


def yaml(memory, devices):
    text = "# SPDX-License-Identifier: BSD-2-Clause\n" \
           "# Made by api/platform.py from the machine's device tree.\n"
    for name, ranges in (("devices", devices), ("memory", memory)):
        text += f"{name}:\n"
        for start, end in ranges:
            text += f"- start: {start}  # 0x{start:x}\n" \
                    f"  end: {end}  # 0x{end:x}\n"
    return text


def main(dumped, tree, platform):
    with open(dumped, "rb") as f:
        memory, kept = read_tree(f.read())
    firmware = (memory[0][0], memory[0][0] + FIRMWARE_BYTES)
    memory = without(memory, [firmware])
    devices = without([(0, DEVICE_TOP)], memory + kept)
    with open(tree, "wb") as f:
        f.write(pack(dumped, firmware))
    with open(platform, "w", encoding="utf-8") as f:
        f.write(yaml(memory, devices))


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except (OSError, TypeError, ValueError, struct.error) as e:
        sys.exit(f"platform: {e}")
    except subprocess.CalledProcessError as e:
        sys.exit(f"platform: dtc failed: {e.stderr.decode()}")
