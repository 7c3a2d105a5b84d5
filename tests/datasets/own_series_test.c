/* SPDX-License-Identifier: MIT */
/* The user's own series: .ts, .arff and .npz give the same sets, labels keep their case, the archive's test part is
 * used if it is beside the train part, and the message about a part that cannot be read names its line. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "datasets/files/recognise.h"
#include "fixture.h"
#include "support/text.h"

static gb_status try_series(const char *name, const char *written, size_t size, task **t) {
    const char *settings[][2] = {{"file", fixture_path(name)}, {"standardise", "no"}};
    fixture_write(name, written, size);
    return task_open(context, "series", (const char *const(*)[2])settings, 2, t);
}

static task *open_series(const char *name, const char *written) {
    task *t;
    if (try_series(name, written, strlen(written), &t) != GB_OK)
        fail_msg("%s", gb_context_message(context));
    return t;
}

static void refused(const char *name, const char *written, const char *sentence) {
    task *t;
    assert_int_equal(try_series(name, written, strlen(written), &t), GB_DATA);
    if (!strstr(gb_context_message(context), sentence))
        fail_msg("'%s' lacks '%s'", gb_context_message(context), sentence);
}

/* Five series of two channels and two or three steps: value 100 i + 10 c + t, classes "a", "A", "a", ... */
static const char ts[] = "# a comment\n@problemName Small\n@timeStamps false\n@missing false\n@univariate false\n"
                         "@dimension 2\n@equalLength false\n@classLabel true a A\n@data\n"
                         "0,1:10,11:a\n100,101,102:110,111,112:A\n200,201:210,211:a\n300,301:310,311:A\n"
                         " 400 , 401 : 410 , 411 : a\r\n";
static const char arff[] =
    "% a comment\n@relation 'Small set'\n@attribute dims relational\n"
    "  @attribute t0 numeric\n  @attribute t1 numeric\n@end dims\n@attribute class {a,'A'}\n@data\n"
    "'0,1\\n10,11',a\n\"100,101,102\\n110,111,112\",A\n'200,201\\n210,211',a\n"
    "'300,301\\n310,311','A'\n'400,401\\n410,411',a\n";

/* Every series, in whatever part, has its own numbers and class. */
static void check_series(task *t) {
    const task_shape *shape = task_get_shape(t);
    task_batch b = {0};
    size_t seen = 0;
    assert_int_equal(shape->input_size, 2);
    assert_int_equal(shape->output_size, 2);
    assert_int_equal(shape->longest, 3);
    assert_int_equal(shape->head, GB_HEAD_LAST);
    for (task_split split = TASK_TRAIN; split <= TASK_TEST; split++)
        for (size_t i = 0; i < shape->sequences[split]; i++, seen++) {
            assert_int_equal(task_get_batch(t, split, 1, i, 1, &b), GB_OK);
            size_t number = (size_t)b.inputs[0] / 100;
            assert_int_equal(b.lengths[0], number == 1 ? 3 : 2);
            assert_int_equal(b.classes[0], number % 2 ? 0 : 1); /* A stands before a */
            for (size_t s = 0; s < b.lengths[0]; s++)
                for (size_t c = 0; c < 2; c++)
                    assert_true(b.inputs[s * 2 + c] == (double)(100 * number + 10 * c + s));
        }
    assert_int_equal(seen, 5);
    task_batch_free(context, &b);
    task_close(t);
}

static void test_same_sets(void **state) {
    (void)state;
    check_series(open_series("own/small.ts", ts));
    check_series(open_series("own/small.arff", arff));
}

/* What a file is taken for. */
static void assert_kind(const char *name, const char *written, const char *kind) {
    recognised found;
    fixture_write(name, written, strlen(written));
    assert_int_equal(recognise_file(context, fixture_path(name), &found), GB_OK);
    assert_string_equal(found.kind, kind);
}

/* A byte order mark hides no format, and not all that begins with @ is a series. */
static void test_recognised(void **state) {
    (void)state;
    char marked[2][1024];
    snprintf(marked[0], sizeof marked[0], "\xEF\xBB\xBF%s", ts);
    snprintf(marked[1], sizeof marked[1], "\xEF\xBB\xBF%s", arff);
    check_series(open_series("own/marked.ts", marked[0]));
    check_series(open_series("own/marked.arff", marked[1]));
    for (size_t i = 0; i < 2; i++) {
        assert_kind("own/nameless", i ? arff : ts, i ? "time series (.arff)" : "time series (.ts)");
        assert_kind("own/nameless", marked[i], i ? "time series (.arff)" : "time series (.ts)");
    }
    assert_kind("own/small.ts", "@classLabell true a\n", "time series (.ts)");
    assert_kind("own/books.bib", "@book{b,\n  title = {Of cells}\n}\n", "a text");
}

static void test_univariate_arff(void **state) {
    (void)state;
    task *t = open_series("own/flat.arff", "@RELATION x\n@ATTRIBUTE 'att 0' REAL\n@attribute\tatt1\tnumeric\n"
                                           "@attribute y numeric\n@DATA\n1,2,0.5\n3,4,1.5\n5,6,2.5\n");
    assert_string_equal(task_get_shape(t)->metric, "mse");
    assert_int_equal(task_get_shape(t)->longest, 2);
    task_close(t);
}

