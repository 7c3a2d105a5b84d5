/* SPDX-License-Identifier: MIT */
#include <math.h>

#include "gatebench/probe.h"

/* The mean of ln norm over the sequences; -INFINITY if one has vanished. */
static double mean_at(const double *log10_norm, size_t sequences, size_t lags, size_t lag) {
    double sum = 0;
    for (size_t n = 0; n < sequences; n++)
        sum += M_LN10 * log10_norm[n * (lags + 1) + lag];
    return sum / (double)sequences;
}

gb_gradient_profile gb_probe_gradient_profile(const double *log10_norm, size_t sequences, size_t lags, size_t from) {
    const double first = mean_at(log10_norm, sequences, lags, 0), half = first - M_LN2;
    gb_gradient_profile profile = {.slope = NAN, .half_life = isfinite(first) ? INFINITY : NAN};
    double before = first, count = 0, sum_k = 0, sum_g = 0, sum_kk = 0, sum_kg = 0;
    for (size_t lag = 0; lag <= lags; lag++) {
        const double g = mean_at(log10_norm, sequences, lags, lag), k = (double)lag;
        if (lag > 0 && isinf(profile.half_life) && g <= half)
            profile.half_life = isfinite(g) ? k - (half - g) / (before - g) : k;
        before = g;
        if (lag < from || !isfinite(g))
            continue;
        count++;
        sum_k += k;
        sum_g += g;
        sum_kk += k * k;
        sum_kg += k * g;
    }
    if (count >= 2)
        profile.slope = (sum_kg - sum_k * sum_g / count) / (sum_kk - sum_k * sum_k / count);
    return profile;
}
