/* SPDX-License-Identifier: MIT */
/* The MAT loader on files that the test writes, right and wrong, and the music task on the small right one. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "datasets/files/mat.h"
#include "fixture.h"
#include "support/file.h"

#define NAMES                                                                                                          \
    { "traindata", "validdata", "testdata" }

static void check_rolls(const mat_rolls *rolls) {
    for (size_t part = 0; part < MAT_PARTS; part++) {
        assert_int_equal(rolls->count[part], part == 0 ? FIXTURE_SEQUENCES : FIXTURE_SEQUENCES - 1);
        for (size_t i = 0; i < rolls->count[part]; i++) {
            const mat_roll *roll = &rolls->part[part][i];
            assert_int_equal(roll->frames, fixture_frames(part, i));
            for (size_t f = 0; f < roll->frames; f++)
                for (size_t k = 0; k < MAT_KEYS; k++)
                    assert_int_equal(roll->keys[f * MAT_KEYS + k], fixture_key(part, i, f, k));
        }
    }
}

static void test_right_files(void **state) {
    (void)state;
    for (int i = 0; i < 4; i++) {
        fixture_mat mat = {.names = NAMES, .doubles = i & 1, .compressed = i & 2, .keys = 88};
        mat_rolls rolls;
        fixture_write_mat("right.mat", &mat);
        if (mat_read(context, fixture_path("right.mat"), "", &rolls) != GB_OK)
            fail_msg("%s", gb_context_message(context));
        check_rolls(&rolls);
        mat_free(context, &rolls);
    }
}

static void refuse(const char *words) {
    mat_rolls rolls;
    assert_int_equal(mat_read(context, fixture_path("wrong.mat"), "fetch it anew", &rolls), GB_DATA);
    mat_free(context, &rolls);
    const char *message = gb_context_message(context);
    if (!strstr(message, "wrong.mat: ") || !strstr(message, words) || !strstr(message, "fetch it anew"))
        fail_msg("\"%s\" does not name file, remedy and \"%s\"", message, words);
}

static void test_wrong_files(void **state) {
    (void)state;
    static const struct {
        fixture_mat mat;
        const char *words;
    } wrong[] = {{{.names = {"traindata", "validata", "testdata"}, .keys = 88}, "validdata is missing or truncated"},
                 {{.names = NAMES, .no_cells = true, .keys = 88}, "traindata is not a list of sequences"},
                 {{.names = NAMES, .keys = 87}, "sequence 1 of traindata is not a matrix"},
                 {{.names = NAMES, .keys = 88, .stray = 2}, "keys of 0 and 1"},
                 {{.names = NAMES, .keys = 88, .doubles = true, .stray = 0.5}, "keys of 0 and 1"}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        fixture_write_mat("wrong.mat", &wrong[i].mat);
        refuse(wrong[i].words);
    }
    static const char no_mat[] = "This is not a MAT file but a page that says the file has moved.\n";
    fixture_write("wrong.mat", no_mat, sizeof no_mat);
    refuse("is not a complete MAT 5 file");
    fixture_write("wrong.mat", "", 0);
    refuse("is not a complete MAT 5 file");
    remove(fixture_path("wrong.mat"));
    refuse("is not a complete MAT 5 file");
}

/* Sends stderr into a file until it is restored; restoring it returns the number of bytes written. */
static int stderr_take(FILE *into) {
    int kept = dup(STDERR_FILENO);
    assert_true(kept >= 0 && dup2(fileno(into), STDERR_FILENO) >= 0);
    return kept;
}

static long stderr_give_back(int kept, FILE *from) {
    fflush(stderr);
    assert_true(dup2(kept, STDERR_FILENO) >= 0);
    close(kept);
    fseek(from, 0, SEEK_END);
    return ftell(from);
}

/* matio has words of its own for a file that is not what it should be; none of them reaches the user. */
static void test_matio_is_silent(void **state) {
    FILE *written = tmpfile();
    assert_non_null(written);
    int kept = stderr_take(written);
    test_wrong_files(state);
    long length = stderr_give_back(kept, written);
    fclose(written);
    assert_int_equal(length, 0);
}

/* Cut off anywhere, the file is refused: no crash, no part of it taken for the whole. */
static void test_truncated_files(void **state) {
    (void)state;
    for (int compressed = 0; compressed < 2; compressed++) {
        fixture_mat mat = {.names = NAMES, .doubles = true, .compressed = compressed, .keys = 88};
        char *bytes;
        size_t size;
        fixture_write_mat("right.mat", &mat);
        assert_int_equal(file_read(context, fixture_path("right.mat"), 1 << 20, &bytes, &size), GB_OK);
        for (size_t i = 0; i < 40; i++) {
            fixture_write("wrong.mat", bytes, size * i / 40);
            refuse("truncated");
        }
        fixture_write("wrong.mat", bytes, size - 1);
        refuse("truncated");
        free(bytes);
    }
}

