/* SPDX-License-Identifier: MIT */
#include "results/claims/anchors.h"
#include "support/cleanup.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* True if a trial is of this task, named as in published_row: "music set=jsb". */
static bool is_of_anchor(const char *task, const table *runs, size_t row) {
    char words[256], cell[64], *rest = words;
    snprintf(words, sizeof words, "%s", task);
    const char *name = strsep(&rest, " ");
    if (strcmp(table_text(runs, row, "task"), name) != 0)
        return false;
    for (char *key; rest && (key = strsep(&rest, " "));) {
        char *value = strchr(key, '=');
        if (!value)
            continue;
        *value++ = 0;
        const table_column *column = table_find(runs, key);
        if (column && strcmp(table_cell(runs, row, column, cell, sizeof cell), value) != 0)
            return false;
    }
    return true;
}

/* Removes the rows of this task; *found: whether there were any. */
static gb_status drop(const char *task, evidence *e, bool *found) {
    CLEANUP(free_at) bool *keep = calloc(e->runs.rows + 1, sizeof *keep);
    if (!keep)
        return GB_MEMORY;
    for (size_t row = 0; row < e->runs.rows; row++) {
        keep[row] = !is_of_anchor(task, &e->runs, row);
        *found = *found || !keep[row];
    }
    evidence_keep(e, keep);
    return GB_OK;
}

static gb_status stop_task(gb_context *context, const char *task, rule_run *runs, size_t count, text *stopped) {
    bool found = false;
    gb_status status = GB_OK;
    for (size_t i = 0; !status && i < count; i++) {
        status = drop(task, &runs[i].trials, &found);
        if (!status)
            status = drop(task, &runs[i].matched, &found);
        arms_free(&runs[i].arms);
        if (!status)
            status = arms_find(context, &runs[i].trials, &runs[i].arms);
    }
    if (found)
        rule_list(stopped, task);
    return status || stopped->failed ? gb_fail(context, GB_MEMORY, "out of memory while checking anchors") : GB_OK;
}

gb_status anchors_apply(gb_context *context, results *const *all, rule_run *runs, size_t count, text *stopped) {
    CLEANUP(published_free) published_list list = {0};
    *stopped = (text){0};
    GB_TRY(published_judge(context, all, count, &list));
    gb_status status = GB_OK;
    for (size_t i = 0; !status && i < list.count; i++)
        if (*list.items[i].anchor && strcmp(list.items[i].outcome, "not reproduced") == 0)
            status = stop_task(context, list.items[i].anchor, runs, count, stopped);
    if (status)
        text_free(stopped);
    return status;
}
