/* SPDX-License-Identifier: BSD-2-Clause */
#include "exact.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* A function of exactly 100 instructions and its return. */
void exact_hundred(void);
void exact_nothing(void);
__asm__(".text\n"
        ".type exact_hundred, @function\n"
        "exact_hundred:\n"
        ".rept 100\n"
        "nop\n"
        ".endr\n"
        "ret\n"
        ".size exact_hundred, . - exact_hundred\n"
        ".type exact_nothing, @function\n"
        "exact_nothing:\n"
        "ret\n"
        ".size exact_nothing, . - exact_nothing\n");

void exact_start(void)
{
    static void (*volatile const calls[2])(void) = {exact_nothing,
                                                    exact_hundred};

    CALLGRIND_START_INSTRUMENTATION;
    for (unsigned i = 0; i < 2; i++) {
        CALLGRIND_ZERO_STATS;
        for (unsigned n = 0; n < 10; n++) {
            exact_begin();
            calls[i]();
            exact_end();
        }
        exact_result(i == 0 ? "nothing" : "hundred", 10, 0, 0);
    }
}

void exact_stop(void)
{
    CALLGRIND_STOP_INSTRUMENTATION;
}

void exact_result(const char *name, uint64_t a, uint64_t b, uint64_t c)
{
    printf("%s %" PRIu64 " %" PRIu64 " %" PRIu64 "\n", name, a, b, c);
    fflush(stdout);
    CALLGRIND_DUMP_STATS_AT(name);
    CALLGRIND_ZERO_STATS;
}

static void remove_old(const char *path)
{
    char name[256];

    for (unsigned i = 1;; i++) {
        snprintf(name, sizeof name, "%s.%u", path, i);
        if (unlink(name) != 0)
            return;
    }
}

static void run_child(const char *const command[3], const char *dumps,
                      const char *lines, const char *log)
{
    char out[256];

    snprintf(out, sizeof out, "--callgrind-out-file=%s", dumps);
    if (!freopen(lines, "w", stdout) || !freopen(log, "w", stderr))
        _exit(126);
    execlp("valgrind", "valgrind", "--tool=callgrind", "--instr-atstart=no",
           "--collect-atstart=no", out, command[0], command[1], command[2],
           (char *)NULL);
    _exit(127);
}

bool exact_run(struct exact_reader *reader, const char *program,
               const char *argument, const char *second_argument)
{
    const char *const command[3] = {program, argument, second_argument};

    char lines[220], log[220];
    int status;
    pid_t pid;

    snprintf(reader->path, sizeof reader->path, "%s.callgrind", program);
    snprintf(lines, sizeof lines, "%s.lines", program);
    snprintf(log, sizeof log, "%s.log", program);
    reader->number = 0;
    remove_old(reader->path);
    fflush(stdout);
    pid = fork();
    if (pid == 0)
        run_child(command, reader->path, lines, log);
    if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0) {
        fprintf(stderr,
                "%s did not run to its end under valgrind (Debian package "
                "valgrind): see %s\n",
                program, log);
        return false;
    }
    reader->lines = fopen(lines, "r");
    return reader->lines != NULL;
}

static _Noreturn void stop(const struct exact_reader *reader, const char *what)
{
    fprintf(stderr, "%s.%u: %s\n", reader->path, reader->number, what);
    exit(2);
}

/* From a dump file: "desc: Trigger: Client Request: NAME", "summary: N". */
static uint64_t read_dump(const struct exact_reader *reader, const char *name)
{
    char path[256], line[512], want[128];
    uint64_t count = 0;
    bool named = false, counted = false;
    FILE *file;

    snprintf(path, sizeof path, "%s.%u", reader->path, reader->number);
    snprintf(want, sizeof want, "desc: Trigger: Client Request: %s\n", name);
    file = fopen(path, "r");
    if (!file)
        stop(reader, "no such dump");
    while (fgets(line, sizeof line, file)) {
        if (strcmp(line, want) == 0)
            named = true;
        if (sscanf(line, "summary: %" SCNu64, &count) == 1)
            counted = true;
    }
    fclose(file);
    if (!named || !counted)
        stop(reader, "not the dump of this result");
    return count;
}

static bool read_line(struct exact_reader *reader, struct exact_result *result)
{
    int fields =
        fscanf(reader->lines, "%63s %" SCNu64 " %" SCNu64 " %" SCNu64 "\n",
               result->name, &result->a, &result->b, &result->c);

    if (fields == EOF) {
        fclose(reader->lines);
        return false;
    }
    reader->number++;
    if (fields != 4)
        stop(reader, "not the line of a result");
    result->instructions = read_dump(reader, result->name);
    return true;
}

bool exact_read(struct exact_reader *reader, struct exact_result *result)
{
    struct exact_result hundred;

    if (!read_line(reader, result))
        return false;
    if (strcmp(result->name, "nothing") != 0)
        return true;
    if (!read_line(reader, &hundred) ||
        hundred.instructions - result->instructions != 100 * result->a)
        stop(reader, "the counter is not exact");
    return exact_read(reader, result);
}
