/* SPDX-License-Identifier: MIT */
/* The tuning stage of a results file, sorted into arms and candidates. */
#include "results/analysis/tuning.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "results/statistics/statistics.h"
#include "support/text.h"
#include "support/yaml.h"

/* The recipe that the file carries; *document NULL when it has none. */
static gb_status read_recipe(gb_context *context, const results *r, yaml_document **document) {
    yaml_errors errors = {0};
    const char *resolved = "";
    *document = NULL;
    for (size_t row = 0; row < r->provenance.rows; row++)
        if (strcmp(table_text(&r->provenance, row, "name"), "resolved") == 0)
            resolved = table_text(&r->provenance, row, "value");
    gb_status status = *resolved ? yaml_read_text(context, r->path, resolved, document, &errors) : GB_OK;
    if (status == GB_INVALID)
        status =
            gb_fail(context, GB_INVALID, "%s: %s", r->path, errors.text ? errors.text : "its recipe cannot be read");
    yaml_errors_free(&errors);
    return status;
}

/* Columns of /runs, each once. */
typedef struct column_list {
    const table_column **items;
    size_t count;
} column_list;

static bool add_column(column_list *list, const table *runs, const char *name) {
    const table_column *column = table_find(runs, name);
    for (size_t i = 0; column && i < list->count; i++)
        if (list->items[i] == column)
            return true;
    if (!column || strcmp(name, "seed") == 0)
        return true;
    const table_column **grown = realloc(list->items, (list->count + 1) * sizeof(table_column *));
    if (!grown)
        return false;
    list->items = grown;
    grown[list->count++] = column;
    return true;
}

/* The keys of a map, of each map of a list, and of a `zip` among them. */
static bool add_keys(column_list *list, const table *runs, const yaml_node *node) {
    bool good = true;
    for (size_t i = 0; good && node && i < node->count; i++) {
        const yaml_node *child = &node->children[i];
        if (node->kind == YAML_LIST || strcmp(child->key, "zip") == 0)
            good = add_keys(list, runs, child);
        else
            good = add_column(list, runs, child->key);
    }
    return good;
}

static bool holds_column(const column_list *list, const char *name) {
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->items[i]->name, name) == 0)
            return true;
    return false;
}

static bool find_columns(const yaml_node *recipe, const table *runs, column_list *arms, column_list *tuned) {
    bool good = add_keys(tuned, runs, yaml_get(recipe, "tune"));
    good = good && add_column(arms, runs, "task") && add_keys(arms, runs, yaml_get(recipe, "zip")) &&
           add_keys(arms, runs, yaml_get(recipe, "sweep"));
    static const char *const matched[] = {"hidden", "steps"}; /* as matching sets them, unless they are tuned */
    for (size_t i = 0; good && i < sizeof matched / sizeof *matched; i++)
        good = holds_column(tuned, matched[i]) || add_column(arms, runs, matched[i]);
    return good;
}

static bool same_cells(const column_list *columns, size_t a, size_t b) {
    for (size_t i = 0; i < columns->count; i++) {
        const table_column *c = columns->items[i];
        if (c->type == COLUMN_TEXT ? strcmp(c->texts[a], c->texts[b]) != 0
                                   : c->numbers[a] != c->numbers[b] && !(isnan(c->numbers[a]) && isnan(c->numbers[b])))
            return false;
    }
    return true;
}

/* Sorting in */

typedef struct sorting {
    const table *runs;
    column_list arm_columns;
    tuning *out;
} sorting;

static tuning_arm *arm_of(sorting *s, size_t row) {
    tuning *t = s->out;
    for (size_t i = 0; i < t->count; i++)
        if (same_cells(&s->arm_columns, t->arms[i].candidates[0].row, row))
            return &t->arms[i];
    tuning_arm *grown = realloc(t->arms, (t->count + 1) * sizeof *grown);
    if (!grown)
        return NULL;
    t->arms = grown;
    grown[t->count] = (tuning_arm){0};
    return &grown[t->count++];
}

static tuning_candidate *candidate_of(sorting *s, tuning_arm *arm, size_t row) {
    const column_list tuned = {s->out->settings, s->out->setting_count};
    for (size_t i = 0; i < arm->count; i++)
        if (same_cells(&tuned, arm->candidates[i].row, row))
            return &arm->candidates[i];
    tuning_candidate *grown = realloc(arm->candidates, (arm->count + 1) * sizeof *grown);
    if (!grown)
        return NULL;
    arm->candidates = grown;
    grown[arm->count] = (tuning_candidate){.row = row};
    return &grown[arm->count++];
}

static bool take_row(sorting *s, size_t row) {
    tuning_arm *arm = arm_of(s, row);
    if (!arm)
        return false;
    tuning_candidate *c = candidate_of(s, arm, row);
    double *grown = c ? realloc(c->scores, (c->seeds + 1) * sizeof *grown) : NULL;
    if (!grown) {
        if (arm->count == 0) /* an arm without candidates has no row to be known by */
            s->out->count--;
        return false;
    }
    c->scores = grown;
    bool done = strcmp(table_text(s->runs, row, "status"), "done") == 0;
    grown[c->seeds++] = done ? table_number(s->runs, row, "valid_loss") : NAN;
    return true;
}

