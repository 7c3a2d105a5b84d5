/* SPDX-License-Identifier: MIT */
/* Reads the values of single seeds from the tables of a results file: selects rows and determines panel, group and
 * x. */
#include <fnmatch.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plots/figure_points.h"
#include "results/analysis/evidence.h"
#include "results/store/run_provenance.h"
#include "support/cleanup.h"

enum { NUMBER = 32 }; /* bytes of a number in words */

/* The column that a word of the figure's head refers to. */
typedef struct field {
    const char *name;
    const table_column *column; /* NULL: "metric" or "part" of /metrics, or a panel key that the file lacks */
    bool of_run;                /* a column of /runs */
} field;

typedef struct gathering {
    gb_context *context;
    const figure *f;
    const results *r;
    figure_data *data;
    const table *source;
    const table_column *metric; /* of /metrics */
    bool *final;                /* rows of /runs that are evidence */
    field x, y, group, along;
    field *panels; /* the figure's panel columns, then swept settings that vary within a point */
    size_t panel_count;
    name_list panel_keys; /* the values of `panels` of each panel, each followed by DATA_KEY_END */
    size_t capacity;      /* of data->values */
} gathering;

static const char *const source_names[] = {"/runs", "/metrics", "/curves"};

static bool is_virtual(const gathering *g, const char *name) {
    return g->f->source == FIGURE_METRICS && (!strcmp(name, "metric") || !strcmp(name, "part"));
}

static field find_field(const gathering *g, const char *name) {
    field found = {.name = name};
    if (is_virtual(g, name))
        return found;
    found.column = table_find(g->source, name);
    found.of_run = g->source == &g->r->runs && found.column;
    if (!found.column) {
        found.column = table_find(&g->r->runs, name);
        found.of_run = found.column != NULL;
    }
    return found;
}

static gb_status find_required(const gathering *g, const char *name, field *found) {
    *found = find_field(g, name);
    if (found->column || is_virtual(g, name))
        return GB_OK;
    return gb_fail(g->context, GB_INVALID,
                   "%s: the figure %s draws the column \"%s\", but neither %s nor /runs of this file has it; draw it "
                   "from a run whose recipe sets or measures it",
                   g->r->name, g->f->name, name, source_names[g->f->source]);
}

/* The field as text for a row of the source and its row in /runs. */
static const char *field_text(const gathering *g, const field *from, size_t run, size_t row, char *buffer) {
    if (!from->column && is_virtual(g, from->name)) {
        const char *metric = g->metric->texts[row], *slash = strrchr(metric, '/');
        return strcmp(from->name, "part") != 0 ? metric : slash ? slash + 1 : "";
    }
    if (!from->column)
        return "";
    return table_cell(from->of_run ? &g->r->runs : g->source, from->of_run ? run : row, from->column, buffer, NUMBER);
}

static double column_number(const table_column *column, size_t row) {
    return column && column->type != COLUMN_TEXT ? column->numbers[row] : NAN;
}

static double field_number(const field *from, size_t run, size_t row) {
    return column_number(from->column, from->of_run ? run : row);
}

static bool add_panel_field(gathering *g, field added) {
    field *grown = realloc(g->panels, (g->panel_count + 1) * sizeof *grown);
    if (!grown)
        return false;
    g->panels = grown;
    grown[g->panel_count++] = added;
    return true;
}

/* The key that a trial shares with the others of its point, as far as /runs determines it. */
static void append_point_key(const gathering *g, size_t run, text *key) {
    char buffer[NUMBER];
    for (size_t i = 0; i < g->panel_count; i++)
        text_append(key, "%s\x1f", g->panels[i].of_run ? field_text(g, &g->panels[i], run, 0, buffer) : "");
    text_append(key, "%s\x1f", g->group.of_run ? field_text(g, &g->group, run, 0, buffer) : "");
    text_append(key, "%s", g->x.of_run ? field_text(g, &g->x, run, 0, buffer) : "");
}

