/* SPDX-License-Identifier: MIT */
/* IDX images as series: each row of pixels is a step. Their classes are in a file in the same folder, whose name has
 * "labels" in place of "images" and "idx1" in place of "idx3". */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "datasets/files/idx.h"
#include "datasets/files/series_set.h"

static const char remedy[] = "make it again with gzip, or give the .npz, .ts or .arff";

/* Replaces one word by another in the file name (not the folder); false when the word is missing. */
static bool replace(char *path, size_t size, const char *word, const char *by) {
    char *slash = strrchr(path, '/'), *found = strstr(slash ? slash : path, word), rest[1024];
    if (!found || strlen(found) >= sizeof rest)
        return false;
    snprintf(rest, sizeof rest, "%s", found + strlen(word));
    return snprintf(found, size - (size_t)(found - path), "%s%s", by, rest) < (int)(size - (size_t)(found - path));
}

static gb_status find_labels(gb_context *context, const own_file *file, char *path, size_t size) {
    snprintf(path, size, "%s", file->path);
    if (strlen(file->path) < size && replace(path, size, "images", "labels") && replace(path, size, "idx3", "idx1"))
        return GB_OK;
    return gb_fail(context, GB_DATA,
                   "%s: the name of a file of IDX images must contain \"images\" and \"idx3\", and that of its labels "
                   "in the same folder \"labels\" and \"idx1\"; rename both",
                   file->path);
}

static gb_status add_images(gb_context *context, const own_file *file, const idx_array *images, const idx_array *labels,
                            series_set *set) {
    if (images->count != labels->count)
        return gb_fail(context, GB_DATA, "%s: %zu images, but %zu labels in %s", file->path, images->count,
                       labels->count, set->companion);
    if (set->count && (set->channels != images->columns || set->numbers))
        return gb_fail(context, GB_DATA, "%s: rows have %zu pixels, but earlier series have %zu channels", file->path,
                       images->columns, set->channels);
    set->channels = images->columns;
    double *step = calloc(set->channels, sizeof *step);
    gb_status status = step ? GB_OK : gb_fail(context, GB_MEMORY, "out of memory for a step");
    for (size_t i = 0; i < images->count && status == GB_OK; i++) {
        for (size_t row = 0; row < images->rows && status == GB_OK; row++) {
            for (size_t c = 0; c < images->columns; c++)
                step[c] = images->values[i * images->item + row * images->columns + c];
            status = series_add_step(context, set, step);
        }
        char label[8];
        int length = snprintf(label, sizeof label, "%d", labels->values[i]);
        if (status == GB_OK)
            status = series_end(context, set, label, (size_t)length, 0);
    }
    free(step);
    return status;
}

gb_status series_read_idx(gb_context *context, const own_file *file, series_set *set) {
    idx_array images, labels = {0};
    GB_TRY(find_labels(context, file, set->companion, sizeof set->companion));
    GB_TRY(idx_read(context, file->path, remedy, IDX_IMAGES, &images));
    gb_status status = idx_read(context, set->companion, remedy, IDX_LABELS, &labels);
    if (status == GB_IO) /* a missing file of the user is a data error */
        status = gb_fail(context, GB_DATA, "%s; this file should hold the labels of %s", gb_context_message(context),
                         file->path);
    if (status == GB_OK)
        status = add_images(context, file, &images, &labels, set);
    idx_free(context, &images);
    idx_free(context, &labels);
    return status;
}
