/* SPDX-License-Identifier: MIT */
/* One figure from results to pictures, and its caption. */
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "plots/figure_axes.h"
#include "plots/figure_points.h"
#include "plots/figure_script.h"
#include "plots/gnuplot.h"
#include "plots/plots.h"
#include "results/store/run_provenance.h"
#include "support/file.h"

enum { STEM = 65 + FIGURE_NAME };

static gb_status write_files(gb_context *context, const figure *f, const results *r, const figure_data *data,
                             const char *folder, const char *stem) {
    char path[PATH_MAX];
    text csv = {0}, script = {0};
    script_write_csv(f, r, data, &csv);
    gb_status status = csv.failed ? gb_fail(context, GB_MEMORY, "%s: out of memory", stem)
                                  : script_write(context, f, data, stem, &script);
    if (status == GB_OK && (size_t)snprintf(path, sizeof path, "%s/%s.csv", folder, stem) >= sizeof path)
        status = gb_fail(context, GB_IO, "%s: the path is too long", folder);
    if (status == GB_OK)
        status = file_replace(context, path, csv.data, csv.length);
    if (status == GB_OK)
        snprintf(path, sizeof path, "%s/%s.gp", folder, stem);
    if (status == GB_OK)
        status = file_replace(context, path, script.data, script.length);
    text_free(&csv);
    text_free(&script);
    return status;
}

/* Reads a figure for these results: of tuning, the axis is the figure's own where that was tuned, else the first
 * setting that was. */
static gb_status read_for(gb_context *context, const char *name, const results *r, figure **f) {
    name_list tuned = {0};
    gb_status status = figure_read(context, name, f);
    if (status == GB_OK && (*f)->tuning)
        status = provenance_tuned(context, r, &tuned);
    if (status == GB_OK && tuned.count && !names_have(&tuned, (*f)->x.name)) {
        snprintf((*f)->x.name, sizeof(*f)->x.name, "%s", tuned.items[0]);
        snprintf((*f)->x.heading, sizeof(*f)->x.heading, "%s", tuned.items[0]);
    }
    names_free(&tuned);
    return status;
}

/* Gathers a figure's data and writes its .csv and .gp into a folder, which is made. */
static gb_status write_figure(gb_context *context, const results *r, const char *figure_name, const char *folder,
                              char *stem, size_t size) {
    figure *f = NULL;
    figure_data data = {0};
    char run[65];
    results split;
    gb_status status = data_split(context, r, &split);
    if (status == GB_OK)
        status = read_for(context, figure_name, &split, &f);
    if (status == GB_OK)
        status = data_gather(context, f, &split, &data);
    if (status == GB_OK)
        status = file_make_folder(context, folder);
    if (status == GB_OK) {
        data_set_matching(&split, &data);
        provenance_file_name(r, run);
        snprintf(stem, size, "%s-%s", run, f->name);
        status = write_files(context, f, &split, &data, folder, stem);
    }
    table_free(&split.runs);
    data_free(&data);
    figure_free(f);
    return status;
}

static gb_status check_terminals(gb_context *context, const char *terminals) {
    static const char *const known[] = {"svg", "pdf", "svg,pdf", "pdf,svg"};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (!strcmp(terminals, known[i]))
            return GB_OK;
    return gb_fail(context, GB_INVALID, "figures are drawn as svg, pdf or svg,pdf, not as \"%s\"", terminals);
}

