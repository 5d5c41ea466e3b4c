/* SPDX-License-Identifier: BSD-2-Clause */
/* What the map looks like: a machine made by hand, its map as text to the
 * last letter, in colour, and as SVG. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"
#include "map.h"

/* A window of 1 MiB with RAM from 64 KiB to 192 KiB and a device above it. */
static void machine_make(struct fixture *f)
{
    struct kernel_params params = hosted_params_riscv64();
    uint64_t slot = FIX_FREE;

    params.window_bits = 20;
    params.untyped_bits_max = 19;
    fixture_custom(f, &params, 0x40000, 6);
    hosted_boot_untyped(f->k, fixture_slot(f, FIX_UT), 0x10000, 16, false);
    hosted_boot_untyped(f->k, fixture_slot(f, FIX_UT2), 0x20000, 16, false);
    hosted_boot_untyped(f->k, fixture_slot(f, FIX_DEVICE), 0x80000, 16, true);
    retype(f, FIX_UT, TYPE_PAGE, 0, slot, 3);
    retype(f, FIX_UT, OBJECT_TCB, 0, slot + 3, 1);
    retype(f, FIX_UT, OBJECT_CNODE, 6, slot + 4, 1);
    retype(f, FIX_UT, OBJECT_ENDPOINT, 0, slot + 5, 8);
    retype(f, FIX_UT, OBJECT_NOTIFICATION, 0, slot + 13, 1);
    retype(f, FIX_UT, TYPE_TABLE, 0, slot + 14, 1);
    retype(f, FIX_UT, OBJECT_UNTYPED, 13, slot + 15, 1);
    cnode_copy(f, slot + 16, slot, 15);
    cnode_delete(f, slot + 1);
    retype(f, FIX_DEVICE, TYPE_PAGE, 0, slot + 17, 1);
}

#define FOUR(x)    x x x x
#define ROW(x)     FOUR(FOUR(FOUR(x)))
#define HALF(x)    FOUR(FOUR(x)) FOUR(FOUR(x))
#define LINE(a, x) "         " a " |" x "|\n"
#define CLEAN(a)   LINE(a, ROW("."))
#define DIRTY(a)   LINE(a, ROW(":"))

static const char picture[] = "a machine\n" LINE(
    "    0",
    HALF("C")
        HALF(" ")) "           ... |  15 empty rows left out\n" LINE("10000",
                                                                     ROW("F"))
    DIRTY("11000") LINE("12000", ROW("F")) LINE("13000", HALF("T") HALF("C"))
        LINE("14000", "EEN" FOUR(FOUR(":::")) "::::"
                                              ":::::::::")
            LINE("15000", ROW("P")) CLEAN("16000") CLEAN("17000") CLEAN("18000")
                CLEAN("19000") CLEAN("1a000") CLEAN("1b000") CLEAN("1c000")
                    CLEAN("1d000") CLEAN("1e000") CLEAN("1f000") DIRTY("20000")
                        DIRTY("21000") DIRTY("22000") DIRTY("23000")
                            DIRTY("24000") DIRTY("25000") DIRTY("26000")
                                DIRTY("27000") DIRTY("28000") DIRTY("29000")
                                    DIRTY("2a000") DIRTY("2b000") DIRTY("2c000")
                                        DIRTY("2d000") DIRTY("2e000")
                                            DIRTY("2f000");

static const char *const legend[] = {
    "  .  untyped, clean      ",
    "  :  untyped, to be cleared",
    "  F  frame 4 KiB",
    "  P  page table",
    "  C  CNode",
    "  T  TCB",
    "  E  endpoint",
    "  N  notification",
};

/* All that goes to the stream, as a string to be freed. */
static char *print(const struct map *map, enum map_text text)
{
    char *string = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&string, &size);

    tap_ok(out && map_print(map, "a machine", out, text), "it is printed");
    fclose(out);
    return string;
}

static char *svg(const struct map *map, const char *title, size_t panels)
{
    struct map_panel panel[] = {{map, title, "note"}, {map, "two", ""}};
    char *string = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&string, &size);

    tap_ok(out && map_svg_write(out, title, panel, panels), "it is written");
    fclose(out);
    return string;
}

