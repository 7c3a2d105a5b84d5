/* SPDX-License-Identifier: MIT */
/* The papers' numbers compared with ours: each row of results/published/x.yaml with the results that measured the same
 * quantity. If the conditions differ, the row is not comparable. */
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "results/claims/rule.h"
#include "support/cleanup.h"
#include "support/file.h"

#define TOLERANCE 0.05 /* tolerance of a paper's number of parameters */

/* Our trials for one published number: those of one arm, or of several arms pooled by a list under `where:`. */
typedef struct measured {
    double *values, *sequence_means;
    size_t count, trials, cut;
    double parameters;
    const char *cell; /* the row's cell that was found */
    size_t row;       /* the first of the trials */
    bool as_paper;    /* with the paper's own settings */
    const rule_run *run;
} measured;

/* True if the trial has the row's `where:` settings; a list gives several values. */
static bool where_holds(const yaml_node *where, const table *runs, size_t row) {
    for (size_t i = 0; where && i < where->count; i++) {
        const yaml_node *wanted = &where->children[i];
        char number[64];
        const table_column *column = table_find(runs, wanted->key);
        const char *cell = table_cell(runs, row, column, number, sizeof number);
        bool found = wanted->kind == YAML_SCALAR && strcmp(cell, wanted->text) == 0;
        for (size_t j = 0; wanted->kind == YAML_LIST && j < wanted->count && !found; j++)
            found = wanted->children[j].text && strcmp(cell, wanted->children[j].text) == 0;
        if (!column || !found)
            return false;
    }
    return true;
}

/* True if the trial was still improving at the step limit: its best validation was in the last tenth. */
static bool was_cut(const table *runs, size_t row) {
    double run = table_number(runs, row, "steps_run"), limit = table_number(runs, row, "steps");
    return limit > 0 && run >= limit && table_number(runs, row, "best_step") > 0.9 * run;
}

/* True if an arm's trials are pooled with the first arm's: they differ only in a list under `where:`. */
static bool is_pooled(const yaml_node *where, const measured *m, const table *runs, size_t row) {
    const name_list *settings = &m->run->trials.settings;
    for (size_t i = 0; m->trials && i < settings->count; i++) {
        const yaml_node *list = yaml_get(where, settings->items[i]);
        const table_column *column = table_find(runs, settings->items[i]);
        if (column && !(list && list->kind == YAML_LIST) && !table_same_cell(column, m->row, row))
            return false;
    }
    return true;
}

static void take_arm(measured *m, const trial_arm *arm, const char *metric) {
    const evidence *e = &m->run->trials;
    if (m->trials == 0)
        m->row = arm->rows[0];
    m->parameters = table_number(&e->runs, arm->rows[0], "cell_parameters");
    for (size_t i = 0; i < arm->count; i++) {
        size_t row = arm->rows[i];
        double value = evidence_value(e, row, metric);
        m->trials += evidence_fate(e, row) != TRIAL_MISSING;
        m->cut += was_cut(&e->runs, row);
        if (isnan(value))
            continue;
        m->sequence_means[m->count] =
            strcmp(metric, "nll") == 0 ? table_number(&e->runs, row, "nll_sequence_mean") : NAN;
        m->values[m->count++] = value;
    }
}

static bool is_anchor(const yaml_node *row) {
    return strcmp(yaml_text(row, "anchor", "no"), "yes") == 0;
}

/* An anchor is judged by the trials that measured it. Otherwise trials without training only have counts. */
static bool tells(const yaml_node *row, const table *runs, size_t trial) {
    const char *quirk = table_text(runs, trial, "quirk");
    if (*quirk && strcmp(quirk, "none") != 0) /* a mistake repeated on purpose */
        return false;
    if (is_anchor(row))
        return !isnan(table_number(runs, trial, yaml_text(row, "metric", "")));
    return table_number(runs, trial, "steps") != 0 || strcmp(yaml_text(row, "task", ""), "count") == 0 ||
           strcmp(yaml_text(row, "task", ""), "museum") == 0;
}

