/* SPDX-License-Identifier: MIT */
/* Statistics: intervals, comparisons and their words. Every function is pure, takes plain arrays and is tested against
 * SciPy's numbers. Formulas are named where they are written. NaN in, NaN out; n too small gives NaN limits. */
#ifndef GATEBENCH_RESULTS_STATISTICS_H
#define GATEBENCH_RESULTS_STATISTICS_H

#include <stddef.h>
#include <stdint.h>

typedef struct interval {
    double estimate, low, high;
    size_t n;
} interval;

/* Distribution functions (regularised incomplete beta by continued fraction; Wichura's AS 241). */
double statistics_normal_cdf(double x);
double statistics_normal_quantile(double p);
double statistics_t_cdf(double t, double degrees);
double statistics_t_quantile(double p, double degrees);

double statistics_mean(const double *x, size_t n);
double statistics_deviation(const double *x, size_t n); /* n - 1 */
double statistics_median(const double *x, size_t n);

/* Mean with Student-t interval at `confidence` (0.95). */
interval statistics_mean_interval(const double *x, size_t n, double confidence);
/* Geometric mean of exp10(log10_x[i]) with interval, all in log10 (so it cannot underflow). */
interval statistics_log_mean_interval(const double *log10_x, size_t n, double confidence);
/* Wilson score interval (1927) of k successes in n. */
interval statistics_wilson(size_t k, size_t n, double confidence);
/* Interval of the difference of means, a - b: paired, and Welch. */
interval statistics_paired_difference(const double *a, const double *b, size_t n, double confidence);
interval statistics_welch_difference(const double *a, size_t na, const double *b, size_t nb, double confidence);

/* Interquartile mean: the mean of the middle half (25 % trimmed; fractional weights as SciPy's trim_mean cuts). */
double statistics_iqm(const double *x, size_t n);
/* BCa bootstrap interval of a statistic (Efron 1987) from Philox stream (seed, GB_RANDOM_STATISTICS). */
interval statistics_bca(const double *x, size_t n, double (*statistic)(const double *, size_t), size_t resamples,
                        double confidence, uint64_t seed);

typedef enum verdict_word { VERDICT_A_BETTER, VERDICT_B_BETTER, VERDICT_EQUIVALENT, VERDICT_UNDECIDED } verdict_word;

/* A comparison a - b with margin: TOST (Schuirmann 1987) at alpha 0.05 for equivalence, else a two-sided t test. */
typedef struct comparison {
    interval difference; /* of means, 95 % */
    interval tost;       /* the 90 % interval that decides equivalence */
    double p_difference, p_equivalence;
    double margin;
    int higher_is_better;
    verdict_word word;
    size_t more_seeds; /* undecided: about this many more seeds a side for 80 % power */
} comparison;
comparison statistics_compare_paired(const double *a, const double *b, size_t n, double margin, int higher_is_better);
comparison statistics_compare_welch(const double *a, size_t na, const double *b, size_t nb, double margin,
                                    int higher_is_better);
/* The comparison in words: "equivalent within 0.1 (gru ahead by 0.02)", "undecided: about 6 more seeds", ... */
void comparison_words(const comparison *c, const char *a, const char *b, char *words, size_t size);

#endif