static unsigned count(const char *text, const char *what)
{
    unsigned n = 0;

    for (; (text = strstr(text, what)) != NULL; text += strlen(what))
        n++;
    return n;
}
/* Every element that is opened is closed, and no text breaks one. */
static bool is_balanced(const char *text)
{
    static const char *const names[] = {"svg",   "defs", "pattern", "rect",
                                        "title", "text", "path"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char opening[16], closing[16];
        unsigned opened, closed;

        snprintf(opening, sizeof opening, "<%s", names[i]);
        snprintf(closing, sizeof closing, "</%s>", names[i]);
        opened = count(text, opening);
        closed = count(text, closing);
        if (strcmp(names[i], "rect") == 0 || strcmp(names[i], "path") == 0)
            closed += opened - closed; /* most are empty: <rect ... /> */
        if (opened != closed) {
            tap_diag("<%s>: %u opened, %u closed", names[i], opened, closed);
            return false;
        }
    }
    return count(text, "<") == count(text, ">") && !strstr(text, "<b>");
}

static void check_text(const struct map *map)
{
    char *ascii = print(map, MAP_TEXT_ASCII);
    char *colour = print(map, MAP_TEXT_COLOUR);
    char *rest = ascii;

    if (tap_ok(strncmp(ascii, picture, sizeof picture - 1) == 0,
               "in letters it is this picture, one row 4 KiB"))
        rest = ascii + sizeof picture - 1;
    else
        tap_diag("%s", ascii);
    for (size_t i = 0; i < sizeof legend / sizeof legend[0]; i++)
        tap_ok(strstr(rest, legend[i]), "the legend has `%s'", legend[i]);
    tap_ok(!strchr(ascii, '\033') && !strstr(ascii, "\342"),
           "letters are ASCII without colours");
    tap_is(count(colour, "\n"), count(ascii, "\n"),
           "in colour it has as many lines");
    tap_ok(strstr(colour, "\033[38;5;160;48;5;254m\342\226\210"),
           "a TCB is a red block");
    tap_ok(strstr(colour, "\033[38;5;36;48;5;180m\342\226\223"),
           "a notification fills part of its cell, before dirty memory");
    free(ascii);
    free(colour);
}

static void check_svg(const struct map *map)
{
    char *one = svg(map, "a <b> & \"c\"", 1);
    char *again = svg(map, "a <b> & \"c\"", 1);
    char *two = svg(map, "two", 2);

    tap_ok(strcmp(one, again) == 0, "the same map gives the same bytes");
    tap_ok(is_balanced(one) && is_balanced(two), "elements are balanced");
    tap_ok(strstr(one, "<title>a &lt;b&gt; &amp; &quot;c&quot;</title>"),
           "the title is escaped");
    tap_ok(strstr(one, "<title>TCB, 0x13000 to 0x137ff, 2"),
           "a TCB has a tool-tip with address and size");
    tap_ok(strstr(one, "<title>frame 4 KiB, 0x10000 to 0x10fff, 4"),
           "so has a frame");
    tap_ok(strstr(one, "2 capabilities</title>"), "that says it has a copy");
    tap_ok(strstr(one, "<title>endpoint, 0x14000 to 0x1400f, 16"),
           "so has an endpoint, in what is enlarged");
    tap_ok(strstr(one, "<title>untyped, clean, 0x16000 to 0x17fff"),
           "and free memory");
    tap_ok(!strstr(one, "0x80000"), "device memory is left out");
    for (unsigned c = MAP_CLEAN; c < MAP_CLASSES; c++)
        if (map->total[c].spans > 0)
            tap_ok(count(one, map_styles[c].colour) > 1,
                   "%s has its colour in map and legend", map_styles[c].name);
    tap_is(count(one, "one row is"), 2, "one map has an enlarged part");
    tap_is(count(two, "one row is"), 2, "two maps of larger scale have none");
    tap_is(count(two, ">TCB<"), 2, "but a legend each");
    free(one);
    free(again);
    free(two);
}

int main(void)
{
    struct map map, part;
    struct fixture f;
    FILE *pipe_end;

    machine_make(&f);
    if (!tap_ok(map_read(&map, f.k), "the map is read"))
        return tap_done();
    fixture_done(&f); /* it is a copy: the kernel is gone */
    tap_is_string(map_check(&map), NULL, "its invariant holds");
    check_text(&map);
    check_svg(&map);
    part = map;
    map_crop(&part, 0x10000, 0x14000);
    tap_is(part.objects, 4, "a part of it has the objects of that part");
    tap_is_string(map_check(&part), NULL, "and the invariant holds there");
    map_free(&part);
    pipe_end = tmpfile();
    tap_ok(pipe_end && map_text_for(pipe_end) == MAP_TEXT_ASCII,
           "what is no terminal gets letters");
    fclose(pipe_end);
    return tap_done();
}
