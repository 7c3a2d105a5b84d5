/* SPDX-License-Identifier: MIT */
/* The user's own tables: which columns are read, where sequences begin and end, padding, standardisation on train
 * alone, splits, baselines without memory, and error messages with line and column. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"
#include "support/text.h"

enum { MOST_SETTINGS = 8 };

/* Opens a table that is written first; `settings` ends with a NULL name. */
static gb_status try_table(const char *written, const char *const (*settings)[2], task **t) {
    const char *all[MOST_SETTINGS][2] = {{"file", fixture_path("own/t.csv")}};
    size_t count = 1;
    fixture_write("own/t.csv", written, strlen(written));
    for (; settings && settings[count - 1][0]; count++)
        memcpy(all[count], settings[count - 1], sizeof all[count]);
    return task_open(context, "table", (const char *const(*)[2])all, count, t);
}

static task *open_table(const char *written, const char *const (*settings)[2]) {
    task *t;
    if (try_table(written, settings, &t) != GB_OK)
        fail_msg("%s", gb_context_message(context));
    return t;
}

static void refused(const char *written, const char *const (*settings)[2], gb_status expected, const char *sentence) {
    task *t;
    assert_int_equal(try_table(written, settings, &t), expected);
    if (!strstr(gb_context_message(context), sentence))
        fail_msg("'%s' lacks '%s'", gb_context_message(context), sentence);
}

/* "t,y" rows: t counts, y = 2 t. */
static char *count_rows(size_t rows) {
    text all = {0};
    text_append(&all, "t,y\n");
    for (size_t i = 0; i < rows; i++)
        text_append(&all, "%zu.5,%zu.25\n", i, 2 * i);
    return all.data;
}

static void test_windows_in_time(void **state) {
    (void)state;
    static const char *const settings[][2] = {
        {"window", "3"}, {"standardise", "no"}, {"test_share", "0.2"}, {"valid_share", "0.2"}, {NULL, NULL}};
    char *written = count_rows(20);
    task *t = open_table(written, settings);
    const task_shape *shape = task_get_shape(t);
    assert_string_equal(shape->metric, "mse");
    assert_int_equal(shape->head, GB_HEAD_LAST);
    assert_int_equal(shape->sequences[TASK_TRAIN], 12 - 2);
    assert_int_equal(shape->sequences[TASK_VALID], 2);
    assert_int_equal(shape->sequences[TASK_TEST], 2);
    task_batch b = {0};
    assert_int_equal(task_get_batch(t, TASK_TEST, 1, 0, 8, &b), GB_OK);
    assert_int_equal(b.batch.sequences, 2);
    for (size_t i = 0; i < 2; i++) {
        for (size_t s = 0; s < 3; s++)
            assert_true(b.inputs[s * 2 + i] == (double)(16 + i + s) + 0.5);
        assert_true(b.targets[i] == (double)(2 * (16 + i + 2)) + 0.25);
    }
    task_baseline found[4];
    assert_int_equal(task_get_baselines(t, found, 4), 2);
    assert_string_equal(found[1].name, "linear"); /* y is 2 t - 0.75 */
    assert_true(found[1].value < 1e-9);
    assert_true(fabs(found[0].value - (pow(36.25 - 13.25, 2) + pow(38.25 - 13.25, 2)) / 2) < 1e-9);
    task_batch_free(context, &b);
    task_close(t);
    free(written);
}

static void test_standardised_by_train(void **state) {
    (void)state;
    static const char *const settings[][2] = {
        {"window", "1"}, {"test_share", "0.2"}, {"valid_share", "0.2"}, {NULL, NULL}};
    char *written = count_rows(20);
    task *t = open_table(written, settings);
    task_batch b = {0};
    double mean = 5.5 + 0.5, deviation = sqrt((12 * 12 - 1) / 12.0); /* of 0.5 .. 11.5 */
    assert_int_equal(task_get_batch(t, TASK_TEST, 1, 0, 8, &b), GB_OK);
    for (size_t i = 0; i < 4; i++) {
        assert_true(fabs(b.inputs[i] - ((double)(16 + i) + 0.5 - mean) / deviation) < 1e-12);
        assert_true(fabs(b.targets[i] - b.inputs[i]) < 1e-12);
    }
    task_batch_free(context, &b);
    task_close(t);
    free(written);
}

