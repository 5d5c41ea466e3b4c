/* SPDX-License-Identifier: BSD-2-Clause */
/* What every fuzz target begins with: a folder of inputs that is given and
 * empty is filled with random ones first, the same each time.
 *
 *   folder/seed-0 .. seed-23     of 1 KiB
 */
#ifndef FALLOW_FUZZ_CORPUS_H
#define FALLOW_FUZZ_CORPUS_H
#include "seed.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#define CORPUS_SEEDS      24u
#define CORPUS_SEED_BYTES 1024u

static bool corpus_is_empty(const char *path)
{
    DIR *folder = opendir(path);
    struct dirent *entry;
    bool empty = true;

    if (!folder)
        return false;
    while ((entry = readdir(folder)) != NULL)
        empty = empty && entry->d_name[0] == '.';
    closedir(folder);
    return empty;
}

static void corpus_fill(const char *folder)
{
    struct seed seed = {1};
    uint8_t bytes[CORPUS_SEED_BYTES];
    char path[4096];

    for (unsigned n = 0; n < CORPUS_SEEDS; n++) {
        FILE *file;

        for (unsigned i = 0; i < CORPUS_SEED_BYTES; i++)
            bytes[i] = (uint8_t)seed_next(&seed);
        snprintf(path, sizeof path, "%s/seed-%u", folder, n);
        file = fopen(path, "wb");
        if (!file)
            return; /* then the fuzzer starts from nothing */
        fwrite(bytes, 1, CORPUS_SEED_BYTES, file);
        fclose(file);
    }
}

/* libFuzzer's call before the first input. */
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    for (int i = 1; i < *argc; i++)
        if ((*argv)[i][0] != '-' && corpus_is_empty((*argv)[i]))
            corpus_fill((*argv)[i]);
    return 0;
}
#endif
