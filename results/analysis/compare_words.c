/* SPDX-License-Identifier: MIT */
/* The outcome of a comparison in words. */
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

/* Which arm solves the task sooner, by the log-rank test. */
static void solving_words(const compare_result *r, char *words, size_t size) {
    if (isnan(r->solving.p)) {
        append_words(words, size, "no curves record when it was solved");
    } else if (!(r->solving.p < 0.05)) {
        append_words(words, size,
                     r->solved_a + r->solved_b + r->reached ? "undecided which of them solves it sooner"
                                                            : "neither solves it");
    } else {
        bool a = r->solving.z > 0;
        append_words(words, size, "%s solves it sooner (", a ? r->a : r->b);
        append_steps(words, size, a ? r->steps_a : r->steps_b);
        append_words(words, size, "; %s: ", a ? r->b : r->a);
        append_steps(words, size, a ? r->steps_b : r->steps_a);
        append_words(words, size, ")");
    }
}

/* "lstm diverged in 3 of 6 pairs, gru is missing in 1". */
static void lost_words(const compare_result *r, char *words, size_t size) {
    static const char *const fates[TRIAL_FATES] = {"has no value", "diverged", "exceeded its limit", "is missing"};
    const char *separator = "";
    for (size_t fate = 0; fate < TRIAL_FATES; fate++)
        for (int b = 0; b < 2; b++) {
            size_t count = b ? r->lost_b[fate] : r->lost_a[fate];
            if (!count)
                continue;
            append_words(words, size, "%s%s %s in %zu", separator, b ? r->b : r->a, fates[fate], count);
            if (!*separator)
                append_words(words, size, " of %zu pairs", r->planned);
            separator = ", ";
        }
}

static bool is_of_solving(const compare_findings *c, const compare_result *r) {
    return c->of_solving && r->group;
}

verdict_word compare_outcome(const compare_findings *c, const compare_result *r) {
    if (!is_of_solving(c, r))
        return r->difference.word;
    return !(r->solving.p < 0.05) ? VERDICT_UNDECIDED : r->solving.z > 0 ? VERDICT_A_BETTER : VERDICT_B_BETTER;
}

size_t compare_more_seeds(const compare_findings *c, const compare_result *r) {
    bool undecided = !is_of_solving(c, r) && !r->lost && r->difference.word == VERDICT_UNDECIDED;
    return undecided ? comparison_more_seeds(&r->difference) : 0;
}

void compare_words(const compare_findings *c, const compare_result *r, char *words, size_t size) {
    bool of_solving = is_of_solving(c, r), undecided = r->difference.word == VERDICT_UNDECIDED;
    *words = '\0';
    if (of_solving)
        solving_words(r, words, size);
    else if (r->lost && undecided)
        append_words(words, size, "undecided: ");
    else if (r->pairs)
        comparison_words(&r->difference, r->a, r->b, words, size);
    else
        append_words(words, size, "no pairs to compare");
    if (!r->lost || of_solving)
        return;
    if (!undecided)
        append_words(words, size, "; ");
    lost_words(r, words, size);
}
