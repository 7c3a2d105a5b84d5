/* SPDX-License-Identifier: MIT */
/* Two cells compared task by task: pairs by seed, each matching by itself, and at equal core time. What C5 is judged by
 * and the verdict matrix shows. Internal to results/claims. */
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
    double parameter_tolerance; /* up to which numbers of parameters count as equal */
    bool time;                  /* also at equal core time */
} task_question;

/* One task of one results file under one matching. */
typedef struct task_result {
    const rule_run *run;
    char task[128]; /* in words: "copy blanks 30" */
    task_match match;
    const metric_type *metric; /* NULL: no trial has a number */
    double a_parameters, b_parameters;
    task_match sizes;     /* of MATCH_TIME: what was equal beside the time */
    double seconds;       /* of MATCH_TIME: of a core, that all trials had; else NaN */
    compare_result pairs; /* by seed; a seed counts once, with its mean over what else was swept */
    double p_beyond;      /* of a difference no larger than the margin; NaN of MATCH_TIME, which C5 does not count */
    bool beyond;          /* significant after Holm's correction; set by C5 */
} task_result;

typedef struct task_list {
    task_result *items;
    size_t count;
    bool failed; /* out of memory */
} task_list;

/* Adds the results of a file, task by task in the order of its trials, to the list; what cannot be judged stands in
 * `lines` (NULL: nowhere). Time is held equal among trials of equal width, where there are none among those of another
 * matching, and what is compared then is the metric on validation data. */
void task_results_collect(const task_question *q, const rule_run *run, task_list *list, text *lines);
void task_results_free(task_list *list);

#endif
