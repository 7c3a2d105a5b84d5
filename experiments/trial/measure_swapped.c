/* SPDX-License-Identifier: MIT */
/* Swapped pairs: the same words in two orders. Counts the pairs whose outputs are identical to the bit. A network that
 * cannot see order must give identical outputs. */
#include <stdlib.h>
#include <string.h>

#include "experiments/trial/measure.h"
#include "experiments/trial/trial_state.h"
#include "support/cleanup.h"

extern const measure_type measure_swapped;

static gb_status count_identical(trial_work *work, double *outputs, size_t *pairs, size_t *identical) {
    size_t width = work->shape->output_size, batches = trial_split_batches(work, TASK_SWAPPED);
    for (size_t i = 0; i < batches; i++) {
        gb_status status =
            task_get_batch(work->task, TASK_SWAPPED, work->seed, i, work->judged_rows, &work->judge_batch);
        if (!status)
            status = gb_model_predict(work->judge, &work->judge_batch.batch, outputs);
        if (status)
            return status;
        for (size_t n = 0; n + 1 < work->judge_batch.batch.sequences; n += 2) {
            ++*pairs;
            *identical += memcmp(outputs + n * width, outputs + (n + 1) * width, width * sizeof *outputs) == 0;
        }
    }
    return GB_OK;
}

static gb_status compare_pairs(trial_work *work) {
    if (!work->shape->splits[TASK_SWAPPED] || work->shape->head != GB_HEAD_LAST)
        return gb_fail(work->context, GB_UNSUPPORTED, "task %s has no swapped pairs; remove swapped_pairs from measure",
                       task_get_type(work->task)->name);
    CLEANUP(free_at) double *outputs = calloc(work->judged_rows * work->shape->output_size, sizeof *outputs);
    GB_NEED(work->context, outputs, "for the outputs of %zu sequences", work->judged_rows);
    size_t pairs = 0, identical = 0;
    gb_status status = count_identical(work, outputs, &pairs, &identical);
    GB_TRY(status);
    GB_TRY(trial_put_integer(work, "swapped_pairs", (double)pairs));
    return trial_put_integer(work, "swapped_identical", (double)identical);
}

const measure_type measure_swapped = {.after = compare_pairs};