/* How similar a trial must be to the paper's. */
typedef enum likeness { AS_PAPER_AND_SIZE, AS_PAPER, SAME_TASK } likeness;

static bool is_like(const yaml_node *node, const table *runs, size_t row, likeness wanted) {
    double parameters = yaml_number(node, "parameters", NAN), own = table_number(runs, row, "cell_parameters");
    if (wanted <= AS_PAPER && !where_holds(yaml_get(node, "paper"), runs, row))
        return false;
    return wanted != AS_PAPER_AND_SIZE || isnan(parameters) ||
           rule_about_equal(own, parameters, yaml_number(node, "parameter_tolerance", TOLERANCE));
}

/* Collects the trials of a run and cell that are this similar to the paper's; false: out of memory. */
static bool measure_run(const yaml_node *row, const rule_run *run, const char *cell, likeness wanted, measured *m) {
    const table *runs = &run->trials.runs;
    const yaml_node *where = yaml_get(row, "where");
    free(m->values);
    free(m->sequence_means);
    *m = (measured){.parameters = NAN, .as_paper = wanted <= AS_PAPER, .run = run, .cell = cell};
    m->values = calloc(runs->rows + 1, sizeof(double));
    m->sequence_means = calloc(runs->rows + 1, sizeof(double));
    if (!m->values || !m->sequence_means)
        return false;
    for (size_t k = 0; k < run->arms.count; k++) {
        const trial_arm *arm = &run->arms.items[k];
        size_t first = arm->rows[0];
        if (arm->fates[TRIAL_MISSING] < arm->count && strcmp(table_text(runs, first, "cell"), cell) == 0 &&
            strcmp(table_text(runs, first, "task"), yaml_text(row, "task", "")) == 0 && tells(row, runs, first) &&
            where_holds(where, runs, first) && is_like(row, runs, first, wanted) && is_pooled(where, m, runs, first))
            take_arm(m, arm, yaml_text(row, "metric", ""));
    }
    return true;
}

/* Finds the first cell of the list and the first run, quick ones last, with trials of the paper's settings and size,
 * else of its settings, else of the same task; false: out of memory. */
static bool measure(const yaml_node *row, const rule_run *runs, size_t count, measured *m) {
    const yaml_node *cells = yaml_get(row, "measured_by");
    *m = (measured){.parameters = NAN};
    for (likeness wanted = AS_PAPER_AND_SIZE; wanted <= SAME_TASK; wanted++)
        for (size_t c = 0; cells && c < cells->count; c++)
            for (size_t i = 0; i < 2 * count && !m->trials; i++)
                /* NOLINTNEXTLINE(clang-analyzer-core.DivideZero): with a count of 0 nothing is looped over */
                if (runs[i % count].quick == (i >= count) &&
                    !measure_run(row, &runs[i % count], cells->children[c].text, wanted, m))
                    return false;
    return true;
}

/* Lists the settings of `paper:` that differ from ours. */
static void append_differences(const yaml_node *paper, const measured *m, text *reason) {
    const table *runs = &m->run->trials.runs;
    for (size_t i = 0; i < paper->count; i++) {
        const char *name = paper->children[i].key, *wanted = paper->children[i].text;
        char cell[64];
        const char *ours = table_cell(runs, m->row, table_find(runs, name), cell, sizeof cell);
        if (wanted && strcmp(ours, wanted) != 0)
            text_append(reason, "; the paper's %s is %s, ours %s", name, wanted, *ours ? ours : "none");
    }
}

static bool in_band(const published_row *row, double value) {
    return value >= row->band_low && value <= row->band_high;
}

static void set_outcome(published_row *row, const char *outcome) {
    snprintf(row->outcome, sizeof row->outcome, "%s", outcome);
}