/* The long sequences do not count more than the short ones. */
static void test_targets_standardised_by_sequence(void **state) {
    (void)state;
    text all = {0};
    text_append(&all, "id,x,y\n");
    for (size_t i = 0; i < 30; i++)
        for (size_t row = 0; row < (i % 3 ? 2 : 40); row++)
            text_append(&all, "%zu,%zu.5,%zu.25\n", i, row, i % 3 ? i : 100 + i);
    task *t = open_table(all.data, (const char *const[][2]){{"sequence", "id"}, {"predict", "number"}, {NULL, NULL}});
    const size_t count = task_get_shape(t)->sequences[TASK_TRAIN];
    task_batch b = {0};
    assert_int_equal(task_get_shape(t)->head, GB_HEAD_LAST);
    assert_int_equal(task_get_batch(t, TASK_TRAIN, 1, 0, count, &b), GB_OK);
    double sum = 0, squares = 0;
    for (size_t i = 0; i < count; i++) {
        sum += b.targets[i];
        squares += b.targets[i] * b.targets[i];
    }
    assert_true(fabs(sum / (double)count) < 1e-12 && fabs(squares / (double)count - 1) < 1e-12);
    task_batch_free(context, &b);
    task_close(t);
    text_free(&all);
}

/* With a target at every step every row is predicted once, also those that do not fill a window. */
static void test_no_row_is_dropped(void **state) {
    (void)state;
    static const struct {
        const char *window, *predict, *split;
        size_t targets[3];
    } cases[] = {
        {"3", "number", "time", {12, 4, 4}}, {"2", "next", "time", {11, 3, 3}}, {"3", "number", "random", {20, 0, 0}}};
    char *written = count_rows(20);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        task *t = open_table(written, (const char *const[][2]){{"ask", "every"},
                                                               {"window", cases[i].window},
                                                               {"predict", cases[i].predict},
                                                               {"split", cases[i].split},
                                                               {"test_share", "0.2"},
                                                               {"valid_share", "0.2"},
                                                               {NULL, NULL}});
        size_t all = 0;
        for (size_t split = TASK_TRAIN; split <= TASK_TEST; split++) {
            task_batch b = {0};
            size_t targets = 0, count = task_get_shape(t)->sequences[split];
            assert_int_equal(task_get_batch(t, (task_split)split, 1, 0, count, &b), GB_OK);
            for (size_t n = 0; n < count; n++)
                targets += b.lengths[n];
            all += targets;
            if (cases[i].targets[1])
                assert_int_equal(targets, cases[i].targets[split]);
            task_batch_free(context, &b);
        }
        assert_int_equal(all, cases[i].targets[0] + cases[i].targets[1] + cases[i].targets[2]);
        task_close(t);
    }
    free(written);
}

static const char panel[] = "id;a;kind\n"
                            "x;1;No\r\ny;10;no\nx;2;No\ny;20;no\ny;30;no\nz;7;No\n\"w;w\";5;no\nv;8;No\nu;9;no\n";

static void test_sequences(void **state) {
    (void)state;
    static const char *const settings[][2] = {
        {"sequence", "id"}, {"standardise", "no"}, {"split", "time"}, {NULL, NULL}};
    task *t = open_table(panel, settings);
    const task_shape *shape = task_get_shape(t);
    assert_int_equal(shape->output_size, 2); /* No and no are two classes */
    assert_int_equal(shape->head, GB_HEAD_LAST);
    assert_int_equal(shape->longest, 3);
    assert_int_equal(shape->sequences[TASK_TRAIN], 4);
    task_batch b = {0};
    bool seen = false;
    assert_int_equal(task_get_batch(t, TASK_TRAIN, 1, 0, 4, &b), GB_OK); /* x, y, z and "w;w" in some order */
    for (size_t i = 0; i < 4; i++) {
        if (b.lengths[i] != 3)
            continue;
        seen = true;
        assert_true(b.inputs[i] == 10 && b.inputs[4 + i] == 20 && b.inputs[8 + i] == 30);
        assert_int_equal(b.classes[i], 1);
    }
    assert_true(seen);
    task_batch_free(context, &b);
    task_close(t);
    refused(panel, (const char *const[][2]){{"sequence", "id"}, {"predict", "next"}, {NULL, NULL}}, GB_DATA,
            "own/t.csv:7: column 1 (id): the sequence 'z' has a single row");
}

