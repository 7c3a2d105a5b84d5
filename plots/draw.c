/* SPDX-License-Identifier: MIT */
/* Draws one figure from results, and writes its caption. */
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "plots/figure_axes.h"
#include "plots/figure_judged.h"
#include "plots/figure_points.h"
#include "plots/figure_script.h"
#include "plots/gnuplot.h"
#include "plots/plots.h"
#include "results/store/metrics.h"
#include "results/store/run_provenance.h"
#include "support/file.h"

enum { STEM = 128 + FIGURE_NAME };

/* A figure with its data. */
typedef struct drawing {
    figure *f;
    figure_data data;
    char *caption;
    char stem[STEM]; /* of the files */
} drawing;

static void drawing_free(drawing *d) {
    data_free(&d->data);
    figure_free(d->f);
    free(d->caption);
    *d = (drawing){0};
}

/* Puts <folder>/<stem><ending> in place. */
static gb_status write_file(gb_context *context, const char *folder, const char *stem, const char *ending,
                            const text *content) {
    char path[PATH_MAX];
    if (content->failed)
        return gb_fail(context, GB_MEMORY, "%s: out of memory", stem);
    if ((size_t)snprintf(path, sizeof path, "%s/%s%s", folder, stem, ending) >= sizeof path)
        return gb_fail(context, GB_IO, "%s: the path is too long", folder);
    return file_update(context, path, content->data, content->length);
}

/* Writes the .csv and the .gp into a folder, which is created if needed. */
static gb_status write_files(gb_context *context, const drawing *d, const plots_look *look, const char *folder) {
    text csv = {0}, script = {0};
    script_write_csv(d->f, &d->data, &csv);
    gb_status status = script_write(context, d->f, &d->data, look, d->caption, d->stem, &script);
    if (status == GB_OK)
        status = file_make_folder(context, folder);
    if (status == GB_OK)
        status = write_file(context, folder, d->stem, ".csv", &csv);
    if (status == GB_OK)
        status = write_file(context, folder, d->stem, ".gp", &script);
    text_free(&csv);
    text_free(&script);
    return status;
}

static figure_column figure_column_of(const char *name) {
    figure_column column;
    snprintf(column.name, sizeof column.name, "%s", name);
    snprintf(column.heading, sizeof column.heading, "%s", name);
    return column;
}

/* Reads a figure for these results. For a figure of tuning, the axis is the figure's own setting if that was tuned,
 * else the first tuned setting. */
static gb_status read_for(gb_context *context, const char *name, const results *r, figure **f) {
    name_list tuned = {0};
    gb_status status = figure_read(context, name, f);
    const metric_type *metric = status == GB_OK ? metric_validated(&r->runs) : NULL;
    if (metric && !strcmp((*f)->y.name, "metric")) /* that of the task */
        (*f)->y = figure_column_of(metric->name);
    if (status == GB_OK && (*f)->tuning)
        status = provenance_tuned(context, r, &tuned);
    if (status == GB_OK && tuned.count && !names_have(&tuned, (*f)->x.name))
        (*f)->x = figure_column_of(tuned.items[0]);
    names_free(&tuned);
    return status;
}

static const char usual_formats[] = "svg,pdf,png";
static const char *const formats[] = {"svg", "pdf", "png", "tex"}, *const themes[] = {"web", "paper", "slides"};

static bool is_one_of(const char *word, size_t length, const char *const *known, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (strlen(known[i]) == length && !strncmp(word, known[i], length))
            return true;
    return false;
}

/* Fails with GB_INVALID when a look names an unknown format or theme, or an unreasonable size.
 */
static gb_status check_look(gb_context *context, const plots_look *look) {
    if (!look)
        return GB_OK;
    for (const char *word = look->formats; word; word = strchr(word, ',') ? strchr(word, ',') + 1 : NULL)
        if (!is_one_of(word, strcspn(word, ","), formats, sizeof formats / sizeof *formats))
            return gb_fail(context, GB_INVALID, "there is no format \"%s\" for figures; give svg, pdf, png or tex",
                           look->formats);
    if (look->theme && !is_one_of(look->theme, strlen(look->theme), themes, sizeof themes / sizeof *themes))
        return gb_fail(context, GB_INVALID, "there is no theme \"%s\"; give web, paper or slides", look->theme);
    if ((look->width && !(look->width >= 2 && look->width <= 40)) ||
        (look->font_scale && !(look->font_scale >= 0.5 && look->font_scale <= 3)))
        return gb_fail(context, GB_INVALID,
                       "the width of a figure must be 2 to 40 inches, and the font scale 0.5 to 3");
    return GB_OK;
}

