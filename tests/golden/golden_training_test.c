/* SPDX-License-Identifier: MIT */
/* Ten steps of SGD with momentum, of Adam and of each RMSprop on a small model (embedding, LSTM with two biases,
 * softmax on the last step) give PyTorch's losses at every step and PyTorch's parameters at the end: the whole chain of
 * gradients, loss, optimizer and layouts at once. */
#include "gatebench/layer.h"
#include "gatebench/train.h"
#include "golden_file.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../context.h"

static void require(gb_status status) {
    if (status != GB_OK)
        fail_msg("%s", gb_context_message(context));
}

static const golden_tensor *need(const golden_file *file, const char *prefix, const char *name) {
    char full[64];
    snprintf(full, sizeof full, "%s%s", prefix, name);
    const golden_tensor *tensor = golden_find(file, full);
    if (!tensor)
        fail_msg("the file lacks tensor %s", full);
    return tensor;
}

/* The model's flat parameter vector from the file's tensors; prefix "" for the start, "end_" for the end. */
static double *flat_parameters(const golden_file *file, const char *prefix, const gb_model *model) {
    double *flat = calloc(gb_model_parameter_count(model), sizeof *flat);
    assert_non_null(flat);
    char layer_prefix[64];
    snprintf(layer_prefix, sizeof layer_prefix, "%slstm.", prefix);
    for (size_t i = 0; i < gb_model_tensor_count(model); i++) {
        const gb_tensor *tensor = gb_model_tensor(model, i);
        if (tensor->role == GB_ROLE_EMBEDDING) {
            memcpy(flat + tensor->offset, need(file, prefix, "embedding.weight")->values, tensor->count * sizeof *flat);
        } else if (tensor->role == GB_ROLE_OUTPUT_BIAS) {
            memcpy(flat + tensor->offset, need(file, prefix, "output.bias")->values, tensor->count * sizeof *flat);
        } else if (tensor->role == GB_ROLE_OUTPUT) {
            const golden_tensor *theirs = need(file, prefix, "output.weight"); /* [O][H], ours [H][O] */
            size_t O = theirs->shape[0], H = theirs->shape[1];
            for (size_t h = 0; h < H; h++)
                for (size_t o = 0; o < O; o++)
                    flat[tensor->offset + h * O + o] = theirs->values[o * H + h];
        } else {
            golden_parameters(file, layer_prefix, gb_cell_find("lstm"), tensor, 1, flat);
        }
    }
    return flat;
}

static int32_t *whole_numbers(const golden_tensor *tensor) {
    int32_t *numbers = calloc(tensor->count, sizeof *numbers);
    assert_non_null(numbers);
    for (size_t k = 0; k < tensor->count; k++)
        numbers[k] = (int32_t)tensor->values[k];
    return numbers;
}

static gb_model *model_of(const golden_file *file, const char *backend, gb_dtype dtype) {
    const golden_tensor *embedding = need(file, "", "embedding.weight"), *output = need(file, "", "output.weight");
    const gb_model_spec spec = {.cell = "lstm",
                                .backend = backend,
                                .dtype = dtype,
                                .input = GB_INPUT_TOKENS,
                                .input_size = embedding->shape[0],
                                .embedding = embedding->shape[1],
                                .hidden = output->shape[1],
                                .layers = 1,
                                .output_size = output->shape[0],
                                .head = GB_HEAD_LAST,
                                .loss = GB_LOSS_SOFTMAX,
                                .bias = GB_BIAS_DOUBLE};
    gb_model *model;
    require(gb_model_create(context, &spec, &model));
    double *start = flat_parameters(file, "", model);
    gb_model_set_parameters(model, start);
    free(start);
    return model;
}

