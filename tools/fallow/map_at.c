/* SPDX-License-Identifier: BSD-2-Clause */
#include "map_at.h"

#include <inttypes.h>
#include <string.h>

#include "cli.h"

static int at_open(struct replay **r, const char *command, const char *file)
{
    static const struct replay_options options = {.check_never = true};
    int error = replay_open(r, file, &options);

    if (error != 0)
        return cli_error(command, "%s: %s", file, strerror(error));
    return CLI_OK;
}

static int fail(struct replay *r, const char *command, const char *file)
{
    int code = cli_error(command, "%s: %s", file, replay_error(r));

    replay_close(r);
    return code;
}

static int fullest_find(const char *command, const char *file, uint64_t *line)
{
    struct replay *r;
    int code = at_open(&r, command, file);

    if (code != CLI_OK)
        return code;
    if (replay_step(r, UINT64_MAX) == REPLAY_FAILED)
        return fail(r, command, file);
    *line = replay_stats(r)->fullest_line;
    replay_close(r);
    return CLI_OK;
}

int map_replay_at(struct replay **r, const char *command, const char *file,
                  const char *at)
{
    uint64_t line = UINT64_MAX;
    enum replay_result result;
    int code = CLI_OK;

    if (strcmp(at, "fullest") == 0) {
        if (strcmp(file, "-") == 0)
            return cli_error(command, "--at fullest reads the run twice, which "
                                      "standard input does not allow");
        code = fullest_find(command, file, &line);
    } else if (strcmp(at, "end") != 0 &&
               (!cli_parse_number(at, &line) || line == 0)) {
        return cli_usage(
            command, "--at %s: neither a line from 1, `fullest' nor `end'", at);
    }
    if (code == CLI_OK)
        code = at_open(r, command, file);
    if (code != CLI_OK)
        return code;
    result = replay_step(*r, line);
    if (result == REPLAY_FAILED)
        return fail(*r, command, file);
    if (result == REPLAY_END && line != UINT64_MAX)
        code = cli_error(command, "%s: line %s: the run has only %s", file, at,
                         cli_grouped(replay_line(*r)));
    else if (!replay_kernel(*r))
        code = cli_error(command, "%s: no capability up to that line", file);
    if (code != CLI_OK)
        replay_close(*r);
    return code;
}

int map_replay_differs(const struct replay *r, const char *command)
{
    uint64_t differences = replay_stats(r)->unexplained;

    if (differences == 0)
        return CLI_OK;
    cli_error(command,
              "the core and the recorded kernel differ in %s places up to this "
              "line: see `fallow replay'",
              cli_grouped(differences));
    return CLI_DIFFERENT;
}
