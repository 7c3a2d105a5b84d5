/* SPDX-License-Identifier: MIT */
/* Arms of a run with means and Student-t intervals over their trials. */
#include "cli/summary.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "experiments/settings/settings.h"
#include "results/statistics/statistics.h"
#include "results/store/matching_rows.h"

/* The measurements worth a column, in the order in which they are read. One with a metric is shown where that is the
 * task's own: what its trials were validated by. */
static const struct measurement {
    const char *name, *metric;
} measurements[] = {
    {"accuracy", "accuracy"},
    {"shifted_accuracy", "accuracy"},
    {"nll", "nll"},
    {"nll_sequence_mean", "nll"},
    {"bits", "bits"},
    {"mse", "mse"},
    {"accuracy", "mse"}, /* of numbers: how many came close */
    {"swapped_identical", NULL},
    {"swapped_pairs", NULL},
    {"parameters", NULL},
    {"cell_parameters", NULL},
    {"steps_run", NULL},
};
enum { MEASUREMENTS = sizeof measurements / sizeof *measurements };

bool summary_takes(const table *runs, size_t row, const char *stage) {
    const table_column *column = table_find(runs, "stage");
    return !column || !strcmp(stage, "all") || !strcmp(table_text(runs, row, "stage"), stage);
}

/* True when the name is a setting or an option of the tasks of this run. */
static bool is_setting(const table *runs, const char *name) {
    if (!strcmp(name, "task") || setting_find(name) || matchings_is_column(name))
        return true;
    for (size_t row = 0; row < runs->rows; row++) {
        const char *task_name = table_text(runs, row, "task");
        if (row && !strcmp(task_name, table_text(runs, row - 1, "task")))
            continue;
        const task_type *type = task_type_find(task_name);
        for (const setting *o = type ? type->options : NULL; o && o->name; o++)
            if (!strcmp(o->name, name))
                return true;
    }
    return false;
}

/* What a matching sets comes with it, so the matching stands before all settings. */
const char **summary_settings(const table *runs) {
    const char **names = calloc(runs->count + 1, sizeof *names);
    size_t count = 0;
    for (size_t c = 0; names && c < 2 * runs->count; c++) {
        const char *name = runs->columns[c % runs->count].name;
        if (is_setting(runs, name) && matchings_is_column(name) == (c < runs->count))
            names[count++] = name;
    }
    return names;
}

static bool varies(const table *runs, const char *stage, const table_column *column) {
    char first[256], other[256];
    bool any = false;
    for (size_t row = 0; row < runs->rows; row++) {
        if (!summary_takes(runs, row, stage))
            continue;
        const char *cell = table_cell(runs, row, column, other, sizeof other);
        if (any && strcmp(first, cell) != 0)
            return true;
        if (!any)
            snprintf(first, sizeof first, "%s", cell);
        any = true;
    }
    return false;
}

/* What an arm was matched by, and what it has of what it was to have: told by all but widths, which are settings. */
static void take_matching(const table *runs, bool always, columns *swept) {
    static const char *const names[] = {"matching", "matched"};
    bool told = table_find(runs, "matched_to") != NULL;
    for (size_t i = 0; i < sizeof names / sizeof *names && (told || (always && i == 0)); i++) {
        const table_column *column = table_find(runs, names[i]);
        if (column)
            swept->items[swept->count++] = (size_t)(column - runs->columns);
    }
}

static bool is_taken(const columns *swept, size_t column) {
    for (size_t i = 0; i < swept->count; i++)
        if (swept->items[i] == column)
            return true;
    return false;
}

bool summary_swept(const table *runs, const char *stage, bool with_matching, columns *swept) {
    *swept = (columns){calloc(runs->count + 1, sizeof *swept->items), 0};
    if (!swept->items)
        return false;
    take_matching(runs, with_matching, swept);
    bool told = swept->count > 1; /* by `matched`, which holds what `matched_to` does */
    for (size_t i = 0; i < 2 * runs->count; i++) {
        const table_column *column = &runs->columns[i % runs->count];
        bool first = matchings_is_column(column->name);
        if (first == (i < runs->count) && !(first && told) && strcmp(column->name, "seed") != 0 &&
            is_setting(runs, column->name) && !is_taken(swept, i % runs->count) && varies(runs, stage, column))
            swept->items[swept->count++] = i % runs->count;
    }
    return true;
}

/* True when a row of the stage has a number other than zero in the column. */
static bool has_numbers(const table *runs, const char *stage, const char *name) {
    const table_column *column = table_find(runs, name);
    for (size_t row = 0; column && column->type != COLUMN_TEXT && row < runs->rows; row++) {
        double value = column->numbers[row];
        if (summary_takes(runs, row, stage) && !isnan(value) && value != 0)
            return true;
    }
    return false;
}

