/* SPDX-License-Identifier: BSD-2-Clause */
/* fallow: the command-line tool. */
#include <stdio.h>
#include <string.h>

#include "cli.h"

#define VERSION "0.1.0"

const struct command cli_commands[] = {
    {"run", "the main job: replay, map and allocators, all in one",
     "[-o DIRECTORY] [FILE]\n"
     "\n"
     "Replays a recorded run of the real seL4 kernel, prints what it showed,\n"
     "draws the machine's memory at its fullest, and lets three allocators\n"
     "serve the same run.  FILE is bench/traces/sel4test-riscv64.trace.xz.\n"
     "\n"
     "  -o DIRECTORY    for map.svg and strategies.svg; build/run\n",
     run_main},
    {"replay", "compare the kernel with a recorded run of the real one",
     "[OPTIONS] FILE...\n"
     "\n"
     "Makes every Retype and every CNode call of the run, and compares "
     "status,\n"
     "addresses and effects.  FILE is .xz or plain text; - is standard input.\n"
     "\n"
     "  --json            one JSON object instead of tables\n"
     "  --explain LINE    show the state around a line instead\n"
     "  --check N         check the whole state every N lines and at the end;\n"
     "                    0: never; without this option: 500000\n"
     "  --no-clear        count memory to be cleared, but do not clear it\n"
     "  --differences N   show the first N differences; 10\n"
     "\n"
     "Exit code: 0 no difference, 1 differences, 2 a file is unreadable or "
     "not\n"
     "well-formed.\n",
     replay_main},
    {"map", "draw the memory of a recorded run after a line",
     "[--at LINE|fullest] [--svg FILE] [--ascii] FILE\n"
     "\n"
     "Draws to the terminal what every part of the memory is.\n"
     "\n"
     "  --at LINE     after the call that this line belongs to\n"
     "  --at fullest  where most bytes are in objects (as without --at)\n"
     "  --svg FILE    draw it into this file too\n"
     "  --ascii       letters instead of colours\n",
     map_main},
    {"at", "say what lies at an address, and where the next free block is",
     "FILE ADDRESS [--at LINE|fullest] [--bits K]\n"
     "\n"
     "Says what lies at a physical address (hexadecimal) of the recorded\n"
     "machine, and which untypeds are around it.\n"
     "\n"
     "  --at LINE|fullest  as for `fallow map'\n"
     "  --bits K           and the next free aligned block of 2^K bytes\n",
     at_main},
    {"strategies", "let three allocators serve a recorded run",
     "[--svg FILE] FILE\n"
     "\n"
     "Gives the run's allocations and frees to three allocators: halving\n"
     "untypeds, a slab of 4 KiB untypeds, retype at an offset.\n"
     "\n"
     "  --svg FILE    draw their memory side by side into this file\n",
     strategies_main},
    {NULL, NULL, NULL, NULL},
};

static const struct command *find(const char *name)
{
    for (const struct command *c = cli_commands; c->name; c++)
        if (strcmp(c->name, name) == 0)
            return c;
    return NULL;
}

static void print_help(FILE *out)
{
    fputs("usage: fallow COMMAND [OPTIONS] [FILE...]\n\n", out);
    for (const struct command *c = cli_commands; c->name; c++)
        fprintf(out, "  %-12s %s\n", c->name, c->summary);
    fprintf(out, "  %-12s %s\n", "help", "this list, or a command's options");
    fputs("\n`fallow help COMMAND' says more; `fallow --version' which this is."
          "\n",
          out);
}

static int unknown(const char *name)
{
    fprintf(stderr, "fallow: no command `%s'\nTry `fallow help'.\n", name);
    return CLI_UNUSABLE;
}

static int help(const char *name)
{
    const struct command *c;

    if (!name) {
        print_help(stdout);
        return CLI_OK;
    }
    c = find(name);
    if (!c)
        return unknown(name);
    printf("usage: fallow %s %s", c->name, c->usage);
    return CLI_OK;
}

int main(int argc, char **argv)
{
    const struct command *c;
    int code;

    if (argc < 2) {
        print_help(stderr);
        return CLI_UNUSABLE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
        strcmp(argv[1], "help") == 0) {
        code = help(argc > 2 ? argv[2] : NULL);
    } else if (strcmp(argv[1], "--version") == 0) {
        puts("fallow " VERSION);
        code = CLI_OK;
    } else if (!(c = find(argv[1]))) {
        code = unknown(argv[1]);
    } else if (argc > 2 && strcmp(argv[2], "--help") == 0) {
        code = help(c->name);
    } else {
        code = c->main(argc - 1, argv + 1);
    }
    if (fflush(stdout) != 0 || ferror(stdout)) {
        fputs("fallow: the output cannot be written\n", stderr);
        return CLI_UNUSABLE;
    }
    return code;
}
