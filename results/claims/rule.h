/* SPDX-License-Identifier: MIT */
/* The input and output of a decision rule, and what rules share. Internal to results/claims. */
#ifndef GATEBENCH_RESULTS_CLAIMS_RULE_H
#define GATEBENCH_RESULTS_CLAIMS_RULE_H

#include "results/analysis/arms.h"
#include "results/claims/claims.h"
#include "support/text.h"
#include "support/yaml.h"

/* A results file with its final trials. */
typedef struct rule_run {
    const results *file;
    evidence trials;  /* one row per trial */
    arm_list arms;    /* the arms of `trials`: one per setting, with its seeds */
    evidence matched; /* one row per trial and matching */
    bool quick;       /* made with the profile quick, which is too small to decide a claim */
} rule_run;

/* Errors: those of evidence_read. */
gb_status rule_runs_open(gb_context *context, results *const *all, size_t count, rule_run **runs);
void rule_runs_close(rule_run *runs, size_t count);

typedef struct rule_input {
    const yaml_node *claim;      /* its entry in claims.yaml */
    const char *a, *b;           /* the cells that it names */
    const rule_run *const *runs; /* runs with evidence for the claim */
    size_t count;
} rule_input;

typedef struct rule_output {
    char outcome[32];
    text brief, words, evidence, matching; /* as the members of `verdict` */
    finding_list findings;
} rule_output;

typedef struct verdict_rule {
    const char *name;
    size_t cells;                  /* number of cells that the claim must name: 1 (a) or 2 (a and b) */
    const char *const *thresholds; /* names that claims.yaml must give under `thresholds:`; ends with NULL */
    void (*judge)(const rule_input *input, rule_output *output);
} verdict_rule;

#define RULE(name) extern const verdict_rule rule_##name;
#include "results/claims/rules.def"
#undef RULE

double rule_threshold(const rule_input *input, const char *name);

/* True if two counts are equal within a share of the second. Exact at the bound: 588 is within 0.05 of 560, although in
 * floating point 588 / 560 - 1 is above 0.05. */
bool rule_about_equal(double count, double target, double share);

/* Sets the outcome and starts its sentence. */
void rule_decide(rule_output *output, const char *outcome, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Sets the reason, in at most 60 characters. */
void rule_brief(rule_output *output, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* For a claim without finished trials: says so and names the recipes to run. */
void rule_no_evidence(const rule_input *input, rule_output *output);

/* The trials of one setting that differ only in the seed, on a task of classification. Predictions are pooled over the
 * seeds. */
typedef struct rule_group {
    const rule_run *run;
    const trial_arm *arm;
    const char *cell;
    double gap, chance;    /* the task's gap and the accuracy of guessing; NaN: the task has none */
    size_t seeds, missing; /* number of seeds with a result (diverged trials included), and without one */
    size_t solved;         /* seeds with an accuracy of 0.9 or more */
    size_t correct, predictions, swapped_pairs, swapped_identical;
    double least, most, shifted; /* accuracy of the worst and of the best seed, and the mean on shifted sentences */
    interval accuracy;           /* Wilson interval over all predictions */
} rule_group;

/* True if seeds that were not trained to the end leave a group open: with them, no predictions decide nothing, and a
 * success of the others is none of the setting, since a trial that diverged is the worst of its arm. */
bool rule_group_is_lost(const rule_group *group, bool success);

/* The groups of the input in the order of their trials, malloc'ed; NULL if there are none. */
rule_group *rule_groups(const rule_input *input, size_t *count);

/* Appends the setting of a group without cell and gap, after ", " if the text is not empty: "init keras trained on
 * drawn gaps, lr 0.01". Appends nothing if nothing varies. */
void rule_group_setting(const rule_group *group, text *words);

/* Setting, accuracy with interval, seeds and file: "rnn, gap 50: accuracy 0.412 [0.40, 0.43] ...; run recall". */
void rule_group_evidence(text *lines, const rule_group *group);

/* Calls `take` for each pair of arms of the cells a and b that agree in all other settings, once per matching. Rows are
 * of run->matched. */
typedef void rule_take_pair(const rule_input *input, const rule_run *run, const trial_arm *a, const trial_arm *b,
                            rule_output *output, void *findings);
void rule_each_pair(const rule_input *input, rule_output *output, rule_take_pair *take, void *findings);

/* Appends the limits of an interval, " [10^-3.20, 10^-1.10]" with the prefix "10^"; nothing if there are none, as of
 * one seed. */
void rule_append_limits(text *lines, const interval *value, const char *prefix, int decimals);

/* "run <name>", and the file if its name is not that of the run. */
const char *rule_source(const results *r, char *buffer, size_t size);

/* Adds a name to a list "a, b, c" unless the list has it already. */
void rule_list(text *list, const char *name);

/* A finding with its settings or tasks: "the GRU is faster: training step, batch inference". */
typedef struct rule_part {
    const char *words;
    name_list names;
} rule_part;

/* Adds a name to a part unless the part has it already. When out of memory, marks the output as failed. */
void rule_note(rule_output *output, rule_part *part, const char *name);

/* Appends the parts that have names, with "; " between them, and frees their names. */
void rule_say_parts(text *words, rule_part *parts, size_t count);

#endif
