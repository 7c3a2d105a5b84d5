/* SPDX-License-Identifier: MIT */
/* The results file: the records of all finished trials in columns, always rebuilt completely and then atomically
 * replaced. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "results/store/grid.h"
#include "results/store/planned_trials.h"
#include "results/store/store.h"
#include "results/store/trial_file.h"
#include "support/cleanup.h"
#include "support/file.h"
#include "support/text.h"

/* The tables of the file while it is built. */
typedef struct merge {
    table runs, curves, metrics, hosts, planned;
} merge;

static void merge_free(merge *m) {
    table_free(&m->runs);
    table_free(&m->curves);
    table_free(&m->metrics);
    table_free(&m->hosts);
    table_free(&m->planned);
}

static bool merge_start(merge *m) {
    return table_add_column(&m->runs, "run", COLUMN_INTEGER) && table_add_column(&m->runs, "id", COLUMN_TEXT) &&
           table_add_column(&m->runs, "status", COLUMN_TEXT) && table_add_column(&m->runs, "host", COLUMN_INTEGER) &&
           table_add_column(&m->curves, "run", COLUMN_INTEGER) &&
           table_add_column(&m->metrics, "run", COLUMN_INTEGER) &&
           table_add_column(&m->metrics, "metric", COLUMN_TEXT) && table_add_column(&m->metrics, "x", COLUMN_NUMBER) &&
           table_add_column(&m->metrics, "value", COLUMN_NUMBER) && table_add_column(&m->hosts, "host", COLUMN_INTEGER);
}

/* Appends rows and writes the run's number into their first column. */
static bool append_of_run(table *to, const table *rows, double run) {
    size_t first = to->rows;
    if (!table_append(to, rows))
        return false;
    for (size_t row = first; row < to->rows; row++)
        to->columns[0].numbers[row] = run;
    return true;
}

static bool same_host(const table *hosts, size_t row, const table *host) {
    for (size_t i = 0; i < host->count; i++)
        if (strcmp(table_text(hosts, row, host->columns[i].name), table_text(host, 0, host->columns[i].name)) != 0)
            return false;
    return true;
}

/* The number of the machine with these facts; a new machine is added. Negative: out of memory. */
static double host_number(table *hosts, const table *host) {
    for (size_t row = 0; row < hosts->rows; row++)
        if (same_host(hosts, row, host))
            return (double)row;
    double number = (double)hosts->rows;
    return append_of_run(hosts, host, number) ? number : -1;
}

static gb_status merge_trial(gb_context *context, merge *m, const char *path, const table *planned, size_t row) {
    CLEANUP(trial_record_free) trial_record record = {0};
    CLEANUP(table_free) table host = {0};
    GB_TRY(store_read_trial_and_host(context, path, &record, &host));
    if (record.fields.rows != 1)
        return gb_fail(context, GB_DATA, "%s: has %zu rows of settings, but a trial has one; delete it and run again",
                       path, record.fields.rows);
    double run = (double)m->runs.rows, number = host.rows ? host_number(&m->hosts, &host) : 0;
    bool good = number >= 0 && append_of_run(&m->runs, &record.fields, run) &&
                planned_complete_row(&m->runs, &record.fields, planned, row) &&
                table_set_text(&m->runs, "id", record.id) && table_set_text(&m->runs, "status", record.status) &&
                table_set_integer(&m->runs, "host", number) && append_of_run(&m->curves, &record.curves, run) &&
                append_of_run(&m->metrics, &record.metrics, run);
    return good ? GB_OK : gb_fail(context, GB_MEMORY, "%s: out of memory while merging it", path);
}