/* Writes the files and runs gnuplot on them. */
static gb_status draw_all(gb_context *context, const drawing *d, const plots_look *look, const char *folder) {
    const char *wanted = look && look->formats ? look->formats : usual_formats;
    gb_status status = write_files(context, d, look, folder);
    for (size_t i = 0; i < sizeof formats / sizeof *formats && status == GB_OK; i++)
        if (strstr(wanted, formats[i]) &&
            !(look && look->changed_only && gnuplot_is_current(folder, d->stem, formats[i])))
            status = gnuplot_run(context, folder, d->stem, formats[i], "");
    return status;
}

static void append_count(text *t, double least, double most, const char *what) {
    if (least == most)
        text_append(t, "%.0f %s", most, what);
    else
        text_append(t, "%.0f to %.0f %s", least, most, what);
}

static void append_interval(text *t, const figure *f, const figure_data *data) {
    double least = (double)data->seeds_least, most = (double)data->seeds_most;
    if (f->interval == FIGURE_DOTS) {
        if (most > 1)
            text_append(t, " Each seed is drawn separately.");
        return;
    }
    static const char *const means[] = {[FIGURE_STUDENT] = " Mean over ",  [FIGURE_GEOMETRIC] = " Geometric mean over ",
                                        [FIGURE_WILSON] = " Pooled over ", [FIGURE_STACK] = " Counted in ",
                                        [FIGURE_MEDIAN] = " Median of ",   [FIGURE_SURVIVAL] = " From ",
                                        [FIGURE_MEAN] = " Mean over "};
    const bool one = most == 1;
    const char *what = f->interval == FIGURE_STACK    ? (one ? "trial per bar" : "trials per bar")
                       : f->interval == FIGURE_MEDIAN ? (one ? "value per point" : "values per point")
                       : f->tuning                    ? (one ? "trial" : "trials")
                                                      : (one ? "seed" : "seeds");
    text_append(t, "%s", means[f->interval]);
    append_count(t, least, most, what);
    if (f->interval == FIGURE_MEDIAN) {
        text_append(t, " with quartiles; every value is a dot.");
        return;
    }
    if (f->interval == FIGURE_WILSON) {
        text_append(t, " (");
        append_count(t, data->predictions_least, data->predictions_most, "predictions per point");
        text_append(t, ") with Wilson 95 %% interval");
    } else if (f->interval == FIGURE_SURVIVAL) {
        text_append(t, " per cell, with log-log 95 %% intervals; a tick is a trial that ended unsolved");
    } else if (f->interval != FIGURE_STACK && f->interval != FIGURE_MEAN && most > 1) {
        text_append(t, " with Student-t 95 %% interval");
    }
    if (f->interval != FIGURE_STACK && f->interval != FIGURE_SURVIVAL && most > 1 && most <= DATA_DOTS)
        text_append(t, "; every seed is drawn as well");
    text_append(t, ".");
}

static void append_remarks(text *t, const figure *f, const figure_data *data) {
    if (data->remark)
        text_append(t, " %s.", data->remark);
    if (data->chosen && *data->chosen)
        text_append(t, " Drawn at %s.", data->chosen);
    if (data->diverged)
        text_append(t, " %zu %s diverged.", data->diverged, data->diverged == 1 ? "trial" : "trials");
    if (data->over_limit)
        text_append(t, " %zu %s over %s limit%s%s.", data->over_limit,
                    data->over_limit == 1 ? "trial went" : "trials went", data->over_limit == 1 ? "its" : "their",
                    f->interval != FIGURE_SURVIVAL ? ""
                    : data->over_limit == 1        ? " and counts as unsolved"
                                                   : " and count as unsolved",
                    f->interval == FIGURE_SURVIVAL ? ""
                    : data->over_limit == 1        ? "; it has no values to draw"
                                                   : "; they have no values to draw");
    if (data->vanished)
        text_append(t, " Points at which a norm underflowed to zero have no mean.");
    if (data->panels_single)
        text_append(t, " %zu %s with only one value of %s: in the table, but not drawn.", data->panels_single,
                    data->panels_single == 1 ? "setting" : "settings", f->x.heading);
    data_append_left_out(data, t);
}

