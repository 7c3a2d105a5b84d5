/* SPDX-License-Identifier: MIT */
/* Converts settings into the model that they describe, and estimates its cost. */
#include "experiments/trial/trial_state.h"

#include <string.h>

#include "datasets/files/cell_files.h"
#include "experiments/settings/matching.h"

/* The bias option by its name, or the option that a convention uses for this cell. A standard network has no recurrent
 * bias: single. */
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
        .implementation = strcmp(trial_text(settings, "kernels"), "auto") != 0 ? trial_text(settings, "kernels") : NULL,
        .initial_state = resolve_initial_state(trial_text(settings, "initial_state")),
    };
    return resolve_bias(context, trial_text(settings, "bias"), cells_find(cell), &spec->bias);
}

/* The number of parameters used per step; a standard network has one hidden layer on its whole input. */
static double count_parameters(const gb_model_spec *spec) {
    if (cells_find(spec->cell))
        return matching_parameters(spec, true) - (double)spec->embedding * (double)spec->input_size;
    size_t input = spec->embedding ? spec->embedding : spec->input_size;
    return (double)(spec->hidden + 1) * (double)spec->output_size +
           (double)spec->hidden * (double)input * (double)(spec->window ? spec->window : 1);
}

gb_status trial_estimate(gb_context *context, const trial_settings *settings, trial_cost *cost) {
    *cost = (trial_cost){0};
    task_facts facts;
    gb_model_spec spec;
    GB_TRY(task_facts_find(context, settings, (size_t)trial_number(settings, "batch"), &facts));
    GB_TRY(trial_model_spec(context, settings, &facts.shape, &spec));
    double steps = trial_number(settings, "steps"), parameters = count_parameters(&spec);
    double tokens = steps > 0 ? facts.tokens : 0;
    /* a standard network computes once per sequence */
    double uses = !cells_find(spec.cell) && facts.steps > 0 ? tokens / facts.steps : tokens;
    double embedding = (double)spec.embedding * (double)spec.input_size;
    /* parameters, gradient and two optimizer moments in f32, copies in f64; about 8 saved numbers per unit and step */
    cost->flops = 6 * parameters * uses * steps;
    cost->bytes = (parameters + embedding) * (6 * 4 + 3 * 8) +
                  tokens * 8 * ((double)spec.hidden * (double)spec.layers * 8 + (double)spec.output_size);
    return GB_OK;
}
