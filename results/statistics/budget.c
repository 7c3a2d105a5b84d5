/* SPDX-License-Identifier: MIT */
/* The value of a search budget: the expected best of k trials (Dodge et al. 2019, "Show your work"). */
#include <math.h>
#include <stdlib.h>

#include "results/statistics/order_statistics.h"
#include "results/statistics/statistics.h"

double statistics_expected_best(const double *x, size_t n, size_t k, int higher_is_better) {
    double *s = k ? statistics_sorted(x, n) : NULL, sum = 0;
    if (!s)
        return NAN;
    for (size_t i = 0; i < n; i++) {
        double at_most = pow((double)(i + 1) / (double)n, (double)k), less = pow((double)i / (double)n, (double)k);
        sum += (higher_is_better ? s[i] : s[n - 1 - i]) * (at_most - less);
    }
    free(s);
    return sum;
}