/* True if a swept setting differs among trials that would share a point. */
static gb_status varies_within_point(gathering *g, const field *swept, bool *varies) {
    name_list points = {0};
    char **firsts = calloc(g->r->runs.rows + 1, sizeof *firsts);
    bool enough = firsts != NULL;
    *varies = false;
    for (size_t run = 0; enough && run < g->r->runs.rows && !*varies; run++) {
        if (!g->final[run])
            continue;
        text key = {0};
        char buffer[NUMBER];
        append_point_key(g, run, &key);
        size_t known = points.count, point = key.failed || !key.data ? SIZE_MAX : names_index(&points, key.data);
        text_free(&key);
        const char *value = field_text(g, swept, run, 0, buffer);
        if (point == SIZE_MAX)
            enough = false;
        else if (point == known)
            enough = (firsts[point] = strdup(value)) != NULL;
        else
            *varies = strcmp(firsts[point], value) != 0;
    }
    for (size_t i = 0; firsts && i < points.count; i++)
        free(firsts[i]);
    free(firsts);
    names_free(&points);
    return enough ? GB_OK : gb_fail(g->context, GB_MEMORY, "%s: out of memory", g->r->name);
}

/* Adds a swept setting that would otherwise be averaged. */
static gb_status add_swept(gathering *g, const char *name) {
    const table_column *column = table_find(&g->r->runs, name);
    const field candidate = {.name = column->name, .column = column, .of_run = true};
    bool varies;
    GB_TRY(varies_within_point(g, &candidate, &varies));
    if (varies && !names_have(&g->f->pool, candidate.name) && !add_panel_field(g, candidate))
        return gb_fail(g->context, GB_MEMORY, "%s: out of memory", g->r->name);
    return GB_OK;
}

/* The figure's panel columns, and every swept setting that would otherwise be averaged. What was tuned comes last: it
 * follows from the other settings, and panels of its own would separate arms that are compared. In a figure of the
 * tuning one is the axis, and trials with other values are dots on it. */
static gb_status choose_panels(gathering *g) {
    CLEANUP(names_free) name_list swept = {0};
    CLEANUP(names_free) name_list tuned = {0};
    for (size_t i = 0; i < g->f->panels.count; i++)
        if (!add_panel_field(g, find_field(g, g->f->panels.items[i])))
            return gb_fail(g->context, GB_MEMORY, "%s: out of memory", g->r->name);
    GB_TRY(data_swept(g->context, g->r, &swept));
    GB_TRY(provenance_tuned(g->context, g->r, &tuned));
    for (int last = 0; last <= !g->f->tuning; last++)
        for (size_t i = 0; i < swept.count; i++)
            if (names_have(&tuned, swept.items[i]) == (last == 1))
                GB_TRY(add_swept(g, swept.items[i]));
    return GB_OK;
}

/* True if a row of the source belongs to a final trial and, in /metrics, to the i-th requested metric. */
static bool is_drawn(const gathering *g, size_t i, size_t run, size_t row) {
    if (run >= g->r->runs.rows || !g->final[run])
        return false;
    return g->f->source != FIGURE_METRICS || !fnmatch(g->f->metrics.items[i], g->metric->texts[row], 0);
}

/* Appends the label of a value of a column. */
static void append_shown(const gathering *g, const char *column, const char *value, bool with_column, text *t) {
    const char *label = figure_label_of(g->f, column, value);
    if (with_column && !label && strcmp(column, "cell") != 0) {
        for (const char *c = column; *c; c++)
            text_append(t, "%c", *c == '_' ? ' ' : *c);
        text_append(t, " ");
    }
    names_append_clean(t, label ? label : *value ? value : "(none)", SIZE_MAX);
}

/* The index of a value's label in a list; SIZE_MAX: out of memory. */
static size_t shown_index(const gathering *g, name_list *list, const char *column, const char *value) {
    text t = {0};
    append_shown(g, column, value, false, &t);
    size_t place = t.failed ? SIZE_MAX : names_index(list, t.data);
    text_free(&t);
    return place;
}

/* The panel of a row; SIZE_MAX: out of memory. */
static size_t panel_of(gathering *g, size_t run, size_t row) {
    text key = {0};
    char buffer[NUMBER];
    for (size_t i = 0; i < g->panel_count; i++)
        text_append(&key, "%s%c", field_text(g, &g->panels[i], run, row, buffer), DATA_KEY_END);
    size_t panel = key.failed ? SIZE_MAX : names_index(&g->panel_keys, key.data ? key.data : "");
    text_free(&key);
    return panel;
}

/* The group of a row. Bars are grouped by label (the candidate is called c in one cell and o in another), lines by
 * name. SIZE_MAX: out of memory. */
