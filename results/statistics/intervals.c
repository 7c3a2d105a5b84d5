/* SPDX-License-Identifier: MIT */
/* Summaries of a sample and the intervals around them. */
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "gatebench/random.h"
#include "results/statistics/statistics.h"

double statistics_mean(const double *x, size_t n) {
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += x[i];
    return n ? sum / (double)n : NAN;
}

double statistics_deviation(const double *x, size_t n) {
    if (n < 2)
        return NAN;
    double mean = statistics_mean(x, n), sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += (x[i] - mean) * (x[i] - mean);
    return sqrt(sum / (double)(n - 1));
}

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* A sorted copy; NULL for an empty sample, one with NaN, or without memory. */
static double *sorted(const double *x, size_t n) {
    double *copy = n ? malloc(n * sizeof *copy) : NULL;
    for (size_t i = 0; copy && i < n; i++) {
        copy[i] = x[i];
        if (isnan(x[i])) {
            free(copy);
            return NULL;
        }
    }
    if (copy)
        qsort(copy, n, sizeof *copy, ascending);
    return copy;
}

double statistics_median(const double *x, size_t n) {
    double *s = sorted(x, n);
    if (!s)
        return NAN;
    double median = n % 2 ? s[n / 2] : (s[n / 2 - 1] + s[n / 2]) / 2;
    free(s);
    return median;
}

double statistics_iqm(const double *x, size_t n) {
    double *s = sorted(x, n);
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
    for (size_t i = 0; i < n; i++)
        difference[i] = a[i] - b[i];
    result = statistics_mean_interval(difference, n, confidence);
    free(difference);
    return result;
}

/* Welch 1947, with the degrees of freedom of Satterthwaite 1946. */
interval statistics_welch_difference(const double *a, size_t na, const double *b, size_t nb, double confidence) {
    interval result = {statistics_mean(a, na) - statistics_mean(b, nb), NAN, NAN, na < nb ? na : nb};
    if (na < 2 || nb < 2)
        return result;
    double da = statistics_deviation(a, na), db = statistics_deviation(b, nb);
    double va = da * da / (double)na, vb = db * db / (double)nb;
    double half = 0;
    if (va + vb > 0) {
        double degrees = (va + vb) * (va + vb) / (va * va / (double)(na - 1) + vb * vb / (double)(nb - 1));
        half = statistics_t_quantile(0.5 + confidence / 2, degrees) * sqrt(va + vb);
    }
    result.low = result.estimate - half;
    result.high = result.estimate + half;
    return result;
}

/* The q-quantile of sorted numbers, linear between neighbours (Hyndman and Fan's type 7). */
static double quantile(const double *s, size_t n, double q) {
    double place = q * (double)(n - 1);
    size_t below = (size_t)place;
    return below + 1 < n ? s[below] + (place - (double)below) * (s[below + 1] - s[below]) : s[n - 1];
}

/* The acceleration: the skewness of the jackknife values over six (Efron 1987). */
static double acceleration(const double *x, size_t n, double (*statistic)(const double *, size_t), double *room) {
    double mean = 0, squares = 0, cubes = 0;
    double *left_out = room + n;
    for (size_t i = 0; i < n; i++) {
        memcpy(room, x, i * sizeof *x);
        memcpy(room + i, x + i + 1, (n - i - 1) * sizeof *x);
        left_out[i] = statistic(room, n - 1);
        mean += left_out[i] / (double)n;
    }
    for (size_t i = 0; i < n; i++) {
        double d = mean - left_out[i];
        squares += d * d;
        cubes += d * d * d;
    }
    return squares > 0 ? cubes / (6 * pow(squares, 1.5)) : 0;
}

/* Where the limit of plain level z lies among the resampled values, corrected for bias and acceleration. */
static double corrected_level(double bias, double acceleration_value, double z) {
    return statistics_normal_cdf(bias + (bias + z) / (1 - acceleration_value * (bias + z)));
}

interval statistics_bca(const double *x, size_t n, double (*statistic)(const double *, size_t), size_t resamples,
                        double confidence, uint64_t seed) {
    interval result = {n ? statistic(x, n) : NAN, NAN, NAN, n};
    if (n < 2 || n > UINT32_MAX || resamples < 2 || resamples > SIZE_MAX / sizeof(double))
        return result;
    double *room = calloc(n, 2 * sizeof *room), *values = malloc(resamples * sizeof *values);
    if (room && values) {
        gb_random random = gb_random_stream(seed, GB_RANDOM_STATISTICS, 0);
        double below = 0;
        for (size_t r = 0; r < resamples; r++) {
            for (size_t i = 0; i < n; i++)
                room[i] = x[gb_random_below(&random, (uint32_t)n)];
            values[r] = statistic(room, n);
            below += values[r] < result.estimate ? 1 : values[r] == result.estimate ? 0.5 : 0;
        }
        qsort(values, resamples, sizeof *values, ascending);
        if (values[0] == values[resamples - 1]) {
            result.low = result.high = values[0];
        } else if (below > 0 && below < (double)resamples) {
            double bias = statistics_normal_quantile(below / (double)resamples);
            double a = acceleration(x, n, statistic, room);
            double z = statistics_normal_quantile(0.5 + confidence / 2);
            result.low = quantile(values, resamples, corrected_level(bias, a, -z));
            result.high = quantile(values, resamples, corrected_level(bias, a, z));
        }
    }
    free(room);
    free(values);
    return result;
}
