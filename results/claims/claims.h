/* SPDX-License-Identifier: MIT */
/* Verdicts: the claims of claims.yaml, each judged by its rule from all results files, and the papers' published
 * numbers compared with ours. A rule is one file and a line in rules.def. */
#ifndef GATEBENCH_RESULTS_CLAIMS_CLAIMS_H
#define GATEBENCH_RESULTS_CLAIMS_CLAIMS_H

#include "results/claims/findings.h"
#include "results/statistics/statistics.h"
#include "results/store/store.h"
#include "support/text.h"

/* One claim's outcome. */
typedef struct verdict {
    char id[8];       /* "C1" */
    char *title;      /* the claim in at most 70 characters */
    char *statement;  /* the claim in a sentence */
    char *rule;       /* the decision rule in a sentence, from claims.yaml */
    char outcome[32]; /* "supported", "refuted", "conditional", "undecided", "no evidence", "not applicable" */
    char *brief;    /* the reason in at most 60 characters: "true of bag; window, a standard network too, sees order" */
    char *words;    /* the outcome in one sentence with its condition ("only for order-blind networks: ...") */
    char *evidence; /* the numbers behind the outcome, one finding per line */
    char *recipes;  /* runs with evidence, "music chars", in the order of reading */
    bool provisional; /* some of the evidence comes from quick runs, which are short on purpose, or from runs with other
                       * settings
                       */
    char *basis;      /* these runs: "quick runs: order-quick, recall-quick" */
    char *changes;    /* changes made after a run's first trial: one line per rule, margin or look; "": none */
    char *matching;   /* the matchings of the trials */
    finding_list findings; /* the numbers that decide, on one scale */
} verdict;

typedef struct verdict_list {
    verdict *items;
    size_t count;
} verdict_list;

/* Judges every claim of a claims file from these results (at most one per recipe). Errors: GB_INVALID (the claims, or a
 * recipe in the results that cannot be read), GB_MEMORY. */
gb_status verdicts_judge(gb_context *context, const char *claims_path, results *const *all, size_t count,
                         verdict_list *list);
void verdicts_free(verdict_list *list);

/* A published number compared with ours. */
typedef struct published_row {
    char *source, *task, *cell, *metric, *unit, *protocol;
    char *run;     /* run that ours comes from; "": none */
    char bound[8]; /* "above": the published value is an upper bound; "below": a lower bound; "" */
    bool quick;    /* ours comes from a quick run */
    char *anchor;  /* task of an anchor ("music set=jsb"): if it is not reproduced, trained numbers of this task are not
                    * judged; ""
                    */
    double value, band_low, band_high; /* the published value, and the band declared in results/published (NaN: none) */
    interval ours;                     /* mean over seeds with interval, for the chosen setting */
    char outcome[24];                  /* "reproduced", "not reproduced", "not comparable", "not run" */
    char *reason;
} published_row;
typedef struct published_list {
    published_row *items;
    size_t count;
} published_list;
gb_status published_judge(gb_context *context, results *const *all, size_t count, published_list *list);
/* True if our number was judged against the band of the published one. */
bool published_is_compared(const published_row *row);
/* Number of decimals that shows both numbers; none for counts. */
int published_decimals(const published_row *row);
/* Append the published number, with "<" or ">" if it is a bound, and one of ours with the same decimals. */
void published_append_theirs(const published_row *row, text *words);
void published_append_ours(const published_row *row, double value, text *words);
void published_free(published_list *list);

#endif
