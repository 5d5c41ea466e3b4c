# SPDX-License-Identifier: BSD-2-Clause
"""The files by which other languages' bindings read the interface:
object-api*.xml, syscall.xml, *.pbf, gen_config.h and .json."""

import json
from xml.sax.saxutils import quoteattr

from c_text import MADE
from describe import WORD_BITS

XML = '<?xml version="1.0" encoding="UTF-8"?>\n' \
      "<!-- SPDX-License-Identifier: BSD-2-Clause -->\n" \
      "<!-- Made by api/generate.py from {source}: change that. -->\n"


def element(name, attributes, children=(), indent=0):
    """An element and its children, which are texts of one element each."""
    blank = "  " * indent
    head = blank + "<" + name
    head += "".join(f" {k}={quoteattr(str(v))}" for k, v in attributes.items())
    if not children:
        return head + "/>\n"
    return head + ">\n" + "".join(children) + f"{blank}</{name}>\n"


def text_element(name, text, indent):
    escaped = text.replace("&", "&amp;").replace("<", "&lt;")
    return "  " * indent + f"<{name}>{escaped}</{name}>\n"


# ---- Invocations -------------------------------------------------------------

def param_element(p, direction):
    return element("param", {"dir": direction, "name": p.name, "type": p.type,
                             "description": p.text}, indent=3)


def method_element(obj, call):
    sentence = call.text[0].upper() + call.text[1:] + "."
    children = [text_element("brief", sentence, 3),
                text_element("description", sentence, 3)]
    children += [param_element(p, "in") for p in call.ins]
    children += [param_element(p, "out") for p in call.outs]
    manual = f"{obj.name}_{call.name}".lower().replace(" ", "")
    return element("method", {"id": call.label, "name": call.name,
                              "manual_label": manual}, children, 2)


def user_context(types):
    members = next(m for _, m, alias, _ in types.structs
                   if alias == "seL4_UserContext")
    return element("struct", {"name": "seL4_UserContext"},
                   [element("member", {"name": n}, indent=2)
                    for _, _, n in members], 1)


def invocations_xml(groups, group, release, types, api_name, prefix):
    children = [user_context(types)] if group == "arch" else []
    for obj in groups[group]:
        methods = [method_element(obj, c) for c in obj.calls
                   if c.since <= release]
        children.append(element(
            "interface", {"name": obj.type, "manual_name": obj.name,
                          "cap_description": obj.text}, methods, 1))
    return XML.format(source="invocations.txt") + element(
        "api", {"name": api_name, "label_prefix": prefix}, children)


# ---- System calls ------------------------------------------------------------

def condition(names, indent):
    if not names:
        return ""
    configs = [element("config", {"var": f"CONFIG_{n}"},
                       indent=indent + 1 + (len(names) > 1)) for n in names]
    if len(names) > 1:
        configs = [element("and", {}, configs, indent + 1)]
    return element("condition", {}, configs, indent)


def syscall_section(name, calls):
    """Calls in a row that have the same condition share an element."""
    configs, last = [], None
    for call in calls:
        wanted = [c for c in call.conditions if c != "KERNEL_MCS"]
        if last is None or wanted != last[0]:
            last = (wanted, [])
            configs.append(last)
        last[1].append(element("syscall", {"name": call.name}, indent=3))
    return element(name, {}, [
        element("config", {}, [condition(wanted, 3), *members], 2)
        for wanted, members in configs], 1)


def syscalls_xml(calls, release, newest):
    present = [c for c in calls if c.since <= release or release == newest]
    api = [c for c in present if c.group == "api"]
    plain = sorted((c for c in api if c.number is not None),
                   key=lambda c: -c.number)
    mcs = sorted((c for c in api if c.mcs_number is not None),
                 key=lambda c: -c.mcs_number)
    debug = [c for c in present if c.group == "debug"]
    return XML.format(source="syscalls.txt") + element("syscalls", {}, [
        syscall_section("api-master", plain),
        syscall_section("api-mcs", mcs),
        syscall_section("debug", debug)])


# ---- Bit fields --------------------------------------------------------------

def block(name, fields):
    lines = [f"    padding {bits}" if field == "-" else
             f"    field {field} {bits}" for field, bits in fields]
    return "\n".join([f"block {name} {{", *lines, "}"]) + "\n"


def words_pbf(types):
    return "\n".join([f"base {WORD_BITS}\n"] +
                     [block(name, fields) for name, fields in types.words])


def unions_pbf(types):
    parts = [f"base {WORD_BITS}\n"]
    for union, tag, bits, variants in types.unions:
        for v in variants:
            fields = [(f, WORD_BITS) for f in v.fields]
            parts.append(block(v.name, fields + [("-", WORD_BITS - bits),
                                                 (tag, bits)]))
        tags = "".join(f"    tag {v.name} {v.tag}\n" for v in variants)
        parts.append(f"tagged_union {union} {tag} {{\n{tags}}}\n")
    return "\n".join(parts)


# ---- Configuration -----------------------------------------------------------

def config_json(options, header):
    values = {o.name: o.value for o in options if o.header == header}
    return json.dumps(values, indent=2) + "\n"


def config_h(options, header):
    text = MADE.format(source="options.txt") + "#pragma once\n\n"
    for o in options:
        if o.header != header:
            continue
        if o.value is False:
            text += f"/* disabled: CONFIG_{o.name} */\n"
        else:
            value = 1 if o.value is True else o.value
            text += f"#define CONFIG_{o.name} {value}\n"
    return text
