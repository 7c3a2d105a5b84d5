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

gb_status sample_run(gb_context *context, const char *folder, const char *path, size_t count, size_t seeds) {
    static const char *const swept[] = {"cell", "gap", "seed", NULL};
    const char **order = calloc(count + 2, sizeof *order);
    char(*ids)[33] = calloc(count + 1, sizeof *ids);
    if (!order || !ids)
        abort();
    gb_status status = GB_OK;
    for (size_t i = 0; i < count && status == GB_OK; i++) {
        trial_record r = sample_trial(i, seeds);
        memcpy(ids[i], r.id, sizeof ids[i]);
        order[i] = ids[i];
        status = store_write_trial(context, folder, &r);
        trial_record_free(&r);
    }
    snprintf(ids[count], sizeof ids[count], "%032x", 0xffffffu); /* planned, never finished */
    order[count] = ids[count];
    store_provenance p = {.name = "sample",
                          .title = "A made question?",
                          .recipe_text = "name: sample\n",
                          .resolved = "{}",
                          .command_line = "gatebench run sample",
                          .environment = "OMP_NUM_THREADS=1\n",
                          .commit = "",
                          .libraries = "HDF5",
                          .swept = swept,
                          .order = order};
    if (status == GB_OK)
        status = store_write_results(context, folder, path, &p);
    free(order);
    free(ids);
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
