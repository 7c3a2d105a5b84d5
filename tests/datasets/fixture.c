/* SPDX-License-Identifier: MIT */
/* The small data files that stand in for the real ones. */
#include "fixture.h"

#include <ftw.h>
#include <matio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "support/file.h"
#include "support/text.h"

gb_context *context;
static char folder[64];

static const fixture_mat plain = {.names = {"traindata", "validdata", "testdata"}, .doubles = true, .keys = 88};

const char *fixture_path(const char *name) {
    static char paths[4][256];
    static size_t next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

void fixture_write(const char *name, const void *bytes, size_t size) {
    assert_int_equal(file_replace(context, fixture_path(name), bytes, size), GB_OK);
}

uint8_t fixture_key(size_t part, size_t i, size_t f, size_t k) {
    return (k + part + 2 * i + f / 2) % 7 == 0 && k < 60;
}

size_t fixture_frames(size_t part, size_t i) {
    return 4 + 3 * i + part;
}

/* One sequence as matio wants it: column-major. */
static matvar_t *make_cell(const fixture_mat *mat, size_t part, size_t i) {
    size_t frames = fixture_frames(part, i), dims[2] = {frames, mat->keys};
    double *doubles = calloc(frames * mat->keys, sizeof *doubles);
    uint8_t *bytes = calloc(frames * mat->keys, 1);
    for (size_t k = 0; k < mat->keys; k++)
        for (size_t f = 0; f < frames; f++)
            doubles[k * frames + f] = bytes[k * frames + f] = fixture_key(part, i, f, k);
    if (mat->stray != 0) {
        doubles[0] = mat->stray;
        bytes[0] = (uint8_t)mat->stray;
    }
    matvar_t *cell = mat->doubles ? Mat_VarCreate(NULL, MAT_C_DOUBLE, MAT_T_DOUBLE, 2, dims, doubles, 0)
                                  : Mat_VarCreate(NULL, MAT_C_UINT8, MAT_T_UINT8, 2, dims, bytes, 0);
    assert_non_null(cell);
    free(doubles);
    free(bytes);
    return cell;
}

void fixture_write_mat(const char *name, const fixture_mat *mat) {
    unlink(fixture_path(name));
    mat_t *file = Mat_CreateVer(fixture_path(name), NULL, MAT_FT_MAT5);
    assert_non_null(file);
    for (size_t part = 0; part < 3; part++) {
        size_t count = part == 0 ? FIXTURE_SEQUENCES : FIXTURE_SEQUENCES - 1, dims[2] = {1, count};
        matvar_t *cells[FIXTURE_SEQUENCES];
        for (size_t i = 0; i < count; i++)
            cells[i] = make_cell(mat, part, i);
        double number = 1;
        size_t one[2] = {1, 1};
        matvar_t *variable = mat->no_cells
                                 ? Mat_VarCreate(mat->names[part], MAT_C_DOUBLE, MAT_T_DOUBLE, 2, one, &number, 0)
                                 : Mat_VarCreate(mat->names[part], MAT_C_CELL, MAT_T_CELL, 2, dims, cells, 0);
        assert_non_null(variable);
        assert_int_equal(Mat_VarWrite(file, variable, mat->compressed ? MAT_COMPRESSION_ZLIB : MAT_COMPRESSION_NONE),
                         0);
        if (mat->no_cells)
            for (size_t i = 0; i < count; i++)
                Mat_VarFree(cells[i]);
        Mat_VarFree(variable);
    }
    Mat_Close(file);
}

/* Letters and spaces, each followed by one of the three next in the alphabet (a space comes before a). */
static void write_text(void) {
    text t = {0};
    gb_random random = gb_random_stream(1, GB_RANDOM_TEST, 0);
    for (uint32_t i = 0, symbol = 0; i < 4000; i++) {
        symbol = (symbol + 1 + gb_random_below(&random, 3)) % 27;
        text_append(&t, "%c", symbol ? (int)('a' + symbol - 1) : ' ');
    }
    fixture_write("mirror/small.txt", t.data, t.length);
    text_free(&t);
}

uint8_t fixture_grey(bool test, size_t i, size_t p) {
    return (uint8_t)((7 * p + 23 * (i % 10)) % 251 + test);
}

void fixture_write_gzip(const char *name, const void *bytes, size_t size) {
    gzFile file = gzopen(fixture_path(name), "wb");
    assert_non_null(file);
    assert_int_equal(gzwrite(file, bytes, (unsigned)size), (int)size);
    assert_int_equal(gzclose(file), Z_OK);
}

/* The files of pixels, in the catalog's order. */
static const char *const fashion[][2] = {{"fashion-train-images", "train-images-idx3-ubyte.gz"},
                                         {"fashion-train-labels", "train-labels-idx1-ubyte.gz"},
                                         {"fashion-test-images", "t10k-images-idx3-ubyte.gz"},
                                         {"fashion-test-labels", "t10k-labels-idx1-ubyte.gz"}};

static void write_images(bool test) {
    enum { ITEM = FIXTURE_SIDE * FIXTURE_SIDE };
    uint8_t count = test ? FIXTURE_TEST_IMAGES : FIXTURE_IMAGES, labels[8 + FIXTURE_IMAGES] = {0, 0, 8, 1, 0, 0, 0};
    uint8_t images[16 + FIXTURE_IMAGES * ITEM] = {0, 0, 8, 3, 0, 0, 0, count, 0, 0, 0, FIXTURE_SIDE, 0, 0, 0};
    char name[64];
    images[15] = FIXTURE_SIDE;
    labels[7] = count;
    for (size_t i = 0; i < count; i++) {
        labels[8 + i] = i % 10;
        for (size_t p = 0; p < ITEM; p++)
            images[16 + i * ITEM + p] = fixture_grey(test, i, p);
    }
    snprintf(name, sizeof name, "mirror/%s", fashion[2 * test][1]);
    fixture_write_gzip(name, images, 16 + (size_t)count * ITEM);
    snprintf(name, sizeof name, "mirror/%s", fashion[2 * test + 1][1]);
    fixture_write_gzip(name, labels, 8 + (size_t)count);
}

static void add_entry(text *catalog, const char *name, const char *file, const char *where, const char *path) {
    char hex[65];
    size_t bytes;
    assert_int_equal(data_sha256_file(context, path, hex, &bytes), GB_OK);
    text_append(catalog, "%s: {file: %s, bytes: %zu, sha256: %s, licence: none, about: a test, ", name, file, bytes,
                hex);
    if (!strcmp(where, "url"))
        text_append(catalog, "url: 'file://%s'}\n", path);
    else if (!strcmp(where, "place"))
        text_append(catalog, "command: apt-get install x, place: '%s'}\n", path);
    else
        text_append(catalog, "command: apt-get install x}\n");
}

static void write_catalog(void) {
    text catalog = {0};
    add_entry(&catalog, "jsb", "small.mat", "url", fixture_path("mirror/small.mat"));
    add_entry(&catalog, "kjv", "small.txt", "command", fixture_path("mirror/small.txt"));
    add_entry(&catalog, "letters", "letters.txt", "url", fixture_path("origin/letters.txt"));
    add_entry(&catalog, "placed", "placed.txt", "place", fixture_path("origin/placed.txt"));
    for (size_t i = 0; i < sizeof fashion / sizeof *fashion; i++) {
        char name[64];
        snprintf(name, sizeof name, "mirror/%s", fashion[i][1]);
        add_entry(&catalog, fashion[i][0], fashion[i][1], "command", fixture_path(name));
    }
    fixture_write("share/catalog.yaml", catalog.data, catalog.length);
    text_free(&catalog);
}

void fixture_replace(const char *file, const void *bytes, size_t size) {
    char name[64];
    snprintf(name, sizeof name, "mirror/%s", file);
    fixture_write_gzip(name, bytes, size);
    write_catalog();
}

/* Words of two letters, then others: every kind of symbol that a text may have. */
static void write_own_text(void) {
    static const char *const words[] = {"the ",   "man ", "bit ", "the ", "dog, ", "\xC3\xA9t\xC3\xA9.\n",
                                        "don't ", "a "};
    text all = {0};
    for (size_t i = 0; i < 400; i++)
        text_append(&all, "%s", words[(i * i + i / 3) % 8]);
    fixture_write("own/text", all.data, all.length);
    text_free(&all);
}

/* Sequences of one to seven rows, two columns of numbers, a number and a class to ask for. */
static void write_own_table(void) {
    text all = {0};
    text_append(&all, "id,a,b,y,kind\n");
    for (size_t i = 0, id = 0; i < 300; i++) {
        id += i % 7 == id % 5;
        text_append(&all, "%zu,%zu.5,%zu,%zu.25,%s\n", id, i * i % 11, i % 13, i * i % 17,
                    i * i % 11 > 4 ? "up" : "Up");
    }
    fixture_write("own/table", all.data, all.length);
    text_free(&all);
}

/* Series of three to seven steps with two channels, of two classes. */
static void write_own_series(void) {
    text all = {0};
    text_append(&all, "@problemName small\n@timeStamps false\n@univariate false\n@classLabel true up Up\n@data\n");
    for (size_t i = 0; i < 30; i++) {
        for (size_t c = 0; c < 2; c++)
            for (size_t t = 0; t < 3 + i % 5; t++)
                text_append(&all, "%zu.5%s", (i * i + t * (c + 1)) % 9, t + 1 < 3 + i % 5 ? "," : ":");
        text_append(&all, "%s\n", i * i % 7 > 2 ? "up" : "Up");
    }
    fixture_write("own/series", all.data, all.length);
    text_free(&all);
}

int fixture_open(void **state) {
    (void)state;
    strcpy(folder, "/tmp/gatebench-datasets-test-XXXXXX");
    if (gb_context_create(NULL, &context) != GB_OK || !mkdtemp(folder))
        return 1;
    static const char *const folders[] = {"share", "mirror", "cache", "origin", "own"};
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        assert_int_equal(file_make_folder(context, fixture_path(folders[i])), GB_OK);
    setenv("GATEBENCH_SHARE", fixture_path("share"), 1);
    setenv("GATEBENCH_DATA_MIRROR", fixture_path("mirror"), 1);
    setenv("GATEBENCH_DATA_CACHE", fixture_path("cache"), 1);
    write_text();
    write_own_text();
    write_own_table();
    write_own_series();
    fixture_write_mat("mirror/small.mat", &plain);
    fixture_write("origin/letters.txt", "abc\ndef\n", 8);
    fixture_write("origin/placed.txt", "placed\n", 7);
    write_images(false);
    write_images(true);
    write_catalog();
    return 0;
}

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *walk) {
    (void)status, (void)type, (void)walk;
    return remove(path);
}

