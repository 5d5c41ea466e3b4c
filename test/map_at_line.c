/* SPDX-License-Identifier: BSD-2-Clause */
/* The commands that look at a recorded run after a line, on a run of a dozen
 * lines: which state they reach, what they say, and what they refuse. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "at.h"
#include "cli.h"
#include "map.h"
#include "map_at.h"
#include "tap.h"

/* A CNode, two untypeds and a device; a 2^14 untyped of which a page and an
 * endpoint are made, and the page deleted again. */
static const char run[] =
    "B 80000040 cnode 80000000 12 0 3907\n"
    "B 80000100 untyped 80010000 16 0 10000\n"
    "B 80000120 untyped 80020000 13 0 2000\n"
    "B 80000140 untyped 10000000 12 1 1000\n"
    "R 80010000 16 0 10000 untyped e 1 80010000 14 1 80000100 80000160 ok\n"
    "+ n 80000100 80000160 untyped 80010000 14 0 0\n"
    "R 80010000 14 0 0 page c 1 80010000 12 1 80000160 80000180 ok\n"
    "+ n 80000160 80000180 frame 80010000 12 0 0\n"
    "R 80010000 14 0 1000 endpoint 0 1 80011000 4 0 80000160 800001a0 ok\n"
    "+ n 80000160 800001a0 endpoint 80011000 4 0 0\n"
    "C Delete 80000180 0 0 frame 80010000 12 0 0 0 0 1 1 ok\n"
    "+ f 80000180 frame 80010000 12 0 0\n"
    "+ e 80000180 frame 80010000 12 0 0\n";

static char path[] = "/tmp/fallow-map-XXXXXX";

#define PAGE_FREE                                                              \
    "  retype  at offset 0x2000: the kernel's collision query finds nothing "

/* What `fallow at' says: lines that must be there. */
static const struct {
    const char *at;
    paddr_t address;
    uint8_t bits; /* 0: no block is asked for */
    int code;
    const char *lines[4];
} cases[] = {
    {"9",
     0x80010004,
     12,
     CLI_OK,
     {"  there   frame          2^12   4.0 KiB    80010000 to 80010fff    slot "
      "80000180\n",
      "  inside  untyped        2^14  16.0 KiB    80010000 to 80013fff    slot "
      "80000160  watermark 1010\n",
      "  in      untyped        2^16  64.0 KiB    80010000 to 8001ffff    slot "
      "80000100  watermark 4000\n",
      PAGE_FREE}},
    {"fullest",
     0x80011000,
     0,
     CLI_OK,
     {"  there   endpoint       2^4       16 B    80011000 to 8001100f    slot "
      "800001a0\n"}},
    {"end",
     0x80010000,
     12,
     CLI_OK,
     {"  there   free memory, below the watermark: it is cleared before use\n",
      "at 0x80010000\n", "is cleared by the call"}},
    {"end",
     0x80011010,
     4,
     CLI_OK,
     {"  there   free memory, above the watermark: it reads zero\n",
      "at 0x80011010\n", "the memory reads zero"}},
    {"end",
     0x80000100,
     0,
     CLI_OK,
     {"  slot    number 8 of this CNode, which holds\n",
      "untyped        2^16  64.0 KiB", "  inside  no untyped\n"}},
    {"end",
     0x80000180,
     0,
     CLI_OK,
     {"  slot    number 12 of this CNode, empty\n"}},
    {"end",
     0x80008000,
     13,
     CLI_OK,
     {"  there   nothing: no capability covers this address\n",
      "at 0x80012000\n"}},
    {"5",
     0x10000000,
     12,
     CLI_OK,
     {"  there   device memory, nothing made of it here\n",
      "  inside  device untyped 2^12", "at 0x10000000\n", "is never cleared"}},
    {"end",
     0x80010000,
     16,
     CLI_DIFFERENT,
     {"  next    no free aligned block of 2^16 bytes from here up\n"}},
};

static void check_case(size_t n)
{
    const uint8_t *bits = cases[n].bits ? &cases[n].bits : NULL;
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    struct replay *r;

    if (!tap_is((uint64_t)map_replay_at(&r, "test", path, cases[n].at), CLI_OK,
                "the run goes to %s", cases[n].at))
        return;
    tap_is((uint64_t)at_print(replay_kernel(r), cases[n].address, bits, out),
           (uint64_t)cases[n].code, "0x%lx: exit code",
           (unsigned long)cases[n].address);
    fclose(out);
    for (size_t i = 0; i < 4 && cases[n].lines[i]; i++)
        if (!tap_ok(strstr(text, cases[n].lines[i]), "0x%lx: line %u",
                    (unsigned long)cases[n].address, (unsigned)i + 1))
            tap_diag("want %s\ngot %s", cases[n].lines[i], text);
    free(text);
    replay_close(r);
}

/* The state is that after the call which the line belongs to. */
static void check_lines(void)
{
    static const struct {
        const char *at;
        uint64_t objects; /* CNode, page, endpoint */
    } want[] = {{"4", 1},  {"5", 1},  {"7", 2},   {"8", 2},   {"9", 3},
                {"11", 2}, {"12", 2}, {"end", 2}, {"0xa", 3}, {"fullest", 3}};

    for (size_t i = 0; i < sizeof want / sizeof want[0]; i++) {
        struct replay *r;
        struct map map;

        if (!tap_is((uint64_t)map_replay_at(&r, "test", path, want[i].at),
                    CLI_OK, "the run goes to %s", want[i].at))
            continue;
        if (map_read(&map, replay_kernel(r)))
            tap_is(map.objects, want[i].objects, "objects after line %s",
                   want[i].at);
        tap_is((uint64_t)map_replay_differs(r, "test"), CLI_OK,
               "as the real kernel had it");
        map_free(&map);
        replay_close(r);
    }
}

/* One error, no state, exit code 2. */
static void check_refusals(void)
{
    static const char *const wrong[] = {"0", "14", "-1", "", "full", "9x"};
    struct replay *r;

    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        tap_is((uint64_t)map_replay_at(&r, "test", path, wrong[i]),
               CLI_UNUSABLE, "`%s' is no line of it", wrong[i]);
    tap_is((uint64_t)map_replay_at(&r, "test", "/nowhere", "end"), CLI_UNUSABLE,
           "a file that is not there");
    tap_is((uint64_t)map_replay_at(&r, "test", "-", "fullest"), CLI_UNUSABLE,
           "standard input cannot be read twice");
}

int main(void)
{
    int file = mkstemp(path);

    if (file < 0 || write(file, run, sizeof run - 1) != sizeof run - 1) {
        tap_ok(false, "the host gives a file");
        return tap_done();
    }
    close(file);
    for (size_t n = 0; n < sizeof cases / sizeof cases[0]; n++)
        check_case(n);
    check_lines();
    check_refusals();
    unlink(path);
    return tap_done();
}
