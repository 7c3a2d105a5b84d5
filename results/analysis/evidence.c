/* SPDX-License-Identifier: MIT */
/* Selects the rows of /runs and of the plan that count as evidence. */
#include "results/analysis/evidence.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "results/store/matching_rows.h"
#include "results/store/run_provenance.h"
#include "support/cleanup.h"

static gb_status no_memory(gb_context *context, const results *r) {
    return gb_fail(context, GB_MEMORY, "%s: out of memory for its trials", r->name ? r->name : "results");
}

static bool is_of_stage(const table *t, size_t row, const char *stage) {
    return strcmp(stage, "all") == 0 || !table_find(t, "stage") || strcmp(table_text(t, row, "stage"), stage) == 0;
}

static bool copy_cell(table *to, const table_column *from, size_t row) {
    if (from->type == COLUMN_TEXT)
        return table_set_text(to, from->name, from->texts[row]);
    return from->type == COLUMN_INTEGER ? table_set_integer(to, from->name, from->numbers[row])
                                        : table_set_number(to, from->name, from->numbers[row]);
}

/* A setting that all finished trials share; unfinished trials have it, too. */
static bool is_shared(const results *r, const table_column *column) {
    const table_column *end = table_find(&r->runs, "data_sha256"); /* after the settings */
    bool shared = end && column < end && r->runs.rows > 0 && !table_find(&r->planned, column->name);
    for (size_t row = 1; shared && row < r->runs.rows; row++)
        shared = table_same_cell(column, 0, row);
    return shared && strcmp(column->name, "host") != 0;
}

/* Adds the planned trials of the stage without a result. */
static bool add_unfinished(const results *r, const char *stage, table *runs) {
    CLEANUP(table_free) table added = {0};
    bool ok = true;
    for (size_t row = 0; ok && row < r->planned.rows; row++) {
        const char *status = table_text(&r->planned, row, "status");
        bool unfinished = strcmp(status, "failed") == 0 || strcmp(status, "missing") == 0;
        if (!unfinished || !is_of_stage(&r->planned, row, stage))
            continue;
        ok = table_add_row(&added) && table_set_integer(&added, "run", (double)(r->runs.rows + row));
        for (size_t c = 0; ok && c < r->planned.count; c++)
            ok = copy_cell(&added, &r->planned.columns[c], row);
        for (size_t c = 0; ok && c < r->runs.count; c++)
            if (is_shared(r, &r->runs.columns[c]) && strcmp(r->runs.columns[c].name, "run") != 0)
                ok = copy_cell(&added, &r->runs.columns[c], 0);
    }
    ok = ok && table_append(runs, &added);
    return ok;
}

static bool keep_stage(table *runs, const char *stage) {
    bool *keep = calloc(runs->rows + 1, sizeof *keep);
    for (size_t row = 0; keep && row < runs->rows; row++)
        keep[row] = is_of_stage(runs, row, stage);
    if (keep)
        table_keep_rows(runs, keep);
    free(keep);
    return keep != NULL;
}

/* The settings of the plan that are columns, in the order of the columns; settings of matchings come first. */
static bool list_settings(evidence *e, const name_list *swept) {
    bool ok = true;
    for (int pass = 0; pass < 2; pass++)
        for (size_t c = 0; ok && c < e->runs.count; c++) {
            const char *name = e->runs.columns[c].name;
            bool first = matchings_is_column(name);
            if (first == (pass == 0) && strcmp(name, "seed") != 0 && (first || names_have(swept, name)))
                ok = names_index(&e->settings, name) != SIZE_MAX;
        }
    return ok;
}

gb_status evidence_read(gb_context *context, const results *r, const char *stage, bool by_matching, evidence *e) {
    *e = (evidence){.source = r, .planned = r->planned.rows > 0};
    CLEANUP(names_free) name_list swept = {0};
    if (!table_append(&e->runs, &r->runs) || !keep_stage(&e->runs, stage) || !add_unfinished(r, stage, &e->runs))
        return no_memory(context, r);
    if (by_matching)
        GB_TRY(matchings_split(context, &e->runs));
    GB_TRY(provenance_swept(context, r, &swept));
    GB_TRY(provenance_list(context, r, "carried", &e->carried));
    if (names_index(&swept, "cell") == SIZE_MAX || !list_settings(e, &swept))
        return no_memory(context, r);
    return GB_OK;
}