int fixture_close(void **state) {
    (void)state;
    gb_context_destroy(context);
    return nftw(folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

const char *fixture_own(const char *name_of_task) {
    char name[64];
    snprintf(name, sizeof name, "own/%s", name_of_task);
    return fixture_path(name);
}

task *fixture_task(const char *name, const char *key, const char *value) {
    const setting *file = task_type_option(task_type_find(name), "file"); /* it has no default */
    const char *const settings[2][2] = {{"file", file ? fixture_own(name) : NULL}, {key, value}};
    task *t;
    if (task_open(context, name, settings + !file, (file != NULL) + (key != NULL), &t) != GB_OK)
        fail_msg("%s: %s", name, gb_context_message(context));
    return t;
}

static bool same_bytes(const void *a, const void *b, size_t size) {
    return (!a && !b) || (a && b && !memcmp(a, b, size));
}

bool fixture_same(const task_shape *shape, const gb_batch *a, const gb_batch *b) {
    size_t n = a->sequences, cells = a->steps * n;
    if (a->steps != b->steps || n != b->sequences)
        return false;
    size_t answers = shape->head == GB_HEAD_LAST ? n : cells;
    return same_bytes(a->lengths, b->lengths, n * sizeof *a->lengths) &&
           same_bytes(a->tokens, b->tokens, cells * sizeof *a->tokens) &&
           same_bytes(a->inputs, b->inputs, cells * shape->input_size * sizeof *a->inputs) &&
           same_bytes(a->classes, b->classes, answers * sizeof *a->classes) &&
           same_bytes(a->targets, b->targets, answers * shape->output_size * sizeof *a->targets) &&
           same_bytes(a->marks, b->marks, cells) && same_bytes(a->carry, b->carry, n);
}
