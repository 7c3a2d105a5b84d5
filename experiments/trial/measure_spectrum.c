/* SPDX-License-Identifier: MIT */
/* What a state and its memory gates do along test sequences (gatebench/probe.h).
 *
 * Lyapunov spectra and the time constants of memory gates, before and after training: uses the first `probes`
 * sequences, at most four, and their first `lags` steps, of which a tenth is warm-up. Values are means over the
 * sequences by rank, over all layers, largest first.
 *
 * What the memory gates keep, word by word, after training: of the first sequence, KEPT_STEPS steps at most. A row of
 * /metrics for each step and unit: "memory_kept/<step> <word>", x the unit's rank by what it keeps on average, 1 the
 * most. The column memory_kept is the mean of all. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "datasets/files/cell_files.h"
#include "experiments/trial/measure.h"
#include "experiments/trial/trial_state.h"
#include "support/cleanup.h"

extern const measure_type measure_spectrum, measure_time_constants, measure_kept;

enum { MOST_SEQUENCES = 4, REHEARSED_STEPS = 8, KEPT_STEPS = 100, WORD = 48 };

/* One of the two measures. It gives `count` numbers per sequence, of which the finite ones are averaged by rank. */
typedef struct kind {
    const char *rows[2], *column[2], *lost[2]; /* before and after training; lost: NULL, not counted */
    gb_status (*probe)(gb_model *model, const gb_batch *batch, size_t sequence, size_t warmup, double *values);
    bool of_state; /* one number per state component, else one per unit */
} kind;

static const kind spectrum = {
    .rows = {"spectrum_initial", "spectrum"},
    .column = {"lyapunov_initial", "lyapunov"},
    .lost = {"lost_directions_initial", "lost_directions"},
    .probe = gb_probe_spectrum,
    .of_state = true,
};
/* The quirk hidden_only_jacobian: the spectrum of h only, under the same names. */
static const kind spectrum_of_h = {
    .rows = {"spectrum_initial", "spectrum"},
    .column = {"lyapunov_initial", "lyapunov"},
    .lost = {"lost_directions_initial", "lost_directions"},
    .probe = gb_probe_spectrum_of_h,
};
static const kind constants = {
    .rows = {"time_constants_initial", "time_constants"},
    .column = {"longest_time_constant_initial", "longest_time_constant"},
    .probe = gb_probe_time_constants,
};

static bool applies(const kind *k, const trial_work *work) {
    const gb_cell_info *cell = cells_find(gb_model_get_spec(work->model)->cell);
    return cell && (k != &constants || cell->memory_gate);
}

static size_t count_values(const kind *k, const gb_model *model) {
    const gb_model_spec *spec = gb_model_get_spec(model);
    return spec->layers * (k->of_state ? gb_probe_state_size(model) : spec->hidden);
}

static int by_size(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x < y) - (x > y);
}

/* The first test sequences, each cut to `steps` steps, from their initial states. */
static gb_status get_sequences(trial_work *work, size_t sequences, size_t steps, task_batch *batch) {
    GB_TRY(task_get_batch(work->task, TASK_TEST, work->seed, 0, sequences, batch));
    for (size_t n = 0; n < batch->batch.sequences; n++)
        batch->lengths[n] = batch->lengths[n] < steps ? batch->lengths[n] : steps;
    batch->batch.carry = NULL;
    return GB_OK;
}

static gb_status put_means(trial_work *work, const kind *k, int trained, const double *sums, size_t count,
                           size_t sequences) {
    size_t lost = 0;
    GB_TRY(trial_put(work, k->column[trained], isfinite(sums[0]) ? sums[0] / (double)sequences : NAN));
    for (size_t i = 0; i < count; i++)
        if (isfinite(sums[i]))
            GB_TRY(trial_put_metric(work, k->rows[trained], (double)(i + 1), sums[i] / (double)sequences));
        else
            lost++;
    return k->lost[trained] ? trial_put_integer(work, k->lost[trained], (double)lost) : GB_OK;
}

static gb_status add_sequences(trial_work *work, const kind *k, const task_batch *batch, double *values, double *sums) {
    size_t count = count_values(k, work->model);
    for (size_t n = 0; n < batch->batch.sequences; n++) {
        GB_TRY(k->probe(work->model, &batch->batch, n, batch->lengths[n] / 10, values));
        qsort(values, count, sizeof *values, by_size);
        for (size_t i = 0; i < count; i++)
            sums[i] += values[i];
    }
    return GB_OK;
}

static size_t wanted_sequences(const trial_work *work) {
    double probes = trial_number(work->settings, "probes");
    return probes < MOST_SEQUENCES ? (size_t)probes : MOST_SEQUENCES;
}

static gb_status take(trial_work *work, const kind *k, int trained) {
    if (!applies(k, work))
        return GB_OK;
    size_t count = count_values(k, work->model);
    task_batch batch = {0};
    CLEANUP(free_at) double *values = calloc(2 * count, sizeof *values);
    GB_NEED(work->context, values, "for %zu numbers of a state", 2 * count);
    gb_status status =
        get_sequences(work, wanted_sequences(work), (size_t)trial_number(work->settings, "lags"), &batch);
    if (!status)
        status = add_sequences(work, k, &batch, values, values + count);
    if (!status)
        status = put_means(work, k, trained, values + count, count, batch.batch.sequences);
    task_batch_free(work->context, &batch);
    return status;
}

