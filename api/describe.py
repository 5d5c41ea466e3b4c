# SPDX-License-Identifier: BSD-2-Clause
"""Reads the description: invocations.txt, syscalls.txt, types.txt,
options.txt.  Each says in its head what it consists of.

What is wrong in there is reported as FILE:LINE: and what; so is a label that
does not have the number that counting gives it.
"""

import re
import sys
from dataclasses import dataclass, field

NEWEST = 15  # LABELS=15 stands for that release and all later ones
RELEASES = (13, 14, NEWEST)
WORD_BITS = 64
MESSAGE_WORDS = 120
MESSAGE_CAPS = 3


class Problem(Exception):
    """Something in the description that cannot be."""


@dataclass
class Param:
    place: str  # "mr" or "cap"
    first: int  # index of the message register or capability
    last: int
    low: int  # first bit in it
    bits: int
    type: str
    name: str
    text: str

    @property
    def is_row(self):
        return self.last > self.first


@dataclass
class Call:
    label: str
    number: int
    since: int
    name: str
    text: str = ""
    ins: list = field(default_factory=list)
    outs: list = field(default_factory=list)

    @property
    def words(self):
        """Length of the message."""
        return 1 + max((p.last for p in self.ins if p.place == "mr"),
                       default=-1)

    @property
    def caps(self):
        return sum(p.place == "cap" for p in self.ins)


@dataclass
class Object:
    type: str
    prefix: str
    name: str
    text: str
    calls: list = field(default_factory=list)


@dataclass
class Syscall:
    group: str
    name: str
    number: int  # None: not on a kernel without MCS
    mcs_number: int
    since: int
    conditions: list
    ins: str = ""
    outs: str = ""


@dataclass
class Variant:
    name: str
    tag: int
    fields: list


@dataclass
class Types:
    constants: list = field(default_factory=list)  # name, value, as written
    enums: list = field(default_factory=list)  # tag, alias, [..], is long
    words: list = field(default_factory=list)  # name, [(field, bits)]
    unions: list = field(default_factory=list)  # name, tag field, bits, [..]
    structs: list = field(default_factory=list)  # tag, [..], alias, aligned


@dataclass
class Option:
    header: str
    name: str
    value: object  # bool or str


def lines_of(path):
    """(where, indented, text) of each line that says something."""
    with open(path, encoding="utf-8") as f:
        for number, line in enumerate(f, 1):
            text = line.split("#", 1)[0].rstrip()
            if text:
                yield f"{path}:{number}", text[0] == " ", text.strip()


def reading(read):
    """Turns whatever a reader stumbles over into a Problem with its line."""
    def wrapped(path, *rest):
        at = [path]

        def lines():
            for where, indented, text in lines_of(path):
                at[0] = where
                yield indented, text
        try:
            return read(lines(), *rest)
        except (ValueError, IndexError, KeyError, NameError,
                SyntaxError, AttributeError, Problem) as e:
            raise Problem(f"{at[0]}: {e or 'cannot be read'}") from e
    return wrapped


def require(holds, text):
    if not holds:
        raise Problem(text)


# ---- Invocations -------------------------------------------------------------

PLACE = re.compile(
    r"(mr|cap)(\d+)(?:\.\.(\d+)|\[(\d+)(?:\.\.(\d+))?\])?$")


def parse_param(text):
    place, type_, name, *words = text.split(None, 3)
    match = PLACE.match(place)
    require(match, f"`{place}' is no place")
    kind, first, last, low, high = match.groups()
    low_bit = int(low or 0)
    bits = int(high or low) - low_bit + 1 if low else WORD_BITS
    limit = MESSAGE_WORDS if kind == "mr" else MESSAGE_CAPS
    param = Param(kind, int(first), int(last or first), low_bit, bits, type_,
                  name, "".join(words))
    require(param.first <= param.last < limit, f"{place} is out of range")
    require(low_bit + bits <= WORD_BITS, f"{place} is not inside a word")
    return param


def check_places(call):
    """Message registers and capabilities are used without gap or overlap, and
    in order: bindings that read the XML files know nothing but the order."""
    for params in (call.ins, call.outs):
        for kind in ("mr", "cap"):
            places = [(p.first, p.low) for p in params if p.place == kind]
            require(places == sorted(places),
                    f"{call.label}: {kind}s are out of order")
            taken = {}
            for p in params:
                if p.place != kind:
                    continue
                for i in range(p.first, p.last + 1):
                    mask = ((1 << p.bits) - 1) << p.low
                    require(not taken.get(i, 0) & mask,
                            f"{call.label}: {kind}{i} is used twice")
                    taken[i] = taken.get(i, 0) | mask
            require(sorted(taken) == list(range(len(taken))),
                    f"{call.label}: one of its {kind}s is left out")


def check_numbers(groups):
    """What is written is what counting gives, for the newest release."""
    for names, first in ((("generic", "sel4_arch", "arch"), 1),
                         (("fallow",), 0x46414c00)):
        number = first
        for name in names:
            for obj in groups[name]:
                for call in obj.calls:
                    require(call.number == number,
                            f"{call.label} is {number} by counting")
                    check_places(call)
                    number += 1


