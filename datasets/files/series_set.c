/* SPDX-License-Identifier: MIT */
/* A growing set of series, and the choice of the reader for a file. */
#include "datasets/files/series_set.h"

#include <stdlib.h>
#include <string.h>

#include "support/text.h"

static gb_status grow(gb_context *context, void *array, size_t count, size_t size) {
    void **block = array, *grown = reallocarray(*block, count, size);
    if (!grown)
        return gb_fail(context, GB_MEMORY, "out of memory for series of %zu numbers", count);
    *block = grown;
    return GB_OK;
}

gb_status series_add_step(gb_context *context, series_set *set, const double *values) {
    size_t needed = (set->steps + 1) * set->channels;
    if (needed > set->room_values) {
        size_t room = 2 * needed + 1024;
        GB_TRY(grow(context, &set->values, room, sizeof *set->values));
        set->room_values = room;
    }
    memcpy(set->values + set->steps++ * set->channels, values, set->channels * sizeof *values);
    return GB_OK;
}

gb_status series_end(gb_context *context, series_set *set, const char *label, size_t length, double target) {
    if (set->count == set->room_count) {
        size_t room = 2 * set->room_count + 64;
        GB_TRY(grow(context, &set->starts, room + 1, sizeof *set->starts));
        GB_TRY(grow(context, &set->targets, room, sizeof *set->targets));
        GB_TRY(grow(context, &set->labels, room, sizeof *set->labels));
        set->room_count = room;
        set->starts[0] = 0;
    }
    set->targets[set->count] = target;
    set->labels[set->count] = set->names.length;
    if (label) {
        text_append_bytes(&set->names, label, length);
        text_append_bytes(&set->names, "", 1);
    }
    if (set->names.failed)
        return gb_fail(context, GB_MEMORY, "out of memory for the labels of %zu series", set->count);
    set->starts[++set->count] = set->steps;
    return GB_OK;
}

gb_status series_read(gb_context *context, const own_file *file, series_set *set) {
    size_t before = set->count;
    gb_status status;
    if (file->size >= 2 && !memcmp(file->bytes, "PK", 2))
        status = series_read_npz(context, file, set);
    else if (file->size >= 2 && !memcmp(file->bytes, "\x1f\x8b", 2))
        status = series_read_idx(context, file, set);
    else if (text_ends_in(file->path, ".arff"))
        status = series_read_arff(context, file, set);
    else
        status = series_read_ts(context, file, set);
    if (status == GB_OK && set->count == before)
        status = gb_fail(context, GB_DATA, "%s: contains no series", file->path);
    return status;
}

void series_free(series_set *set) {
    free(set->starts);
    free(set->values);
    free(set->targets);
    free(set->labels);
    text_free(&set->names);
    *set = (series_set){0};
}
