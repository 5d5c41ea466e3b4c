/* SPDX-License-Identifier: BSD-2-Clause */
/* The command-line tool: one program, one table of commands.
 *
 *   fallow COMMAND [OPTIONS] FILE...
 *            |
 *            '-- cli_commands[]: name, help, int main(argc, argv)
 *
 * A command gets its own name as argv[0] and returns the exit code:
 *
 *   0  done, and everything agreed
 *   1  done, and something differed or was not there
 *   2  not done: wrong use, unreadable file, malformed input
 *
 * What a command found goes to stdout; messages and progress go to stderr.
 */
#ifndef FALLOW_CLI_H
#define FALLOW_CLI_H
#include <stdbool.h>
#include <stdint.h>

enum cli_exit {
    CLI_OK = 0,
    CLI_DIFFERENT = 1,
    CLI_UNUSABLE = 2,
};

struct command {
    const char *name;
    const char *summary; /* one line, for the list of commands */
    const char *usage;   /* options and operands, for `fallow help NAME' */
    int (*main)(int argc, char **argv);
};

/* Ends with an entry whose name is NULL. */
extern const struct command cli_commands[];

/* The commands, each in its own file. */
int run_main(int argc, char **argv);
int replay_main(int argc, char **argv);
int map_main(int argc, char **argv);
int at_main(int argc, char **argv);
int strategies_main(int argc, char **argv);

/* `fallow: COMMAND: message' on stderr; returns CLI_UNUSABLE, so that a
 * command can say `return cli_error("at", "...");'. */
int cli_error(const char *command, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The same for wrong use, with a hint at `fallow help COMMAND'. */
int cli_usage(const char *command, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Numbers as users write them: decimal, or hexadecimal with 0x; `hex' reads
 * hexadecimal without 0x too, as the recorded runs write addresses.  False if
 * the text is anything else or does not fit 64 bits. */
bool cli_parse_number(const char *text, uint64_t *value);
bool cli_parse_hex(const char *text, uint64_t *value);

/* 1234567 as "1 234 567", in one of a few static buffers used in turn: at
 * most eight results live at a time. */
const char *cli_grouped(uint64_t value);

/* Bytes as "1.2 MiB", likewise. */
const char *cli_bytes(uint64_t bytes);
#endif
