/* SPDX-License-Identifier: MIT */
/* A copy of a model in f64 on reference. Its layers run one step at a time along one sequence, so that every state and
 * the Jacobian of every step can be read. */
#ifndef GATEBENCH_PROBE_STEPPER_H
#define GATEBENCH_PROBE_STEPPER_H

#include "gatebench/probe.h"
#include "model/model.h"

typedef struct stepper {
    gb_context *context;
    gb_model *copy;
    const gb_batch *batch;
    size_t sequence, steps;  /* the sequence, and its number of steps */
    bool differentiates;     /* Jacobians are computed */
    size_t rows;             /* 1, or S for Jacobians, with the same sequence in every row */
    size_t parts;            /* parts of a state: 2 (h and c) if the cell has c, else 1 */
    gb_layer **layers;       /* one step each */
    double *state, *next;    /* [layers][h, c][rows][H] before the step, and after it */
    double *input;           /* [rows][I]: what the first layer reads */
    double *outputs;         /* [layers][rows][H] */
    double *seeds, *leaving; /* [h, c][rows][H]: gradients at the end of a step (one component each) and at its start */
    double *zeros;           /* [rows][H] */
    double *scratch;         /* gradient of the parameters, not used */
    double *jacobians;       /* [layers][S][S] of the last step */
} stepper;

/* Makes a copy of the model that computes in f64 on `reference`. */
gb_status probe_copy_model(gb_model *model, gb_model **copy);

/* Starts before the sequence's first step. After a failure call stepper_close, too. */
gb_status stepper_open(stepper *s, gb_model *model, const gb_batch *batch, size_t sequence, bool jacobians);
void stepper_close(stepper *s);

/* stepper_compute takes step t (from 0): fills next and, if requested, jacobians. stepper_commit makes the next state
 * the current one. */
gb_status stepper_compute(stepper *s, size_t t);
void stepper_commit(stepper *s);

/* The h (part 0) or c (part 1) of a layer, [rows][H], in `states` (state or next); NULL if the cell has no c. The
 * second function gives the layer's input. */
double *stepper_part(const stepper *s, double *states, size_t layer, size_t part);
const double *stepper_input(const stepper *s, size_t layer);

#endif
