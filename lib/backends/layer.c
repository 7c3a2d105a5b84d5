/* SPDX-License-Identifier: MIT */
/* Layers: checks the arguments, then calls the named backend. It never falls back to another one. */
#include <stdio.h>
#include <string.h>

#include "backends/backend.h"
#include "cells/cells.h"
#include "core/sizes.h"

struct gb_layer {
    gb_context *context;
    gb_layer_spec spec;
    const backend *backend;
    layer_plan *plan;
};

static const backend *const table[] = {
#define GB_BACKEND(name) &name##_backend,
#include "built_backends.def"
#undef GB_BACKEND
};

size_t gb_backend_count(void) {
    return sizeof table / sizeof *table;
}

const char *gb_backend_name(size_t i) {
    return i < gb_backend_count() ? table[i]->name : NULL;
}

const char *gb_backend_version(size_t i) {
    return i < gb_backend_count() ? table[i]->version() : NULL;
}

static const backend *find_backend(const char *name) {
    for (size_t i = 0; name && i < gb_backend_count(); i++)
        if (strcmp(table[i]->name, name) == 0)
            return table[i];
    return NULL;
}

static void describe_unknown_backend(const char *name, char *why, size_t size) {
    char known[256] = "";
    for (size_t i = 0; i < gb_backend_count(); i++) {
        const size_t used = strlen(known);
        snprintf(known + used, sizeof known - used, "%s%s", i == 0 ? "" : ", ", table[i]->name);
    }
    snprintf(why, size, "unknown backend '%s'; this build has: %s", name ? name : "", known);
}

/* True if the largest arrays, [T+1][N][G*max(I,H)] and [max(I,H)][G*H], fit a size_t in bytes, with room for the
 * backends' additional data. */
static bool sizes_fit(const gb_layer_spec *spec, const gb_cell_info *cell) {
    const size_t width = spec->input > spec->hidden ? spec->input : spec->hidden;
    size_t sequence = spec->steps, weights = width;
    return size_add(&sequence, 1) && size_multiply(&sequence, spec->batch) &&
           size_multiply(&sequence, cell->gates + 4) && size_multiply(&sequence, width) &&
           size_multiply(&sequence, 4 * sizeof(double)) && size_multiply(&weights, cell->gates + 4) &&
           size_multiply(&weights, spec->hidden) && size_multiply(&weights, 4 * sizeof(double));
}

/* Finds cell and backend, or writes into why[] what is wrong with the spec. */
static gb_status resolve(const gb_context *context, const gb_layer_spec *spec, const gb_cell_info **cell,
                         const backend **found, char *why, size_t size) {
    *cell = gb_context_find_cell(context, spec->cell);
    *found = find_backend(spec->backend);
    if (!*cell) {
        cell_describe_unknown(context, spec->cell, why, size);
        return GB_INVALID;
    }
    if (!*found) {
        describe_unknown_backend(spec->backend, why, size);
        return GB_INVALID;
    }
    if (spec->input == 0 || spec->hidden == 0 || spec->steps == 0 || spec->batch == 0) {
        snprintf(why, size, "a layer needs sizes of at least 1; it has input %zu, hidden %zu, steps %zu, batch %zu",
                 spec->input, spec->hidden, spec->steps, spec->batch);
        return GB_INVALID;
    }
    if ((spec->dtype != GB_F32 && spec->dtype != GB_F64) || (size_t)spec->bias > GB_BIAS_DOUBLE) {
        snprintf(why, size, "dtype %d with bias %d: dtypes are GB_F32 and GB_F64, biases none, single and double",
                 (int)spec->dtype, (int)spec->bias);
        return GB_INVALID;
    }
    if (!sizes_fit(spec, *cell)) {
        snprintf(why, size, "input %zu, hidden %zu, steps %zu, batch %zu give arrays larger than the address space",
                 spec->input, spec->hidden, spec->steps, spec->batch);
        return GB_MEMORY;
    }
    char reason[256] = "";
    if (!(*found)->supports(spec, *cell, reason, sizeof reason)) {
        snprintf(why, size, "backend '%s' cannot run cell '%s': %s", (*found)->name, (*cell)->name, reason);
        return GB_UNSUPPORTED;
    }
    return GB_OK;
}

bool gb_backend_supports(const gb_context *context, const gb_layer_spec *spec, char *why, size_t size) {
    const gb_cell_info *cell;
    const backend *found;
    return resolve(context, spec, &cell, &found, why, size) == GB_OK;
}

gb_status gb_backend_product(gb_context *context, const char *name, size_t m, size_t n, size_t k, const float *a,
                             const float *b, float *c) {
    const backend *found = find_backend(name);
    if (!found) {
        char why[512];
        describe_unknown_backend(name, why, sizeof why);
        return gb_fail(context, GB_INVALID, "%s", why);
    }
    if (m == 0 || n == 0 || k == 0)
        return gb_fail(context, GB_INVALID, "a product needs sizes of at least 1; it has m %zu, n %zu, k %zu", m, n, k);
    return found->product(context, m, n, k, a, b, c);
}

