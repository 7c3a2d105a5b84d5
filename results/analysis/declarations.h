/* SPDX-License-Identifier: MIT */
/* The declarations of a run's recipe, read from the results file: its `compare:` blocks, its threshold for a solved
 * task, and the changes made after its first trial, which do not count as declared beforehand. */
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

/* The `compare:` blocks as they were when the first trial started (/provenance/declared), followed by those that were
 * added later. No blocks are not an error. Errors: those of provenance_parse. */
gb_status declared_comparisons(gb_context *context, const results *r, declared_list *list);
/* The same for a resolved recipe, called `name` in messages. Errors: GB_INVALID (it cannot be read), GB_MEMORY. */
gb_status declared_in_recipe(gb_context *context, const char *name, const char *resolved, declared_list *list);
void declared_free(declared_list *list);

/* The criterion of a solved task: the first validation that reaches the threshold. */
typedef struct declared_solving {
    char metric[64]; /* the metric by which trials are validated, "mse" */
    double threshold;
    int higher_is_better;
    const char *from; /* origin of the threshold, in words: "as the recipe declares" */
} declared_solving;

/* Errors: GB_INVALID if nothing defines a threshold for "solved" (`metric` is still set, or "" if the trials were not
 * validated by one), GB_MEMORY. */
gb_status declared_solving_of(gb_context *context, const results *r, declared_solving *solving);

/* One of the texts declared beforehand ("recipe", "looks", "claims"), parsed; NULL: the file does not have it. Errors:
 * as provenance_parse. */
gb_status declared_beforehand(gb_context *context, const results *r, const char *which, yaml_document **document);

/* Appends one line per change of the recipe's comparisons or of the looks: "compare[1].margin changed from 0.02 to 0.3
 * after 12 trials\n". No lines if nothing was changed. Errors: as above. */
gb_status declared_changes(gb_context *context, const results *r, text *lines);

/* Compares the rules that judge a run (claims.yaml and the numbers of results/published) as recorded before its first
 * trial with the present ones (declared_rules.c). */

/* True if a run provides evidence for a claim: the claim lists its recipe. The recipe "music" has the runs music,
 * music-quick and music+cell=gru. */
bool declared_claim_is_fed(const yaml_node *claim, const results *r);

/* Appends one line per difference between the present claim and the recorded one: "thresholds.tasks changed from 8 to
 * 2\n". Errors: those of provenance_parse. */
gb_status declared_claim_changes(gb_context *context, const results *r, const yaml_node *claim, text *lines);

/* Appends one line per other change of the rules that judge the run: claims for which it no longer provides evidence,
 * and changed or removed published numbers of its tasks: "published bai2018, adding length=600 GRU mse: band changed
 * from [0, 0.01] to [0, 0.1] after the first trial\n". Errors: as above. */
gb_status declared_changes_beside_claims(gb_context *context, const results *r, text *lines);

/* All changes after the first trial: comparisons and looks (declared_changes), claims, published numbers. Errors: as
 * above. */
gb_status declared_changes_of_all(gb_context *context, const results *r, text *lines);

#endif