/* The caption: what is drawn, n, interval, matching, machine, date and commit. */
static gb_status set_caption(gb_context *context, const results *r, drawing *d) {
    text t = {0};
    text_append(&t, "%s", d->f->caption);
    append_interval(&t, d->f, &d->data);
    data_matching_words(r, &t);
    append_remarks(&t, d->f, &d->data);
    text_append(&t, " Run %s", r->name);
    if (r->created && *r->created)
        text_append(&t, ", %.10s", r->created);
    const char *commit = provenance_text(r, "commit"), *cpu = r->hosts.rows ? table_text(&r->hosts, 0, "cpu") : "";
    text_append(&t, "%s%.24s", *commit ? ", commit " : "", commit);
    text_append(&t, *cpu ? ", on %.80s." : ".", cpu);
    d->caption = t.data;
    return t.failed ? gb_fail(context, GB_MEMORY, "%s: out of memory", d->f->name) : GB_OK;
}

/* A figure of comparisons or of published numbers, for this run only. */
static gb_status judge(gb_context *context, const results *r, drawing *d) {
    char run[65];
    gb_status status;
    provenance_file_name(r, run);
    /* NOLINTNEXTLINE(performance-no-int-to-ptr): neither judge changes the results */
    results *all[] = {(results *)(uintptr_t)r};
    if (d->f->source == FIGURE_PUBLISHED) {
        published_list published = {0};
        status = published_judge(context, all, 1, &published);
        if (status == GB_OK)
            status = data_of_published(context, &published, &d->data, &d->caption);
        published_free(&published);
        return status;
    }
    compare_run found;
    const compare_request request = {.asked = {.margin = NAN, .solved = NAN, .higher_is_better = -1}};
    status = compare_results(context, &request, all[0], &found); /* not by its path: --watch has removed the file */
    if (status == GB_OK)
        status = data_of_comparisons(context, &found, 1, d->f->name, &d->data, &d->caption);
    compare_close(&found);
    return status;
}

/* Reads a figure and gathers its data from these results. */
static gb_status prepare(gb_context *context, const results *r, const char *name, drawing *d) {
    char run[65];
    results split;
    *d = (drawing){0};
    gb_status status = data_split(context, r, &split);
    if (status == GB_OK)
        status = read_for(context, name, &split, &d->f);
    if (status == GB_OK && d->f->source >= FIGURE_COMPARISONS)
        status = judge(context, r, d);
    else if (status == GB_OK)
        status = data_gather(context, d->f, &split, &d->data);
    if (status == GB_OK && d->f->source < FIGURE_COMPARISONS) {
        data_set_matching(&split, &d->data);
        status = set_caption(context, &split, d);
    }
    if (status == GB_OK) {
        provenance_file_name(r, run);
        snprintf(d->stem, sizeof d->stem, "%s-%s", run, d->f->name);
    }
    table_free(&split.runs);
    if (status != GB_OK)
        drawing_free(d);
    return status;
}

gb_status plots_draw(gb_context *context, const results *r, const char *figure_name, const char *folder,
                     const plots_look *look) {
    drawing d = {0};
    gb_status status = check_look(context, look);
    if (status == GB_OK)
        status = prepare(context, r, figure_name, &d);
    if (status == GB_OK && look && look->run)
        snprintf(d.stem, sizeof d.stem, "%.96s-%s", look->run, d.f->name);
    if (status == GB_OK)
        status = draw_all(context, &d, look, folder);
    drawing_free(&d);
    return status;
}

gb_status plots_caption(gb_context *context, const results *r, const char *figure_name, char **caption) {
    drawing d;
    gb_status status = prepare(context, r, figure_name, &d);
    *caption = status == GB_OK ? d.caption : NULL;
    if (status == GB_OK)
        d.caption = NULL;
    drawing_free(&d);
    return status;
}

