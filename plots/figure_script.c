/* SPDX-License-Identifier: MIT */
/* Writes the CSV file and the gnuplot script of a figure. Text from recipes and results is passed to gnuplot only as
 * sanitised strings in single quotes, and in the CSV file only in columns that no script plots. */
#include "plots/figure_script.h"

#include <limits.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "results/store/metrics.h"
#include "support/cleanup.h"
#include "support/file.h"
#include "support/yaml.h"

enum { LONGEST_NAME = 96, LONGEST_STRING = 200, /* bytes */ LONGEST_STYLE = 1 << 20, NAMED_VALUES = 12 };

/* Sanitised text of at most so many bytes. Of a longer one the middle is left out, since paths differ at their ends. */
static void append_shortened(text *t, const char *string, size_t most) {
    text clean = {0};
    names_append_clean(&clean, string, SIZE_MAX);
    if (clean.length <= most) {
        text_append(t, "%s", clean.data ? clean.data : "");
    } else {
        const char *end = clean.data + clean.length - 2 * most / 3;
        while (((unsigned char)*end & 0xc0) == 0x80)
            end++;
        names_append_clean(t, clean.data, most / 3 - strlen("\u2026"));
        text_append(t, "\u2026%s", end);
    }
    t->failed = t->failed || clean.failed;
    text_free(&clean);
}

static void append_quoted(text *t, const text *clean) {
    t->failed = t->failed || clean->failed;
    text_append(t, "'");
    /* gnuplot 5.4 reads a doubled quote at the beginning of a string as an empty string, and the rest as code. */
    for (const char *c = clean->data ? clean->data : ""; *c; c++)
        text_append(t, *c == '\'' ? "\u2019" : "%c", *c);
    text_append(t, "'");
}

void script_append_string(text *t, const char *string) {
    CLEANUP(text_free) text beginning = {0};
    names_append_clean(&beginning, string, LONGEST_STRING);
    append_quoted(t, &beginning);
}

/* A text field. Double quotes become single ones, since CSV readers differ in how they escape quotes. */
static void append_field(text *t, const char *string) {
    text clean = {0};
    append_shortened(&clean, string, LONGEST_STRING);
    if (clean.failed)
        t->failed = true;
    for (char *c = clean.data; c && *c; c++)
        *c = *c == '"' ? '\'' : *c;
    text_append(t, "\"%s\",", clean.data ? clean.data : "");
    text_free(&clean);
}

/* The common part of all rows: panel, group, and mean or seed. */
static void append_row_head(text *csv, const figure_data *data, size_t panel, size_t group, const char *series) {
    append_field(csv, data->panels.items[panel]);
    append_field(csv, data->shown.items[group]);
    append_field(csv, series);
}

static void append_category(text *csv, const figure_data *data, double x) {
    if (!data->categories.count)
        return;
    csv->data[--csv->length] = '\0'; /* the end of the row so far */
    text_append(csv, ",");
    append_field(csv, x >= 1 && x <= (double)data->categories.count ? data->categories.items[(size_t)x - 1] : "");
    if (!csv->failed)
        csv->data[csv->length - 1] = '\n';
}

static size_t append_means(text *csv, const figure *f, const figure_data *data, size_t panel, size_t group) {
    size_t rows = 0;
    for (size_t i = 0; i < data->point_count; i++) {
        const figure_point *point = &data->points[i];
        if (point->panel != panel || point->group != group)
            continue;
        append_row_head(csv, data, panel, group, f->interval == FIGURE_MEDIAN ? "median" : "mean");
        script_append_number(csv, point->x, ',');
        script_append_number(csv, point->value.estimate, ',');
        script_append_number(csv, point->value.low, ',');
        script_append_number(csv, point->value.high, ',');
        text_append(csv, "%zu\n", point->value.n);
        if (!csv->failed)
            append_category(csv, data, point->x);
        rows++;
    }
    return rows;
}

/* Single trials, separated by blank lines so that a line ends with its trial. */
static size_t append_seeds(text *csv, const figure *f, const figure_data *data, size_t panel, size_t group) {
    size_t rows = 0, last = 0;
    for (size_t i = 0; i < data->value_count; i++) {
        const seed_value *v = &data->values[i];
        if (v->panel != panel || v->group != group)
            continue;
        char series[64];
        snprintf(series, sizeof series, "seed %.0f", v->seed);
        if (rows && data->values[last].run != v->run)
            text_append(csv, "\n");
        last = i;
        append_row_head(csv, data, panel, group, series);
        script_append_number(csv, v->x, ',');
        script_append_number(csv, v->y, ',');
        if (f->interval == FIGURE_SURVIVAL)
            text_append(csv, "%.0f,,1\n", v->correct); /* whether it solved its task */
        else
            text_append(csv, ",,1\n");
        if (!csv->failed)
            append_category(csv, data, v->x);
        rows++;
    }
    return rows;
}