static size_t group_of(gathering *g, size_t run, size_t row) {
    char value[NUMBER], x[NUMBER];
    const char *name = field_text(g, &g->group, run, row, value);
    if (g->f->interval != FIGURE_STACK) {
        size_t group = names_index(&g->data->groups, name);
        bool known = group < g->data->shown.count;
        if (group == SIZE_MAX || known)
            return group;
        return shown_index(g, &g->data->shown, g->f->group, name) == group ? group : SIZE_MAX;
    }
    size_t group = shown_index(g, &g->data->shown, field_text(g, &g->x, run, row, x), name);
    return group == SIZE_MAX ? group : names_index(&g->data->groups, g->data->shown.items[group]);
}

/* Whether the x axis has names, not numbers. */
static bool names_x(const gathering *g) {
    return !g->x.column || g->x.column->type == COLUMN_TEXT;
}

static double x_of(gathering *g, size_t run, size_t row) {
    char buffer[NUMBER];
    if (!names_x(g))
        return field_number(&g->x, run, row);
    size_t place = shown_index(g, &g->data->categories, g->f->x.name, field_text(g, &g->x, run, row, buffer));
    return place == SIZE_MAX ? NAN : (double)place + 1;
}

static bool add_value(gathering *g, size_t run, size_t row, double x, double y) {
    seed_value v = {.run = run, .x = x, .y = y, .correct = NAN, .predictions = NAN};
    v.seed = table_number(&g->r->runs, run, "seed");
    v.panel = panel_of(g, run, row);
    v.group = group_of(g, run, row);
    v.at = *g->f->along && g->f->interval != FIGURE_SURVIVAL ? field_number(&g->along, run, row) : x;
    if (v.panel == SIZE_MAX || v.group == SIZE_MAX)
        return false;
    if (g->f->interval == FIGURE_WILSON) {
        v.correct = table_number(&g->r->runs, run, "correct");
        v.predictions = table_number(&g->r->runs, run, "predictions");
    }
    if (g->data->value_count == g->capacity) {
        size_t capacity = g->capacity ? 2 * g->capacity : 256;
        seed_value *grown = realloc(g->data->values, capacity * sizeof *grown);
        if (!grown)
            return false;
        g->data->values = grown;
        g->capacity = capacity;
    }
    g->data->values[g->data->value_count++] = v;
    return true;
}

/* A trial that exceeded its limit, or diverged before its first validation, has no curve and counts as unsolved. */
static bool add_unvalidated(gathering *g) {
    const evidence e = {.source = g->r, .runs = g->r->runs};
    bool enough = true;
    size_t first;
    for (size_t run = 0; enough && g->f->interval == FIGURE_SURVIVAL && run < g->r->runs.rows; run++)
        if (g->final[run] && evidence_fate(&e, run) != TRIAL_DONE && evidence_curve(&e, run, &first) == 0)
            enough = add_value(g, run, 0, table_number(&g->r->runs, run, "steps"), NAN);
    return enough;
}

/* Adds the values of the rows that are drawn; false: out of memory. */
static bool walk(gathering *g, size_t metric) {
    const table_column *runs = table_find(&g->r->runs, "run"), *of = table_find(g->source, "run");
    size_t run = 0;
    for (size_t row = 0; row < g->source->rows; row++) {
        if (g->source == &g->r->runs) {
            run = row;
        } else if (run >= g->r->runs.rows || column_number(runs, run) != column_number(of, row)) {
            /* The rows of a trial are adjacent, so this is done once per trial. */
            for (run = 0; run < g->r->runs.rows && column_number(runs, run) != column_number(of, row);)
                run++;
        }
        /* The rows of a trial under several matchings are adjacent, too. */
        for (size_t copy = run; copy < g->r->runs.rows; copy++) {
            if (copy > run && (g->source == &g->r->runs || column_number(runs, copy) != column_number(runs, run)))
                break;
            if (!is_drawn(g, metric, copy, row))
                continue;
            double x = x_of(g, copy, row); /* NaN: no place on the axis, or no memory for its name */
            if (isnan(x) ? names_x(g) : !add_value(g, copy, row, x, field_number(&g->y, copy, row)))
                return false;
        }
    }
    return true;
}

/* The i-th value of a panel's key; NULL: out of memory. */
static char *key_part(const char *key, size_t i) {
    for (; i > 0; i--)
        key = strchr(key, DATA_KEY_END) + 1;
    return strndup(key, strcspn(key, (char[]){DATA_KEY_END, '\0'}));
}

