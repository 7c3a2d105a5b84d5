/* SPDX-License-Identifier: MIT */
/* The provenance in a results file: its texts under /provenance, and its recipe's swept settings and figures. */
#ifndef GATEBENCH_RESULTS_STORE_RUN_PROVENANCE_H
#define GATEBENCH_RESULTS_STORE_RUN_PROVENANCE_H

#include "results/store/store.h"
#include "support/name_list.h"
#include "support/yaml.h"

/* A text under /provenance; "" if it does not exist. */
const char *provenance_text(const results *r, const char *name);

/* Parses a text in the results file, called `what` in messages ("its recipe"); *document NULL: the text is empty.
 * Errors: GB_DATA (names the file), GB_MEMORY. */
gb_status provenance_parse(gb_context *context, const results *r, const char *what, const char *yaml,
                           yaml_document **document);

/* The recipe's name, malloc'ed; "" if the file contains no recipe. Errors: those of provenance_parse. */
gb_status provenance_recipe(gb_context *context, const results *r, char **name);

/* The recipe's `figures:`. Errors: those of provenance_parse. */
gb_status provenance_figures(gb_context *context, const results *r, name_list *names);

/* A list of names recorded from the plan. "swept": settings in sweep order, including the seed and the hidden size that
 * `match:` sets. "tuned". "carried": settings that follow from the cell (tuned, zipped with the cell, given by sweep
 * blocks of other cells, set by `match:`). Empty: not recorded. Errors: GB_MEMORY. */
gb_status provenance_list(gb_context *context, const results *r, const char *list, name_list *names);

/* The swept and tuned settings that are columns of /runs, without the seed. Errors: GB_MEMORY. */
gb_status provenance_swept(gb_context *context, const results *r, name_list *names);

/* Of these settings the tuned ones. */
gb_status provenance_tuned(gb_context *context, const results *r, name_list *names);

/* The run's name with the characters of a file name, [A-Za-z0-9._-], at most 64. */
void provenance_file_name(const results *r, char name[65]);

/* True if a row of /runs is evidence: stage final, status done or diverged. */
bool provenance_is_final(const results *r, size_t row);
/* The same for the tuning stage. */
bool provenance_is_tuning(const results *r, size_t row);

#endif