static void test_batches(void **state) {
    (void)state;
    task *t = fixture_task("music", NULL, NULL);
    const task_shape *shape = task_get_shape(t);
    assert_int_equal(shape->sequences[TASK_TRAIN], 3);
    assert_int_equal(shape->longest, fixture_frames(0, 2) - 1);
    task_batch batch = {0};
    assert_int_equal(task_get_batch(t, TASK_TEST, 1, 0, 8, &batch), GB_OK);
    size_t n = batch.batch.sequences;
    assert_int_equal(n, 2);
    assert_int_equal(batch.batch.steps, fixture_frames(2, 1) - 1);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(batch.lengths[i], fixture_frames(2, i) - 1);
        for (size_t s = 0; s < batch.batch.steps; s++) {
            for (size_t k = 0; k < MAT_KEYS; k++) {
                size_t at = (s * n + i) * MAT_KEYS + k;
                bool inside = s < batch.lengths[i];
                assert_true(batch.inputs[at] == (inside ? fixture_key(2, i, s, k) : 0));
                assert_true(batch.targets[at] == (inside ? fixture_key(2, i, s + 1, k) : 0));
            }
        }
    }
    task_batch_free(context, &batch);
    task_close(t);
}

/* Each epoch has every sequence once; lengths distinguish them. */
static void test_epochs(void **state) {
    (void)state;
    task *t = fixture_task("music", NULL, NULL);
    task_batch batch = {0};
    for (size_t epoch = 0; epoch < 5; epoch++) {
        size_t sum = 0;
        assert_int_equal(task_get_batch(t, TASK_TRAIN, 1, epoch, 3, &batch), GB_OK);
        for (size_t i = 0; i < 3; i++)
            sum += batch.lengths[i];
        assert_int_equal(sum, fixture_frames(0, 0) + fixture_frames(0, 1) + fixture_frames(0, 2) - 3);
    }
    task_batch_free(context, &batch);
    task_close(t);
}

/* The definition, written out slowly for one key at a time. */
static double expected_marginal(void) {
    double sum = 0;
    size_t test_frames = 0;
    for (size_t k = 0; k < MAT_KEYS; k++) {
        size_t on = 0, all = 0;
        for (size_t i = 0; i < FIXTURE_SEQUENCES; i++)
            for (size_t f = 0; f < fixture_frames(0, i); f++, all++)
                on += fixture_key(0, i, f, k);
        double p = (double)(on + 1) / (double)(all + 2);
        test_frames = 0;
        for (size_t i = 0; i < FIXTURE_SEQUENCES - 1; i++)
            for (size_t f = 0; f < fixture_frames(2, i); f++, test_frames++)
                sum -= log(fixture_key(2, i, f, k) ? p : 1 - p);
    }
    return sum / (double)test_frames;
}

static double expected_markov(void) {
    double sum = 0;
    size_t test_frames = 0;
    for (size_t k = 0; k < MAT_KEYS; k++) {
        double on[2] = {1, 1}, all[2] = {2, 2};
        for (size_t i = 0; i < FIXTURE_SEQUENCES; i++) {
            for (size_t f = 1; f < fixture_frames(0, i); f++) {
                all[fixture_key(0, i, f - 1, k)]++;
                on[fixture_key(0, i, f - 1, k)] += fixture_key(0, i, f, k);
            }
        }
        test_frames = 0;
        for (size_t i = 0; i < FIXTURE_SEQUENCES - 1; i++) {
            for (size_t f = 1; f < fixture_frames(2, i); f++, test_frames++) {
                uint8_t last = fixture_key(2, i, f - 1, k);
                double p = on[last] / all[last];
                sum -= log(fixture_key(2, i, f, k) ? p : 1 - p);
            }
        }
    }
    return sum / (double)test_frames;
}

static void test_baselines(void **state) {
    (void)state;
    task *t = fixture_task("music", NULL, NULL);
    task_baseline b[8];
    assert_int_equal(task_get_baselines(t, b, 8), 5);
    assert_string_equal(b[1].name, "marginal");
    assert_string_equal(b[1].metric, "nll");
    assert_true(fabs(b[1].value - expected_marginal()) < 1e-12);
    assert_string_equal(b[2].metric, "nll_sequence_mean");
    assert_string_equal(b[3].name, "markov1");
    assert_true(fabs(b[3].value - expected_markov()) < 1e-12);
    task_close(t);
}

static void test_damaged_set_names_file_and_remedy(void **state) {
    (void)state;
    char *bytes;
    size_t size;
    task *t;
    assert_int_equal(file_read(context, fixture_path("mirror/small.mat"), 1 << 20, &bytes, &size), GB_OK);
    fixture_write("mirror/small.mat", bytes, size - 1);
    assert_int_equal(task_open(context, "music", NULL, 0, &t), GB_DATA);
    assert_non_null(strstr(gb_context_message(context), "small.mat"));
    assert_non_null(strstr(gb_context_message(context), "gatebench data fetch jsb"));
    fixture_write("mirror/small.mat", bytes, size);
    free(bytes);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_right_files),     cmocka_unit_test(test_wrong_files),
        cmocka_unit_test(test_truncated_files), cmocka_unit_test(test_matio_is_silent),
        cmocka_unit_test(test_batches),         cmocka_unit_test(test_epochs),
        cmocka_unit_test(test_baselines),       cmocka_unit_test(test_damaged_set_names_file_and_remedy),
    };
    return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
