/* SPDX-License-Identifier: MIT */
/* Verdicts of the shipped claims.yaml on constructed results, for the tests of the claims. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "judged.h"
#include "support/file.h"

gb_context *judged_context;

verdict *judged_claim_of(results **all, size_t count, const char *id, verdict_list *list) {
    char path[4096];
    assert_int_equal(file_find_shared(judged_context, "claims.yaml", path, sizeof path), GB_OK);
    if (verdicts_judge(judged_context, path, all, count, list) != GB_OK)
        fail_msg("%s", gb_context_message(judged_context));
    for (size_t i = 0; i < count; i++)
        results_free(all[i]);
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->items[i].id, id) == 0)
            return &list->items[i];
    fail_msg("no claim %s", id);
    return NULL;
}

verdict *judged_claim(results *r, const char *id, verdict_list *list) {
    return judged_claim_of(&r, r ? 1 : 0, id, list);
}

void judged_expect(results *r, const char *id, const char *outcome, const char *words, const char *evidence) {
    verdict_list list;
    verdict *v = judged_claim(r, id, &list);
    if (strcmp(v->outcome, outcome) != 0)
        fail_msg("outcome: %s; words: %s", v->outcome, v->words);
    if (!strstr(v->words, words))
        fail_msg("words: %s", v->words);
    if (!strstr(v->evidence, evidence))
        fail_msg("evidence: %s", v->evidence);
    verdicts_free(&list);
}

int judged_set_up(void **state) {
    (void)state;
    return gb_context_create(NULL, &judged_context) == GB_OK ? 0 : -1;
}

int judged_tear_down(void **state) {
    (void)state;
    gb_context_destroy(judged_context);
    return 0;
}