void script_write_csv(const figure *f, const figure_data *data, text *csv) {
    bool named = data->categories.count > 0;
    text_append(csv, "panel,group,series,%s%s,%s,low,high,n", f->x.heading, named ? "_place" : "", f->y.heading);
    text_append(csv, named ? ",%s\n" : "\n", f->x.heading);
    for (size_t p = 0; p < data->panels.count; p++) {
        for (size_t g = 0; g < data->groups.count; g++) {
            text block = {0};
            if (append_means(&block, f, data, p, g))
                text_append(csv, "\n\n%s", block.data ? block.data : "");
            csv->failed = csv->failed || block.failed;
            text_free(&block);
            if (append_seeds(&block, f, data, p, g))
                text_append(csv, "\n\n%s", block.data ? block.data : "");
            csv->failed = csv->failed || block.failed;
            text_free(&block);
        }
    }
}

/* Blocks of the CSV file count from 0, which is the header; 0 also means "none". */
static void append_blocks(text *t, const figure_data *data) {
    size_t block = 0;
    text means = {0}, seeds = {0};
    for (size_t p = 0; p < data->panels.count; p++) {
        for (size_t g = 0; g < data->groups.count; g++) {
            bool mean = false, seed = false;
            for (size_t i = 0; i < data->point_count; i++)
                mean = mean || (data->points[i].panel == p && data->points[i].group == g);
            for (size_t i = 0; i < data->value_count; i++)
                seed = seed || (data->values[i].panel == p && data->values[i].group == g);
            const char *comma = p || g ? ", " : "";
            text_append(&means, "%s%zu", comma, mean ? ++block : 0);
            text_append(&seeds, "%s%zu", comma, seed ? ++block : 0);
        }
    }
    size_t count = data->panels.count * data->groups.count;
    text_append(t, "array mean_block[%zu] = [%s]\n", count, means.data ? means.data : "");
    text_append(t, "array seed_block[%zu] = [%s]\n", count, seeds.data ? seeds.data : "");
    t->failed = t->failed || means.failed || seeds.failed;
    text_free(&means);
    text_free(&seeds);
}

static void append_strings(text *t, const char *name, const name_list *list) {
    text_append(t, "array %s[%zu] = [", name, list->count ? list->count : 1);
    for (size_t i = 0; i < list->count; i++) {
        CLEANUP(text_free) text shortened = {0};
        append_shortened(&shortened, list->items[i], LONGEST_NAME);
        text_append(t, "%s", i ? ", " : "");
        append_quoted(t, &shortened);
    }
    text_append(t, list->count ? "]\n" : "'']\n");
}

/* The groups as numbers, NaN where they are words: gnuplot would stop at a word that it should read as a number. */
static void append_group_values(text *t, const name_list *groups) {
    text_append(t, "array group_value[%zu] = [", groups->count ? groups->count : 1);
    for (size_t i = 0; i < groups->count; i++) {
        double value = NAN;
        text_append(t, i ? ", " : "");
        script_append_number(t, text_is_number(groups->items[i], &value) ? value : NAN, ' ');
    }
    text_append(t, groups->count ? "]\n" : "NaN]\n");
}

