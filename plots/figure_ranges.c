/* SPDX-License-Identifier: MIT */
/* The numbers in a figure's script that determine its axes. */
#include <math.h>
#include <stdlib.h>

#include "plots/figure_script.h"

void script_append_number(text *t, double value, char end) {
    if (isnan(value))
        text_append(t, "NaN%c", end);
    else if (isinf(value))
        text_append(t, value > 0 ? "inf%c" : "-inf%c", end);
    else
        text_append(t, "%.10g%c", value, end);
}

void script_append_numbers(text *t, const char *name, const double *values, size_t count) {
    text_append(t, "array %s[%zu] = [", name, count ? count : 1);
    for (size_t i = 0; i < count; i++) {
        text_append(t, "%s", i ? ", " : "");
        script_append_number(t, values[i], ' ');
    }
    text_append(t, count ? "]\n" : "NaN]\n");
}

/* The smallest and largest of what is drawn. */
typedef struct range {
    double least, most;
} range;

static void widen(range *to, double value) {
    if (isfinite(value) && !(value >= to->least))
        to->least = value;
    if (isfinite(value) && !(value <= to->most))
        to->most = value;
}

/* The first and last x of each panel. */
static void append_rows(text *t, const figure_data *data) {
    double first[DATA_PANELS], last[DATA_PANELS];
    for (size_t p = 0; p < data->panels.count; p++) {
        range x = {NAN, NAN};
        for (size_t i = 0; i < data->point_count; i++)
            if (data->points[i].panel == p)
                widen(&x, data->points[i].x);
        first[p] = x.least;
        last[p] = x.most;
    }
    script_append_numbers(t, "panel_first", first, data->panels.count);
    script_append_numbers(t, "panel_last", last, data->panels.count);
}

/* The end of each group's mean in the first panel, and the largest share of the x axis by which a mean ends early. */
static void append_line_ends(text *t, const figure_data *data, range x) {
    text ends = {0};
    double gap = 0;
    for (size_t g = 0; g < data->groups.count; g++) {
        const figure_point *last = NULL;
        for (size_t i = 0; i < data->point_count; i++) {
            const figure_point *point = &data->points[i];
            last = point->panel == 0 && point->group == g && isfinite(point->value.estimate) ? point : last;
        }
        text_append(&ends, g ? ", " : "");
        script_append_number(&ends, last ? last->value.estimate : NAN, ' ');
        gap = fmax(gap, last && x.most > x.least ? (x.most - last->x) / (x.most - x.least) : 1);
    }
    text_append(t, "array line_end[%zu] = [%s]\nline_gap = %.4g\n", data->groups.count, ends.data ? ends.data : "",
                gap);
    t->failed = t->failed || ends.failed;
    text_free(&ends);
}

/* The share of the mean curves that have nine tenths of what they fall or rise behind them in the first seventh of the
 * x axis. */
static void append_early(text *t, const figure_data *data, double most) {
    size_t early = 0, curves = 0;
    for (size_t i = 0, end; i < data->point_count; i = end) {
        const figure_point *first = &data->points[i];
        range y = {NAN, NAN};
        for (end = i; end < data->point_count && data->points[end].panel == first->panel &&
                      data->points[end].group == first->group;
             end++)
            widen(&y, data->points[end].value.estimate);
        size_t at = i;
        while (at < end && !(fabs(data->points[at].value.estimate - first->value.estimate) >= 0.9 * (y.most - y.least)))
            at++;
        early += at < end && data->points[at].x < most / 7;
        curves++;
    }
    text_append(t, "early = %.4g\n", curves ? (double)early / (double)curves : 0);
}

/* The range from some x on of what is drawn in a panel: of single trials, or of means and intervals where there are too
 * many trials to draw or, in figures of comparisons, none. */
static range panel_range(const figure_data *data, size_t panel, double from) {
    const bool trials = data->value_count && !(data->point_count && data->seeds_most > DATA_DOTS);
    range y = {NAN, NAN};
    for (size_t i = 0; i < data->value_count && trials; i++)
        if (data->values[i].panel == panel && data->values[i].x >= from)
            widen(&y, data->values[i].y);
    for (size_t i = 0; i < data->point_count && !trials; i++)
        if (data->points[i].panel == panel && (data->points[i].x >= from || !data->value_count)) {
            widen(&y, data->points[i].value.estimate);
            widen(&y, data->points[i].value.low);
            widen(&y, data->points[i].value.high);
        }
    return y;
}

/* The smallest positive value of a panel, where zeros are all that keeps it from a log axis: a loss that underflows. */
static double least_positive(const figure_data *data, size_t panel, range y) {
    range positive = {NAN, NAN};
    for (size_t i = 0; i < data->value_count; i++)
        if (data->values[i].panel == panel && data->values[i].y > 0)
            widen(&positive, data->values[i].y);
    return y.least == 0 && positive.least > 0 ? positive.least : y.least;
}

/* The panels with data, and the ranges over all panels and of each. For curves the first twentieth of the x axis is
 * excluded, since the values of an untrained network are far from the rest. */
void script_append_ranges(text *t, const figure *f, const figure_data *data) {
    range x = {NAN, NAN}, y = {NAN, NAN}, mean = {NAN, NAN};
    double finite[DATA_PANELS] = {0};
    for (size_t i = 0; i < data->value_count; i++) {
        const seed_value *v = &data->values[i];
        if (!isfinite(v->x) || !isfinite(v->y))
            continue;
        finite[v->panel] = 1;
        widen(&x, v->x);
        widen(&y, v->y);
    }
    for (size_t i = 0; i < data->point_count; i++) {
        if (!isfinite(data->points[i].x) || !isfinite(data->points[i].value.estimate))
            continue;
        finite[data->points[i].panel] = 1;
        widen(&x, data->points[i].x);
        widen(&mean, data->points[i].value.estimate);
        widen(&y, data->points[i].value.low);
        widen(&y, data->points[i].value.high);
    }
    script_append_numbers(t, "panel_finite", finite, data->panels.count);
    double least[DATA_PANELS], most[DATA_PANELS], top[DATA_PANELS];
    for (size_t p = 0; p < data->panels.count; p++) {
        range of_panel = panel_range(data, p, f->source == FIGURE_CURVES ? 0.05 * x.most : -INFINITY);
        least[p] = f->source == FIGURE_CURVES ? least_positive(data, p, of_panel) : of_panel.least;
        most[p] = of_panel.most;
        top[p] = panel_range(data, p, -INFINITY).most;
    }
    script_append_numbers(t, "panel_least", least, data->panels.count);
    script_append_numbers(t, "panel_most", most, data->panels.count);
    script_append_numbers(t, "panel_top", top, data->panels.count);
    double first = NAN; /* above 0 */
    for (size_t i = 0; i < data->point_count; i++)
        if (data->points[i].x > 0 && !(first <= data->points[i].x))
            first = data->points[i].x;
    append_rows(t, data);
    append_early(t, data, x.most);
    append_line_ends(t, data, x);
    const double ends[] = {x.least, x.most, first, y.least, y.most, mean.least, mean.most};
    static const char *const names[] = {"x_least", "x_most", "x_first", "y_least", "y_most", "mean_least", "mean_most"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        text_append(t, "%s = ", names[i]);
        script_append_number(t, ends[i], '\n');
    }
}
