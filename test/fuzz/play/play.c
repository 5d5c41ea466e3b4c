/* SPDX-License-Identifier: BSD-2-Clause */
/* Gives the files named, or those in folders named, to a fuzz target, one by
 * one and without a fuzzer: to measure what they cover, or to see one fail. */
#include <dirent.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define INPUT_MAX (1u << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static uint64_t played;

static void play_file(const char *path)
{
    static uint8_t input[INPUT_MAX];
    FILE *file = fopen(path, "rb");
    size_t bytes;
    uint8_t *exact;

    if (!file) {
        perror(path);
        exit(2);
    }
    bytes = fread(input, 1, sizeof input, file);
    fclose(file);
    exact = malloc(bytes + 1); /* so that a sanitizer sees its end */
    if (!exact)
        exit(2);
    for (size_t i = 0; i < bytes; i++)
        exact[i] = input[i];
    LLVMFuzzerTestOneInput(exact, bytes);
    free(exact);
    played++;
}

/* True: it was one. */
static bool play_folder(const char *path)
{
    DIR *folder = opendir(path);
    struct dirent *entry;
    char name[4096];

    if (!folder)
        return false;
    while ((entry = readdir(folder)) != NULL) {
        if (entry->d_name[0] == '.')
            continue;
        snprintf(name, sizeof name, "%s/%s", path, entry->d_name);
        play_file(name);
    }
    closedir(folder);
    return true;
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (!play_folder(argv[i]))
            play_file(argv[i]);
    fprintf(stderr, "%lu inputs\n", played);
    return played == 0;
}
