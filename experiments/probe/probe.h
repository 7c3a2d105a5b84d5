/* SPDX-License-Identifier: MIT */
/* The memory of one existing network: everything that gatebench/probe.h measures, on given or random sequences, as a
 * report and as a run of one trial. */
#ifndef GATEBENCH_EXPERIMENTS_PROBE_PROBE_H
#define GATEBENCH_EXPERIMENTS_PROBE_PROBE_H

#include "interchange/network/network.h"

/* The sequences to use. */
typedef struct probe_spec {
    size_t lags, sequences; /* random sequences have lags + 1 steps: uniform words, or numbers from N(0, 1) */
    uint64_t seed;          /* seed of the random sequences: streams (seed, GB_RANDOM_PROBE, ...) */
    const char *x, *y; /* .npy files in place of random sequences: [N][T][I] or [N][T] words, and the targets at the
                          last step: [N] classes or [N][O] numbers. NULL: random. lags is limited to T */
    bool time_major;   /* x is [T][N] */
} probe_spec;

/* The results; means over the sequences. */
typedef struct probe_report {
    size_t lags, sequences, steps, layers, units, state; /* state: size of one layer's state */
    const char *loss;                                    /* "softmax", "bernoulli", "squared" */
    double *gradient;                                    /* [lags + 1] mean log10 norm of dL/ds by lag */
    size_t underflows;
    gb_gradient_profile profile;
    double
        jacobian; /* the largest singular value of a step's Jacobian at the middle step; the maximum over the layers */
    double *spectrum; /* [exponents], largest first; lost directions are omitted */
    size_t exponents, lost;
    double *constants; /* [layers * units] time constants of the memory gates, longest first; NULL: no such gate */
    double kept; /* the share of the state that the memory gates keep per step: the median unit's geometric mean */
    double *capacity, capacity_sum; /* [lags] linear memory capacity by lag, and in total */
} probe_report;

/* Runs all probes. Errors: those of network_model() and the probes, GB_IO and GB_DATA for x and y, GB_MEMORY. */
gb_status probe_network(gb_context *context, const network *net, const probe_spec *spec, probe_report *report);
void probe_report_free(probe_report *report);

/* Writes the report as a run of one trial, <folder>/trials and <folder>.h5, so that `show`, `plot`, `export` and
 * `report` can read it. `source` is the network's file. Errors: GB_IO, GB_MEMORY. */
gb_status probe_write(gb_context *context, const network *net, const char *source, const probe_spec *spec,
                      const probe_report *report, const char *folder);

#endif
