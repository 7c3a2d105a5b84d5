/* SPDX-License-Identifier: MIT */
/* Comparisons and published numbers as points: one row each, our value and its reference. */
#include "plots/figure_judged.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "results/store/metrics.h"
#include "results/store/run_provenance.h"

/* Adds a point; false: out of memory. */
static bool add(figure_data *data, size_t panel, size_t group, double x, interval value) {
    figure_point *grown = realloc(data->points, (data->point_count + 1) * sizeof *grown);
    if (!grown)
        return false;
    data->points = grown;
    grown[data->point_count++] = (figure_point){panel, group, x, value};
    return true;
}

/* The index of a text in the list of names; frees the text. SIZE_MAX: out of memory. */
static size_t place_of(name_list *list, text *name) {
    size_t place = name->failed ? SIZE_MAX : names_index(list, name->data ? name->data : "");
    text_free(name);
    return place;
}

static bool add_groups(figure_data *data, const char *found, const char *against) {
    return names_index(&data->groups, found) == 0 && names_index(&data->groups, against) == 1 &&
           names_index(&data->shown, found) == 0 && names_index(&data->shown, against) == 1;
}

static gb_status finish(gb_context *context, bool enough, text *words, figure_data *data, char **caption,
                        const char *none) {
    data_limit_panels(data);
    data_append_left_out(data, words);
    *caption = words->data;
    if (!enough || words->failed)
        return gb_fail(context, GB_MEMORY, "out of memory for a figure");
    if (!data->point_count)
        return gb_fail(context, GB_INVALID, "%s", none);
    return GB_OK;
}

/* A row of a forest plot: one group of a pair of arms, with the margin. Appended blanks make equal names distinct. */
static bool add_difference(figure_data *data, size_t panel, const compare_question *q, const compare_result *r,
                           bool several_pairs) {
    text name = {0};
    const bool all = !r->group;
    if (several_pairs || all || !*r->group)
        text_append(&name, "%s \u2212 %s", r->a, r->b);
    if (all && *r->matching)
        text_append(&name, ", all of equal %s", r->matching);
    else if (all)
        text_append(&name, ", all");
    else if (*r->group)
        text_append(&name, "%s%s", name.length ? ", " : "", r->group);
    while (!name.failed && names_have(&data->categories, name.data))
        text_append(&name, " ");
    size_t row = place_of(&data->categories, &name);
    interval margin = {0, -q->margin, q->margin, 0}, found = r->difference.difference;
    found.n = r->pairs;
    return row != SIZE_MAX && add(data, panel, 0, (double)row + 1, found) &&
           (isnan(q->margin) || add(data, panel, 1, (double)row + 1, margin));
}

/* The name of a run; two files of one name are distinguished by their paths. */
static void append_name(text *t, const compare_run *runs, size_t count, size_t i) {
    bool alone = true;
    for (size_t other = 0; other < count; other++)
        alone = alone && (other == i || strcmp(runs[other].file->name, runs[i].file->name) != 0);
    text_append(t, "%s", alone ? runs[i].file->name : runs[i].file->path);
}

static bool add_differences(figure_data *data, const compare_run *runs, size_t count, size_t place_of_run) {
    const compare_run *run = &runs[place_of_run];
    bool enough = true;
    for (size_t i = 0; i < run->count && enough; i++) {
        const compare_answer *answer = &run->answers[i];
        const compare_findings *c = &answer->found;
        bool pairs = false, any = false;
        for (size_t j = 0; j < c->count; j++) {
            pairs = pairs || strcmp(c->items[j].a, c->items[0].a) != 0 || strcmp(c->items[j].b, c->items[0].b) != 0;
            any = any || !isnan(c->items[j].difference.difference.estimate);
        }
        const metric_type *metric = metric_find(answer->question.metric);
        text panel = {0};
        if (count > 1) {
            append_name(&panel, runs, count, place_of_run);
            text_append(&panel, ": ");
        }
        text_append(&panel, "%s", metric ? metric->title : answer->question.metric);
        if (!pairs && c->count)
            text_append(&panel, ", %s \u2212 %s", c->items[0].a, c->items[0].b);
        text_append(&panel, answer->question.higher_is_better ? " (above 0 is better)" : " (below 0 is better)");
        size_t place = any ? place_of(&data->panels, &panel) : 0;
        enough = place != SIZE_MAX;
        text_free(&panel);
        for (size_t j = 0; j < c->count && any && enough && place < DATA_PANELS; j++)
            enough = add_difference(data, place, &answer->question, &c->items[j], pairs);
    }
    return enough;
}

