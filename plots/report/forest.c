/* SPDX-License-Identifier: MIT */
/* Findings as a forest plot: their CSV file, and a script that consists of the texts and forest.gp. */
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plots/figure_script.h"
#include "plots/gnuplot.h"
#include "plots/report/report.h"
#include "support/file.h"

enum { LONGEST_SCRIPT = 1 << 20, LONGEST_NAME = 110 };

typedef struct forest {
    const finding_list *list;
    name_list rows, series;
    char **names; /* of the findings, shortened */
    double least, most, interval_least, interval_most;
} forest;

static bool is_drawn(const finding *f) {
    return isfinite(f->value.estimate);
}

static double lesser(double a, double b) {
    return isfinite(b) && !(a <= b) ? b : a;
}

static double greater(double a, double b) {
    return isfinite(b) && !(a >= b) ? b : a;
}

/* Determines the rows, the series and the range of the axis; false: out of memory. */
static bool arrange(forest *f) {
    f->least = f->most = f->interval_least = f->interval_most = NAN;
    for (size_t i = 0; i < f->list->count; i++) {
        const finding *each = &f->list->items[i];
        if (!is_drawn(each))
            continue;
        if (names_index(&f->rows, each->what) == SIZE_MAX || names_index(&f->series, each->matching) == SIZE_MAX)
            return false;
        f->least = lesser(f->least, each->value.estimate);
        f->most = greater(f->most, each->value.estimate);
        f->interval_least = lesser(lesser(f->interval_least, each->value.estimate), each->value.low);
        f->interval_most = greater(greater(f->interval_most, each->value.estimate), each->value.high);
    }
    return true;
}

static void append_number(text *t, double value, char end) {
    if (isfinite(value))
        text_append(t, "%.8g%c", value, end);
    else
        text_append(t, "%s%c", isnan(value) ? "NaN" : value > 0 ? "1e308" : "-1e308", end);
}

static void append_field(text *csv, const char *string) {
    text clean = {0};
    names_append_clean(&clean, string, 200);
    for (char *c = clean.data; c && *c; c++)
        *c = *c == '"' ? '\'' : *c;
    text_append(csv, "\"%s\",", clean.data ? clean.data : "");
    csv->failed |= clean.failed;
    text_free(&clean);
}

/* A block of the CSV file: one series. */
static void append_block(const forest *f, const char *series, text *csv) {
    text_append(csv, "\n\n");
    for (size_t i = 0; i < f->list->count; i++) {
        const finding *each = &f->list->items[i];
        if (!is_drawn(each) || strcmp(each->matching, series) != 0)
            continue;
        size_t row = 0;
        while (row < f->rows.count && strcmp(f->rows.items[row], each->what) != 0)
            row++;
        append_field(csv, each->what);
        append_field(csv, each->matching);
        text_append(csv, "%zu,", row + 1);
        append_field(csv, each->word);
        append_number(csv, each->value.estimate, ',');
        append_number(csv, isnan(each->value.low) ? each->value.estimate : each->value.low, ',');
        append_number(csv, isnan(each->value.high) ? each->value.estimate : each->value.high, ',');
        text_append(csv, "%d\n", (int)each->side);
    }
}

static void append_csv(const forest *f, text *csv) {
    text_append(csv, "what,matching,row,word,estimate,low,high,side\n");
    for (size_t s = 0; s < f->series.count; s++)
        append_block(f, f->series.items[s], csv);
}

/* A gnuplot string, cut to fit a card. */
static void append_short(text *script, const char *string) {
    size_t most = LONGEST_NAME, length = strlen(string);
    text cut = {0};
    if (length > most) {
        length = most;
        while (length && ((unsigned char)string[length] & 0xc0) == 0x80)
            length--;
    }
    text_append_bytes(&cut, string, length);
    text_append(&cut, string[length] ? "…" : "");
    script_append_string(script, cut.data ? cut.data : "");
    script->failed |= cut.failed;
    text_free(&cut);
}