/* Collects the finished trials in plan order, and the plan with the fate of each trial. */
static gb_status merge_all(gb_context *context, const char *run_folder, const store_provenance *p, merge *m) {
    static const table nothing;
    const table *planned = p->planned ? p->planned : &nothing;
    size_t count = 0;
    CLEANUP(free_at) size_t *rows = planned_rows(planned, &count);
    if (!rows || !merge_start(m))
        return gb_fail(context, GB_MEMORY, "%s: out of memory while merging its trials", run_folder);
    for (size_t i = 0; i < count; i++) {
        char path[PATH_MAX];
        GB_TRY(store_trial_path(context, run_folder, table_text(planned, rows[i], "id"), path, sizeof path));
        if (file_exists(path))
            GB_TRY(merge_trial(context, m, path, planned, rows[i]));
    }
    if (!planned_table(p, &m->runs, &m->planned))
        return gb_fail(context, GB_MEMORY, "%s: out of memory for its plan", run_folder);
    return GB_OK;
}

static bool root_attributes(hid_t file, const store_provenance *p) {
    char created[32], generator[64];
    time_t now = time(NULL);
    struct tm utc;
    gmtime_r(&now, &utc);
    strftime(created, sizeof created, "%Y-%m-%dT%H:%M:%SZ", &utc);
    snprintf(generator, sizeof generator, "gatebench %s", gb_version());
    return store_attribute_text(file, "schema", STORE_SCHEMA) && store_attribute_text(file, "name", p->name) &&
           store_attribute_text(file, "title", p->title ? p->title : "") &&
           store_attribute_text(file, "Conventions", "CF-1.10") && store_attribute_text(file, "created", created) &&
           store_attribute_text(file, "generator", generator);
}

/* Names under /provenance, one per line. */
static bool list_write(hid_t group, const char *name, const char *const *names) {
    CLEANUP(text_free) text lines = {0};
    text_append(&lines, "%s", "");
    for (size_t i = 0; names && names[i]; i++)
        text_append(&lines, "%s\n", names[i]);
    return !lines.failed && store_text_write(group, name, lines.data);
}

static bool provenance_write(hid_t file, const store_provenance *p) {
    const char *const texts[][2] = {
        {"recipe", p->recipe_text},      {"resolved", p->resolved}, {"command_line", p->command_line},
        {"environment", p->environment}, {"commit", p->commit},     {"libraries", p->libraries},
    };
    CLEANUP(store_close) hid_t group = store_group_create(file, "provenance");
    bool good = group >= 0;
    for (size_t i = 0; good && i < sizeof texts / sizeof *texts; i++)
        good = store_text_write(group, texts[i][0], texts[i][1] ? texts[i][1] : "");
    return good && list_write(group, "swept", p->swept) && list_write(group, "tuned", p->tuned) &&
           list_write(group, "carried", p->carried) &&
           (!p->declared || store_text_write(group, "declared", p->declared)) &&
           (!p->looks || store_text_write(group, "looks", p->looks)) && store_close(&group);
}

static bool write_all(hid_t file, const merge *m, const store_provenance *p) {
    return root_attributes(file, p) && store_table_write(file, "runs", "trials: settings and measurements", &m->runs) &&
           store_table_write(file, "curves", "learning curves, a row per evaluation", &m->curves) &&
           store_table_write(file, "metrics", "measurements along an axis x", &m->metrics) &&
           store_table_write(file, "planned", "planned trials of both stages, and what became of each", &m->planned) &&
           store_grid_write(file, &m->runs, p->swept) &&
           store_table_write(file, "hosts", "machines that ran the trials", &m->hosts) && provenance_write(file, p);
}

gb_status store_write_results(gb_context *context, const char *run_folder, const char *path,
                              const store_provenance *provenance) {
    static const char advice[] = "the trials are safe in their folder; run again to rebuild this file from them";
    store_hdf5_begin();
    CLEANUP(merge_free) merge m = {0};
    GB_TRY(merge_all(context, run_folder, provenance, &m));
    CLEANUP(store_close) hid_t file = store_image_create();
    if (file < 0 || !write_all(file, &m, provenance))
        return store_hdf5_fail(context, GB_IO, path, "could not be built in memory", advice);
    return store_image_publish(context, &file, path, advice);
}
