/* SPDX-License-Identifier: MIT */
/* The definition of an experiment. */
#ifndef GATEBENCH_EXPERIMENTS_MUSEUM_MUSEUM_INTERNAL_H
#define GATEBENCH_EXPERIMENTS_MUSEUM_MUSEUM_INTERNAL_H

#include "experiments/museum/museum.h"
#include "experiments/museum/original.h"
#include "experiments/museum/sequences.h"

/* An experiment. Training ends by one of two criteria; the other one's member is 0:
 *   window  among the last `window` training sequences at most `misses` were wrong, and their mean absolute error was
 *           below `mean`
 *   every   a check after each `every` training sequences: with constant weights at most `misses` of `checked` other
 *           sequences are wrong, and their mean absolute error is below `mean`. They are the same sequences in every
 *           check, or new ones if `fresh`.
 * With mean 0 the error has no such bound. A sequence is wrong if an output is further than `error` from its target. In
 * experiments with a target at every step (every_step) it is wrong if at some step the output of a symbol that cannot
 * follow is at least as large as that of one that can. */
struct museum_experiment {
    const char *name;
    original_spec network;
    museum_make *make;
    size_t length, variant, longest;
    double rate, limit;
    double input_gates[3], output_gates[4]; /* initial biases; all 0: like the other weights */
    double error, mean;
    size_t window, every, checked, misses;
    bool fresh, every_step;
    double published;
};

enum { MUSEUM_TESTED = 2560, MUSEUM_WINDOW = 2000, MUSEUM_TOLD_EVERY = 256 };

#endif
