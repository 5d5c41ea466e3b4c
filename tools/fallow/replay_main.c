/* SPDX-License-Identifier: BSD-2-Clause */
/* fallow replay: the core against a recorded run. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "progress.h"
#include "replay_explain.h"
#include "replay_report.h"

#define CHECK_LINES_DEFAULT 500000u

struct request {
    struct replay_options options;
    bool json;
    uint64_t explain; /* 0: no */
};

static int parse_options(int argc, char **argv, struct request *q)
{
    static const struct option options[] = {
        {"json", no_argument, NULL, 'j'},
        {"explain", required_argument, NULL, 'e'},
        {"check", required_argument, NULL, 'c'},
        {"no-clear", no_argument, NULL, 'n'},
        {"differences", required_argument, NULL, 'd'},
        {NULL, 0, NULL, 0},
    };
    uint64_t number;
    int option;

    optind = 0;
    opterr = 0;
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1)
        switch (option) {
        case 'j':
            q->json = true;
            break;
        case 'e':
            if (!cli_parse_number(optarg, &q->explain) || q->explain == 0)
                return cli_usage("replay", "--explain %s: not a line", optarg);
            break;
        case 'c':
            if (!cli_parse_number(optarg, &q->options.check_lines))
                return cli_usage("replay", "--check %s: not a number", optarg);
            q->options.check_never = q->options.check_lines == 0;
            break;
        case 'n':
            q->options.clear_nothing = true;
            break;
        case 'd':
            if (!cli_parse_number(optarg, &number) || number < 1 ||
                number > 1000000)
                return cli_usage("replay", "--differences %s: not 1..1000000",
                                 optarg);
            q->options.shown_max = (unsigned)number;
            break;
        default:
            return cli_usage("replay",
                             "%s: no such option, or it needs a value",
                             argv[optind - 1]);
        }
    if (optind == argc)
        return cli_usage("replay", "no file");
    return CLI_OK;
}

static void print_all(struct replay *r, const char *file)
{
    printf("%s\n\n", file);
    replay_print_agreement(r, stdout);
    putchar('\n');
    replay_print_life(r, stdout);
    putchar('\n');
    replay_print_speed(r, stdout);
    putchar('\n');
    replay_print_stretches(r, stdout);
    if (replay_explanation(r, 0))
        putchar('\n');
    replay_print_explanations(r, stdout);
    if (replay_difference(r, 0))
        putchar('\n');
    replay_print_differences(r, file, stdout);
}

/* One file; *json is its object, where that was asked for and the file is
 * well-formed. */
static int replay_file(const struct request *q, const char *file, json_t **json)
{
    struct replay *r;
    int error = replay_open(&r, file, &q->options), code;

    if (error)
        return cli_error("replay", "%s: %s", file, strerror(error));
    if (replay_step(r, UINT64_MAX) == REPLAY_FAILED) {
        progress_end();
        code = cli_error("replay", "%s: %s", file, replay_error(r));
    } else {
        progress_end();
        code = replay_stats(r)->unexplained ? CLI_DIFFERENT : CLI_OK;
        if (q->json)
            *json = replay_json(r, file);
        else
            print_all(r, file);
    }
    replay_close(r);
    return code;
}

/* Several files: their numbers added up, and each by itself in "files". */
static void add_numbers(json_t *total, json_t *one)
{
    static const char *const sums[] = {
        "invocations", "retypes", "cnode_calls", "preempted",    "chains",
        "computed",    "applied", "explained",   "unexplained",  "checks",
        "lines",       "events",  "seconds",     "bytes_cleared"};
    json_t *value;

    for (size_t i = 0; i < sizeof sums / sizeof sums[0]; i++) {
        double sum = json_number_value(json_object_get(total, sums[i])) +
                     json_number_value(json_object_get(one, sums[i]));

        value = strcmp(sums[i], "seconds") == 0 ? json_real(sum)
                                                : json_integer((json_int_t)sum);
        json_object_set_new(total, sums[i], value);
    }
}

static void add_classes(json_t *total, json_t *one)
{
    json_t *to = json_object_get(total, "explained_classes"), *value;
    const char *name;

    if (!to) {
        to = json_object();
        json_object_set_new(total, "explained_classes", to);
    }
    json_object_foreach(json_object_get(one, "explained_classes"), name, value)
        json_object_set_new(
            to, name,
            json_integer(json_integer_value(json_object_get(to, name)) +
                         json_integer_value(value)));
}

static void finish_total(json_t *total)
{
    double seconds = json_number_value(json_object_get(total, "seconds"));
    json_int_t invocations =
        json_integer_value(json_object_get(total, "invocations"));

    json_object_set_new(
        total, "invocations_per_second",
        json_integer(seconds > 0 ? (json_int_t)((double)invocations / seconds)
                                 : 0));
}

static int replay_files(const struct request *q, int count, char **files)
{
    json_t *total = json_object(), *list = json_array();
    int worst = CLI_OK;

    for (int i = 0; i < count; i++) {
        json_t *one = NULL;
        int code = replay_file(q, files[i], &one);

        if (code > worst)
            worst = code;
        if (!q->json && i + 1 < count)
            putchar('\n');
        if (!one)
            continue;
        if (count == 1) {
            json_decref(total);
            total = json_incref(one);
        } else {
            add_numbers(total, one);
            add_classes(total, one);
            finish_total(total);
        }
        json_array_append_new(list, one);
    }
    if (q->json && json_array_size(list) > 0) {
        if (count > 1)
            json_object_set(total, "files", list);
        json_dumpf(total, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(6));
        putchar('\n');
    }
    json_decref(list);
    json_decref(total);
    return worst;
}

int replay_main(int argc, char **argv)
{
    struct request q = {
        .options = {.check_lines = CHECK_LINES_DEFAULT,
                    .on_progress = progress_replay,
                    .context = "replay"},
    };
    int code = parse_options(argc, argv, &q);

    if (code != CLI_OK)
        return code;
    if (q.explain == 0)
        return replay_files(&q, argc - optind, argv + optind);
    if (argc - optind != 1)
        return cli_usage("replay", "--explain: one file, please");
    if (q.json)
        return cli_usage("replay", "--explain prints text: without --json");
    return replay_explain(argv[optind], q.explain);
}
