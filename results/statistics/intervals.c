/* SPDX-License-Identifier: MIT */
/* Summaries of a sample and the intervals around them. */
#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "results/statistics/order_statistics.h"
#include "results/statistics/statistics.h"

/* True if `rest` can be the rounding error of a sum of n numbers up to `largest` that would be 0 in exact arithmetic:
 * the computed mean of n equal numbers may differ from them. */
static bool is_rounding(double rest, size_t n, double largest) {
    return fabs(rest) <= (double)n * DBL_EPSILON * largest;
}

double statistics_mean(const double *x, size_t n) {
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += x[i];
    return n ? sum / (double)n : NAN;
}

double statistics_deviation(const double *x, size_t n) {
    if (n < 2)
        return NAN;
    double mean = statistics_mean(x, n), sum = 0, largest = 0;
    for (size_t i = 0; i < n; i++) {
        sum += (x[i] - mean) * (x[i] - mean);
        largest = fmax(largest, fabs(x[i]));
    }
    double deviation = sqrt(sum / (double)(n - 1));
    return is_rounding(deviation, n, largest) ? 0 : deviation;
}

double statistics_median(const double *x, size_t n) {
    double *s = statistics_sorted(x, n);
    if (!s)
        return NAN;
    double median = n % 2 ? s[n / 2] : (s[n / 2 - 1] + s[n / 2]) / 2;
    free(s);
    return median;
}

interval statistics_quartiles(const double *x, size_t n) {
    double *s = statistics_sorted(x, n);
    interval found = {NAN, NAN, NAN, n};
    if (s)
        found = (interval){statistics_quantile(s, n, 0.5), statistics_quantile(s, n, 0.25),
                           statistics_quantile(s, n, 0.75), n};
    free(s);
    return found;
}

double statistics_iqm(const double *x, size_t n) {
    double *s = statistics_sorted(x, n);
    if (!s)
        return NAN;
    size_t cut = n / 4;
    double mean = statistics_mean(s + cut, n - 2 * cut);
    free(s);
    return mean;
}

interval statistics_mean_interval(const double *x, size_t n, double confidence) {
    interval result = {statistics_mean(x, n), NAN, NAN, n};
    if (n >= 2) {
        double half =
            statistics_t_quantile(0.5 + confidence / 2, (double)n - 1) * statistics_deviation(x, n) / sqrt((double)n);
        result.low = result.estimate - half;
        result.high = result.estimate + half;
    }
    return result;
}

interval statistics_log_mean_interval(const double *log10_x, size_t n, double confidence) {
    return statistics_mean_interval(log10_x, n, confidence);
}

/* Wilson 1927: the roots of the score test, so that 0 of n and n of n have sensible limits. */
interval statistics_wilson(size_t k, size_t n, double confidence) {
    if (n == 0 || k > n)
        return (interval){NAN, NAN, NAN, n};
    double z = statistics_normal_quantile(0.5 + confidence / 2), count = (double)n, p = (double)k / count;
    double denominator = 1 + z * z / count, centre = (p + z * z / (2 * count)) / denominator;
    double half = z / denominator * sqrt(p * (1 - p) / count + z * z / (4 * count * count));
    return (interval){p, k == 0 ? 0 : centre - half, k == n ? 1 : centre + half, n};
}

interval statistics_paired_difference(const double *a, const double *b, size_t n, double confidence) {
    interval result = {NAN, NAN, NAN, n};
    double *difference = n ? malloc(n * sizeof *difference) : NULL;
    if (!difference)
        return result;
    double largest = 0;
    for (size_t i = 0; i < n; i++) {
        difference[i] = a[i] - b[i];
        largest = fmax(largest, fmax(fabs(a[i]), fabs(b[i])));
    }
    result = statistics_mean_interval(difference, n, confidence);
    if (is_rounding(result.estimate, n, largest))
        result.estimate = 0;
    free(difference);
    return result;
}