/* The outcome of a measured row, and the reason. */
static void judge_row(const yaml_node *node, const measured *m, published_row *row, text *reason) {
    char source[512];
    double wanted = yaml_number(node, "parameters", NAN),
           tolerance = yaml_number(node, "parameter_tolerance", TOLERANCE);
    double sequence_mean = statistics_mean(m->sequence_means, m->count);
    text_append(reason, "ours: %s", m->cell);
    if (strcmp(row->metric, "cell_parameters") != 0 && !isnan(m->parameters)) {
        text_append(reason, " with ");
        text_append_count(reason, m->parameters);
        text_append(reason, " recurrent parameters");
    }
    text_append(reason, ", %zu of %zu trials, %s", m->count, m->trials,
                rule_source(m->run->file, source, sizeof source));
    if (!m->as_paper) {
        set_outcome(row, "not comparable");
        append_differences(yaml_get(node, "paper"), m, reason);
    } else if (!isnan(wanted) && !rule_about_equal(m->parameters, wanted, tolerance)) {
        set_outcome(row, "not comparable");
        text_append(reason, "; the paper's network has about ");
        text_append_count(reason, wanted);
    } else if (isnan(row->band_low)) {
        set_outcome(row, "not comparable");
        text_append(reason, "; no band was declared for it");
    } else if (m->count == 0) {
        set_outcome(row, "not reproduced");
        text_append(reason, "; no trial has a value: it diverged, or did not meet a criterion");
    } else if (2 * m->cut >= m->trials && m->cut) {
        set_outcome(row, "not comparable");
        text_append(reason, "; %zu of %zu trials were still improving at the step limit", m->cut, m->trials);
    } else if (!isnan(sequence_mean) && in_band(row, row->ours.estimate) != in_band(row, sequence_mean)) {
        set_outcome(row, "not comparable");
        text_append(reason,
                    "; of frame mean %.3f and sequence mean %.3f only one is in the band, and the paper does not say "
                    "which it used",
                    row->ours.estimate, sequence_mean);
    } else {
        set_outcome(row, in_band(row, row->ours.estimate) ? "reproduced" : "not reproduced");
        if (!isnan(sequence_mean))
            text_append(reason, "; sequence mean %.3f", sequence_mean);
    }
}

static char *copy_text(const yaml_node *first, const yaml_node *second, const char *key) {
    return strdup(yaml_text(first, key, yaml_text(second, key, "")));
}

/* The name of the task with its options from `where:` and `paper:` (NULL: none): "music set=jsb". */
static char *task_name(const yaml_node *node, const yaml_node *paper) {
    text t = {0};
    const yaml_node *where = yaml_get(node, "where");
    text_append(&t, "%s", yaml_text(node, "task", ""));
    for (size_t i = 0; where && i < where->count; i++)
        if (where->children[i].kind == YAML_SCALAR)
            text_append(&t, " %s=%s", where->children[i].key, where->children[i].text);
    for (size_t i = 0; paper && i < paper->count; i++)
        text_append(&t, " %s=%s", paper->children[i].key, paper->children[i].text ? paper->children[i].text : "");
    return t.data;
}

