/* SPDX-License-Identifier: MIT */
/* Time to solve: the Kaplan-Meier curve and the log-rank test, for trials some of which never solved the task. */
#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "results/statistics/order_statistics.h"
#include "results/statistics/statistics.h"

/* The number still at risk at a time, and the number that solve at this time. */
static void count_at(const solve_time *x, size_t n, double time, size_t *at_risk, size_t *events) {
    *at_risk = *events = 0;
    for (size_t i = 0; i < n; i++) {
        *at_risk += x[i].time >= time;
        *events += x[i].time == time && x[i].solved;
    }
}

static bool usable(const solve_time *x, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (isnan(x[i].time))
            return false;
    return n > 0;
}

/* The distinct times at which a trial solved the task, ascending; malloc'ed; NULL if there are none. */
static double *event_times(const solve_time *a, size_t na, const solve_time *b, size_t nb, size_t *count) {
    double *times = malloc((na + nb) * sizeof *times);
    size_t all = 0;
    *count = 0;
    for (size_t i = 0; times && i < na + nb; i++) {
        const solve_time *x = i < na ? &a[i] : &b[i - na];
        if (x->solved)
            times[all++] = x->time;
    }
    if (times)
        statistics_sort(times, all);
    for (size_t i = 0; i < all; i++)
        if (i == 0 || times[i] != times[i - 1])
            times[(*count)++] = times[i];
    return times;
}

/* The interval of Kalbfleisch and Prentice: Greenwood's variance on the scale log(-log S), so that it stays in [0, 1].
 */
static void limit_step(survival_step *step, double greenwood, double z) {
    double s = step->unsolved;
    step->low = step->high = s;
    if (!(s > 0 && s < 1)) {
        step->low = step->high = NAN;
        return;
    }
    double half = z * sqrt(greenwood) / fabs(log(s));
    step->low = pow(s, exp(half));
    step->high = pow(s, exp(-half));
}

size_t statistics_kaplan_meier(const solve_time *x, size_t n, double confidence, survival_step *steps) {
    size_t count;
    double *times = usable(x, n) ? event_times(x, n, NULL, 0, &count) : NULL;
    if (!times)
        return 0;
    double unsolved = 1, greenwood = 0, z = statistics_normal_quantile(0.5 + confidence / 2);
    size_t left = n; /* if nothing is censored before an event, the share is a simple fraction */
    for (size_t i = 0; i < count; i++) {
        survival_step *step = &steps[i];
        *step = (survival_step){.time = times[i]};
        count_at(x, n, times[i], &step->at_risk, &step->solved);
        double risk = (double)step->at_risk, events = (double)step->solved;
        left = step->at_risk == left ? left - step->solved : 0;
        unsolved = left ? (double)left / (double)n : unsolved * (1 - events / risk);
        greenwood += events / (risk * (risk - events));
        step->unsolved = step->at_risk == step->solved ? 0 : unsolved;
        limit_step(step, greenwood, z);
    }
    free(times);
    return count;
}

double statistics_median_time(const survival_step *steps, size_t count) {
    const double rounding = 64 * DBL_EPSILON; /* rounding error of a product of this many factors */
    for (size_t i = 0; i < count; i++)
        if (steps[i].unsolved <= 0.5 + rounding)
            return steps[i].time;
    return NAN;
}

log_rank statistics_log_rank(const solve_time *a, size_t na, const solve_time *b, size_t nb) {
    log_rank result = {NAN, NAN};
    size_t count;
    double *times = usable(a, na) && usable(b, nb) ? event_times(a, na, b, nb, &count) : NULL;
    if (!times)
        return result;
    double excess = 0, variance = 0;
    for (size_t i = 0; i < count; i++) {
        size_t risk_a, risk_b, solved_a, solved_b;
        count_at(a, na, times[i], &risk_a, &solved_a);
        count_at(b, nb, times[i], &risk_b, &solved_b);
        double risk = (double)(risk_a + risk_b), events = (double)(solved_a + solved_b);
        double share = (double)risk_a / risk;
        excess += (double)solved_a - events * share;
        if (risk > 1)
            variance += events * share * (1 - share) * (risk - events) / (risk - 1);
    }
    free(times);
    if (variance > 0) {
        result.z = excess / sqrt(variance);
        result.p = 2 * statistics_normal_cdf(-fabs(result.z));
    } else {
        result = (log_rank){0, 1}; /* no event, or no event with both groups at risk: no difference */
    }
    return result;
}
