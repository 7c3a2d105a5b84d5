/* SPDX-License-Identifier: MIT */
/* Reads piano rolls from MAT files in the format of Boulanger-Lewandowski's sets: cell arrays traindata, validdata and
 * testdata of frames x 88 matrices of 0 and 1. Internal to this room; tests read their own files through it. */
#ifndef GATEBENCH_DATASETS_FILES_MAT_H
#define GATEBENCH_DATASETS_FILES_MAT_H

#include "gatebench/gatebench.h"

enum { MAT_KEYS = 88, MAT_PARTS = 3 };

typedef struct mat_roll {
    size_t frames;
    uint8_t *keys; /* [frames][88], 0 or 1 */
} mat_roll;

typedef struct mat_rolls {
    mat_roll *part[MAT_PARTS]; /* train, valid, test */
    size_t count[MAT_PARTS];
} mat_rolls;

/* Reads a whole file. Zeroes `rolls` first; free it with mat_free, also after a failure. Errors: GB_DATA (not such a
 * file; the sentence names it, what is wrong, and `remedy`), GB_MEMORY. */
gb_status mat_read(gb_context *context, const char *path, const char *remedy, mat_rolls *rolls);
void mat_free(gb_context *context, mat_rolls *rolls);

#endif