static bool fill_row(const yaml_node *root, const yaml_node *node, const rule_run *runs, size_t count,
                     published_row *row) {
    const yaml_node *band = yaml_get(node, "band");
    measured m;
    text reason = {0};
    *row = (published_row){
        .value = yaml_number(node, "value", NAN), .band_low = NAN, .band_high = NAN, .ours = {NAN, NAN, NAN, 0}};
    snprintf(row->bound, sizeof row->bound, "%s", yaml_text(node, "bound", ""));
    row->anchor = is_anchor(node) ? task_name(node, NULL) : strdup("");
    row->source = copy_text(root, root, "source");
    row->task = task_name(node, yaml_get(node, "paper"));
    row->cell = copy_text(node, node, "cell");
    row->metric = copy_text(node, node, "metric");
    row->unit = copy_text(node, root, "unit");
    row->protocol = copy_text(node, root, "protocol");
    if (band && band->count == 2) {
        row->band_low = strtod(band->children[0].text, NULL);
        row->band_high = strtod(band->children[1].text, NULL);
    }
    const char *incomparable = yaml_text(node, "incomparable", NULL);
    bool good = measure(node, runs, count, &m);
    if (incomparable) {
        set_outcome(row, "not comparable");
        text_append(&reason, "%s", incomparable);
    } else if (good && m.trials) {
        row->quick = m.run->quick;
        row->run = strdup(m.run->file->name);
        row->ours = statistics_mean_interval(m.values, m.count, 0.95);
        if (strcmp(yaml_text(node, "exact", "no"), "yes") == 0) /* a count has no spread over seeds */
            row->ours.low = row->ours.high = row->ours.estimate;
        judge_row(node, &m, row, &reason);
    } else {
        set_outcome(row, "not run");
        text_append(&reason, "run the recipe %s", yaml_text(node, "recipe", yaml_text(root, "recipe", "")));
    }
    if (!row->run)
        row->run = strdup("");
    free(m.values);
    free(m.sequence_means);
    good = good && !reason.failed && row->anchor && row->run && row->source && row->task && row->cell && row->metric &&
           row->unit && row->protocol;
    row->reason = reason.data;
    return good;
}

static void check_row(const yaml_document *document, const yaml_node *node, yaml_errors *errors) {
    static const char *const keys[] = {"task", "cell", "metric"};
    const yaml_node *cells = yaml_get(node, "measured_by"), *band = yaml_get(node, "band");
    double number;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (!yaml_text(node, keys[i], NULL))
            yaml_error(errors, document, node, false, "this number has no %s", keys[i]);
    if (!text_is_number(yaml_text(node, "value", ""), &number))
        yaml_error(errors, document, node, false, "this number has no value");
    if (!cells || cells->kind != YAML_LIST || cells->count == 0)
        yaml_error(errors, document, node, false, "measured_by must list our cells that correspond to the paper's");
    for (size_t i = 0; cells && i < cells->count; i++)
        if (cells->children[i].kind != YAML_SCALAR)
            yaml_error(errors, document, &cells->children[i], false, "this is not the name of a cell");
    bool good = !band || (band->kind == YAML_LIST && band->count == 2);
    for (size_t i = 0; good && band && i < 2; i++)
        good = band->children[i].kind == YAML_SCALAR && text_is_number(band->children[i].text, &number);
    if (!good)
        yaml_error(errors, document, band, false, "a band is two numbers, [low, high]");
}

static gb_status judge_document(gb_context *context, const yaml_document *document, yaml_errors *errors,
                                const rule_run *runs, size_t count, published_list *list) {
    const yaml_node *numbers = yaml_get(&document->root, "numbers");
    if (!numbers || numbers->kind != YAML_LIST)
        yaml_error(errors, document, &document->root, false, "there is no list `numbers:`");
    for (size_t i = 0; numbers && i < numbers->count; i++)
        check_row(document, &numbers->children[i], errors);
    if (!numbers || errors->count)
        return GB_INVALID;
    published_row *grown = realloc(list->items, (list->count + numbers->count + 1) * sizeof *grown);
    if (grown)
        list->items = grown;
    for (size_t i = 0; grown && i < numbers->count; i++)
        if (!fill_row(&document->root, &numbers->children[i], runs, count, &list->items[list->count++]))
            grown = NULL;
    return grown ? GB_OK : gb_fail(context, GB_MEMORY, "%s: out of memory while judging its numbers", document->path);
}

