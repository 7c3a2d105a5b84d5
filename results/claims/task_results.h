/* SPDX-License-Identifier: MIT */
/* Compares two cells task by task: paired by seed, each matching separately, and at equal core time. Used by C5 and by
 * the verdict matrix. Internal to results/claims. */
#ifndef GATEBENCH_RESULTS_CLAIMS_TASK_RESULTS_H
#define GATEBENCH_RESULTS_CLAIMS_TASK_RESULTS_H

#include "results/analysis/compare.h"
#include "results/claims/rule.h"
#include "results/store/metrics.h"

typedef enum task_match {
    MATCH_WIDTH,
    MATCH_PARAMETERS,
    MATCH_STATE,
    MATCH_TIME,
    MATCHES,
    MATCH_NEITHER = MATCHES
} task_match;
extern const char *const match_names[]; /* "width", "parameters", "state", "time", "neither width nor parameters" */

typedef struct task_question {
    const char *a, *b;          /* cells */
    double parameter_tolerance; /* tolerance within which numbers of parameters count as equal */
    bool time;                  /* also compare at equal core time */
} task_question;

/* One task of one results file under one matching. */
typedef struct task_result {
    const rule_run *run;
    char task[128]; /* in words: "copy blanks 30" */
    task_match match;
    const metric_type *metric; /* NULL: no trial has a value */
    double a_parameters, b_parameters;
    task_match sizes;     /* for MATCH_TIME: what else was equal */
    double seconds;       /* for MATCH_TIME: seconds of a core that all trials reached; else NaN */
    compare_result pairs; /* paired by seed; a seed counts once, with its mean over other swept settings */
    double p_beyond; /* p-value of the hypothesis that the difference is within the margin; NaN for MATCH_TIME, which C5
                        does not count */
    bool beyond;     /* significant after Holm's correction; set by C5 */
    const rule_run *instead; /* the run whose result of this task and matching counts instead; NULL: this one counts */
} task_result;

typedef struct task_list {
    task_result *items;
    size_t count;
    bool failed; /* out of memory */
} task_list;

/* Adds the results of a file to the list, task by task in the order of its trials; `lines` (may be NULL) gets what
 * cannot be judged. For equal time, compares the metric on validation data of trials of equal width; if there are none,
 * of trials of another matching. */
void task_results_collect(const task_question *q, const rule_run *run, task_list *list, text *lines);
/* Lets a task count once under each matching, if several runs have it: the result that is not of a quick run, then the
 * one with more pairs, then the first. Sets `instead` of the others. */
void task_results_choose(task_list *list);
void task_results_free(task_list *list);

#endif
