/* SPDX-License-Identifier: BSD-2-Clause */
/* The tool as its users see it: exit codes, one clear error, tables, JSON.
 * FALLOW in the environment is the program to test, else build/fallow. */
#include "run_file.h"
#include "small_run.h"
#include "tap.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define TEXT_MAX 65536u

static char out[TEXT_MAX], err[TEXT_MAX];

static void read_all(FILE *from, char *to)
{
    size_t got;

    rewind(from);
    got = fread(to, 1, TEXT_MAX - 1, from);
    to[got] = '\0';
    fclose(from);
}

/* Runs the tool with these arguments, a shell's words; its exit code. */
static int run_tool(const char *arguments)
{
    const char *tool = getenv("FALLOW");
    char command[512];
    FILE *files[2] = {tmpfile(), tmpfile()};
    int status;

    if (!files[0] || !files[1])
        return -1;
    snprintf(command, sizeof command, "%s %s >/proc/%d/fd/%d 2>/proc/%d/fd/%d",
             tool ? tool : "build/fallow", arguments, (int)getpid(),
             fileno(files[0]), (int)getpid(), fileno(files[1]));
    status = system(command);
    read_all(files[0], out);
    read_all(files[1], err);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static unsigned lines_in(const char *text)
{
    unsigned lines = 0;

    for (; *text; text++)
        lines += *text == '\n';
    return lines;
}

static void expect(const char *arguments, int code, const char *in_out,
                   const char *in_err)
{
    int got = run_tool(arguments);

    if (!tap_ok(got == code && (!in_out || strstr(out, in_out)) &&
                    (!in_err || strstr(err, in_err)),
                "exit %d: fallow %s", code, arguments))
        tap_diag("  exit %d\n#   out: %s\n#   err: %s", got, out, err);
}

/* "replay OPTIONS NAME" */
static const char *replay_of(const char *options, const char *name)
{
    static char arguments[256];

    snprintf(arguments, sizeof arguments, "replay %s %s", options, name);
    return arguments;
}

/* The small run with one line changed, or as it is. */
static const char *changed_run(const char *from, const char *to)
{
    static char text[TEXT_MAX];
    const char *at = strstr(small_run, from);

    if (!at)
        return NULL;
    snprintf(text, sizeof text, "%.*s%s%s", (int)(at - small_run), small_run,
             to, at + strlen(from));
    return run_file(text, strlen(text));
}

static void use(void)
{
    expect("--help", 0, "replay", NULL);
    expect("help replay", 0, "--explain LINE", NULL);
    expect("replay --help", 0, "--explain LINE", NULL);
    expect("--version", 0, "fallow ", NULL);
    expect("", 2, NULL, "usage: fallow COMMAND");
    expect("repaly x", 2, NULL, "no command `repaly'\nTry `fallow help'");
    expect("help repaly", 2, NULL, "no command `repaly'");
    expect("replay", 2, NULL, "no file\nTry `fallow help replay'");
    expect("replay --frobnicate x", 2, NULL, "Try `fallow help replay'");
    expect("replay --check x x", 2, NULL, "--check x: not a number");
    expect("replay --explain 0 x", 2, NULL, "--explain 0: not a line");
    expect("replay --explain 5 --json x", 2, NULL, "without --json");
    expect("replay /nonexistent", 2, NULL, "/nonexistent: No such file");
    expect("replay /", 2, NULL, "/: Is a directory");
    expect("run -", 2, NULL, "not standard input");
}

static void agreement(void)
{
    const char *name = run_file(small_run, strlen(small_run));

    expect(replay_of("", name), 0, "Agreement with the real kernel", NULL);
    tap_is_string(err, "", "nothing on stderr, which is no terminal");
    tap_ok(strstr(out, "recorded e8") != NULL, "what is explained is shown");
    expect(replay_of("--check 1 --no-clear", name), 0, NULL, NULL);
    expect(replay_of("- <", name), 0, "Agreement", NULL);
}

static void difference(void)
{
    const char *name =
        changed_run("R 0 20 1 100000 page c 1 0 12 1 80010220 80010380 ok",
                    "R 0 20 1 100000 page c 1 1000 12 1 80010220 80010380 ok");

    expect(replay_of("", name), 1, "first_paddr", NULL);
    tap_ok(strstr(out, "recorded  1000") && strstr(out, "the core  0"),
           "both values are shown");
    tap_ok(strstr(out, "  >        3") &&
               strstr(out, "80010320 80010400 untyped 80023100 8"),
           "the line is marked, and those around it are shown");
    expect(replay_of("--json", name), 1, "\"unexplained\": 1", NULL);
    expect(replay_of("- <", name), 1, "first_paddr", NULL);
}

static void malformed(void)
{
    const char *name = changed_run("B 80010160 domain", "B 80010160 domian");

    expect(replay_of("", name), 2, NULL,
           "line 4: field 2 (captype) does not parse: \"domian\"");
    tap_is(lines_in(err), 1, "one line of error");
    tap_is_string(out, "", "and no result");
    expect(replay_of("--json", name), 2, NULL, "line 4: ");
    tap_is_string(out, "", "no JSON either");
    expect(replay_of("--explain 20", name), 2, NULL, NULL);
}

/* A whole number that is there. */
static json_int_t number(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);

    if (!json_is_integer(value)) {
        tap_ok(false, "\"%s\" is a whole number", name);
        return -1;
    }
    return json_integer_value(value);
}