gb_status plots_draw_published(gb_context *context, const published_list *published, const char *folder,
                               const plots_look *look) {
    drawing d = {.stem = "published"};
    gb_status status = check_look(context, look);
    if (status == GB_OK)
        status = figure_read(context, d.stem, &d.f);
    if (status == GB_OK)
        status = data_of_published(context, published, &d.data, &d.caption);
    if (status == GB_OK)
        status = draw_all(context, &d, look, folder);
    drawing_free(&d);
    return status;
}

gb_status plots_draw_comparisons(gb_context *context, const compare_run *runs, size_t count, const char *figure_name,
                                 const char *folder, const char *stem, const plots_look *look) {
    drawing d = {0};
    snprintf(d.stem, sizeof d.stem, "%.64s-%.64s", stem, figure_name);
    gb_status status = check_look(context, look);
    if (status == GB_OK)
        status = figure_read(context, figure_name, &d.f);
    if (status == GB_OK && d.f->source != FIGURE_COMPARISONS)
        status = gb_fail(context, GB_INVALID, "the figure \"%s\" cannot draw comparisons", figure_name);
    if (status == GB_OK)
        status = data_of_comparisons(context, runs, count, figure_name, &d.data, &d.caption);
    if (status == GB_OK)
        status = draw_all(context, &d, look, folder);
    drawing_free(&d);
    return status;
}

static void remove_drawing(const char *folder, const char *stem) {
    static const char *const endings[] = {"csv", "gp", "txt"};
    for (size_t i = 0; *stem && i < sizeof endings / sizeof *endings; i++) {
        char path[PATH_MAX];
        if ((size_t)snprintf(path, sizeof path, "%s/%s.%s", folder, stem, endings[i]) < sizeof path)
            unlink(path);
    }
    rmdir(folder);
}

gb_status plots_print(gb_context *context, const results *r, const char *figure_name, const plots_window *window,
                      char **text_drawing) {
    const char *parent = getenv("TMPDIR");
    char folder[PATH_MAX - STEM - 16], path[PATH_MAX], more[96];
    size_t size = 0;
    drawing d;
    GB_TRY(prepare(context, r, figure_name, &d));
    snprintf(folder, sizeof folder, "%s/gatebench-plot-XXXXXX", parent && *parent ? parent : "/tmp");
    gb_status status = GB_OK;
    if (!mkdtemp(folder)) {
        status = gb_fail(context, GB_IO, "%s: cannot create a folder for the drawing: %s; set TMPDIR", folder,
                         strerror(errno));
        drawing_free(&d);
        return status;
    }
    snprintf(more, sizeof more, "text_columns=%zu; text_lines=%zu; text_colour=%d", window->columns, window->lines,
             window->colour);
    status = write_files(context, &d, NULL, folder);
    if (status == GB_OK)
        status = gnuplot_run(context, folder, d.stem, "txt", more);
    snprintf(path, sizeof path, "%s/%s.txt", folder, d.stem);
    if (status == GB_OK)
        status = file_read(context, path, 1 << 20, text_drawing, &size);
    remove_drawing(folder, d.stem);
    drawing_free(&d);
    return status;
}

/* Omits figures of a tuning stage if these results have none. */
static void drop_tuning(gb_context *context, const results *r, name_list *names) {
    size_t kept = 0;
    bool tuned = false;
    for (size_t row = 0; row < r->runs.rows && !tuned; row++)
        tuned = provenance_is_tuning(r, row);
    for (size_t i = 0; i < names->count; i++) {
        figure *f = NULL;
        bool drop = !tuned && figure_read(context, names->items[i], &f) == GB_OK && f->tuning;
        figure_free(f);
        if (drop)
            free(names->items[i]);
        else
            names->items[kept++] = names->items[i];
    }
    names->count = kept;
}

gb_status plots_wanted(gb_context *context, const results *r, char ***names) {
    name_list wanted = {0};
    *names = NULL;
    gb_status status = provenance_figures(context, r, &wanted);
    if (status == GB_OK)
        drop_tuning(context, r, &wanted);
    if (status == GB_OK)
        status = figure_axes_append_swept(context, r, &wanted);
    if (status == GB_OK && !(*names = names_take(&wanted)))
        status = gb_fail(context, GB_MEMORY, "%s: out of memory", r->name);
    names_free(&wanted);
    return status;
}
