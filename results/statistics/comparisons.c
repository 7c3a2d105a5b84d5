/* SPDX-License-Identifier: MIT */
/* Comparisons with their outcome in words: A better, B better, equivalent within a margin, or undecided with the number
 * of additional seeds needed. */
#include <math.h>
#include <stdio.h>

#include "results/statistics/statistics.h"

#define ALPHA 0.05
#define POWER 0.8
#define NO_NUMBER 9999 /* largest number of seeds considered affordable */

/* Computes the outcome from the difference, its standard error and degrees of freedom. `deviation` is that of one pair
 * (or of one a and one b). */
static comparison compare(interval difference, interval tost, double error, double degrees, double deviation,
                          double margin, int higher_is_better, comparison_levels levels) {
    comparison c = {.levels = levels,
                    .difference = difference,
                    .tost = tost,
                    .margin = margin,
                    .deviation = deviation,
                    .word = VERDICT_UNDECIDED,
                    .higher_is_better = higher_is_better,
                    .p_difference = NAN,
                    .p_equivalence = NAN};
    double d = difference.estimate;
    if (!(error >= 0) || isnan(d))
        return c;
    if (error == 0) { /* every pair differs by the same amount: there is no spread for a t test, so use sign tests */
        double same_side = pow(0.5, (double)difference.n);
        c.p_difference = d == 0 ? 1 : fmin(1, 2 * same_side);
        c.p_equivalence = fabs(d) < margin ? same_side : 1;
    } else {
        c.p_difference = 2 * statistics_t_cdf(-fabs(d) / error, degrees);
        double above = statistics_t_cdf(-(d + margin) / error, degrees);
        double below = statistics_t_cdf((d - margin) / error, degrees);
        c.p_equivalence = above > below ? above : below;
    }
    if (c.p_equivalence < levels.equivalence)
        c.word = VERDICT_EQUIVALENT;
    else if (c.p_difference < levels.difference)
        c.word = (d > 0) == (higher_is_better != 0) ? VERDICT_A_BETTER : VERDICT_B_BETTER;
    return c;
}

/* Equal numbers that were summed in another order differ in their last digits; what is so small is nothing. */
static double beyond_rounding(double x, double largest) {
    return fabs(x) <= 1e-12 * largest ? 0 : x;
}

static double largest_of(const double *a, size_t n, double largest) {
    for (size_t i = 0; i < n; i++)
        largest = fmax(largest, fabs(a[i]));
    return largest;
}

comparison statistics_compare_paired(const double *a, const double *b, size_t n, double margin, int higher_is_better,
                                     comparison_levels levels) {
    levels.difference = levels.difference > 0 ? levels.difference : ALPHA;
    levels.equivalence = levels.equivalence > 0 ? levels.equivalence : ALPHA;
    interval difference = statistics_paired_difference(a, b, n, 1 - levels.difference);
    interval tost = statistics_paired_difference(a, b, n, 1 - 2 * levels.equivalence);
    double deviation = NAN, sum = 0, largest = largest_of(b, n, largest_of(a, n, 0));
    for (size_t i = 0; i < n; i++)
        sum += pow(a[i] - b[i] - difference.estimate, 2);
    if (n >= 2)
        deviation = beyond_rounding(sqrt(sum / (double)(n - 1)), largest);
    difference.estimate = beyond_rounding(difference.estimate, largest);
    return compare(difference, tost, deviation / sqrt((double)n), (double)n - 1, deviation, margin, higher_is_better,
                   levels);
}

size_t comparison_more_seeds(const comparison *c) {
    double d = c->difference.estimate;
    size_t n = c->difference.n;
    if (isnan(d) || isnan(c->deviation))
        return n < 2 ? 2 - n : 1;
    if (c->deviation == 0 && d == 0 && isnan(c->margin))
        return NO_NUMBER;    /* equal in every pair: without a margin there is nothing to find */
    if (c->deviation == 0) { /* until the sign test decides */
        double level = fabs(d) < c->margin ? c->levels.equivalence : c->levels.difference / 2;
        size_t needed = (size_t)ceil(log2(1 / level));
        return needed > n ? needed - n : 1;
    }
    size_t different = statistics_seeds_difference(d, c->deviation, ALPHA, POWER);
    size_t equivalent = statistics_seeds_equivalence(d, c->deviation, c->margin, ALPHA, POWER);
    size_t needed = !equivalent || (different && different < equivalent) ? different : equivalent;
    return needed == 0 ? NO_NUMBER : needed > n ? needed - n : 1;
}

void comparison_words(const comparison *c, const char *a, const char *b, char *words, size_t size) {
    double d = c->difference.estimate;
    size_t more;
    switch (c->word) {
    case VERDICT_EQUIVALENT:
        if (c->p_difference < c->levels.difference) /* significant, yet inside the margin */
            snprintf(words, size, "equivalent within %g (%s ahead by %.3g)", c->margin,
                     (d > 0) == (c->higher_is_better != 0) ? a : b, fabs(d));
        else
            snprintf(words, size, "equivalent within %g", c->margin);
        break;
    case VERDICT_A_BETTER:
    case VERDICT_B_BETTER:
        snprintf(words, size, "%s better by %.3g", c->word == VERDICT_A_BETTER ? a : b, fabs(d));
        break;
    case VERDICT_UNDECIDED:
        more = comparison_more_seeds(c);
        if (c->difference.n == 1)
            snprintf(words, size, "undecided: one pair gives no estimate of the spread");
        else if (c->difference.n >= 2 && d == 0 && c->deviation == 0 && isnan(c->margin))
            snprintf(words, size, "equal in every pair");
        else if (more >= NO_NUMBER)
            snprintf(words, size, "undecided: no affordable number of seeds would decide");
        else
            snprintf(words, size, "undecided: about %zu more seed%s", more, more == 1 ? "" : "s");
        break;
    }
}
