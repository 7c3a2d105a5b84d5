/* SPDX-License-Identifier: MIT */
/* What `gatebench compare` was asked, what it found, and how that is printed. */
#ifndef GATEBENCH_CLI_COMPARE_H
#define GATEBENCH_CLI_COMPARE_H

#include "cli/cli.h"
#include "cli/output.h"
#include "results/analysis/compare_extras.h"
#include "results/analysis/declarations.h"
#include "results/analysis/interim_looks.h"
#include "results/store/store.h"

typedef struct compare_request {
    cli_words words;
    compare_question asked; /* what the command line leaves open is NULL, NaN or below 0 */
    const char *where;      /* NULL: all final trials */
    double fail_above;      /* NaN: no gate */
    bool json, all_columns, all_statistics;
} compare_request;

/* One question of a run, answered. */
typedef struct compare_answer {
    compare_question question;
    const char *margin_from; /* in words */
    compare_findings found;
} compare_answer;

/* A results file with the questions that were asked of it, or that its recipe declared. */
typedef struct compare_run {
    results *file;
    const char **settings;
    declared_list declared;
    declared_solving solving;
    looks looks;
    comparison_levels levels; /* those of the look that the file is at */
    compare_answer *answers;
    size_t count;
} compare_run;

/* Reads a results file and answers the request's question or, when it asks none, those that the recipe declared; all
 * tests are one family. Free also after an error. Errors: those of results_read and compare_arms. */
gb_status compare_open(gb_context *context, const compare_request *r, const char *path, compare_run *run);
void compare_close(compare_run *run);

/* How many tests the run's family has. */
size_t compare_run_tests(const compare_run *run);

/* The pairs of arms that have two tasks or more (groups of a file, or files) with the metric of the first answer;
 * malloc'ed. Errors: GB_MEMORY. */
gb_status compare_run_tasks(gb_context *context, const compare_run *runs, size_t count, compare_tasks **tasks,
                            size_t *task_count);

/* All return an exit code. */
int compare_print(const compare_request *r, const compare_run *run);
int compare_print_statistics(gb_context *context, const compare_run *run);
int compare_print_tasks(gb_context *context, const compare_run *runs, size_t count);
int compare_json(gb_context *context, const compare_run *runs, size_t count);

#endif
