/* SPDX-License-Identifier: MIT */
/* Parameters: the number that the model allocated, and the number by the cell's closed formula, split by gate. */
#include <stdio.h>
#include <stdlib.h>

#include "datasets/files/cell_files.h"
#include "experiments/trial/measure.h"
#include "experiments/trial/trial_state.h"
#include "support/cleanup.h"

extern const measure_type measure_parameters;

/* The formula's count over all layers; by_gate gets kernel, recurrent and bias together. */
static gb_status count_by_formula(trial_work *work, const gb_cell_info *cell, double *by_gate, double *total) {
    const gb_model_spec *spec = gb_model_get_spec(work->model);
    size_t(*split)[3] = calloc(cell->gates, sizeof *split);
    GB_NEED(work->context, split, "for %zu gates", cell->gates);
    for (size_t layer = 0; layer < spec->layers; layer++) {
        size_t input = layer ? spec->hidden : spec->embedding ? spec->embedding : spec->input_size;
        *total += (double)gb_cell_parameters(cell, input, spec->hidden, spec->bias, split);
        for (size_t g = 0; g < cell->gates; g++)
            by_gate[g] += (double)split[g][0] + (double)split[g][1] + (double)split[g][2];
    }
    free(split);
    return GB_OK;
}

static gb_status put_gates(trial_work *work, const gb_cell_info *cell, const double *by_gate) {
    for (size_t g = 0; g < cell->gates; g++) {
        char name[64];
        snprintf(name, sizeof name, "parameters_by_gate/%s", cell->gate_names[g]);
        GB_TRY(trial_put_metric(work, name, (double)g, by_gate[g]));
    }
    return GB_OK;
}

static gb_status count_parameters(trial_work *work) {
    const gb_cell_info *cell = cells_find(gb_model_get_spec(work->model)->cell);
    GB_TRY(trial_put_integer(work, "parameters", (double)work->count));
    GB_TRY(trial_put_integer(work, "cell_parameters", (double)gb_model_recurrent_parameter_count(work->model)));
    if (!cell) /* a standard network has no gates */
        return GB_OK;
    double total = 0;
    CLEANUP(free_at) double *by_gate = calloc(cell->gates, sizeof *by_gate);
    GB_NEED(work->context, by_gate, "for %zu gates", cell->gates);
    GB_TRY(count_by_formula(work, cell, by_gate, &total));
    GB_TRY(trial_put_integer(work, "cell_parameters_formula", total));
    return put_gates(work, cell, by_gate);
}

const measure_type measure_parameters = {.always = true, .before = count_parameters};
