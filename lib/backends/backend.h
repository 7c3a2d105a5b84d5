/* SPDX-License-Identifier: MIT */
/* The interface of a backend: a table of functions that plans layers. layer.c checks arguments and dispatches. A
 * backend is a folder with one such table, and a line in backends.def. */
#ifndef GATEBENCH_BACKENDS_BACKEND_H
#define GATEBENCH_BACKENDS_BACKEND_H

#include "gatebench/layer.h"

/* A planned layer. A backend's own layer struct has this as its first member. */
typedef struct layer_plan {
    const struct layer_operations *operations;
} layer_plan;

typedef struct layer_operations {
    const char *(*implementation)(const layer_plan *plan);
    gb_status (*forward)(gb_context *context, layer_plan *plan, const gb_layer_pass *pass);
    gb_status (*backward)(gb_context *context, layer_plan *plan, const gb_layer_pass *pass);
    void (*destroy)(gb_context *context, layer_plan *plan);
} layer_operations;

typedef struct backend {
    const char *name;
    /* Calls work(data), with denormals treated as zero in every thread that a pass uses (core/denormals.h); the
     * threads' own settings are restored. NULL: its passes keep denormals. */
    void (*without_denormals)(void (*work)(void *data), void *data);
    /* Name and version of the library behind it, with the instruction set in use. */
    const char *(*version)(void);
    /* True if it can run this layer; else why[] gets the reason (one sentence without a full stop). */
    bool (*supports)(const gb_layer_spec *spec, const gb_cell_info *cell, char *why, size_t size);
    /* Plans a layer that it supports. */
    gb_status (*create)(gb_context *context, const gb_layer_spec *spec, const gb_cell_info *cell, layer_plan **plan);
    /* gb_backend_product() */
    gb_status (*product)(gb_context *context, size_t m, size_t n, size_t k, const float *a, const float *b, float *c);
} backend;

#define GB_BACKEND(name) extern const backend name##_backend;
#include "backends/backends.def"
#undef GB_BACKEND

#endif