static void test_archive_test_part(void **state) {
    (void)state;
    text train = {0}, test = {0};
    text_append(&train, "@classLabel true x y\n@data\n");
    text_append(&test, "@classLabel true x y\n@data\n");
    for (size_t i = 0; i < 10; i++)
        text_append(&train, "%zu,1:%s\n", i, i % 2 ? "x" : "y");
    for (size_t i = 0; i < 4; i++)
        text_append(&test, "%zu,2:%s\n", 50 + i, i % 2 ? "x" : "y");
    fixture_write("own/S_TEST.ts", test.data, test.length);
    task *t = open_series("own/S_TRAIN.ts", train.data);
    assert_int_equal(task_get_shape(t)->sequences[TASK_TRAIN], 8);
    assert_int_equal(task_get_shape(t)->sequences[TASK_VALID], 2);
    assert_int_equal(task_get_shape(t)->sequences[TASK_TEST], 4);
    char first[65];
    strcpy(first, task_sha256(t));
    task_batch b = {0};
    for (size_t i = 0; i < 4; i++) { /* in the order of the file */
        assert_int_equal(task_get_batch(t, TASK_TEST, 1, i, 1, &b), GB_OK);
        assert_true(b.inputs[0] == (double)(50 + i) && b.inputs[1] == 2);
    }
    task_batch_free(context, &b);
    task_close(t);
    const char *both[][2] = {
        {"file", fixture_path("own/S_TRAIN.ts")}, {"test", fixture_path("own/S_TEST.ts")}, {"split", "drawn"}};
    assert_int_equal(task_open(context, "series", (const char *const(*)[2])both, 3, &t), GB_INVALID);
    assert_non_null(strstr(gb_context_message(context), "split=drawn draws the test series from file="));
    test.data[test.length - 2] = 'y'; /* another test part is another task */
    fixture_write("own/S_TEST.ts", test.data, test.length);
    t = open_series("own/S_TRAIN.ts", train.data);
    assert_string_not_equal(task_sha256(t), first);
    task_close(t);
    text_free(&train);
    text_free(&test);
}

/* Images row by row, with the labels beside; other labels are another task. */
static void test_idx(void **state) {
    (void)state;
    uint8_t images[16 + 6 * 4] = {0, 0, 8, 3, 0, 0, 0, 6, 0, 0, 0, 2, 0, 0, 0, 2},
                            labels[8 + 6] = {0, 0, 8, 1, 0, 0, 0, 6};
    for (size_t i = 0; i < 24; i++)
        images[16 + i] = (uint8_t)i;
    for (size_t i = 0; i < 6; i++)
        labels[8 + i] = (uint8_t)(i % 2 ? 10 : 9);
    fixture_write_gzip("own/my-images-idx3.gz", images, sizeof images);
    const char *settings[][2] = {{"file", fixture_path("own/my-images-idx3.gz")}, {"standardise", "no"}};
    task *t;
    assert_int_equal(task_open(context, "series", (const char *const(*)[2])settings, 2, &t), GB_DATA);
    assert_non_null(strstr(gb_context_message(context), "own/my-labels-idx1.gz: cannot be opened"));
    char first[65] = "";
    for (size_t round = 0; round < 2; round++) {
        labels[8] = round ? 10 : 9;
        fixture_write_gzip("own/my-labels-idx1.gz", labels, sizeof labels);
        assert_int_equal(task_open(context, "series", (const char *const(*)[2])settings, 2, &t), GB_OK);
        assert_int_equal(task_get_shape(t)->input_size, 2);
        assert_int_equal(task_get_shape(t)->longest, 2);
        assert_int_equal(task_get_shape(t)->output_size, 2); /* 9 stands before 10 */
        task_batch b = {0};
        assert_int_equal(task_get_batch(t, TASK_TEST, 1, 0, 1, &b), GB_OK);
        assert_true(b.inputs[3] == b.inputs[0] + 3);
        assert_int_equal(b.classes[0], round && b.inputs[0] == 0 ? 1 : (int)b.inputs[0] / 4 % 2);
        assert_string_not_equal(task_sha256(t), first);
        strcpy(first, task_sha256(t));
        task_batch_free(context, &b);
        task_close(t);
    }
}

/* The published layout of piano rolls, in a file of the user's. */
/* Of four series one cannot be trained on and chosen by. */
static void test_too_few(void **state) {
    (void)state;
    const char test[] = "@classLabel true x y\n@data\n1:x\n2:y\n3:x\n";
    task *t;
    fixture_write("own/few_TEST.ts", test, sizeof test - 1);
    const char train[] = "@classLabel true x y\n@data\n1:x\n";
    assert_int_equal(try_series("own/few_TRAIN.ts", train, sizeof train - 1, &t), GB_INVALID);
    assert_non_null(strstr(gb_context_message(context), "1 sequence cannot be split into train and valid, beside those "
                                                        "for testing; at least two are needed"));
}

