/* SPDX-License-Identifier: MIT */
/* Sets the bias of the gate that keeps the memory: a number, or spread over time constants (Tallec & Ollivier 2018). */
#include <math.h>
#include <string.h>

#include "core/number.h"
#include "gatebench/random.h"
#include "model/model.h"

#define CHRONO "chrono:"

/* Reads the text; with chrono *number is Tmax. */
static const char *parse(const char *text, bool *chrono, double *number) {
    *chrono = text && strncmp(text, CHRONO, strlen(CHRONO)) == 0;
    if (!text || !number_read(text + (*chrono ? strlen(CHRONO) : 0), number))
        return "give a number, or chrono:Tmax such as chrono:150";
    return *chrono && *number <= 2 ? "chrono:Tmax needs a Tmax above 2: biases are log U[1, Tmax - 1]" : NULL;
}

const char *gb_forget_bias_error(const char *bias) {
    bool chrono;
    double number;
    return parse(bias, &chrono, &number);
}

/* The row of H values of a gate in a bias tensor; NULL if the tensor has no row for it. */
static double *row_of(const gb_tensor *tensor, const char *gate, double *values) {
    for (size_t i = 0; gate && i < tensor->shape[1]; i++)
        if (strcmp(tensor->gates[i], gate) == 0)
            return values + tensor->offset + i * tensor->shape[2];
    return NULL;
}

/* Writes biases[H] into the bias tensors of a layer. */
static void put(const gb_model *model, const gb_tensor *tensor, const double *biases, bool chrono, double *values) {
    const gb_cell_info *cell = model->cell;
    double *memory = row_of(tensor, cell->memory_gate, values);
    double *input = chrono ? row_of(tensor, cell->input_gate, values) : NULL;
    const bool first = tensor->role == GB_ROLE_BIAS; /* the second set adds nothing */
    for (size_t j = 0; j < model->spec.hidden; j++) {
        if (memory)
            memory[j] = first ? cell->memory_sign * biases[j] : 0;
        if (input)
            input[j] = first ? -biases[j] : 0;
    }
}

static void set_all(const gb_model *model, bool chrono, double number, uint64_t seed, double *biases, double *values) {
    gb_random random = {0};
    size_t layer = 0;
    for (size_t i = 0; i < model->tensor_count; i++) {
        const gb_tensor *tensor = &model->tensors[i];
        if (tensor->role != GB_ROLE_BIAS && tensor->role != GB_ROLE_RECURRENT_BIAS)
            continue;
        if (tensor->role == GB_ROLE_BIAS) {
            random = gb_random_stream(seed, GB_RANDOM_FORGET_BIAS, layer++);
            for (size_t j = 0; j < model->spec.hidden; j++)
                biases[j] = chrono ? log(1 + (number - 2) * gb_random_uniform(&random)) : number;
        }
        put(model, tensor, biases, chrono, values);
    }
}

gb_status gb_model_set_forget_bias(gb_model *model, const char *bias, uint64_t seed) {
    bool chrono;
    double number, *values, *biases;
    const char *error = parse(bias, &chrono, &number);
    if (error)
        return gb_fail(model->context, GB_INVALID, "forget bias '%s': %s", bias ? bias : "", error);
    if (!model->cell || !model->cell->memory_gate) {
        return gb_fail(model->context, GB_INVALID, "'%s' has no gate that keeps the memory, so no forget bias",
                       model->spec.cell);
    }
    if (model->spec.bias == GB_BIAS_NONE)
        return gb_fail(model->context, GB_INVALID, "a model without biases has no forget bias; give it bias single");
    GB_TRY(gb_allocate(model->context, model->count + model->spec.hidden, sizeof *values, &values));
    biases = values + model->count;
    gb_model_get_parameters(model, values);
    set_all(model, chrono, number, seed, biases, values);
    gb_model_set_parameters(model, values);
    gb_release(model->context, values);
    return GB_OK;
}