static uint64_t count_lines(const char *letters)
{
    uint64_t count = 0;

    for (const char *c = small_run; *c; c = strchr(c, '\n') + 1)
        count += strchr(letters, *c) != NULL;
    return count;
}

static void json(void)
{
    const char *name = run_file(small_run, strlen(small_run));
    json_t *object, *classes;
    char both[160];

    tap_is((uint64_t)run_tool(replay_of("--json", name)), 0, "exit 0: --json");
    object = json_loads(out, 0, NULL);
    if (!tap_ok(json_is_object(object), "one JSON object"))
        return;
    tap_is((uint64_t)number(object, "invocations"), count_lines("RC"),
           "invocations: the R and C lines");
    tap_is((uint64_t)number(object, "lines"), count_lines("BTRCIinmsef+"),
           "lines");
    tap_ok(number(object, "applied") > 0, "applied");
    tap_is((uint64_t)number(object, "explained"), 1, "explained");
    tap_is((uint64_t)number(object, "unexplained"), 0, "unexplained");
    tap_ok(number(object, "invocations_per_second") > 0,
           "invocations_per_second");
    classes = json_object_get(object, "explained_classes");
    tap_is(json_object_size(classes), 1, "one explained class");
    tap_is((uint64_t)number(classes, "no-window"), 1, "and its count");
    tap_is((uint64_t)number(object, "applied"),
           (uint64_t)(number(object, "applied_effects") +
                      number(object, "applied_masters") +
                      number(object, "applied_tables") +
                      number(object, "applied_mappings")),
           "applied is the sum of its kinds");
    json_decref(object);

    snprintf(both, sizeof both, "%s %s", name, name);
    tap_is((uint64_t)run_tool(replay_of("--json", both)), 0, "two files");
    object = json_loads(out, 0, NULL);
    tap_is((uint64_t)number(object, "invocations"), 2 * count_lines("RC"),
           "one object with the sum");
    tap_is(json_array_size(json_object_get(object, "files")), 2,
           "and an object for each file");
    json_decref(object);
}

static void explain(void)
{
    const char *name = run_file(small_run, strlen(small_run));

    expect(replay_of("--explain 17", name), 0, "Before the call", NULL);
    tap_ok(strstr(out, "untyped 80020000 14 0 2100") &&
               strstr(out, "untyped 80020000 14 0 2000"),
           "the untyped's watermark before and after");
    tap_ok(strstr(out, "The core agrees"), "the verdict");
    expect(replay_of("--explain 18", name), 0, "of the call in line 17", NULL);
    expect(replay_of("--explain 5", name), 0, "B 800100c0 asidpool", NULL);
    expect(replay_of("--explain 100000", name), 2, NULL, "no line 100000");
}

int main(void)
{
    use();
    agreement();
    difference();
    malformed();
    json();
    explain();
    return tap_done();
}
