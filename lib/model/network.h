/* SPDX-License-Identifier: MIT */
/* The parts of a pass in one precision: from a batch to features, from features to logits and loss, and back. */
#ifndef GATEBENCH_MODEL_NETWORK_H
#define GATEBENCH_MODEL_NETWORK_H

#include "core/real.h"
#include "model/model.h"

/* How a kind of model computes from a batch the [P][H] features for the output layer, and from the features' gradient
 * (model->dfeatures) the gradient of its parameters. */
typedef struct network {
    gb_status (*forward)(gb_model *model, const gb_batch *batch, bool training);
    gb_status (*backward)(gb_model *model, const gb_batch *batch);
} network;

extern const network REAL(stack_network), REAL(bag_network), REAL(window_network);

/* The parameters, or the gradient, of a tensor. */
static inline const real *network_parameters(const gb_model *model, const gb_tensor *tensor) {
    return (const real *)model->parameters + tensor->offset;
}

static inline real *network_gradient(const gb_model *model, const gb_tensor *tensor) {
    return (real *)model->gradient + tensor->offset;
}

/* stack.c and pass.c: model.h explains these functions and declares their f64 versions. */
gb_status REAL(stack_read_input)(gb_model *model, const gb_batch *batch, size_t from, size_t steps);
gb_status REAL(pass_head_gradient)(gb_model *model, const gb_batch *batch, const real *last);

/* input.c: writes the input row of one step of one sequence (embedded, one-hot or dense), and adds the gradient of such
 * a row to that of the embedding. */
void REAL(input_read)(const gb_model *model, const gb_batch *batch, size_t t, size_t n, real *row);
void REAL(input_give_back)(const gb_model *model, const gb_batch *batch, size_t t, size_t n, const real *drow);
size_t REAL(input_step_width)(const gb_model *model);

/* loss.c. The loss of one prediction from its logits[O]. With scale > 0 the logits are replaced by scale times their
 * gradient. `class` is used by softmax, `targets`[O] by the others. *error, unless NULL, gets the largest |output -
 * target|.
 */
typedef struct loss_target {
    int32_t class;
    const double *targets;
} loss_target;

double REAL(loss_of)(gb_loss loss, size_t outputs, real *logits, loss_target target, real scale, bool *correct,
                     double *error);

#endif
