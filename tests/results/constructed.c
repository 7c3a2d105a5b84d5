/* SPDX-License-Identifier: MIT */
/* Results made of chosen numbers, for the tests of what is judged from them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "constructed.h"

void constructed_provenance(results *r, const char *name, const char *value) {
    table *t = &r->provenance;
    for (size_t row = 0; row < t->rows; row++)
        if (strcmp(table_text(t, row, "name"), name) == 0) {
            char **text = &table_add_column(t, "value", COLUMN_TEXT)->texts[row];
            free(*text);
            *text = strdup(value);
            return;
        }
    assert_true(table_add_row(t) && table_set_text(t, "name", name) && table_set_text(t, "value", value));
}

results *constructed_results(const char *name) {
    char path[64];
    results *r = calloc(1, sizeof *r);
    assert_non_null(r);
    snprintf(path, sizeof path, "results/%s.h5", name);
    r->path = strdup(path);
    r->name = strdup(name);
    r->title = strdup("");
    r->created = strdup("");
    constructed_provenance(r, "swept",
                           "task\ncell\ninit\ntrain_gap\ngap\nblanks\nbias\ninput\nhidden\nlength\nseed\nlr\n");
    return r;
}

table *constructed_trial(results *r, const char *task, const char *cell, double seed) {
    table *t = &r->runs;
    assert_true(table_add_row(t) && table_set_integer(t, "run", (double)t->rows - 1) &&
                table_set_text(t, "status", "done") && table_set_text(t, "stage", "final") &&
                table_set_text(t, "task", task) && table_set_text(t, "cell", cell) &&
                table_set_integer(t, "seed", seed) && table_set_text(t, "matching", "width"));
    return t;
}

void constructed_count(results *r, const char *cell, const char *bias, double hidden, double count) {
    table *t = constructed_trial(r, "count", cell, 1);
    assert_true(table_set_text(t, "bias", bias) && table_set_integer(t, "hidden", hidden) &&
                table_set_integer(t, "input", 4) && table_set_integer(t, "cell_parameters", count) &&
                table_set_integer(t, "parameters", count + 10));
}

void constructed_recall(results *r, const char *cell, const char *regime, double gap, double correct) {
    for (int seed = 1; seed <= 2; seed++) {
        table *t = constructed_trial(r, "recall", cell, seed);
        assert_true(table_set_text(t, "init", "keras") && table_set_text(t, "train_gap", regime) &&
                    table_set_integer(t, "gap", gap) && table_set_integer(t, "answers", 10) &&
                    table_set_integer(t, "correct", correct) && table_set_integer(t, "predictions", 1000));
    }
}

void constructed_ended(results *r, const char *status) {
    char **last = &table_add_column(&r->runs, "status", COLUMN_TEXT)->texts[r->runs.rows - 1];
    free(*last);
    *last = strdup(status);
}
