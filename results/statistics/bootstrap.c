/* SPDX-License-Identifier: MIT */
/* Bootstrap intervals: BCa of one sample, and the stratified percentile interval of a sample that several tasks make.
 */
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "gatebench/random.h"
#include "results/statistics/order_statistics.h"
#include "results/statistics/statistics.h"

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

/* The position of a limit with nominal level z among the resampled values, corrected for bias and acceleration. */
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
        statistics_sort(values, resamples);
        if (values[0] == values[resamples - 1]) {
            result.low = result.high = values[0];
        } else if (below > 0 && below < (double)resamples) {
            double bias = statistics_normal_quantile(below / (double)resamples);
            double a = acceleration(x, n, statistic, room);
            double z = statistics_normal_quantile(0.5 + confidence / 2);
            result.low = statistics_quantile(values, resamples, corrected_level(bias, a, -z));
            result.high = statistics_quantile(values, resamples, corrected_level(bias, a, z));
        }
    }
    free(room);
    free(values);
    return result;
}

double statistics_bootstrap_confidence(size_t n, double confidence) {
    if (n < 2)
        return confidence;
    double wider = sqrt((double)n / ((double)n - 1)) * statistics_t_quantile(0.5 + confidence / 2, (double)n - 1);
    return 2 * statistics_normal_cdf(wider) - 1;
}

/* One resample: each stratum is drawn from itself. */
static void resample_strata(const double *x, const size_t *sizes, size_t strata, gb_random *random, double *room) {
    for (size_t s = 0, first = 0; s < strata; first += sizes[s++])
        for (size_t i = 0; i < sizes[s]; i++)
            room[first + i] = x[first + gb_random_below(random, (uint32_t)sizes[s])];
}

interval statistics_stratified(const double *x, const size_t *sizes, size_t strata,
                               double (*statistic)(const double *, size_t), size_t resamples, double confidence,
                               uint64_t seed) {
    size_t n = 0;
    for (size_t s = 0; s < strata; s++) {
        if (sizes[s] > UINT32_MAX - n)
            return (interval){NAN, NAN, NAN, n};
        n += sizes[s];
    }
    interval result = {n ? statistic(x, n) : NAN, NAN, NAN, n};
    if (n < 2 || isnan(result.estimate) || resamples < 2 || resamples > SIZE_MAX / sizeof(double))
        return result;
    double *room = malloc(n * sizeof *room), *values = malloc(resamples * sizeof *values);
    if (room && values) {
        gb_random random = gb_random_stream(seed, GB_RANDOM_STATISTICS, 1);
        for (size_t r = 0; r < resamples; r++) {
            resample_strata(x, sizes, strata, &random, room);
            values[r] = statistic(room, n);
        }
        statistics_sort(values, resamples);
        result.low = statistics_quantile(values, resamples, (1 - confidence) / 2);
        result.high = statistics_quantile(values, resamples, (1 + confidence) / 2);
    }
    free(room);
    free(values);
    return result;
}
