/* SPDX-License-Identifier: BSD-2-Clause */
#include "client.h"

#define PAGE_WORDS 512u

static seL4_Word *page_of(seL4_Word slot)
{
    return (seL4_Word *)(CLIENT_AT + ((slot - CLIENT_SLOTS) << seL4_PageBits));
}

static seL4_Word call(seL4_CPtr server, seL4_Word label, seL4_Word w[4])
{
    seL4_MessageInfo_t info;

    for (unsigned i = 0; i < 4; i++)
        seL4_SetMR(i, w[i]);
    info = seL4_Call(server, seL4_MessageInfo_new(label, 0, 0, 4));
    for (unsigned i = 0; i < 4; i++)
        w[i] = seL4_GetMR(i);
    return seL4_MessageInfo_get_label(info);
}

static seL4_Word words_other_than(seL4_Word slot, seL4_Word value)
{
    const volatile seL4_Word *page = page_of(slot);
    seL4_Word wrong = 0;

    for (unsigned i = 0; i < PAGE_WORDS; i++)
        wrong += page[i] != value;
    return wrong;
}

static seL4_Word fill(seL4_Word slot, seL4_Word value)
{
    volatile seL4_Word *page = page_of(slot);
    seL4_Word wrong;

    if (seL4_RISCV_Page_Map(slot, CLIENT_VSPACE, (seL4_Word)page,
                            seL4_ReadWrite,
                            seL4_RISCV_Default_VMAttributes) != seL4_NoError)
        return PAGE_WORDS;
    wrong = words_other_than(slot, 0);
    for (unsigned i = 0; i < PAGE_WORDS; i++)
        page[i] = value;
    return wrong;
}

/* UT_ESLOT: it came, and the answer did not; its address is the frame's. */
static bool work_alloc(struct client *c, unsigned i, seL4_Word *twice)
{
    seL4_Word slot = CLIENT_SLOTS + i;
    seL4_Word w[4] = {seL4_RISCV_4K_Page, seL4_PageBits, slot};
    seL4_Word err = call(CLIENT_SERVER, MEMSERVER_ALLOC, w);

    if (err == UT_ESLOT) {
        seL4_RISCV_Page_GetAddress_t frame = seL4_RISCV_Page_GetAddress(slot);

        if (frame.error)
            return false;
        w[0] = frame.paddr;
        ++*twice;
    } else if (err != UT_OK) {
        return false;
    }
    c->held[i] = w[0];
    return fill(slot, w[0]) == 0;
}

/* UT_EINVAL, and UT_EBUSY if it is another's by now: it had gone. */
static bool work_free(struct client *c, unsigned i, seL4_Word *twice)
{
    seL4_Word w[4] = {c->held[i], seL4_PageBits};
    bool is_right = words_other_than(CLIENT_SLOTS + i, c->held[i]) == 0;
    seL4_Word err = call(CLIENT_SERVER, MEMSERVER_FREE, w);

    c->held[i] = 0;
    if (err == UT_EINVAL || err == UT_EBUSY)
        ++*twice;
    return is_right && (err == UT_OK || err == UT_EINVAL || err == UT_EBUSY);
}

/* Takes or gives back a frame in one of the upper half's slots. */
static void work(struct client *c, seL4_Word w[4])
{
    seL4_Word rounds = w[0], x = w[1], faults = 0, twice = 0, held = 0;

    for (seL4_Word n = 0; n < rounds; n++) {
        unsigned i = CLIENT_SLOT_COUNT / 2;

        x = x * 6364136223846793005ul + 1442695040888963407ul;
        i += (unsigned)(x >> 33) % (CLIENT_SLOT_COUNT / 2);
        faults +=
            c->held[i] ? !work_free(c, i, &twice) : !work_alloc(c, i, &twice);
    }
    for (unsigned i = CLIENT_SLOT_COUNT / 2; i < CLIENT_SLOT_COUNT; i++)
        held += c->held[i] != 0;
    w[0] = rounds;
    w[1] = faults;
    w[2] = twice;
    w[3] = held;
}

void client_main(void *client)
{
    seL4_Word w[4] = {0}, answer = 0;

    for (;;) {
        switch (call(CLIENT_MONITOR, CLIENT_ANSWER + answer, w)) {
        case CLIENT_ASK:
            answer =
                call(CLIENT_SERVER, w[0], (seL4_Word[4]){w[1], w[2], w[3]});
            for (unsigned i = 0; i < 4; i++)
                w[i] = seL4_GetMR(i);
            break;
        case CLIENT_WRITE:
            answer = 0;
            w[0] = fill(w[0], w[1]);
            break;
        case CLIENT_READ:
            answer = 0;
            w[0] = words_other_than(w[0], w[1]);
            break;
        case CLIENT_MAKE:
            answer = 0;
            w[0] = seL4_Untyped_Retype(w[1], seL4_RISCV_4K_Page, 0, CLIENT_OWN,
                                       0, 0, w[0], 1);
            break;
        default:
            answer = 0;
            work(client, w);
        }
    }
}
