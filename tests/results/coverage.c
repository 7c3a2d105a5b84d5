/* SPDX-License-Identifier: MIT */
/* How often the 95 % intervals hold the truth, measured on simulated runs: the table of results/README.md.
 * Usage: results_coverage [repeats]; fails where an interval covers less than its band says. */
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
    size_t less_often; /* a study this much dearer has fewer repeats */
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

/* How often a verdict is wrong: `word` said although the true difference is `effect` and the margin 1. */
static size_t run_verdicts(const char *name, double effect, verdict_word first, verdict_word second, size_t repeats) {
    static const size_t sizes[] = {3, 5, 10};
    size_t wrong = 0;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        gb_random random = gb_random_stream(2015, GB_RANDOM_STATISTICS, i);
        size_t said = 0, n = sizes[i];
        for (size_t r = 0; r < repeats; r++) {
            double a[MOST], b[MOST];
            for (size_t j = 0; j < n; j++) {
                b[j] = gb_random_normal(&random);
                a[j] = b[j] + effect + 0.5 * gb_random_normal(&random);
            }
            verdict_word word = statistics_compare_paired(a, b, n, effect > 0 ? 1 : 0, 1).word;
            said += word == first || word == second;
        }
        double share = (double)said / (double)repeats;
        printf("| %s | pairs by seed, normal | %zu | %.1f %% wrong |\n", name, n, 100 * share);
        wrong += share > 0.06 + 4 * sqrt(0.05 * 0.95 / (double)repeats);
    }
    return wrong;
}

int main(int argc, char **argv) {
    size_t repeats = argc > 1 ? strtoul(argv[1], NULL, 10) : 4000, wrong = 0;
    if (repeats < 100) {
        fprintf(stderr, "usage: results_coverage [repeats, 100 or more]\n");
        return 2;
    }
    const double few = 0.93;
    const study studies[] = {
        {"t of the mean", "normal", t_mean, draw_normal, 0, 0, {3, 5, 10}, {few, few, few}, 1},
        {"t of the mean",
         "90 % solve it, the rest stay at 0.5",
         t_mean,
         draw_solved,
         0.9,
         solved_mean(0.9),
         {3, 5, 10},
         {0},
         1},
        {"t of the mean",
         "half solve it, the rest stay at 0.5",
         t_mean,
         draw_solved,
         0.5,
         solved_mean(0.5),
         {3, 5, 10},
         {0},
         1},
        {"Wilson of the solve rate", "90 % solve it", wilson, draw_solved, 0.9, 0.9, {3, 5, 10}, {0}, 1},
        {"Wilson of the solve rate", "half solve it", wilson, draw_solved, 0.5, 0.5, {3, 5, 10}, {0}, 1},
        {"BCa of the mean", "normal", bca_mean, draw_normal, 0, 0, {30, 50}, {few, few}, 10},
        {"BCa of the mean", "skewed (log-normal, 0.5)", bca_mean, draw_skewed, 0.5, exp(0.125), {30, 50}, {0}, 10},
        {"BCa of the IQM", "normal", bca_iqm, draw_normal, 0, 0, {30, 50}, {few, few}, 10},
        {"BCa of the IQM", "skewed (log-normal, 0.5)", bca_iqm, draw_skewed, 0.5, skewed_iqm(0.5), {30, 50}, {0}, 10},
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
    wrong += run_verdicts("\"better\" where there is no difference", 0, VERDICT_A_BETTER, VERDICT_B_BETTER, repeats);
    wrong += run_verdicts("\"equivalent\" on the margin", 1, VERDICT_EQUIVALENT, VERDICT_EQUIVALENT, repeats);
    return wrong > 0;
}
