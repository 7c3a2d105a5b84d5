/* SPDX-License-Identifier: MIT */
/* The losses of one prediction, exact and without overflow, summed in double. */
#include <math.h>

#include "core/row_maths.h"
#include "model/network.h"

#define BLOCK 256 /* numbers processed at once */

/* Hochreiter & Schmidhuber 1997: a real-valued output counts as right when it is this close */
#define CLOSE_ENOUGH 0.04

static size_t block_at(size_t at, size_t count) {
    return count - at < BLOCK ? count - at : BLOCK;
}

/* -log p(class), p = softmax(z): log sum exp(z - max) + max - z_class; dz = p - [class] */
static double softmax(size_t outputs, real *logits, loss_target target, real scale, bool *correct, double *error) {
    real work[BLOCK], largest = logits[0];
    size_t best = 0;
    double sum = 0;
    for (size_t i = 1; i < outputs; i++) {
        if (logits[i] > largest) {
            largest = logits[i];
            best = i;
        }
    }
    const double of_class = (double)logits[target.class] - (double)largest;
    for (size_t at = 0; at < outputs; at += BLOCK) {
        const size_t size = block_at(at, outputs);
        for (size_t i = 0; i < size; i++)
            work[i] = logits[at + i] - largest;
        REAL(row_exp)(size, work, work);
        for (size_t i = 0; i < size; i++) {
            sum += (double)work[i];
            if (scale > 0)
                logits[at + i] = work[i];
        }
    }
    if (scale > 0) {
        const real factor = (real)((double)scale / sum);
        for (size_t i = 0; i < outputs; i++)
            logits[i] *= factor;
        logits[target.class] -= scale;
    }
    *correct = best == (size_t)target.class;
    if (error)
        *error = 1 - exp(of_class) / sum; /* the sum over the other classes is at least the largest of them */
    return log(sum) - of_class;
}

/* sum of max(z, 0) - z t + log(1 + exp(-|z|)); dz = sigmoid(z) - t */
static double bernoulli(size_t outputs, real *logits, loss_target target, real scale, bool *correct, double *error) {
    real work[BLOCK];
    double loss = 0, largest = 0;
    *correct = true;
    for (size_t at = 0; at < outputs; at += BLOCK) {
        const size_t size = block_at(at, outputs);
        double product = 1; /* of the block's 1 + exp(-|z|), each at most 2: one logarithm for all */
        for (size_t i = 0; i < size; i++) {
            const real z = logits[at + i];
            work[i] = z > 0 ? -z : z; /* keeps a NaN */
        }
        REAL(row_exp)(size, work, work);
        for (size_t i = 0; i < size; i++) {
            const double z = (double)logits[at + i], t = target.targets[at + i], e = (double)work[i];
            loss += (z > 0 ? z : 0) - z * t;
            product *= 1 + e;
            *correct = *correct && (z > 0) == (t > 0.5);
            if (error)
                largest = model_larger_error(largest, fabs((z > 0 ? 1 : e) / (1 + e) - t));
            if (scale > 0)
                logits[at + i] = scale * (real)((z > 0 ? 1 : e) / (1 + e) - t);
        }
        loss += log(product);
    }
    if (error)
        *error = largest;
    return loss;
}

/* sum of (z - t)^2; dz = 2 (z - t) */
static double squared(size_t outputs, real *logits, loss_target target, real scale, bool *correct, double *error) {
    double loss = 0, largest = 0;
    *correct = true;
    for (size_t i = 0; i < outputs; i++) {
        const double difference = (double)logits[i] - target.targets[i];
        loss += difference * difference;
        largest = model_larger_error(largest, fabs(difference));
        *correct = *correct && fabs(difference) < CLOSE_ENOUGH;
        if (scale > 0)
            logits[i] = 2 * scale * (real)difference;
    }
    if (error)
        *error = largest;
    return loss;
}

double REAL(loss_of)(gb_loss loss, size_t outputs, real *logits, loss_target target, real scale, bool *correct,
                     double *error) {
    static double (*const losses[])(size_t, real *, loss_target, real, bool *, double *) = {
        [GB_LOSS_SOFTMAX] = softmax, [GB_LOSS_BERNOULLI] = bernoulli, [GB_LOSS_SQUARED] = squared};
    return losses[loss](outputs, logits, target, scale, correct, error);
}
