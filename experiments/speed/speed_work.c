/* SPDX-License-Identifier: MIT */
/* Layers and products set up for timing, each with its own counted memory. */
#include "experiments/speed/speed_work.h"
#include "datasets/files/cell_files.h"
#include "support/clock.h"

#include <math.h>
#include <stdlib.h>
#include <time.h>

/* Allocates the work's arrays of these sizes, filled uniformly from [-scale, scale). */
typedef struct array {
    size_t count;
    double scale; /* 0: zeros */
} array;

static gb_status make_arrays(speed_work *work, const speed_spec *spec, const array *arrays, size_t count) {
    for (size_t i = 0; i < count; i++) {
        gb_status status = gb_allocate(work->context, arrays[i].count, sizeof(float), &work->arrays[i]);
        if (status)
            return status;
        gb_random random = gb_random_stream(spec->seed, GB_RANDOM_PROBE, i);
        for (size_t k = 0; arrays[i].scale > 0 && k < arrays[i].count; k++)
            work->arrays[i][k] = (float)(arrays[i].scale * (2 * gb_random_uniform(&random) - 1));
    }
    return GB_OK;
}

static gb_status multiply(speed_work *work, const char *backend, size_t side) {
    return gb_backend_product(work->context, backend, side, side, side, work->arrays[0], work->arrays[1],
                              work->arrays[2]);
}

/* Chooses the backend that is fastest on a small product. */
static gb_status open_product(speed_work *work, const speed_spec *spec) {
    enum { SMALL = SPEED_SIDE / 4, TRIES = 3 };
    const size_t size = (size_t)SPEED_SIDE * SPEED_SIDE;
    double best = INFINITY;
    GB_TRY(make_arrays(work, spec, (const array[]){{size, 1}, {size, 1}, {size, 0}}, 3));
    for (size_t i = 0; i < gb_backend_count(); i++) {
        for (int attempt = 0; attempt < TRIES; attempt++) {
            double started = clock_now();
            GB_TRY(multiply(work, gb_backend_name(i), SMALL));
            double taken = clock_now() - started;
            if (taken < best) {
                best = taken;
                work->product_backend = gb_backend_name(i);
            }
        }
    }
    return GB_OK;
}

/* The arrays of a layer in the order of make_arrays. */
enum { PARAMETERS, X, Y, H_FIRST, C_FIRST, H_LAST, C_LAST, DY, DX, DPARAMETERS, DH_FIRST, DC_FIRST, ARRAYS };
_Static_assert((int)ARRAYS <= (int)SPEED_ARRAYS, "room for every array");

static gb_status open_layer(speed_work *work, const speed_spec *spec, speed_kind kind) {
    const bool step = kind == SPEED_STEP;
    const gb_layer_spec layer = {
        .cell = spec->cell,
        .backend = spec->backend,
        .dtype = GB_F32,
        .bias = spec->bias,
        .input = spec->input,
        .hidden = spec->hidden,
        .steps = step ? 1 : spec->steps,
        .batch = step ? 1 : spec->batch,
        .training = kind == SPEED_TRAIN,
        .implementation = spec->implementation,
    };
    size_t parameters;
    GB_TRY(gb_layer_create(work->context, &layer, &work->layer)); /* checks the sizes */
    GB_TRY(gb_layer_parameter_count(work->context, &layer, &parameters));
    const size_t rows = layer.steps * layer.batch, x = rows * layer.input, y = rows * layer.hidden;
    const size_t state = layer.batch * layer.hidden, gradient = layer.training ? 1 : 0;
    const double scale = 1 / sqrt((double)layer.hidden);
    const array arrays[ARRAYS] = {
        [PARAMETERS] = {parameters, scale},
        [X] = {x, 1},
        [Y] = {y, 0},
        [H_FIRST] = {state, 0.5},
        [C_FIRST] = {state, 0.5},
        [H_LAST] = {state, 0},
        [C_LAST] = {state, 0},
        [DY] = {gradient * y, 1e-3},
        [DX] = {gradient * x, 0},
        [DPARAMETERS] = {gradient * parameters, 0},
        [DH_FIRST] = {gradient * state, 0},
        [DC_FIRST] = {gradient * state, 0},
    };
    float **a = work->arrays;
    GB_TRY(make_arrays(work, spec, arrays, ARRAYS));
    work->pass[0] = work->pass[1] = (gb_layer_pass){
        .parameters = a[PARAMETERS],
        .x = a[X],
        .h0 = a[H_FIRST],
        .c0 = a[C_FIRST],
        .y = a[Y],
        .hT = a[H_LAST],
        .cT = a[C_LAST],
        .dy = a[DY],
        .dx = a[DX],
        .dparameters = a[DPARAMETERS],
        .dh0 = a[DH_FIRST],
        .dc0 = a[DC_FIRST],
        .same_parameters = !layer.training,
    };
    if (step) { /* the second call starts from the state where the first ended, and vice versa */
        work->pass[1].h0 = a[H_LAST];
        work->pass[1].c0 = a[C_LAST];
        work->pass[1].hT = a[H_FIRST];
        work->pass[1].cT = a[C_FIRST];
    }
    work->backward = layer.training;
    return GB_OK;
}

gb_status speed_work_open(gb_context *context, const speed_spec *spec, speed_kind kind, speed_work *work) {
    *work = (speed_work){0};
    const gb_allocator counting = cost_count_memory(&work->memory);
    if (gb_context_create(&counting, &work->context))
        return gb_fail(context, GB_MEMORY, "out of memory for a measurement of speed");
    gb_status status = cells_load(work->context);
    if (status == GB_OK)
        status = kind == SPEED_PRODUCT ? open_product(work, spec) : open_layer(work, spec, kind);
    return status ? gb_fail(context, status, "%s", gb_context_message(work->context)) : GB_OK;
}

void speed_work_close(speed_work *work) {
    if (!work->context)
        return;
    gb_layer_destroy(work->layer);
    for (size_t i = 0; i < SPEED_ARRAYS; i++)
        gb_release(work->context, work->arrays[i]);
    gb_context_destroy(work->context);
    *work = (speed_work){0};
}

gb_status speed_work_run(speed_work *work, size_t iterations) {
    gb_status status = GB_OK;
    for (size_t i = 0; i < iterations && !status; i++) {
        const gb_layer_pass *pass = &work->pass[work->turn++ & 1];
        if (work->layer)
            status = gb_layer_forward(work->layer, pass);
        else
            status = multiply(work, work->product_backend, SPEED_SIDE);
        if (!status && work->backward)
            status = gb_layer_backward(work->layer, pass);
    }
    return status;
}
