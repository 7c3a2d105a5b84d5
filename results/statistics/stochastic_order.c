/* SPDX-License-Identifier: MIT */
/* Almost stochastic order (del Barrio et al. 2018; Dror et al. 2019, "Deep dominance"): is A's distribution of scores
 * to the right of B's except for a small share? */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "gatebench/random.h"
#include "results/statistics/order_statistics.h"
#include "results/statistics/statistics.h"

/* The integral over t of (G^-1 - F^-1)^2, over the part where A's quantile is lower and over everything. It is exact,
 * since both quantile functions are step functions with corners at i / na and j / nb. Equal samples give 0.5. If only
 * one of them has an infinite score, that outweighs all finite distances, as in the limit of ever worse scores. */
static double violation(const double *a, size_t na, const double *b, size_t nb) {
    double below = 0, all = 0, infinite_below = 0, infinite = 0, at = 0;
    for (size_t i = 0, j = 0; i < na && j < nb;) {
        /* compares (i + 1) / na with (j + 1) / nb in integers, so that equal corners are equal */
        size_t corner_a = (i + 1) * nb, corner_b = (j + 1) * na;
        double next = corner_a <= corner_b ? (double)(i + 1) / (double)na : (double)(j + 1) / (double)nb;
        double gap = a[i] == b[j] ? 0 : b[j] - a[i], square = gap * gap * (next - at);
        if (isinf(gap)) {
            infinite += next - at;
            infinite_below += a[i] < b[j] ? next - at : 0;
        } else {
            all += square;
            below += a[i] < b[j] ? square : 0;
        }
        at = next;
        i += corner_a <= corner_b;
        j += corner_b <= corner_a;
    }
    return infinite > 0 ? infinite_below / infinite : all > 0 ? below / all : 0.5;
}

double statistics_violation(const double *a, size_t na, const double *b, size_t nb) {
    double *x = statistics_sorted(a, na), *y = statistics_sorted(b, nb);
    double ratio = x && y ? violation(x, na, y, nb) : NAN;
    free(x);
    free(y);
    return ratio;
}

static void resample(const double *x, size_t n, gb_random *random, double *room) {
    for (size_t i = 0; i < n; i++)
        room[i] = x[gb_random_below(random, (uint32_t)n)];
    statistics_sort(room, n);
}

double statistics_stochastic_order(const double *a, size_t na, const double *b, size_t nb, double alpha,
                                   size_t comparisons, size_t resamples, uint64_t seed) {
    double ratio = statistics_violation(a, na, b, nb), bound = NAN;
    if (isnan(ratio) || na < 2 || nb < 2 || na > UINT32_MAX || nb > UINT32_MAX || resamples < 2 || comparisons == 0)
        return NAN;
    double *x = malloc(na * sizeof *x), *y = malloc(nb * sizeof *y), *ratios = malloc(resamples * sizeof *ratios);
    if (x && y && ratios) {
        gb_random random = gb_random_stream(seed, GB_RANDOM_STATISTICS, 2);
        double scale = sqrt((double)na * (double)nb / (double)(na + nb));
        for (size_t r = 0; r < resamples; r++) {
            resample(a, na, &random, x);
            resample(b, nb, &random, y);
            ratios[r] = scale * (violation(x, na, y, nb) - ratio);
        }
        double confidence = 1 - alpha / (double)comparisons; /* Bonferroni */
        bound = ratio + statistics_deviation(ratios, resamples) * statistics_normal_quantile(confidence) / scale;
        bound = fmin(1, fmax(0, bound));
    }
    free(x);
    free(y);
    free(ratios);
    return bound;
}
