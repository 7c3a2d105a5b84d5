/* SPDX-License-Identifier: MIT */
/* A report as a run of one trial. Its id is the hash of the weights and the options. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xxhash.h>

#include "experiments/probe/probe.h"
#include "experiments/settings/provenance.h"
#include "results/store/store.h"
#include "support/file.h"

static void make_id(const network *net, const probe_spec *spec, const char *source, char id[33]) {
    text all = {0};
    text_append(&all, "probe %s %s %s %zu %zu %llu\n", source, spec->x ? spec->x : "", spec->y ? spec->y : "",
                spec->lags, spec->sequences, (unsigned long long)spec->seed);
    for (size_t i = 0; i < net->count; i++) {
        const XXH128_hash_t sum = XXH3_128bits(net->layers[i].values, net->layers[i].count * network_width(net));
        text_append(&all, "%s %016llx%016llx\n", net->layers[i].cell, (unsigned long long)sum.high64,
                    (unsigned long long)sum.low64);
    }
    const XXH128_hash_t sum = XXH3_128bits(all.data ? all.data : "", all.length);
    snprintf(id, 33, "%016llx%016llx", (unsigned long long)sum.high64, (unsigned long long)sum.low64);
    text_free(&all);
}

static bool put_row(table *metrics, const char *name, double x, double value) {
    return table_add_row(metrics) && table_set_text(metrics, "metric", name) && table_set_number(metrics, "x", x) &&
           table_set_number(metrics, "value", value);
}

static bool put_metrics(const probe_report *r, table *metrics) {
    bool good = true;
    for (size_t k = 0; good && k <= r->lags; k++)
        good = put_row(metrics, "gradient_by_lag", (double)k, r->gradient[k]);
    for (size_t i = 0; good && i < r->exponents; i++)
        good = put_row(metrics, "spectrum", (double)(i + 1), r->spectrum[i]);
    for (size_t i = 0; good && r->constants && i < r->layers * r->units; i++)
        if (isfinite(r->constants[i]))
            good = put_row(metrics, "time_constants", (double)(i + 1), r->constants[i]);
    for (size_t k = 0; good && k < r->lags; k++)
        good = put_row(metrics, "memory_capacity_by_lag", (double)k, r->capacity[k]);
    return good;
}

static bool put_fields(const network *net, const char *source, const probe_spec *spec, const probe_report *r,
                       const char *id, table *f) {
    const network_layer *layer = network_recurrent(net);
    return table_add_row(f) && table_set_text(f, "id", id) && table_set_text(f, "stage", "final") &&
           table_set_text(f, "task", "probe") && table_set_text(f, "cell", layer->cell) &&
           table_set_text(f, "init", layer->convention ? "imported" : "trained") && table_set_text(f, "file", source) &&
           table_set_text(f, "framework", layer->convention ? layer->convention->framework : "gatebench") &&
           table_set_text(f, "loss_of", r->loss) && table_set_text(f, "inputs", spec->x ? spec->x : "drawn") &&
           table_set_integer(f, "seed", (double)spec->seed) && table_set_integer(f, "hidden", (double)r->units) &&
           table_set_integer(f, "layers", (double)r->layers) && table_set_integer(f, "lags", (double)r->lags) &&
           table_set_integer(f, "sequences", (double)r->sequences) &&
           table_set_integer(f, "parameters", (double)network_counted(net)) &&
           table_set_number(f, "gradient_slope", r->profile.slope) &&
           table_set_number(f, "gradient_half_life", r->profile.half_life) &&
           table_set_integer(f, "gradient_underflows", (double)r->underflows) &&
           table_set_number(f, "jacobian", r->jacobian) &&
           table_set_number(f, "lyapunov", r->exponents ? r->spectrum[0] : NAN) &&
           table_set_integer(f, "lost_directions", (double)r->lost) &&
           table_set_number(f, "longest_time_constant", r->constants ? r->constants[0] : NAN) &&
           table_set_number(f, "kept", r->constants ? r->kept : NAN) &&
           table_set_number(f, "memory_capacity", r->capacity_sum);
}

static bool put_plan(const trial_record *record, const char *cell, uint64_t number, table *planned) {
    char seed[32];
    snprintf(seed, sizeof seed, "%llu", (unsigned long long)number);
    return table_add_row(planned) && table_set_text(planned, "id", record->id) &&
           table_set_text(planned, "stage", "final") && table_set_text(planned, "matching", "width") &&
           table_set_text(planned, "matched", "") && table_set_text(planned, "task", "probe") &&
           table_set_text(planned, "cell", cell) && table_set_text(planned, "seed", seed);
}

static const char *last_part(const char *folder) {
    const char *slash = strrchr(folder, '/');
    return slash ? slash + 1 : folder;
}

static gb_status write_results(gb_context *context, const char *source, const char *folder, const table *planned) {
    static const char *const swept[] = {"cell", "seed", NULL}, *const none[] = {NULL};
    text environment = {0}, libraries = {0}, recipe = {0}, path = {0};
    provenance_environment(&environment);
    provenance_libraries(&libraries);
    text_append(&recipe,
                "name: %s\nquestion: How long is the memory of this network?\nfigures: [gradient_by_lag, "
                "lyapunov_spectrum]\n",
                last_part(folder));
    text_append(&path, "%s.h5", folder);
    const store_provenance p = {.name = last_part(folder),
                                .title = "How long is the memory of this network?",
                                .recipe_text = recipe.data,
                                .resolved = recipe.data,
                                .command_line = source,
                                .environment = environment.data ? environment.data : "",
                                .commit = provenance_commit(),
                                .libraries = libraries.data ? libraries.data : "",
                                .swept = swept,
                                .tuned = none,
                                .carried = none,
                                .planned = planned};
    gb_status status = recipe.failed || path.failed || environment.failed || libraries.failed
                           ? gb_fail(context, GB_MEMORY, "out of memory for the results of %s", source)
                           : store_write_results(context, folder, path.data, &p);
    text_free(&environment);
    text_free(&libraries);
    text_free(&recipe);
    text_free(&path);
    return status;
}

/* The run holds only this result; earlier ones are removed. */
static gb_status remove_others(gb_context *context, const char *folder, const char *id) {
    char(*ids)[33] = NULL;
    size_t count = 0;
    GB_TRY(store_finished(context, folder, true, &ids, &count));
    for (size_t i = 0; i < count; i++) {
        text path = {0};
        text_append(&path, "%s/trials/%s.h5", folder, ids[i]);
        if (strcmp(ids[i], id) != 0 && path.data)
            unlink(path.data);
        text_free(&path);
    }
    free(ids);
    return GB_OK;
}

gb_status probe_write(gb_context *context, const network *net, const char *source, const probe_spec *spec,
                      const probe_report *report, const char *folder) {
    trial_record record = {.status = "done"};
    table planned = {0};
    make_id(net, spec, source, record.id);
    record.configuration = strdup(source);
    const bool made = record.configuration && put_fields(net, source, spec, report, record.id, &record.fields) &&
                      put_metrics(report, &record.metrics) &&
                      put_plan(&record, network_recurrent(net)->cell, spec->seed, &planned);
    gb_status status = made ? file_make_folder(context, folder)
                            : gb_fail(context, GB_MEMORY, "out of memory for the report on %s", source);
    if (!status)
        status = store_write_trial(context, folder, &record);
    if (!status)
        status = remove_others(context, folder, record.id);
    if (!status)
        status = write_results(context, source, folder, &planned);
    trial_record_free(&record);
    table_free(&planned);
    return status;
}