/* Times a few steps of one sequence and extrapolates to all, before and after training. */
static gb_status rehearse(trial_work *work, const kind *k, measure_cost *cost) {
    if (!applies(k, work))
        return GB_OK;
    size_t count = count_values(k, work->model);
    CLEANUP(free_at) double *values = calloc(2 * count, sizeof *values);
    double started;
    task_batch batch = {0};
    GB_NEED(work->context, values, "for %zu numbers of a state", 2 * count);
    gb_status status = get_sequences(work, 1, REHEARSED_STEPS, &batch);
    started = clock_cpu_now();
    if (!status)
        status = add_sequences(work, k, &batch, values, values + count);
    if (!status) {
        double steps = trial_number(work->settings, "lags");
        steps = work->shape->longest && (double)work->shape->longest < steps ? (double)work->shape->longest : steps;
        cost->seconds =
            2 * (clock_cpu_now() - started) / (double)batch.lengths[0] * steps * (double)wanted_sequences(work);
    }
    task_batch_free(work->context, &batch);
    return status;
}

static const kind *spectrum_kind(const trial_work *work) {
    return trial_has_quirk(work, "hidden_only_jacobian") ? &spectrum_of_h : &spectrum;
}

static gb_status spectrum_before(trial_work *work) {
    return take(work, spectrum_kind(work), 0);
}

static gb_status spectrum_after(trial_work *work) {
    return take(work, spectrum_kind(work), 1);
}

static gb_status spectrum_rehearse(trial_work *work, double seconds, measure_cost *cost) {
    (void)seconds;
    return rehearse(work, spectrum_kind(work), cost);
}

static gb_status constants_before(trial_work *work) {
    return take(work, &constants, 0);
}

static gb_status constants_after(trial_work *work) {
    return take(work, &constants, 1);
}

static gb_status constants_rehearse(trial_work *work, double seconds, measure_cost *cost) {
    (void)seconds;
    return rehearse(work, &constants, cost);
}

const measure_type measure_spectrum = {
    .before = spectrum_before, .after = spectrum_after, .rehearse = spectrum_rehearse};
const measure_type measure_time_constants = {
    .before = constants_before, .after = constants_after, .rehearse = constants_rehearse};

/* A unit and the sum of what it keeps over the steps. */
typedef struct unit {
    size_t place;
    double sum;
} unit;

static int by_sum(const void *left, const void *right) {
    const unit *a = left, *b = right;
    return a->sum != b->sum ? (a->sum < b->sum) - (a->sum > b->sum) : (a->place > b->place) - (a->place < b->place);
}

/* "memory_kept/3 bit"; a task whose inputs have no names has the step alone. No slash is part of a word. */
static void name_step(const trial_work *work, const gb_batch *batch, size_t step, char *name, size_t size) {
    char word[WORD] = "";
    if (batch->tokens)
        task_get_word(work->task, (size_t)batch->tokens[step * batch->sequences], word, sizeof word);
    for (char *slash = word; (slash = strchr(slash, '/'));)
        *slash = '|';
    snprintf(name, size, "memory_kept/%zu%s%s", step + 1, *word ? " " : "", word);
}

static gb_status put_steps(trial_work *work, const gb_batch *batch, size_t steps, size_t units, const double *kept) {
    CLEANUP(free_at) unit *order = calloc(units, sizeof *order);
    double sum = 0;
    GB_NEED(work->context, order, "for %zu units", units);
    for (size_t j = 0; j < units; j++) {
        order[j].place = j;
        for (size_t t = 0; t < steps; t++)
            order[j].sum += kept[t * units + j];
        sum += order[j].sum;
    }
    qsort(order, units, sizeof *order, by_sum);
    for (size_t t = 0; t < steps; t++) {
        char name[WORD + 48];
        name_step(work, batch, t, name, sizeof name);
        for (size_t rank = 0; rank < units; rank++)
            GB_TRY(trial_put_metric(work, name, (double)rank + 1, kept[t * units + order[rank].place]));
    }
    return trial_put(work, "memory_kept", sum / (double)(steps * units));
}

static gb_status take_kept(trial_work *work) {
    const gb_model_spec *spec = gb_model_get_spec(work->model);
    const gb_cell_info *cell = cells_find(spec->cell);
    const size_t units = spec->layers * spec->hidden;
    task_batch batch = {0};
    if (!cell || !cell->memory_gate)
        return GB_OK;
    gb_status status = task_get_batch(work->task, TASK_TEST, work->seed, 0, 1, &batch);
    size_t steps = status ? 0 : batch.lengths[0] < KEPT_STEPS ? batch.lengths[0] : KEPT_STEPS;
    double *kept = calloc(steps * units + 1, sizeof *kept);
    if (!status && !kept)
        status = gb_fail(work->context, GB_MEMORY, "out of memory for %zu steps of %zu units", steps, units);
    if (!status) {
        batch.lengths[0] = steps;
        batch.batch.carry = NULL;
        status = gb_probe_kept(work->model, &batch.batch, 0, kept);
    }
    if (!status)
        status = put_steps(work, &batch.batch, steps, units, kept);
    free(kept);
    task_batch_free(work->context, &batch);
    return status;
}

static gb_status lose_kept(trial_work *work) {
    return trial_put(work, "memory_kept", NAN);
}

const measure_type measure_kept = {.after = take_kept, .lost = lose_kept};
