/* SPDX-License-Identifier: MIT */
/* Experiments of Hochreiter & Schmidhuber 1997, repeated with the network, learning rate, initial weights and criterion
 * of the paper. A network is trained on-line until it meets the criterion. */
#ifndef GATEBENCH_EXPERIMENTS_MUSEUM_MUSEUM_H
#define GATEBENCH_EXPERIMENTS_MUSEUM_MUSEUM_H

#include <stdbool.h>

#include "gatebench/context.h"
#include "gatebench/random.h"

typedef struct museum_experiment museum_experiment;

typedef struct museum_result {
    size_t weights;
    size_t sequences; /* number of training sequences until the criterion was met, or all if it was not */
    bool solved;
    size_t small; /* number of training sequences until the mean error of the last 2,000 was below the criterion's; 0:
                     never, or the criterion has none */
    size_t right; /* number of training sequences until the check had no more wrong sequences than the criterion allows,
                     the paper's ST1; 0: never, or there is no check */
    size_t wrong, tested; /* number of wrong test sequences after training, and of all test sequences */
} museum_result;

/* The names, "adding_100"; NULL beyond the end. */
const char *museum_name(size_t i);
const museum_experiment *museum_find(const char *name);
/* The number of sequences in the paper (the mean of its trials). */
double museum_published(const museum_experiment *e);

/* Approximate seconds of one core for as many sequences as in the paper. */
double museum_seconds(const museum_experiment *e);

/* One trial. `most`: it ends unsolved after this many sequences. `tell` (may be NULL) is called now and then; it stops
 * the trial by returning a status other than GB_OK. Errors: GB_MEMORY; those of tell. */
gb_status museum_run(gb_context *context, const museum_experiment *e, uint64_t seed, size_t most,
                     gb_status (*tell)(void *user, size_t sequences), void *user, museum_result *result);

#endif
