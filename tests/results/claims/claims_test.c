/* SPDX-License-Identifier: MIT */
/* What holds for every claim: no evidence without runs, and claims.yaml is checked. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "judged.h"
#include "support/file.h"
#include "support/text.h"
#include "tests/results/constructed.h"

static void nothing_run_is_no_evidence(void **state) {
    (void)state;
    verdict_list list;
    judged_claim(NULL, "C1", &list);
    assert_int_equal(list.count, 6);
    for (size_t i = 0; i < list.count; i++) {
        assert_string_equal(list.items[i].outcome, "no evidence");
        assert_int_not_equal(strlen(list.items[i].words), 0);
        assert_int_not_equal(strlen(list.items[i].rule), 0);
        assert_string_equal(list.items[i].evidence, "");
        assert_string_equal(list.items[i].matching, "");
    }
    assert_non_null(strstr(list.items[0].words, "run the recipe order"));
    assert_non_null(strstr(list.items[5].words, "exclusive timings"));
    verdicts_free(&list);
}

/* Writes a claims file of one's own; the path is a template for mkstemp. */
static void write_claims(char *path, const char *content) {
    FILE *file = fdopen(mkstemp(path), "w");
    assert_non_null(file);
    fputs(content, file);
    fclose(file);
}

/* A claim about cells of one's own is an entry of a YAML file: no rule knows the names of the cells. */
static void cells_of_ones_own_are_judged(void **state) {
    (void)state;
    static const char own_claims[] =
        "claims:\n"
        "  - {id: M1, title: ours is smaller, statement: s, rule: r, judge: parameters, a: own_gru, b: own_lstm,\n"
        "     recipes: [mine], thresholds: {ratio: 0.8}}\n"
        "  - {id: M2, title: ours is as good, statement: s, rule: r, judge: equivalence, a: own_gru, b: own_lstm,\n"
        "     recipes: [mine], thresholds: {tasks: 1, equivalent_share: 1, refuting_share: 0.3, parameter_tolerance: "
        "0.05}}\n"
        "  - {id: M3, title: ours forgets, statement: s, rule: r, judge: forgetting, a: own_gru, recipes: [mine],\n"
        "     thresholds: {gap: 50, above_chance: 0.1, remembered: 0.9, gradient_ratio: 1e-3}}\n";
    char path[] = "/tmp/gatebench-claims-XXXXXX";
    write_claims(path, own_claims);
    results *r = constructed_results("mine");
    constructed_count(r, "own_gru", "pytorch", 5, 165);
    constructed_count(r, "own_lstm", "pytorch", 5, 220);
    constructed_recall(r, "own_gru", "fixed", 50, 110);
    for (int seed = 1; seed <= 3; seed++)
        for (int gru = 0; gru < 2; gru++)
            assert_true(table_set_number(constructed_trial(r, "mine", gru ? "own_gru" : "own_lstm", seed), "nll",
                                         9 + 0.5 * gru + 0.01 * seed * gru));
    verdict_list list;
    if (verdicts_judge(judged_context, path, &r, 1, &list) != GB_OK)
        fail_msg("%s", gb_context_message(judged_context));
    assert_int_equal(list.count, 3);
    assert_string_equal(list.items[0].outcome, "supported");
    assert_non_null(strstr(list.items[0].evidence, "own_gru 165, own_lstm 220 recurrent parameters"));
    assert_string_equal(list.items[1].outcome, "refuted");
    assert_non_null(strstr(list.items[1].words, "own_lstm better on mine"));
    assert_string_equal(list.items[2].outcome, "supported");
    assert_non_null(strstr(list.items[2].brief, "own_gru forgot in 1 of 1 settings"));
    const finding *counted = &list.items[0].findings.items[0],
                  *compared = &list.items[1].findings.items[list.items[1].findings.count - 1],
                  *recalled = &list.items[2].findings.items[0];
    assert_string_equal(counted->what, "pytorch count");
    assert_true(counted->value.estimate == 0.75 && counted->side == FINDING_FOR);
    assert_string_equal(compared->word, "own_lstm better");
    assert_true(compared->value.estimate < -1 && compared->value.low <= compared->value.estimate); /* in margins */
    assert_string_equal(recalled->word, "forgot");
    assert_string_equal(recalled->run, r->name);
    verdicts_free(&list);
    results_free(r);
    remove(path);
}

