/* SPDX-License-Identifier: MIT */
/* Initialisers. Numbers are drawn in double, from one stream per tensor, then rounded, so both precisions start with
 * the same values. */
#include <math.h>
#include <string.h>

#include "core/number.h"
#include "gatebench/random.h"
#include "model/model.h"

/* One tensor to fill. `scale` is the number after the initialiser's colon. */
typedef struct draw {
    const gb_tensor *tensor;
    gb_random random;
    double *values; /* [tensor->count] */
    double *work;   /* [tensor->count] */
    double scale;
    size_t hidden;
} draw;

static void fill_uniform(draw *d, double limit) {
    for (size_t i = 0; i < d->tensor->count; i++)
        d->values[i] = limit * (2 * gb_random_uniform(&d->random) - 1);
}

static void fill_normal(draw *d, double deviation) {
    for (size_t i = 0; i < d->tensor->count; i++)
        d->values[i] = deviation * gb_random_normal(&d->random);
}

static bool is_bias(gb_role role) {
    return role == GB_ROLE_BIAS || role == GB_ROLE_RECURRENT_BIAS || role == GB_ROLE_OUTPUT_BIAS;
}

/* Orthonormalises `count` vectors of `size` numbers (count <= size), in order, by modified Gram-Schmidt applied twice.
 * The result is the Q of a QR decomposition whose R has a positive diagonal, and so is uniform over orthogonal
 * matrices. */
static void orthonormalise(double *vectors, size_t count, size_t size) {
    for (size_t i = 0; i < count; i++) {
        double *v = vectors + i * size, norm = 0;
        for (size_t again = 0; again < 2; again++) {
            for (size_t j = 0; j < i; j++) {
                const double *u = vectors + j * size;
                double dot = 0;
                for (size_t k = 0; k < size; k++)
                    dot += u[k] * v[k];
                for (size_t k = 0; k < size; k++)
                    v[k] -= dot * u[k];
            }
        }
        for (size_t k = 0; k < size; k++)
            norm += v[k] * v[k];
        norm = sqrt(norm);
        for (size_t k = 0; k < size; k++)
            v[k] /= norm;
    }
}

/* Keras: the whole [H][G*H] matrix has orthonormal rows */
static void fill_orthogonal_whole(draw *d) {
    const size_t rows = d->tensor->shape[0], columns = d->tensor->shape[1] * d->tensor->shape[2];
    fill_normal(d, 1);
    orthonormalise(d->values, rows, columns); /* rows = H <= G*H = columns */
}

static void fill_orthogonal_gates(draw *d) {
    const size_t hidden = d->tensor->shape[0], gates = d->tensor->shape[1];
    for (size_t gate = 0; gate < gates; gate++) {
        for (size_t i = 0; i < hidden * hidden; i++)
            d->work[i] = gb_random_normal(&d->random);
        orthonormalise(d->work, hidden, hidden);
        for (size_t row = 0; row < hidden; row++)
            memcpy(d->values + (row * gates + gate) * hidden, d->work + row * hidden, hidden * sizeof *d->values);
    }
}

static double glorot_limit(const gb_tensor *tensor) {
    /* a peephole is one vector per gate, with fan in and fan out H, as in TensorFlow */
    const double in = (double)(tensor->role == GB_ROLE_PEEPHOLE ? tensor->shape[2] : tensor->shape[0]);
    const double out =
        (double)(tensor->role == GB_ROLE_PEEPHOLE ? tensor->shape[2] : tensor->shape[1] * tensor->shape[2]);
    return sqrt(6 / (in + out));
}

static void keras_without_forget_bias(draw *d) {
    switch (d->tensor->role) {
    case GB_ROLE_RECURRENT:
        fill_orthogonal_whole(d);
        break;
    case GB_ROLE_EMBEDDING:
        fill_uniform(d, 0.05);
        break;
    case GB_ROLE_KERNEL:
    case GB_ROLE_PEEPHOLE:
    case GB_ROLE_OUTPUT:
        fill_uniform(d, glorot_limit(d->tensor));
        break;
    case GB_ROLE_BIAS:
    case GB_ROLE_RECURRENT_BIAS:
    case GB_ROLE_OUTPUT_BIAS:
    case GB_ROLE_INITIAL_STATE:
        break; /* zero */
    }
}

static void keras(draw *d) {
    keras_without_forget_bias(d);
    if (d->tensor->role == GB_ROLE_BIAS && d->tensor->forget_gate >= 0) {
        const size_t width = d->tensor->shape[2];
        for (size_t i = 0; i < width; i++)
            d->values[(size_t)d->tensor->forget_gate * width + i] = 1;
    }
}

static void pytorch(draw *d) {
    switch (d->tensor->role) {
    case GB_ROLE_EMBEDDING:
        fill_normal(d, 1);
        break;
    case GB_ROLE_OUTPUT:
        fill_uniform(d, 1 / sqrt((double)d->tensor->shape[0]));
        break;
    case GB_ROLE_OUTPUT_BIAS:
        fill_uniform(d, d->scale); /* 1 / sqrt(fan in of its matrix) */
        break;
    default:
        fill_uniform(d, 1 / sqrt((double)d->hidden));
        break;
    }
}

static void uniform(draw *d) {
    if (!is_bias(d->tensor->role))
        fill_uniform(d, d->scale);
}

static void normal(draw *d) {
    if (!is_bias(d->tensor->role))
        fill_normal(d, d->scale);
}

static void orthogonal(draw *d) {
    if (d->tensor->role == GB_ROLE_RECURRENT)
        fill_orthogonal_gates(d);
    else
        keras_without_forget_bias(d);
}