/* True if there is also a row over all groups of the same matching and pair. */
static bool is_summed(const compare_findings *c, const compare_result *r) {
    for (size_t i = 0; i < c->count && r->group; i++) {
        const compare_result *all = &c->items[i];
        if (!all->group && !strcmp(all->matching, r->matching) && !strcmp(all->a, r->a) && !strcmp(all->b, r->b))
            return true;
    }
    return false;
}

/* The fields of a task, one column per matching, in the panel of the pair: the outcome, then the difference a - b. */
static bool add_verdicts(figure_data *data, const compare_run *runs, size_t count, size_t place_of_run) {
    const compare_run *run = &runs[place_of_run];
    const compare_findings *c = run->count ? &run->answers[0].found : NULL;
    for (size_t i = 0; c && i < c->count; i++) {
        const compare_result *r = &c->items[i];
        if (is_summed(c, r))
            continue;
        const char *matching = *r->matching ? r->matching : table_text(&run->e.runs, 0, "matching");
        text task = {0}, column = {0}, pair = {0};
        append_name(&task, runs, count, place_of_run);
        text_append(&column, "equal %s", *matching ? matching : "width");
        text_append(&pair, "%s and %s", r->a, r->b);
        size_t row = place_of(&data->groups, &task), place = place_of(&data->categories, &column);
        size_t panel = place_of(&data->panels, &pair);
        if (row == SIZE_MAX || place == SIZE_MAX || panel == SIZE_MAX ||
            names_index(&data->shown, data->groups.items[row]) == SIZE_MAX)
            return false;
        const interval *found = &r->difference.difference;
        if (!add(data, panel, row, (double)place + 1,
                 (interval){(double)compare_outcome(c, r), found->low, found->high, r->pairs}))
            return false;
    }
    return true;
}

static void append_run(text *words, const results *r) {
    const char *commit = provenance_text(r, "commit"), *cpu = r->hosts.rows ? table_text(&r->hosts, 0, "cpu") : "";
    text_append(words, " Run %s, %.10s", r->name, r->created ? r->created : "");
    text_append(words, "%s%.24s", *commit ? ", commit " : "", commit);
    text_append(words, *cpu ? ", on %.80s." : ".", cpu);
}

/* The confidence of the intervals: runs that took looks have levels of their own. */
static void append_levels(text *words, const compare_run *runs, size_t count) {
    double least = 95, most = 95;
    for (size_t i = 0; i < count; i++) {
        double level = runs[i].levels.difference > 0 ? 100 * (1 - runs[i].levels.difference) : 95;
        least = i ? fmin(least, level) : level;
        most = i ? fmax(most, level) : level;
    }
    text_append(words, "%.4g", least);
    if (most != least)
        text_append(words, " to %.4g", most);
}

gb_status data_of_comparisons(gb_context *context, const compare_run *runs, size_t count, const char *figure_name,
                              figure_data *data, char **caption) {
    const bool matrix = !strcmp(figure_name, "verdicts");
    text words = {0};
    bool enough = matrix || add_groups(data, "difference", "equivalent within");
    for (size_t i = 0; i < count && enough; i++)
        enough = (matrix ? add_verdicts : add_differences)(data, runs, count, i);
    if (matrix)
        text_append(&words, "The outcome of the paired comparison of the two cells' final trials on each task, under "
                            "each matching, at the declared margin; the number of seed pairs is in brackets.");
    else {
        text_append(&words, "Each dot is a mean paired difference over seeds, with its ");
        append_levels(&words, runs, count);
        text_append(&words, " %% interval. The band is the margin within which the two cells count as equivalent; n is "
                            "the number of pairs.");
    }
    for (size_t i = 0; i < count; i++)
        append_run(&words, runs[i].file);
    return finish(context, enough, &words, data, caption,
                  "there is nothing to draw: no pair of arms has two seeds with values");
}

