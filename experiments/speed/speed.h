/* SPDX-License-Identifier: MIT */
/* Speed: how long one layer takes to train a batch, to run a batch, and to take one streaming step, beside the best
 * large matrix product of the same minute. What `gatebench bench` prints and the speed measures of a trial record.
 *
 * Every repeat times four blocks one after the other: the product, the training pass, the forward pass, the streaming
 * step. A block holds as many iterations as fill `block_seconds`, found while warming up. A clock that drifts, or a
 * machine that others use, hits neighbouring blocks alike, so ratios within a repeat hold where milliseconds do not. */
#ifndef GATEBENCH_EXPERIMENTS_SPEED_SPEED_H
#define GATEBENCH_EXPERIMENTS_SPEED_SPEED_H

#include <stdint.h>

#include "gatebench/gatebench.h"

typedef enum speed_kind {
    SPEED_PRODUCT, /* C = A B, f32, SPEED_SIDE x SPEED_SIDE, by the backend that is fastest at it */
    SPEED_TRAIN,   /* forward pass that keeps what backward needs, then backward with every gradient */
    SPEED_FORWARD, /* inference: T steps of N sequences; here and in a step the parameters stay as they are */
    SPEED_STEP,    /* inference: T = 1, N = 1, state carried from call to call */
    SPEED_KINDS
} speed_kind;

enum { SPEED_SIDE = 1024 };

/* Least time of a chunk. */
#define SPEED_CHUNK_SECONDS 1e-3

typedef struct speed_spec {
    const char *cell, *backend; /* a built-in cell; in f32 */
    const char *implementation; /* NULL: the backend's choice */
    gb_bias bias;
    size_t steps, batch, input, hidden; /* T, N, I, H */
    size_t threads;                     /* of oneDNN; `reference` has one. 0: as many as are set already */
    size_t repeats;                     /* at least 1 */
    size_t most_repeats;                /* when other programs run: go on up to so many; 0: never more than `repeats` */
    double block_seconds;               /* least time of a block */
    uint64_t seed;                      /* of the numbers that are multiplied */
} speed_spec;

typedef struct speed_times {
    double *ms;        /* [repeats] of one iteration, the mean of its block */
    double median;     /* of these */
    double min;        /* of one iteration, the mean of the shortest chunk of any block */
    double relative;   /* median over the repeats of ms / the product's ms in the same repeat */
    size_t iterations; /* a block, a whole number of chunks */
    size_t chunk;      /* iterations that fill a millisecond: long for the clock, short beside a time slice */
    size_t bytes;      /* most memory that its layer and arrays held */
} speed_times;

typedef struct speed_result {
    speed_times times[SPEED_KINDS];
    size_t repeats, threads;
    double gflops;               /* training flops / the least training time */
    double sgemm_gflops;         /* the product's flops / its least time */
    double joules;               /* of one training pass, the whole processor's; NaN where the CPU does not tell */
    double peak_memory;          /* bytes, of the whole process while it measured */
    double others;               /* cores that other processes used meanwhile */
    char implementation[160];    /* of the training layer */
    const char *product_backend; /* whose product was the best */
} speed_result;

/* Told between repeats; true asks to stop. NULL: nobody asks. */
typedef bool (*speed_progress)(void *user, double done);

/* Measures. The caller sees to it that nothing else runs (alone.h). `result` is to be freed also after a failure.
 * Errors: GB_INVALID, GB_UNSUPPORTED (as gb_layer_create), GB_MEMORY, GB_BACKEND, GB_STOPPED. */
gb_status speed_measure(gb_context *context, const speed_spec *spec, speed_progress progress, void *user,
                        speed_result *result);
void speed_free(speed_result *result);

/* Floating-point operations of one training pass: 6 T N H (I G + H R), of the matrix products alone. G gates have an
 * input product and R of them a recurrent one; two operations a multiplication, once forward and twice backward (for
 * the gradients of the weights and of what they multiply). */
double speed_training_flops(const speed_spec *spec);

/* "train", "forward", "step", "sgemm". */
const char *speed_kind_name(speed_kind kind);

#endif
