/* SPDX-License-Identifier: MIT */
/* Gradient by lag, on the reference backend in f64. The parameters are copied into an f64 model, whose layers run here
 * one by one, since the gradient at each boundary between steps is needed, not only that of the parameters. */
#include <math.h>
#include <string.h>

#include "probe/stepper.h"

typedef struct probe {
    gb_context *context;
    gb_model *copy; /* the model in f64 on reference, for its parameters, input and head */
    gb_layer **layers;
    double **outputs; /* [layers] of [T][N][H] */
    double *dy, *dx;  /* [T][N][max(I, H)] */
    double *dstate;   /* [T+1][N][2H] */
    double *norms;    /* [N][lags+1] over the layers so far */
    double *scratch;  /* gradient of the parameters, not used */
} probe;

static gb_status check(gb_model *model, const gb_batch *batch, size_t lags) {
    if (model->kind != MODEL_STACK)
        return gb_fail(model->context, GB_UNSUPPORTED, "'%s' has no state, so no gradient by lag", model->spec.cell);
    if (model->spec.head != GB_HEAD_LAST)
        return gb_fail(model->context, GB_INVALID, "gradient by lag needs a model that predicts at the last step");
    if (lags > batch->steps)
        return gb_fail(model->context, GB_INVALID, "%zu lags were requested, but sequences have %zu steps", lags,
                       batch->steps);
    for (size_t n = 0; batch->lengths && n < batch->sequences; n++) {
        if (batch->lengths[n] != batch->steps) {
            return gb_fail(model->context, GB_INVALID,
                           "gradient by lag needs sequences of one length; sequence %zu has %zu of %zu steps", n,
                           batch->lengths[n], batch->steps);
        }
    }
    return !batch->carry && !batch->more
               ? GB_OK
               : gb_fail(model->context, GB_INVALID,
                         "gradient by lag needs whole sequences, each with its loss; set carry and more to NULL");
}

static gb_status create_layers(probe *p, const gb_batch *batch) {
    const gb_model_spec *spec = &p->copy->spec;
    const size_t rows = batch->steps * batch->sequences;
    gb_status status = gb_allocate(p->context, spec->layers, sizeof *p->layers, &p->layers);
    if (status == GB_OK)
        status = gb_allocate(p->context, spec->layers, sizeof *p->outputs, &p->outputs);
    for (size_t layer = 0; layer < spec->layers && status == GB_OK; layer++) {
        const gb_layer_spec layer_spec = model_layer_spec(p->copy, layer, batch->steps, batch->sequences, true);
        status = gb_layer_create(p->context, &layer_spec, &p->layers[layer]);
        if (status == GB_OK)
            status = gb_allocate(p->context, rows, spec->hidden * sizeof(double), &p->outputs[layer]);
    }
    return status;
}

static gb_status allocate_all(probe *p, const gb_batch *batch, size_t lags) {
    const size_t hidden = p->copy->spec.hidden;
    const size_t rows = batch->steps * batch->sequences; /* layer creation has checked the products */
    const struct {
        double **block;
        size_t count, size;
    } blocks[] = {
        {&p->dy, rows, hidden},
        {&p->dx, rows, hidden},
        {&p->dstate, rows + batch->sequences, 2 * hidden},
        {&p->norms, batch->sequences, lags + 1},
        {&p->scratch, p->copy->count, 1},
    };
    gb_status status = GB_OK;
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks && status == GB_OK; i++)
        status = gb_allocate(p->context, blocks[i].count, blocks[i].size * sizeof(double), blocks[i].block);
    return status;
}

static void release_all(probe *p) {
    for (size_t layer = 0; p->copy && layer < p->copy->spec.layers; layer++) {
        gb_layer_destroy(p->layers ? p->layers[layer] : NULL);
        gb_release(p->context, p->outputs ? p->outputs[layer] : NULL);
    }
    void *const blocks[] = {p->layers, p->outputs, p->dy, p->dx, p->dstate, p->norms, p->scratch};
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++)
        gb_release(p->context, blocks[i]);
    gb_model_destroy(p->copy);
}