static void wrong_claims_are_refused(void **state) {
    (void)state;
    static const char *const wrong[][2] = {
        {"{id: C1, title: t, statement: s, rule: r, judge: ordr}", "did you mean order"},
        {"{id: C2, title: t, statement: s, rule: r, judge: order, a: x, b: y}", "lower_bound"},
        {"{id: C2, title: t, statement: s, rule: r, judge: order, a: x, thresholds: {lower_bound: 1}}",
         "the name of a cell under b"},
        {"{id: C2, title: t, statement: s, rule: r, judge: order, a: x, b: x, thresholds: {lower_bound: 1}}",
         "the same cell"},
        {"{id: C2, statement: s, rule: r, judge: carrying, a: x, thresholds: {gap: 1, remembered: 1}}", "no title"}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char path[] = "/tmp/gatebench-claims-XXXXXX", one[512];
        verdict_list list;
        snprintf(one, sizeof one, "claims:\n  - %s\n", wrong[i][0]);
        write_claims(path, one);
        assert_int_equal(verdicts_judge(judged_context, path, NULL, 0, &list), GB_INVALID);
        if (!strstr(gb_context_message(judged_context), wrong[i][1]))
            fail_msg("%s", gb_context_message(judged_context));
        assert_int_equal(list.count, 0);
        remove(path);
    }
}

/* Appends the shipped claims as the record of a run, with one piece of the text replaced. */
static void declare_claims(results *r, const char *from, const char *to) {
    char path[4096], *claims = NULL;
    size_t size;
    text record = {0};
    assert_int_equal(file_find_shared(judged_context, "claims.yaml", path, sizeof path), GB_OK);
    assert_int_equal(file_read(judged_context, path, 1 << 20, &claims, &size), GB_OK);
    const char *at = strstr(claims, from);
    assert_non_null(at);
    text edited = {0};
    text_append(&edited, "%.*s%s%s", (int)(at - claims), claims, to, at + strlen(from));
    text_append(&record, "finished_before: 0\nclaims: |\n");
    for (const char *line = edited.data; *line; line += strcspn(line, "\n") + 1)
        text_append(&record, "  %.*s\n", (int)strcspn(line, "\n"), line);
    constructed_provenance(r, "declared", record.data);
    text_free(&edited);
    text_free(&record);
    free(claims);
}

/* A rule that is edited after a run's first trial is reported with the claim, and only with that. */
static void rules_younger_than_the_run_are_reported(void **state) {
    (void)state;
    static const char *const edits[][3] = {
        {"thresholds: {lower_bound: 0.95}", "thresholds: {lower_bound: 0.5}",
         "run order: thresholds.lower_bound changed from 0.5 to 0.95\n"},
        {"recipes: [order]", "recipes: [order, more]", "run order: recipes[2] removed, was more\n"},
        {"rule: Supported if the bag", "rule: Sup", "run order: rule changed from Sup"},
        {"b: window", "b: bag2", "run order: b changed from bag2 to window\n"},
        {"id: C1", "id: C0", "run order: the claim was added after the run started\n"},
        {"title: A standard", "title: The standard", ""},
        {"thresholds: {ratio: 0.8}", "thresholds: {ratio: 0.9}", ""}};
    for (size_t i = 0; i < sizeof edits / sizeof *edits; i++) {
        verdict_list list;
        results *r = constructed_results("order");
        table *t = constructed_trial(r, "order", "rnn", 1);
        assert_true(table_set_integer(t, "correct", 1) && table_set_integer(t, "predictions", 2));
        declare_claims(r, edits[i][0], edits[i][1]);
        verdict *v = judged_claim(r, "C1", &list);
        if (*edits[i][2] ? !strstr(v->changes, edits[i][2]) : *v->changes)
            fail_msg("%s: %s", edits[i][1], v->changes);
        verdicts_free(&list);
    }
}

/* The summary of `verdict` fits 100 columns: every line of it is short. */
static void titles_are_short(void **state) {
    (void)state;
    verdict_list list;
    judged_claim(NULL, "C1", &list);
    for (size_t i = 0; i < list.count; i++) {
        assert_in_range(strlen(list.items[i].title), 1, 70);
        assert_in_range(strlen(list.items[i].brief), 1, 80);
    }
    verdicts_free(&list);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_run_is_no_evidence), cmocka_unit_test(cells_of_ones_own_are_judged),
        cmocka_unit_test(wrong_claims_are_refused),   cmocka_unit_test(rules_younger_than_the_run_are_reported),
        cmocka_unit_test(titles_are_short),
    };
    return cmocka_run_group_tests(tests, judged_set_up, judged_tear_down);
}
