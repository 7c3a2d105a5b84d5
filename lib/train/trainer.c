/* SPDX-License-Identifier: MIT */
/* The training step: gradient of the mean loss, clip, update. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/edit_distance.h"
#include "train/trainer.h"
#include "train/update.h"

gb_optimizer_spec gb_optimizer_defaults(void) {
    return (gb_optimizer_spec){
        .name = "adam", .learning_rate = 1e-3, .decay = 0.9, .beta1 = 0.9, .beta2 = 0.999, .epsilon = 1e-8};
}

size_t gb_optimizer_count(void) {
    size_t count = 0;
    while (update_optimizer_name_f64(count))
        count++;
    return count;
}

const char *gb_optimizer_name(size_t i) {
    return update_optimizer_name_f64(i);
}

static gb_status find_optimizer(gb_context *context, const char *name, size_t *found) {
    const char *nearest = gb_optimizer_name(0);
    char known[256] = "";
    for (size_t i = 0; i < gb_optimizer_count(); i++) {
        const size_t used = strlen(known);
        const char *candidate = gb_optimizer_name(i);
        if (name && strcmp(candidate, name) == 0) {
            *found = i;
            return GB_OK;
        }
        snprintf(known + used, sizeof known - used, "%s%s", i == 0 ? "" : ", ", candidate);
        if (name && text_distance(name, candidate) < text_distance(name, nearest))
            nearest = candidate;
    }
    return gb_fail(context, GB_INVALID, "unknown optimizer '%s'; did you mean '%s'? known: %s", name ? name : "",
                   nearest, known);
}

static gb_status check_spec(gb_context *context, const gb_optimizer_spec *spec) {
    const struct {
        const char *name;
        double value;
        bool good;
        const char *range;
    } numbers[] = {
        {"learning_rate", spec->learning_rate, spec->learning_rate > 0, "above 0"},
        {"momentum", spec->momentum, spec->momentum >= 0 && spec->momentum < 1, "in [0, 1)"},
        {"decay", spec->decay, spec->decay >= 0 && spec->decay < 1, "in [0, 1)"},
        {"beta1", spec->beta1, spec->beta1 >= 0 && spec->beta1 < 1, "in [0, 1)"},
        {"beta2", spec->beta2, spec->beta2 >= 0 && spec->beta2 < 1, "in [0, 1)"},
        {"epsilon", spec->epsilon, spec->epsilon >= 0, "0 or above"},
        {"clip_norm", spec->clip_norm, spec->clip_norm >= 0, "0 (off) or above"},
        {"clip_value", spec->clip_value, spec->clip_value >= 0, "0 (off) or above"},
        {"state_start", spec->state_start, spec->state_start >= 0, "0 or above"},
        {"weight_decay", spec->weight_decay, spec->weight_decay >= 0, "0 (off) or above"},
    };
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        if (!numbers[i].good || !isfinite(numbers[i].value)) {
            return gb_fail(context, GB_INVALID, "optimizer %s: %s is %g; it must be %s", spec->name, numbers[i].name,
                           numbers[i].value, numbers[i].range);
        }
    }
    return GB_OK;
}

gb_status gb_trainer_create(gb_model *model, const gb_optimizer_spec *spec, gb_trainer **trainer) {
    gb_context *context = model->context;
    gb_trainer *made;
    size_t optimizer;
    *trainer = NULL;
    gb_status status = find_optimizer(context, spec->name, &optimizer);
    if (status == GB_OK)
        status = check_spec(context, spec);
    if (status == GB_OK)
        status = gb_allocate(context, 1, sizeof *made, &made);
    if (status != GB_OK)
        return status;
    *made = (gb_trainer){.model = model, .spec = *spec, .optimizer = optimizer};
    made->spec.name = gb_optimizer_name(optimizer);
    const size_t rows =
        model->spec.dtype == GB_F64 ? update_state_rows_f64(optimizer) : update_state_rows_f32(optimizer);
    status = gb_allocate(context, model->count, rows * model->real_size, &made->state);
    if (status != GB_OK) {
        gb_release(context, made);
        return status;
    }
    (model->spec.dtype == GB_F64 ? update_start_state_f64 : update_start_state_f32)(optimizer, &made->spec,
                                                                                    model->count, made->state);
    *trainer = made;
    return GB_OK;
}

void gb_trainer_set_learning_rate(gb_trainer *trainer, double learning_rate) {
    trainer->spec.learning_rate = learning_rate;
}

gb_status gb_trainer_set_weight_noise(gb_trainer *trainer, double deviation, uint64_t seed) {
    gb_model *model = trainer->model;
    if (!(deviation >= 0) || !isfinite(deviation)) {
        return gb_fail(model->context, GB_INVALID, "weight noise of deviation %g; it must be 0 (off) or above",
                       deviation);
    }
    gb_status status = GB_OK;
    if (deviation > 0 && !trainer->clean) {
        status = gb_allocate(model->context, model->count, model->real_size, &trainer->clean);
    } else if (deviation == 0) {
        gb_release(model->context, trainer->clean);
        trainer->clean = NULL;
    }
    trainer->noise = deviation;
    trainer->noise_seed = seed;
    return status;
}

gb_status gb_trainer_set_dropout(gb_trainer *trainer, double rate, uint64_t seed) {
    const gb_model *model = trainer->model;
    if (!(rate >= 0 && rate < 1))
        return gb_fail(model->context, GB_INVALID, "dropout of %g; it must be in [0, 1)", rate);
    if (rate > 0 && (model->kind != MODEL_STACK || model->spec.layers < 2)) {
        return gb_fail(model->context, GB_INVALID,
                       "dropout is between recurrent layers, and this model has %zu; give it 2 or more",
                       model->kind == MODEL_STACK ? model->spec.layers : 0);
    }
    trainer->dropout = rate;
    trainer->dropout_seed = seed;
    return GB_OK;
}

void gb_trainer_destroy(gb_trainer *trainer) {
    if (trainer) {
        gb_context *context = trainer->model->context;
        gb_release(context, trainer->state);
        gb_release(context, trainer->clean);
        gb_release(context, trainer->segment.data);
        gb_release(context, trainer);
    }
}

/* Computes the gradient with this update's dropout, then turns dropout off again. */
static gb_status drop_out(gb_trainer *trainer, const gb_batch *batch, gb_evaluation *evaluation) {
    gb_model *model = trainer->model;
    model->dropout = (dropout){trainer->dropout, trainer->dropout_seed, trainer->step, trainer->passed};
    const gb_status status = gb_model_gradient(model, batch, evaluation);
    model->dropout = (dropout){0};
    return status;
}

