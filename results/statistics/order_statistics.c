/* SPDX-License-Identifier: MIT */
/* Order statistics: sorting and quantiles. */
#include "results/statistics/order_statistics.h"

#include <math.h>
#include <stdlib.h>

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

void statistics_sort(double *x, size_t n) {
    qsort(x, n, sizeof *x, ascending);
}

double *statistics_sorted(const double *x, size_t n) {
    double *copy = n ? malloc(n * sizeof *copy) : NULL;
    for (size_t i = 0; copy && i < n; i++) {
        copy[i] = x[i];
        if (isnan(x[i])) {
            free(copy);
            return NULL;
        }
    }
    if (copy)
        statistics_sort(copy, n);
    return copy;
}

double statistics_quantile(const double *sorted, size_t n, double q) {
    double place = q * (double)(n - 1);
    size_t below = (size_t)place;
    return below + 1 < n ? sorted[below] + (place - (double)below) * (sorted[below + 1] - sorted[below])
                         : sorted[n - 1];
}
