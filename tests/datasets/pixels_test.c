/* SPDX-License-Identifier: MIT */
/* The pixels task on small images: rows and pixels hold the same values, the permutation is one for all images, splits
 * are where they should be, and damaged IDX files are refused with the reason and the remedy. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "datasets/files/idx.h"
#include "fixture.h"
#include "support/file.h"

enum { SIDE = FIXTURE_SIDE, ITEM = SIDE * SIDE };

static task *open_pixels(const char *view, const char *permuted, const char *examples) {
    const char *const settings[3][2] = {{"view", view}, {"permuted", permuted}, {"examples", examples}};
    task *t;
    if (task_open(context, "pixels", settings, 3, &t) != GB_OK)
        fail_msg("%s", gb_context_message(context));
    return t;
}

/* Row 0 of a batch as the image it is, and that it is the one of the number. */
static void check_image(const gb_batch *b, size_t row, bool test, size_t number) {
    for (size_t p = 0; p < ITEM; p++) {
        size_t width = b->steps == ITEM ? 1 : SIDE;
        double value = b->inputs[(p / width * b->sequences + row) * width + p % width];
        assert_true(value == fixture_grey(test, number, p) / 255.0);
    }
    assert_int_equal(b->classes[row], number % 10);
}

static void test_views_and_splits(void **state) {
    (void)state;
    static const char *const views[] = {"rows", "pixels"};
    for (size_t v = 0; v < 2; v++) {
        task *t = open_pixels(views[v], "no", "0");
        const task_shape *shape = task_get_shape(t);
        task_batch batch = {0};
        assert_int_equal(shape->longest, v ? ITEM : SIDE);
        assert_int_equal(shape->input_size, v ? 1 : SIDE);
        assert_int_equal(shape->sequences[TASK_TRAIN], FIXTURE_IMAGES - FIXTURE_IMAGES / 12);
        assert_int_equal(shape->sequences[TASK_VALID], FIXTURE_IMAGES / 12);
        assert_int_equal(shape->sequences[TASK_TEST], FIXTURE_TEST_IMAGES);
        assert_int_equal(task_get_batch(t, TASK_VALID, 1, 0, 2, &batch), GB_OK);
        check_image(&batch.batch, 0, false, FIXTURE_IMAGES - FIXTURE_IMAGES / 12);
        assert_int_equal(task_get_batch(t, TASK_TEST, 1, 1, 2, &batch), GB_OK);
        check_image(&batch.batch, 1, true, 3);
        task_batch_free(context, &batch);
        task_close(t);
    }
    task *t = open_pixels("rows", "no", "1");
    assert_int_equal(task_get_shape(t)->sequences[TASK_VALID], 1);
    assert_int_equal(task_get_shape(t)->sequences[TASK_TEST], 1);
    task_close(t);
}

/* The same places for every image, in both views, and not the plain ones. */
static void test_permutation(void **state) {
    (void)state;
    task *plain = open_pixels("pixels", "no", "0"), *permuted = open_pixels("pixels", "yes", "0"),
         *rows = open_pixels("rows", "yes", "0");
    task_batch a = {0}, b = {0}, c = {0};
    size_t moved = 0, place[ITEM];
    for (size_t index = 0; index < 2; index++) {
        assert_int_equal(task_get_batch(plain, TASK_TEST, 1, index, 1, &a), GB_OK);
        assert_int_equal(task_get_batch(permuted, TASK_TEST, 1, index, 1, &b), GB_OK);
        assert_int_equal(task_get_batch(rows, TASK_TEST, 1, index, 1, &c), GB_OK);
        for (size_t p = 0; p < ITEM; p++) {
            assert_true(b.inputs[p] == c.inputs[p]);
            if (index == 0) { /* the pixels of one image differ: where this one came from */
                for (place[p] = 0; place[p] < ITEM && a.inputs[place[p]] != b.inputs[p];)
                    place[p]++;
                moved += place[p] != p;
            }
            assert_true(place[p] < ITEM && b.inputs[p] == a.inputs[place[p]]);
        }
    }
    assert_true(moved > ITEM / 2);
    task *all[] = {plain, permuted, rows};
    task_batch *batches[] = {&a, &b, &c};
    for (size_t i = 0; i < 3; i++) {
        task_batch_free(context, batches[i]);
        task_close(all[i]);
    }
}

