/* SPDX-License-Identifier: MIT */
/* The tree with lines and columns, and the message for each malformed input. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/text.h"
#include "support/yaml.h"
#include "tests/context.h"

static void test_tree(void **state) {
    (void)state;
    static const char source[] = "# a comment\n"
                                 "name: recall\n"
                                 "task: {gap: 50, text: '5'}\n"
                                 "sweep:\n"
                                 "  cell: [rnn, gru]\n"
                                 "  seed: 1..10\n"
                                 "empty:\n"
                                 "lr: 2e-3\n";
    yaml_document *document;
    yaml_errors errors = {0};
    assert_int_equal(yaml_read_text(context, "t.yaml", source, &document, &errors), GB_OK);
    assert_int_equal(errors.count, 0);
    const yaml_node *root = &document->root;
    assert_int_equal(root->kind, YAML_MAP);
    assert_int_equal(root->count, 5);
    assert_string_equal(yaml_text(root, "name", "?"), "recall");
    const yaml_node *gap = yaml_get(yaml_get(root, "task"), "gap");
    assert_string_equal(gap->text, "50");
    assert_false(gap->quoted);
    assert_int_equal(gap->line, 3);
    assert_int_equal(gap->column, 13);
    assert_int_equal(gap->key_line, 3);
    assert_int_equal(gap->key_column, 8);
    assert_true(yaml_get(yaml_get(root, "task"), "text")->quoted);
    const yaml_node *cell = yaml_get(yaml_get(root, "sweep"), "cell");
    assert_int_equal(cell->kind, YAML_LIST);
    assert_int_equal(cell->count, 2);
    assert_string_equal(cell->children[1].text, "gru");
    assert_int_equal(cell->children[1].line, 5);
    assert_int_equal(cell->children[1].column, 15);
    assert_null(cell->children[1].key);
    assert_string_equal(yaml_text(root, "empty", "?"), "");
    assert_string_equal(yaml_text(root, "sweep", "?"), "?");
    assert_true(yaml_number(root, "lr", 0) == 2e-3);
    assert_true(yaml_number(root, "name", 7) == 7);
    assert_null(yaml_get(root, "none"));
    assert_null(yaml_get(gap, "none"));
    yaml_free(document);
}

static void test_error_at_a_node(void **state) {
    (void)state;
    yaml_document *document;
    yaml_errors errors = {0};
    assert_int_equal(yaml_read_text(context, "t.yaml", "model:\n\thidden: 1\n", &document, &errors), GB_INVALID);
    yaml_errors_free(&errors);
    assert_int_equal(yaml_read_text(context, "t.yaml", "model:\n  hiden: sixty\n", &document, &errors), GB_OK);
    const yaml_node *hidden = &yaml_get(&document->root, "model")->children[0];
    yaml_error(&errors, document, hidden, true, "unknown key \"%s\"; did you mean \"hidden\"?", hidden->key);
    yaml_error(&errors, document, hidden, false, "expected an integer");
    yaml_error(&errors, document, NULL, false, "no task");
    assert_int_equal(errors.count, 3);
    assert_string_equal(errors.text, "t.yaml:2:3: error: unknown key \"hiden\"; did you mean \"hidden\"?\n"
                                     "    2 |   hiden: sixty\n"
                                     "      |   ^\n"
                                     "t.yaml:2:10: error: expected an integer\n"
                                     "    2 |   hiden: sixty\n"
                                     "      |          ^\n"
                                     "t.yaml: error: no task\n");
    yaml_errors_free(&errors);
    assert_null(errors.text);
    yaml_free(document);
}

/* What is malformed, and where the first message must point. */
static const struct {
    const char *source, *place, *words;
} malformed[] = {
    {"a: [1, 2\nb: 3\n", "bad.yaml:", "error: "},
    {"a: {x: 1\n", "bad.yaml:", "error: "},
    {"a: 'open\n", "bad.yaml:1:", "error: "},
    {"a: 1\n b: 2\n", "bad.yaml:", "error: "},
    {"a: b: c\n", "bad.yaml:1:", "error: "},
    {"a: @x\n", "bad.yaml:1:4:", "error: "},
    {"a: 1\nb: 2\na: 3\n", "bad.yaml:3:1:", "\"a\" is given twice, first in line 1"},
    {"a: &x 1\nb: *x\n", "bad.yaml:2:", "aliases"},
    {"? [a, b]\n: 1\n", "bad.yaml:1:3:", "a key must be a single word"},
    {"a: 1\n---\nb: 2\n", "bad.yaml:2:1:", "a second document"},
    {"a: [[[[[[[[[1]]]]]]]]]\n", "bad.yaml:1:", "nested more than 8 deep"},
    {"\x01\n", "bad.yaml:", "error: "},
    {"a: b\n%:c: {d: e}\xf4\x92\x9e\x8b: f\n", "bad.yaml:2:12:", "not text (UTF-8)"},
    {"a: b\n%:c: {d: e}\xed\xa0\x80: f\n", "bad.yaml:2:12:", "not text (UTF-8)"},
    {"a: \xe0\x9f\xbf\n", "bad.yaml:1:4:", "not text (UTF-8)"},
    {"a: \xf0\x8f\xbf\xbf\n", "bad.yaml:1:4:", "not text (UTF-8)"},
    {"a: \xff\xfe\n", "bad.yaml:", "error: "},
};