/* Choosing, as the engine does: the lowest mean, the first of equals. A trial that went over its limits has no row. */

static void choose(tuning_arm *arm) {
    size_t seeds = 0;
    arm->chosen = arm->count;
    for (size_t i = 0; i < arm->count; i++)
        seeds = arm->candidates[i].seeds > seeds ? arm->candidates[i].seeds : seeds;
    for (size_t i = 0; i < arm->count; i++) {
        tuning_candidate *c = &arm->candidates[i];
        double sum = c->seeds < seeds ? INFINITY : 0;
        for (size_t k = 0; k < c->seeds; k++)
            sum += isnan(c->scores[k]) ? INFINITY : c->scores[k];
        c->mean = sum / (double)c->seeds;
        if (c->mean < (arm->chosen < arm->count ? arm->candidates[arm->chosen].mean : INFINITY))
            arm->chosen = i;
    }
}

static bool name_arm(const sorting *s, tuning_arm *arm) {
    text words = {0};
    text_append(&words, "%s", "");
    for (size_t i = 0; i < s->arm_columns.count; i++) {
        const column_list one = {&s->arm_columns.items[i], 1};
        bool varies = false;
        char cell[256];
        for (size_t k = 1; k < s->out->count && !varies; k++)
            varies = !same_cells(&one, s->out->arms[0].candidates[0].row, s->out->arms[k].candidates[0].row);
        if (varies)
            text_append(&words, "%s%s %s", words.length ? ", " : "", one.items[0]->name,
                        table_cell(s->runs, arm->candidates[0].row, one.items[0], cell, sizeof cell));
    }
    arm->name = words.data;
    return !words.failed;
}

/* How a chosen number lies among the different ones that were tried. */
static void append_edge(const sorting *s, const tuning_arm *arm, const table_column *column, text *words) {
    size_t below = 0, above = 0, distinct = 0;
    double chosen = column->numbers[arm->candidates[arm->chosen].row];
    for (size_t i = 0; i < arm->count; i++) {
        double value = column->numbers[arm->candidates[i].row];
        bool seen = false;
        for (size_t k = 0; k < i && !seen; k++)
            seen = column->numbers[arm->candidates[k].row] == value;
        distinct += !seen;
        below += value < chosen;
        above += value > chosen;
    }
    char cell[64];
    if (distinct > 1 && (below == 0 || above == 0))
        text_append(words, "%s%s %s is the %s of %zu tried", words->length ? "; " : "", column->name,
                    table_cell(s->runs, arm->candidates[arm->chosen].row, column, cell, sizeof cell),
                    below == 0 ? "smallest" : "largest", distinct);
}

static bool find_edges(const sorting *s, tuning_arm *arm) {
    text words = {0};
    text_append(&words, "%s", "");
    for (size_t i = 0; arm->chosen < arm->count && i < s->out->setting_count; i++)
        if (s->out->settings[i]->type != COLUMN_TEXT)
            append_edge(s, arm, s->out->settings[i], &words);
    arm->edges = words.data;
    return !words.failed;
}

static bool sort_in(sorting *s) {
    bool good = true;
    for (size_t row = 0; good && row < s->runs->rows; row++)
        if (strcmp(table_text(s->runs, row, "stage"), "tune") == 0)
            good = take_row(s, row);
    for (size_t i = 0; good && i < s->out->count; i++) {
        tuning_arm *arm = &s->out->arms[i];
        choose(arm);
        good = name_arm(s, arm) && find_edges(s, arm);
        s->out->most_candidates = arm->count > s->out->most_candidates ? arm->count : s->out->most_candidates;
    }
    return good;
}

gb_status tuning_read(gb_context *context, const results *r, tuning *out) {
    yaml_document *document;
    column_list tuned = {0};
    *out = (tuning){0};
    sorting s = {.runs = &r->runs, .out = out};
    gb_status status = read_recipe(context, r, &document);
    if (status)
        return status;
    bool good = !document || find_columns(&document->root, &r->runs, &s.arm_columns, &tuned);
    out->settings = tuned.items;
    out->setting_count = tuned.count;
    if (good && tuned.count)
        good = sort_in(&s);
    free(s.arm_columns.items);
    yaml_free(document);
    if (good)
        return GB_OK;
    tuning_free(out);
    return gb_fail(context, GB_MEMORY, "%s: out of memory for its tuning", r->name);
}

void tuning_free(tuning *t) {
    for (size_t i = 0; i < t->count; i++) {
        for (size_t k = 0; k < t->arms[i].count; k++)
            free(t->arms[i].candidates[k].scores);
        free(t->arms[i].candidates);
        free(t->arms[i].name);
        free(t->arms[i].edges);
    }
    free(t->arms);
    free(t->settings);
    *t = (tuning){0};
}

double tuning_expected_best(const tuning_arm *arm, size_t k) {
    double *means = calloc(arm->count + 1, sizeof *means), best = NAN;
    size_t n = 0;
    for (size_t i = 0; means && i < arm->count; i++)
        if (isfinite(arm->candidates[i].mean))
            means[n++] = arm->candidates[i].mean;
    if (n)
        best = statistics_expected_best(means, n, k, 0);
    free(means);
    return best;
}
