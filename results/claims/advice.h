/* SPDX-License-Identifier: MIT */
/* Which cell should I use? An answer in words for a kind of task and a budget (advice.yaml), written from the verdict
 * matrix and the claims alone, and saying so where they do not tell. */
#ifndef GATEBENCH_RESULTS_CLAIMS_ADVICE_H
#define GATEBENCH_RESULTS_CLAIMS_ADVICE_H

#include "results/store/store.h"
#include "support/text.h"

/* Names of advice.yaml; NULL: any kind, any budget, quality. A task's name ("copy") stands for its kind. */
typedef struct advice_question {
    const char *kind, *budget, *matters;
} advice_question;

/* Plain sentences, a line each. Errors: GB_INVALID (a name that advice.yaml does not have, with those that it has; a
 * recipe in the results cannot be read), GB_IO (no advice.yaml), GB_MEMORY. */
gb_status advice_answer(gb_context *context, results *const *all, size_t count, const advice_question *question,
                        text *out);

/* The page: every kind with the answer for every budget, in Markdown. Errors: as above. */
gb_status advice_page(gb_context *context, results *const *all, size_t count, text *out);

#endif
