/* SPDX-License-Identifier: MIT */
/* Selects the trials of a figure: those that are evidence, and with `one=` those of one setting. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plots/figure_points.h"
#include "results/analysis/evidence.h"
#include "results/store/run_provenance.h"

/* The values of the figure's `one=` columns of a row, "input 64, hidden 64"; false: out of memory. */
static bool append_setting(const figure *f, const results *r, size_t row, text *t) {
    for (size_t i = 0; i < f->one.count; i++) {
        const table_column *column = table_find(&r->runs, f->one.items[i]);
        char buffer[96];
        if (column)
            text_append(t, "%s%s %s", t->length ? ", " : "", column->name,
                        table_cell(&r->runs, row, column, buffer, sizeof buffer));
    }
    return !t->failed;
}

/* Keeps the trials of one setting: the one with the most trials, of equal ones the last. */
static bool keep_one(const figure *f, const results *r, bool *final, char **chosen) {
    name_list settings = {0};
    size_t rows = r->runs.rows, best = 0;
    size_t *of = calloc(rows + 1, sizeof *of), *trials = calloc(rows + 1, sizeof *trials);
    bool enough = of && trials;
    for (size_t row = 0; enough && row < rows; row++) {
        text setting = {0};
        of[row] = SIZE_MAX;
        if (!final[row])
            continue;
        enough = append_setting(f, r, row, &setting);
        of[row] = enough ? names_index(&settings, setting.data ? setting.data : "") : SIZE_MAX;
        text_free(&setting);
        enough = of[row] != SIZE_MAX;
        if (enough)
            trials[of[row]]++;
    }
    for (size_t i = 0; enough && i < settings.count; i++)
        best = trials[i] >= trials[best] ? i : best;
    for (size_t row = 0; enough && row < rows; row++)
        final[row] = final[row] && of[row] == best;
    if (enough && best < settings.count)
        enough = (*chosen = strdup(settings.items[best])) != NULL;
    names_free(&settings);
    free(of);
    free(trials);
    return enough;
}

/* True for a trial that exceeded its limit of time or memory: it has no values and did not solve its task. */
static bool is_over_limit(const results *r, size_t row, const char *stage) {
    const evidence e = {.source = r, .runs = r->runs};
    return !strcmp(table_text(&r->runs, row, "stage"), stage) && evidence_fate(&e, row) == TRIAL_OVER_LIMIT;
}

gb_status data_choose_trials(gb_context *context, const figure *f, const results *r, figure_data *data, bool **final) {
    size_t count = 0;
    if (!table_find(&r->runs, "stage") || !table_find(&r->runs, "status"))
        return gb_fail(context, GB_INVALID, "%s: /runs lacks the columns stage and status that say what is final",
                       r->name);
    *final = calloc(r->runs.rows + 1, sizeof **final);
    if (!*final)
        return gb_fail(context, GB_MEMORY, "%s: out of memory", r->name);
    for (size_t row = 0; row < r->runs.rows; row++) {
        bool over = is_over_limit(r, row, f->tuning ? "tune" : "final");
        (*final)[row] = f->tuning ? provenance_is_tuning(r, row) : provenance_is_final(r, row);
        count += (*final)[row];
        data->over_limit += over;
        (*final)[row] = (*final)[row] || (over && f->interval == FIGURE_SURVIVAL);
    }
    if (!count)
        return gb_fail(context, GB_INVALID,
                       "%s: no trial of its %s stage has finished yet, so there is nothing to draw", r->name,
                       f->tuning ? "tuning" : "final");
    if (f->one.count && !keep_one(f, r, *final, &data->chosen))
        return gb_fail(context, GB_MEMORY, "%s: out of memory", r->name);
    for (size_t row = 0; row < r->runs.rows; row++)
        data->diverged += (*final)[row] && !strcmp(table_text(&r->runs, row, "status"), "diverged");
    return GB_OK;
}

bool data_drop_single(figure_data *data) {
    name_list *panels = &data->panels;
    size_t count = panels->count, groups = data->groups.count, kept = 0, values = 0;
    size_t *place = calloc(count + 1, sizeof *place);          /* of a panel among those kept */
    double *first = calloc(count * groups + 1, sizeof *first); /* x of a line */
    bool *seen = calloc(count * groups + 1, sizeof *seen), any = false;
    bool *several = calloc(count + 1, sizeof *several);
    bool enough = place && first && seen && several;
    for (size_t i = 0; enough && i < data->value_count; i++) {
        const seed_value *v = &data->values[i];
        size_t line = v->panel * groups + v->group;
        several[v->panel] = several[v->panel] || (seen[line] && first[line] != v->x);
        any = any || several[v->panel];
        seen[line] = true;
        first[line] = v->x;
    }
    for (size_t p = 0; enough && any && p < count; p++) {
        place[p] = kept;
        if (several[p])
            panels->items[kept++] = panels->items[p];
        else
            free(panels->items[p]);
    }
    for (size_t i = 0; enough && any && i < data->value_count; i++) {
        seed_value v = data->values[i];
        bool stays = several[v.panel];
        v.panel = place[v.panel];
        if (stays)
            data->values[values++] = v;
    }
    if (enough && any) {
        data->panels_single = count - kept;
        data->value_count = values;
        panels->count = kept;
    }
    free(place);
    free(first);
    free(seen);
    free(several);
    return enough;
}
