/* SPDX-License-Identifier: MIT */
/* The sequences along which a network is probed. Internal to experiments/probe. */
#ifndef GATEBENCH_EXPERIMENTS_PROBE_PROBE_BATCH_H
#define GATEBENCH_EXPERIMENTS_PROBE_PROBE_BATCH_H

#include "experiments/probe/probe.h"

typedef struct probe_batch {
    gb_batch batch;
    gb_loss loss;
    int32_t *tokens, *classes;
    double *inputs, *targets;
} probe_batch;

/* Reads or draws the sequences and their targets. Errors: GB_IO, GB_DATA, GB_MEMORY. */
gb_status probe_batch_make(gb_context *context, const network *net, const probe_spec *spec, probe_batch *out);
void probe_batch_free(probe_batch *b);

#endif
