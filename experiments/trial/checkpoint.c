/* SPDX-License-Identifier: MIT */
/* Checkpoint files: two per trial, written alternately, so that a damaged file loses a minute and not the trial. */
#include "experiments/trial/checkpoint.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xxhash.h>

#include "experiments/settings/provenance.h"
#include "support/cleanup.h"
#include "support/file.h"

#define FORMAT "gatebench checkpoint 1"
#define MOST_BYTES ((size_t)16 << 30)

/* The header of a checkpoint file; unused bytes are zero. */
typedef struct head {
    char format[32], commit[64], id[40];
    uint64_t number, size;
} head;

static bool name_file(char *path, const char *folder, const char *id, uint64_t number) {
    int length = snprintf(path, PATH_MAX, "%s/%s.%d", folder, id, (int)(number % 2));
    return length > 0 && length < PATH_MAX;
}

gb_status checkpoint_write(gb_context *context, const char *folder, const char *id, const checkpoint *c) {
    char path[PATH_MAX];
    head first = {.format = FORMAT, .number = c->number, .size = c->content.length};
    snprintf(first.commit, sizeof first.commit, "%s", provenance_commit());
    snprintf(first.id, sizeof first.id, "%s", id);
    if (!name_file(path, folder, id, c->number))
        return gb_fail(context, GB_IO, "%s: the path is too long for checkpoints", folder);
    CLEANUP(text_free) text bytes = {0};
    text_append_bytes(&bytes, (const char *)&first, sizeof first);
    text_append_bytes(&bytes, c->content.data, c->content.length);
    XXH128_canonical_t sum;
    XXH128_canonicalFromHash(&sum, XXH3_128bits(bytes.data, bytes.length));
    text_append_bytes(&bytes, (const char *)&sum, sizeof sum);
    GB_TRY(bytes.failed || c->content.failed
               ? gb_fail(context, GB_MEMORY, "out of memory for a checkpoint of trial %s", id)
               : file_make_folder(context, folder));
    return file_replace(context, path, bytes.data, bytes.length);
}

/* Why a file is not a checkpoint of this trial and build; NULL: it is one. */
static const char *find_fault(const char *bytes, size_t size, const char *id, head *first) {
    XXH128_canonical_t sum;
    if (size < sizeof *first + sizeof sum)
        return "is truncated";
    memcpy(first, bytes, sizeof *first);
    memcpy(&sum, bytes + size - sizeof sum, sizeof sum);
    if (strncmp(first->format, FORMAT, sizeof first->format) != 0)
        return "has another format";
    if (!XXH128_isEqual(XXH128_hashFromCanonical(&sum), XXH3_128bits(bytes, size - sizeof sum)) ||
        first->size != size - sizeof *first - sizeof sum)
        return "is damaged (its checksum is wrong)";
    if (strncmp(first->id, id, sizeof first->id) != 0)
        return "belongs to another trial";
    if (strncmp(first->commit, provenance_commit(), sizeof first->commit - 1) != 0)
        return "was written by another build of gatebench";
    return NULL;
}

/* Reads one file and keeps it if it is valid and newer than the present one. */
static gb_status read_one(gb_context *context, const char *path, const char *id, checkpoint *c, text *notes) {
    CLEANUP(free_at) char *bytes = NULL;
    size_t size = 0;
    head first = {0};
    if (file_read(context, path, MOST_BYTES, &bytes, &size) != GB_OK) {
        text_append(notes, "%s; it is ignored\n", gb_context_message(context));
        return GB_OK;
    }
    const char *fault = find_fault(bytes, size, id, &first);
    if (fault) {
        text_append(notes, "the checkpoint %s %s; it is ignored\n", path, fault);
    } else if (first.number > c->number) {
        text_free(&c->content);
        c->number = first.number;
        text_append_bytes(&c->content, bytes + sizeof first, first.size);
    }
    return c->content.failed ? gb_fail(context, GB_MEMORY, "out of memory for the checkpoint %s", path) : GB_OK;
}

gb_status checkpoint_read(gb_context *context, const char *folder, const char *id, checkpoint *c, text *notes) {
    *c = (checkpoint){0};
    for (uint64_t turn = 0; turn < 2; turn++) {
        char path[PATH_MAX];
        if (name_file(path, folder, id, turn) && file_exists(path))
            GB_TRY(read_one(context, path, id, c, notes));
    }
    return GB_OK;
}

void checkpoint_remove(const char *folder, const char *id) {
    for (uint64_t turn = 0; turn < 2; turn++) {
        char path[PATH_MAX];
        if (name_file(path, folder, id, turn))
            unlink(path);
    }
}

void checkpoint_tidy(const char *run_folder) {
    char folder[PATH_MAX], finished[PATH_MAX];
    snprintf(folder, sizeof folder, "%s/checkpoints", run_folder);
    DIR *checkpoints = opendir(folder);
    if (!checkpoints)
        return;
    for (struct dirent *entry; (entry = readdir(checkpoints));) {
        size_t length = strlen(entry->d_name);
        bool partial = length > 4 && strcmp(entry->d_name + length - 4, ".tmp") == 0;
        int size = snprintf(finished, sizeof finished, "%s/trials/%.32s.h5", run_folder, entry->d_name);
        if (partial || (length > 32 && size < PATH_MAX && file_exists(finished)))
            unlinkat(dirfd(checkpoints), entry->d_name, 0);
    }
    closedir(checkpoints);
    rmdir(folder); /* fails while the folder is not empty */
}
