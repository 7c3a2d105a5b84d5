/* SPDX-License-Identifier: MIT */
/* How often the 95 % intervals contain the true value, measured on simulated runs and comparisons: a table of
 * results/README.md. Usage: results_coverage [repeats]; fails if an interval covers less often than its band allows. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "gatebench/random.h"
#include "results/statistics/statistics.h"

enum { MOST = 64, RESAMPLES = 1000 };

/* Where the simulated runs come from; `more` is its one parameter. */
static double draw_normal(gb_random *random, double more) {
    return more + gb_random_normal(random);
}

static double draw_skewed(gb_random *random, double more) {
    return exp(more * gb_random_normal(random));
}

/* Accuracies of a task that a share of the seeds solves, while the others stay near chance. */
static double draw_solved(gb_random *random, double more) {
    double solved = gb_random_uniform(random) < more;
    return solved > 0 ? 0.99 + 0.004 * gb_random_normal(random) : 0.5 + 0.05 * gb_random_normal(random);
}

/* Differences of a pair of arms: of two skewed arms whose seeds have half of their spread in common, of a skewed and a
 * normal one, and of one that 90 % solve and one that half solve. */
static double draw_skewed_pair(gb_random *random, double more) {
    double common = gb_random_normal(random);
    double a = exp(more * (common + gb_random_normal(random)) * M_SQRT1_2);
    return a - exp(more * (common + gb_random_normal(random)) * M_SQRT1_2);
}

static double draw_skewed_less_normal(gb_random *random, double more) {
    return exp(more * gb_random_normal(random)) - more * gb_random_normal(random);
}

static double draw_solved_pair(gb_random *random, double more) {
    double a = draw_solved(random, 0.9);
    return a - draw_solved(random, more);
}

static double solved_mean(double share) {
    return share * 0.99 + (1 - share) * 0.5;
}

/* The mean of the middle half of exp(s Z). */
static double skewed_iqm(double s) {
    double quartile = statistics_normal_quantile(0.75);
    return 2 * exp(s * s / 2) * (statistics_normal_cdf(quartile - s) - statistics_normal_cdf(-quartile - s));
}

static interval t_mean(const double *x, size_t n, uint64_t seed) {
    (void)seed;
    return statistics_mean_interval(x, n, 0.95);
}

/* As the program asks for it: wider than 95 % nominally, so that it covers 95. */
static interval wider_bca_mean(const double *x, size_t n, uint64_t seed) {
    return statistics_bca(x, n, statistics_mean, RESAMPLES, statistics_bootstrap_confidence(n, 0.95), seed);
}

static interval wider_bca_iqm(const double *x, size_t n, uint64_t seed) {
    return statistics_bca(x, n, statistics_iqm, RESAMPLES, statistics_bootstrap_confidence(n, 0.95), seed);
}

static interval bca_mean(const double *x, size_t n, uint64_t seed) {
    return statistics_bca(x, n, statistics_mean, RESAMPLES, 0.95, seed);
}

static interval bca_iqm(const double *x, size_t n, uint64_t seed) {
    return statistics_bca(x, n, statistics_iqm, RESAMPLES, 0.95, seed);
}

/* Of how many solved: accuracy of 0.9 and more. */
static interval wilson(const double *x, size_t n, uint64_t seed) {
    size_t k = 0;
    for (size_t i = 0; i < n; i++)
        k += x[i] >= 0.9;
    (void)seed;
    return statistics_wilson(k, n, 0.95);
}

/* P(A > B) when half of the numbers are B and A lies one deviation higher. */
static interval improvement(const double *x, size_t n, uint64_t seed) {
    double a[MOST];
    (void)seed;
    for (size_t i = 0; i < n / 2; i++)
        a[i] = x[i] + 1;
    return statistics_improvement(a, n / 2, x + n / 2, n / 2, 0.95);
}

typedef struct study {
    const char *interval, *data;
    interval (*limits)(const double *x, size_t n, uint64_t seed);
    double (*draw)(gb_random *random, double more);
    double more, truth;
    size_t sizes[4];   /* ends with 0 */
    double least[4];   /* what the coverage must be at least, 0: shown only */
    size_t less_often; /* the number of repeats is divided by this, since the study takes longer */
} study;

static double coverage(const study *s, size_t n, size_t repeats) {
    gb_random random = gb_random_stream(2014, GB_RANDOM_STATISTICS, n);
    size_t held = 0;
    for (size_t i = 0; i < repeats; i++) {
        double x[MOST];
        for (size_t j = 0; j < n; j++)
            x[j] = s->draw(&random, s->more);
        interval got = s->limits(x, n, i);
        held += got.low <= s->truth && s->truth <= got.high;
    }
    return (double)held / (double)repeats;
}

