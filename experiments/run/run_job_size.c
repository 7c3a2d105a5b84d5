/* SPDX-License-Identifier: MIT */
/* The size of a run: a job queue needs a time limit and memory for each shard. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "experiments/run/run_estimate.h"
#include "experiments/run/run_internal.h"
#include "experiments/run/shard_assign.h"

/* The default duration of a shard: long enough for a job, and not too much is lost with one. */
#define SHARD_SECONDS 600.0
enum { SHARDS_BY_DEFAULT = 64 };

/* The number of shards of this duration, with at least one arm each. */
static size_t choose_shards(double core_seconds, size_t workers, size_t arms) {
    double wanted = ceil(core_seconds / (SHARD_SECONDS * (double)workers));
    size_t most = arms < SHARDS_BY_DEFAULT ? arms : SHARDS_BY_DEFAULT;
    if (wanted < 2)
        wanted = 2;
    return wanted < (double)most ? (size_t)wanted : most ? most : 1;
}

gb_status run_find_size(gb_context *context, const recipe *to_run, const run_options *options, size_t shards,
                        run_size *out) {
    run_summary summary = {0};
    run_estimate estimate = {0};
    run r = {.context = context, .recipe = to_run, .options = options, .summary = &summary, .lock = -1};
    size_t workers = options->workers ? options->workers : 1;
    *out = (run_size){0};
    gb_status status = run_plan_dry(&r);
    if (!status)
        status = run_estimate_ahead(&r, workers, &estimate);
    if (!status) {
        const char *const *swept = recipe_swept(to_run);
        out->trials = r.tune.list.count + r.final.list.count;
        out->arms = shard_count_arms(swept, &r.tune, &r.final);
        out->shards = shards ? shards : choose_shards(estimate.core_seconds, workers, out->arms);
        double share = shard_largest_share(out->shards, swept, &r.tune, &r.final);
        out->seconds = fmax(estimate.core_seconds * share / (double)workers, estimate.longest);
        out->bytes = estimate.bytes;
        out->threads = run_most_threads(&r);
        snprintf(out->folder, sizeof out->folder, "%s", r.folder);
    }
    stage_free(&r.tune);
    stage_free(&r.final);
    return status;
}
