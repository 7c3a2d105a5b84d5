/* SPDX-License-Identifier: MIT */
/* Aggregates the values of single seeds into points with intervals. */
#include "plots/figure_points.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double confidence = 0.95;

static int order(double a, double b) {
    return (a > b) - (a < b);
}

static int by_panel_and_group(const seed_value *a, const seed_value *b) {
    int panel = order((double)a->panel, (double)b->panel);
    return panel ? panel : order((double)a->group, (double)b->group);
}

static int by_run_then_x(const void *left, const void *right) {
    const seed_value *a = left, *b = right;
    int difference = by_panel_and_group(a, b);
    if (!difference)
        difference = order((double)a->run, (double)b->run);
    return difference ? difference : order(a->x, b->x);
}

static int by_point_then_run(const void *left, const void *right) {
    const seed_value *a = left, *b = right;
    int difference = by_panel_and_group(a, b);
    if (!difference)
        difference = order(a->at, b->at);
    return difference ? difference : order((double)a->run, (double)b->run);
}

static bool same_line(const seed_value *a, const seed_value *b) {
    return a->panel == b->panel && a->group == b->group && a->run == b->run;
}

static bool same_group(const seed_value *a, const seed_value *b) {
    return a->panel == b->panel && a->group == b->group;
}

/* Subtracts the value at the smallest x of the same trial. This gives a ratio, since the values are logarithms. */
static void make_relative(figure_data *data) {
    double base = 0;
    for (size_t i = 0; i < data->value_count; i++) {
        if (i == 0 || !same_line(&data->values[i], &data->values[i - 1]))
            base = data->values[i].y;
        data->values[i].y -= base;
    }
}

/* The number of trials in a panel's group, whose sorted values start at `first`. */
static size_t count_trials(const seed_value *sorted, size_t first, size_t count) {
    size_t trials = 0;
    for (size_t i = first; i < count && same_group(&sorted[i], &sorted[first]); i++) {
        bool seen = false;
        for (size_t j = first; j < i && !seen; j++)
            seen = sorted[j].run == sorted[i].run;
        trials += !seen;
    }
    return trials;
}

static interval pooled(const seed_value *values, size_t count, figure_data *data) {
    double correct = 0, predictions = 0;
    size_t n = 0;
    for (size_t i = 0; i < count; i++) {
        if (isfinite(values[i].correct) && values[i].predictions > 0) {
            correct += values[i].correct;
            predictions += values[i].predictions;
            n++;
        }
    }
    interval value = {NAN, NAN, NAN, n};
    if (n) {
        value = statistics_wilson((size_t)correct, (size_t)predictions, confidence);
        value.n = n;
        if (data->predictions_most == 0 || predictions < data->predictions_least)
            data->predictions_least = predictions;
        if (predictions > data->predictions_most)
            data->predictions_most = predictions;
    }
    return value;
}

/* Omits missing values. If a value is -infinity (a norm that underflowed), the point has no mean, since any replacement
 * would be arbitrary. `y` has room for `count`. */
static interval averaged(const figure *f, const seed_value *values, size_t count, double *y, figure_data *data) {
    size_t n = 0, infinite = 0;
    for (size_t i = 0; i < count; i++) {
        infinite += isinf(values[i].y) != 0;
        if (!isnan(values[i].y))
            y[n++] = values[i].y;
    }
    data->vanished += infinite;
    if (n == 0 || infinite || f->interval == FIGURE_DOTS)
        return (interval){NAN, NAN, NAN, n};
    if (f->interval == FIGURE_GEOMETRIC)
        return statistics_log_mean_interval(y, n, confidence);
    if (f->interval == FIGURE_MEDIAN)
        return statistics_quartiles(y, n);
    return statistics_mean_interval(y, n, confidence);
}

static double mean_x(const seed_value *values, size_t count) {
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += values[i].x;
    return values[0].x == values[count - 1].x ? values[0].x : sum / (double)count;
}

