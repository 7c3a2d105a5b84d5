/* SPDX-License-Identifier: MIT */
/* Every change of a declaration that a run recorded before its first trial is reported, and nothing else is. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "constructed.h"
#include "results/analysis/declarations.h"

static const char recipe[] = "name: r\n"
                             "sweep: {cell: [gru, lstm], seed: 1..3}\n"
                             "compare:\n"
                             "  - {a: gru, b: lstm, metric: accuracy, margin: 0.02, solved: 0.9}\n"
                             "  - {a: gru, b: rnn, metric: nll, margin: 0.1}\n";

/* Appends a text as the block of a key. */
static void append_block(text *record, const char *indent, const char *key, const char *block) {
    text_append(record, "%s%s: |\n", indent, key);
    for (const char *at = block; *at; at += strcspn(at, "\n") + 1)
        text_append(record, "%s  %.*s\n", indent, (int)strcspn(at, "\n"), at);
}

/* The changes reported of results whose recipe is `now`, and whose first trial started with `recipe`. */
static char *changes_of(const char *now, const char *looks_before, const char *looks_now) {
    results *r = constructed_results("r");
    text record = {0}, lines = {0};
    text_append(&record, "finished_before: 0\n");
    append_block(&record, "", "recipe", recipe);
    if (looks_before)
        append_block(&record, "", "looks", looks_before);
    constructed_provenance(r, "declared", record.data);
    constructed_provenance(r, "resolved", now);
    if (looks_now)
        constructed_provenance(r, "looks", looks_now);
    text_append(&lines, "%s", "");
    assert_int_equal(declared_changes(NULL, r, &lines), GB_OK);
    text_free(&record);
    results_free(r);
    return lines.data;
}

/* The recipe with one piece of it replaced. */
static char *edit(const char *from, const char *to) {
    const char *at = strstr(recipe, from);
    text edited = {0};
    assert_non_null(at);
    text_append(&edited, "%.*s%s%s", (int)(at - recipe), recipe, to, at + strlen(from));
    return edited.data;
}

static void every_edit_is_reported(void **state) {
    (void)state;
    static const struct {
        const char *from, *to, *reported;
    } edits[] = {
        {"0.02", "0.3", "compare[1].margin changed from 0.02 to 0.3 after the first trial\n"},
        {"0.9", "0.5", "compare[1].solved changed from 0.9 to 0.5 after"},
        {"accuracy", "bits", "compare[1].metric changed from accuracy to bits after"},
        {"a: gru, b: lstm", "a: lstm, b: gru", "compare[1].a changed from gru to lstm after"},
        {"b: rnn", "b: mgu", "compare[2].b changed from rnn to mgu after"},
        {", solved: 0.9", "", "compare[1].solved removed, was 0.9 after"},
        {"margin: 0.1", "margin: 0.1, solved: 2", "compare[2].solved added: 2 after"},
        {"  - {a: gru, b: rnn, metric: nll, margin: 0.1}\n", "", "compare[2] removed, was {a: gru, b: rnn, "},
        {"margin: 0.1}\n", "margin: 0.1}\n  - {a: x, b: y, metric: z}\n",
         "compare[3] added: {a: x, b: y, metric: z} after"},
        {"compare:", "compared:", "compare removed, was [{a: gru"},
    };
    for (size_t i = 0; i < sizeof edits / sizeof *edits; i++) {
        char *now = edit(edits[i].from, edits[i].to), *changes = changes_of(now, NULL, NULL);
        if (!strstr(changes, edits[i].reported))
            fail_msg("%s -> %s: %s", edits[i].from, edits[i].to, changes);
        free(now);
        free(changes);
    }
}

/* Other seeds, comments and another order of keys declare the same. */
static void what_declares_the_same_is_not_reported(void **state) {
    (void)state;
    static const char *const edits[][2] = {
        {"1..3", "1..9"},
        {"name: r\n", "name: r # a comment\n"},
        {"{a: gru, b: rnn, metric: nll, margin: 0.1}", "{margin: 0.1, metric: nll, b: rnn, a: gru}"},
        {"0.02", "\"0.02\""}};
    for (size_t i = 0; i < sizeof edits / sizeof *edits; i++) {
        char *now = edit(edits[i][0], edits[i][1]), *changes = changes_of(now, NULL, NULL);
        assert_string_equal(changes, "");
        free(now);
        free(changes);
    }
}

static void looks_are_declared_too(void **state) {
    (void)state;
    static const char five[] = "declared:\n  - {seeds: 5}\n  - {seeds: 20}\n", three[] = "declared:\n  - {seeds: 5}\n";
    static const char taken[] = "declared:\n  - {seeds: 5}\n  - {seeds: 20}\ntaken:\n  - {seeds: 5}\n";
    char *same = changes_of(recipe, five, taken), *fewer = changes_of(recipe, five, three);
    char *later = changes_of(recipe, NULL, five);
    assert_string_equal(same, "");
    assert_non_null(strstr(fewer, "looks[2] removed, was {seeds: 20} after the first trial"));
    assert_non_null(strstr(later, "looks added: [{seeds: 5}, {seeds: 20}] after the first trial"));
    free(same);
    free(fewer);
    free(later);
}

/* A recorded change names the number of trials, and the margin declared beforehand is the one that counts. */
static void changes_do_not_count_as_declared(void **state) {
    (void)state;
    char *now = edit("0.02", "0.3"), *then = edit("margin: 0.1}\n", "margin: 0.1}\n  - {a: x, b: y, metric: z}\n");
    results *r = constructed_results("r");
    text record = {0}, lines = {0};
    append_block(&record, "", "recipe", recipe);
    text_append(&record, "changes:\n  - finished_before: 12\n");
    append_block(&record, "    ", "recipe", now);
    constructed_provenance(r, "declared", record.data);
    constructed_provenance(r, "resolved", now);
    assert_int_equal(declared_changes(NULL, r, &lines), GB_OK);
    assert_string_equal(lines.data, "compare[1].margin changed from 0.02 to 0.3 after 12 trials\n");
    declared_list list;
    assert_int_equal(declared_comparisons(NULL, r, &list), GB_OK);
    assert_int_equal(list.count, 2);
    assert_true(list.items[0].margin == 0.02 && !list.items[0].later);
    declared_free(&list);
    constructed_provenance(r, "resolved", then);
    assert_int_equal(declared_comparisons(NULL, r, &list), GB_OK);
    assert_int_equal(list.count, 3);
    assert_true(list.items[2].later && strcmp(list.items[2].a, "x") == 0);
    declared_free(&list);
    text_free(&record);
    text_free(&lines);
    results_free(r);
    free(now);
    free(then);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_edit_is_reported),
        cmocka_unit_test(what_declares_the_same_is_not_reported),
        cmocka_unit_test(looks_are_declared_too),
        cmocka_unit_test(changes_do_not_count_as_declared),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
