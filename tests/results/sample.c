/* SPDX-License-Identifier: MIT */
/* Made trials: see sample.h. */
#include "sample.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

double sample_accuracy(size_t i) {
    return 0.5 + (double)i / 1000;
}

trial_record sample_trial(size_t i, size_t seeds) {
    static const char *const cells[] = {"rnn", "gru", "lstm"};
    trial_record r = {.status = "done"};
    snprintf(r.id, sizeof r.id, "%032zx", i + 1);
    table *f = &r.fields;
    bool good = table_add_row(f) && table_set_text(f, "id", r.id) && table_set_text(f, "stage", "final") &&
                table_set_text(f, "task", "recall") && table_set_text(f, "cell", cells[i / seeds / 2 % 3]) &&
                table_set_integer(f, "gap", i / seeds % 2 ? 50 : 5) &&
                table_set_integer(f, "seed", (double)(i % seeds + 1)) && table_set_number(f, "lr", 0.002) &&
                table_set_number(f, "accuracy", sample_accuracy(i)) && table_set_number(f, "mse", 0.25) &&
                table_set_number(f, "loss", 0.25) && table_set_integer(f, "parameters", 1000);
    for (size_t step = 0; good && step < 3; step++)
        good = table_add_row(&r.curves) && table_set_integer(&r.curves, "step", (double)step * 100) &&
               table_set_number(&r.curves, "train_loss", 2.0 / (double)(step + 1));
    for (size_t lag = 0; good && lag < 4; lag++)
        good = table_add_row(&r.metrics) && table_set_text(&r.metrics, "metric", "gradient_by_lag") &&
               table_set_number(&r.metrics, "x", (double)lag) &&
               table_set_number(&r.metrics, "value", -0.1 * (double)lag);
    r.configuration = strdup("cell=gru\ngap=50\n");
    if (!good || !r.configuration)
        abort();
    return r;
}

void sample_plan(table *planned, const char *id, const char *stage, const table *fields) {
    static const char *const settings[] = {"task", "cell", "gap", "seed", "lr"};
    bool good = table_add_row(planned) && table_set_text(planned, "id", id) &&
                table_set_text(planned, "stage", stage) && table_set_text(planned, "matching", "width") &&
                table_set_text(planned, "matched", "32/32");
    for (size_t i = 0; good && i < sizeof settings / sizeof *settings; i++) {
        char cell[64];
        good = table_set_text(planned, settings[i],
                              table_cell(fields, 0, table_find(fields, settings[i]), cell, sizeof cell));
    }
    if (!good)
        abort();
}

gb_status sample_run(gb_context *context, const char *folder, const char *path, size_t count, size_t seeds) {
    static const char *const swept[] = {"cell", "gap", "seed", NULL};
    table planned = {0};
    gb_status status = GB_OK;
    for (size_t i = 0; i < count && status == GB_OK; i++) {
        trial_record r = sample_trial(i, seeds);
        sample_plan(&planned, r.id, "final", &r.fields);
        status = store_write_trial(context, folder, &r);
        trial_record_free(&r);
    }
    trial_record never = sample_trial(count, seeds);
    sample_plan(&planned, "00000000000000000000000000ffffff", "final", &never.fields);
    trial_record_free(&never);
    store_provenance p = {.name = "sample",
                          .title = "A made question?",
                          .recipe_text = "name: sample\n",
                          .resolved = "{}",
                          .command_line = "gatebench run sample",
                          .environment = "OMP_NUM_THREADS=1\n",
                          .commit = "",
                          .libraries = "HDF5",
                          .swept = swept,
                          .planned = &planned};
    if (status == GB_OK)
        status = store_write_results(context, folder, path, &p);
    table_free(&planned);
    return status;
}

void sample_folder(char *path, size_t size) {
    const char *temporary = getenv("TMPDIR");
    snprintf(path, size, "%s/gatebench-test-XXXXXX", temporary && *temporary ? temporary : "/tmp");
    if (!mkdtemp(path))
        abort();
}

static int remove_one(const char *path, const struct stat *info, int flag, struct FTW *place) {
    (void)info;
    (void)flag;
    (void)place;
    return remove(path);
}

void sample_remove(const char *path) {
    nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}