static gb_status judge_file(gb_context *context, const char *name, const rule_run *runs, size_t count,
                            published_list *list) {
    char shared[PATH_MAX], path[PATH_MAX];
    CLEANUP(yaml_free_at) yaml_document *document = NULL;
    CLEANUP(yaml_errors_free) yaml_errors errors = {0};
    snprintf(shared, sizeof shared, "published/%s", name);
    gb_status status = file_find_shared(context, shared, path, sizeof path);
    if (status == GB_OK)
        status = yaml_read(context, path, &document, &errors);
    if (status == GB_OK)
        status = judge_document(context, document, &errors, runs, count, list);
    if (status == GB_INVALID && errors.text)
        status = gb_fail(context, GB_INVALID, "%s", errors.text);
    return status;
}

/* Trained numbers of a task whose anchor was not reproduced are not compared. */
static bool stop_by_anchors(published_list *list) {
    for (size_t i = 0; i < list->count; i++) {
        const published_row *anchor = &list->items[i];
        size_t length = strlen(anchor->anchor);
        for (size_t k = 0; length && !strcmp(anchor->outcome, "not reproduced") && k < list->count; k++) {
            published_row *row = &list->items[k];
            char *reason;
            if (*row->anchor || strncmp(row->task, anchor->anchor, length) != 0 ||
                (row->task[length] && row->task[length] != ' ') || !strcmp(row->outcome, "not run"))
                continue;
            set_outcome(row, "not comparable");
            if (asprintf(&reason, "not judged: the exactly known number (anchor) of %s, %s, is %.6g but should be %.6g",
                         anchor->task, anchor->metric, anchor->ours.estimate, anchor->value) < 0)
                return false;
            free(row->reason);
            row->reason = reason;
        }
    }
    return true;
}

gb_status published_judge(gb_context *context, results *const *all, size_t count, published_list *list) {
    CLEANUP(file_free_list_at) char **names = NULL;
    rule_run *runs = NULL;
    *list = (published_list){0};
    gb_status status = rule_runs_open(context, all, count, &runs);
    if (status == GB_OK)
        status = file_list_shared(context, "published", ".yaml", &names);
    for (size_t i = 0; status == GB_OK && names[i]; i++)
        status = judge_file(context, names[i], runs, count, list);
    if (status == GB_OK && !stop_by_anchors(list))
        status = gb_fail(context, GB_MEMORY, "out of memory while judging published numbers");
    rule_runs_close(runs, runs ? count : 0);
    if (status != GB_OK)
        published_free(list);
    return status;
}

int published_decimals(const published_row *row) {
    double value = fabs(row->value), ours = fabs(row->ours.estimate);
    if (value >= 10 && value == floor(value))
        return 0;
    double least = row->ours.n && ours > 0 && ours < value ? ours : value;
    return least < 0.001 ? 6 : least < 1 ? 4 : 3;
}

/* Counts are written with commas. */
static void append_number(text *words, double value, int decimals) {
    if (fabs(value) >= 1000)
        text_append_count(words, value);
    else
        text_append(words, "%.*f", decimals, value);
}

void published_append_theirs(const published_row *row, text *words) {
    int decimals = published_decimals(row);
    text_append(words, "%s", strcmp(row->bound, "above") == 0 ? "< " : strcmp(row->bound, "below") == 0 ? "> " : "");
    append_number(words, row->value, decimals == 3 ? 2 : decimals); /* as papers print values in nats */
}

void published_append_ours(const published_row *row, double value, text *words) {
    append_number(words, value, published_decimals(row));
}

bool published_is_compared(const published_row *row) {
    return strcmp(row->outcome, "reproduced") == 0 || strcmp(row->outcome, "not reproduced") == 0;
}

void published_free(published_list *list) {
    for (size_t i = 0; i < list->count; i++) {
        published_row *row = &list->items[i];
        char *texts[] = {row->source,   row->task, row->cell,   row->metric, row->unit,
                         row->protocol, row->run,  row->reason, row->anchor};
        for (size_t j = 0; j < sizeof texts / sizeof *texts; j++)
            free(texts[j]);
    }
    free(list->items);
    *list = (published_list){0};
}