static gb_layer_pass pass_of(const probe *p, const gb_batch *batch, size_t layer) {
    const buffer *start = &p->copy->carried[true].start;
    return (gb_layer_pass){
        .parameters = (const double *)p->copy->parameters + p->copy->layer_offset[layer],
        .x = layer == 0 ? p->copy->input.data : (void *)p->outputs[layer - 1],
        .h0 = model_state(p->copy, start, batch->sequences, layer, 0),
        .c0 = p->copy->cell->has_memory ? model_state(p->copy, start, batch->sequences, layer, 1) : NULL,
        .y = p->outputs[layer],
    };
}

/* L2 norm without intermediate underflow or overflow, since gradients of 1e-200 occur here. */
static double norm_of(const double *row, size_t count) {
    double largest = 0, sum = 0;
    for (size_t i = 0; i < count; i++)
        largest = fmax(largest, fabs(row[i]));
    for (size_t i = 0; largest > 0 && i < count; i++)
        sum += row[i] / largest * (row[i] / largest);
    return largest * sqrt(sum);
}

/* Combines this layer's gradient norm |dL/ds_{T-k}| of each sequence and lag with those of the layers above. */
static void add_norms(const probe *p, const gb_batch *batch, size_t lags) {
    const size_t width = p->copy->spec.hidden * (p->copy->cell->has_memory ? 2 : 1);
    for (size_t lag = 0; lag <= lags; lag++) {
        for (size_t n = 0; n < batch->sequences; n++) {
            const double *row = p->dstate + ((batch->steps - lag) * batch->sequences + n) * width;
            double *norm = &p->norms[n * (lags + 1) + lag];
            *norm = hypot(*norm, norm_of(row, width));
        }
    }
}

static gb_status run(probe *p, const gb_batch *batch, size_t lags) {
    const size_t layers = p->copy->spec.layers, rows = batch->steps * batch->sequences;
    const size_t bytes = rows * p->copy->spec.hidden * sizeof(double);
    gb_status status = stack_read_input_f64(p->copy, batch, 0, batch->steps);
    if (status == GB_OK)
        status = model_start_states(p->copy, batch, true);
    for (size_t layer = 0; layer < layers && status == GB_OK; layer++) {
        const gb_layer_pass pass = pass_of(p, batch, layer);
        status = gb_layer_forward(p->layers[layer], &pass);
    }
    if (status == GB_OK) {
        const size_t last = (batch->steps - 1) * batch->sequences * p->copy->spec.hidden;
        status = pass_head_gradient_f64(p->copy, batch, p->outputs[layers - 1] + last);
    }
    if (status != GB_OK)
        return status;
    /* the loss reaches the top layer through its final state, and the layers below through their outputs */
    memset(p->dy, 0, bytes);
    for (size_t layer = layers; layer-- > 0 && status == GB_OK;) {
        gb_layer_pass pass = pass_of(p, batch, layer);
        pass.dy = p->dy;
        pass.dhT = layer == layers - 1 ? p->copy->dfeatures.data : NULL;
        pass.dx = layer > 0 ? p->dx : NULL;
        pass.dparameters = p->scratch;
        pass.dstate = p->dstate;
        status = gb_layer_backward(p->layers[layer], &pass);
        if (status == GB_OK) {
            add_norms(p, batch, lags);
            memcpy(p->dy, p->dx, bytes);
        }
    }
    return status;
}

gb_status gb_probe_gradient_by_lag(gb_model *model, const gb_batch *batch, size_t lags, double *log10_norm,
                                   size_t *underflows) {
    probe p = {.context = model->context};
    gb_status status = model_check_batch(model, batch, true);
    if (status == GB_OK)
        status = check(model, batch, lags);
    if (status == GB_OK)
        status = probe_copy_model(model, &p.copy);
    if (status == GB_OK)
        status = create_layers(&p, batch);
    if (status == GB_OK)
        status = allocate_all(&p, batch, lags);
    if (status == GB_OK)
        status = run(&p, batch, lags);
    *underflows = 0;
    for (size_t i = 0; status == GB_OK && i < batch->sequences * (lags + 1); i++) {
        const bool vanished = p.norms[i] < GB_PROBE_LEAST;
        log10_norm[i] = vanished ? -INFINITY : log10(p.norms[i]);
        *underflows += vanished;
    }
    release_all(&p);
    return status;
}