/* Every row of a sequence is predicted, the first from zeros. */
static void test_before_the_first_input(void **state) {
    (void)state;
    static const char *const settings[][2] = {{"sequence", "id"}, {"predict", "next"},   {"first", "yes"},
                                              {"split", "time"},  {"standardise", "no"}, {NULL, NULL}};
    task *t = open_table(panel, settings);
    assert_int_equal(task_get_shape(t)->head, GB_HEAD_EVERY);
    task_batch b = {0};
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(task_get_batch(t, TASK_TRAIN, 1, i, 1, &b), GB_OK);
        assert_true(b.inputs[0] == 0);
        for (size_t s = 1; s < b.lengths[0]; s++)
            assert_true(b.inputs[s] == b.targets[s - 1]);
        assert_true(b.lengths[0] != 3 || (b.targets[0] == 10 && b.targets[2] == 30));
    }
    task_batch_free(context, &b);
    task_close(t);
    refused(panel, (const char *const[][2]){{"first", "yes"}, {NULL, NULL}}, GB_INVALID, "first=yes");
}

static void test_forecast(void **state) {
    (void)state;
    static const char *const settings[][2] = {{"predict", "next"},   {"window", "2"},        {"standardise", "no"},
                                              {"test_share", "0.2"}, {"valid_share", "0.2"}, {NULL, NULL}};
    char *written = count_rows(20);
    task *t = open_table(written, settings);
    assert_int_equal(task_get_shape(t)->output_size, 2);
    assert_int_equal(task_get_shape(t)->sequences[TASK_TEST], 2); /* 4 rows: 2 read, and the one after them */
    task_batch b = {0};
    assert_int_equal(task_get_batch(t, TASK_TEST, 1, 0, 8, &b), GB_OK);
    assert_true(fabs(b.targets[0] - 18.5 / sqrt(2)) < 1e-12 && fabs(b.targets[1] - 36.25 / sqrt(2)) < 1e-12);
    task_baseline found[4];
    assert_int_equal(task_get_baselines(t, found, 4), 3);
    assert_string_equal(found[2].name, "last value");
    assert_true(fabs(found[2].value - (1 + 4) / 2.0) < 1e-12);
    task_batch_free(context, &b);
    task_close(t);
    free(written);
}

