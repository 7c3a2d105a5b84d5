/* SPDX-License-Identifier: MIT */
/* Measures the memory of one existing network with the probes of gatebench/probe.h, on given or random sequences. The
 * result is a report, which can be written as a run of one trial. */
#ifndef GATEBENCH_EXPERIMENTS_PROBE_PROBE_H
#define GATEBENCH_EXPERIMENTS_PROBE_PROBE_H

#include "interchange/network/network.h"

/* The sequences to use. */
typedef struct probe_spec {
    size_t lags;      /* the largest lag; limited to T if x is given */
    size_t sequences; /* number of random sequences; each has lags + 1 steps of uniform words or N(0, 1) numbers */
    uint64_t seed;    /* seed of everything random: streams (seed, GB_RANDOM_PROBE, ...) */
    const char *x;    /* .npy file in place of random sequences: [N][T][I] numbers or [N][T] words; or NULL */
    const char *y; /* .npy file of the targets at the last step: [N] integer classes or [N][O] numbers; NULL: random */
    bool time_major; /* x is [T][N][I] or [T][N] */
} probe_spec;

/* The results. The spectrum and the time constants are means over the first four sequences (the first one only if
 * there are more than 128 values), without the first tenth of the steps. */
typedef struct probe_report {
    size_t lags, sequences, steps, layers, units, state; /* state: size of one layer's state */
    const char *loss;                                    /* "softmax", "bernoulli", "squared" */
    double *gradient;            /* [lags + 1] log10 norm of dL/ds by lag, mean over the sequences; -324 if vanished */
    size_t underflows;           /* number of vanished norms */
    gb_gradient_profile profile; /* computed from the lags from lags / 10 on */
    double jacobian;  /* largest singular value of the Jacobian at the middle step of the first sequence; maximum over
                         the layers */
    double *spectrum; /* [exponents] Lyapunov exponents of all layers, largest first, without lost directions */
    size_t exponents, lost;
    double *constants; /* [layers * units] time constants of the memory gates, longest first; NULL: no such gate */
    double kept;       /* share of the state that the median unit's memory gate keeps per step, as a geometric mean */
    double *capacity, capacity_sum; /* [lags] linear memory capacity by lag, and in total */
} probe_report;

/* Runs all probes. Errors: those of network_model() and the probes, GB_IO and GB_DATA for x and y, GB_MEMORY. */
gb_status probe_network(gb_context *context, const network *net, const probe_spec *spec, probe_report *report);
void probe_report_free(probe_report *report);

/* Writes the report as a run of one trial, <folder>/trials and <folder>.h5, so that `show`, `plot`, `export` and
 * `report` can read it. `source` is the network's file, or the run and the trial. Errors: GB_IO, GB_MEMORY. */
gb_status probe_write(gb_context *context, const network *net, const char *source, const probe_spec *spec,
                      const probe_report *report, const char *folder);

#endif
