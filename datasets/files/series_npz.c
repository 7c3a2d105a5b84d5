/* SPDX-License-Identifier: MIT */
/* Series in NumPy's .npz: X [series][steps] or [series][steps][channels] and y [series], or the same split into
 * X_train, y_train, X_test and y_test, as Keras and tslearn store sets. Integers in y are classes. Steps at the end of
 * a series that are NaN in every channel are padding. */
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "datasets/files/series_set.h"
#include "support/arrays/archive.h"
#include "support/arrays/npy.h"

enum { MOST_STEPS = 1 << 20, MOST_CHANNELS = 10000 };

typedef struct npz_array {
    char *bytes, name[300];
    npy array;
} npz_array;

/* Finds the member "X<part>.npy", with the letter in either case; *found says whether it exists. */
static gb_status read_array(gb_context *context, const own_file *file, archive *zip, char letter, const char *part,
                            npz_array *a, bool *found) {
    char member[64];
    size_t at = archive_count(zip), size;
    for (int upper = 0; upper < 2 && at == archive_count(zip); upper++) {
        snprintf(member, sizeof member, "%c%s.npy", upper ? toupper(letter) : letter, part);
        at = archive_find(zip, member);
    }
    *found = at < archive_count(zip);
    if (!*found)
        return GB_OK;
    snprintf(a->name, sizeof a->name, "%.200s: %s", file->path, archive_name(zip, at));
    GB_TRY(archive_read(context, zip, at, OWN_MOST_BYTES, &a->bytes, &size));
    return npy_read(context, a->name, a->bytes, size, &a->array);
}

static gb_status check_shapes(gb_context *context, const npz_array *x, const npz_array *y, const series_set *set) {
    const npy *a = &x->array;
    if ((a->rank != 2 && a->rank != 3) || a->shape[1] < 1 || a->shape[1] > MOST_STEPS ||
        (a->rank == 3 && (a->shape[2] < 1 || a->shape[2] > MOST_CHANNELS)))
        return gb_fail(context, GB_DATA, "%s: expected the shape [series, steps] or [series, steps, channels]",
                       x->name);
    if (y->array.rank != 1 || y->array.shape[0] != a->shape[0])
        return gb_fail(context, GB_DATA, "%s: expected the shape [%zu], one for each series%s", y->name, a->shape[0],
                       y->array.rank == 2 ? "; give the classes of one-hot rows: y.argmax(1)" : "");
    if (set->count && set->channels != (a->rank == 3 ? a->shape[2] : 1))
        return gb_fail(context, GB_DATA, "%s: does not have as many channels as earlier series", x->name);
    return GB_OK;
}

/* The number of steps of a series without the padding at its end. */
static size_t count_steps(const npy *a, size_t series, size_t channels) {
    for (size_t steps = a->shape[1]; steps > 0; steps--)
        for (size_t c = 0; c < channels; c++)
            if (!isnan(npy_number(a, (series * a->shape[1] + steps - 1) * channels + c)))
                return steps;
    return 0;
}

static gb_status add_series(gb_context *context, const npz_array *x, size_t series, series_set *set, double *step) {
    size_t steps = count_steps(&x->array, series, set->channels);
    if (!steps)
        return gb_fail(context, GB_DATA, "%s: series %zu holds only NaN", x->name, series);
    for (size_t t = 0; t < steps; t++) {
        for (size_t c = 0; c < set->channels; c++) {
            step[c] = npy_number(&x->array, (series * x->array.shape[1] + t) * set->channels + c);
            if (!isfinite(step[c]))
                return gb_fail(context, GB_DATA,
                               "%s: [%zu, %zu, %zu] is missing (NaN) or infinite; fill it in or remove the series",
                               x->name, series, t, c);
        }
        GB_TRY(series_add_step(context, set, step));
    }
    return GB_OK;
}

static bool are_whole(const npy *y) {
    for (size_t i = 0; i < y->count; i++)
        if (npy_number(y, i) != floor(npy_number(y, i)))
            return false;
    return true;
}

static gb_status add_arrays(gb_context *context, const npz_array *x, const npz_array *y, series_set *set) {
    GB_TRY(check_shapes(context, x, y, set));
    bool numbers = !are_whole(&y->array);
    if (set->count && set->numbers != numbers)
        return gb_fail(context, GB_DATA, "%s: has classes (integers) where y_train has numbers, or the reverse",
                       y->name);
    set->numbers = numbers;
    set->channels = x->array.rank == 3 ? x->array.shape[2] : 1;
    double *step = calloc(set->channels, sizeof *step);
    gb_status status = step ? GB_OK : gb_fail(context, GB_MEMORY, "out of memory for a step");
    for (size_t i = 0; i < x->array.shape[0] && status == GB_OK; i++) {
        char label[40];
        double target = npy_number(&y->array, i);
        int length = snprintf(label, sizeof label, "%.0f", target == 0 ? 0 : target); /* -0 is the class 0, too */
        status = isfinite(target) ? add_series(context, x, i, set, step)
                                  : gb_fail(context, GB_DATA, "%s: [%zu] is missing", y->name, i);
        if (status == GB_OK)
            status = series_end(context, set, numbers ? NULL : label, (size_t)length, target);
    }
    free(step);
    return status;
}

/* Reads one pair of arrays; *found says whether the archive has them. */
static gb_status read_part(gb_context *context, const own_file *file, archive *zip, const char *part, series_set *set,
                           bool *found) {
    npz_array x = {0}, y = {0};
    bool has_y = false;
    gb_status status = read_array(context, file, zip, 'x', part, &x, found);
    if (status == GB_OK && *found)
        status = read_array(context, file, zip, 'y', part, &y, &has_y);
    if (status == GB_OK && *found && !has_y)
        status = gb_fail(context, GB_DATA, "%s: has X%s but no y%s", file->path, part, part);
    if (status == GB_OK && *found)
        status = add_arrays(context, &x, &y, set);
    free(x.bytes);
    free(y.bytes);
    return status;
}

gb_status series_read_npz(gb_context *context, const own_file *file, series_set *set) {
    archive *zip;
    bool whole = false, train = false, test = false;
    GB_TRY(archive_open(context, file->path, &zip));
    gb_status status = read_part(context, file, zip, "", set, &whole);
    if (status == GB_OK && !whole)
        status = read_part(context, file, zip, "_train", set, &train);
    if (status == GB_OK && train) {
        set->train = set->count;
        status = read_part(context, file, zip, "_test", set, &test);
    }
    set->train = test ? set->train : 0;
    if (status == GB_OK && !whole && !train)
        status = gb_fail(context, GB_DATA, "%s: holds neither X and y nor X_train and y_train", file->path);
    archive_close(zip);
    return status;
}