void evidence_free(evidence *e) {
    table_free(&e->runs);
    names_free(&e->settings);
    names_free(&e->carried);
    *e = (evidence){0};
}

void evidence_keep(evidence *e, const bool *keep) {
    table_keep_rows(&e->runs, keep);
}

static bool copy_names(name_list *to, const name_list *from) {
    bool ok = true;
    for (size_t i = 0; ok && i < from->count; i++)
        ok = names_index(to, from->items[i]) != SIZE_MAX;
    return ok;
}

gb_status evidence_part(gb_context *context, const evidence *e, const bool *keep, evidence *part) {
    *part = (evidence){.source = e->source, .planned = e->planned};
    if (!table_append(&part->runs, &e->runs) || !copy_names(&part->settings, &e->settings) ||
        !copy_names(&part->carried, &e->carried))
        return no_memory(context, e->source);
    evidence_keep(part, keep);
    return GB_OK;
}

gb_status evidence_drop_unfinished(gb_context *context, evidence *e) {
    CLEANUP(free_at) bool *keep = calloc(e->runs.rows + 1, sizeof *keep);
    if (!keep)
        return no_memory(context, e->source);
    for (size_t row = 0; row < e->runs.rows; row++)
        keep[row] = evidence_fate(e, row) < TRIAL_OVER_LIMIT;
    evidence_keep(e, keep);
    return GB_OK;
}

trial_fate evidence_fate(const evidence *e, size_t row) {
    static const char over[] = STORE_OVER_LIMIT;
    const char *status = table_text(&e->runs, row, "status");
    if (strcmp(status, "done") == 0)
        return TRIAL_DONE;
    if (strcmp(status, "diverged") == 0)
        return TRIAL_DIVERGED;
    return strncmp(table_text(&e->runs, row, "reason"), over, sizeof over - 1) == 0 ? TRIAL_OVER_LIMIT : TRIAL_MISSING;
}

void evidence_count(const evidence *e, size_t counts[TRIAL_FATES]) {
    memset(counts, 0, TRIAL_FATES * sizeof *counts);
    for (size_t row = 0; row < e->runs.rows; row++) {
        double run = table_number(&e->runs, row, "run"); /* NaN: planned only, and known by its id */
        bool again =
            row && (isnan(run) ? isnan(table_number(&e->runs, row - 1, "run")) &&
                                     !strcmp(table_text(&e->runs, row, "id"), table_text(&e->runs, row - 1, "id"))
                               : run == table_number(&e->runs, row - 1, "run"));
        counts[evidence_fate(e, row)] += !again;
    }
}

const char *evidence_fate_words(trial_fate fate) {
    static const char *const words[TRIAL_FATES] = {"done", "diverged", "over its limit", "missing"};
    return words[fate];
}

double evidence_value(const evidence *e, size_t row, const char *metric) {
    return evidence_fate(e, row) == TRIAL_DONE ? table_number(&e->runs, row, metric) : NAN;
}

size_t evidence_curve(const evidence *e, size_t row, size_t *first) {
    const table_column *of = table_find(&e->source->curves, "run");
    double run = table_number(&e->runs, row, "run");
    size_t low = 0, high = of && of->type != COLUMN_TEXT && !isnan(run) ? e->source->curves.rows : 0, end = high;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        low = of->numbers[middle] < run ? middle + 1 : low;
        high = of->numbers[middle] < run ? high : middle;
    }
    *first = low;
    while (low < end && of->numbers[low] == run)
        low++;
    return low - *first;
}

bool evidence_varies(const evidence *e, const table_column *column) {
    for (size_t row = 1; row < e->runs.rows; row++)
        if (!table_same_cell(column, 0, row))
            return true;
    return false;
}
