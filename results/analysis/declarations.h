/* SPDX-License-Identifier: MIT */
/* What a run's recipe declared, read from the results file itself: its `compare:` blocks, what counts as solving its
 * task, and what was changed after its first trial, which does not count as declared beforehand. */
#ifndef GATEBENCH_RESULTS_ANALYSIS_DECLARATIONS_H
#define GATEBENCH_RESULTS_ANALYSIS_DECLARATIONS_H

#include "results/store/store.h"
#include "support/text.h"
#include "support/yaml.h"

/* {a: gru, b: lstm, metric: mse, margin: 0.001, solved: 0.01} */
typedef struct declared_comparison {
    char a[64], b[64], metric[64];
    double margin, solved; /* NaN: not declared */
    bool later;            /* added to the recipe after the first trial started */
} declared_comparison;

typedef struct declared_list {
    declared_comparison *items;
    size_t count;
} declared_list;

/* The `compare:` blocks as they were when the first trial started (/provenance/declared), and behind them those that
 * were added later; none is not an error. Errors: as provenance_parse. */
gb_status declared_comparisons(gb_context *context, const results *r, declared_list *list);
/* Those of a resolved recipe, `name` in messages. Errors: GB_INVALID (it cannot be read), GB_MEMORY. */
gb_status declared_in_recipe(gb_context *context, const char *name, const char *resolved, declared_list *list);
void declared_free(declared_list *list);

/* When a trial has solved its task: at the first validation that reached the threshold. */
typedef struct declared_solving {
    char metric[64]; /* the one that trials are validated by, "mse" */
    double threshold;
    int higher_is_better;
    const char *from; /* where the threshold is from, in words: "as the recipe declares" */
} declared_solving;

/* Errors: GB_INVALID if nothing defines a threshold for "solved" (`metric` is still set, or "" if the trials were not
 * validated by one), GB_MEMORY. */
gb_status declared_solving_of(gb_context *context, const results *r, declared_solving *solving);

/* One of the texts declared beforehand ("recipe", "looks", "claims"), parsed; NULL: the file does not have it. Errors:
 * as provenance_parse. */
gb_status declared_beforehand(gb_context *context, const results *r, const char *which, yaml_document **document);

/* A line per change of the recipe's comparisons or of the looks: "compare[1].margin changed from 0.02 to 0.3 after 12
 * trials\n". Nothing if nothing was changed. Errors: as above. */
gb_status declared_changes(gb_context *context, const results *r, text *lines);

/* The rules that judge a run, as they were recorded before its first trial and as they are now: claims.yaml and the
 * numbers of results/published (declared_rules.c). */

/* A claim is fed by the runs of the recipes that it lists: "music" by music, music-quick and music+cell=gru. */
bool declared_claim_is_fed(const yaml_node *claim, const results *r);

/* A line per difference of a claim as it is now from what was recorded: "thresholds.tasks changed from 8 to 2\n".
 * Errors: as provenance_parse. */
gb_status declared_claim_changes(gb_context *context, const results *r, const yaml_node *claim, text *lines);

/* A line per change of what judges the run that is no difference of one of its claims: claims that it fed when it
 * started and feeds no more, and the published numbers of its tasks, those that are gone among them: "published
 * bai2018, adding length=600 GRU mse: band changed from [0, 0.01] to [0, 0.1] after the first trial\n". Errors: as
 * above. */
gb_status declared_changes_beside_claims(gb_context *context, const results *r, text *lines);

/* All that was changed after the first trial: comparisons and looks (declared_changes), the claims that the run feeds
 * or fed, the published numbers. Errors: as above. */
gb_status declared_changes_of_all(gb_context *context, const results *r, text *lines);

#endif