/* Images of class k are a shifted ramp, the same in train and test but for a little: each is nearest to its mean. */
static void test_baselines(void **state) {
    (void)state;
    task *t = open_pixels("rows", "no", "0");
    task_baseline b[4];
    assert_int_equal(task_get_baselines(t, b, 4), 2);
    assert_true(b[0].value == 0.1);
    assert_true(b[1].value == 1);
    assert_int_equal(strlen(task_sha256(t)), 64);
    task_close(t);
}

static void refused(const char *name, size_t dimensions, const char *words) {
    idx_array array;
    assert_int_equal(idx_read(context, fixture_path(name), "the remedy", dimensions, &array), GB_DATA);
    assert_null(array.values);
    const char *message = gb_context_message(context);
    if (!strstr(message, words) || !strstr(message, name) || !strstr(message, "the remedy"))
        fail_msg("\"%s\" does not say \"%s\", the file and the remedy", message, words);
}

static void test_damaged_files_are_refused(void **state) {
    (void)state;
    static const uint8_t labels[] = {0, 0, 8, 1, 0, 0, 0, 3, 7, 8, 9};
    static const struct {
        uint8_t bytes[20];
        size_t size;
        size_t dimensions;
        const char *words;
    } wrong[] = {
        {{0, 0, 8, 3, 0, 0, 0, 3, 7, 8, 9}, 11, 1, "0x00000801"},
        {{0, 0, 9, 1, 0, 0, 0, 3, 7, 8, 9}, 11, 1, "0x00000801"},
        {{0, 0, 8, 1, 0, 0, 0, 3, 7, 8, 9, 0, 0, 0, 0, 0}, 16, 3, "0x00000803"},
        {{0, 0, 8, 1, 0, 0}, 6, 1, "header is truncated"},
        {{0, 0, 8, 1, 0, 0, 0, 0}, 8, 1, "impossible size"},
        {{0, 0, 8, 1, 255, 255, 255, 255, 1}, 9, 1, "impossible size"},
        {{0, 0, 8, 3, 0, 15, 255, 255, 0, 15, 255, 255, 0, 15, 255, 255}, 16, 3, "impossible size"},
        {{0, 0, 8, 1, 0, 0, 0, 4, 7, 8, 9}, 11, 1, "fewer values"},
        {{0, 0, 8, 1, 0, 0, 0, 2, 7, 8, 9}, 11, 1, "more values"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        fixture_write_gzip("cache/wrong.gz", wrong[i].bytes, wrong[i].size);
        refused("cache/wrong.gz", wrong[i].dimensions, wrong[i].words);
    }
    fixture_write("cache/plain", labels, sizeof labels);
    refused("cache/plain", IDX_LABELS, "not a gzip file");
    fixture_write("cache/empty", "", 0);
    refused("cache/empty", IDX_LABELS, "not a gzip file");
    idx_array array;
    fixture_write_gzip("cache/right.gz", labels, sizeof labels);
    assert_int_equal(idx_read(context, fixture_path("cache/right.gz"), "", IDX_LABELS, &array), GB_OK);
    assert_int_equal(array.count, 3);
    assert_int_equal(array.values[2], 9);
    idx_free(context, &array);
    assert_int_equal(idx_read(context, fixture_path("cache/none.gz"), "", IDX_LABELS, &array), GB_IO);
}

/* Reads these bytes as a file of labels. Written without the fsync of fixture_write: there are hundreds. */
static gb_status read_labels(const char *bytes, size_t size, idx_array *array) {
    const char *path = fixture_path("cache/labels.gz");
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
    return idx_read(context, path, "", IDX_LABELS, array);
}

/* A file so small that zlib sees its end before it gives its first byte: what is wrong is the packing, not the header.
 */
static void test_cut_and_damaged_packing_are_named(void **state) {
    (void)state;
    static const uint8_t labels[] = {0, 0, 8, 1, 0, 0, 0, 3, 7, 8, 9};
    char *bytes;
    size_t size;
    fixture_write_gzip("cache/right.gz", labels, sizeof labels);
    assert_int_equal(file_read(context, fixture_path("cache/right.gz"), 1 << 10, &bytes, &size), GB_OK);
    for (size_t cut = 2; cut < size; cut++) {
        fixture_write("cache/cut.gz", bytes, cut);
        refused("cache/cut.gz", IDX_LABELS, "compressed data are truncated");
    }
    bytes[size - 5] = (char)~bytes[size - 5]; /* of the checksum */
    fixture_write("cache/damaged.gz", bytes, size);
    refused("cache/damaged.gz", IDX_LABELS, "gzip's checksum");
    free(bytes);
}

/* Cut anywhere, and with any bit of any byte flipped, a file is refused or says exactly what it said. */
static void test_every_cut_and_flip(void **state) {
    (void)state;
    char *bytes;
    size_t size;
    const char *name = "mirror/train-labels-idx1-ubyte.gz";
    assert_int_equal(file_read(context, fixture_path(name), 1 << 16, &bytes, &size), GB_OK);
    idx_array whole, array;
    assert_int_equal(idx_read(context, fixture_path(name), "", IDX_LABELS, &whole), GB_OK);
    for (size_t cut = 1; cut < size; cut++)
        assert_int_equal(read_labels(bytes, cut, &array), GB_DATA);
    for (size_t bit = 0; bit < 8 * size; bit++) {
        bytes[bit / 8] ^= (char)(1 << bit % 8);
        gb_status status = read_labels(bytes, size, &array);
        bytes[bit / 8] ^= (char)(1 << bit % 8);
        if (status == GB_OK) {
            assert_int_equal(array.count, whole.count);
            assert_memory_equal(array.values, whole.values, whole.count);
            idx_free(context, &array);
        }
    }
    idx_free(context, &whole);
    free(bytes);
}

/* A file whose content is not the catalog's never reaches the reader: the sentence names it and how to get it. */
static void test_wrong_file_of_the_task(void **state) {
    (void)state;
    char *bytes;
    size_t size;
    const char *path = fixture_path("mirror/t10k-labels-idx1-ubyte.gz");
    assert_int_equal(file_read(context, path, 1 << 16, &bytes, &size), GB_OK);
    fixture_write("mirror/t10k-labels-idx1-ubyte.gz", bytes, size - 1);
    task *t;
    assert_int_equal(task_open(context, "pixels", NULL, 0, &t), GB_DATA);
    assert_null(t);
    assert_non_null(strstr(gb_context_message(context), "t10k-labels-idx1-ubyte.gz: has"));
    assert_non_null(strstr(gb_context_message(context), "gatebench data fetch fashion-test-labels"));
    unlink(fixture_path("mirror/t10k-labels-idx1-ubyte.gz"));
    assert_int_equal(task_open(context, "pixels", NULL, 0, &t), GB_DATA);
    assert_non_null(strstr(gb_context_message(context), "t10k-labels-idx1-ubyte.gz"));
    assert_non_null(strstr(gb_context_message(context), "apt-get install x"));
    fixture_write("mirror/t10k-labels-idx1-ubyte.gz", bytes, size);
    free(bytes);
}

/* Files that are whole and do not belong together. */
static void test_files_that_do_not_belong_together(void **state) {
    (void)state;
    uint8_t labels[8 + FIXTURE_TEST_IMAGES] = {0, 0, 8, 1, 0, 0, 0, FIXTURE_TEST_IMAGES - 1};
    task *t;
    fixture_replace("t10k-labels-idx1-ubyte.gz", labels, sizeof labels - 1);
    assert_int_equal(task_open(context, "pixels", NULL, 0, &t), GB_DATA);
    assert_non_null(strstr(gb_context_message(context), "do not belong together"));
    labels[7]++;
    labels[10] = 10;
    fixture_replace("t10k-labels-idx1-ubyte.gz", labels, sizeof labels);
    assert_int_equal(task_open(context, "pixels", NULL, 0, &t), GB_DATA);
    assert_non_null(strstr(gb_context_message(context), "label 3 is 10"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_views_and_splits),
        cmocka_unit_test(test_permutation),
        cmocka_unit_test(test_baselines),
        cmocka_unit_test(test_damaged_files_are_refused),
        cmocka_unit_test(test_cut_and_damaged_packing_are_named),
        cmocka_unit_test(test_every_cut_and_flip),
        cmocka_unit_test(test_wrong_file_of_the_task),
        cmocka_unit_test(test_files_that_do_not_belong_together),
    };
    return cmocka_run_group_tests(tests, fixture_open, fixture_close);
}
