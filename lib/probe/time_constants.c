/* SPDX-License-Identifier: MIT */
/* The share that the memory gates keep along a sequence, from the sums inside them. */
#include <math.h>
#include <string.h>

#include "probe/stepper.h"

/* The parameters of a layer's memory gate in the layer's block; NULL: it has none of that kind. */
typedef struct gate {
    const double *kernel, *recurrent, *bias, *recurrent_bias, *peephole;
    size_t kernel_stride, recurrent_stride, input;
} gate;

/* The row of that gate in a tensor, or NULL. */
static const double *row_of(const gb_tensor *tensor, const char *name, const double *block) {
    for (size_t i = 0; i < tensor->shape[1]; i++)
        if (strcmp(tensor->gates[i], name) == 0)
            return block + tensor->offset + i * tensor->shape[2];
    return NULL;
}

static gate find_gate(const stepper *s, size_t layer) {
    const gb_model *copy = s->copy;
    const double *block = (const double *)copy->parameters + copy->layer_offset[layer];
    gb_tensor tensors[GB_CELL_TENSORS];
    gate g = {.input = layer == 0 ? copy->input_width : copy->spec.hidden};
    size_t count;
    const size_t n = gb_cell_tensors(copy->cell, g.input, copy->spec.hidden, copy->spec.bias, tensors, &count);
    const double **const places[] = {
        [GB_ROLE_KERNEL] = &g.kernel,     [GB_ROLE_RECURRENT] = &g.recurrent,
        [GB_ROLE_BIAS] = &g.bias,         [GB_ROLE_RECURRENT_BIAS] = &g.recurrent_bias,
        [GB_ROLE_PEEPHOLE] = &g.peephole,
    };
    for (size_t i = 0; i < n; i++)
        *places[tensors[i].role] = row_of(&tensors[i], copy->cell->memory_gate, block);
    g.kernel_stride = copy->cell->gates * copy->spec.hidden;
    g.recurrent_stride = copy->cell->recurrent_gates * copy->spec.hidden;
    return g;
}

/* ln of the share that unit j keeps: ln sigmoid(z), accurate also for a wide open gate. */
static double kept(const stepper *s, const gate *g, size_t layer, size_t j) {
    const double *x = stepper_input(s, layer), *h = stepper_part(s, s->state, layer, 0);
    const double *c = stepper_part(s, s->state, layer, 1);
    double z = (g->bias ? g->bias[j] : 0) + (g->recurrent_bias ? g->recurrent_bias[j] : 0);
    for (size_t i = 0; g->kernel && i < g->input; i++)
        z += x[i] * g->kernel[i * g->kernel_stride + j];
    for (size_t i = 0; g->recurrent && i < s->copy->spec.hidden; i++)
        z += h[i] * g->recurrent[i * g->recurrent_stride + j];
    if (g->peephole && c)
        z += g->peephole[j] * c[j];
    z *= s->copy->cell->memory_sign;
    return z > 0 ? -log1p(exp(-z)) : z - log1p(exp(z));
}

/* Opens a walk over what the memory gates keep, from step `first` on. */
static gb_status open_walk(stepper *s, gb_model *model, const gb_batch *batch, size_t sequence, size_t first) {
    GB_TRY(stepper_open(s, model, batch, sequence, false));
    if (!model->cell->memory_gate)
        return gb_fail(model->context, GB_UNSUPPORTED, "'%s' has no gate that keeps the memory", model->spec.cell);
    if (first >= s->steps) {
        return gb_fail(model->context, GB_INVALID, "a warm-up of %zu steps leaves no step of a sequence of %zu", first,
                       s->steps);
    }
    return GB_OK;
}

/* Of the steps from `first` on: adds the logarithm of what each unit keeps to sums[layers][H], or writes what it keeps
 * into shares[T][layers][H]; the other is NULL. */
static gb_status walk(stepper *s, size_t first, double *sums, double *shares) {
    const size_t hidden = s->copy->spec.hidden, layers = s->copy->spec.layers;
    for (size_t t = 0; t < s->steps; t++) {
        GB_TRY(stepper_compute(s, t));
        for (size_t layer = 0; t >= first && layer < layers; layer++) {
            const gate g = find_gate(s, layer);
            for (size_t j = 0; j < hidden; j++) {
                const double log_kept = kept(s, &g, layer, j);
                if (sums)
                    sums[layer * hidden + j] += log_kept;
                if (shares)
                    shares[(t * layers + layer) * hidden + j] = exp(log_kept);
            }
        }
        stepper_commit(s);
    }
    return GB_OK;
}

gb_status gb_probe_kept(gb_model *model, const gb_batch *batch, size_t sequence, double *kept_shares) {
    stepper s;
    gb_status status = open_walk(&s, model, batch, sequence, 0);
    if (status == GB_OK)
        status = walk(&s, 0, NULL, kept_shares);
    stepper_close(&s);
    return status;
}

gb_status gb_probe_time_constants(gb_model *model, const gb_batch *batch, size_t sequence, size_t warmup,
                                  double *constants) {
    const size_t count = model->spec.layers * model->spec.hidden;
    stepper s;
    gb_status status = open_walk(&s, model, batch, sequence, warmup);
    for (size_t i = 0; i < count; i++)
        constants[i] = 0;
    if (status == GB_OK)
        status = walk(&s, warmup, constants, NULL);
    for (size_t i = 0; status == GB_OK && i < count; i++) {
        const double mean = constants[i] / (double)(s.steps - warmup);
        constants[i] = mean > -GB_PROBE_LEAST ? INFINITY : -1 / mean;
    }
    stepper_close(&s);
    return status;
}
