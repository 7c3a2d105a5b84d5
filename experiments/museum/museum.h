/* SPDX-License-Identifier: MIT */
/* The experiments of Hochreiter & Schmidhuber 1997 that are replayed, each with the network, learning rate, initial
 * weights and criterion of the paper, trained on-line until it meets the criterion. */
#ifndef GATEBENCH_EXPERIMENTS_MUSEUM_MUSEUM_H
#define GATEBENCH_EXPERIMENTS_MUSEUM_MUSEUM_H

#include <stdbool.h>

#include "gatebench/context.h"
#include "gatebench/random.h"

typedef struct museum_experiment museum_experiment;

typedef struct museum_result {
    size_t weights;
    size_t sequences; /* training sequences until the criterion was met; those trained on if it was not */
    bool solved;
    size_t small; /* training sequences until the mean error of the last 2,000 was below the criterion's; 0: never, or
                     it has none */
    size_t right; /* training sequences until no more sequences of the check were wrong than the criterion allows, the
                     paper's ST1; 0: never, or there is no check */
    size_t wrong, tested; /* of test sequences of its own, after training */
} museum_result;

/* The names, "adding_100"; NULL beyond the end. */
const char *museum_name(size_t i);
const museum_experiment *museum_find(const char *name);
/* How many sequences the paper took (the mean of its trials). */
double museum_published(const museum_experiment *e);

/* Seconds of a core that so many sequences take, roughly. */
double museum_seconds(const museum_experiment *e);

/* One trial. `most`: it ends unsolved after so many sequences. tell (NULL: nobody) is called now and then and stops the
 * trial by a status other than GB_OK. Errors: GB_MEMORY; those of tell. */
gb_status museum_run(gb_context *context, const museum_experiment *e, uint64_t seed, size_t most,
                     gb_status (*tell)(void *user, size_t sequences), void *user, museum_result *result);

#endif