gb_status gb_layer_create(gb_context *context, const gb_layer_spec *spec, gb_layer **layer) {
    const gb_cell_info *cell;
    const backend *found;
    char why[768] = "";
    gb_layer *made;
    *layer = NULL;
    gb_status status = resolve(context, spec, &cell, &found, why, sizeof why);
    if (status != GB_OK)
        return gb_fail(context, status, "%s", why);
    GB_TRY(gb_allocate(context, 1, sizeof *made, &made));
    *made = (gb_layer){.context = context, .spec = *spec, .backend = found};
    made->spec.cell = cell->name; /* the caller's strings need not outlive the call */
    made->spec.backend = found->name;
    made->spec.implementation = NULL;
    status = found->create(context, spec, cell, &made->plan);
    if (status != GB_OK) {
        gb_release(context, made);
        return status;
    }
    *layer = made;
    return GB_OK;
}

void gb_layer_destroy(gb_layer *layer) {
    if (layer) {
        layer->plan->operations->destroy(layer->context, layer->plan);
        gb_release(layer->context, layer);
    }
}

gb_status gb_layer_parameter_count(gb_context *context, const gb_layer_spec *spec, size_t *count) {
    gb_tensor tensors[GB_CELL_TENSORS];
    const gb_cell_info *cell = gb_context_find_cell(context, spec->cell);
    *count = 0;
    if (!cell) {
        char why[768];
        cell_describe_unknown(context, spec->cell, why, sizeof why);
        return gb_fail(context, GB_INVALID, "%s", why);
    }
    if (spec->input > 0 && (size_t)spec->bias <= GB_BIAS_DOUBLE)
        gb_cell_tensors(cell, spec->input, spec->hidden, spec->bias, tensors, count);
    if (*count == 0) {
        return gb_fail(context, GB_INVALID,
                       "a %s layer with %zu inputs, %zu hidden units and bias '%s' has no parameter count", cell->name,
                       spec->input, spec->hidden, gb_bias_name(spec->bias));
    }
    return GB_OK;
}

const char *gb_layer_implementation(const gb_layer *layer) {
    return layer->plan->operations->implementation(layer->plan);
}

static gb_status check_steps(const gb_layer *layer, const gb_layer_pass *pass) {
    const size_t steps = pass->steps > 0 ? pass->steps : layer->spec.steps;
    if (steps > layer->spec.steps) {
        return gb_fail(layer->context, GB_INVALID,
                       "a pass has %zu steps but its layer was planned for %zu; plan the layer for more steps", steps,
                       layer->spec.steps);
    }
    for (size_t n = 0; pass->lengths && n < layer->spec.batch; n++) {
        if (pass->lengths[n] > steps) {
            return gb_fail(layer->context, GB_INVALID, "row %zu has length %zu; the pass has %zu steps", n,
                           pass->lengths[n], steps);
        }
    }
    return GB_OK;
}

/* One of the plan's two passes. */
typedef struct pass_call {
    gb_layer *layer;
    gb_status (*run)(gb_context *, layer_plan *, const gb_layer_pass *);
    const gb_layer_pass *pass;
    gb_status status;
} pass_call;

static void call_pass(void *data) {
    pass_call *call = data;
    call->status = call->run(call->layer->context, call->layer->plan, call->pass);
}

static gb_status run_pass(gb_layer *layer, gb_status (*run)(gb_context *, layer_plan *, const gb_layer_pass *),
                          const gb_layer_pass *pass) {
    pass_call call = {.layer = layer, .run = run, .pass = pass};
    if (layer->backend->without_denormals)
        layer->backend->without_denormals(call_pass, &call);
    else
        call_pass(&call);
    return call.status;
}

gb_status gb_layer_forward(gb_layer *layer, const gb_layer_pass *pass) {
    if (!pass->parameters || !pass->x)
        return gb_fail(layer->context, GB_INVALID, "a forward pass needs parameters and x");
    GB_TRY(check_steps(layer, pass));
    return run_pass(layer, layer->plan->operations->forward, pass);
}

gb_status gb_layer_backward(gb_layer *layer, const gb_layer_pass *pass) {
    if (!layer->spec.training)
        return gb_fail(layer->context, GB_INVALID, "a layer planned for inference has no backward pass; set training");
    if (!pass->parameters || !pass->x || !pass->dy || !pass->dparameters)
        return gb_fail(layer->context, GB_INVALID, "a backward pass needs parameters, x, dy and dparameters");
    GB_TRY(check_steps(layer, pass));
    return run_pass(layer, layer->plan->operations->backward, pass);
}
