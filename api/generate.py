#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Makes headers and interface files from the description in this folder.

Usage: api/generate.py FOLDER OPTION=VALUE...

FOLDER gets
    include/...   everything that programs include or bindings read
    labels.h      label tables for the kernel's build
Options: those of kernel/options.mk, and GEN3.  What has not changed is left
alone, so that make sees what has.
"""

import os
import sys

sys.dont_write_bytecode = True  # the sources' folder is not for products

import c_stubs
import c_types
import describe
import interfaces

# Where programs may look for what other headers have.
FORWARDS = {
    "autoconf.h": "sel4/config.h",
    "sel4/arch/bootinfo_types.h": "sel4/bootinfo_types.h",
    "sel4/arch/constants.h": "sel4/constants.h",
    "sel4/arch/functions.h": "sel4/functions.h",
    "sel4/arch/invocation.h": "sel4/invocation.h",
    "sel4/arch/mapping.h": "sel4/mapping.h",
    "sel4/arch/objecttype.h": "sel4/constants.h",
    "sel4/arch/simple_types.h": "sel4/simple_types.h",
    "sel4/arch/syscalls.h": "sel4/syscalls.h",
    "sel4/arch/types.h": "sel4/types.h",
    "sel4/bootinfo_types.h": "sel4/bootinfo.h",
    "sel4/errors.h": "sel4/constants.h",
    "sel4/objecttype.h": "sel4/constants.h",
    "sel4/plat/api/constants.h": "sel4/constants.h",
    "sel4/sel4_arch/constants.h": "sel4/constants.h",
    "sel4/sel4_arch/faults.h": "sel4/faults.h",
    "sel4/sel4_arch/functions.h": "sel4/functions.h",
    "sel4/sel4_arch/invocation.h": "sel4/invocation.h",
    "sel4/sel4_arch/mapping.h": "sel4/mapping.h",
    "sel4/sel4_arch/objecttype.h": "sel4/constants.h",
    "sel4/sel4_arch/simple_types.h": "sel4/simple_types.h",
    "sel4/sel4_arch/syscalls.h": "sel4/syscalls.h",
    "sel4/sel4_arch/types.h": "sel4/types.h",
    "sel4/sel4_arch/types_gen.h": "sel4/types_gen.h",
    "sel4/shared_types.h": "sel4/types.h",
    "sel4/syscalls_master.h": "sel4/syscalls.h",
}


def forward(target):
    return "/* SPDX-License-Identifier: BSD-2-Clause */\n" \
           f"#pragma once\n#include <{target}>\n"


def write(path, text):
    try:
        with open(path, encoding="utf-8") as f:
            if f.read() == text:
                return
    except FileNotFoundError:
        pass
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)


def remove_others(folder, wanted):
    """Whatever an earlier version made, lest it is installed."""
    for where, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(where, name)
            if os.path.relpath(path, folder) not in wanted:
                os.remove(path)


def headers(groups, syscalls, types, options, release):
    found = {
        "sel4/constants.h": c_types.constants_header(types),
        "sel4/shared_types_gen.h": c_types.words_header(types),
        "sel4/types_gen.h": c_types.unions_header(types),
        "sel4/structs_gen.h": c_types.structs_header(types),
        "sel4/syscall.h": c_types.syscalls_header(syscalls, release),
        "sel4/invocation.h": c_types.labels_header(groups, release),
        "interfaces/sel4_client.h": c_stubs.stubs_header(
            groups, describe.SEL4_GROUPS, release, types,
            "INTERFACES_SEL4_CLIENT_H",
            ["sel4/functions.h", "sel4/invocation.h", "sel4/syscalls.h"]),
        "interfaces/fallow_client.h": c_stubs.stubs_header(
            groups, ["fallow"], release, types, "INTERFACES_FALLOW_CLIENT_H",
            ["sel4/functions.h", "sel4/invocation.h", "sel4/syscalls.h"]),
    }
    for name, target in FORWARDS.items():
        found[name] = forward(target)
    for name in ("kernel", "sel4"):
        found[f"{name}/gen_config.h"] = interfaces.config_h(options, name)
        found[f"{name}/gen_config.json"] = \
            interfaces.config_json(options, name)
    return found


def descriptions(groups, syscalls, types, release):
    def xml(group, name, prefix):
        return interfaces.invocations_xml(groups, group, release, types, name,
                                          prefix)
    return {
        "interfaces/object-api.xml": xml("generic", "ObjectApi", "obj_"),
        "interfaces/object-api-sel4-arch.xml":
            xml("sel4_arch", "ObjectApiRISCV64", "riscv64_"),
        "interfaces/object-api-arch.xml":
            xml("arch", "ObjectApiRISCV", "riscv_"),
        "api/syscall.xml":
            interfaces.syscalls_xml(syscalls, release, describe.NEWEST),
        "sel4/shared_types.pbf": interfaces.words_pbf(types),
        "sel4/sel4_arch/types.pbf": interfaces.unions_pbf(types),
    }


def main(folder, *settings):
    options = dict(s.split("=", 1) for s in settings)
    options.setdefault("NUM_PRIORITIES", "256")
    release = int(options.get("LABELS", "0"))
    describe.require(release in describe.RELEASES,
                     f"LABELS={release} is none of {describe.RELEASES}")
    groups, syscalls, types, config = describe.read_all(
        os.path.dirname(os.path.relpath(__file__)), options)
    files = headers(groups, syscalls, types, config, release)
    files.update(descriptions(groups, syscalls, types, release))
    for name, text in files.items():
        write(f"{folder}/include/{name}", text)
    remove_others(f"{folder}/include", files)
    write(f"{folder}/labels.h",
          c_types.kernel_labels(groups, describe.RELEASES))


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except (describe.Problem, OSError, TypeError) as e:
        sys.exit(f"generate: {e}")
