/* SPDX-License-Identifier: MIT */
/* The memory of one network that is there already: everything that gatebench/probe.h measures, along given or drawn
 * sequences, as a report and as a run of one trial. */
#ifndef GATEBENCH_EXPERIMENTS_PROBE_PROBE_H
#define GATEBENCH_EXPERIMENTS_PROBE_PROBE_H

#include "interchange/network/network.h"

/* Along which sequences. */
typedef struct probe_spec {
    size_t lags, sequences; /* drawn sequences have lags + 1 steps: words at random, or numbers of N(0, 1) */
    uint64_t seed;          /* of what is drawn: streams (seed, GB_RANDOM_PROBE, ...) */
    const char *x, *y; /* .npy files in place of drawn ones, [N][T][I] or [N][T] words, and what is right at the last
                          step: [N] classes or [N][O] numbers. NULL: drawn. lags is cut to T */
    bool time_major;   /* x is [T][N] */
} probe_spec;

/* What was found; means over the sequences. */
typedef struct probe_report {
    size_t lags, sequences, steps, layers, units, state; /* state: numbers of one layer's state */
    const char *loss;                                    /* "softmax", "bernoulli", "squared" */
    double *gradient;                                    /* [lags + 1] mean log10 norm of dL/ds by lag */
    size_t underflows;
    gb_gradient_profile profile;
    double jacobian;  /* the largest singular value of a step's Jacobian: largest of the layers, at the middle step */
    double *spectrum; /* [exponents], largest first; those lost are left out */
    size_t exponents, lost;
    double *constants; /* [layers * units] time constants of the memory gates, longest first; NULL: no such gate */
    double kept; /* the share of the state that the memory gates keep in a step: the median unit's geometric mean */
    double *capacity, capacity_sum; /* [lags] linear memory capacity by lag, and in all */
} probe_report;

/* Measures. Errors: those of network_model() and the probes, GB_IO and GB_DATA for x and y, GB_MEMORY. */
gb_status probe_network(gb_context *context, const network *net, const probe_spec *spec, probe_report *report);
void probe_report_free(probe_report *report);

/* Writes the report as a run of one trial, <folder>/trials and <folder>.h5, so that `show`, `plot`, `export` and
 * `report` take it as any other. `source` is the network's file. Errors: GB_IO, GB_MEMORY. */
gb_status probe_write(gb_context *context, const network *net, const char *source, const probe_spec *spec,
                      const probe_report *report, const char *folder);

#endif
