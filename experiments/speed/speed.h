/* SPDX-License-Identifier: MIT */
/* Speed: the time of one layer for training a batch, inference of a batch, and one streaming step, compared with the
 * best large matrix product measured at the same time. `gatebench bench` prints it, and the speed measures of a trial
 * record it.
 *
 * Every repeat times four blocks one after the other: the product, the training pass, the forward pass, the streaming
 * step. A block has as many iterations as fill `block_seconds`, determined while warming up. A drifting clock frequency
 * or other programs affect neighbouring blocks equally, so ratios within a repeat are reliable even where milliseconds
 * are not. */
#ifndef GATEBENCH_EXPERIMENTS_SPEED_SPEED_H
#define GATEBENCH_EXPERIMENTS_SPEED_SPEED_H

#include <stdint.h>

#include "gatebench/gatebench.h"

typedef enum speed_kind {
    SPEED_PRODUCT, /* C = A B, f32, SPEED_SIDE x SPEED_SIDE, by the backend with the fastest product */
    SPEED_TRAIN,   /* forward pass that keeps the data for backward, then backward with every gradient */
    SPEED_FORWARD, /* inference: T steps of N sequences; here and in a streaming step the parameters do not change */
    SPEED_STEP,    /* inference with T = 1, N = 1, state carried from call to call */
    SPEED_KINDS
} speed_kind;

enum { SPEED_SIDE = 1024 };

/* Minimum time of a chunk. */
#define SPEED_CHUNK_SECONDS 1e-3

typedef struct speed_spec {
    const char *cell, *backend; /* a built-in cell; in f32 */
    const char *implementation; /* NULL: the backend's choice */
    gb_bias bias;
    size_t steps, batch, input, hidden; /* T, N, I, H */
    size_t threads;                     /* of oneDNN (`reference` always has one); 0: as many as now */
    size_t repeats;                     /* at least 1 */
    size_t most_repeats;  /* if other programs run: continue up to this number; 0: never more than `repeats` */
    double block_seconds; /* minimum time of a block */
    uint64_t seed;        /* seed of the numbers that are multiplied */
} speed_spec;

typedef struct speed_times {
    double *ms;        /* [repeats] of one iteration, the mean of its block */
    double median;     /* of these */
    double min;        /* of one iteration: the mean over the shortest chunk of all blocks */
    double relative;   /* median over the repeats of ms / the product's ms in the same repeat */
    size_t iterations; /* a block, a whole number of chunks */
    size_t chunk; /* iterations that fill a millisecond: long compared with the clock's resolution, short compared with
                     a time slice */
    size_t bytes; /* peak memory of its layer and arrays */
} speed_times;

typedef struct speed_result {
    speed_times times[SPEED_KINDS];
    size_t repeats, threads;
    double gflops;       /* training flops / the least training time */
    double sgemm_gflops; /* the product's flops / its least time */
    double joules;       /* joules of one training pass, of the whole processor; NaN if the CPU does not report it */
    double peak_memory;  /* peak bytes of the whole process while measuring */
    double others;       /* cores that other processes used meanwhile */
    char implementation[160];    /* of the training layer */
    const char *product_backend; /* the backend with the fastest product */
} speed_result;

/* Called between repeats; return true to stop. May be NULL. */
typedef bool (*speed_progress)(void *user, double done);

/* Measures. The caller must make sure that nothing else runs (alone.h). Free `result` also after a failure. Errors:
 * GB_INVALID, GB_UNSUPPORTED (as gb_layer_create), GB_MEMORY, GB_BACKEND, GB_STOPPED. */
gb_status speed_measure(gb_context *context, const speed_spec *spec, speed_progress progress, void *user,
                        speed_result *result);
void speed_free(speed_result *result);

/* Floating-point operations of one training pass: 6 T N H (I G + H R), counting only matrix products. G gates have an
 * input product and R of them a recurrent product. Each multiply-add is two operations, done once forward and twice
 * backward (for the gradients of the weights and of their inputs). */
double speed_training_flops(const speed_spec *spec);

/* "train", "forward", "step", "sgemm". */
const char *speed_kind_name(speed_kind kind);

#endif
