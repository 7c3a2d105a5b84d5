/* SPDX-License-Identifier: MIT */
/* Cubes for xarray: the final trials' measurements over the swept settings. A cell without a trial is NaN. */
#include "results/store/grid.h"

#include <hdf5_hl.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "results/store/metrics.h"
#include "support/cleanup.h"

#define MOST_CELLS                                                                                                     \
    ((size_t)4 << 20) /* zipped settings can give a huge, mostly empty grid; beyond this size /runs is more useful */
#define MOST_DIMENSIONS 16

/* A dimension: one swept setting and its distinct values. */
typedef struct dimension {
    const table_column *column;
    double *numbers;    /* ascending */
    const char **texts; /* in order of appearance */
    size_t length;
} dimension;

typedef struct grid {
    const table *runs;
    dimension dimensions[MOST_DIMENSIONS];
    size_t count, cells;
    size_t *place; /* position of each run in a cube; SIZE_MAX: not in it */
} grid;

static int compare_numbers(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static bool row_counts(const table *runs, size_t row) {
    const table_column *stage = table_find(runs, "stage");
    return !stage || stage->type != COLUMN_TEXT || strcmp(stage->texts[row], "final") == 0;
}

static size_t dimension_find(const dimension *d, size_t row) {
    for (size_t i = 0; i < d->length; i++)
        if (d->texts ? strcmp(d->texts[i], d->column->texts[row]) == 0 : d->numbers[i] == d->column->numbers[row])
            return i;
    return SIZE_MAX;
}

/* Collects the distinct values. Length 0 means that some trials lack the setting, so it is not a dimension. */
static bool dimension_make(const table *runs, const table_column *column, dimension *d) {
    *d = (dimension){.column = column};
    size_t room = runs->rows ? runs->rows : 1;
    if (column->type == COLUMN_TEXT)
        d->texts = malloc(room * sizeof *d->texts);
    else
        d->numbers = malloc(room * sizeof *d->numbers);
    if (!d->texts && !d->numbers)
        return false;
    for (size_t row = 0; row < runs->rows; row++) {
        if (!row_counts(runs, row))
            continue;
        if (d->texts ? !*column->texts[row] : isnan(column->numbers[row])) {
            d->length = 0;
            return true;
        }
        if (dimension_find(d, row) != SIZE_MAX)
            continue;
        if (d->texts)
            d->texts[d->length++] = column->texts[row];
        else
            d->numbers[d->length++] = column->numbers[row];
    }
    if (d->numbers)
        qsort(d->numbers, d->length, sizeof *d->numbers, compare_numbers);
    return true;
}

static void grid_free(grid *g) {
    for (size_t i = 0; i < g->count; i++) {
        free(g->dimensions[i].numbers);
        free(g->dimensions[i].texts);
    }
    free(g->place);
}

static bool grid_place_rows(grid *g) {
    g->place = malloc((g->runs->rows ? g->runs->rows : 1) * sizeof *g->place);
    for (size_t row = 0; g->place && row < g->runs->rows; row++) {
        size_t place = 0;
        for (size_t i = 0; i < g->count && row_counts(g->runs, row); i++)
            place = place * g->dimensions[i].length + dimension_find(&g->dimensions[i], row);
        g->place[row] = row_counts(g->runs, row) ? place : SIZE_MAX;
    }
    return g->place != NULL;
}

static bool grid_make(const table *runs, const char *const *swept, grid *g) {
    *g = (grid){.runs = runs, .cells = 1};
    for (size_t i = 0; swept && swept[i] && g->count < MOST_DIMENSIONS; i++) {
        const table_column *column = table_find(runs, swept[i]);
        if (!column)
            continue;
        dimension *d = &g->dimensions[g->count++];
        if (!dimension_make(runs, column, d))
            return false;
        if (d->length == 0) {
            free(d->numbers);
            free(d->texts);
            g->count--;
            continue;
        }
        if (g->cells <= MOST_CELLS)
            g->cells *= d->length; /* both at most 2^32 or so: no overflow */
    }
    return grid_place_rows(g);
}

/* A dataset of this type on disk, values of that type in memory. */
static hid_t dataset_write(hid_t group, const char *name, hid_t disk, hid_t memory, const hsize_t *lengths, int rank,
                           const void *values) {
    CLEANUP(store_close) hid_t creation = H5Pcreate(H5P_DATASET_CREATE), space = H5Screate_simple(rank, lengths, NULL);
    hid_t dataset = -1;
    if (creation >= 0 && space >= 0 && H5Pset_obj_track_times(creation, 0) >= 0 &&
        H5Pset_attr_creation_order(creation, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED) >= 0)
        dataset = H5Dcreate2(group, name, disk, space, H5P_DEFAULT, creation, H5P_DEFAULT);
    if (dataset >= 0 && H5Dwrite(dataset, memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) < 0)
        store_close(&dataset);
    return dataset;
}

static bool scale_write(hid_t group, const dimension *d) {
    hsize_t length = d->length;
    CLEANUP(store_close) hid_t text = store_text_type(H5T_VARIABLE), dataset = -1;
    if (text >= 0)
        dataset = d->texts ? dataset_write(group, d->column->name, text, text, &length, 1, d->texts)
                           : dataset_write(group, d->column->name,
                                           d->column->type == COLUMN_INTEGER ? H5T_STD_I64LE : H5T_IEEE_F64LE,
                                           H5T_NATIVE_DOUBLE, &length, 1, d->numbers);
    return dataset >= 0 && H5DSset_scale(dataset, d->column->name) >= 0 &&
           store_attribute_text(dataset, "long_name", d->column->name) &&
           (d->texts || store_attribute_text(dataset, "units", "1")) && store_close(&dataset);
}

static bool attach_scales(hid_t group, hid_t cube, const grid *g) {
    for (size_t i = 0; i < g->count; i++) {
        CLEANUP(store_close) hid_t scale = H5Dopen2(group, g->dimensions[i].column->name, H5P_DEFAULT);
        if (scale < 0 || H5DSattach_scale(cube, scale, (unsigned)i) < 0 || !store_close(&scale))
            return false;
    }
    return true;
}

static bool cube_write(hid_t group, const grid *g, const metric_type *m, const table_column *column) {
    CLEANUP(free_at) double *cube = malloc(g->cells * sizeof *cube);
    if (!cube)
        return false;
    for (size_t cell = 0; cell < g->cells; cell++)
        cube[cell] = NAN;
    for (size_t row = 0; row < g->runs->rows; row++)
        if (g->place[row] != SIZE_MAX)
            cube[g->place[row]] = column->numbers[row];
    hsize_t lengths[MOST_DIMENSIONS];
    for (size_t i = 0; i < g->count; i++)
        lengths[i] = g->dimensions[i].length;
    CLEANUP(store_close)
    hid_t dataset = dataset_write(group, m->name, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, lengths, (int)g->count, cube);
    return dataset >= 0 && store_attribute_text(dataset, "units", metric_unit(m, g->runs)) &&
           store_attribute_text(dataset, "long_name", m->title) && attach_scales(group, dataset, g) &&
           store_close(&dataset);
}

static bool is_dimension(const grid *g, const char *name) {
    for (size_t i = 0; i < g->count; i++)
        if (strcmp(g->dimensions[i].column->name, name) == 0)
            return true;
    return false;
}

static bool grid_write(hid_t group, const grid *g) {
    for (size_t i = 0; i < g->count; i++)
        if (!scale_write(group, &g->dimensions[i]))
            return false;
    const metric_type *m;
    for (size_t i = 0; (m = metric_at(i)); i++) {
        const table_column *column = table_find(g->runs, m->name);
        if (column && column->type != COLUMN_TEXT && !is_dimension(g, m->name) && !cube_write(group, g, m, column))
            return false;
    }
    return true;
}

bool store_grid_write(hid_t file, const table *runs, const char *const *swept) {
    CLEANUP(grid_free) grid g = {0};
    CLEANUP(store_close) hid_t group = store_group_create(file, "grid");
    return group >= 0 && grid_make(runs, swept, &g) &&
           (g.count == 0 || g.cells > MOST_CELLS || grid_write(group, &g)) && store_close(&group);
}
