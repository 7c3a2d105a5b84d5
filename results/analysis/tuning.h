/* SPDX-License-Identifier: MIT */
/* What tuning found: for each arm every candidate with the score of every seed, which one was chosen, whether it lies
 * at the edge of what was tried, and what a smaller budget would have been expected to find. */
#ifndef GATEBENCH_RESULTS_ANALYSIS_TUNING_H
#define GATEBENCH_RESULTS_ANALYSIS_TUNING_H

#include "results/store/store.h"

/* One combination of the tuned settings, tried on some seeds. */
typedef struct tuning_candidate {
    size_t row;     /* of /runs: the first of its trials, which has its settings */
    double *scores; /* validation loss of each seed; NaN: diverged */
    size_t seeds;
    double mean; /* infinite when one of them diverged or is missing, as tuning counts it */
} tuning_candidate;

typedef struct tuning_arm {
    char *name;                   /* "cell gru, hidden 37"; "" when there is one arm */
    tuning_candidate *candidates; /* in the order in which they were tried */
    size_t count, chosen;         /* chosen: count when every candidate diverged */
    char *edges;                  /* "lr 0.01 is the largest of 3 tried"; "" when nothing chosen is at an edge */
} tuning_arm;

typedef struct tuning {
    const table_column **settings; /* that are tuned, in the recipe's order */
    size_t setting_count;
    tuning_arm *arms;
    size_t count, most_candidates;
} tuning;

/* Reads the tuning stage of a run; count 0 when it has none. Errors: GB_INVALID (the recipe in the file cannot be
 * read), GB_MEMORY. `r` must outlive it. */
gb_status tuning_read(gb_context *context, const results *r, tuning *out);
void tuning_free(tuning *t);

/* The mean score that the best of k candidates drawn from these is expected to have (Dodge et al. 2019), over those
 * that did not diverge; NaN when none is left or k is 0. */
double tuning_expected_best(const tuning_arm *arm, size_t k);

#endif
