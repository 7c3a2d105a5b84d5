/* SPDX-License-Identifier: MIT */
/* A context and a folder of its own for each test that writes files. */
#ifndef GATEBENCH_TESTS_PLOTS_PLACE_H
#define GATEBENCH_TESTS_PLOTS_PLACE_H

#include <stddef.h>

#include "gatebench/context.h"

typedef struct place {
    gb_context *context;
    char folder[64];
    char *search_path; /* PATH as it was, once it was changed */
} place;

int place_set_up(void **state);
/* Removes the folder, unless $GATEBENCH_KEEP is set: to look at what was drawn. */
int place_tear_down(void **state);
/* A whole file of the folder, malloc'ed; the test fails when it is not there. */
char *place_read(place *p, const char *name, size_t *size);

/* Makes this shell script the program gnuplot until place_tear_down; it finds the terminal and the file to write in
 * $term and $output, and the .gp file in $4. */
void place_set_gnuplot(place *p, const char *script);

#endif
