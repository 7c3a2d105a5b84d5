/* SPDX-License-Identifier: MIT */
/* Selects the trials of a figure: those that are evidence, and with `one=` those of one setting. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plots/figure_points.h"
#include "results/analysis/evidence.h"
#include "results/store/run_provenance.h"

/* Whether a column differs among trials of one cell that are matched to the same amount. If not, it is not a choice: a
 * hidden size that only follows from the cell and the matching. Returns false in *enough without memory. */
static bool is_choice(const results *r, const bool *final, const table_column *column, bool *enough) {
    name_list arms = {0};
    char **firsts = calloc(r->runs.rows + 1, sizeof *firsts), buffer[96];
    bool differs = false;
    *enough = firsts != NULL;
    for (size_t row = 0; *enough && !differs && row < r->runs.rows; row++) {
        text arm = {0};
        if (!final[row])
            continue;
        text_append(&arm, "%s %s", table_text(&r->runs, row, "cell"), table_text(&r->runs, row, "matching"));
        if (table_find(&r->runs, "matched_to"))
            text_append(&arm, " %.17g", table_number(&r->runs, row, "matched_to"));
        size_t known = arms.count, i = arm.failed ? SIZE_MAX : names_index(&arms, arm.data);
        const char *value = table_cell(&r->runs, row, column, buffer, sizeof buffer);
        text_free(&arm);
        *enough = i != SIZE_MAX && (i < known || (firsts[i] = strdup(value)));
        differs = *enough && strcmp(firsts[i], value) != 0;
    }
    for (size_t i = 0; firsts && i < arms.count; i++)
        free(firsts[i]);
    free(firsts);
    names_free(&arms);
    return differs;
}

/* The columns of `one=` in which trials differ that a figure would put together; false: out of memory. */
static bool find_choices(const figure *f, const results *r, const bool *final, name_list *choices) {
    bool enough = true;
    for (size_t i = 0; enough && i < f->one.count; i++) {
        const table_column *column = table_find(&r->runs, f->one.items[i]);
        if (column && is_choice(r, final, column, &enough))
            enough = names_index(choices, column->name) != SIZE_MAX;
    }
    return enough;
}

/* The values of these columns of a row, "input 64, hidden 64"; false: out of memory. */
static bool append_setting(const name_list *choices, const results *r, size_t row, text *t) {
    char buffer[96];
    for (size_t i = 0; i < choices->count; i++)
        text_append(t, "%s%s %s", i ? ", " : "", choices->items[i],
                    table_cell(&r->runs, row, table_find(&r->runs, choices->items[i]), buffer, sizeof buffer));
    return !t->failed;
}

/* Whether two trials are matched to the same amount and share all choices but the hidden size, which then follows from
 * the amount. */
static bool is_matched(const results *r, const name_list *choices, size_t row, size_t other) {
    double amount = table_number(&r->runs, row, "matched_to");
    bool same = amount == table_number(&r->runs, other, "matched_to") &&
                !strcmp(table_text(&r->runs, row, "matching"), table_text(&r->runs, other, "matching"));
    for (size_t i = 0; same && i < choices->count; i++) {
        const char *name = choices->items[i];
        const table_column *column = table_find(&r->runs, name);
        char a[96], b[96];
        same = !strcmp(name, "hidden") || !strcmp(table_cell(&r->runs, row, column, a, sizeof a),
                                                  table_cell(&r->runs, other, column, b, sizeof b));
    }
    return same;
}

/* Keeps the trials of one setting: the one with the most trials, of equal ones the last. */
static bool keep_one(const figure *f, const results *r, bool *final, char **chosen) {
    name_list settings = {0}, choices = {0};
    size_t rows = r->runs.rows, best = 0;
    size_t *of = calloc(rows + 1, sizeof *of), *trials = calloc(rows + 1, sizeof *trials);
    bool enough = of && trials && find_choices(f, r, final, &choices);
    for (size_t row = 0; enough && row < rows; row++) {
        text setting = {0};
        of[row] = SIZE_MAX;
        if (!final[row])
            continue;
        enough = append_setting(&choices, r, row, &setting);
        of[row] = enough ? names_index(&settings, setting.data ? setting.data : "") : SIZE_MAX;
        text_free(&setting);
        enough = of[row] != SIZE_MAX;
        if (enough)
            trials[of[row]]++;
    }
    for (size_t i = 0; enough && i < settings.count; i++)
        best = trials[i] >= trials[best] ? i : best;
    for (size_t row = 0; enough && row < rows; row++) {
        bool kept = of[row] == best;
        for (size_t other = 0; other < rows && !kept && final[row]; other++)
            kept = of[other] == best && is_matched(r, &choices, row, other);
        final[row] = final[row] && kept;
    }
    if (enough && best < settings.count)
        enough = (*chosen = strdup(settings.items[best])) != NULL;
    names_free(&settings);
    names_free(&choices);
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
