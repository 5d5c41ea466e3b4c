/* SPDX-License-Identifier: BSD-2-Clause */
/* The lines of a recorded run: the one definition of the record.
 *
 *   B slot cap                                a capability at boot
 *   T name                                    a test begins
 *   R ut_paddr ut_bits ut_dev free_before newtype usersize count first_paddr
 *     objbits reset src_slot dest_slot status                      Retype
 *   C op dest_slot src_slot pivot_slot cap arg1 arg2 ndel nfin status
 *     [pivot cap]                             a CNode operation
 *   I label slot cap status                   any other invocation
 *   n parent_slot slot cap                    created
 *   i src_slot dest_slot cap                  derived
 *   m src_slot dest_slot cap                  moved
 *   s slot1 slot2 cap1 cap2                   swapped, as it was before
 *   e slot cap                                emptied
 *   f slot cap                                the last to its object goes
 *
 * cap is five fields: captype paddr bits dev extra.  The last six kinds are
 * effects; with `+ ' in front they belong to the invocation above them.
 * Fields are separated by one space, lines end with one newline.  Numbers are
 * hexadecimal without 0x and in lower case, or decimal where trace_fields()
 * says so.
 *
 * Every field is a 64-bit word of struct trace_line, whatever its kind, so
 * that one table can read, name, compare and write all of them.
 */
#ifndef FALLOW_TRACE_H
#define FALLOW_TRACE_H
#include "cap.h"
#include "invoke.h"

enum trace_kind {
    TRACE_BOOT,
    TRACE_TEST,
    TRACE_RETYPE,
    TRACE_CNODE,
    TRACE_INVOKE,
    TRACE_CREATED,
    TRACE_DERIVED,
    TRACE_MOVED,
    TRACE_SWAPPED,
    TRACE_EMPTIED,
    TRACE_FINAL,
    TRACE_KINDS,
};

enum trace_status {
    /* 0 ok; 1 .. 10 an error's number (error.h) */
    TRACE_LOOKUP_FAULT = 11,
    TRACE_PREEMPTED = 12,
};

/* op of a C line: a label of invoke.h (17 .. 25); where the run names a number
 * only (`labelN'), this much is added. */
#define TRACE_LABEL_NUMBER (UINT64_C(1) << 32)

struct trace_cap {
    uint64_t type; /* enum cap_type */
    uint64_t paddr;
    uint64_t bits;
    uint64_t dev;
    uint64_t extra;
};

struct trace_retype {
    uint64_t ut_paddr, ut_bits, ut_dev;
    uint64_t free_before; /* bytes */
    uint64_t newtype;     /* object type number: sel4-abi.md 3.1 */
    uint64_t usersize;
    uint64_t count;
    uint64_t first_paddr, objbits;
    uint64_t reset;
    uint64_t src_slot, dest_slot;
    uint64_t status; /* enum trace_status or enum error */
};

struct trace_cnode {
    uint64_t op;
    uint64_t dest_slot, src_slot, pivot_slot;
    struct trace_cap cap; /* before the operation */
    uint64_t arg1, arg2;
    uint64_t ndel, nfin;
    uint64_t status;
    struct trace_cap pivot; /* Rotate only; else zero */
};

struct trace_invoke {
    uint64_t label; /* enum trace_label, or a number + TRACE_LABEL_NUMBER */
    uint64_t slot;
    struct trace_cap cap;
    uint64_t status;
};

struct trace_effect {    /* and B lines */
    uint64_t slot;       /* parent, source, first: or the only one */
    uint64_t other_slot; /* the new one, destination, second: or 0 */
    struct trace_cap cap;
    struct trace_cap other_cap; /* s: what other_slot holds */
};

#define TRACE_NAME_MAX 151u

struct trace_line {
    uint64_t number; /* from 1 */
    enum trace_kind kind;
    bool within; /* `+ ' in front */
    union {
        struct trace_retype retype;
        struct trace_cnode cnode;
        struct trace_invoke invoke;
        struct trace_effect effect;
        char name[TRACE_NAME_MAX + 1];
    } u;
};

