/* SPDX-License-Identifier: MIT */
/* Families of tests: p-values corrected for multiple tests. */
#include <math.h>
#include <stdlib.h>

#include "results/statistics/order_statistics.h"
#include "results/statistics/statistics.h"

/* Holm 1979: the i-th smallest of m p-values times m - i + 1, and no smaller than those before it. */
bool statistics_holm(const double *p, size_t n, double *adjusted) {
    double *known = malloc((n ? n : 1) * sizeof *known);
    if (!known)
        return false;
    size_t m = 0;
    for (size_t i = 0; i < n; i++)
        if (!isnan(p[i]))
            known[m++] = p[i];
    statistics_sort(known, m);
    for (size_t i = 0; i < n; i++) {
        adjusted[i] = isnan(p[i]) ? NAN : 0;
        for (size_t j = 0; j < m && known[j] <= p[i]; j++)
            adjusted[i] = fmin(1, fmax(adjusted[i], known[j] * (double)(m - j)));
    }
    free(known);
    return true;
}
