/* SPDX-License-Identifier: MIT */
/* A set of series with a class or a number each, as files of the UCR and UEA archives hold it (.ts, .arff), NumPy's
 * .npz, and gzip'ed IDX images, one step per row. Labels stay as they are written. */
#ifndef GATEBENCH_DATASETS_FILES_SERIES_SET_H
#define GATEBENCH_DATASETS_FILES_SERIES_SET_H

#include "datasets/files/own.h"
#include "support/text.h"

typedef struct series_set {
    size_t count, channels, steps; /* steps: of all series */
    size_t train;   /* the first so many are for training, the others for testing; 0: the file does not say */
    size_t *starts; /* [count + 1] where each begins, in steps */
    double *values; /* [steps][channels] */
    bool numbers;   /* what is asked for is a number, not a class */
    double *targets;
    size_t *labels; /* [count] where its class stands in `names` */
    text names;     /* classes, each with a NUL after it */
    size_t room_count, room_values;
    char companion[1024]; /* path of the file beside that has the labels (IDX); "": none */
} series_set;

/* Adds the series of a file to a set, which is zero before the first; files of one set have as many channels, and all a
 * class or all a number. Freed with series_free, also after a failure. Errors: GB_DATA with file, line, column (.ts,
 * .arff) or the name of the array (.npz), what was expected and the remedy. */
gb_status series_read(gb_context *context, const own_file *file, series_set *set);
void series_free(series_set *set);

/* For the readers: adds a step of set->channels values to the series that is read; ends it with its class or (label
 * NULL) its number. Errors: GB_MEMORY. */
gb_status series_add_step(gb_context *context, series_set *set, const double *values);
gb_status series_end(gb_context *context, series_set *set, const char *label, size_t length, double target);

gb_status series_read_ts(gb_context *context, const own_file *file, series_set *set);
gb_status series_read_arff(gb_context *context, const own_file *file, series_set *set);
gb_status series_read_npz(gb_context *context, const own_file *file, series_set *set);
gb_status series_read_idx(gb_context *context, const own_file *file, series_set *set);

#endif
