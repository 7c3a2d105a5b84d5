/* SPDX-License-Identifier: MIT */
/* The schedule of a measurement: warming up, choosing the iterations per block, and running the blocks of all kinds in
 * turn. */
#include "experiments/speed/speed.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#ifdef _OPENMP
#include <omp.h>
#endif

#include "datasets/files/cell_files.h"
#include "experiments/speed/alone.h"
#include "experiments/speed/cost.h"
#include "experiments/speed/speed_work.h"
#include "results/statistics/statistics.h"
#include "support/cleanup.h"
#include "support/clock.h"

const char *speed_kind_name(speed_kind kind) {
    static const char *const names[SPEED_KINDS] = {
        [SPEED_PRODUCT] = "sgemm", [SPEED_TRAIN] = "train", [SPEED_FORWARD] = "forward", [SPEED_STEP] = "step"};
    return names[kind];
}

double speed_training_flops(const speed_spec *spec) {
    const gb_cell_info *cell = cells_find(spec->cell);
    if (!cell)
        return NAN;
    return 6.0 * (double)spec->steps * (double)spec->batch * (double)spec->hidden *
           ((double)spec->input * (double)cell->gates + (double)spec->hidden * (double)cell->recurrent_gates);
}

/* Times a block; *least gets the shortest time per iteration over its chunks. */
static gb_status time_block(gb_context *context, speed_work *work, size_t iterations, size_t chunk, double *seconds,
                            double *least) {
    double started = clock_now(), from = started;
    gb_status status = GB_OK;
    *least = INFINITY;
    for (size_t done = 0; done < iterations && !status; done += chunk) {
        status = speed_work_run(work, chunk);
        double end = clock_now();
        *least = fmin(*least, (end - from) / (double)chunk);
        from = end;
    }
    *seconds = from - started;
    return status ? gb_fail(context, status, "%s", gb_context_message(work->context)) : GB_OK;
}

/* Warms up with more and more iterations until they fill half a block. Their time determines the iterations per chunk
 * and the chunks per block. */
static gb_status calibrate(gb_context *context, const speed_spec *spec, speed_work *work, speed_times *times) {
    double seconds = 0, least;
    size_t tried = 1;
    /* the first iteration touches all memory, so it is not counted */
    gb_status status = time_block(context, work, 1, 1, &seconds, &least);
    while (!status) {
        status = time_block(context, work, tried, tried, &seconds, &least);
        if (seconds >= spec->block_seconds / 2)
            break;
        tried *= 2;
    }
    times->chunk = (size_t)ceil(fmin(SPEED_CHUNK_SECONDS, spec->block_seconds) * (double)tried / seconds);
    times->iterations =
        times->chunk * (size_t)ceil(spec->block_seconds * (double)tried / seconds / (double)times->chunk);
    return status;
}

static size_t most_repeats(const speed_spec *spec) {
    return spec->repeats > spec->most_repeats ? spec->repeats : spec->most_repeats;
}

static gb_status open_all(gb_context *context, const speed_spec *spec, speed_work *works, speed_result *result) {
    for (int k = 0; k < SPEED_KINDS; k++) {
        speed_times *times = &result->times[k];
        times->ms = calloc(most_repeats(spec), sizeof *times->ms);
        GB_NEED(context, times->ms, "for %zu repeats", most_repeats(spec));
        GB_TRY(speed_work_open(context, spec, (speed_kind)k, &works[k]));
        GB_TRY(calibrate(context, spec, &works[k], times));
        times->bytes = works[k].memory.most;
    }
    result->product_backend = works[SPEED_PRODUCT].product_backend;
    strncat(result->implementation, gb_layer_implementation(works[SPEED_TRAIN].layer),
            sizeof result->implementation - 1);
    return GB_OK;
}

/* One block of every kind, neighbours in time. */
static gb_status repeat_once(gb_context *context, speed_work *works, size_t repeat, speed_result *result,
                             double *joules) {
    for (int k = 0; k < SPEED_KINDS; k++) {
        speed_times *times = &result->times[k];
        double seconds, least;
        const cost_energy before = cost_read_energy("/sys/class/powercap");
        gb_status status = time_block(context, &works[k], times->iterations, times->chunk, &seconds, &least);
        if (status)
            return status;
        if (k == SPEED_TRAIN) {
            const cost_energy after = cost_read_energy("/sys/class/powercap");
            *joules += cost_joules_since(&before, &after) / (double)times->iterations;
        }
        times->ms[repeat] = 1e3 * seconds / (double)times->iterations;
        times->min = repeat ? fmin(times->min, 1e3 * least) : 1e3 * least;
    }
    return GB_OK;
}

static gb_status repeat_all(gb_context *context, const speed_spec *spec, speed_work *works, speed_progress progress,
                            void *user, speed_result *result) {
    const alone_watch watch = alone_watch_start();
    double joules = 0;
    size_t i = 0;
    /* while other programs run, undisturbed moments are rarer, so do more repeats if allowed */
    for (; i < spec->repeats || (i < most_repeats(spec) && alone_watch_others(&watch) > ALONE_OTHERS); i++) {
        if (progress && progress(user, (double)i / (double)spec->repeats))
            return gb_fail(context, GB_STOPPED, "stopped while timing, after %zu of %zu repeats", i, spec->repeats);
        gb_status status = repeat_once(context, works, i, result, &joules);
        if (status)
            return status;
    }
    result->repeats = i;
    result->joules = joules / (double)i;
    result->others = alone_watch_others(&watch);
    return GB_OK;
}

static gb_status summarise(gb_context *context, const speed_spec *spec, speed_result *result) {
    const double *product = result->times[SPEED_PRODUCT].ms, side = SPEED_SIDE;
    CLEANUP(free_at) double *ratios = calloc(result->repeats + 1, sizeof *ratios);
    GB_NEED(context, ratios, "for %zu repeats", result->repeats);
    for (int k = 0; k < SPEED_KINDS; k++) {
        speed_times *times = &result->times[k];
        for (size_t i = 0; i < result->repeats; i++)
            ratios[i] = times->ms[i] / product[i];
        times->median = statistics_median(times->ms, result->repeats);
        times->relative = statistics_median(ratios, result->repeats);
    }
    result->gflops = 1e-6 * speed_training_flops(spec) / result->times[SPEED_TRAIN].min;
    result->sgemm_gflops = 1e-6 * 2 * side * side * side / result->times[SPEED_PRODUCT].min;
    return GB_OK;
}

/* Sets the number of threads unless it is 0; returns the current number. */
static size_t use_threads(size_t threads) {
#ifdef _OPENMP
    if (threads)
        omp_set_num_threads((int)threads);
    return (size_t)omp_get_max_threads();
#else
    return threads ? threads : 1;
#endif
}

gb_status speed_measure(gb_context *context, const speed_spec *spec, speed_progress progress, void *user,
                        speed_result *result) {
    speed_work works[SPEED_KINDS] = {0};
    *result = (speed_result){.joules = NAN, .others = NAN, .threads = use_threads(spec->threads)};
    cost_reset_peak_memory();
    gb_status status = open_all(context, spec, works, result);
    if (!status)
        status = repeat_all(context, spec, works, progress, user, result);
    result->peak_memory = cost_peak_memory();
    if (!status)
        status = summarise(context, spec, result);
    for (int k = 0; k < SPEED_KINDS; k++)
        speed_work_close(&works[k]);
    return status;
}

void speed_free(speed_result *result) {
    for (int k = 0; k < SPEED_KINDS; k++)
        free(result->times[k].ms);
    *result = (speed_result){0};
}
