/* SPDX-License-Identifier: MIT */
/* The findings behind a verdict, as rows on one scale (for a forest plot) and in a matrix: one row per task, setting or
 * quantity under one matching. */
#ifndef GATEBENCH_RESULTS_CLAIMS_FINDINGS_H
#define GATEBENCH_RESULTS_CLAIMS_FINDINGS_H

#include <stdbool.h>

#include "results/statistics/statistics.h"

typedef enum finding_side { FINDING_OPEN, FINDING_FOR, FINDING_AGAINST } finding_side;

typedef struct finding {
    char *what;        /* "adding length 100", "training step", "init keras, trained on drawn gaps" */
    char *run;         /* run that it comes from */
    char matching[32]; /* "width", "parameters"; "": not specific to a matching */
    char word[40];     /* the finding: "equivalent", "forgot", "gru faster" */
    finding_side side; /* whether it supports the claim */
    interval value;    /* value and interval on the scale; NaN: only the word counts */
} finding;

/* Zero-initialise; findings_free at the end. */
typedef struct finding_list {
    finding *items;
    size_t count;
    char scale[80];             /* the quantity: "accuracy at gap 50" */
    char zone[40];              /* meaning of a value in the shaded range of the plot: "remembered"; "": no range */
    double zone_low, zone_high; /* ends of that range; infinite: it is open there */
    bool failed;                /* out of memory */
} finding_list;

/* Sets the quantity, and the shaded range with its meaning. */
void findings_scale(finding_list *list, double zone_low, double zone_high, const char *zone, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* Adds a row with the name `what`. */
finding *findings_add(finding_list *list, const char *what, const char *run, const char *matching);

void findings_free(finding_list *list);

#endif
