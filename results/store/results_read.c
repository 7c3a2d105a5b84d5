/* SPDX-License-Identifier: MIT */
/* Reads a results file into memory, and checks it against the schema. */
#include <stdlib.h>
#include <string.h>

#include "results/store/hdf5_file.h"
#include "results/store/planned_trials.h"
#include "results/store/store.h"
#include "support/cleanup.h"

void results_free(results *r) {
    if (!r)
        return;
    free(r->path);
    free(r->name);
    free(r->title);
    free(r->created);
    table_free(&r->runs);
    table_free(&r->curves);
    table_free(&r->metrics);
    table_free(&r->hosts);
    table_free(&r->planned);
    table_free(&r->provenance);
    free(r);
}

static herr_t read_provenance(hid_t group, const char *name, const H5L_info_t *info, void *provenance) {
    (void)info;
    CLEANUP(free_at) char *text = store_text_read(group, name);
    bool good = text && table_add_row(provenance) && table_set_text(provenance, "name", name) &&
                table_set_text(provenance, "value", text);
    return good ? 0 : -1;
}

static bool read_tables(hid_t file, results *r) {
    if (!store_table_read(file, "runs", &r->runs) || !store_table_read(file, "curves", &r->curves) ||
        !store_table_read(file, "metrics", &r->metrics) || !store_table_read(file, "hosts", &r->hosts) ||
        !store_table_read(file, "planned", &r->planned))
        return false;
    htri_t there = H5Lexists(file, "provenance", H5P_DEFAULT);
    if (there <= 0)
        return there == 0;
    CLEANUP(store_close) hid_t group = H5Gopen2(file, "provenance", H5P_DEFAULT);
    return group >= 0 && H5Literate(group, H5_INDEX_NAME, H5_ITER_NATIVE, NULL, read_provenance, &r->provenance) >= 0;
}

static const char rebuild[] = "run its recipe again to rebuild it from its trials";

/* Opens a file and checks its schema attribute. */
static gb_status open_results(gb_context *context, const char *path, hid_t *file) {
    GB_TRY(store_image_open(context, path, "the results file does not open", rebuild, file));
    CLEANUP(free_at) char *schema = store_attribute_read(*file, "schema");
    if (!schema)
        return gb_fail(context, GB_DATA, "%s: has no attribute schema, so it is not a gatebench results file", path);
    if (strcmp(schema, STORE_SCHEMA) != 0)
        return gb_fail(context, GB_DATA, "%s: its schema is %.64s, but this program reads %s; run its recipe again",
                       path, schema, STORE_SCHEMA);
    return GB_OK;
}

static bool has_text(const results *r, const char *name) {
    for (size_t row = 0; row < r->provenance.rows; row++)
        if (strcmp(table_text(&r->provenance, row, "name"), name) == 0)
            return true;
    return false;
}

gb_status results_read(gb_context *context, const char *path, results **out) {
    CLEANUP(store_close) hid_t file = -1;
    *out = NULL;
    GB_TRY(open_results(context, path, &file));
    CLEANUP(results_free_at) results *r = calloc(1, sizeof *r);
    bool good = r && (r->path = strdup(path)) && (r->name = store_attribute_read(file, "name")) &&
                (r->title = store_attribute_read(file, "title")) &&
                (r->created = store_attribute_read(file, "created")) && read_tables(file, r);
    if (!good)
        return store_hdf5_fail(context, GB_DATA, path, "the results file lacks a part or holds a wrong one", rebuild);
    if (r->runs.rows && !has_text(r, "swept"))
        return gb_fail(context, GB_DATA,
                       "%s: an older gatebench wrote it, which did not record what was swept, so its arms cannot be "
                       "distinguished; %s",
                       path, rebuild);
    *out = TAKE(r);
    return GB_OK;
}

static bool is_finished(const table *t, size_t row) {
    const char *status = table_text(t, row, "status");
    return strcmp(status, "done") == 0 || strcmp(status, "diverged") == 0;
}

