/* SPDX-License-Identifier: MIT */
/* The definition of an experiment. */
#ifndef GATEBENCH_EXPERIMENTS_MUSEUM_MUSEUM_INTERNAL_H
#define GATEBENCH_EXPERIMENTS_MUSEUM_MUSEUM_INTERNAL_H

#include "experiments/museum/museum.h"
#include "experiments/museum/original.h"
#include "experiments/museum/sequences.h"

/* When training ends, by one of two criteria:
 *   window: at most `misses` of the last so many training sequences wrong, and their mean absolute error below `mean`
 *   every:  after so many training sequences each, with weights held, at most `misses` of `checked` others wrong and
 *           their mean absolute error below `mean`; the same ones each time, or (fresh) new ones
 * A sequence is wrong if an output is further than `error` from its target; for experiments with a target at every
 * step, if at some step a symbol that cannot follow is as active as one that can. mean 0: no such condition. */
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
