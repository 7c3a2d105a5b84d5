/* SPDX-License-Identifier: MIT */
/* The inside of a model: what its parts share, for either precision. */
#ifndef GATEBENCH_MODEL_MODEL_H
#define GATEBENCH_MODEL_MODEL_H

#include <math.h>

#include "gatebench/layer.h"
#include "gatebench/model.h"

/* Memory that grows for a larger batch and is kept for the next one. */
typedef struct buffer {
    void *data;
    size_t bytes;
} buffer;

/* A stack of layers planned for one shape. */
typedef struct model_plan {
    size_t steps, sequences; /* 0 steps: the slot is free */
    bool training;
    size_t cost;   /* bytes, roughly */
    uint64_t used; /* time of last use */
    gb_layer **layers;
} model_plan;

#define MODEL_PLANS 32

/* The final states of the rows in the last pass with gradient, or in the last one without. */
typedef struct carried {
    buffer start, end; /* [units][h, c][N][H] */
    buffer full;       /* [N] true if the row had full length, so that its final state is valid */
    size_t sequences;  /* 0: no states are kept */
} carried;

/* Dropout between layers in the next pass with gradient. */
typedef struct dropout {
    double rate; /* 0: none */
    uint64_t seed, update;
    size_t from; /* steps of the sequences that this update has already passed, in earlier batches */
} dropout;

/* A pass in segments of steps, of which only one at a time keeps the data for the backward pass. */
typedef struct segmentation {
    size_t planned;     /* number of steps, including padding */
    size_t size, count; /* steps per segment (the last may have fewer), and number of segments */
} segmentation;

/* The functions of one precision. */
typedef struct model_operations {
    void (*get)(const void *from, double *values, size_t count);
    void (*set)(void *to, const double *values, size_t count);
    gb_status (*run)(gb_model *model, const gb_batch *batch, int mode, gb_evaluation *evaluation, double *outputs);
} model_operations;

enum { MODEL_EVALUATE, MODEL_PREDICT, MODEL_GRADIENT };

typedef enum model_kind { MODEL_STACK, MODEL_BAG, MODEL_WINDOW, MODEL_KINDS } model_kind;

struct gb_model {
    gb_context *context;
    gb_model_spec spec;
    model_kind kind;
    const gb_cell_info *cell; /* NULL for a standard network */
    const model_operations *operations;
    size_t real_size; /* bytes per number */

    gb_tensor *tensors;
    size_t tensor_count, count, recurrent_count;
    const gb_tensor *embedding, *hidden, *hidden_bias, *output, *output_bias; /* NULL where there is none */
    const gb_tensor *initial; /* learned initial states, [units][h, and c if the cell has one]; NULL: zero */
    size_t *layer_offset;     /* start of each unit's parameter block */
    size_t directions, units; /* number of directions of a layer; units = layers * directions, and unit = layer *
                                 directions + direction */
    size_t width;             /* outputs of a layer per step: H for each direction */
    size_t input_width;       /* inputs of the first layer per step */
    void *parameters, *gradient;

    model_plan plans[MODEL_PLANS];
    uint64_t clock;
    char asked[32]; /* spec.implementation, if any */
    char implementation[128];
    carried carried[2]; /* [0]: from the last pass without gradient, [1]: from the last one with it */
    dropout dropout;
    size_t memory; /* limit in bytes of what a pass keeps for its backward pass; 0: the default */

