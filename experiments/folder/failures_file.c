/* SPDX-License-Identifier: MIT */
/* failed.txt written and read back. */
#include "experiments/folder/failures_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "experiments/folder/run_folder.h"
#include "support/cleanup.h"

enum { ID = 32 };

void failures_free(failures *f) {
    free(f->text);
    free(f->items);
    *f = (failures){0};
}

static int compare_ids(const void *a, const void *b) {
    return strcmp(((const failure *)a)->id, ((const failure *)b)->id);
}

/* Values of settings hold no ": ". */
static void read_line(char *line, failure *f) {
    const char *colon = strstr(line, ": ");
    *f = (failure){.line = line, .reason = colon ? colon + 2 : line};
    memcpy(f->id, line, strnlen(line, ID));
}

gb_status failures_read(gb_context *context, const char *folder, failures *out) {
    size_t most = 1;
    *out = (failures){0};
    GB_TRY(run_folder_read(context, folder, RUN_FAILURES, &out->text));
    for (const char *c = out->text; *c; c++)
        most += *c == '\n';
    out->items = calloc(most, sizeof *out->items);
    if (!out->items) {
        failures_free(out);
        return gb_fail(context, GB_MEMORY, "%s: out of memory for the reasons why trials failed", folder);
    }
    for (char *rest = out->text, *line; (line = strsep(&rest, "\n"));)
        if (*line)
            read_line(line, &out->items[out->count++]);
    qsort(out->items, out->count, sizeof *out->items, compare_ids);
    return GB_OK;
}

const failure *failures_find(const failures *f, const char *id) {
    failure wanted = {0};
    snprintf(wanted.id, sizeof wanted.id, "%s", id);
    return f->count ? bsearch(&wanted, f->items, f->count, sizeof *f->items, compare_ids) : NULL;
}

gb_status failures_write(gb_context *context, const char *folder, const text *lines) {
    char path[RUN_PATH];
    GB_NEED(context, !lines->failed, "for the list of failed trials");
    if (lines->length)
        return run_folder_write(context, folder, RUN_FAILURES, lines->data, lines->length);
    run_path(folder, RUN_FAILURES, path);
    unlink(path); /* left by an earlier run; a missing file is not an error */
    return GB_OK;
}
