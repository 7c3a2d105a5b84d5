/* SPDX-License-Identifier: MIT */
/* Shortens the coordinates of gnuplot's pictures: tenths of a pixel, each point relative to the previous one. */
#ifndef GATEBENCH_PLOTS_REPORT_SVG_PATH_H
#define GATEBENCH_PLOTS_REPORT_SVG_PATH_H

#include <stdbool.h>
#include <stddef.h>

#include "support/text.h"

/* A point of a path, in tenths of a pixel. */
typedef struct svg_point {
    long x, y;
    bool starts; /* the point starts a new line ("M") */
} svg_point;

/* Appends the points as the value of "d", and changes the array. Unless `all`, omits points that are within a tenth of
 * a pixel of a straight line between others. */
void svg_append_points(text *page, svg_point *points, size_t count, bool all);

/* Appends a "d" or a polygon's "points", `length` bytes, as the value of "d". A value with curves is only copied. */
void svg_append_path(text *page, const char *value, size_t length, bool closed);

/* Appends a value with shorter numbers: rounded to tenths, or (not `tenths`) only without trailing zeros. */
void svg_append_numbers(text *page, const char *value, size_t length, bool tenths);

/* Reads "x,y" into a point. Returns its end, or NULL. */
const char *svg_read_point(const char *from, svg_point *point);

#endif
