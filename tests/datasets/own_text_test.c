/* SPDX-License-Identifier: MIT */
/* The user's own texts: the symbols of each unit, the symbols outside the vocabulary, the same batches as `chars` on
 * the same text, error messages with the place, and ids of trials that depend on the file's content. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "experiments/settings/task_facts.h"
#include "fixture.h"
#include "support/text.h"

/* Opens a text that is written first. */
static task *open_text(const char *written, const char *key, const char *value) {
    fixture_write("own/text", written, strlen(written));
    return fixture_task("text", key, value);
}

static void refused(const char *written, size_t size, gb_status expected, const char *sentence) {
    task *t;
    fixture_write("own/bad", written, size);
    const char *const settings[1][2] = {{"file", fixture_path("own/bad")}};
    assert_int_equal(task_open(context, "text", settings, 1, &t), expected);
    if (!strstr(gb_context_message(context), sentence))
        fail_msg("'%s' lacks '%s'", gb_context_message(context), sentence);
}

/* The symbols of train in order, read as one row. */
static size_t read_train(task *t, int32_t *symbols) {
    task_batch b = {0};
    size_t steps = 0;
    for (size_t i = 0; i < task_batches(t, TASK_VALID, 1); i++) {
        assert_int_equal(task_get_batch(t, TASK_VALID, 1, i, 1, &b), GB_OK);
        for (size_t s = 0; s < b.batch.steps; s++)
            symbols[steps++] = b.batch.tokens[s];
    }
    task_batch_free(context, &b);
    return steps;
}

static void test_units(void **state) {
    (void)state;
    /* 20 words: 16 of train, 2 of valid, 2 of test */
    static const char written[] = "\xEF\xBB\xBF"
                                  "b a b a b a b a\r\nb a b a b a b\xC3\xA9 a's - a b z";
    task *t = open_text(written, "unit", "word");
    assert_int_equal(task_get_shape(t)->input_size, 5); /* a, b, bé, a's; -, z are not in train */
    int32_t symbols[8];
    assert_int_equal(read_train(t, symbols), 1);
    assert_int_equal(symbols[0], 4);
    task_close(t);
    t = open_text(written, "unit", "character");
    assert_int_equal(task_get_shape(t)->input_size,
                     8); /* line end, blank, apostrophe, a, b, s, and e with its accent; others */
    task_close(t);
    t = open_text(written, "vocabulary", "2");
    assert_int_equal(task_get_shape(t)->input_size, 3);
    task_close(t);
    t = open_text(written, "unit", "byte");
    assert_int_equal(task_get_shape(t)->input_size, 13); /* the mark's three bytes and CR too, and that accent is two */
    task_close(t);
}

static void test_same_as_chars(void **state) {
    (void)state;
    char *written = NULL;
    size_t size = 0;
    FILE *from = fopen(fixture_path("mirror/small.txt"), "rb");
    assert_non_null(from);
    assert_true(getdelim(&written, &size, EOF, from) > 0);
    fclose(from);
    fixture_write("own/text", written, strlen(written));
    task *own = fixture_task("text", NULL, NULL), *chars;
    const char *const shares[][2] = {{"test_share", "0.1"}, {"valid_share", "0.1"}};
    assert_int_equal(task_open(context, "chars", shares, 2, &chars), GB_OK);
    task_batch a = {0}, b = {0};
    for (task_split split = TASK_TRAIN; split <= TASK_TEST; split++)
        for (size_t i = 0; i < 5; i++) {
            assert_int_equal(task_get_batch(own, split, 3, i, 2, &a), GB_OK);
            assert_int_equal(task_get_batch(chars, split, 3, i, 2, &b), GB_OK);
            assert_true(fixture_same(task_get_shape(own), &a.batch, &b.batch));
        }
    assert_string_equal(task_sha256(own), task_sha256(chars));
    task_baseline first[2], second[2];
    assert_int_equal(task_get_baselines(own, first, 2), 2);
    assert_int_equal(task_get_baselines(chars, second, 2), 2);
    assert_true(first[1].value == second[1].value);
    task_batch_free(context, &a);
    task_batch_free(context, &b);
    task_close(own);
    task_close(chars);
    free(written);
}

static void test_refusals(void **state) {
    (void)state;
    refused("", 0, GB_DATA, "own/bad: is empty");
    refused("abc\nd\xE9"
            "f",
            7, GB_DATA, "own/bad:2:2: the byte 0xE9 is not valid UTF-8");
    refused("abc\nde\0f", 8, GB_DATA, "own/bad:2:3: a zero byte");
    refused("\xFF\xFE"
            "a\0",
            4, GB_DATA, "UTF-16");
    refused("\xC0\x80 over-long", 12, GB_DATA, "own/bad:1:1: the byte 0xC0");
    refused("abc", 3, GB_INVALID, "the valid part has 0 characters");
    task *t;
    const char *const nowhere[1][2] = {{"file", fixture_path("own/nowhere")}};
    assert_int_equal(task_open(context, "text", nowhere, 1, &t), GB_DATA);
    assert_int_equal(task_open(context, "text", NULL, 0, &t), GB_INVALID);
    assert_non_null(strstr(gb_context_message(context), "Give file=PATH"));
}

static trial_settings settings_of(const char *path) {
    trial_settings t = {0};
    assert_true(trial_set(&t, "task", "text"));
    for (const setting *o = task_type_find("text")->options; o->name; o++)
        assert_true(trial_set(&t, o->name, !strcmp(o->name, "file") ? path : o->value));
    for (size_t k = 0; setting_at(k); k++)
        assert_true(trial_set(&t, setting_at(k)->name, setting_at(k)->value));
    assert_true(trial_set(&t, "measure", ""));
    return t;
}

/* A copy elsewhere is the same trial, a changed file another one; what a worker is sent says where the file lies. */
static void test_named_by_content(void **state) {
    (void)state;
    static const char *const paths[] = {"own/first", "own/second", "own/third"};
    static const char *const contents[] = {"abcdefghijklmnopqrstuvwxyz", "abcdefghijklmnopqrstuvwxyz",
                                           "abcdefghijklmnopqrstuvwxyZ"};
    char *canonical[3], ids[3][33];
    for (size_t i = 0; i < 3; i++) {
        fixture_write(paths[i], contents[i], strlen(contents[i]));
        trial_settings t = settings_of(fixture_path(paths[i])), parsed;
        text files = {0};
        assert_int_equal(trial_canonical(context, &t, &canonical[i]), GB_OK);
        strcpy(ids[i], t.id);
        assert_null(strstr(canonical[i], "file="));
        assert_int_equal(trial_parse(context, canonical[i], &parsed), GB_OK);
        assert_string_equal(trial_text(&parsed, "file"), "");
        assert_true(trial_append_files(&t, &files));
        assert_int_equal(trial_parse_files(context, files.data, &parsed), GB_OK);
        assert_string_equal(trial_text(&parsed, "file"), fixture_path(paths[i]));
        assert_string_equal(parsed.id, t.id);
        char other[] = "hidden=3\n";
        assert_int_equal(trial_parse_files(context, other, &parsed), GB_INVALID);
        text_free(&files);
        trial_settings_free(&t);
        trial_settings_free(&parsed);
    }
    assert_string_equal(canonical[0], canonical[1]);
    assert_string_equal(ids[0], ids[1]);
    assert_string_not_equal(ids[0], ids[2]);
    for (size_t i = 0; i < 3; i++)
        free(canonical[i]);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_units), cmocka_unit_test(test_same_as_chars),
                                       cmocka_unit_test(test_refusals), cmocka_unit_test(test_named_by_content)};
    return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
