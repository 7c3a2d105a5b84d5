/* SPDX-License-Identifier: MIT */
/* The inside of a trainer: what its parts share. */
#ifndef GATEBENCH_TRAIN_TRAINER_H
#define GATEBENCH_TRAIN_TRAINER_H

#include "gatebench/train.h"
#include "model/model.h"

struct gb_trainer {
    gb_model *model;
    gb_optimizer_spec spec;
    size_t optimizer; /* its index in optim.def */
    uint64_t step;    /* updates made */
    void *state;      /* [rows][parameters] in the model's dtype */
    void *clean;      /* [parameters] saved while weight noise is applied; NULL: no noise */
    double noise;     /* deviation */
    uint64_t noise_seed;
    double dropout; /* rate between layers; 0: none */
    uint64_t dropout_seed;
    size_t passed;  /* steps that the segments before this one passed without an update; 0 outside of truncation */
    buffer segment; /* the rows of one segment of truncated backpropagation; valid only within a step */
};

#endif