static int compare_numbers(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The total height of each stack of bars, by (panel - 1) * categories + position. */
static void append_bar_totals(text *t, const figure_data *data) {
    text_append(t, "array bar_total[%zu] = [", data->panels.count * data->categories.count);
    for (size_t p = 0; p < data->panels.count; p++) {
        for (size_t c = 0; c < data->categories.count; c++) {
            double most = NAN;
            for (size_t i = 0; i < data->point_count; i++)
                if (data->points[i].panel == p && data->points[i].x == (double)c + 1)
                    most = fmax(most, data->points[i].value.high);
            text_append(t, p || c ? ", " : "");
            script_append_number(t, most, ' ');
        }
    }
    text_append(t, "]\n");
}

/* The values on the x axis, if few enough to be its tics; else x_count is 0. x_first_gap and x_last_gap are the
 * distances of the two least and of the two greatest values. */
static void append_x_values(text *t, const figure_data *data) {
    double *values = calloc(data->value_count + 1, sizeof *values);
    size_t count = 0, distinct = 0;
    for (size_t i = 0; values && i < data->value_count; i++)
        if (isfinite(data->values[i].x))
            values[count++] = data->values[i].x;
    if (count)
        qsort(values, count, sizeof *values, compare_numbers);
    for (size_t i = 0; i < count; i++)
        if (distinct == 0 || values[i] != values[distinct - 1])
            values[distinct++] = values[i];
    const bool gaps = distinct > 1;
    const size_t named = distinct <= NAMED_VALUES ? distinct : 0;
    text_append(t, "x_count = %zu\n", named);
    text_append(t, "x_first_gap = %.17g\nx_last_gap = %.17g\n", gaps ? values[1] - values[0] : 0,
                gaps ? values[distinct - 1] - values[distinct - 2] : 0);
    script_append_numbers(t, "x_value", values, named);
    t->failed |= !values;
    free(values);
}

static gb_status append_style(gb_context *context, text *script) {
    char path[PATH_MAX], *style = NULL;
    size_t size = 0;
    gb_status status = file_find_shared(context, "plots/figures/style.gp", path, sizeof path);
    if (status == GB_OK)
        status = file_read(context, path, LONGEST_STYLE, &style, &size);
    if (status == GB_OK)
        text_append(script, "\n%s\n", style);
    free(style);
    return status;
}

/* `name = 'the string'` */
static void append_variable(text *t, const char *name, const char *string) {
    text_append(t, "%s = ", name);
    script_append_string(t, string);
    text_append(t, "\n");
}

/* The title of an axis: a metric's title with its unit, else the column's name. */
static void append_axis(text *t, const char *variable, const char *label, const figure_column *column) {
    const metric_type *metric = strcmp(column->name, column->heading) != 0 ? NULL : metric_find(column->name);
    text words = {0};
    if (label)
        text_append(&words, "%s", label);
    else if (metric && !strncmp(column->name, metric->name, strlen(metric->name)))
        text_append(&words, "%s%s%s%s", metric->title, *metric->unit && strcmp(metric->unit, "1") != 0 ? " (" : "",
                    strcmp(metric->unit, "1") != 0 ? metric->unit : "",
                    *metric->unit && strcmp(metric->unit, "1") != 0 ? ")" : "");
    else
        text_append(&words, "%s", column->heading);
    for (char *c = words.data; !label && c && *c; c++)
        *c = *c == '_' ? ' ' : *c;
    append_variable(t, variable, words.data ? words.data : "");
    t->failed = t->failed || words.failed;
    text_free(&words);
}

static void append_look(text *t, const plots_look *look) {
    if (look && look->theme)
        text_append(t, "if (!exists(\"theme\")) theme = '%s'\n", look->theme);
    if (look && look->dark)
        text_append(t, "if (!exists(\"dark\")) dark = 1\n");
    if (look && look->width > 0)
        text_append(t, "if (!exists(\"width_inches\")) width_inches = %g\n", look->width);
    if (look && look->font_scale > 0)
        text_append(t, "if (!exists(\"font_scale\")) font_scale = %g\n", look->font_scale);
}

/* The number of trials with each fate, by panel and group. */
static void append_counts(text *t, const char *name, const size_t *counts, size_t count) {
    text_append(t, "array %s[%zu] = [", name, count);
    for (size_t i = 0; i < count; i++)
        text_append(t, "%s%zu", i ? ", " : "", counts[i]);
    text_append(t, "]\n");
}

gb_status script_write(gb_context *context, const figure *f, const figure_data *data, const plots_look *look,
                       const char *caption, const char *stem, text *script) {
    text_append(script, "# Made by gatebench from %s.csv. You may edit it or a copy, and draw it again:\n", stem);
    text_append(script, "#   gnuplot %s.gp                     makes %s.svg\n", stem, stem);
    text_append(script, "#   gnuplot -e \"term='pdf'\" %s.gp     makes %s.pdf\n", stem, stem);
    append_look(script, look);
    text_append(script, "stem = '%s'\ndata = '%s.csv'\n", stem, stem);
    text title = {0};
    text_append(&title, "%s%s%s", f->title, *data->matching ? ", equal " : "", data->matching);
    append_variable(script, "title", title.data ? title.data : "");
    script->failed = script->failed || title.failed;
    text_free(&title);
    append_variable(script, "caption", caption);
    append_variable(script, "x_name", f->x.name);
    append_variable(script, "y_name", f->y.name);
    append_variable(script, "group_by", f->group);
    append_axis(script, "x_title", f->xlabel, &f->x);
    append_axis(script, "y_title", f->ylabel, &f->y);
    text_append(script, "higher_is_better = %d\nis_curve = %d\n", metric_higher_is_better(f->y.name),
                f->source == FIGURE_CURVES);
    text_append(script, "panels = %zu\n", data->panels.count);
    append_strings(script, "panel_title", &data->panels);
    text_append(script, "groups = %zu\nbaselines = %zu\n", data->groups.count, data->baselines);
    append_strings(script, "group_name", &data->groups);
    append_strings(script, "group_title", &data->shown);
    append_group_values(script, &data->groups);
    text_append(script, "categories = %zu\n", data->categories.count);
    append_strings(script, "category", &data->categories);
    text_append(script, "# Blocks of the CSV file by (panel - 1) * groups + group; 0: nothing there.\n");
    append_blocks(script, data);
    script_append_ranges(script, f, data);
    append_x_values(script, data);
    if (f->interval == FIGURE_STACK && data->categories.count)
        append_bar_totals(script, data);
    if (data->solved) {
        append_counts(script, "solved", data->solved, data->panels.count * data->groups.count);
        append_counts(script, "tried", data->tried, data->panels.count * data->groups.count);
    }
    text_append(script, "seeds = %zu\nmost_dots = %d\n", data->seeds_most, DATA_DOTS);
    gb_status status = append_style(context, script);
    text_append(script, "\n%s", f->script);
    if (status == GB_OK && script->failed)
        status = gb_fail(context, GB_MEMORY, "the figure %s: out of memory", f->name);
    return status;
}
