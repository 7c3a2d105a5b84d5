/* SPDX-License-Identifier: MIT */
/* Fisher's exact test on two solve rates. */
#include <math.h>

#include "results/statistics/statistics.h"

static double log_choose(size_t n, size_t k) {
    return lgamma((double)n + 1) - lgamma((double)k + 1) - lgamma((double)(n - k) + 1);
}

/* Two-sided: the probability, under the hypergeometric law of the fixed margins, of all tables that are at most as
 * likely as the observed one (as R and SciPy do, with their tolerance for ties). */
double statistics_fisher(size_t ka, size_t na, size_t kb, size_t nb) {
    if (ka > na || kb > nb || na + nb == 0)
        return NAN;
    size_t solved = ka + kb, least = solved > nb ? solved - nb : 0, most = solved < na ? solved : na;
    double whole = log_choose(na + nb, solved);
    double seen = log_choose(na, ka) + log_choose(nb, kb) - whole, sum = 0;
    for (size_t k = least; k <= most; k++) {
        double each = log_choose(na, k) + log_choose(nb, solved - k) - whole;
        if (each <= seen + 1e-7)
            sum += exp(each);
    }
    return fmin(sum, 1);
}
