/* SPDX-License-Identifier: BSD-2-Clause */
/* fallow run: the main job.
 *
 *   first replay: everything compared and checked; what is pinned is looked
 *                 at every so often; the allocations are kept as a stream
 *   second:       to the fullest, whose memory is drawn; then to the end,
 *                 without clearing memory
 *   strategies:   three allocators serve the stream
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "cli.h"
#include "map.h"
#include "progress.h"
#include "replay_pinned.h"
#include "replay_report.h"
#include "strategies.h"

#define FILE_DEFAULT      "bench/traces/sel4test-riscv64.trace.xz"
#define DIRECTORY_DEFAULT "build/run"
#define CHECK_LINES       500000u
#define SAMPLE_LINES      20000u

struct job {
    const char *file;
    const char *directory;
    struct stream stream;
    struct replay_pinned held, stuck; /* when most was */
    uint64_t held_line, stuck_line;
    uint64_t samples;
    uint64_t fullest_line;
};

static void on_object(void *context, const struct replay_object *object)
{
    struct job *job = context;

    stream_add(&job->stream, object);
}

static void on_progress(void *context, uint64_t bytes, uint64_t total,
                        uint64_t lines)
{
    (void)context;
    progress_show("replay", bytes, total, lines);
}

static int failed(const struct job *job, const struct replay *r)
{
    progress_end();
    return cli_error("run", "%s: %s", job->file, replay_error(r));
}

static int out_of_memory(void)
{
    progress_end();
    return cli_error("run", "%s", strerror(ENOMEM));
}

/* ---- First replay -------------------------------------------------------- */

static int sample(struct job *job, struct replay *r)
{
    struct replay_pinned now;

    if (!replay_pinned(replay_kernel(r), &now))
        return out_of_memory();
    job->samples++;
    if (now.held_bytes > job->held.held_bytes) {
        job->held = now;
        job->held_line = replay_stats(r)->lines;
    }
    if (now.stuck_bytes > job->stuck.stuck_bytes) {
        job->stuck = now;
        job->stuck_line = replay_stats(r)->lines;
    }
    return CLI_OK;
}

static int replay_all(struct job *job, struct replay *r)
{
    enum replay_result result;
    uint64_t line = 0;
    int code = CLI_OK;

    do {
        line += SAMPLE_LINES;
        result = replay_step(r, line);
        if (result == REPLAY_FAILED)
            return failed(job, r);
        code = sample(job, r);
    } while (code == CLI_OK && result == REPLAY_REACHED);
    progress_end();
    return code;
}

static void print_pinned(const struct job *job)
{
    const struct replay_pinned *h = &job->held, *s = &job->stuck;

    printf("Idle memory pinned by live objects, the worst of %s looks\n",
           cli_grouped(job->samples));
    printf("  %-32s %14s   pinned by %s of objects, at line %s\n",
           "idle in untypeds with objects", cli_bytes(h->held_bytes),
           cli_bytes(h->held_by_bytes), cli_grouped(job->held_line));
    printf("  %-32s %14s   in %s untypeds, at line %s\n",
           "stuck below watermarks", cli_bytes(s->stuck_bytes),
           cli_grouped(s->stuck_untypeds), cli_grouped(job->stuck_line));
    printf("  %-32s %14s   of 2^%u at %llx, pinned by %s of objects\n",
           "  most in one untyped", cli_bytes(s->stuck_most_bytes),
           s->stuck_bits, (unsigned long long)s->stuck_base,
           cli_bytes(s->stuck_by_bytes));
    puts("  Idle: in no object, of the boot untypeds in which an object lives, "
         "which so cannot\n  be had in one piece.  Stuck: below an untyped's "
         "watermark and in none of its\n  children; incremental Retype gives "
         "it out again when the last child has gone.");
}

static void print_first(const struct job *job, struct replay *r)
{
    printf("%s: a recorded run of the real seL4\nkernel, every capability call "
           "of it made once more to this one\n\n",
           job->file);
    replay_print_agreement(r, stdout);
    putchar('\n');
    replay_print_explanations(r, stdout);
    if (replay_explanation(r, 0))
        putchar('\n');
    replay_print_differences(r, job->file, stdout);
    if (replay_difference(r, 0))
        putchar('\n');
    replay_print_life(r, stdout);
    putchar('\n');
    print_pinned(job);
    putchar('\n');
    replay_print_stretches(r, stdout);
    putchar('\n');
    replay_print_speed(r, stdout);
}

