/* SPDX-License-Identifier: MIT */
/* Interim looks at a growing sample: the alpha that each may spend (Lan and DeMets 1983), so that the overall error
 * rate is that of a single test. */
#include <math.h>
#include <stdlib.h>

#include "results/statistics/statistics.h"

enum { NODES = 1201 }; /* points of the grid for the density of the running sum; odd, for Simpson's rule */

#define FAR 9.0 /* standard deviations beyond which the density is negligible */
#define LEAST_SPENT 1e-12

double statistics_spent(double fraction, double alpha) {
    if (!(fraction > 0))
        return 0;
    if (fraction >= 1)
        return alpha;
    return 2 * statistics_normal_cdf(-statistics_normal_quantile(1 - alpha / 2) / sqrt(fraction));
}

/* The distribution of the running sum at a look, given that no earlier look has rejected: a Brownian motion below its
 * bounds. */
typedef struct walk {
    double time, low, high; /* range of the grid; high is the look's bound */
    double density[NODES];
} walk;

static double node(const walk *w, int i) {
    return w->low + (w->high - w->low) * i / (NODES - 1);
}

/* Simpson's weights. */
static double weight(const walk *w, int i) {
    double width = (w->high - w->low) / (NODES - 1) / 3;
    return i == 0 || i == NODES - 1 ? width : i % 2 ? 4 * width : 2 * width;
}

/* The probability of not rejecting at earlier looks and being above `bound` at `time`. */
static double crossing(const walk *before, double time, double bound) {
    double step = sqrt(time - before->time), sum = 0;
    if (before->time == 0)
        return statistics_normal_cdf(-bound / step);
    for (int i = 0; i < NODES; i++)
        sum += weight(before, i) * before->density[i] * statistics_normal_cdf((node(before, i) - bound) / step);
    return sum;
}

/* The bound that is crossed with this probability. */
static double find_bound(const walk *before, double time, double probability) {
    double low = -FAR * sqrt(time), high = FAR * sqrt(time);
    for (int i = 0; i < 100; i++) {
        double middle = (low + high) / 2;
        *(crossing(before, time, middle) > probability ? &low : &high) = middle;
    }
    return (low + high) / 2;
}

static void go_on(const walk *before, double time, double bound, walk *after) {
    double step = sqrt(time - before->time);
    *after = (walk){.time = time, .low = -FAR * sqrt(time), .high = bound};
    for (int j = 0; j < NODES; j++) {
        double y = node(after, j), sum = 0;
        if (before->time == 0)
            sum = exp(-y * y / (2 * time)) / sqrt(2 * M_PI * time);
        for (int i = 0; before->time > 0 && i < NODES; i++) {
            double z = (y - node(before, i)) / step;
            if (fabs(z) < FAR)
                sum += weight(before, i) * before->density[i] * exp(-z * z / 2);
        }
        after->density[j] = before->time > 0 ? sum / (step * sqrt(2 * M_PI)) : sum;
    }
}

bool statistics_look_levels(const double *fractions, size_t looks, double alpha, double *levels) {
    walk *now = calloc(2, sizeof *now), *next = now ? now + 1 : NULL;
    double spent = 0, last = 0;
    bool good = now && looks > 0;
    for (size_t k = 0; good && k < looks; k++) {
        double time = fractions[k], more = statistics_spent(time, alpha) - spent;
        good = time > last && time <= 1;
        if (!good)
            break;
        double bound = more > LEAST_SPENT ? find_bound(now, time, more) : FAR * sqrt(time);
        levels[k] = more > LEAST_SPENT ? statistics_normal_cdf(-bound / sqrt(time)) : LEAST_SPENT;
        spent += more;
        last = time;
        if (k + 1 < looks) {
            go_on(now, time, bound, next);
            walk *free_one = now;
            now = next;
            next = free_one;
        }
    }
    free(now < next ? now : next);
    return good;
}
