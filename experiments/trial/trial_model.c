/* SPDX-License-Identifier: MIT */
/* From settings to things: the task that they name, the model that they ask for, and what both will cost. */
#include "experiments/trial/trial_state.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

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

/* What an estimate asks of a task. */
typedef struct task_size {
    uint64_t key;
    task_shape shape;
    double steps, tokens; /* of a training batch: its steps, and steps times sequences, or 0 */
} task_size;

/* The last sizes asked for, so that a sweep opens each task once: opening some reads and unpacks large files. */
enum { REMEMBERED = 64 };
static _Thread_local task_size remembered[REMEMBERED];
static _Thread_local size_t next_remembered;

/* The task, its options and the batch as a hash; never 0, which is an empty place. */
static uint64_t hash_task(const trial_settings *settings, size_t batch) {
    const char *name = trial_text(settings, "task");
    const task_type *type = task_type_find(name);
    uint64_t hash = XXH3_64bits_withSeed(name, strlen(name), batch);
    for (const task_option *o = type ? type->options : NULL; o && o->name; o++) {
        const char *value = trial_text(settings, o->name);
        hash = XXH3_64bits_withSeed(value, strlen(value) + 1, hash);
    }
    return hash | 1;
}

/* Opens the task and draws a batch of seed 1, so that every trial and every process finds the same. */
static gb_status open_size(gb_context *context, const trial_settings *settings, size_t batch_size, task_size *size) {
    task *opened = NULL;
    task_batch batch = {0};
    gb_status status = trial_open_task(context, settings, &opened);
    if (status)
        return status;
    size->shape = *task_get_shape(opened);
    if (size->shape.splits[TASK_TRAIN])
        status = task_get_batch(opened, TASK_TRAIN, 1, 0, batch_size, &batch);
    size->steps = (double)batch.batch.steps;
    size->tokens = (double)batch.batch.steps * (double)batch.batch.sequences;
    task_batch_free(context, &batch);
    task_close(opened);
    return status;
}

static gb_status find_size(gb_context *context, const trial_settings *settings, const task_size **size) {
    size_t batch = (size_t)trial_number(settings, "batch");
    task_size found = {.key = hash_task(settings, batch)};
    for (size_t i = 0; i < REMEMBERED; i++) {
        *size = &remembered[i];
        if (remembered[i].key == found.key)
            return GB_OK;
    }
    gb_status status = open_size(context, settings, batch, &found);
    if (status)
        return status;
    *size = &remembered[next_remembered];
    remembered[next_remembered] = found;
    next_remembered = (next_remembered + 1) % REMEMBERED;
    return GB_OK;
}

gb_status trial_estimate(gb_context *context, const trial_settings *settings, trial_cost *cost) {
    *cost = (trial_cost){0};
    const task_size *size;
    gb_model_spec spec;
    gb_status status = find_size(context, settings, &size);
    if (!status)
        status = trial_model_spec(context, settings, &size->shape, &spec);
    if (status)
        return status;
    double steps = trial_number(settings, "steps"), parameters = estimate_parameters(&spec);
    double tokens = steps > 0 ? size->tokens : 0;
    /* a standard network looks once */
    double uses = !gb_cell_find(spec.cell) && size->steps > 0 ? tokens / size->steps : tokens;
    double embedding = (double)spec.embedding * (double)spec.input_size;
    /* parameters, gradient, two optimizer moments in f32, and copies in f64; about 8 numbers kept a unit and step */
    cost->flops = 6 * parameters * uses * steps;
    cost->bytes = (parameters + embedding) * (6 * 4 + 3 * 8) +
                  tokens * 8 * ((double)spec.hidden * (double)spec.layers * 8 + (double)spec.output_size);
    return GB_OK;
}
