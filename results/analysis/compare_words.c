/* SPDX-License-Identifier: MIT */
/* A line of a comparison of arms in words. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "results/analysis/compare.h"

static void append_words(char *words, size_t size, const char *format, ...) __attribute__((format(printf, 3, 4)));
static void append_words(char *words, size_t size, const char *format, ...) {
    size_t length = strlen(words);
    va_list arguments;
    va_start(arguments, format);
    if (length < size)
        vsnprintf(words + length, size - length, format, arguments);
    va_end(arguments);
}

static void append_steps(char *words, size_t size, double steps) {
    if (isnan(steps))
        append_words(words, size, "more than half never");
    else
        append_words(words, size, "median %.0f steps", steps);
}

/* Who solves it sooner, by the log-rank test. */
static void solving_words(const compare_result *r, char *words, size_t size) {
    *words = '\0';
    if (isnan(r->solving.p)) {
        append_words(words, size, "no curves say when it was solved");
    } else if (r->solving.p >= 0.05) {
        append_words(words, size, r->solved_a + r->solved_b ? "undecided who solves it sooner" : "neither solves it");
    } else {
        bool a = r->solving.z > 0;
        append_words(words, size, "%s solves it sooner (", a ? r->a : r->b);
        append_steps(words, size, a ? r->steps_a : r->steps_b);
        append_words(words, size, "; %s: ", a ? r->b : r->a);
        append_steps(words, size, a ? r->steps_b : r->steps_a);
        append_words(words, size, ")");
    }
}

void compare_words(const compare_findings *c, const compare_result *r, char *words, size_t size) {
    if (c->of_solving && r->group)
        solving_words(r, words, size);
    else if (r->pairs)
        comparison_words(&r->difference, r->a, r->b, words, size);
    else
        snprintf(words, size, "no pairs to compare");
    if (r->lost)
        append_words(words, size, "; %zu pair%s lost to divergence", r->lost, r->lost == 1 ? "" : "s");
}
