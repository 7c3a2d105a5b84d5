/* SPDX-License-Identifier: MIT */
/* From settings to things: the task that they name, the model that they ask for, and what both will cost. */
#include "experiments/engine/trial_work.h"

#include <stdlib.h>
#include <string.h>

gb_status trial_open_task(gb_context *context, const trial_settings *settings, task **out) {
    *out = NULL;
    const char *name = trial_text(settings, "task");
    const task_type *type = task_type_find(name);
    if (!type)
        return gb_fail(context, GB_INVALID, "there is no task '%s'; `gatebench list tasks` shows them", name);
    size_t count = 0;
    while (type->options[count].name)
        count++;
    const char *(*pairs)[2] = calloc(count + 1, sizeof *pairs);
    if (!pairs)
        return gb_fail(context, GB_MEMORY, "out of memory while opening task %s", name);
    for (size_t i = 0; i < count; i++) {
        pairs[i][0] = type->options[i].name;
        pairs[i][1] = trial_text(settings, type->options[i].name);
    }
    gb_status status = task_open(context, name, (const char *const(*)[2])pairs, count, out);
    free(pairs);
    return status;
}

/* The bias option by its own name, or the one with which a convention builds this cell. A standard network has no
 * recurrent bias to choose: single. */
static gb_status resolve_bias(gb_context *context, const char *text, const gb_cell_info *cell, gb_bias *bias) {
    for (gb_bias b = GB_BIAS_NONE; b <= GB_BIAS_DOUBLE; b++) {
        if (strcmp(text, gb_bias_name(b)) == 0) {
            *bias = b;
            return GB_OK;
        }
    }
    for (gb_convention c = 0; c < GB_CONVENTIONS; c++) {
        if (strcmp(text, gb_convention_name(c)) == 0) {
            *bias = cell ? cell->bias[c] : GB_BIAS_SINGLE;
            return GB_OK;
        }
    }
    return gb_fail(context, GB_INVALID, "bias is '%s'; give none, single, double, keras, pytorch, onednn or paper",
                   text);
}

static gb_initial_state resolve_initial_state(const char *text) {
    return strcmp(text, "learned") == 0   ? GB_INITIAL_LEARNED
           : strcmp(text, "clipped") == 0 ? GB_INITIAL_CLIPPED
                                          : GB_INITIAL_ZERO;
}

gb_status trial_model_spec(gb_context *context, const trial_settings *settings, const task_shape *shape,
                           gb_model_spec *spec) {
    const char *cell = trial_text(settings, "cell");
    *spec = (gb_model_spec){
        .cell = cell,
        .backend = trial_text(settings, "backend"),
        .dtype = strcmp(trial_text(settings, "dtype"), "f64") == 0 ? GB_F64 : GB_F32,
        .input = shape->input,
        .input_size = shape->input_size,
        .embedding = shape->input == GB_INPUT_TOKENS ? (size_t)trial_number(settings, "embedding") : 0,
        .hidden = (size_t)trial_number(settings, "hidden"),
        .layers = (size_t)trial_number(settings, "layers"),
        .output_size = shape->output_size,
        .window = shape->longest,
        .head = shape->head,
        .loss = shape->loss,
        .initial_state = resolve_initial_state(trial_text(settings, "initial_state")),
    };
    return resolve_bias(context, trial_text(settings, "bias"), gb_cell_find(cell), &spec->bias);
}

/* Floats of the recurrent layers and the output, by formula: nothing is built for an estimate. */
static double estimate_parameters(const gb_model_spec *spec) {
    const gb_cell_info *cell = gb_cell_find(spec->cell);
    size_t input = spec->embedding ? spec->embedding : spec->input_size;
    double count = (double)(spec->hidden + 1) * (double)spec->output_size;
    if (!cell) /* a standard network: one hidden layer on all it sees at once */
        return count + (double)spec->hidden * (double)input * (double)(spec->window ? spec->window : 1);
    for (size_t layer = 0; layer < spec->layers; layer++)
        count += (double)gb_cell_parameters(cell, layer ? spec->hidden : input, spec->hidden, spec->bias, NULL);
    return count;
}

/* Steps times sequences of a training batch: how many times the parameters are used in a step. */
static gb_status count_tokens(gb_context *context, task *opened, const trial_settings *settings, double *steps_in_batch,
                              double *tokens) {
    task_batch batch = {0};
    gb_status status = task_get_batch(opened, TASK_TRAIN, (uint64_t)trial_number(settings, "seed"), 0,
                                      (size_t)trial_number(settings, "batch"), &batch);
    *steps_in_batch = (double)batch.batch.steps;
    *tokens = (double)batch.batch.steps * (double)batch.batch.sequences;
    task_batch_free(context, &batch);
    return status;
}

gb_status trial_estimate(gb_context *context, const trial_settings *settings, trial_cost *cost) {
    *cost = (trial_cost){0};
    task *opened = NULL;
    gb_model_spec spec;
    gb_status status = trial_open_task(context, settings, &opened);
    if (status)
        return status;
    const task_shape *shape = task_get_shape(opened);
    double steps = trial_number(settings, "steps"), in_batch = 0, tokens = 0;
    status = trial_model_spec(context, settings, shape, &spec);
    if (!status && steps > 0 && shape->splits[TASK_TRAIN])
        status = count_tokens(context, opened, settings, &in_batch, &tokens);
    if (!status) {
        double parameters = estimate_parameters(&spec);
        bool standard = gb_cell_find(spec.cell) == NULL;
        double uses = standard && in_batch > 0 ? tokens / in_batch : tokens; /* a standard network looks once */
        double embedding = (double)spec.embedding * (double)spec.input_size;
        /* parameters, gradient, two optimizer moments in f32, and copies in f64; about 8 numbers kept a unit and step
         */
        cost->flops = 6 * parameters * uses * steps;
        cost->bytes = (parameters + embedding) * (6 * 4 + 3 * 8) +
                      tokens * 8 * ((double)spec.hidden * (double)spec.layers * 8 + (double)spec.output_size);
    }
    task_close(opened);
    return status;
}
