/* SPDX-License-Identifier: MIT */
/* Waiting threads must not spin while other programs need the cores. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli/cli.h"

/* The original arguments of this process, in the form of argv; NULL if /proc cannot be read. argp has reordered those
 * of main. */
static char **original_words(void) {
    static char text[1 << 16];
    static char *words[1 << 12];
    FILE *file = fopen("/proc/self/cmdline", "r");
    if (!file)
        return NULL;
    const size_t length = fread(text, 1, sizeof text, file);
    const bool whole = length > 0 && length < sizeof text;
    fclose(file);
    size_t count = 0;
    for (size_t i = 0; whole && i < length && count + 1 < sizeof words / sizeof *words; i++)
        if (i == 0 || text[i - 1] == '\0')
            words[count++] = text + i;
    return whole && count + 1 < sizeof words / sizeof *words ? words : NULL;
}

/* OpenMP's runtime reads its environment variables when it is loaded, before main(). So the program must be
 * restarted. */
void cli_share_cores(void) {
    if (getenv("OMP_WAIT_POLICY") || getenv("GOMP_SPINCOUNT") || getenv("KMP_BLOCKTIME"))
        return;
    char **words = original_words();
    setenv("OMP_WAIT_POLICY", "passive", 1);
    if (words)
        execv("/proc/self/exe", words);
}
