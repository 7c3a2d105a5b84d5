/* SPDX-License-Identifier: MIT */
/* Advice follows the verdicts: it names the better cell, calls equivalent cells equivalent, and reports when the
 * verdicts do not decide because nothing was measured. The page has every sentence of advice.yaml. */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "judged.h"
#include "results/claims/advice.h"
#include "support/file.h"
#include "support/yaml.h"
#include "tests/results/constructed.h"

/* Five seeds of copy with these accuracies; spread: 1 is hardly. */
static results *copied_spread(double spread, double rnn, double gru, double lstm) {
    static const double wobble[] = {0.0001, -0.0002, 0.0003, -0.0001, -0.0001};
    static const char *const cells[] = {"rnn", "gru", "lstm"};
    const double means[] = {rnn, gru, lstm};
    results *r = constructed_results("copy");
    for (int seed = 1; seed <= 5; seed++)
        for (int c = 0; c < 3; c++) {
            table *t = constructed_trial(r, "copy", cells[c], seed);
            assert_true(table_set_integer(t, "hidden", 44) && table_set_integer(t, "blanks", 30) &&
                        table_set_number(t, "valid_accuracy", means[c]) &&
                        table_set_number(t, "accuracy", means[c] + spread * (c + 1) * wobble[(seed + c) % 5]));
        }
    return r;
}

static results *copied(double rnn, double gru, double lstm) {
    return copied_spread(1, rnn, gru, lstm);
}

/* `r` is freed, NULL: no results. */
static void expect_advice(results *r, const char *kind, const char *budget, const char *words) {
    text out = {0};
    const advice_question question = {kind, budget, "size"};
    if (advice_answer(judged_context, &r, r ? 1 : 0, &question, &out) != GB_OK)
        fail_msg("%s", gb_context_message(judged_context));
    if (!strstr(out.data, words))
        fail_msg("no \"%s\" in: %s", words, out.data);
    assert_non_null(strstr(out.data, "claim C4"));
    text_free(&out);
    results_free(r);
}

static void advice_follows_the_verdicts(void **state) {
    (void)state;
    expect_advice(copied(0.5, 0.9, 0.7), "copying", "width",
                  "Use gru.\ngru or lstm: gru better on copy blanks 30 at equal width.");
    expect_advice(copied(0.5, 0.9, 0.7), "copy", NULL, "Use gru.");
    expect_advice(copied(0.5, 0.9, 0.9), "copy", NULL, "Use gru or lstm, which are equivalent.");
    expect_advice(copied(0.9, 0.9, 0.9), NULL, NULL, "Use rnn or gru or lstm");
    expect_advice(
        copied(0.5, 0.9, 0.7), "copy", "state",
        "The verdicts do not decide this: no such comparison was run. To decide it: `gatebench run copy_state full`.");
    expect_advice(copied_spread(100, 0.5, 0.7, 0.705), "copy", "width",
                  "The verdicts do not decide this. More seeds may decide it: `gatebench run copy full --until decided "
                  "--max-seeds 30`");
    expect_advice(copied(0.5, 0.9, 0.7), "text", NULL, "The verdicts do not decide this: no such comparison was run.");
    expect_advice(NULL, NULL, NULL, "The verdicts do not decide this: no such comparison was run.");
}

/* The basic RNN is reported as not compared, better, or better on some tasks only; these are not called undecided. */
static void the_basic_rnn_is_told(void **state) {
    (void)state;
    results *r = copied(0.5, 0.9, 0.7);
    for (size_t row = 0; row < r->runs.rows; row++) { /* only at another matching */
        char **matching = &table_add_column(&r->runs, "matching", COLUMN_TEXT)->texts[row];
        if (strcmp(table_text(&r->runs, row, "cell"), "rnn") == 0) {
            free(*matching);
            *matching = strdup("state");
        }
    }
    expect_advice(r, "copy", "width", "Of gru and lstm use gru; the basic rnn was not compared with it.\n");
    r = copied_spread(1, 0.5, 0.9, 0.7);
    results *other = copied(0.9, 0.5, 0.4);
    for (size_t row = 0; row < other->runs.rows; row++) {
        table *t = constructed_trial(r, "copy", table_text(&other->runs, row, "cell"),
                                     table_number(&other->runs, row, "seed"));
        assert_true(table_set_integer(t, "hidden", 44) && table_set_integer(t, "blanks", 60) &&
                    table_set_number(t, "accuracy", table_number(&other->runs, row, "accuracy")));
    }
    results_free(other);
    expect_advice(r, "copy", "width",
                  "Of gru and lstm use gru; the basic rnn is better than it on some of these and worse on others.\n");
}

