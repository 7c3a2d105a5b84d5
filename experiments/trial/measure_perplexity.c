/* SPDX-License-Identifier: MIT */
/* Perplexity: exp of the mean negative log-likelihood per prediction, for tasks whose outputs are probabilities of
 * symbols. */
#include <math.h>

#include "experiments/trial/measure.h"
#include "experiments/trial/trial_state.h"

extern const measure_type measure_perplexity;

/* Runs after the measure of splits, whose mean it uses; NaN for a diverged trial. */
static gb_status put_perplexity(trial_work *work) {
    const table *fields = &work->record->fields;
    return table_find(fields, "bits") ? trial_put(work, "perplexity", exp(table_number(fields, 0, "nll"))) : GB_OK;
}

const measure_type measure_perplexity = {.always = true, .after = put_perplexity, .lost = put_perplexity};
