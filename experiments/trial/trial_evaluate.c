/* SPDX-License-Identifier: MIT */
/* Evaluation passes over a split, and the functions that fill a trial's record. */
#include "experiments/trial/trial_state.h"
#include "support/cleanup.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* The number of sequences evaluated on an unlimited split. */
#define ENDLESS_SEQUENCES 1024

gb_status trial_put(trial_work *work, const char *name, double value) {
    GB_NEED(work->context, table_set_number(&work->record->fields, name, value), "at column %s of the trial's record",
            name);
    return GB_OK;
}

gb_status trial_put_integer(trial_work *work, const char *name, double value) {
    GB_NEED(work->context, table_set_integer(&work->record->fields, name, value), "at column %s of the trial's record",
            name);
    return GB_OK;
}

gb_status trial_put_metric(trial_work *work, const char *name, double x, double value) {
    table *metrics = &work->record->metrics;
    GB_NEED(work->context,
            table_add_row(metrics) && table_set_text(metrics, "metric", name) && table_set_number(metrics, "x", x) &&
                table_set_number(metrics, "value", value),
            "at metric %s of the trial's record", name);
    return GB_OK;
}

gb_status trial_tell(trial_work *work, const char *format, ...) {
    double now = clock_now();
    if (!work->progress || now - work->last_progress < 0.2)
        return GB_OK;
    work->last_progress = now;
    char words[128];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(words, sizeof words, format, arguments);
    va_end(arguments);
    if (work->progress(work->user, work->share, words))
        return gb_fail(work->context, GB_STOPPED, "the trial was asked to stop (%s)", words);
    return GB_OK;
}

double trial_metric(const task_shape *shape, const split_result *result) {
    if (result->predictions == 0)
        return NAN;
    if (strcmp(shape->metric, "accuracy") == 0)
        return (double)result->correct / (double)result->predictions;
    return strcmp(shape->metric, "bits") == 0 ? result->loss / M_LN2 : result->loss;
}

size_t trial_split_batches(const trial_work *work, task_split split) {
    size_t batches = task_batches(work->task, split, work->judged_rows);
    return batches ? batches : (ENDLESS_SEQUENCES + work->judged_rows - 1) / work->judged_rows;
}

/* Adds the mean loss of each sequence of the judge's batch to *sum; counts those that made a prediction. */
static void add_sequences(const trial_work *work, double *sum, size_t *counted) {
    for (size_t n = 0; n < work->judge_batch.batch.sequences; n++) {
        if (work->sequence_predictions[n] == 0)
            continue;
        *sum += work->sequence_loss[n] / (double)work->sequence_predictions[n];
        ++*counted;
    }
}

static gb_status reserve_outputs(trial_work *work, size_t count) {
    if (count <= work->output_capacity)
        return GB_OK;
    free(work->outputs);
    work->output_capacity = 0;
    work->outputs = calloc(count, sizeof *work->outputs);
    GB_NEED(work->context, work->outputs, "for %zu outputs of a batch", count);
    work->output_capacity = count;
    return GB_OK;
}

static bool is_largest(const double *outputs, size_t count, int32_t class) {
    size_t best = 0;
    for (size_t i = 1; i < count; i++)
        best = outputs[i] > outputs[best] ? i : best;
    return best == (size_t) class;
}

/* Replaces the counts of all predictions of the judge's batch by those of the marked predictions. */
static gb_status count_marked(trial_work *work, gb_evaluation *found) {
    const gb_batch *batch = &work->judge_batch.batch;
    size_t classes = work->shape->output_size, rows = batch->steps * batch->sequences;
    GB_TRY(reserve_outputs(work, rows * classes));
    GB_TRY(gb_model_predict(work->judge, batch, work->outputs));
    found->predictions = found->correct = 0;
    for (size_t row = 0; row < rows; row++) {
        if (!batch->marks[row])
            continue;
        found->predictions++;
        found->correct += is_largest(work->outputs + row * classes, classes, batch->classes[row]);
    }
    return GB_OK;
}

gb_status trial_evaluate_batch(trial_work *work, task_split split, size_t i, gb_evaluation *found,
                               size_t *predictions) {
    gb_batch *batch = &work->judge_batch.batch;
    gb_status status = task_get_batch(work->task, split, work->seed, i, work->judged_rows, &work->judge_batch);
    batch->sequence_loss = work->sequence_loss;
    batch->sequence_predictions = work->sequence_predictions;
    if (!status)
        status = gb_model_evaluate(work->judge, batch, found);
    batch->sequence_loss = NULL;
    batch->sequence_predictions = NULL;
    *predictions = found->predictions;
    return status || !work->shape->marked_accuracy ? status : count_marked(work, found);
}

gb_status trial_evaluate(trial_work *work, task_split split, split_result *result) {
    *result = (split_result){.loss = NAN, .sequence_loss = NAN};
    size_t batches = trial_split_batches(work, split);
    double loss = 0, sequence_sum = 0;
    size_t sequences = 0, predictions = 0, rows = 0, longest = 0;
    gb_status status = GB_OK;
    work->sequence_loss = calloc(work->judged_rows, sizeof *work->sequence_loss);
    work->sequence_predictions = calloc(work->judged_rows, sizeof *work->sequence_predictions);
    if (!work->sequence_loss || !work->sequence_predictions)
        status = gb_fail(work->context, GB_MEMORY, "out of memory for the losses of %zu sequences", work->judged_rows);
    for (size_t i = 0; i < batches && !status; i++) {
        gb_evaluation found = {0};
        size_t asked = 0;
        status = trial_evaluate_batch(work, split, i, &found, &asked);
        if (status)
            break;
        loss += found.loss;
        predictions += asked;
        result->predictions += found.predictions;
        result->correct += found.correct;
        add_sequences(work, &sequence_sum, &sequences);
        rows += work->judge_batch.batch.sequences;
        longest = work->judge_batch.batch.steps > longest ? work->judge_batch.batch.steps : longest;
        status = trial_tell(work, "%s batch %zu/%zu", task_split_name(split), i + 1, batches);
    }
    free(work->sequence_loss);
    free(work->sequence_predictions);
    work->sequence_loss = NULL;
    work->sequence_predictions = NULL;
    if (trial_has_quirk(work, "padded_nll")) /* over all frames of the padded array, including padding */
        predictions = rows * longest;
    if (predictions)
        result->loss = loss / (double)predictions;
    if (sequences)
        result->sequence_loss = sequence_sum / (double)sequences;
    return status;
}
