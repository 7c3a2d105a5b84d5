/* SPDX-License-Identifier: MIT */
/* A results file with the requested comparisons, or those that its recipe declared. `compare` prints them, and `--until
 * decided` uses them. */
#ifndef GATEBENCH_RESULTS_ANALYSIS_COMPARE_RUN_H
#define GATEBENCH_RESULTS_ANALYSIS_COMPARE_RUN_H

#include "results/analysis/compare_budget.h"
#include "results/analysis/compare_extras.h"
#include "results/analysis/declarations.h"
#include "results/analysis/interim_looks.h"

typedef struct compare_request {
    compare_question asked; /* NULL, NaN or a negative number leaves a field open; if all are open, the comparisons that
                               the recipe declares */
    const char *where;      /* conditions on trials; NULL: all final ones */
    const char *budget; /* compares validation at an equal budget of this unit (compare_budget.h); NULL: test scores */
    size_t look;        /* number of the look being taken, from 1; 0: the latest look */
} compare_request;

/* One question of a run, answered. */
typedef struct compare_answer {
    compare_question question;
    const char *margin_from; /* origin of the margin, in words */
    compare_findings found;
} compare_answer;

typedef struct compare_run {
    results *file;
    bool borrowed; /* the file is the caller's */
    evidence e;    /* the final trials that are compared */
    declared_list declared;
    declared_solving solving;
    looks looks;
    comparison_levels levels;  /* significance levels of the file's current look */
    double reached;            /* budget at which validations are compared */
    const char *budget_metric; /* "valid_mse"; NULL: no budget */
    compare_answer *answers;
    size_t count;
    text remarks; /* one line per declaration that was changed later, and per comparison that could not be made */
} compare_run;

/* Reads a results file and answers the questions; all tests form one family. Free also after an error. Errors: those of
 * results_read and compare_arms. */
gb_status compare_open(gb_context *context, const compare_request *request, const char *path, compare_run *run);
/* The same for results that are already in memory; they must outlive it. */
gb_status compare_results(gb_context *context, const compare_request *request, results *file, compare_run *run);
void compare_close(compare_run *run);

/* The number of tests in the run's family. */
size_t compare_run_tests(const compare_run *run);

#endif