gb_status plots_draw(gb_context *context, const results *r, const char *figure_name, const char *folder,
                     const char *terminals) {
    char stem[STEM];
    gb_status status = check_terminals(context, terminals);
    if (status == GB_OK)
        status = write_figure(context, r, figure_name, folder, stem, sizeof stem);
    if (status == GB_OK && strstr(terminals, "svg"))
        status = gnuplot_run(context, folder, stem, "svg", "");
    if (status == GB_OK && strstr(terminals, "pdf"))
        status = gnuplot_run(context, folder, stem, "pdf", "");
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

gb_status plots_print(gb_context *context, const results *r, const char *figure_name, size_t columns, bool colour,
                      char **drawing) {
    const char *parent = getenv("TMPDIR");
    char folder[PATH_MAX - 256], stem[STEM] = "", path[PATH_MAX], more[64];
    size_t size = 0;
    snprintf(folder, sizeof folder, "%s/gatebench-plot-XXXXXX", parent && *parent ? parent : "/tmp");
    if (!mkdtemp(folder))
        return gb_fail(context, GB_IO, "%s: no folder can be made for the drawing: %s; set TMPDIR", folder,
                       strerror(errno));
    snprintf(more, sizeof more, "text_columns=%zu; text_colour=%d", columns, colour);
    gb_status status = write_figure(context, r, figure_name, folder, stem, sizeof stem);
    if (status == GB_OK)
        status = gnuplot_run(context, folder, stem, "txt", more);
    snprintf(path, sizeof path, "%s/%s.txt", folder, stem);
    if (status == GB_OK)
        status = file_read(context, path, 1 << 20, drawing, &size);
    remove_drawing(folder, stem);
    return status;
}

gb_status plots_wanted(gb_context *context, const results *r, char ***names) {
    name_list wanted = {0};
    *names = NULL;
    gb_status status = provenance_figures(context, r, &wanted);
    if (status == GB_OK)
        status = figure_axes_append_swept(context, r, &wanted);
    if (status == GB_OK && !(*names = names_take(&wanted)))
        status = gb_fail(context, GB_MEMORY, "%s: out of memory", r->name);
    names_free(&wanted);
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
    static const char *const means[] = {[FIGURE_STUDENT] = " Mean over ",  [FIGURE_GEOMETRIC] = " Geometric mean over ",
                                        [FIGURE_WILSON] = " Pooled over ", [FIGURE_STACK] = " Counted in ",
                                        [FIGURE_MEDIAN] = " Median of ",   [FIGURE_SURVIVAL] = " Of ",
                                        [FIGURE_MEAN] = " Mean over "};
    const bool one = most == 1;
    const char *what = f->interval == FIGURE_STACK    ? (one ? "trial a bar" : "trials a bar")
                       : f->interval == FIGURE_MEDIAN ? (one ? "value a point" : "values a point")
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
        append_count(t, data->predictions_least, data->predictions_most, "predictions a point");
        text_append(t, ") with Wilson 95 %% interval");
    } else if (f->interval == FIGURE_SURVIVAL) {
        text_append(t, " a cell with log-log 95 %% intervals; a tick is a trial that ended unsolved");
    } else if (f->interval != FIGURE_STACK && f->interval != FIGURE_MEAN && most > 1) {
        text_append(t, " with Student-t 95 %% interval");
    }
    if (f->interval != FIGURE_STACK && f->interval != FIGURE_SURVIVAL && most > 1 && most < 10)
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
    if (data->vanished)
        text_append(t, " Where a norm underflowed to zero there is no mean.");
    if (data->panels_single)
        text_append(t, " %zu setting%s run at one %s only: in the table, not drawn.", data->panels_single,
                    data->panels_single == 1 ? "" : "s", f->x.heading);
    if (data->panels_left_out)
        text_append(t, " %zu more panels do not fit and are left out here.", data->panels_left_out);
}

static gb_status caption_of(gb_context *context, const results *r, const char *figure_name, char **caption) {
    figure *f = NULL;
    figure_data data = {0};
    gb_status status = read_for(context, figure_name, r, &f);
    if (status == GB_OK)
        status = data_gather(context, f, r, &data);
    if (status == GB_OK) {
        text t = {0};
        text_append(&t, "%s", f->caption);
        append_interval(&t, f, &data);
        data_matching_words(r, &t);
        append_remarks(&t, f, &data);
        text_append(&t, " Run %s", r->name);
        if (r->created && *r->created)
            text_append(&t, ", %.10s", r->created);
        const char *commit = provenance_text(r, "commit");
        text_append(&t, *commit ? ", commit %.24s." : ".", commit);
        if (t.failed)
            status = gb_fail(context, GB_MEMORY, "%s: out of memory", f->name);
        else
            *caption = t.data;
        if (t.failed)
            text_free(&t);
    }
    data_free(&data);
    figure_free(f);
    return status;
}

gb_status plots_caption(gb_context *context, const results *r, const char *figure_name, char **caption) {
    results split;
    *caption = NULL;
    gb_status status = data_split(context, r, &split);
    if (status == GB_OK)
        status = caption_of(context, &split, figure_name, caption);
    table_free(&split.runs);
    return status;
}
