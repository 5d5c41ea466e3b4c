# SPDX-License-Identifier: BSD-2-Clause
"""The invocations, as inline C functions.

    seL4_CNode_Copy(service, dest_index, ...)
      |  extra capabilities, MR4 and up  -> the IPC buffer
      |  MR0 .. MR3                      -> registers
      v  Call
      |  error: MR0 .. MR3 are put into the IPC buffer, where programs look
      v  the reply's label, or a struct of it and the results
"""

from c_text import BODY, comment, function, header, wrap
from describe import WORD_BITS

REGISTERS = 4  # message registers that travel in registers


def parameter(p, is_out):
    if p.is_row:
        return f"{p.type} *{p.name}" if is_out else f"const {p.type} *{p.name}"
    return f"{p.type} {p.name}"


def as_word(p, words):
    """What a parameter contributes to its message register."""
    value = f"{p.name}.words[0]" if p.type in words else p.name
    if p.bits == 1:
        value = f"(seL4_Word)({value} != 0)"
    elif p.bits < WORD_BITS:
        value = f"((seL4_Word){value} & 0x{(1 << p.bits) - 1:x})"
    elif p.type not in words and p.type != "seL4_Word":
        value = f"(seL4_Word){value}"
    return f"{value} << {p.low}" if p.low else value


def message_register(call, i, words):
    """The expression for MRi; None: it is not sent."""
    parts = []
    for p in call.ins:
        if p.place == "mr" and p.first <= i <= p.last:
            parts.append(f"row[{i - p.first}]" if p.is_row
                         else as_word(p, words))
    return " | ".join(parts) or None


def assign(target, value):
    if len(target) + len(value) < 70 or " | " not in value:
        return [f"{target}{value};"]
    lines = wrap(target, value.replace(" | ", " |@").split("@"), ";", "    ",
                 BODY)
    return [line.replace("|,", "|") for line in lines.split("\n")]


def send_lines(call, words):
    lines = []
    for i in range(REGISTERS):
        value = message_register(call, i, words) or "seL4_Unused_()"
        lines += assign(f"seL4_Word mr{i} = ", value)
    head = "seL4_MessageInfo_t info = seL4_MessageInfo_new("
    lines += wrap(head, [call.label, "0", str(call.caps), str(call.words)],
                  ");", " " * 8, BODY).split("\n")
    return lines


def store_lines(call, words):
    """Everything that goes by the IPC buffer."""
    lines = [f"seL4_SetCap({p.first}, {p.name});"
             for p in call.ins if p.place == "cap"]
    row = next((p for p in call.ins if p.is_row), None)
    for i in range(REGISTERS, row.first if row else call.words):
        value = message_register(call, i, words)
        lines += assign(f"seL4_SetMR({i}, ", value + ")")
    if row:
        lines += [f"for (int i = {max(REGISTERS, row.first)}; "
                  f"i <= {row.last}; i++)",
                  f"    seL4_SetMR(i, row[i - {row.first}]);"]
    return lines


def result_lines(call):
    row = next((p for p in call.outs if p.is_row), None)
    if row:
        return ["seL4_StoreMRs_(mr0, mr1, mr2, mr3);",
                "length = seL4_MessageInfo_get_length(info);",
                "if (label != seL4_NoError)",
                "    return (seL4_Error)label;",
                f"for (seL4_Word i = 0; i < length && i < {row.last + 1}; i++)",
                "    row[i] = seL4_GetMR((int)i);",
                "return (seL4_Error)label;"]
    keep = ["if (label != seL4_NoError)",
            "    seL4_StoreMRs_(mr0, mr1, mr2, mr3);"]
    if not call.outs:
        return keep + ["return (seL4_Error)label;"]
    lines = keep + ["result.error = (int)label;"]
    for p in call.outs:
        value = f"mr{p.first}" if p.first < REGISTERS \
            else f"seL4_GetMR({p.first})"
        lines.append(f"result.{p.name} = {value};")
    return lines + ["return result;"]


def stub(obj, call, words):
    name = f"{obj.prefix}_{call.name}"
    parts = [comment(call.text[0].upper() + call.text[1:] + ".") + "\n"]
    row_in = next((p for p in call.ins if p.is_row), None)
    row_out = next((p for p in call.outs if p.is_row), None)
    result = "seL4_Error"
    if call.outs and not row_out:
        result = f"{name}_t"
        members = "".join(f"    {p.type} {p.name};\n" for p in call.outs)
        parts.insert(0, f"struct {name} {{\n    int error;\n{members}}};\n"
                        f"typedef struct {name} {result};\n\n")
    params = [f"{obj.type} service"]
    params += [parameter(p, False) for p in call.ins]
    params += [parameter(p, True) for p in call.outs if p.is_row]
    body = []
    if row_in:
        body.append(f"const seL4_Word *row = (const seL4_Word *)"
                    f"{row_in.name};")
    if row_out:
        body += [f"seL4_Word *row = (seL4_Word *){row_out.name};",
                 "seL4_Word length;"]
    if result != "seL4_Error":
        body.append(f"{result} result;")
    body += send_lines(call, words) + ["seL4_Word label;", ""]
    body += store_lines(call, words)
    body += ["info = seL4_CallRegisters_(service, info, &mr0, &mr1, &mr2, "
             "&mr3);"]
    body += ["label = seL4_MessageInfo_get_label(info);"]
    parts.append(function(result, name, params,
                          body + result_lines(call)))
    return "".join(parts)


def stubs_header(groups, names, release, types, guard, includes):
    words = {f"{name}_t" for name, _ in types.words}
    parts = []
    for name in names:
        for obj in groups[name]:
            parts += [stub(obj, call, words) for call in obj.calls
                      if name == "fallow" or call.since <= release]
    return header(guard, "invocations.txt",
                  "Every invocation as a function.  A result means something "
                  "only if the error is seL4_NoError; after an error its "
                  "words are in the IPC buffer, for seL4_GetMR.", parts,
                  includes)
