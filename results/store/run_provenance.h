/* SPDX-License-Identifier: MIT */
/* What a results file says of itself: its texts under /provenance, and what its recipe swept and asked to be drawn. */
#ifndef GATEBENCH_RESULTS_STORE_RUN_PROVENANCE_H
#define GATEBENCH_RESULTS_STORE_RUN_PROVENANCE_H

#include "results/store/store.h"
#include "support/name_list.h"
#include "support/yaml.h"

/* A text under /provenance, "" when there is none. */
const char *provenance_text(const results *r, const char *name);

/* Parses a text that the results file holds, "what" in messages ("its recipe"); *document NULL: the text is empty.
 * Errors: GB_DATA (names the file), GB_MEMORY. */
gb_status provenance_parse(gb_context *context, const results *r, const char *what, const char *yaml,
                           yaml_document **document);

/* The recipe's name, malloc'ed, "" when the file carries no recipe. Errors: as provenance_parse. */
gb_status provenance_recipe(gb_context *context, const results *r, char **name);

/* The recipe's `figures:`. Errors: as provenance_parse. */
gb_status provenance_figures(gb_context *context, const results *r, name_list *names);

/* One of the lists that the plan left: "swept" (settings in sweep order, the seed among them, and the hidden size that
 * `match:` sets), "tuned", or "carried": settings that come with the cell, so that they do not tell two trials of other
 * cells apart (tuned, zipped with the cell, given by sweep blocks of other cells, sized by `match:`). Empty: the file
 * does not say. Errors: GB_MEMORY. */
gb_status provenance_list(gb_context *context, const results *r, const char *list, name_list *names);

/* The swept and tuned settings that are columns of /runs, without the seed. Errors: GB_MEMORY. */
gb_status provenance_swept(gb_context *context, const results *r, name_list *names);

/* The tuned ones of them. */
gb_status provenance_tuned(gb_context *context, const results *r, name_list *names);

/* The run's name as it can stand in a file's name: [A-Za-z0-9._-], at most 64 letters. */
void provenance_file_name(const results *r, char name[65]);

/* Whether a row of /runs is evidence: stage final, status done or diverged. */
bool provenance_is_final(const results *r, size_t row);
/* The same of the tuning stage. */
bool provenance_is_tuning(const results *r, size_t row);

#endif