@reading
def read_invocations(lines):
    """{group: [Object]}"""
    groups, objects, call = {}, None, None
    for indented, text in lines:
        word, *rest = text.split(None, 1)
        if word == "group" and not indented:
            objects = groups[rest[0]] = []
        elif word == "object" and not indented:
            head, name, what = rest[0].split('"')
            types = head.split()
            objects.append(Object(types[0], types[-1], name, what.strip()))
        elif word == "call" and not indented:
            label, number, since, name = rest[0].split()
            call = Call(label, int(number, 0), int(since), name)
            objects[-1].calls.append(call)
        elif word == "in" and indented:
            call.ins.append(parse_param(rest[0]))
        elif word == "out" and indented:
            call.outs.append(parse_param(rest[0]))
        elif indented and not call.ins and not call.outs:
            call.text = f"{call.text} {text}".strip()
        else:
            raise Problem(f"`{word}' is not expected here")
    check_numbers(groups)
    return groups


def calls_of(groups, names, release):
    """[(object, call, number)] as a release numbers them."""
    number, found = 1, []
    for name in names:
        for obj in groups[name]:
            for call in obj.calls:
                if name == "fallow":
                    found.append((obj, call, call.number))
                elif call.since <= release:
                    found.append((obj, call, number))
                    number += 1
    return found


SEL4_GROUPS = ("generic", "sel4_arch", "arch")


# ---- System calls ------------------------------------------------------------

def read_number(text):
    return None if text == "-" else int(text)


def check_syscalls(calls):
    for which in ("number", "mcs_number"):
        numbers = [getattr(c, which) for c in calls]
        numbers = sorted((n for n in numbers if n is not None), reverse=True)
        require(numbers == list(range(-1, -len(numbers) - 1, -1)),
                f"{which}s have a gap")


@reading
def read_syscalls(lines):
    """[Syscall]"""
    calls, group = [], None
    for indented, text in lines:
        word, *rest = text.split(None, 1)
        if word == "group" and not indented:
            group = rest[0]
        elif word == "call" and not indented:
            name, number, mcs, since, *conditions = rest[0].split()
            calls.append(Syscall(
                group, name, read_number(number), read_number(mcs),
                int(since), [c for c in conditions if c != "always"]))
        elif word == "in" and indented:
            calls[-1].ins = rest[0]
        elif word == "out" and indented:
            calls[-1].outs = rest[0]
        elif indented:
            calls[-1].conditions += text.split()
        else:
            raise Problem(f"`{word}' is not expected here")
    check_syscalls(calls)
    return calls


def syscalls_of(calls, release):
    """[(Syscall, number)] by number, on a kernel without MCS."""
    present = [c for c in calls if c.number is not None and
               (c.since <= release or release == NEWEST)]
    present.sort(key=lambda c: -c.number)
    return [(c, -1 - i) for i, c in enumerate(present)]


# ---- Types -------------------------------------------------------------------

def compute(text, options):
    """A number, or an expression of the build's options."""
    numbers = {k: int(v) for k, v in options.items()}
    return int(eval(text, {"__builtins__": {}}, numbers))


def read_member(kind, text, item, options):
    if kind == "enum":
        name, value = text.split(None, 1)
        item[2].append((name, compute(value, options)))
    elif kind == "word":
        name, bits = text.split()
        item[1].append((name, int(bits)))
    elif kind == "struct":
        offset, type_, name = text.split(None, 2)
        item[1].append((int(offset, 0), type_, name))
    elif kind == "union":
        head, *fields = text.split(":")
        name, tag = head.split()
        item[3].append(Variant(name, int(tag), "".join(fields).split()))
    else:
        raise Problem("indented, but nothing stands above")


def read_names(words):
    """[TAG] [as NAME]"""
    tag, _, alias = " ".join(words).partition("as ")
    return tag.strip(), alias.strip()


@reading
def read_types(lines, options):
    types, kind, item = Types(), None, None
    for indented, text in lines:
        if indented:
            read_member(kind, text, item, options)
            continue
        kind, rest = text.split(None, 1)
        words = rest.split()
        if kind == "constant":
            name, value = rest.split(None, 1)
            types.constants.append((name, compute(value, options), value))
        elif kind == "enum":
            is_long = words[-1] == "long"
            tag, alias = read_names(words[:-1] if is_long else words)
            item = (tag, alias, [], is_long)
            types.enums.append(item)
        elif kind == "word":
            item = (words[0], [])
            types.words.append(item)
        elif kind == "union":
            item = (words[0], words[1], int(words[2]), [])
            types.unions.append(item)
        elif kind == "struct":
            aligned = int(words.pop()) if words[-1].isdigit() else 0
            tag, alias = read_names(words)
            item = (tag, [], alias or tag, aligned)
            types.structs.append(item)
        else:
            raise Problem(f"`{kind}' is nothing that there is")
    for name, fields in types.words:
        require(sum(bits for _, bits in fields) == WORD_BITS,
                f"{name} is not {WORD_BITS} bits")
    return types


# ---- Options -----------------------------------------------------------------

@reading
def read_options(lines, options):
    """[Option], each with the value that the build's options give it."""
    found = []
    for _, text in lines:
        text, _, since = text.partition(" since ")
        if int(since or 0) > int(options["LABELS"]):
            continue
        header, name, *value = text.split()
        require(header in ("kernel", "sel4"), f"`{header}' is no header")
        if value[0] == "if":
            chosen = int(options[value[1]]) != 0
        elif value[0] in ("yes", "no"):
            chosen = value[0] == "yes"
        else:
            chosen = value[0].format(**options)
        found.append(Option(header, name, chosen))
    return found


def read_all(folder, options):
    return (read_invocations(f"{folder}/invocations.txt"),
            read_syscalls(f"{folder}/syscalls.txt"),
            read_types(f"{folder}/types.txt", options),
            read_options(f"{folder}/options.txt", options))


if __name__ == "__main__":
    sys.exit("describe.py is read by generate.py")