static void test_malformed(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof malformed / sizeof *malformed; i++) {
        yaml_document *document;
        yaml_errors errors = {0};
        assert_int_equal(yaml_read_text(context, "bad.yaml", malformed[i].source, &document, &errors), GB_INVALID);
        assert_null(document);
        assert_true(errors.count > 0);
        if (strncmp(errors.text, malformed[i].place, strlen(malformed[i].place)) != 0)
            fail_msg("case %zu: \"%s\" does not point to %s", i, errors.text, malformed[i].place);
        if (!strstr(errors.text, malformed[i].words))
            fail_msg("case %zu: \"%s\" does not say \"%s\"", i, errors.text, malformed[i].words);
        yaml_errors_free(&errors);
    }
}

static void test_all_duplicates_at_once(void **state) {
    (void)state;
    yaml_document *document;
    yaml_errors errors = {0};
    static const char source[] = "a: 1\na: 2\nb: {c: 1, c: 2}\n";
    assert_int_equal(yaml_read_text(context, "bad.yaml", source, &document, &errors), GB_INVALID);
    assert_int_equal(errors.count, 2);
    assert_non_null(strstr(errors.text, "bad.yaml:2:1: error: \"a\" is given twice"));
    assert_non_null(strstr(errors.text, "bad.yaml:3:11: error: \"c\" is given twice"));
    assert_non_null(strstr(gb_context_message(context), "bad.yaml: 2 errors"));
    yaml_errors_free(&errors);
}

/* A megabyte in one line, an error at every key of it. */
static void test_many_errors_in_a_long_line(void **state) {
    (void)state;
    yaml_document *document;
    yaml_errors errors = {0};
    text source = {0};
    text_append(&source, "{");
    for (size_t i = 0; i < 4000; i++)
        text_append(&source, "\xc3\xa4: 1, ");
    text_append(&source, "b: 2}\n");
    assert_int_equal(yaml_read_text(context, "long.yaml", source.data, &document, &errors), GB_INVALID);
    assert_int_equal(errors.count, 3999);
    assert_true(strlen(errors.text) < 100 * 500);
    assert_non_null(strstr(errors.text, "and more; these are the first 100\n"));
    assert_null(strstr(errors.text, "| \xa4")); /* no character is cut in two */
    yaml_errors_free(&errors);
    source.length = 0;
    for (size_t i = 0; i < 5000; i++)
        text_append(&source, "k%zu: 1\n", i);
    assert_int_equal(yaml_read_text(context, "long.yaml", source.data, &document, &errors), GB_INVALID);
    assert_non_null(strstr(errors.text, "long.yaml:4097:1: error: this map has more than 4096 keys"));
    yaml_errors_free(&errors);
    text_free(&source);
}

static void test_every_prefix_is_survived(void **state) {
    (void)state;
    static const char source[] = "a: [1, {b: 'x'}]\nc: |\n  text\n  more\nd: \"q\\n\"\n? e\n: - 1\n  - 2\n";
    for (size_t length = 0; length < sizeof source; length++) {
        char *prefix = strndup(source, length);
        yaml_document *document;
        yaml_errors errors = {0};
        gb_status status = yaml_read_text(context, "p.yaml", prefix, &document, &errors);
        assert_true(status == GB_OK || status == GB_INVALID);
        assert_true((status == GB_OK) == (errors.count == 0));
        yaml_free(document);
        yaml_errors_free(&errors);
        free(prefix);
    }
}

static void test_empty_and_missing(void **state) {
    (void)state;
    yaml_document *document;
    yaml_errors errors = {0};
    assert_int_equal(yaml_read_text(context, "empty.yaml", "# nothing\n", &document, &errors), GB_OK);
    assert_int_equal(document->root.kind, YAML_SCALAR);
    assert_string_equal(document->root.text, "");
    yaml_free(document);
    assert_int_equal(yaml_read(context, "/no/such/file.yaml", &document, &errors), GB_IO);
    assert_null(document);
    assert_int_equal(errors.count, 0);
    yaml_free(NULL);
}

static void test_numbers(void **state) {
    (void)state;
    long long integer;
    double number;
    assert_true(text_is_integer("-12", &integer) && integer == -12);
    assert_true(text_is_integer("9223372036854775807", &integer));
    static const char *const no_integers[] = {"", "-", "1.0", "9223372036854775808", "0x1", " 1", "1 ", "1e3"};
    for (size_t i = 0; i < sizeof no_integers / sizeof *no_integers; i++)
        assert_false(text_is_integer(no_integers[i], &integer));
    assert_true(text_is_number("2e-3", &number) && number == 2e-3);
    assert_true(text_is_number(".5", &number) && number == 0.5);
    assert_true(text_is_number("-1.", &number) && number == -1);
    static const char *const no_numbers[] = {"", ".", "e5", "1e", "nan", "inf", "0x1p3", "1e999", " 1", "1..3", "1,5"};
    for (size_t i = 0; i < sizeof no_numbers / sizeof *no_numbers; i++)
        assert_false(text_is_number(no_numbers[i], &number));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tree),
        cmocka_unit_test(test_error_at_a_node),
        cmocka_unit_test(test_malformed),
        cmocka_unit_test(test_all_duplicates_at_once),
        cmocka_unit_test(test_many_errors_in_a_long_line),
        cmocka_unit_test(test_every_prefix_is_survived),
        cmocka_unit_test(test_empty_and_missing),
        cmocka_unit_test(test_numbers),
    };
    return cmocka_run_group_tests(tests, open_context, close_context);
}
