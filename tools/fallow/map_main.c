/* SPDX-License-Identifier: BSD-2-Clause */
/* fallow map: the memory of a recorded run after a line. */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "map.h"
#include "map_at.h"

static int svg_save(const struct map *map, const char *title, const char *path)
{
    struct map_panel panel = {.map = map, .title = "", .note = ""};
    FILE *out = fopen(path, "w");
    char note[128];
    bool done;

    if (!out)
        return cli_error("map", "%s: %s", path, strerror(errno));
    snprintf(note, sizeof note, "%s objects, %s, and %s untypeds",
             cli_grouped(map->objects), cli_bytes(map->object_bytes),
             cli_grouped(map->untypeds));
    panel.note = note;
    done = map_svg_write(out, title, &panel, 1);
    if (fclose(out) != 0 || !done)
        return cli_error("map", "%s: %s", path, strerror(errno));
    return CLI_OK;
}

int map_draw_kernel(const char *command, struct kernel *k, const char *title,
                    FILE *out, enum map_text text, const char *svg_path)
{
    struct map map;
    int code = CLI_OK;

    if (!map_read(&map, k))
        return cli_error(command, "%s", strerror(errno));
    if (svg_path)
        code = svg_save(&map, title, svg_path);
    if (code == CLI_OK && out && !map_print(&map, title, out, text))
        code = cli_error(command, "%s", strerror(errno));
    map_free(&map);
    return code;
}

int map_main(int argc, char **argv)
{
    static const struct option options[] = {
        {"at", required_argument, NULL, 'a'},
        {"svg", required_argument, NULL, 's'},
        {"ascii", no_argument, NULL, 'p'},
        {NULL, 0, NULL, 0},
    };
    const char *at = "fullest", *svg_path = NULL, *name;
    enum map_text text = map_text_for(stdout);
    struct replay *r;
    char title[256];
    int option, code;

    optind = 0;
    opterr = 0;
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1)
        switch (option) {
        case 'a':
            at = optarg;
            break;
        case 's':
            svg_path = optarg;
            break;
        case 'p':
            text = MAP_TEXT_ASCII;
            break;
        default:
            return cli_usage("map", "%s: no such option, or it needs a value",
                             argv[optind - 1]);
        }
    if (argc - optind != 1)
        return cli_usage("map", "one file, please");
    code = map_replay_at(&r, "map", argv[optind], at);
    if (code != CLI_OK)
        return code;
    name = strrchr(argv[optind], '/');
    snprintf(title, sizeof title, "Memory after line %s of %s",
             cli_grouped(replay_line(r)), name ? name + 1 : argv[optind]);
    code =
        map_draw_kernel("map", replay_kernel(r), title, stdout, text, svg_path);
    if (code == CLI_OK)
        code = map_replay_differs(r, "map");
    replay_close(r);
    return code;
}
