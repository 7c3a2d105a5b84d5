/* SPDX-License-Identifier: MIT */
/* The distance between a misspelt name and a known one, for "did you mean". */
#ifndef GATEBENCH_CORE_EDIT_DISTANCE_H
#define GATEBENCH_CORE_EDIT_DISTANCE_H

#include <stddef.h>

/* Levenshtein distance over at most the first 63 bytes of each. */
size_t text_distance(const char *a, const char *b);

#endif
