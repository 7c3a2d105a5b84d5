/* SPDX-License-Identifier: MIT */
/* Random streams: Philox4x32-10 (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3"; Random123).
 * A stream is identified by (seed, purpose, index), and its numbers depend on nothing else, so they are the same for
 * any number of workers in any order. Do not change how numbers are drawn: that would change every published result. */
#ifndef GATEBENCH_RANDOM_H
#define GATEBENCH_RANDOM_H

#include <stddef.h>
#include <stdint.h>

#include "gatebench/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The purpose of a stream. The values are part of the definition of results: append new ones, never renumber. */
typedef enum gb_purpose {
    GB_RANDOM_INITIALISE = 1, /* index: tensor number */
    GB_RANDOM_TRAIN = 2,      /* index: batch number */
    GB_RANDOM_VALID = 3,
    GB_RANDOM_TEST = 4,
    GB_RANDOM_SHUFFLE = 5, /* index: epoch */
    GB_RANDOM_PROBE = 6,
    GB_RANDOM_SPLIT = 7, /* held-out examples */
    GB_RANDOM_STATISTICS = 8,
    GB_RANDOM_WEIGHT_NOISE = 9, /* index: update */
    GB_RANDOM_TUNE = 10,        /* index: number of the drawn setting */
    GB_RANDOM_FORGET_BIAS = 11, /* index: layer */
    GB_RANDOM_DROPOUT = 12      /* index: ((update * layers + layer) << 24) + step of the sequence */
} gb_purpose;

/* A position in a stream; copy the struct to save the position. */
typedef struct gb_random {
    uint32_t key[2];     /* the seed */
    uint32_t counter[4]; /* purpose, index, and the number of blocks drawn */
    uint32_t block[4];   /* the last block of bits */
    uint32_t used;       /* the number of its words already used */
} gb_random;

/* The start of stream (seed, purpose, index). */
GB_EXPORT gb_random gb_random_stream(uint64_t seed, gb_purpose purpose, uint64_t index);

/* The next 32 random bits. */
GB_EXPORT uint32_t gb_random_bits(gb_random *random);

/* Uniform on [0, 1) with 53 bits. */
GB_EXPORT double gb_random_uniform(gb_random *random);

/* Standard normal (Box-Muller; each call uses two uniforms for one number). */
GB_EXPORT double gb_random_normal(gb_random *random);

/* Uniform on 0..bound-1 without bias (rejection); bound >= 1. */
GB_EXPORT uint32_t gb_random_below(gb_random *random, uint32_t bound);

/* Fills order[0..count-1] with a random permutation of 0..count-1 (Fisher-Yates). */
GB_EXPORT void gb_random_permutation(gb_random *random, size_t *order, size_t count);

#ifdef __cplusplus
}
#endif
#endif
