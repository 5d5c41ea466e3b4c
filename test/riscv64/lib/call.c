/* SPDX-License-Identifier: BSD-2-Clause */
#include "call.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define REGISTERS    6u /* a0 to a5: cptr, info, four words */
#define IN_REGISTERS 4u /* words that are there */
#define PATTERN      0x5eed0000ul

static unsigned calls;

unsigned call_count(void)
{
    return calls;
}

static void trap(seL4_Word number, seL4_Word a[REGISTERS])
{
    register seL4_Word a0 __asm__("a0") = a[0];
    register seL4_Word a1 __asm__("a1") = a[1];
    register seL4_Word a2 __asm__("a2") = a[2];
    register seL4_Word a3 __asm__("a3") = a[3];
    register seL4_Word a4 __asm__("a4") = a[4];
    register seL4_Word a5 __asm__("a5") = a[5];
    register seL4_Word a7 __asm__("a7") = number;

    __asm__ volatile("ecall"
                     : "+r"(a0), "+r"(a1), "+r"(a2), "+r"(a3), "+r"(a4),
                       "+r"(a5)
                     : "r"(a7)
                     : "memory");
    a[0] = a0, a[1] = a1, a[2] = a2, a[3] = a3, a[4] = a4, a[5] = a5;
}

static seL4_Word word(const struct call *c, seL4_Word n)
{
    return n < c->words ? c->mr[n] : PATTERN + n;
}

static void prepare(const struct call *c, seL4_Word a[REGISTERS])
{
    seL4_IPCBuffer *buffer = seL4_GetIPCBuffer();

    a[0] = c->service;
    a[1] = seL4_MessageInfo_new(c->label, 0, c->caps, c->length).words[0];
    for (seL4_Word n = 0; n < IN_REGISTERS; n++)
        a[2 + n] = word(c, n);
    for (seL4_Word n = 0; n < seL4_MsgMaxLength; n++)
        buffer->msg[n] = n < IN_REGISTERS ? ~PATTERN - n : word(c, n);
    for (unsigned n = 0; n < 3; n++)
        buffer->caps_or_badges[n] = c->cap[n];
}

/* Are the registers from a[2 + first] and the buffer from there on those of
 * the request?  The buffer's first words are nobody's. */
static bool kept(const struct call *c, const seL4_Word a[REGISTERS],
                 seL4_Word first)
{
    const seL4_IPCBuffer *buffer = seL4_GetIPCBuffer();
    bool same = true;

    for (seL4_Word n = first; n < IN_REGISTERS; n++)
        same = same && a[2 + n] == word(c, n);
    for (seL4_Word n = 0; n < seL4_MsgMaxLength; n++)
        if (n < IN_REGISTERS)
            same = same && buffer->msg[n] == ~PATTERN - n;
        else if (n >= first)
            same = same && buffer->msg[n] == word(c, n);
    for (unsigned n = 0; n < 3; n++)
        same = same && buffer->caps_or_badges[n] == c->cap[n];
    return same;
}

struct outcome call_make(const struct call *c)
{
    struct outcome got = {0};
    seL4_Word a[REGISTERS];
    seL4_MessageInfo_t info;

    calls++;
    prepare(c, a);
    trap((seL4_Word)seL4_SysCall, a);
    info.words[0] = a[1];
    got.answer.label = seL4_MessageInfo_get_label(info);
    got.answer.length = seL4_MessageInfo_get_length(info);
    for (seL4_Word n = 0; n < got.answer.length && n < ANSWER_WORDS; n++)
        got.answer.mr[n] =
            n < IN_REGISTERS ? a[2 + n] : seL4_GetIPCBuffer()->msg[n];
    got.clean = a[0] == 0 && seL4_MessageInfo_get_extraCaps(info) == 0 &&
                seL4_MessageInfo_get_capsUnwrapped(info) == 0 &&
                kept(c, a, got.answer.length);
    return got;
}

static bool is_silent(const struct call *c, seL4_Word number)
{
    seL4_Word a[REGISTERS];
    seL4_Word info;

    prepare(c, a);
    info = a[1];
    trap(number, a);
    return a[0] == c->service && a[1] == info && kept(c, a, 0);
}

bool call_send_is_silent(const struct call *c)
{
    return is_silent(c, (seL4_Word)seL4_SysSend) &&
           is_silent(c, (seL4_Word)seL4_SysNBSend);
}

bool call_has(const struct outcome *got, const struct answer *want)
{
    bool same = got->clean && got->answer.label == want->label &&
                got->answer.length == want->length;

    for (seL4_Word n = 0; n < want->length && n < ANSWER_WORDS; n++)
        same = same && got->answer.mr[n] == want->mr[n];
    return same;
}

static void diag_answer(const char *whose, const struct answer *a)
{
    tap_diag("%s %lu, length %lu: 0x%lx 0x%lx 0x%lx 0x%lx 0x%lx", whose,
             a->label, a->length, a->mr[0], a->mr[1], a->mr[2], a->mr[3],
             a->mr[4]);
}

void call_diag(const struct call *c, const struct outcome *got,
               const struct answer *want)
{
    tap_diag("call 0x%lx of 0x%lx: length %lu, %lu capabilities", c->label,
             c->service, c->length, c->caps);
    tap_diag("words 0x%lx 0x%lx 0x%lx 0x%lx, capabilities 0x%lx 0x%lx",
             word(c, 0), word(c, 1), word(c, 2), word(c, 3), c->cap[0],
             c->cap[1]);
    diag_answer("got", &got->answer);
    diag_answer("not", want);
    if (!got->clean)
        tap_diag("and what is not part of it has changed");
}

bool call_is(const struct call *c, struct answer want, const char *name, ...)
{
    struct outcome got = call_make(c);
    bool holds = call_has(&got, &want);
    bool silent = true;
    char text[128];
    va_list arguments;

    if (holds && want.label != seL4_NoError) {
        silent = call_send_is_silent(c);
        got = call_make(c);
        holds = call_has(&got, &want);
    }
    va_start(arguments, name);
    vsnprintf(text, sizeof text, name, arguments);
    va_end(arguments);
    if (!tap_ok(holds && silent, "%s", text)) {
        call_diag(c, &got, &want);
        if (!silent)
            tap_diag("and Send or NBSend was not silent");
    }
    return holds && silent;
}

void call_must(const struct call *c, const char *what)
{
    struct outcome got = call_make(c);
    const struct answer want = DONE;

    if (got.answer.label == seL4_NoError)
        return;
    tap_ok(false, "%s", what);
    call_diag(c, &got, &want);
    exit(tap_done());
}

seL4_CPtr call_page_of(const void *p)
{
    const seL4_BootInfo *info = seL4_GetBootInfo();
    seL4_Word frames = info->userImageFrames.end - info->userImageFrames.start;
    seL4_Word start = (seL4_Word)info->ipcBuffer - frames * 4096;

    return info->userImageFrames.start + ((seL4_Word)p - start) / 4096;
}
