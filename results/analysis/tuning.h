/* SPDX-License-Identifier: MIT */
/* The results of tuning: for each arm every planned candidate with the score of every seed, the chosen one, whether it
 * is at the edge of the tried range, and the best score expected from a smaller budget. */
#ifndef GATEBENCH_RESULTS_ANALYSIS_TUNING_H
#define GATEBENCH_RESULTS_ANALYSIS_TUNING_H

#include "results/analysis/arms.h"

/* A candidate: one combination of the tuned settings, tried on some seeds. */
typedef struct tuning_candidate {
    trial_arm trials; /* trials that differ only in the seed */
    double *scores;   /* [trials.count] validation loss by seed; NaN: the trial is not finished */
    double mean;      /* mean of the scores; infinite if a trial is not finished */
} tuning_candidate;

typedef struct tuning_arm {
    char *name;                   /* "cell gru, hidden 37"; "" when there is one arm */
    tuning_candidate *candidates; /* in the order in which they are planned */
    size_t count, chosen;         /* chosen: count if no candidate is finished on every seed */
    char *edges;                  /* "lr 0.01 is the largest of 3 tried"; "" when nothing chosen is at an edge */
} tuning_arm;

typedef struct tuning {
    const table_column **settings; /* the tuned settings, in the recipe's order */
    size_t setting_count;
    tuning_arm *arms;
    size_t count, most_candidates, most_seeds;
    arm_list trials;
    double *scores; /* memory for the scores of all candidates */
} tuning;

/* Reads the evidence of stage "tune", with one row per trial; count 0 when nothing was tuned. `e` must outlive it; free
 * also after an error. Errors: GB_MEMORY, GB_INVALID (the recipe in the file cannot be read). */
gb_status tuning_read(gb_context *context, const evidence *e, tuning *out);
void tuning_free(tuning *t);

/* The expected mean score of the best of k candidates drawn from these (Dodge et al. 2019). A candidate that is not
 * finished on every seed counts as the worst finished one. NaN if none is finished, or k is 0. */
double tuning_expected_best(const tuning_arm *arm, size_t k);

#endif
