# SPDX-License-Identifier: BSD-2-Clause
"""Pretty printers for gdb: capabilities, slots, the region index.

Loaded by `make gdb'.  SLOT is a slot's number: its physical address / 32, as
p_cspace shows it.  Commands:

  p_cap SLOT       a slot's capability, and its place in list and index
  p_cspace         what is in use of the current thread's root CNode
  p_list SLOT      the list of capabilities that name this one's region
  p_index [DEPTH]  the region index, to this depth
  p_thread [TCB]   a thread, the current one: state and registers
"""
import gdb

SLOT_BYTES = 32
NIL = 0xFFFFFFFF
LISTED = 63
TYPES = {
    0: "null", 1: "frame", 2: "untyped", 3: "page table", 4: "endpoint",
    6: "notification", 8: "reply", 10: "CNode", 11: "ASID control",
    12: "TCB", 13: "ASID pool", 14: "IRQ control", 16: "IRQ handler",
    18: "zombie", 20: "domain", 30: "embryo",
}
RIGHTS = ((1, "W"), (2, "R"), (4, "G"), (8, "g"), (16, " device"),
          (32, " mapped"), (64, " master"), (128, " thread"))
STATES = ("Inactive", "Running", "Restart", "BlockedOnReceive",
          "BlockedOnSend", "BlockedOnReply", "BlockedOnNotification")
REGISTERS = ("FaultIP ra sp gp tp t0 t1 t2 s0 s1 a0 a1 a2 a3 a4 a5 a6 a7 s2 "
             "s3 s4 s5 s6 s7 s8 s9 s10 s11 t3 t4 t5 t6 NextIP").split()


def kernel():
    return gdb.parse_and_eval("machine_kernel")


def slot(number):
    return kernel()["regions"]["slots"][number]


def region(s):
    return 16 * (int(s["base_lo"]) + (int(s["base_hi"]) << 32))


def word_text(kind, word):
    """What `word' means for this type of capability (cap.h)."""
    if kind in ("untyped", "embryo"):
        return "watermark %#x" % word
    if kind in ("endpoint", "notification"):
        return "badge %#x" % word
    if kind == "CNode":
        return "guard %#x of %d bits" % (word >> 6, word & 63)
    if kind in ("frame", "page table"):
        return "ASID %d at %#x" % (word >> 48, word & (1 << 48) - 1)
    if kind == "ASID pool":
        return "from ASID %d" % word
    if kind == "zombie":
        return "%d slots left" % word
    if kind == "IRQ handler":
        return "interrupt %d" % word
    return ""


def cap_text(s):
    kind = TYPES.get(int(s["type"]), "type %d" % int(s["type"]))
    if kind == "null":
        return "empty"
    rights = "".join(n for bit, n in RIGHTS if int(s["rights"]) & bit)
    parts = [kind]
    if int(s["bits"]):
        parts.append("%#x of 2^%d bytes" % (region(s), int(s["bits"])))
    parts.append(word_text(kind, int(s["word"])))
    if kind != "embryo" and rights:
        parts.append(rights.strip())
    return ", ".join(p for p in parts if p)


def next_in_list(s):
    """A node that is alone in its list keeps its parent there."""
    return NIL if int(s["alone"]) else int(s["next"])


def link_text(n):
    return "-" if int(n) == NIL else "%#x" % int(n)


def slot_text(s):
    text = cap_text(s)
    if text == "empty":
        return text
    if int(s["depth"]) == LISTED:
        return "%s; after %s, before %s" % (
            text, link_text(s["left"]), link_text(next_in_list(s)))
    return "%s; node at depth %d: %s, %s; list goes on at %s" % (
        text, int(s["depth"]), link_text(s["left"]), link_text(s["right"]),
        link_text(next_in_list(s)))


class SlotPrinter:
    def __init__(self, value):
        self.value = value

    def to_string(self):
        return slot_text(self.value)


class CapPrinter:
    def __init__(self, value):
        self.value = value

    def to_string(self):
        kind = TYPES.get(int(self.value["type"]), "?")
        return "%s, %#x of 2^%d bytes, %s" % (
            kind, int(self.value["base"]), int(self.value["bits"]),
            word_text(kind, int(self.value["word"])))


def printer(value):
    name = value.type.strip_typedefs().tag
    return {"slot": SlotPrinter, "cap": CapPrinter}.get(name, lambda v: None)(
        value)


gdb.pretty_printers.append(printer)


class Command(gdb.Command):
    """A command with one expression, or none."""

    def __init__(self, name):
        super().__init__(name, gdb.COMMAND_DATA)

    def invoke(self, argument, _tty):
        self.run(int(gdb.parse_and_eval(argument)) if argument else None)


class PrintCap(Command):
    def run(self, n):
        print("%#x: %s" % (n, slot_text(slot(n))))


class PrintCSpace(Command):
    def run(self, _):
        current = int(kernel()["current"])
        root = slot(current // SLOT_BYTES)
        if TYPES.get(int(root["type"])) != "CNode":
            print("the current thread has no CSpace")
            return
        first = region(root) // SLOT_BYTES
        for i in range(1 << (int(root["bits"]) - 5)):
            s = slot(first + i)
            if int(s["type"]):
                print("%#x (slot %#x): %s" % (i, first + i, cap_text(s)))


class PrintList(Command):
    def run(self, n):
        while int(slot(n)["depth"]) == LISTED and \
                int(slot(n)["left"]) != NIL:
            n = int(slot(n)["left"])
        while n != NIL:
            print("%#x: %s" % (n, cap_text(slot(n))))
            n = next_in_list(slot(n))


class PrintIndex(Command):
    def run(self, limit):
        limit = LISTED if limit is None else limit
        stack = [int(kernel()["regions"]["root"])]
        while stack:
            n = stack.pop()
            if n == NIL:
                continue
            s = slot(n)
            depth = int(s["depth"])
            if depth > limit:
                continue
            print("%s%#x: %s" % ("  " * depth, n, cap_text(s)))
            stack += [int(s["right"]), int(s["left"])]


class PrintThread(Command):
    def run(self, tcb):
        tcb = int(kernel()["current"]) if tcb is None else tcb
        if tcb == 0:
            print("idle")
            return
        base = int(kernel()["regions"]["slots"])
        thread = gdb.Value(base + tcb + 192).cast(
            gdb.lookup_type("struct thread").pointer()).dereference()
        print("%#x '%s': %s, priority %d, domain %d" % (
            tcb, thread["name"].string(), STATES[int(thread["state"])],
            int(thread["priority"]), int(thread["domain"])))
        for i in range(0, len(REGISTERS), 3):
            print("  ".join("%8s %#18x" % (
                REGISTERS[j], int(thread["context"]["reg"][j]))
                for j in range(i, min(i + 3, len(REGISTERS)))))


PrintCap("p_cap")
PrintCSpace("p_cspace")
PrintList("p_list")
PrintIndex("p_index")
PrintThread("p_thread")