static gb_trainer *trainer_of(const golden_file *file, gb_model *model) {
    gb_optimizer_spec optimizer = gb_optimizer_defaults();
    optimizer.name = golden_header(file, "optimizer");
    optimizer.learning_rate = strtod(golden_header(file, "learning_rate"), NULL);
    optimizer.momentum = strtod(golden_header(file, "momentum"), NULL);
    if (golden_header(file, "decay")[0] != '\0') {
        optimizer.decay = strtod(golden_header(file, "decay"), NULL);
        optimizer.epsilon = strtod(golden_header(file, "epsilon"), NULL);
        optimizer.state_start = strtod(golden_header(file, "state_start"), NULL);
    }
    gb_trainer *trainer;
    require(gb_trainer_create(model, &optimizer, &trainer));
    return trainer;
}

/* Largest difference of a step's mean loss, relative to max(1, |golden|). */
static double train(const golden_file *file, gb_trainer *trainer) {
    const golden_tensor *tokens = need(file, "", "tokens"), *losses = need(file, "", "losses");
    size_t steps = tokens->shape[0], T = tokens->shape[1], N = tokens->shape[2];
    int32_t *all_tokens = whole_numbers(tokens), *all_classes = whole_numbers(need(file, "", "classes"));
    double worst = 0;
    for (size_t step = 0; step < steps; step++) {
        const gb_batch batch = {
            .steps = T, .sequences = N, .tokens = all_tokens + step * T * N, .classes = all_classes + step * N};
        gb_step_result result = {0};
        require(gb_trainer_step(trainer, &batch, &result));
        assert_false(result.diverged);
        double loss = result.evaluation.loss / (double)result.evaluation.predictions;
        worst = fmax(worst, fabs(loss - losses->values[step]) / fmax(1, fabs(losses->values[step])));
    }
    free(all_tokens);
    free(all_classes);
    return worst;
}

static double end_difference(const golden_file *file, const gb_model *model) {
    size_t count = gb_model_parameter_count(model);
    double *golden = flat_parameters(file, "end_", model), *ours = calloc(count, sizeof *ours), worst = 0;
    assert_non_null(ours);
    gb_model_get_parameters(model, ours);
    for (size_t k = 0; k < count; k++)
        worst = fmax(worst, fabs(ours[k] - golden[k]) / fmax(1, fabs(golden[k])));
    free(golden);
    free(ours);
    return worst;
}

static void follows(const char *name) {
    golden_file *file = golden_read(name);
    for (size_t b = 0; b < gb_backend_count(); b++)
        for (gb_dtype dtype = GB_F32; dtype <= GB_F64; dtype++) {
            const gb_layer_spec layer = {.cell = "lstm",
                                         .backend = gb_backend_name(b),
                                         .dtype = dtype,
                                         .bias = GB_BIAS_DOUBLE,
                                         .input = 4,
                                         .hidden = 6,
                                         .steps = 6,
                                         .batch = 4,
                                         .training = true};
            char why[256];
            if (!gb_backend_supports(NULL, &layer, why, sizeof why))
                continue;
            double tolerance = dtype == GB_F64 ? 1e-10 : 1e-5;
            gb_model *model = model_of(file, gb_backend_name(b), dtype);
            gb_trainer *trainer = trainer_of(file, model);
            double losses = train(file, trainer), end = end_difference(file, model);
            print_message("%s on %s in %s: losses within %.2e, parameters within %.2e\n", name, gb_backend_name(b),
                          dtype == GB_F64 ? "f64" : "f32", losses, end);
            assert_true(losses <= tolerance);
            assert_true(end <= tolerance);
            gb_trainer_destroy(trainer);
            gb_model_destroy(model);
        }
    golden_free(file);
}

static void sgd_follows_pytorch(void **state) {
    (void)state;
    follows("pytorch/training_sgd.txt");
}

static void adam_follows_pytorch(void **state) {
    (void)state;
    follows("pytorch/training_adam.txt");
}

static void rmsprops_follow_their_papers(void **state) {
    (void)state;
    follows("pytorch/training_rmsprop.txt");
    follows("pytorch/training_tensorflow1.txt");
    follows("pytorch/training_graves2013.txt");
    follows("pytorch/training_arjovsky2016.txt");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sgd_follows_pytorch),
        cmocka_unit_test(adam_follows_pytorch),
        cmocka_unit_test(rmsprops_follow_their_papers),
    };
    return cmocka_run_group_tests(tests, open_context, close_context);
}
