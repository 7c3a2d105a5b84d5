/* SPDX-License-Identifier: MIT */
/* Anchors: the task's trivial baselines as columns "<name>_<metric>" (marginal_nll), and "zero_<metric>", the result of
 * a network whose outputs are all zero on the test split, by the same evaluation as for trained networks. Their values
 * are known exactly, so a wrong file, split or metric is detected before anything is trained. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "experiments/trial/measure.h"
#include "experiments/trial/trial_state.h"
#include "support/cleanup.h"

extern const measure_type measure_baselines;

enum { MOST = 16 };

static gb_status put_baselines(trial_work *work) {
    task_baseline all[MOST];
    size_t count = task_get_baselines(work->task, all, MOST);
    for (size_t i = 0; i < count; i++) {
        char name[80];
        snprintf(name, sizeof name, "%s_%s", all[i].name, all[i].metric);
        for (char *at = name; *at; at++)
            *at = *at == ' ' ? '_' : *at;
        GB_TRY(trial_put(work, name, all[i].value));
    }
    return GB_OK;
}

static gb_status put_zero(trial_work *work) {
    split_result found;
    CLEANUP(free_at) double *zero = calloc(work->count + 1, sizeof *zero);
    GB_NEED(work->context, zero, "for %zu parameters of a network with zero outputs", work->count);
    gb_model_set_parameters(work->judge, zero);
    GB_TRY(trial_evaluate(work, TASK_TEST, &found));
    gb_model_set_parameters(work->judge, work->selected);
    GB_TRY(trial_put(work, "zero_loss", found.loss));
    return trial_put(work, "zero_sequence_mean", found.sequence_loss);
}

static gb_status put_anchors(trial_work *work) {
    GB_TRY(put_baselines(work));
    return work->shape->splits[TASK_TEST] ? put_zero(work) : GB_OK;
}

const measure_type measure_baselines = {.after = put_anchors};
