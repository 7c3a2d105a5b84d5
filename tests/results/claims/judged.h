/* SPDX-License-Identifier: MIT */
/* Verdicts of the shipped claims.yaml on constructed results, for the tests of the claims. */
#ifndef GATEBENCH_TESTS_JUDGED_H
#define GATEBENCH_TESTS_JUDGED_H

#include "results/claims/claims.h"

extern gb_context *judged_context;
int judged_set_up(void **state);
int judged_tear_down(void **state);

/* The verdict on a claim; `r` is freed, NULL: no results. Fails the test on an error. */
verdict *judged_claim(results *r, const char *id, verdict_list *list);

/* The same from several results files, which are freed. */
verdict *judged_claim_of(results **all, size_t count, const char *id, verdict_list *list);

/* Judges, and wants this outcome, and these words and this evidence among its own; `r` is freed. */
void judged_expect(results *r, const char *id, const char *outcome, const char *words, const char *evidence);

#endif