/* Prints the study's rows; returns how many of them cover too little or (normal data) too much. */
static size_t run_study(const study *s, size_t repeats) {
    size_t wrong = 0;
    repeats /= s->less_often;
    for (size_t i = 0; i < 4 && s->sizes[i]; i++) {
        double got = coverage(s, s->sizes[i], repeats), noise = 4 * sqrt(0.95 * 0.05 / (double)repeats);
        bool bad = s->least[i] > 0 && (got < s->least[i] - noise || got > 0.97 + noise);
        printf("| %s | %s | %zu | %.1f %% |%s\n", s->interval, s->data, s->sizes[i], 100 * got,
               bad ? " outside 93-97 %" : "");
        wrong += bad;
    }
    return wrong;
}

static const char solved_90[] = "90 % solve it, the rest stay at 0.5";
static const char solved_50[] = "half solve it, the rest stay at 0.5";
static const char skewed_pair[] = "of two skewed arms (log-normal, 0.5)";
static const char skewed_normal[] = "of a skewed and a normal arm";
static const char solved_pair[] = "of one that 90 % solve and one that half solve";

int main(int argc, char **argv) {
    size_t repeats = argc > 1 ? strtoul(argv[1], NULL, 10) : 4000, wrong = 0;
    if (repeats < 100) {
        fprintf(stderr, "usage: results_coverage [repeats, 100 or more]\n");
        return 2;
    }
    const double few = 0.93;
    const study studies[] = {
        {"t of the mean", "normal", t_mean, draw_normal, 0, 0, {3, 5, 10, 30}, {few, few, few, few}, 1},
        {"t of the mean", "skewed (log-normal, 0.5)", t_mean, draw_skewed, 0.5, exp(0.125), {3, 5, 10, 30}, {0}, 1},
        {"t of the mean", solved_90, t_mean, draw_solved, 0.9, solved_mean(0.9), {3, 5, 10, 30}, {0}, 1},
        {"t of the mean", solved_50, t_mean, draw_solved, 0.5, solved_mean(0.5), {3, 5, 10, 30}, {0}, 1},
        {"t of a difference", skewed_pair, t_mean, draw_skewed_pair, 0.5, 0, {3, 5, 10, 30}, {0}, 1},
        {"t of a difference", skewed_normal, t_mean, draw_skewed_less_normal, 0.5, exp(0.125), {3, 5, 10, 30}, {0}, 1},
        {"t of a difference", solved_pair, t_mean, draw_solved_pair, 0.5, 0.4 * 0.49, {3, 5, 10, 30}, {0}, 1},
        {"Wilson of the solve rate", solved_90, wilson, draw_solved, 0.9, 0.9, {3, 5, 10, 30}, {0}, 1},
        {"Wilson of the solve rate", solved_50, wilson, draw_solved, 0.5, 0.5, {3, 5, 10, 30}, {0}, 1},
        {"plain BCa of the mean", "normal", bca_mean, draw_normal, 0, 0, {30, 50}, {0}, 2},
        {"plain BCa of the mean", "skewed (log-normal, 0.5)", bca_mean, draw_skewed, 0.5, exp(0.125), {30, 50}, {0}, 2},
        {"BCa of the mean", "normal", wider_bca_mean, draw_normal, 0, 0, {30, 50}, {0}, 2},
        {"BCa of the mean", "skewed (log-normal, 0.5)", wider_bca_mean, draw_skewed, 0.5, exp(0.125), {30, 50}, {0}, 2},
        {"BCa of the mean", solved_50, wider_bca_mean, draw_solved, 0.5, solved_mean(0.5), {30, 50}, {0}, 2},
        {"BCa of a difference", "of normal arms", wider_bca_mean, draw_normal, 0, 0, {30, 50}, {0}, 2},
        {"BCa of a difference", skewed_pair, wider_bca_mean, draw_skewed_pair, 0.5, 0, {30, 50}, {0}, 2},
        {"BCa of a difference",
         skewed_normal,
         wider_bca_mean,
         draw_skewed_less_normal,
         0.5,
         exp(0.125),
         {30, 50},
         {0},
         2},
        {"BCa of a difference", solved_pair, wider_bca_mean, draw_solved_pair, 0.5, 0.4 * 0.49, {30, 50}, {0}, 2},
        {"BCa of the IQM", "normal", wider_bca_iqm, draw_normal, 0, 0, {30, 50}, {few, few}, 2},
        {"BCa of the IQM",
         "skewed (log-normal, 0.5)",
         wider_bca_iqm,
         draw_skewed,
         0.5,
         skewed_iqm(0.5),
         {30, 50},
         {few, few},
         2},
        {"BCa of the differences' IQM", skewed_pair, wider_bca_iqm, draw_skewed_pair, 0.5, 0, {30, 50}, {few, few}, 2},
        {"plain BCa of the IQM", "normal", bca_iqm, draw_normal, 0, 0, {30, 50}, {0}, 2},
        {"Newcombe of P(A > B)",
         "normal, 2 x n / 2, one deviation apart",
         improvement,
         draw_normal,
         0,
         statistics_normal_cdf(M_SQRT1_2),
         {6, 10, 20, 60},
         {0},
         1},
    };
    printf("| interval (95 %%) | data | n | holds the truth |\n|---|---|---|---|\n");
    for (size_t i = 0; i < sizeof studies / sizeof *studies; i++)
        wrong += run_study(&studies[i], repeats);
    return wrong > 0;
}