/* The panel of a row: numbers of one paper that share metric and unit. SIZE_MAX: out of memory. */
static size_t panel_of_published(figure_data *data, const published_row *row) {
    text panel = {0};
    const metric_type *metric = metric_find(row->metric);
    bool unit = row->unit && *row->unit && strcmp(row->unit, "parameters") != 0;
    const char *title = metric ? metric->title : row->metric;
    unit = unit && !strstr(title, row->unit); /* "training sequences until the criterion" says it */
    text_append(&panel, "%s%s%s (%s)", title, unit ? ", " : "", unit ? row->unit : "", row->source);
    return place_of(&data->panels, &panel);
}

/* A row of ours beside the paper's. */
static bool add_published(figure_data *data, size_t panel, const published_row *row) {
    text name = {0};
    text_append(&name, "%s, %s%s", row->task, row->cell, row->quick ? ", quick" : "");
    while (!name.failed && names_have(&data->categories, name.data))
        text_append(&name, " ");
    size_t place = place_of(&data->categories, &name);
    interval theirs = {row->value, row->band_low, row->band_high, 1};
    return place != SIZE_MAX && add(data, panel, 0, (double)place + 1, row->ours) &&
           add(data, panel, 1, (double)place + 1, theirs);
}

static bool is_comparable(const published_row *row) {
    return row->ours.n && isfinite(row->ours.estimate) && strcmp(row->outcome, "not comparable") != 0;
}

/* Whether rows of this kind are drawn: what is known exactly, and so has to be met, only where there is nothing else.
 */
static bool is_anchor(const published_row *row) {
    return row->anchor && *row->anchor;
}

/* Sorts the rows by panel. */
static bool add_all_published(figure_data *data, const published_list *published, bool anchors) {
    bool enough = add_groups(data, "ours", "published");
    for (size_t i = 0; i < published->count && enough; i++)
        if (is_comparable(&published->items[i]) && is_anchor(&published->items[i]) == anchors)
            enough = panel_of_published(data, &published->items[i]) != SIZE_MAX;
    const size_t drawn = data->panels.count < DATA_PANELS ? data->panels.count : DATA_PANELS;
    for (size_t panel = 0; panel < drawn; panel++)
        for (size_t i = 0; i < published->count && enough; i++)
            if (is_comparable(&published->items[i]) && is_anchor(&published->items[i]) == anchors &&
                panel_of_published(data, &published->items[i]) == panel)
                enough = add_published(data, panel, &published->items[i]);
    return enough;
}

gb_status data_of_published(gb_context *context, const published_list *published, figure_data *data, char **caption) {
    text words = {0};
    size_t not_comparable = 0, quick = 0, anchors = 0, drawn = 0;
    for (size_t i = 0; i < published->count; i++) {
        const published_row *row = &published->items[i];
        not_comparable += !strcmp(row->outcome, "not comparable");
        anchors += is_comparable(row) && is_anchor(row);
        drawn += is_comparable(row) && !is_anchor(row);
        quick += is_comparable(row) && !is_anchor(row) && row->quick;
    }
    bool enough = add_all_published(data, published, drawn == 0);
    text_append(&words,
                "Dots are our numbers: means over seeds with Student-t 95 %% intervals, for the setting chosen on "
                "validation data. Crosses are published numbers. The shaded band, declared before our runs, is "
                "where a number counts as reproduced.");
    if (not_comparable)
        text_append(&words, " %zu published numbers are not comparable with our runs and are not drawn.",
                    not_comparable);
    if (anchors && drawn)
        text_append(&words, " %zu numbers that are known exactly are in the table, not drawn.", anchors);
    if (quick)
        text_append(&words, " %zu of our numbers come from quick runs.", quick);
    return finish(context, enough, &words, data, caption,
                  "no published number is comparable with one of ours; `gatebench verdict` gives the reasons");
}