static void identity(draw *d) {
    const size_t hidden = d->tensor->shape[0], gates = d->tensor->shape[1];
    if (d->tensor->role == GB_ROLE_RECURRENT)
        for (size_t i = 0; i < hidden * gates; i++)
            d->values[i * hidden + i / gates] = 1; /* row i / gates, gate i % gates */
    else if (!is_bias(d->tensor->role))
        fill_normal(d, 0.001);
}

static void scaled(draw *d) {
    fill_orthogonal_gates(d);
    for (size_t i = 0; i < d->tensor->count; i++)
        d->values[i] *= d->scale;
}

/* One initialiser with its name. */
typedef struct start {
    const char *name;
    bool takes_number;
    void (*fill)(draw *d);
} start;

/* The initialisers of one call, and its messages for unknown names and missing numbers. */
typedef struct start_list {
    const start *items;
    size_t count;
    const char *unknown, *numberless;
} start_list;

static const start whole_items[] = {
    {"keras", false, keras},  {"pytorch", false, pytorch},       {"uniform", true, uniform},
    {"normal", true, normal}, {"orthogonal", false, orthogonal}, {"identity", false, identity},
};
static const start_list whole = {
    whole_items, sizeof whole_items / sizeof *whole_items,
    "unknown initialiser; known: keras, pytorch, uniform:a, normal:s, orthogonal, identity",
    "this initialiser needs a number above 0 after a colon, such as uniform:0.08 or normal:0.1"};

static const start recurrent_items[] = {
    {"orthogonal", false, fill_orthogonal_gates},
    {"orthogonal_whole", false, fill_orthogonal_whole},
    {"identity", false, identity},
    {"scaled", true, scaled},
};
static const start_list recurrent = {
    recurrent_items, sizeof recurrent_items / sizeof *recurrent_items,
    "unknown initialiser of recurrent kernels; known: orthogonal, orthogonal_whole, identity, scaled:rho",
    "scaled needs a number above 0 after a colon, such as scaled:0.95"};

/* Splits "name" or "name:number"; NULL and the reason in *error when that is not one of the list. */
static const start *parse(const start_list *list, const char *text, double *number, const char **error) {
    const size_t length = text ? strcspn(text, ":") : 0;
    *number = 0;
    *error = list->unknown;
    for (size_t i = 0; i < list->count; i++) {
        const start *found = &list->items[i];
        if (!text || strlen(found->name) != length || memcmp(found->name, text, length) != 0)
            continue;
        const char *behind = text + length;
        if (!found->takes_number)
            *error = *behind == '\0' ? NULL : "this initialiser takes no number; omit the colon";
        else
            *error = *behind == ':' && number_read(behind + 1, number) && *number > 0 ? NULL : list->numberless;
        return !*error ? found : NULL;
    }
    return NULL;
}

static const char *error_of(const start_list *list, const char *text) {
    double number;
    const char *error;
    parse(list, text, &number, &error);
    return error;
}

const char *gb_initialiser_error(const char *initialiser) {
    return error_of(&whole, initialiser);
}

const char *gb_recurrent_initialiser_error(const char *initialiser) {
    return error_of(&recurrent, initialiser);
}

/* Draws tensor i into values, which hold the whole flat vector. */
static void draw_tensor(const gb_model *model, size_t i, const start *chosen, double number, uint64_t seed,
                        double *values, double *work) {
    const gb_tensor *tensor = &model->tensors[i];
    draw d = {
        .tensor = tensor,
        .random = gb_random_stream(seed, GB_RANDOM_INITIALISE, i),
        .values = values + tensor->offset,
        .work = work,
        .scale = number,
        .hidden = model->spec.hidden,
    };
    if (tensor->role == GB_ROLE_OUTPUT_BIAS && chosen->fill == pytorch)
        d.scale = 1 / sqrt((double)model->tensors[i - 1].shape[0]);
    memset(d.values, 0, tensor->count * sizeof *d.values);
    if (tensor->role != GB_ROLE_INITIAL_STATE)
        chosen->fill(&d);
}

/* Draws the tensors of one role, or all. */
static gb_status draw_all(gb_model *model, const start *chosen, double number, uint64_t seed, bool all, gb_role role) {
    double *values = NULL, *work = NULL;
    gb_status status = gb_allocate(model->context, model->count, sizeof *values, &values);
    if (status == GB_OK)
        status = gb_allocate(model->context, model->count, sizeof *work, &work);
    if (status == GB_OK) {
        gb_model_get_parameters(model, values);
        for (size_t i = 0; i < model->tensor_count; i++)
            if (all || model->tensors[i].role == role)
                draw_tensor(model, i, chosen, number, seed, values, work);
        gb_model_set_parameters(model, values);
    }
    gb_release(model->context, work);
    gb_release(model->context, values);
    return status;
}

gb_status gb_model_initialise(gb_model *model, const char *initialiser, uint64_t seed) {
    double number;
    const char *error;
    const start *chosen = parse(&whole, initialiser, &number, &error);
    if (!chosen)
        return gb_fail(model->context, GB_INVALID, "initialiser '%s': %s", initialiser ? initialiser : "", error);
    return draw_all(model, chosen, number, seed, true, GB_ROLE_KERNEL);
}

gb_status gb_model_initialise_recurrent(gb_model *model, const char *initialiser, uint64_t seed) {
    double number;
    const char *error;
    const start *chosen = parse(&recurrent, initialiser, &number, &error);
    if (!chosen)
        return gb_fail(model->context, GB_INVALID, "recurrent kernels '%s': %s", initialiser ? initialiser : "", error);
    if (!model->cell || model->cell->recurrent_gates == 0) {
        return gb_fail(model->context, GB_INVALID, "'%s' has no recurrent kernel to initialise as '%s'",
                       model->spec.cell, initialiser);
    }
    return draw_all(model, chosen, number, seed, false, GB_ROLE_RECURRENT);
}