static int first_replay(struct job *job)
{
    struct replay_options options = {
        .check_lines = CHECK_LINES,
        .on_object = on_object,
        .on_progress = on_progress,
        .context = job,
    };
    struct replay *r;
    int error = replay_open(&r, job->file, &options), code;

    if (error)
        return cli_error("run", "%s: %s", job->file, strerror(error));
    code = replay_all(job, r);
    if (code == CLI_OK) {
        print_first(job, r);
        job->fullest_line = replay_stats(r)->fullest_line;
        code = replay_stats(r)->unexplained ? CLI_DIFFERENT : CLI_OK;
    }
    replay_close(r);
    return code;
}

/* ---- Second replay ------------------------------------------------------- */

static int draw(struct job *job, struct replay *r)
{
    char title[160], path[512];
    int code;

    snprintf(title, sizeof title, "The machine at its fullest, after line %s",
             cli_grouped(job->fullest_line));
    snprintf(path, sizeof path, "%s/map.svg", job->directory);
    progress_end();
    fflush(stdout);
    code = map_draw_kernel("run", replay_kernel(r), title, stdout,
                           map_text_for(stdout), path);
    if (code == CLI_OK)
        printf("\nThe same as a picture: %s\n", path);
    return code;
}

static int second_replay(struct job *job)
{
    struct replay_options options = {
        .clear_nothing = true,
        .check_lines = CHECK_LINES,
        .on_progress = on_progress,
    };
    struct replay *r;
    const struct replay_stats *s;
    int error = replay_open(&r, job->file, &options), code = CLI_OK;

    if (error)
        return cli_error("run", "%s: %s", job->file, strerror(error));
    s = replay_stats(r);
    if (replay_step(r, job->fullest_line) == REPLAY_FAILED)
        code = failed(job, r);
    if (code == CLI_OK) {
        putchar('\n');
        code = draw(job, r);
    }
    if (code == CLI_OK && replay_step(r, UINT64_MAX) == REPLAY_FAILED)
        code = failed(job, r);
    progress_end();
    if (code == CLI_OK)
        printf("\nWithout clearing memory: %s invocations per second, %.2f s\n",
               cli_grouped((uint64_t)((double)s->invocations / s->seconds)),
               s->seconds);
    replay_close(r);
    return code;
}

/* ---- The job ------------------------------------------------------------- */

static int compare_strategies(struct job *job)
{
    char path[512];
    int code;

    if (job->stream.failed)
        return cli_error("run", "%s", strerror(job->stream.failed));
    snprintf(path, sizeof path, "%s/strategies.svg", job->directory);
    putchar('\n');
    fflush(stdout);
    code = strategies_report("run", &job->stream, stdout, path);
    if (code == CLI_OK)
        printf("\nTheir memory side by side: %s\n", path);
    return code;
}

/* Makes the directory and those above it. */
static int make_directory(const char *directory)
{
    char path[448];
    size_t length = strlen(directory);

    if (length == 0 || length >= sizeof path)
        return cli_error("run", "%s: %s", directory, strerror(ENAMETOOLONG));
    memcpy(path, directory, length + 1);
    for (size_t i = 1; i <= length; i++)
        if (directory[i] == '/' || directory[i] == '\0') {
            path[i] = '\0';
            if (mkdir(path, 0777) != 0 && errno != EEXIST)
                return cli_error("run", "%s: %s", path, strerror(errno));
            path[i] = directory[i];
        }
    return CLI_OK;
}

static int do_all(struct job *job)
{
    int code = make_directory(job->directory), first;

    if (code != CLI_OK)
        return code;
    first = first_replay(job);
    if (first == CLI_UNUSABLE)
        return first;
    code = second_replay(job);
    if (code == CLI_OK)
        code = compare_strategies(job);
    return code > first ? code : first;
}

int run_main(int argc, char **argv)
{
    static const struct option options[] = {{NULL, 0, NULL, 0}};
    struct job job = {.file = FILE_DEFAULT, .directory = DIRECTORY_DEFAULT};
    int option, code;

    optind = 0;
    opterr = 0;
    while ((option = getopt_long(argc, argv, "o:", options, NULL)) != -1)
        switch (option) {
        case 'o':
            job.directory = optarg;
            break;
        default:
            return cli_usage("run", "%s: no such option, or it needs a value",
                             argv[optind - 1]);
        }
    if (argc - optind > 1)
        return cli_usage("run", "one file, please");
    if (optind < argc)
        job.file = argv[optind];
    if (strcmp(job.file, "-") == 0)
        return cli_error("run", "the file is read more than once, and so not "
                                "standard input");
    stream_init(&job.stream);
    code = do_all(&job);
    stream_free(&job.stream);
    return code;
}