bool summary_measured(const table *runs, const char *stage, columns *measured) {
    *measured = (columns){calloc(MEASUREMENTS, sizeof *measured->items), 0};
    bool known = false;
    for (size_t m = 0; m < MEASUREMENTS && !known; m++) {
        char validated[64];
        snprintf(validated, sizeof validated, "valid_%s", measurements[m].metric ? measurements[m].metric : "");
        known = measurements[m].metric && table_find(runs, validated);
    }
    for (size_t m = 0; measured->items && m < MEASUREMENTS; m++) {
        char validated[64];
        snprintf(validated, sizeof validated, "valid_%s", measurements[m].metric ? measurements[m].metric : "");
        const table_column *column = table_find(runs, measurements[m].name);
        bool own = !measurements[m].metric || !known || table_find(runs, validated);
        if (own && column && column->type != COLUMN_TEXT &&
            (measurements[m].metric || has_numbers(runs, stage, measurements[m].name)))
            measured->items[measured->count++] = (size_t)(column - runs->columns);
    }
    return measured->items != NULL;
}

/* The arms: arm_of[row] is the row that its arm is named by (the first of its kind), or `rows` when left out. */
static void find_arms(const table *runs, const char *stage, const columns *swept, size_t *arm_of) {
    char one[256], other[256];
    for (size_t row = 0; row < runs->rows; row++) {
        arm_of[row] = runs->rows;
        if (!summary_takes(runs, row, stage))
            continue;
        arm_of[row] = row;
        for (size_t arm = 0; arm < row && arm_of[row] == row; arm++) {
            bool same = arm_of[arm] == arm;
            for (size_t i = 0; same && i < swept->count; i++) {
                const table_column *column = &runs->columns[swept->items[i]];
                same = !strcmp(table_cell(runs, row, column, one, sizeof one),
                               table_cell(runs, arm, column, other, sizeof other));
            }
            if (same)
                arm_of[row] = arm;
        }
    }
}

/* A view of the run while it is summarised. */
typedef struct arms {
    const table *runs;
    columns swept, measured;
    size_t *arm_of;
    double *values; /* of one arm and measurement */
    size_t *order;  /* of the rows */
    bool diverged, failed;
} arms;

static size_t count_status(const arms *a, size_t arm, const char *status) {
    size_t count = 0;
    for (size_t row = arm; row < a->runs->rows; row++)
        count += a->arm_of[row] == arm && !strcmp(table_text(a->runs, row, "status"), status);
    return count;
}

static interval measure(const arms *a, size_t arm, const table_column *column) {
    size_t n = 0;
    for (size_t row = arm; row < a->runs->rows; row++)
        if (a->arm_of[row] == arm && !isnan(column->numbers[row]))
            a->values[n++] = column->numbers[row];
    interval mean = statistics_mean_interval(a->values, n, 0.95);
    mean.n = n;
    if (n)
        mean.estimate = statistics_mean(a->values, n);
    return mean;
}

static bool arms_start(arms *a, const table *runs, const char *stage, bool with_matching) {
    *a = (arms){.runs = runs, .order = matchings_order(runs)};
    a->arm_of = calloc(runs->rows + 1, sizeof *a->arm_of);
    a->values = calloc(runs->rows + 1, sizeof *a->values);
    if (!a->arm_of || !a->values || !a->order || !summary_swept(runs, stage, with_matching, &a->swept) ||
        !summary_measured(runs, stage, &a->measured)) {
        cli_say("out of memory while summarising");
        return false;
    }
    find_arms(runs, stage, &a->swept, a->arm_of);
    for (size_t row = 0; row < runs->rows; row++) {
        if (a->arm_of[row] == row) {
            a->diverged = a->diverged || count_status(a, row, "diverged");
            a->failed = a->failed || count_status(a, row, "failed");
        }
    }
    return true;
}

static void arms_end(arms *a) {
    free(a->arm_of);
    free(a->values);
    free(a->order);
    free(a->swept.items);
    free(a->measured.items);
}

static void add_csv_number(grid *g, double value) {
    char number[40];
    grid_add(g, STYLE_PLAIN, "%s", isnan(value) ? "" : output_number(value, 9, number, sizeof number));
}