/* Names the panels by the columns in which they differ. */
static bool name_panels(gathering *g) {
    const name_list *keys = &g->panel_keys;
    for (size_t p = 0; p < keys->count; p++) {
        text shown = {0};
        for (size_t i = 0; i < g->panel_count; i++) {
            CLEANUP(free_at) char *part = key_part(keys->items[p], i);
            bool differs = false;
            for (size_t q = 0; q < keys->count && part && !differs; q++) {
                CLEANUP(free_at) char *other = key_part(keys->items[q], i);
                shown.failed = shown.failed || !other;
                differs = other && strcmp(part, other) != 0;
            }
            shown.failed = shown.failed || !part;
            if (differs && shown.length)
                text_append(&shown, ", ");
            if (differs)
                append_shown(g, g->panels[i].name, part, true, &shown);
        }
        /* Two keys may have the same label; they remain two panels. */
        char **grown = realloc(g->data->panels.items, (p + 1) * sizeof *grown);
        if (grown) {
            g->data->panels.items = grown;
            grown[p] = shown.failed ? NULL : strdup(shown.data ? shown.data : "");
        }
        text_free(&shown);
        if (!grown || !grown[p])
            return false;
        g->data->panels.count = p + 1;
    }
    return true;
}

static gb_status find_fields(gathering *g) {
    const figure *f = g->f;
    if (f->source == FIGURE_METRICS) {
        g->metric = table_find(g->source, "metric");
        if (!g->metric || g->metric->type != COLUMN_TEXT)
            return gb_fail(g->context, GB_INVALID, "%s: the figure %s draws /metrics, which this file lacks",
                           g->r->name, f->name);
    }
    field unused;
    GB_TRY(find_required(g, f->y.name, &g->y));
    GB_TRY(find_required(g, f->x.name, &g->x));
    GB_TRY(find_required(g, f->group, &g->group));
    if (*f->along)
        GB_TRY(find_required(g, f->along, &g->along));
    if (f->source != FIGURE_RUNS)
        GB_TRY(find_required(g, "run", &unused));
    if (f->interval != FIGURE_WILSON)
        return GB_OK;
    GB_TRY(find_required(g, "correct", &unused));
    return find_required(g, "predictions", &unused);
}

static gb_status gather(gathering *g) {
    gb_status status = find_fields(g);
    if (status == GB_OK)
        status = data_choose_trials(g->context, g->f, g->r, g->data, &g->final);
    if (status == GB_OK)
        status = choose_panels(g);
    /* One metric at a time, so that panels are in the order of the figure's list. */
    size_t walks = g->f->source == FIGURE_METRICS ? g->f->metrics.count : 1;
    for (size_t i = 0; i < walks && status == GB_OK; i++)
        if (!walk(g, i) || !add_unvalidated(g))
            status = gb_fail(g->context, GB_MEMORY, "%s: out of memory", g->r->name);
    if (status == GB_OK &&
        (!name_panels(g) || (g->f->source == FIGURE_RUNS && !g->data->categories.count && !data_drop_single(g->data))))
        status = gb_fail(g->context, GB_MEMORY, "%s: out of memory", g->r->name);
    if (status == GB_OK && !g->data->value_count)
        status = gb_fail(
            g->context, GB_INVALID,
            "%s: %s has no \"%s\" of a final trial; name it under `measure:` in the recipe and run that again",
            g->r->name, source_names[g->f->source], g->f->metrics.count ? g->f->metrics.items[0] : g->f->y.name);
    if (status == GB_OK)
        data_limit_panels(g->data);
    return status;
}

gb_status data_gather(gb_context *context, const figure *f, const results *r, figure_data *data) {
    *data = (figure_data){0};
    const table *sources[] = {&r->runs, &r->metrics, &r->curves};
    gathering g = {.context = context, .f = f, .r = r, .data = data, .source = sources[f->source]};
    gb_status status = gather(&g);
    free(g.final);
    free(g.panels);
    names_free(&g.panel_keys);
    if (status == GB_OK)
        status = data_aggregate(context, f, r, data);
    if (status == GB_OK && f->source != FIGURE_CURVES && f->interval != FIGURE_STACK)
        status = data_add_baselines(context, f, r, data);
    if (status != GB_OK)
        data_free(data);
    return status;
}
