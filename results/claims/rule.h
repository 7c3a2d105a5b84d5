/* SPDX-License-Identifier: MIT */
/* What a decision rule is given, what it says, and the pooling that rules share. Internal to results/verdicts. */
#ifndef GATEBENCH_RESULTS_CLAIMS_RULE_H
#define GATEBENCH_RESULTS_CLAIMS_RULE_H

#include "results/claims/claims.h"
#include "support/text.h"
#include "support/yaml.h"

typedef struct rule_input {
    const yaml_node *claim; /* its entry in claims.yaml */
    results *const *all;    /* the results files that feed the claim */
    size_t count;
} rule_input;

typedef struct rule_output {
    char outcome[32];
    text words, evidence, matching;
} rule_output;

typedef struct verdict_rule {
    const char *name;
    const char *const *thresholds; /* that claims.yaml must give under `thresholds:`; ends with NULL */
    void (*judge)(const rule_input *input, rule_output *output);
} verdict_rule;

#define RULE(name) extern const verdict_rule rule_##name;
#include "results/claims/rules.def"
#undef RULE

double rule_threshold(const rule_input *input, const char *name);

/* The name of a cell that the claim compares: its key "a" or "b". */
const char *rule_cell(const rule_input *input, const char *key);

/* Sets the outcome and starts its sentence. */
void rule_decide(rule_output *output, const char *outcome, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* No finished trial feeds the claim: says so and which recipes would. */
void rule_no_evidence(const rule_input *input, rule_output *output);

/* Whether the run was made with the profile quick: small enough for a minute, so that it settles nothing. */
bool rule_is_quick(const results *r);

/* A finished final trial: what counts as evidence. Diverged ones count; failed ones are run again. */
bool rule_row_counts(const results *r, size_t row);
bool rule_row_diverged(const results *r, size_t row);

/* Trials that differ by the seed only, pooled. */
typedef struct rule_group {
    const results *source;
    char cell[32], init[32], train_gap[32];
    double gap;
    size_t trials, diverged, solved; /* solved: accuracy of 0.9 and more */
    size_t correct, predictions, swapped_pairs, swapped_identical;
    double answers, least_accuracy, shifted_accuracy; /* the least and the mean over the trials */
    interval accuracy;                                /* Wilson over all predictions */
} rule_group;

/* The groups of the input whose rows have correct and predictions, in order of appearance; malloc'ed, NULL when there
 * are none. */
rule_group *rule_groups(const rule_input *input, size_t *count);

/* A recall task's train_gap in words. */
const char *rule_regime(const char *train_gap);

/* Accuracy with interval, seeds and file: "0.412 [0.40, 0.43], 1 of 5 seeds solved (recall)". */
void rule_group_evidence(text *evidence, const rule_group *group);

/* "run <name>", and the file where it is not called after the run. */
const char *rule_source(const results *r, char *buffer, size_t size);

/* Adds a name to a list "a, b, c" unless it is in it. */
void rule_list(text *list, const char *name);

#endif