/* The name of each row, or the word beside it if the row has only one mark. */
static void append_texts(const forest *f, const char *array, bool words, text *script) {
    text_append(script, "array %s[%zu] = [", array, f->rows.count);
    for (size_t row = 0; row < f->rows.count; row++) {
        const char *shown = "";
        for (size_t i = 0; i < f->list->count; i++)
            if (is_drawn(&f->list->items[i]) && strcmp(f->list->items[i].what, f->rows.items[row]) == 0)
                shown = words ? f->list->items[i].word : f->names[i];
        text_append(script, row ? ", " : "");
        append_short(script, words && f->series.count > 1 ? "" : shown);
    }
    text_append(script, "]\n");
}

static void append_head(const forest *f, const char *stem, text *script) {
    const finding_list *list = f->list;
    text_append(script, "# Made by gatebench from %s.csv. Edit it and draw it again:\n#   gnuplot %s.gp\n", stem, stem);
    text_append(script, "stem = '%s'\ndata = '%s.csv'\nrows = %zu\nseries = %zu\n", stem, stem, f->rows.count,
                f->series.count);
    text_append(script, "scale = ");
    script_append_string(script, list->scale);
    text_append(script, "\nzone_name = ");
    script_append_string(script, list->zone);
    const struct {
        const char *name;
        double value;
    } numbers[] = {{"zone_low", *list->zone ? list->zone_low : NAN},
                   {"zone_high", *list->zone ? list->zone_high : NAN},
                   {"line_at", *list->zone && list->zone_low < 0 && list->zone_high > 0 ? 0 : NAN},
                   {"least", f->least},
                   {"most", f->most},
                   {"interval_least", f->interval_least},
                   {"interval_most", f->interval_most}};
    text_append(script, "\n");
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        text_append(script, "%s = ", numbers[i].name);
        append_number(script, numbers[i].value, '\n');
    }
    append_texts(f, "row_name", false, script);
    append_texts(f, "row_word", true, script);
    text_append(script, "array series_name[%zu] = [", f->series.count);
    for (size_t s = 0; s < f->series.count; s++) {
        const char *name = f->series.items[s];
        text words = {0};
        text_append(&words, "%s%s", *name ? "equal " : "", *name ? name : "ours");
        text_append(script, s ? ", " : "");
        script_append_string(script, words.data ? words.data : "");
        script->failed |= words.failed;
        text_free(&words);
    }
    text_append(script, "]\n\n");
}

static gb_status append_script(gb_context *context, text *script) {
    char path[PATH_MAX], *lines = NULL;
    size_t size = 0;
    GB_TRY(file_find_shared(context, "plots/report/forest.gp", path, sizeof path));
    GB_TRY(file_read(context, path, LONGEST_SCRIPT, &lines, &size));
    text_append_bytes(script, lines, size);
    free(lines);
    return GB_OK;
}

static gb_status put(gb_context *context, const char *folder, const char *stem, const char *ending,
                     const text *content) {
    char path[PATH_MAX];
    if ((size_t)snprintf(path, sizeof path, "%s/%s.%s", folder, stem, ending) >= sizeof path)
        return gb_fail(context, GB_IO, "%s: the path is too long", folder);
    return file_update(context, path, content->data, content->length);
}

gb_status forest_draw(gb_context *context, const finding_list *list, const char *folder, const char *stem,
                      const char *terminal) {
    forest f = {.list = list};
    text csv = {0}, script = {0};
    gb_status status = GB_OK;
    if (!arrange(&f) || !report_short_names(list, true, &f.names))
        status = gb_fail(context, GB_MEMORY, "%s: out of memory", stem);
    if (status == GB_OK) {
        append_csv(&f, &csv);
        append_head(&f, stem, &script);
        status = append_script(context, &script);
    }
    if (status == GB_OK && (csv.failed || script.failed))
        status = gb_fail(context, GB_MEMORY, "%s: out of memory", stem);
    if (status == GB_OK)
        status = put(context, folder, stem, "csv", &csv);
    if (status == GB_OK)
        status = put(context, folder, stem, "gp", &script);
    if (status == GB_OK && !gnuplot_is_current(folder, stem, terminal))
        status = gnuplot_run(context, folder, stem, terminal, "");
    text_free(&csv);
    text_free(&script);
    names_free(&f.rows);
    names_free(&f.series);
    file_free_list(f.names);
    return status;
}