/* Computes the gradient at the parameters, or at the parameters plus weight noise. In that case it restores them bit
 * for bit. */
static gb_status take_gradient(gb_trainer *trainer, const gb_batch *batch, gb_evaluation *evaluation) {
    gb_model *model = trainer->model;
    gb_model_zero_gradient(model);
    if (!trainer->clean)
        return drop_out(trainer, batch, evaluation);
    const size_t bytes = model->count * model->real_size;
    memcpy(trainer->clean, model->parameters, bytes);
    (model->spec.dtype == GB_F64 ? update_add_noise_f64 : update_add_noise_f32)(
        trainer->noise, trainer->noise_seed, trainer->step, model->count, model->parameters);
    gb_status status = drop_out(trainer, batch, evaluation);
    memcpy(model->parameters, trainer->clean, bytes);
    return status;
}

/* A hidden state never exceeds 1 in magnitude, so an initial state must not either. */
static void clip_initial_states(gb_model *model) {
    for (size_t unit = 0; model->spec.initial_state == GB_INITIAL_CLIPPED && unit < model->units; unit++) {
        const gb_tensor *h = model_initial(model, unit, 0);
        (model->spec.dtype == GB_F64 ? update_limit_f64 : update_limit_f32)(
            1, h->count, (char *)model->parameters + h->offset * model->real_size);
    }
}

gb_status gb_trainer_step(gb_trainer *trainer, const gb_batch *batch, gb_step_result *result) {
    gb_model *model = trainer->model;
    const bool twice = model->spec.dtype == GB_F64;
    GB_TRY(take_gradient(trainer, batch, &result->evaluation));
    result->gradient_norm = (twice ? update_norm_f64 : update_norm_f32)(model->gradient, model->count);
    result->diverged = !isfinite(result->evaluation.loss) || !isfinite(result->gradient_norm);
    if (!result->diverged && result->evaluation.predictions > 0) {
        trainer->step++;
        (twice ? update_apply_f64 : update_apply_f32)(trainer->optimizer, &trainer->spec, trainer->step, model->count,
                                                      model->parameters, model->gradient, result->gradient_norm,
                                                      trainer->state);
        clip_initial_states(model);
    }
    return GB_OK;
}

/* The header of a saved state: what must match, and the step. */
typedef struct state_head {
    uint64_t optimizer, real_size, parameters, optimizer_bytes, step;
} state_head;

static size_t optimizer_bytes(const gb_trainer *trainer) {
    const gb_model *model = trainer->model;
    const size_t rows = model->spec.dtype == GB_F64 ? update_state_rows_f64(trainer->optimizer)
                                                    : update_state_rows_f32(trainer->optimizer);
    return rows * model->count * model->real_size;
}

static state_head head_of(const gb_trainer *trainer) {
    return (state_head){trainer->optimizer, trainer->model->real_size, trainer->model->count, optimizer_bytes(trainer),
                        trainer->step};
}

size_t gb_trainer_state_size(const gb_trainer *trainer) {
    return sizeof(state_head) + optimizer_bytes(trainer) + model_state_size(trainer->model);
}

void gb_trainer_get_state(const gb_trainer *trainer, void *bytes) {
    const state_head head = head_of(trainer);
    const size_t size = optimizer_bytes(trainer);
    unsigned char *to = bytes;
    memcpy(to, &head, sizeof head);
    if (size > 0)
        memcpy(to + sizeof head, trainer->state, size);
    model_get_state(trainer->model, to + sizeof head + size);
}

gb_status gb_trainer_set_state(gb_trainer *trainer, const void *bytes, size_t size) {
    const unsigned char *from = bytes;
    const size_t own = sizeof(state_head) + optimizer_bytes(trainer);
    state_head head = {0}, fitting = head_of(trainer);
    if (size >= own)
        memcpy(&head, from, sizeof head);
    fitting.step = head.step;
    if (size < own || memcmp(&head, &fitting, sizeof head) != 0) {
        return gb_fail(trainer->model->context, GB_INVALID,
                       "the saved state does not match this trainer (%s, %zu parameters of %zu bytes); start again",
                       trainer->spec.name, trainer->model->count, trainer->model->real_size);
    }
    trainer->step = head.step;
    if (own > sizeof head)
        memcpy(trainer->state, from + sizeof head, own - sizeof head);
    return model_set_state(trainer->model, from + own, size - own);
}