static void aggregate(const figure *f, const seed_value *sorted, double *y, figure_data *data) {
    size_t trials = 0;
    for (size_t i = 0, end; i < data->value_count; i = end) {
        if (i == 0 || !same_group(&sorted[i], &sorted[i - 1]))
            trials = f->complete ? count_trials(sorted, i, data->value_count) : 0;
        for (end = i + 1; end < data->value_count && same_group(&sorted[end], &sorted[i]); end++)
            if (sorted[end].at != sorted[i].at)
                break;
        figure_point point = {.panel = sorted[i].panel, .group = sorted[i].group, .x = mean_x(sorted + i, end - i)};
        point.value = f->interval == FIGURE_WILSON ? pooled(sorted + i, end - i, data)
                                                   : averaged(f, sorted + i, end - i, y, data);
        if (point.value.n < trials || point.value.n == 0)
            continue;
        if (data->point_count == 0 || point.value.n < data->seeds_least)
            data->seeds_least = point.value.n;
        if (point.value.n > data->seeds_most)
            data->seeds_most = point.value.n;
        data->points[data->point_count++] = point;
    }
}

/* Stacks each bar on the bars of earlier groups. */
static void stack(figure_data *data) {
    for (size_t i = 0; i < data->point_count; i++) {
        figure_point *point = &data->points[i];
        double below = 0;
        for (size_t j = 0; j < i; j++)
            if (data->points[j].panel == point->panel && data->points[j].x == point->x)
                below += data->points[j].value.estimate;
        point->value.low = below;
        point->value.high = below + point->value.estimate;
    }
}

gb_status data_aggregate(gb_context *context, const figure *f, const results *r, figure_data *data) {
    size_t count = data->value_count;
    qsort(data->values, count, sizeof *data->values, by_run_then_x);
    if (f->relative)
        make_relative(data);
    if (f->interval == FIGURE_SURVIVAL)
        return data_solving(context, r, data);
    seed_value *sorted = calloc(count, sizeof *sorted);
    double *y = calloc(count, sizeof *y);
    data->points = calloc(count, sizeof *data->points);
    bool enough = sorted && y && data->points;
    if (enough) {
        memcpy(sorted, data->values, count * sizeof *sorted);
        qsort(sorted, count, sizeof *sorted, by_point_then_run);
        aggregate(f, sorted, y, data);
        if (f->interval == FIGURE_STACK)
            stack(data);
    }
    free(sorted);
    free(y);
    return enough ? GB_OK : gb_fail(context, GB_MEMORY, "the figure %s: out of memory", f->name);
}

void data_limit_panels(figure_data *data) {
    if (data->panels.count <= DATA_PANELS)
        return;
    size_t values = 0, points = 0;
    for (size_t i = 0; i < data->value_count; i++)
        if (data->values[i].panel < DATA_PANELS)
            data->values[values++] = data->values[i];
    for (size_t i = 0; i < data->point_count; i++)
        if (data->points[i].panel < DATA_PANELS)
            data->points[points++] = data->points[i];
    data->value_count = values;
    data->point_count = points;
    data->panels_left_out = data->panels.count - DATA_PANELS;
    while (data->panels.count > DATA_PANELS)
        free(data->panels.items[--data->panels.count]);
}

void data_append_left_out(const figure_data *data, text *t) {
    if (data->panels_left_out)
        text_append(t, " %zu more %s not fit and %s omitted.", data->panels_left_out,
                    data->panels_left_out == 1 ? "panel does" : "panels do", data->panels_left_out == 1 ? "is" : "are");
}

void data_free(figure_data *data) {
    names_free(&data->panels);
    names_free(&data->groups);
    names_free(&data->shown);
    names_free(&data->categories);
    free(data->chosen);
    free(data->remark);
    free(data->values);
    free(data->points);
    free(data->solved);
    free(data->tried);
    *data = (figure_data){0};
}