/* Labels of I lines: every invocation of sel4-abi.md 4.1 that is neither
 * Retype nor a CNode's. */
enum trace_label {
    TRACE_PAGE_MAP,
    TRACE_PAGE_UNMAP,
    TRACE_PAGE_GET_ADDRESS,
    TRACE_PAGE_TABLE_MAP,
    TRACE_PAGE_TABLE_UNMAP,
    TRACE_ASID_CONTROL_MAKE_POOL,
    TRACE_ASID_POOL_ASSIGN,
    TRACE_TCB_READ_REGISTERS,
    TRACE_TCB_WRITE_REGISTERS,
    TRACE_TCB_COPY_REGISTERS,
    TRACE_TCB_CONFIGURE,
    TRACE_TCB_SET_PRIORITY,
    TRACE_TCB_SET_MC_PRIORITY,
    TRACE_TCB_SET_SCHED_PARAMS,
    TRACE_TCB_SET_IPC_BUFFER,
    TRACE_TCB_SET_SPACE,
    TRACE_TCB_SUSPEND,
    TRACE_TCB_RESUME,
    TRACE_TCB_BIND_NOTIFICATION,
    TRACE_TCB_UNBIND_NOTIFICATION,
    TRACE_TCB_SET_TLS_BASE,
    TRACE_TCB_SET_FLAGS,
    TRACE_IRQ_ISSUE_HANDLER,
    TRACE_IRQ_ACK,
    TRACE_IRQ_SET_HANDLER,
    TRACE_IRQ_CLEAR_HANDLER,
    TRACE_IRQ_ISSUE_HANDLER_TRIGGER,
    TRACE_DOMAIN_SET,
    TRACE_DOMAIN_CONFIGURE,
    TRACE_DOMAIN_SET_START,
    TRACE_LABELS,
};

/* How a field is written. */
enum trace_format {
    TRACE_HEX,
    TRACE_DECIMAL,
    TRACE_SIZE_BITS, /* decimal, 0 .. 255 */
    TRACE_FLAG,      /* 0 or 1 */
    TRACE_CAPTYPE,
    TRACE_NEWTYPE,
    TRACE_OP,
    TRACE_LABEL,
    TRACE_STATUS,
    TRACE_NAME, /* the rest of the line: printable */
};

struct trace_field {
    const char *name; /* as in the picture above */
    enum trace_format format;
    uint16_t offset; /* in struct trace_line */
};

/* The fields of a line of this kind, in order.  Those from `*required' to
 * `*count' - 1 are there in Rotate lines only. */
const struct trace_field *trace_fields(enum trace_kind kind, unsigned *required,
                                       unsigned *count);

/* The letter that begins a line of this kind. */
char trace_letter(enum trace_kind kind);

static inline uint64_t trace_value(const struct trace_line *line,
                                   const struct trace_field *field)
{
    return *(const uint64_t *)((const char *)line + field->offset);
}

/* Reads one line, length bytes without the newline.  False: it is not
 * well-formed; error, error_size bytes, says what is wrong with which field.
 * line->number is left alone. */
bool trace_parse(const char *text, size_t length, struct trace_line *line,
                 char *error, size_t error_size);

/* Writes a line as it was read, without a newline, and ends it with a zero
 * byte; returns its length, which is below TRACE_TEXT_MAX. */
#define TRACE_TEXT_MAX 512u
size_t trace_print(const struct trace_line *line, char text[TRACE_TEXT_MAX]);

/* The same for one field's value. */
size_t trace_print_value(enum trace_format format, uint64_t value,
                         char text[64]);

/* "thread 80632000 11 0 0" */
size_t trace_print_cap(const struct trace_cap *cap, char text[128]);

bool trace_is_effect(enum trace_kind kind);

/* Two capabilities are recorded alike in every field. */
bool trace_cap_equal(const struct trace_cap *a, const struct trace_cap *b);
#endif
