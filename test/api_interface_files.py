#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""The interface files that `make install' lays out are what bindings of other
languages read (sel4-abi.md 10d): every file and key is there, and what one
reads from it are the numbers of the document, typed here from there.

Shares no code with api/, which made the files.
"""

import json
import os
import re
import sys
import tempfile
import xml.etree.ElementTree as xml

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(__file__), "lib"))
from tap import done, install, ok, read, same


# ---- Labels ------------------------------------------------------------------

# 4.1, with 4.12's number of capabilities, message length and reply words.
CALLS = """
UntypedRetype 1 6 0
TCBReadRegisters 0 2 32
TCBWriteRegisters 0 34 0
TCBCopyRegisters 1 1 0
TCBConfigure 3 4 0
TCBSetPriority 1 1 0
TCBSetMCPriority 1 1 0
TCBSetSchedParams 1 2 0
TCBSetIPCBuffer 1 1 0
TCBSetSpace 2 3 0
TCBSuspend 0 0 0
TCBResume 0 0 0
TCBBindNotification 1 0 0
TCBUnbindNotification 0 0 0
TCBSetTLSBase 0 1 0
TCBSetFlags 0 2 1
CNodeRevoke 0 2 0
CNodeDelete 0 2 0
CNodeCancelBadgedSends 0 2 0
CNodeCopy 1 5 0
CNodeMint 1 6 0
CNodeMove 1 4 0
CNodeMutate 1 5 0
CNodeRotate 2 8 0
CNodeSaveCaller 0 2 0
IRQIssueIRQHandler 1 3 0
IRQAckIRQ 0 0 0
IRQSetIRQHandler 1 0 0
IRQClearIRQHandler 0 0 0
DomainSetSet 1 1 0
DomainScheduleConfigure 0 3 0
DomainScheduleSetStart 0 1 0
RISCVPageTableMap 1 2 0
RISCVPageTableUnmap 0 0 0
RISCVPageMap 1 3 0
RISCVPageUnmap 0 0 0
RISCVPageGetAddress 0 0 1
RISCVASIDControlMakePool 2 2 0
RISCVASIDPoolAssign 1 0 0
RISCVIRQIssueIRQHandlerTrigger 1 4 0
"""
ABSENT = {15: set(), 14: {"DomainScheduleConfigure", "DomainScheduleSetStart"}}
ABSENT[13] = ABSENT[14] | {"TCBSetFlags"}
# First and last label of each group in 4.1's table of releases.
SPOTS = {
    15: {"CNodeRevoke": 17, "IRQClearIRQHandler": 29, "DomainSetSet": 30,
         "DomainScheduleSetStart": 32, "RISCVPageTableMap": 33,
         "RISCVIRQIssueIRQHandlerTrigger": 40},
    14: {"TCBSetFlags": 16, "CNodeSaveCaller": 25, "IRQIssueIRQHandler": 26,
         "DomainSetSet": 30, "RISCVPageTableMap": 31,
         "RISCVIRQIssueIRQHandlerTrigger": 38},
    13: {"TCBSetTLSBase": 15, "CNodeRevoke": 16, "CNodeSaveCaller": 24,
         "IRQIssueIRQHandler": 25, "DomainSetSet": 29,
         "RISCVPageTableMap": 30, "RISCVIRQIssueIRQHandlerTrigger": 37},
}
XML_FILES = ("object-api.xml", "object-api-sel4-arch.xml",
             "object-api-arch.xml")
CAPABILITIES = {"seL4_CPtr", "seL4_CNode", "seL4_TCB", "seL4_Untyped",
                "seL4_RISCV_PageTable"}
BITS = {"seL4_Bool": 1, "seL4_Uint8": 8, "seL4_Word": 64,
        "seL4_CapRights_t": 64, "seL4_RISCV_VMAttributes": 64,
        "seL4_UserContext": 32 * 64}


def methods_of(include):
    """[method] in the order in which labels are counted."""
    found = []
    for name in XML_FILES:
        root = xml.parse(f"{include}/interfaces/{name}").getroot()
        for interface in root.iter("interface"):
            found += [(interface, m) for m in interface.iter("method")]
    return found


def shape(method):
    """Capabilities, message words and reply words, as a generator of stubs
    lays parameters out: each aligned to its size, but for single bits."""
    caps, bit, reply, where = 0, 0, 0, {}
    for p in method.iter("param"):
        kind, is_in = p.get("type"), p.get("dir") == "in"
        if kind in CAPABILITIES and is_in:
            caps += 1
            continue
        bits = BITS[kind]
        if not is_in:
            reply += bits // 64
            continue
        align = min(bits, 64)
        bit = -(-bit // align) * align
        if bit % 64 + align > 64:
            bit = -(-bit // 64) * 64
        where[p.get("name")] = bit
        bit += bits
    return caps, -(-bit // 64), reply, where


def check_labels(include, release):
    methods = methods_of(include)
    names = [m.get("id") for _, m in methods]
    want = [line.split() for line in CALLS.split("\n") if line]
    want = [w for w in want if w[0] not in ABSENT[release]]
    same(names, [w[0] for w in want], f"{release}: labels in their order")
    numbers = {name: i for i, name in enumerate(names, 1)}
    same({n: numbers.get(n) for n in SPOTS[release]}, SPOTS[release],
         f"{release}: numbers by counting are those of 4.1")
    text = read(include, "sel4/invocation.h")
    header = {n: int(v) for n, v in
              re.findall(r"^    (\w+) = (\d+),$", text, re.M)}
    same({n: header.get(n) for n in names}, numbers,
         f"{release}: sel4/invocation.h has the same")
    same([[m.get("id"), *map(str, shape(m)[:3])] for _, m in methods], want,
         f"{release}: capabilities, words sent and words of the reply")
    copy = next(m for _, m in methods if m.get("id") == "TCBCopyRegisters")
    same(shape(copy)[3],
         {"suspend_source": 0, "resume_target": 1, "transfer_frame": 2,
          "transfer_integer": 3, "arch_flags": 8},
         f"{release}: flags of CopyRegisters")
    client = read(include, "interfaces/sel4_client.h")
    same([n for i, m in methods
          if f"\n{(n := i.get('name') + '_' + m.get('name'))}(" not in
          client.replace(" seL4_", "\nseL4_")], [],
         f"{release}: a C function for each method")
    ok(all(m.find("brief") is not None for _, m in methods),
       f"{release}: a sentence for each method")
    members = [m.get("name") for m in xml.parse(
        f"{include}/interfaces/object-api-arch.xml").getroot()
        .find("struct[@name='seL4_UserContext']").iter("member")]
    same(members, "pc ra sp gp s0 s1 s2 s3 s4 s5 s6 s7 s8 s9 s10 s11 a0 a1 a2 "
         "a3 a4 a5 a6 a7 t0 t1 t2 t3 t4 t5 t6 tp".split(),
         f"{release}: registers in the order of 7.5")


# ---- System calls ------------------------------------------------------------

SYSCALLS = """Call ReplyRecv Send NBSend Recv Reply Yield NBRecv DebugPutChar
DebugDumpScheduler DebugHalt DebugCapIdentify DebugSnapshot DebugNameThread
DebugSendIPI DebugGetThreadAffinity DebugRun BenchmarkFlushCaches
BenchmarkResetLog BenchmarkFinalizeLog BenchmarkSetLogBuffer
BenchmarkNullSyscall BenchmarkGetThreadUtilisation
BenchmarkResetThreadUtilisation BenchmarkDumpAllThreadsUtilisation
BenchmarkResetAllThreadsUtilisation X86DangerousWRMSR X86DangerousRDMSR VMEnter
SetTLSBase""".split()
MCS_SYSCALLS = """Call ReplyRecv NBSendRecv NBSendWait Send NBSend Recv NBRecv
Wait NBWait Yield""".split()
CONDITIONS = {"DebugPutChar": ["PRINTING"], "DebugHalt": ["DEBUG_BUILD"],
              "DebugSendIPI": ["DEBUG_BUILD", "ENABLE_SMP_SUPPORT"],
              "DebugRun": ["DANGEROUS_CODE_INJECTION"], "VMEnter": ["VTX"],
              "SetTLSBase": ["SET_TLS_BASE_SELF"], "Call": []}


def check_syscalls(include, release):
    root = xml.parse(f"{include}/api/syscall.xml").getroot()
    same(root.tag, "syscalls", f"{release}: syscall.xml")
    names = [s.get("name") for part in ("api-master", "debug")
             for s in root.find(part).iter("syscall")]
    want = [s for s in SYSCALLS
            if s != "DebugGetThreadAffinity" or release == 15]
    same(names, want, f"{release}: system calls in their order")
    same([s.get("name") for s in root.find("api-mcs").iter("syscall")],
         MCS_SYSCALLS, f"{release}: those of a kernel with MCS")
    text = read(include, "sel4/syscall.h")
    header = {n: int(v) for n, v in
              re.findall(r"^    seL4_Sys(\w+) = (-\d+),$", text, re.M)}
    same(header, {n: -i for i, n in enumerate(want, 1)},
         f"{release}: sel4/syscall.h has the same numbers")
    conditions = {}
    for config in root.iter("config"):
        for s in config.findall("syscall"):
            conditions[s.get("name")] = [
                c.get("var").replace("CONFIG_", "", 1)
                for c in config.findall("condition//config")]
    same({n: conditions.get(n) for n in CONDITIONS}, CONDITIONS,
         f"{release}: which options each needs")


# ---- Bit fields --------------------------------------------------------------

def read_pbf(text):
    """{block: {field: (lowest bit, bits)}}, {union: (field, {tag: number})}"""
    blocks, unions = {}, {}
    ok(re.match(r"base 64\n", text), "bit fields are of 64-bit words")
    for name, body in re.findall(r"^block (\w+) \{([^}]*)\}", text, re.M):
        rows = [line.split() for line in body.strip().split("\n")]
        low, fields = sum(int(r[-1]) for r in rows), {}
        for row in rows:
            low -= int(row[-1])
            if row[0] == "field":
                fields[row[1]] = (low, int(row[-1]))
            elif row[0] != "padding":
                ok(False, f"`{row[0]}' in a block")
        blocks[name] = fields
    for name, tag, body in re.findall(
            r"^tagged_union (\w+) (\w+) \{([^}]*)\}", text, re.M):
        unions[name] = (tag, {n: int(v) for n, v in re.findall(
            r"tag (\w+) (\d+)", body)})
    return blocks, unions


def check_fields(include, release):
    found = []
    for where, _, names in os.walk(include):
        found += [os.path.relpath(f"{where}/{n}", include) for n in names
                  if n.endswith(".pbf")]
    same(sorted(found), ["sel4/sel4_arch/types.pbf", "sel4/shared_types.pbf"],
         f"{release}: bit-field files")
    shared, _ = read_pbf(read(include, "sel4/shared_types.pbf"))
    same(shared, {
        "seL4_MessageInfo": {"length": (0, 7), "extraCaps": (7, 2),
                             "capsUnwrapped": (9, 3), "label": (12, 52)},
        "seL4_CapRights": {"capAllowWrite": (0, 1), "capAllowRead": (1, 1),
                           "capAllowGrant": (2, 1),
                           "capAllowGrantReply": (3, 1)},
        "seL4_CNode_CapData": {"guardSize": (0, 6), "guard": (6, 58)}},
        f"{release}: the words of 2.1")
    blocks, unions = read_pbf(read(include, "sel4/sel4_arch/types.pbf"))
    same(unions, {"seL4_Fault": ("seL4_FaultType", {
        "NullFault": 0, "CapFault": 1, "UnknownSyscall": 2, "UserException": 3,
        "VMFault": 5})}, f"{release}: the faults of 7.2")
    messages = {  # 7.3, by message register
        "NullFault": "",
        "CapFault": "IP Addr InRecvPhase LookupFailureType MR4 MR5 MR6",
        "UnknownSyscall": "FaultIP SP RA A0 A1 A2 A3 A4 A5 A6 Syscall",
        "UserException": "FaultIP SP Number Code",
        "VMFault": "IP Addr PrefetchFault FSR"}
    same({b: list(f) for b, f in blocks.items()},
         {b: m.split() + ["seL4_FaultType"] for b, m in messages.items()},
         f"{release}: the faults' words")
    same({b: f["seL4_FaultType"] for b, f in blocks.items()},
         {b: (0, 4) for b in messages}, f"{release}: where their tag is")


# ---- Configuration -----------------------------------------------------------

KEYS = {  # 9.2
    "WORD_SIZE": "64", "ARCH": "riscv", "SEL4_ARCH": "riscv64",
    "PLAT": "qemu-riscv-virt", "PLAT_QEMU_RISCV_VIRT": True,
    "ARCH_RISCV": True, "ARCH_RISCV64": True, "ARCH_ARM": False,
    "ARCH_AARCH64": False, "ARCH_X86": False, "ARCH_X86_64": False,
    "KERNEL_MCS": False, "ENABLE_SMP_SUPPORT": False, "MAX_NUM_NODES": "1",
    "PT_LEVELS": "3", "FIRST_HART_ID": "0", "TIMER_FREQUENCY": "10000000",
    "RISCV_EXT_F": True, "RISCV_EXT_D": True, "HAVE_FPU": True,
    "PADDR_USER_DEVICE_TOP": "549755813888", "ROOT_CNODE_SIZE_BITS": "12",
    "TIMER_TICK_MS": "2", "TIME_SLICE": "5", "RETYPE_FAN_OUT_LIMIT": "256",
    "MAX_NUM_BOOTINFO_UNTYPED_CAPS": "230", "NUM_DOMAINS": "1",
    "NUM_PRIORITIES": "256", "PRINTING": True, "DEBUG_BUILD": True,
    "NO_BENCHMARKS": True, "ENABLE_BENCHMARKS": False, "FASTPATH": True,
    "KERNEL_BENCHMARK": "none", "HARDWARE_DEBUG_API": False,
    "SET_TLS_BASE_SELF": False, "KERNEL_INVOCATION_REPORT_ERROR_IPC": False,
    "CLZ_64": True, "CTZ_64": True, "OPENSBI_PLATFORM": "generic",
}
LIBRARY_KEYS = {"LIB_SEL4_INLINE_INVOCATIONS": True,  # 9.3
                "LIB_SEL4_STUBS_USE_IPC_BUFFER_ONLY": False,
                "LIB_SEL4_PRINT_INVOCATION_ERRORS": "0",
                "LIB_SEL4_USE_THREAD_LOCALS": True}


def check_config(include, release, changed):
    for name, keys in (("kernel", KEYS | changed), ("sel4", LIBRARY_KEYS)):
        config = json.loads(read(include, name, "gen_config.json"))
        same({k: config.get(k) for k in keys}, keys,
             f"{release}: keys and values of {name}/gen_config.json")
        same([k for k, v in config.items() if type(v) not in (bool, str) or
              k.startswith("CONFIG_")], [],
             f"{release}: booleans and strings, without prefix")
        defined = dict(re.findall(r"^#define CONFIG_(\w+) (.*)$",
                                  read(include, name, "gen_config.h"), re.M))
        same(defined, {k: "1" if v is True else v for k, v in config.items()
                       if v is not False},
             f"{release}: {name}/gen_config.h has the same")
    config = json.loads(read(include, "kernel/gen_config.json"))
    same("NUM_DOMAIN_SCHEDULES" in config, release == 15,
         f"{release}: NUM_DOMAIN_SCHEDULES tells the labels")


FILES = """kernel/gen_config.h kernel/gen_config.json sel4/gen_config.h
sel4/gen_config.json api/syscall.xml interfaces/object-api.xml
interfaces/object-api-sel4-arch.xml interfaces/object-api-arch.xml
interfaces/sel4_client.h sel4/sel4.h sel4/fallow.h sel4/bootinfo_types.h
sel4/sel4_arch/types_gen.h sel4/shared_types_gen.h"""




def check_tree(include, release, changed):
    same([f for f in FILES.split() if not os.path.exists(f"{include}/{f}")],
         [], f"{release}: no file is missing")
    check_labels(include, release)
    check_syscalls(include, release)
    check_fields(include, release)
    check_config(include, release, changed)


def main():
    with tempfile.TemporaryDirectory() as folder:
        include = install(folder, 15)
        check_tree(include, 15, {"NUM_DOMAIN_SCHEDULES": "2"})
        include = install(folder, 14, "ROOT_CNODE_SIZE_BITS=13",
                          "NUM_DOMAINS=16", "MAX_NUM_BOOTINFO_UNTYPED_CAPS=100")
        check_tree(include, 14, {"ROOT_CNODE_SIZE_BITS": "13",
                                 "MAX_NUM_BOOTINFO_UNTYPED_CAPS": "100",
                                 "NUM_DOMAINS": "16"})
        include = install(folder, 13, "HAVE_FPU=0", "PRINTING=0",
                          "DEBUG_CALLS=0", "GEN3=0")
        check_tree(include, 13, {"HAVE_FPU": False, "RISCV_EXT_D": False,
                                 "RISCV_EXT_F": False, "PRINTING": False,
                                 "DEBUG_BUILD": False})
    return done()


if __name__ == "__main__":
    sys.exit(main())
