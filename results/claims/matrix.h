/* SPDX-License-Identifier: MIT */
/* The verdict matrix of two cells: one row per task, one column per quantity held equal (width, parameters, state, core
 * time).
 *
 * How to read it:
 *
 *     verdict_matrix m;
 *     GB_TRY(matrix_judge(context, all, count, "gru", "lstm", &m));
 *     for (size_t i = 0; i < m.count; i++)
 *         for (size_t k = 0; k < MATRIX_MATCHINGS; k++) {
 *             const matrix_cell *c = &m.rows[i].cells[k];   // the row's task is m.rows[i].task
 *             if (c->word != MATRIX_NOT_RUN)
 *                 ... matrix_word(&m, c), c->difference, c->margin, c->metric ...
 *         }
 *     matrix_free(&m);
 *
 * `difference` is a - b in the metric's own unit; `higher_is_better` says which direction is better. To draw all tasks
 * on one scale use `in_margins`: in units of the margin, positive if a is better, equivalent between -1 and 1; NaN
 * without a margin. */
#ifndef GATEBENCH_RESULTS_CLAIMS_MATRIX_H
#define GATEBENCH_RESULTS_CLAIMS_MATRIX_H

#include "results/statistics/statistics.h"
#include "results/store/store.h"

enum { MATRIX_WIDTH, MATRIX_PARAMETERS, MATRIX_STATE, MATRIX_TIME, MATRIX_MATCHINGS };
extern const char *const matrix_matchings[MATRIX_MATCHINGS]; /* "width", "parameters", "state", "time" */

typedef enum matrix_outcome {
    MATRIX_NOT_RUN, /* no pair of trials under this matching: all other fields are empty */
    MATRIX_A_BETTER,
    MATRIX_B_BETTER,
    MATRIX_EQUIVALENT,
    MATRIX_UNDECIDED
} matrix_outcome;

typedef struct matrix_cell {
    matrix_outcome word;
    const char *metric; /* "accuracy", as declared by the recipe; at equal time the validation metric */
    bool higher_is_better;
    double mean_a, mean_b;
    interval difference; /* a - b with its 95 % interval (or that of the interim look) and the number of pairs */
    interval in_margins; /* NaN: no margin */
    double margin;       /* NaN: no margin was declared, and the metric has no default */
    double a_parameters, b_parameters; /* parameters of the recurrent layers */
    double seconds;                    /* for MATRIX_TIME: seconds of a core that all trials reached; else NaN */
    const char *sizes;                 /* for MATRIX_TIME: what else was equal, "width"; else "" */
    size_t more_seeds; /* if undecided: approximate number of additional seeds needed; 9999: no affordable number; 0:
                          not known, as when trials diverged */
    char run[128];     /* run that it comes from */
    bool provisional;  /* the run is a quick one */
} matrix_cell;

typedef struct matrix_row {
    char task[128]; /* in words: "copy blanks 30" */
    matrix_cell cells[MATRIX_MATCHINGS];
} matrix_row;

typedef struct verdict_matrix {
    char a[64], b[64];
    matrix_row *rows; /* by task, in the order of the runs */
    size_t count;
} verdict_matrix;

/* Compares two cells on every task of these results (at most one per recipe). If several runs have a task, uses the one
 * that is not quick, then the one with more pairs. Errors: GB_INVALID (a recipe in the results cannot be read),
 * GB_MEMORY. */
gb_status matrix_judge(gb_context *context, results *const *all, size_t count, const char *a, const char *b,
                       verdict_matrix *matrix);
void matrix_free(verdict_matrix *matrix);

/* "gru better", "equivalent", "undecided"; "" if it was not run. */
void matrix_word(const verdict_matrix *matrix, const matrix_cell *cell, char *word, size_t size);

#endif
