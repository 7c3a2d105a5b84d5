/* SPDX-License-Identifier: MIT */
/* declared.yaml: recipe, looks and rules as they were when the first trial started. */
#include "experiments/folder/declared_file.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "experiments/folder/run_folder.h"
#include "gatebench/gatebench.h"
#include "support/file.h"
#include "support/text.h"

/* A text as the block of a key. */
static void append_block(text *lines, const char *key, const char *block) {
    if (block && *block)
        text_append(lines, "%s: |\n", key);
    while (block && *block) {
        size_t length = strcspn(block, "\n");
        text_append(lines, length ? "  %.*s\n" : "%.*s\n", (int)length, block);
        block += length + (block[length] == '\n');
    }
}

/* The rules; a program without them (an installation of the library alone) declares none. */
static char *read_claims(gb_context *context) {
    enum { LARGEST = 1 << 20 };
    char path[PATH_MAX], *claims = NULL;
    size_t size;
    if (file_find_shared(context, "claims.yaml", path, sizeof path) == GB_OK)
        file_read(context, path, LARGEST, &claims, &size);
    return claims;
}

gb_status run_declare(gb_context *context, const char *folder, const char *recipe, size_t finished_before) {
    char path[RUN_PATH], now[32], *looks = NULL, *claims = NULL;
    run_path(folder, RUN_DECLARED, path);
    if (file_exists(path))
        return GB_OK;
    gb_status status = run_folder_read(context, folder, RUN_LOOKS, &looks);
    if (status)
        return status;
    text lines = {0};
    time_t seconds = time(NULL);
    struct tm utc;
    gmtime_r(&seconds, &utc);
    strftime(now, sizeof now, "%Y-%m-%dT%H:%M:%SZ", &utc);
    claims = read_claims(context);
    text_append(&lines,
                "# What was declared before the first trial of this run started. Written once; never edit it.\n");
    text_append(&lines, "time: \"%s\"\nprogram: gatebench %s\nfinished_before: %zu\n", now, gb_version(),
                finished_before);
    append_block(&lines, "recipe", recipe);
    append_block(&lines, "looks", looks);
    append_block(&lines, "claims", claims);
    status = lines.failed ? gb_fail(context, GB_MEMORY, "out of memory for what %s declares", folder)
                          : file_replace(context, path, lines.data, lines.length);
    text_free(&lines);
    free(looks);
    free(claims);
    return status;
}
