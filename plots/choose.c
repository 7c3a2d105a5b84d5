/* SPDX-License-Identifier: MIT */
/* Which trials a figure draws: those that are evidence, and of several settings the one that it asks for. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plots/data.h"
#include "plots/provenance.h"

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

/* Keeps the trials of one setting: that of most trials, of equals the last. */
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

gb_status data_choose_trials(gb_context *context, const figure *f, const results *r, figure_data *data, bool **final) {
    size_t count = 0;
    if (!table_find(&r->runs, "stage") || !table_find(&r->runs, "status"))
        return gb_fail(context, GB_INVALID, "%s: /runs lacks the columns stage and status that say what is final",
                       r->name);
    *final = calloc(r->runs.rows + 1, sizeof **final);
    if (!*final)
        return gb_fail(context, GB_MEMORY, "%s: out of memory", r->name);
    for (size_t row = 0; row < r->runs.rows; row++) {
        (*final)[row] = provenance_is_final(r, row);
        count += (*final)[row];
    }
    if (!count)
        return gb_fail(context, GB_INVALID, "%s: no trial of its final stage has finished yet; nothing to draw",
                       r->name);
    if (f->one.count && !keep_one(f, r, *final, &data->chosen))
        return gb_fail(context, GB_MEMORY, "%s: out of memory", r->name);
    for (size_t row = 0; row < r->runs.rows; row++)
        data->diverged += (*final)[row] && !strcmp(table_text(&r->runs, row, "status"), "diverged");
    return GB_OK;
}