static void test_own_mat(void **state) {
    (void)state;
    task *set, *own;
    const char *const settings[][2] = {{"mat", fixture_path("mirror/small.mat")}}, *const gone[][2] = {{"mat", "gone"}};
    assert_int_equal(task_open(context, "music", NULL, 0, &set), GB_OK);
    assert_int_equal(task_open(context, "music", settings, 1, &own), GB_OK);
    assert_string_equal(task_sha256(own), task_sha256(set));
    task_close(set);
    task_close(own);
    assert_int_equal(task_open(context, "music", gone, 1, &own), GB_DATA);
}

#define HEAD "@classLabel true a b\n@data\n"

static void test_refused_ts(void **state) {
    (void)state;
    refused("own/x.ts", HEAD "1,2:a\n1,?:b\n", "own/x.ts:4:3: a value is missing");
    refused("own/x.ts", HEAD "1,2:a\n1,NaN,3:b\n", "own/x.ts:4:3: a value is missing");
    refused("own/x.ts", HEAD "1,2:a\n1,x:b\n", "own/x.ts:4:3: expected a number, found 'x'");
    refused("own/x.ts", HEAD "1,2:a\n1,2:B\n",
            "own/x.ts:4:5: 'B' is not among the classes that the header lists: a, b");
    refused("own/x.ts", HEAD "1,2:3:a\n", "own/x.ts:3:5: channel 2 has 1 values, but channel 1 has 2");
    refused("own/x.ts", HEAD "1,2:3,4:a\n1,2:b\n", "own/x.ts:4:1: 1 channel, but earlier series have 2");
    refused("own/x.ts", HEAD "1,2\n", "own/x.ts:3:1: expected values, a colon, and the class");
    refused("own/x.ts", HEAD "(0,1),(1,2):a\n", "values with timestamps are not supported");
    refused("own/x.ts", "@timeStamps true\n" HEAD "1:a\n", "own/x.ts:1:1: series with timestamps are not supported");
    refused("own/x.ts", "@classlabels true\n@data\n", "own/x.ts:1:1: unknown directive '@classlabels'");
    refused("own/x.ts", "@classLabel yes\n@data\n", "own/x.ts:1:13: expected true or false, found 'yes'");
    refused("own/x.ts", "@problemName x\n@data\n1:a\n", "own/x.ts:2:1: neither @classLabel true");
    refused("own/x.ts", "@classLabel true a\n", "has no @data line");
    refused("own/x.ts", HEAD, "contains no series");
    refused("own/x.ts", HEAD "1:a\n2:a\n3:a\n", "all series are of the class 'a'");
    refused("own/x.ts", "@equalLength true\n" HEAD "1,2,3:a\n4,5:b\n",
            "own/x.ts:5:1: 2 values per channel, but by @equalLength and the earlier series there must be 3");
    refused("own/x.ts", "@equalLength true\n@seriesLength 3\n" HEAD "1,2:a\n",
            "2 values per channel, but by @equalLength and @seriesLength there must be 3");
    refused("own/x.ts", "@seriesLength 0\n" HEAD "1:a\n", "own/x.ts:1:15: expected a whole number from 1");
    refused("own/x.ts", HEAD "1:\n", "own/x.ts:3:3: the class is missing");
}

#define ATTRIBUTES "@relation x\n@attribute t0 numeric\n@attribute t1 numeric\n@attribute c {a,b}\n@data\n"

static void test_refused_arff(void **state) {
    (void)state;
    refused("own/x.arff", ATTRIBUTES "1,2,a\n1,?,b\n", "own/x.arff:7:3: a value is missing");
    refused("own/x.arff", ATTRIBUTES "1,2,A\n", "own/x.arff:6:5: 'A' is not among the classes");
    refused("own/x.arff", ATTRIBUTES "1,2,a,3\n", "own/x.arff:6:7: more values than the 3 attributes");
    refused("own/x.arff", ATTRIBUTES "1,2\n", "own/x.arff:6:4: fewer values than the 3 attributes");
    refused("own/x.arff", ATTRIBUTES "{0 1}\n", "sparse rows");
    refused("own/x.arff", ATTRIBUTES "1,2,'a\n", "own/x.arff:6:5: the quotation mark ' is not closed");
    refused("own/x.arff", "@relation x\n@attribute d date\n@data\n", "own/x.arff:2:14: an attribute of type 'date'");
    refused("own/x.arff", "@relation x\n@attribute c {a}\n@attribute t numeric\n@data\n", "the class must be the last");
    refused("own/x.arff", "@relation x\n@attribute d relational\n@attribute t numeric\n", "has no @end");
    refused("own/x.arff", "@relation x\nstray\n", "own/x.arff:2:1: expected @relation, @attribute or @data");
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_same_sets),         cmocka_unit_test(test_univariate_arff),
                                       cmocka_unit_test(test_archive_test_part), cmocka_unit_test(test_idx),
                                       cmocka_unit_test(test_own_mat),           cmocka_unit_test(test_refused_ts),
                                       cmocka_unit_test(test_refused_arff),      cmocka_unit_test(test_too_few),
                                       cmocka_unit_test(test_recognised)};
    return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
