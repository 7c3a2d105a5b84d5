/* SPDX-License-Identifier: MIT */
/* Growing text, escapes, and the name that is nearest to a word. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "support/text.h"

static void test_append(void **state) {
    (void)state;
    text t = {0};
    for (int i = 0; i < 1000; i++)
        text_append(&t, "%03d,", i);
    assert_false(t.failed);
    assert_int_equal(t.length, 4000);
    assert_int_equal(strlen(t.data), 4000);
    assert_memory_equal(t.data + 3996, "999,", 4);
    text_free(&t);
    assert_null(t.data);
}

static void test_failure_is_kept(void **state) {
    (void)state;
    text t = {0};
    text_append_bytes(&t, "x", SIZE_MAX);
    assert_true(t.failed);
    text_append(&t, "more");
    assert_true(t.failed);
    assert_null(t.data);
    text_free(&t);
}

static void test_json(void **state) {
    (void)state;
    text t = {0};
    text_append_json_string(&t, "a\"b\\c\n\t\x01 é");
    text_append_bytes(&t, " ", 1);
    text_append_json_number(&t, 0.1);
    text_append_bytes(&t, " ", 1);
    text_append_json_number(&t, NAN);
    text_append_json_number(&t, -INFINITY);
    assert_string_equal(t.data, "\"a\\\"b\\\\c\\n\\t\\u0001 é\" 0.10000000000000001 nullnull");
    text_free(&t);
}

static void test_html(void **state) {
    (void)state;
    text t = {0};
    text_append_html(&t, "<a href='x'>\"&\"</a>");
    assert_string_equal(t.data, "&lt;a href=&#39;x&#39;&gt;&quot;&amp;&quot;&lt;/a&gt;");
    text_free(&t);
}

static void test_nearest(void **state) {
    (void)state;
    static const char *const names[] = {"hidden", "layers", "cell", "optimizer", "lr"};
    enum { COUNT = sizeof names / sizeof *names };
    assert_string_equal(text_nearest("hiden", names, COUNT), "hidden");
    assert_string_equal(text_nearest("lyaers", names, COUNT), "layers"); /* a swap costs 1 */
    assert_string_equal(text_nearest("cel", names, COUNT), "cell");
    assert_string_equal(text_nearest("opt", names, COUNT), "optimizer"); /* a prefix */
    assert_string_equal(text_nearest("cell", names, COUNT), "cell");
    assert_null(text_nearest("xy", names, COUNT)); /* two letters are not two letters away from themselves */
    assert_null(text_nearest("momentum", names, COUNT));
    assert_null(text_nearest("", names, COUNT));
    assert_null(text_nearest("cell", names, 0));
}

static void counts_have_commas_between_thousands(void **state) {
    (void)state;
    static const struct {
        double number;
        const char *shown;
    } cases[] = {{0, "0"}, {999, "999"}, {1000, "1,000"}, {20050, "20,050"}, {-123456, "-123,456"}, {1e6, "1,000,000"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        text t = {0};
        text_append_count(&t, cases[i].number);
        assert_string_equal(t.data, cases[i].shown);
        text_free(&t);
    }
}

static void copies_only_what_fits(void **state) {
    (void)state;
    char field[4] = "old";
    assert_false(text_copy(field, sizeof field, "four"));
    assert_string_equal(field, "old");
    assert_true(text_copy(field, sizeof field, "new"));
    assert_string_equal(field, "new");
    assert_true(text_copy(field, sizeof field, ""));
    assert_string_equal(field, "");
    assert_false(text_copy(field, 0, ""));
}

static void test_lines(void **state) {
    (void)state;
    static const struct {
        const char *text, *lines[4];
    } cases[] = {
        {"", {NULL}}, {"one", {"one", NULL}}, {"one\n", {"one", NULL}}, {"one\n\ntwo", {"one", "", "two", NULL}}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *at = cases[i].text, *line;
        int length;
        size_t k = 0;
        for (; (line = text_line(&at, &length)); k++) {
            assert_int_equal(length, strlen(cases[i].lines[k]));
            assert_memory_equal(line, cases[i].lines[k], length);
        }
        assert_null(cases[i].lines[k]);
        assert_int_equal(*at, '\0');
    }
    const char *none = NULL;
    int length;
    assert_null(text_line(&none, &length));
}

static void test_endings_and_lists(void **state) {
    (void)state;
    assert_true(text_ends_in("a.NPZ", ".npz") && text_ends_in(".npz", ".npz"));
    assert_false(text_ends_in("npz", ".npz") || text_ends_in("a.npz2", ".npz"));
    assert_true(text_lists("last|every", '|', "last") && text_lists("last|every", '|', "every"));
    assert_false(text_lists("last|every", '|', "ever") || text_lists("last|every", '|', "everyone"));
    assert_false(text_lists("", '+', "") || text_lists("last|every", '|', "last|every"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_endings_and_lists),
        cmocka_unit_test(counts_have_commas_between_thousands),
        cmocka_unit_test(copies_only_what_fits),
        cmocka_unit_test(test_append),
        cmocka_unit_test(test_failure_is_kept),
        cmocka_unit_test(test_json),
        cmocka_unit_test(test_html),
        cmocka_unit_test(test_nearest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
