/* SPDX-License-Identifier: MIT */
/* A set of series, each with a class or a number as its target. Sources: files of the UCR and UEA archives (.ts,
 * .arff), NumPy's .npz, and gzip'ed IDX images with one step per row. Labels keep their spelling. */
#ifndef GATEBENCH_DATASETS_FILES_SERIES_SET_H
#define GATEBENCH_DATASETS_FILES_SERIES_SET_H

#include "datasets/files/own.h"
#include "support/text.h"

typedef struct series_set {
    size_t count, channels, steps; /* steps: total over all series */
    size_t train;   /* number of series for training, the others are for testing; 0: the file does not say */
    size_t *starts; /* [count + 1] the first step of each series */
    double *values; /* [steps][channels] */
    bool numbers;   /* the target is a number, not a class */
    double *targets;
    size_t *labels; /* [count] position of the class name in `names` */
    text names;     /* class names, each followed by a NUL */
    size_t room_count, room_values;
    char companion[1024]; /* path of the separate file with the labels (IDX); "": none */
} series_set;

/* Adds the series of a file to a set; zero the set before the first file. All files of a set must have the same number
 * of channels and the same kind of target. Free the set with series_free, also after a failure. Errors: GB_DATA with
 * file, line and column (.ts, .arff) or the name of the array (.npz), what was expected and the remedy. */
gb_status series_read(gb_context *context, const own_file *file, series_set *set);
void series_free(series_set *set);

/* For the readers. The first adds a step of set->channels values to the series being read; the second ends the series
 * with its class or, if label is NULL, its number. Errors: GB_MEMORY. */
gb_status series_add_step(gb_context *context, series_set *set, const double *values);
gb_status series_end(gb_context *context, series_set *set, const char *label, size_t length, double target);

gb_status series_read_ts(gb_context *context, const own_file *file, series_set *set);
gb_status series_read_arff(gb_context *context, const own_file *file, series_set *set);
gb_status series_read_npz(gb_context *context, const own_file *file, series_set *set);
gb_status series_read_idx(gb_context *context, const own_file *file, series_set *set);

#endif
