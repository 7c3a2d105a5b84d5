/* SPDX-License-Identifier: MIT */
/* One pass of a layer for tests: every tensor in doubles, whatever the layer's dtype, and a comparison of two passes,
 * tensor by tensor. Used by the agreement tests and by the golden tests. */
#ifndef GATEBENCH_TESTS_LAYER_CASE_H
#define GATEBENCH_TESTS_LAYER_CASE_H

#include "gatebench/layer.h"

enum layer_slot {
    LAYER_PARAMETERS,
    LAYER_X,
    LAYER_H0,
    LAYER_C0,
    LAYER_DY,
    LAYER_DHT,
    LAYER_DCT,
    LAYER_Y, /* results from here */
    LAYER_HT,
    LAYER_CT,
    LAYER_DX,
    LAYER_DH0,
    LAYER_DC0,
    LAYER_DPARAMETERS,
    LAYER_SLOTS
};

typedef struct layer_case {
    gb_layer_spec spec;
    const gb_cell_info *cell;
    gb_tensor tensors[GB_CELL_TENSORS]; /* of the parameter block */
    size_t tensor_count;
    size_t count[LAYER_SLOTS];
    double *values[LAYER_SLOTS]; /* NULL: not given to the layer, or not asked of it */
    /* of the passes, as in gb_layer_pass; zero after layer_case_create() */
    size_t steps;
    const size_t *lengths;
    const uint8_t *mask;
} layer_case;

/* Takes all arrays, zeroed; the states of a memory only where the cell has one. Fails the test when out of memory. */
layer_case layer_case_create(const gb_layer_spec *spec);
void layer_case_destroy(layer_case *one);

/* Leaves a tensor out. */
void layer_case_omit(layer_case *one, enum layer_slot slot);

/* Random inputs that an f32 holds exactly: parameters U(-1/sqrt(H), 1/sqrt(H)), under which the dynamics contract, the
 * others U(-1, 1). */
void layer_case_fill(layer_case *one, unsigned seed);

/* The same inputs for another backend or dtype; results are empty. */
layer_case layer_case_like(const layer_case *one, const char *backend, gb_dtype dtype, bool training);

/* Creates the layer, runs it forward once and backward `backward_passes` times, fills the results. */
gb_status layer_case_run(gb_context *context, layer_case *one, int backward_passes);

/* The largest differences between two runs and the tensors in which they are. */
typedef struct layer_difference {
    double output;   /* largest |a - b| / max(1, |b|) over y, hT, cT */
    double gradient; /* largest relative L2 of a tensor among dx, dh0, dc0 and each parameter's gradient */
    double element;  /* largest |a - b| / max(1, |b|) over all elements of all results */
    char output_at[48], gradient_at[48], element_at[48];
} layer_difference;

/* Tensors that only one of the two has are passed over. */
layer_difference layer_case_compare(const layer_case *one, const layer_case *reference);

#endif