static void add_interval(grid *g, interval mean, bool csv) {
    char number[40];
    double middle = mean.n ? mean.estimate : NAN;
    if (csv) {
        add_csv_number(g, middle);
        add_csv_number(g, mean.low);
        add_csv_number(g, mean.high);
        return;
    }
    if (isnan(mean.low) || !(mean.high > mean.low)) {
        grid_add(g, STYLE_PLAIN, "%s", output_number(middle, 4, number, sizeof number));
        return;
    }
    double half = (mean.high - mean.low) / 2; /* two significant digits of it, and as many decimals of the mean */
    int decimals = half >= 10 ? 0 : half < 1e-6 ? 7 : 1 - (int)floor(log10(half));
    grid_add(g, STYLE_PLAIN, "%.*f ± %.*f", decimals, middle, decimals, half);
}

static void add_headers(grid *g, const arms *a, bool csv) {
    char low[80], high[80];
    *g = (grid){0};
    for (size_t i = 0; i < a->swept.count; i++)
        grid_head(g, a->runs->columns[a->swept.items[i]].name);
    grid_head(g, "n");
    if (a->diverged)
        grid_head(g, "diverged");
    if (a->failed)
        grid_head(g, "failed");
    for (size_t i = 0; i < a->measured.count; i++) {
        const char *name = a->runs->columns[a->measured.items[i]].name;
        grid_head(g, name);
        if (csv) {
            snprintf(low, sizeof low, "%s_mean_low", name);
            snprintf(high, sizeof high, "%s_mean_high", name);
            grid_head(g, low);
            grid_head(g, high);
        }
    }
}

static void add_arm(grid *g, const arms *a, size_t arm, bool csv) {
    char cell[256];
    for (size_t i = 0; i < a->swept.count; i++)
        grid_add(g, STYLE_PLAIN, "%s",
                 table_cell(a->runs, arm, &a->runs->columns[a->swept.items[i]], cell, sizeof cell));
    grid_add(g, STYLE_PLAIN, "%zu", count_status(a, arm, "done"));
    if (a->diverged)
        grid_add(g, STYLE_PLAIN, "%zu", count_status(a, arm, "diverged"));
    if (a->failed)
        grid_add(g, STYLE_PLAIN, "%zu", count_status(a, arm, "failed"));
    for (size_t i = 0; i < a->measured.count; i++)
        add_interval(g, measure(a, arm, &a->runs->columns[a->measured.items[i]]), csv);
}

bool summary_grid(grid *g, const table *runs, const char *stage, bool csv, bool with_matching) {
    arms a;
    *g = (grid){0};
    bool made = arms_start(&a, runs, stage, with_matching);
    if (made) {
        add_headers(g, &a, csv);
        for (size_t i = 0; i < runs->rows; i++)
            if (a.arm_of[a.order[i]] == a.order[i])
                add_arm(g, &a, a.order[i], csv);
    }
    arms_end(&a);
    return made;
}

int summary_print(const table *runs, const char *stage, bool csv, bool all_columns) {
    grid g;
    if (!summary_grid(&g, runs, stage, csv, csv))
        return EXIT_IO;
    return csv ? grid_print_csv(&g) : grid_print(&g, all_columns ? GRID_FULL : GRID_DROP);
}

static void json_arm(json *j, const arms *a, size_t arm) {
    char cell[256];
    json_open(j, NULL, '{');
    json_open(j, "settings", '{');
    for (size_t i = 0; i < a->swept.count; i++) {
        const table_column *column = &a->runs->columns[a->swept.items[i]];
        if (column->type == COLUMN_TEXT)
            json_text(j, column->name, table_cell(a->runs, arm, column, cell, sizeof cell));
        else
            json_number(j, column->name, column->numbers[arm]);
    }
    json_close(j);
    json_count(j, "done", count_status(a, arm, "done"));
    json_count(j, "diverged", count_status(a, arm, "diverged"));
    json_count(j, "failed", count_status(a, arm, "failed"));
    json_open(j, "measurements", '{');
    for (size_t i = 0; i < a->measured.count; i++) {
        const table_column *column = &a->runs->columns[a->measured.items[i]];
        interval mean = measure(a, arm, column);
        json_open(j, column->name, '{');
        json_number(j, "mean", mean.n ? mean.estimate : NAN);
        json_number(j, "low", mean.low);
        json_number(j, "high", mean.high);
        json_count(j, "n", mean.n);
        json_close(j);
    }
    json_close(j);
    json_close(j);
}

int summary_json(json *j, const table *runs, const char *stage) {
    arms a;
    text lines = {0};
    bool made = arms_start(&a, runs, stage, true);
    matchings_words(runs, &lines);
    json_text(j, "matching", lines.data ? lines.data : "");
    text_free(&lines);
    json_open(j, "arms", '[');
    for (size_t i = 0; made && i < runs->rows; i++)
        if (a.arm_of[a.order[i]] == a.order[i])
            json_arm(j, &a, a.order[i]);
    json_close(j);
    arms_end(&a);
    return made ? EXIT_OK : EXIT_IO;
}
