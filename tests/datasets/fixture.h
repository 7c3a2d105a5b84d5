/* SPDX-License-Identifier: MIT */
/* A folder with a catalog and small data files under the names of the real ones, for the tests of this room. */
#ifndef GATEBENCH_TESTS_DATASETS_FIXTURE_H
#define GATEBENCH_TESTS_DATASETS_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "datasets/files/catalog.h"
#include "datasets/task.h"

/* Set by fixture_open, which points GATEBENCH_SHARE, GATEBENCH_DATA_MIRROR and GATEBENCH_DATA_CACHE into a new folder;
 * the catalog there has jsb (small.mat), kjv (small.txt), for fetching letters (letters.txt by a file: URL), placed
 * (origin/placed.txt, where a package would have put it) and the four files of pixels. */
extern gb_context *context;
int fixture_open(void **state);
int fixture_close(void **state);

/* A path in the folder ("mirror/small.mat", "cache/x"), in static memory that the fourth next call reuses. */
const char *fixture_path(const char *name);
void fixture_write(const char *name, const void *bytes, size_t size);

/* What a MAT file shall hold: the variables' names, class double or uint8, keys a frame, one value. */
typedef struct fixture_mat {
    const char *names[3];
    bool doubles, compressed, no_cells;
    size_t keys;
    double stray; /* written over the first value when it is not 0 */
} fixture_mat;
void fixture_write_mat(const char *name, const fixture_mat *mat);

/* The value of key k in frame f of sequence i of a part; sequence i has fixture_frames(part, i) frames. */
uint8_t fixture_key(size_t part, size_t i, size_t f, size_t k);
size_t fixture_frames(size_t part, size_t i);
enum { FIXTURE_SEQUENCES = 3 }; /* in train; 2 in valid and in test */

/* The small images of pixels: FIXTURE_IMAGES of train and FIXTURE_TEST_IMAGES of test; image i is of class i % 10. */
enum { FIXTURE_SIDE = 6, FIXTURE_IMAGES = 36, FIXTURE_TEST_IMAGES = 12 };
uint8_t fixture_grey(bool test, size_t i, size_t p);
void fixture_write_gzip(const char *name, const void *bytes, size_t size);
/* Writes a file of the mirror, gzip'ed, and the catalog that says it is right. */
void fixture_replace(const char *file, const void *bytes, size_t size);

/* The fixture's file for a task of the user's own data. */
const char *fixture_own(const char *name_of_task);

/* Opens a task with one setting (key NULL: none), and with its file where it takes one; fails the test with the message
 * when it cannot. */
task *fixture_task(const char *name, const char *key, const char *value);

/* Whether two batches hold the same. */
bool fixture_same(const task_shape *shape, const gb_batch *a, const gb_batch *b);

#endif