bool results_hold(gb_context *context, const char *path, const table *planned) {
    CLEANUP(store_close) hid_t file = -1;
    CLEANUP(table_free) table there = {0};
    if (open_results(context, path, &file) != GB_OK)
        return false;
    bool same = store_table_read(file, "planned", &there) && there.rows == planned->rows;
    for (size_t row = 0; same && row < there.rows; row++)
        same = is_finished(&there, row) && strcmp(table_text(&there, row, "id"), table_text(planned, row, "id")) == 0 &&
               strcmp(table_text(&there, row, "stage"), table_text(planned, row, "stage")) == 0;
    return same;
}

/* A required part of a file: a table's columns, or a text or group if `columns` is empty. */
static const struct required {
    const char *table, *columns[5];
} required[] = {
    {"runs", {"run", "id", "status", NULL}},
    {"curves", {"run", NULL}},
    {"metrics", {"run", "metric", "x", "value", NULL}},
    {"hosts", {"host", NULL}},
};

static const char *const required_texts[] = {"recipe",      "resolved", "command_line",
                                             "environment", "commit",   "libraries"};

static gb_status validate_tables(gb_context *context, const results *r) {
    const table *tables[] = {&r->runs, &r->curves, &r->metrics, &r->hosts};
    for (size_t i = 0; i < sizeof required / sizeof *required; i++)
        for (size_t j = 0; required[i].columns[j]; j++)
            if (!table_find(tables[i], required[i].columns[j]))
                /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): results_read has set r */
                return gb_fail(context, GB_DATA, "%s: /%s lacks the column %s of schema %s", r->path, required[i].table,
                               required[i].columns[j], STORE_SCHEMA);
    for (size_t i = 1; i < 3; i++) {
        const table_column *run = table_find(tables[i], "run");
        for (size_t row = 0; row < tables[i]->rows; row++)
            if (run->type == COLUMN_TEXT || !(run->numbers[row] >= 0 && run->numbers[row] < (double)r->runs.rows))
                return gb_fail(context, GB_DATA, "%s: row %zu of /%s names a run that /runs does not have", r->path,
                               row, required[i].table);
    }
    return GB_OK;
}

/* Checks the plan, if there is one: valid status words, and the same number of finished trials as in /runs. */
static gb_status validate_planned(gb_context *context, const results *r) {
    static const char *const columns[] = {"id", "stage", "matching", "status", "reason"};
    static const char *const words[] = {"done", "diverged", "failed", "missing"};
    const table_column *status = table_find(&r->planned, "status");
    size_t count = 0, finished = 0;
    if (!r->planned.count) /* NOLINT(clang-analyzer-core.NullDereference): results_read has set r */
        return GB_OK;
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
        const table_column *column = table_find(&r->planned, columns[i]);
        if (!column || column->type != COLUMN_TEXT)
            return gb_fail(context, GB_DATA, "%s: /planned lacks the text column %s of schema %s", r->path, columns[i],
                           STORE_SCHEMA);
    }
    for (size_t row = 0; row < r->planned.rows; row++) {
        size_t word = 0;
        while (word < 4 && strcmp(words[word], status->texts[row]) != 0)
            word++;
        if (word == 4)
            return gb_fail(
                context, GB_DATA,
                "%s: row %zu of /planned has the status '%.32s'; it is one of done, diverged, failed, missing", r->path,
                row, status->texts[row]);
    }
    CLEANUP(free_at) size_t *rows = planned_rows(&r->planned, &count);
    for (size_t i = 0; rows && i < count; i++)
        finished += is_finished(&r->planned, rows[i]);
    if (!rows)
        return gb_fail(context, GB_MEMORY, "%s: out of memory while checking its plan", r->path);
    if (finished != r->runs.rows)
        return gb_fail(context, GB_DATA, "%s: /planned has %zu finished trials, but /runs has %zu", r->path, finished,
                       r->runs.rows);
    return GB_OK;
}

gb_status results_validate(gb_context *context, const char *path) {
    CLEANUP(results_free_at) results *r = NULL;
    GB_TRY(results_read(context, path, &r));
    GB_TRY(validate_tables(context, r));
    GB_TRY(validate_planned(context, r));
    for (size_t i = 0; i < sizeof required_texts / sizeof *required_texts; i++)
        if (!has_text(r, required_texts[i]))
            return gb_fail(context, GB_DATA, "%s: /provenance lacks the text %s of schema %s", path, required_texts[i],
                           STORE_SCHEMA);
    return GB_OK;
}
