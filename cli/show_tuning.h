/* SPDX-License-Identifier: MIT */
/* What tuning tried and chose, for `show --tuning`. */
#ifndef GATEBENCH_CLI_SHOW_TUNING_H
#define GATEBENCH_CLI_SHOW_TUNING_H

#include "cli/output.h"
#include "results/analysis/evidence.h"

/* Prints the sensitivity to the tuned settings (every candidate of every arm with the score of every seed), the chosen
 * candidates, and the best score to expect from smaller budgets; as CSV only the first of these. `e` holds stage
 * "tune", one row per trial. Returns an exit code. */
gb_status show_tuning(gb_context *context, const evidence *e, bool csv, bool json_wanted);

/* Warns on stderr of chosen values at the edge of the range that was tried. */
void show_tuning_edges(gb_context *context, const results *run);

#endif
