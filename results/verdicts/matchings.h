/* SPDX-License-Identifier: MIT */
/* Trials under each matching that they stand for, so that what is compared is compared under every matching apart. */
#ifndef GATEBENCH_RESULTS_MATCHINGS_H
#define GATEBENCH_RESULTS_MATCHINGS_H

#include "results/store/table.h"

/* What C5 calls matched: recurrent parameters no farther apart than this share. */
#define MATCHINGS_TOLERANCE 0.05

/* Makes a row for each matching of a trial ("width+parameters": two). Where trials matched by parameters lack a cell
 * whose trials of equal width have as many parameters, these are that cell's under parameters too: the others were
 * matched to it. Added rows stand at the end. Errors: GB_MEMORY. */
gb_status matchings_split(gb_context *context, table *runs);

#endif
