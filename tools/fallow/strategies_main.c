/* SPDX-License-Identifier: BSD-2-Clause */
/* fallow strategies: the recorded allocations, given to three allocators. */
#include <getopt.h>
#include <string.h>

#include "cli.h"
#include "strategies.h"

static int stream_read(struct stream *stream, const char *file)
{
    struct replay_options options = {
        .check_never = true,
        .on_object = stream_add,
        .context = stream,
    };
    struct replay *r;
    int error = replay_open(&r, file, &options);
    int code = CLI_OK;

    if (error != 0)
        return cli_error("strategies", "%s: %s", file, strerror(error));
    if (replay_step(r, UINT64_MAX) == REPLAY_FAILED)
        code = cli_error("strategies", "%s: %s", file, replay_error(r));
    replay_close(r);
    if (code == CLI_OK && stream->failed)
        code =
            cli_error("strategies", "%s: %s", file, strerror(stream->failed));
    return code;
}

int strategies_main(int argc, char **argv)
{
    static const struct option options[] = {
        {"svg", required_argument, NULL, 's'},
        {NULL, 0, NULL, 0},
    };
    const char *svg_path = NULL;
    struct stream stream;
    int option, code;

    optind = 0;
    opterr = 0;
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1)
        switch (option) {
        case 's':
            svg_path = optarg;
            break;
        default:
            return cli_usage("strategies",
                             "%s: no such option, or it needs a value",
                             argv[optind - 1]);
        }
    if (argc - optind != 1)
        return cli_usage("strategies", "one file, please");
    stream_init(&stream);
    code = stream_read(&stream, argv[optind]);
    if (code == CLI_OK)
        code = strategies_report("strategies", &stream, stdout, svg_path);
    stream_free(&stream);
    return code;
}