/* One task, at equal width better with one cell and at equal parameters with the other: it is not the task that
 * decides. */
static void what_is_limited_may_decide(void **state) {
    (void)state;
    results *r = copied(0.5, 0.9, 0.7), *matched = copied(0.5, 0.7, 0.9);
    for (size_t row = 0; row < matched->runs.rows; row++) {
        const char *cell = table_text(&matched->runs, row, "cell");
        table *t = constructed_trial(r, "copy", cell, table_number(&matched->runs, row, "seed"));
        char **matching = &table_add_column(t, "matching", COLUMN_TEXT)->texts[t->rows - 1];
        free(*matching);
        *matching = strdup("parameters");
        assert_true(table_set_integer(t, "hidden",
                                      cell[0] == 'l'   ? 40
                                      : cell[0] == 'g' ? 44
                                                       : 80) &&
                    table_set_integer(t, "cell_parameters", 9600) && table_set_integer(t, "blanks", 30) &&
                    table_set_number(t, "accuracy", table_number(&matched->runs, row, "accuracy")));
    }
    results_free(matched);
    expect_advice(r, "copy", NULL, "It depends on the task or on what is limited: neither gru nor lstm is better");
}

static void unknown_names_are_refused(void **state) {
    (void)state;
    text out = {0};
    const advice_question wrong[] = {{"cooking", NULL, NULL}, {NULL, "money", NULL}, {NULL, NULL, "colour"}};
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(advice_answer(judged_context, NULL, 0, &wrong[i], &out), GB_INVALID);
    assert_non_null(strstr(gb_context_message(judged_context), "quality, speed, size"));
    text_free(&out);
}

/* The page has every text of advice.yaml except its lists of tasks. */
static void expect_texts(const yaml_node *node, const char *page) {
    const char *like = yaml_text(node, "like", NULL);
    if (like && !strstr(page, like) && !yaml_get(node, "claim") && strcmp(yaml_text(node, "name", ""), "quality") != 0)
        fail_msg("the page lacks: %s", like);
    for (size_t i = 0; i < node->count; i++)
        expect_texts(&node->children[i], page);
}

static void the_page_shares_its_text(void **state) {
    (void)state;
    char path[PATH_MAX], committed[PATH_MAX];
    yaml_document *document;
    yaml_errors errors = {0};
    text out = {0};
    char *page = NULL;
    size_t size;
    assert_int_equal(advice_page(judged_context, NULL, 0, &out), GB_OK);
    assert_int_equal(file_find_shared(judged_context, "advice.yaml", path, sizeof path), GB_OK);
    assert_int_equal(yaml_read(judged_context, path, &document, &errors), GB_OK);
    expect_texts(&document->root, out.data);
    assert_non_null(strstr(out.data, yaml_text(&document->root, "intro", "")));
    snprintf(committed, sizeof committed, "%.*swhich_cell.md", (int)(strrchr(path, '/') + 1 - path), path);
    assert_int_equal(file_read(judged_context, committed, 1 << 20, &page, &size), GB_OK);
    expect_texts(&document->root, page);
    free(page);
    yaml_free(document);
    text_free(&out);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(advice_follows_the_verdicts), cmocka_unit_test(the_basic_rnn_is_told),
        cmocka_unit_test(what_is_limited_may_decide),  cmocka_unit_test(unknown_names_are_refused),
        cmocka_unit_test(the_page_shares_its_text),
    };
    return cmocka_run_group_tests(tests, judged_set_up, judged_tear_down);
}