static void test_refusals(void **state) {
    (void)state;
    refused("a,b\n1,2\n3,\n", NULL, GB_DATA, "own/t.csv:3: column 2 (b): the value is missing");
    refused("a,b\n1,2\n3,NA\n", NULL, GB_DATA, "own/t.csv:3: column 2 (b): the value is missing ('NA')");
    refused("a,b\n1,2.5\n\"3\n4\",5\nx,6\n", NULL, GB_DATA, "own/t.csv:3: column 1 (a): '3");
    refused("a;b\n1;2\n3,5;4\n", NULL, GB_DATA, "write a decimal point");
    refused("a;b;y\n1;0,5;0\n2;1,5;1\n", NULL, GB_DATA, "t.csv:2: column 2 (b): '0,5' is not a number");
    refused("a;y\n1;0,5\n2;1,5\n", NULL, GB_DATA, "write a decimal point");
    refused("a,b\n1,2\n3\n", NULL, GB_DATA, "own/t.csv:3: 1 fields, but the first line names 2 columns");
    refused("a,b\n1,x\"y\n", NULL, GB_DATA, "own/t.csv:2:4: a quotation mark within a field");
    refused("a,b\n1,\"2\n", NULL, GB_DATA, "is not closed");
    refused("1,2\n3,4\n", NULL, GB_DATA, "the first line must name the columns");
    refused("a,a\n3,4\n", NULL, GB_DATA, "columns 1 and 2 are both called 'a'");
    refused("3,3\n3,4\n", NULL, GB_DATA, "holds only numbers");
    refused("\n\r\na;a\n3;4\n", NULL, GB_DATA, "own/t.csv:3: columns 1 and 2 are both called 'a'");
    refused("a,b\r1,2\r3,\r", NULL, GB_DATA, "own/t.csv:3: column 2 (b): the value is missing");
    refused("a,b\n", NULL, GB_DATA, "has no row after the first line");
    refused("a,b\n1,2\n", (const char *const[][2]){{"target", "+"}, {"predict", "number"}, {NULL, NULL}}, GB_INVALID,
            "target is '+', which names no column");
    refused("a,b\n1,2\n", (const char *const[][2]){{"target", "bb"}, {NULL, NULL}}, GB_INVALID,
            "target names the column 'bb', which does not exist");
    refused("a,b\n1,2\n", (const char *const[][2]){{"inputs", "b"}, {"predict", "number"}, {NULL, NULL}}, GB_INVALID,
            "column 'b' is both an input and the target");
    refused("a,b\n1,2.5\n3,1.5\n3,4\n", NULL, GB_INVALID, "give window=1 or fewer");
    refused("a,b\n1,2.5\n3,1.5\n", NULL, GB_INVALID, "give smaller shares, or more rows");
    refused("a,b\n1,2.5\n3,1.5\n3,4\n4,2\n5,1.5\n",
            (const char *const[][2]){{"test_share", "0.4"}, {"valid_share", "0.2"}, {"window", "3"}, {NULL, NULL}},
            GB_INVALID,
            "the train part has 2 of 5 rows, too few for a window of 3; give window=2 or fewer, or smaller");
    refused("k,a,b\n1,1,2.5\n2,2,1.5\n3,3,4\n4,5,2\n",
            (const char *const[][2]){
                {"test_share", "0.4"}, {"valid_share", "0.4"}, {"sequence", "k"}, {"predict", "number"}, {NULL, NULL}},
            GB_INVALID, "2 for valid and 2 for test of 4 sequences leave none for train; give smaller shares");
    refused("k,b\nx,1\nx,2\n", (const char *const[][2]){{"target", "k"}, {NULL, NULL}}, GB_DATA,
            "1 different value, but a target of classes needs");
}

/* pandas writes the number of the row as a column without a name: it is not an input. */
static void test_column_without_name(void **state) {
    (void)state;
    text all = {0};
    text_append(&all, "\xEF\xBB\xBF,a,b\n");
    for (size_t i = 0; i < 40; i++)
        text_append(&all, "%zu,00.%zu,%zu.5\n", i, i, i % 7);
    task *t = open_table(all.data, (const char *const[][2]){{"window", "2"}, {NULL, NULL}});
    assert_int_equal(task_get_shape(t)->input_size, 1);
    task_close(t);
    text_free(&all);
}

/* A column in two roles is left out of none. */
static void test_columns_left_out(void **state) {
    (void)state;
    static const char table[] = "k,x,y,z\n1,1,0,9\n2,2,1,9\n3,3,0,9\n4,4,1,9\n";
    static const char *const settings[][3][2] = {
        {{"sequence", "k"}, {"inputs", "k+x"}, {"target", "y"}},
        {{"sequence", "k"}, {"inputs", "x+y"}, {"target", "k"}},
        {{"sequence", "k"}, {"inputs", "x+z"}, {"target", "y"}},
    };
    static const char *const left_out[] = {"columns left out\tz\n", "columns left out\tz\n", NULL};
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        const char *all[4][2] = {0};
        char *facts = NULL;
        size_t size = 0;
        memcpy(all, settings[i], sizeof settings[i]);
        task *t = open_table(table, (const char *const(*)[2])all);
        FILE *memory = open_memstream(&facts, &size);
        assert_non_null(memory);
        task_print_facts(t, memory);
        fclose(memory);
        if (!strstr(facts, left_out[i] ? left_out[i] : "steps") || (!left_out[i] && strstr(facts, "left out")))
            fail_msg("%s", facts);
        free(facts);
        task_close(t);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_windows_in_time),
                                       cmocka_unit_test(test_standardised_by_train),
                                       cmocka_unit_test(test_sequences),
                                       cmocka_unit_test(test_before_the_first_input),
                                       cmocka_unit_test(test_forecast),
                                       cmocka_unit_test(test_refusals),
                                       cmocka_unit_test(test_column_without_name),
                                       cmocka_unit_test(test_columns_left_out),
                                       cmocka_unit_test(test_targets_standardised_by_sequence),
                                       cmocka_unit_test(test_no_row_is_dropped)};
    return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
