/* SPDX-License-Identifier: MIT */
/* Power: the probability that n pairs detect a difference, or show that it is within a margin, and the number of seeds
 * needed. */
#include <math.h>

#include "results/statistics/statistics.h"

#define MOST_SEEDS 10000

/* The parameters of a test whose measured standard error is `error` (the true one) times s. */
typedef struct decision {
    double effect, error, margin, critical;
} decision;

/* The probability that |mean| > critical * s * error: a difference is found. */
static double finds_difference(const decision *d, double s) {
    double shift = d->effect / d->error;
    return statistics_normal_cdf(shift - d->critical * s) + statistics_normal_cdf(-shift - d->critical * s);
}

/* The probability that mean +- critical * s * error lies inside the margins: TOST rejects on both sides. */
static double finds_equivalence(const decision *d, double s) {
    double room = d->margin / d->error - d->critical * s, shift = d->effect / d->error;
    return room > 0 ? statistics_normal_cdf(room - shift) - statistics_normal_cdf(-room - shift) : 0;
}

/* The density of s = sqrt(chi^2 / degrees). */
static double share_density(double s, double degrees) {
    if (!(s > 0))
        return 0;
    double half = degrees / 2;
    return exp(M_LN2 + half * log(half) - lgamma(half) + (degrees - 1) * log(s) - half * s * s);
}

/* The mean of the probability over s, by Gauss-Legendre on panels; s has mean about 1 and deviation sqrt(1 / (2 v)). */
static double average(double (*probability)(const decision *, double), const decision *d, double degrees) {
    static const double nodes[] = {0.1834346424956498, 0.5255324099163290, 0.7966664774136267, 0.9602898564975363};
    static const double weights[] = {0.3626837833783620, 0.3137066458778873, 0.2223810344533745, 0.1012285362903763};
    enum { PANELS = 64 };
    double spread = 9 / sqrt(2 * degrees), low = fmax(0, 1 - spread), high = 1 + spread, sum = 0;
    double kink = d->margin / d->error / d->critical; /* beyond this, TOST never rejects */
    if (probability == finds_equivalence && kink < high)
        high = fmax(low, kink);
    double half = (high - low) / (2 * PANELS);
    for (int panel = 0; panel < PANELS; panel++)
        for (int i = 0; i < 8; i++) {
            double node = i < 4 ? nodes[i] : -nodes[i - 4], weight = weights[i % 4];
            double s = low + (2 * panel + 1 + node) * half;
            sum += weight * half * share_density(s, degrees) * probability(d, s);
        }
    return sum;
}

double statistics_power_difference(size_t n, double effect, double deviation, double alpha) {
    if (n < 2 || !(deviation > 0))
        return NAN;
    decision d = {effect, deviation / sqrt((double)n), 0, statistics_t_quantile(1 - alpha / 2, (double)n - 1)};
    return average(finds_difference, &d, (double)n - 1);
}

double statistics_power_equivalence(size_t n, double effect, double deviation, double margin, double alpha) {
    if (n < 2 || !(deviation > 0))
        return NAN;
    decision d = {effect, deviation / sqrt((double)n), margin, statistics_t_quantile(1 - alpha, (double)n - 1)};
    return average(finds_equivalence, &d, (double)n - 1);
}

/* The least n with the power, by bisection: power grows with n. */
static size_t least(double effect, double deviation, double margin, double alpha, double power, bool equivalence) {
    size_t low = 1, high = 2; /* `low` is too small */
    for (;;) {
        double got = equivalence ? statistics_power_equivalence(high, effect, deviation, margin, alpha)
                                 : statistics_power_difference(high, effect, deviation, alpha);
        if (got >= power)
            break;
        if (high >= MOST_SEEDS || isnan(got))
            return 0;
        low = high;
        high = high * 2 < MOST_SEEDS ? high * 2 : MOST_SEEDS;
    }
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        double got = equivalence ? statistics_power_equivalence(middle, effect, deviation, margin, alpha)
                                 : statistics_power_difference(middle, effect, deviation, alpha);
        if (got >= power)
            high = middle;
        else
            low = middle;
    }
    return high;
}

size_t statistics_seeds_difference(double effect, double deviation, double alpha, double power) {
    return least(fabs(effect), deviation, 0, alpha, power, false);
}

size_t statistics_seeds_equivalence(double effect, double deviation, double margin, double alpha, double power) {
    return fabs(effect) < margin ? least(effect, deviation, margin, alpha, power, true) : 0;
}
