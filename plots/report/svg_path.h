/* SPDX-License-Identifier: MIT */
/* The coordinates of gnuplot's pictures in few bytes: tenths of a pixel, each point relative to the one before. */
#ifndef GATEBENCH_PLOTS_REPORT_SVG_PATH_H
#define GATEBENCH_PLOTS_REPORT_SVG_PATH_H

#include <stdbool.h>
#include <stddef.h>

#include "support/text.h"

/* A point of a path, in tenths of a pixel. */
typedef struct svg_point {
    long x, y;
    bool starts; /* a new line, "M" */
} svg_point;

/* Appends the points as the value of "d". They are changed: those that a straight line between others passes at a tenth
 * of a pixel or less are left out, unless `all`. */
void svg_append_points(text *page, svg_point *points, size_t count, bool all);

/* Appends the `length` bytes of a "d" or of a polygon's "points" as the value of "d"; a value with curves is copied. */
void svg_append_path(text *page, const char *value, size_t length, bool closed);

/* Copies a value with its numbers shortened: to tenths, or only of their last zeros. */
void svg_append_numbers(text *page, const char *value, size_t length, bool tenths);

/* Reads "x,y" into a point; where it ends, or NULL. */
const char *svg_read_point(const char *from, svg_point *point);

#endif
