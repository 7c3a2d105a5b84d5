/* SPDX-License-Identifier: MIT */
/* What a verdict follows from, as rows that can be drawn on one scale (a forest plot) and put into a matrix: one row a
 * task, a setting or a quantity under one matching. */
#ifndef GATEBENCH_RESULTS_CLAIMS_FINDINGS_H
#define GATEBENCH_RESULTS_CLAIMS_FINDINGS_H

#include <stdbool.h>

#include "results/statistics/statistics.h"

typedef enum finding_side { FINDING_OPEN, FINDING_FOR, FINDING_AGAINST } finding_side;

typedef struct finding {
    char *what;        /* "adding length 100", "training step", "init keras trained on drawn gaps" */
    char *run;         /* that it comes from */
    char matching[32]; /* "width", "parameters"; "": whatever the matching */
    char word[40];     /* what was found: "equivalent", "forgot", "gru faster" */
    finding_side side; /* of the claim */
    interval value;    /* on the scale; NaN: only the word counts */
} finding;

/* Zero-initialise; findings_free at the end. */
typedef struct finding_list {
    finding *items;
    size_t count;
    char scale[80];             /* what the values are: "accuracy at gap 50" */
    char zone[40];              /* what a value in the zone means: "remembered"; "": no zone */
    double zone_low, zone_high; /* infinite: open at that end */
    bool failed;                /* out of memory */
} finding_list;

/* Says what the values are and which of them lie in the zone. */
void findings_scale(finding_list *list, double zone_low, double zone_high, const char *zone, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* Adds a row; `what` is its name. */
finding *findings_add(finding_list *list, const char *what, const char *run, const char *matching);

void findings_free(finding_list *list);

#endif
