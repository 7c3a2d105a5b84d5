/* SPDX-License-Identifier: MIT */
/* The probability of improvement: how often a run of A beats a run of B. */
#include <math.h>

#include "results/statistics/statistics.h"

/* The variance of U / (na nb) when the probability is p, with Hanley and McNeil's exponential model of 1982 and the
 * mean of the two sizes in place of each (Newcombe 2006, "Confidence intervals for an effect size measure based on the
 * Mann-Whitney statistic, part 2", method 5). */
static double variance(double p, double na, double nb) {
    double others = (na + nb) / 2 - 1;
    return p * (1 - p) * (1 + others * ((1 - p) / (2 - p) + p / (1 + p))) / (na * nb);
}

/* The probability between `estimate` and `end` whose distance from the estimate is z times its own standard error, as
 * for Wilson's limits. */
static double limit(double estimate, double end, double z, double na, double nb) {
    double inside = estimate, outside = end;
    for (int i = 0; i < 100 && inside != outside; i++) {
        double middle = (inside + outside) / 2;
        if (fabs(middle - estimate) <= z * sqrt(variance(middle, na, nb)))
            inside = middle;
        else
            outside = middle;
    }
    return (inside + outside) / 2;
}

interval statistics_improvement(const double *a, size_t na, const double *b, size_t nb, double confidence) {
    interval result = {NAN, NAN, NAN, na < nb ? na : nb};
    if (na == 0 || nb == 0)
        return result;
    double wins = 0;
    for (size_t i = 0; i < na; i++)
        for (size_t j = 0; j < nb; j++) {
            if (isnan(a[i]) || isnan(b[j]))
                return result;
            wins += a[i] > b[j] ? 1 : a[i] == b[j] ? 0.5 : 0;
        }
    result.estimate = wins / ((double)na * (double)nb);
    double z = statistics_normal_quantile(0.5 + confidence / 2);
    result.low = limit(result.estimate, 0, z, (double)na, (double)nb);
    result.high = limit(result.estimate, 1, z, (double)na, (double)nb);
    return result;
}
