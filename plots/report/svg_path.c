/* SPDX-License-Identifier: MIT */
/* Numbers and paths of SVG. */
#include "plots/report/svg_path.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LONGEST_STRAIGHT = 256 }; /* points that one line may replace: bounds the time */

/* A number without what it can do without: "0.50" is ".5". A blank divides it from a number before it. */
static void append_number(text *page, double number, int decimals, bool divided) {
    char digits[64];
    int length = snprintf(digits, sizeof digits, "%.*f", decimals, number);
    while (decimals > 0 && length > 1 && digits[length - 1] == '0')
        length--;
    if (decimals > 0 && digits[length - 1] == '.')
        length--;
    digits[length] = '\0';
    if (!strcmp(digits, "-0"))
        memmove(digits, digits + 1, strlen(digits));
    bool negative = *digits == '-';
    const char *size = digits + negative;
    if (size[0] == '0' && size[1] == '.')
        size++;
    text_append(page, "%s%s%s", divided && !negative ? " " : "", negative ? "-" : "", size);
}

const char *svg_read_point(const char *from, svg_point *point) {
    char *after_x, *after_y;
    double x = strtod(from, &after_x), y = 0;
    if (after_x == from || *after_x != ',')
        return NULL;
    y = strtod(after_x + 1, &after_y);
    if (after_y == after_x + 1 || !(fabs(x) < 1e6 && fabs(y) < 1e6))
        return NULL;
    point->x = lround(10 * x);
    point->y = lround(10 * y);
    return after_y;
}

/* Reads "M1,2 L3,4" or "1,2 3,4"; false: it has something else. `points` has room for every second byte. */
static bool read_points(const char *value, size_t length, svg_point *points, size_t *count) {
    *count = 0;
    for (const char *c = value, *end = value + length; c < end;) {
        if (isspace((unsigned char)*c)) {
            c++;
            continue;
        }
        svg_point *point = &points[*count];
        point->starts = *c == 'M' || *count == 0;
        c = svg_read_point(c + (*c == 'M' || *c == 'L'), point);
        if (!c || c > end)
            return false;
        ++*count;
    }
    return true;
}

/* Whether the line from a to b passes a point at a tenth of a pixel or less. */
static bool passes(svg_point a, svg_point b, svg_point point) {
    double x = (double)(b.x - a.x), y = (double)(b.y - a.y), length = x * x + y * y;
    double at = length > 0 ? ((double)(point.x - a.x) * x + (double)(point.y - a.y) * y) / length : 0;
    at = fmin(1, fmax(0, at));
    return hypot((double)(a.x - point.x) + at * x, (double)(a.y - point.y) + at * y) <= 1;
}

/* Leaves out points on straight lines, and lines of one point; how many are left. */
static size_t thin(svg_point *points, size_t count) {
    size_t left = 0, last = 0; /* points[last] was the last one kept: points[left - 1] */
    for (size_t i = 0; i < count; i++) {
        bool ends = i + 1 == count || points[i + 1].starts;
        if (ends && points[i].starts)
            continue;
        bool needed = ends || points[i].starts || i - last > LONGEST_STRAIGHT;
        for (size_t j = last + 1; j <= i && !needed; j++)
            needed = !passes(points[left - 1], points[i + 1], points[j]);
        if (needed) {
            points[left++] = points[i];
            last = i;
        }
    }
    return left;
}

void svg_append_points(text *page, svg_point *points, size_t count, bool all) {
    long x = 0, y = 0;
    if (!all)
        count = thin(points, count);
    for (size_t i = 0; i < count; i++) {
        bool starts = points[i].starts || i == 0;
        text_append(page, starts ? "m" : "");
        append_number(page, (double)(points[i].x - x) / 10, 1, !starts);
        append_number(page, (double)(points[i].y - y) / 10, 1, true);
        x = points[i].x;
        y = points[i].y;
    }
}

void svg_append_path(text *page, const char *value, size_t length, bool closed) {
    size_t count = 0;
    svg_point *points = calloc(length / 2 + 1, sizeof *points);
    if (points && read_points(value, length, points, &count))
        svg_append_points(page, points, count, false);
    else
        text_append_bytes(page, value, length);
    if (closed)
        text_append(page, "z");
    page->failed |= !points;
    free(points);
}

void svg_append_numbers(text *page, const char *value, size_t length, bool tenths) {
    for (size_t i = 0; i < length;) {
        bool within = i && (isalnum((unsigned char)value[i - 1]) || value[i - 1] == '.');
        size_t whole = strspn(value + i, "0123456789"), part = 0;
        if (whole && value[i + whole] == '.')
            part = strspn(value + i + whole + 1, "0123456789");
        if (within || !part || i + whole + 1 + part > length) {
            text_append_bytes(page, value + i, whole ? whole : 1);
            i += whole ? whole : 1;
            continue;
        }
        append_number(page, strtod(value + i, NULL), tenths ? 1 : part > 9 ? 9 : (int)part, false);
        i += whole + 1 + part;
    }
}
