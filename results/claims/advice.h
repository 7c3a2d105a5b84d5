/* SPDX-License-Identifier: MIT */
/* Which cell should I use? An answer in words for a kind of task and a budget (advice.yaml). It uses only the verdict
 * matrix and the claims, and says so if they do not decide. */
#ifndef GATEBENCH_RESULTS_CLAIMS_ADVICE_H
#define GATEBENCH_RESULTS_CLAIMS_ADVICE_H

#include "results/store/store.h"
#include "support/text.h"

/* Names of advice.yaml; NULL: any kind, any budget, quality. A task's name ("copy") may be given for its kind. */
typedef struct advice_question {
    const char *kind, *budget, *matters;
} advice_question;

/* Plain sentences, one per line. Errors: GB_INVALID (a name that is not in advice.yaml, with a list of valid names; a
 * recipe in the results cannot be read), GB_IO (no advice.yaml), GB_MEMORY. */
gb_status advice_answer(gb_context *context, results *const *all, size_t count, const advice_question *question,
                        text *out);

/* The page: every kind with the answer for every budget, in Markdown. Errors: as above. */
gb_status advice_page(gb_context *context, results *const *all, size_t count, text *out);

#endif