    buffer rows;          /* [P] size_t: positions of the predictions in [T][N] */
    buffer input;         /* what the first layer reads */
    buffer lengths;       /* [N] lengths of the sequences within the segment */
    bool uneven;          /* the layers get the lengths: this pass needs the end of each sequence */
    buffer *layer_output; /* [layers] of [steps of a segment][N][width] */
    buffer direction, dx; /* y or dy of one direction, [T][N][H], and dx of the second direction, [T][N][I] */
    buffer *dropped;      /* [layers] the outputs in layer_output after dropout */
    buffer boundaries;    /* [segments - 1][units][h, c][N][H] states between segments */
    buffer upper, lower;  /* gradients of a layer's outputs and of its inputs */
    buffer dinput;        /* [T][N][I] gradient of what the first layer reads */
    buffer dstart[2];   /* [units][h, c][N][H] gradients of the states at the start of a segment, and of the next one */
    buffer features;    /* [P][width] what the output layer reads */
    buffer dfeatures;   /* [P][width] */
    buffer logits;      /* [P][O] */
    buffer transposed;  /* [O][width] */
    size_t predictions; /* P of this pass */
};

/* tensors.c */
gb_status model_build_tensors(gb_model *model);

/* The learned initial h (part 0) or c (part 1) of a unit. */
static inline const gb_tensor *model_initial(const gb_model *model, size_t unit, size_t part) {
    return &model->initial[unit * (model->cell->has_memory ? 2 : 1) + part];
}

/* plans.c: the number of steps that a batch's plan is made for, the description of a unit's layer, the planned stack
 * for a shape, what it runs on (for gb_model_implementation(); a layer knows it after a pass), and the segments into
 * which a pass is cut to fit the memory limit. */
size_t model_planned_steps(const gb_model *model, const gb_batch *batch);
gb_layer_spec model_layer_spec(const gb_model *model, size_t unit, size_t steps, size_t sequences, bool training);
gb_status model_find_plan(gb_model *model, size_t steps, size_t sequences, bool training, const model_plan **plan);
void model_note_implementation(gb_model *model, const model_plan *plan);
void model_release_plans(gb_model *model);
segmentation model_cut(const gb_model *model, size_t planned, size_t sequences);

/* The predictions before the first input are N rows in front of those of the steps. */
static inline size_t model_rows_ahead(const gb_model *model, const gb_batch *batch) {
    return model->spec.predict_first ? batch->sequences : 0;
}

/* batch.c: refuses invalid batches; lists the positions of predictions; sets to zero what an evaluation adds to. */
gb_status model_check_batch(gb_model *model, const gb_batch *batch, bool with_targets);
gb_status model_list_predictions(gb_model *model, const gb_batch *batch);
void model_clear_evaluation(const gb_batch *batch, gb_evaluation *evaluation);
/* The larger of two errors. NaN counts as the largest, so that it never passes as a small error. */
static inline double model_larger_error(double a, double b) {
    return a >= b || isnan(a) ? a : b;
}
static inline size_t model_length(const gb_batch *batch, size_t n) {
    return !batch->lengths ? batch->steps : batch->lengths[n];
}

/* carry.c: takes the initial states of the rows that continue from the last pass of the same kind (with or without
 * gradient), and keeps the final states for the next one. */
gb_status model_start_states(gb_model *model, const gb_batch *batch, bool training);
void model_keep_states(gb_model *model, const gb_batch *batch, bool training);
void *model_state(const gb_model *model, const buffer *states, size_t sequences, size_t unit, size_t part);

/* state.c: parameters and carried states as bytes, for a trainer to save. Setting checks only the length. */
size_t model_state_size(const gb_model *model);
void model_get_state(const gb_model *model, unsigned char *bytes);
gb_status model_set_state(gb_model *model, const unsigned char *bytes, size_t size);

/* model.c: makes room for at least `count` items of `size` bytes. A buffer that grows loses its contents. */
gb_status model_reserve(gb_model *model, buffer *memory, size_t count, size_t size);

/* For the probes, which run the layers of an f64 model themselves. The first fills model->input with `steps` steps from
 * step `from` on. The second computes from the last outputs [N][H] the gradient of each sequence's own loss and writes
 * it into model->dfeatures. */
gb_status stack_read_input_f64(gb_model *model, const gb_batch *batch, size_t from, size_t steps);
gb_status pass_head_gradient_f64(gb_model *model, const gb_batch *batch, const double *last);

extern const model_operations model_operations_f32, model_operations_f64;

#endif
