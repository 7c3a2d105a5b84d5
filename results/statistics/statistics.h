/* SPDX-License-Identifier: MIT */
/* Statistics: intervals, comparisons and their words. Every function is pure, takes plain arrays and is tested against
 * SciPy. The implementations name their formulas. NaN inputs give NaN; if n is too small, limits are NaN. Functions
 * based on ranks (median, interquartile mean, improvement, stochastic order) accept infinite scores for results without
 * a value. */
#ifndef GATEBENCH_RESULTS_STATISTICS_STATISTICS_H
#define GATEBENCH_RESULTS_STATISTICS_STATISTICS_H

#include <stdbool.h>
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
double statistics_deviation(const double *x, size_t n); /* standard deviation, with n - 1 */
double statistics_median(const double *x, size_t n);
/* Median with the quartiles as limits (linear between neighbours, as NumPy). */
interval statistics_quartiles(const double *x, size_t n);

/* Mean with Student-t interval at `confidence` (0.95). */
interval statistics_mean_interval(const double *x, size_t n, double confidence);
/* Geometric mean of exp10(log10_x[i]) with interval, all in log10 (so it cannot underflow). */
interval statistics_log_mean_interval(const double *log10_x, size_t n, double confidence);
/* Wilson score interval (1927) of k successes in n. */
interval statistics_wilson(size_t k, size_t n, double confidence);
/* Interval of the difference of means of pairs, a - b. */
interval statistics_paired_difference(const double *a, const double *b, size_t n, double confidence);

/* Interquartile mean: the mean without the floor(n / 4) smallest and largest numbers, as SciPy's trim_mean; for three
 * numbers their mean. */
double statistics_iqm(const double *x, size_t n);
/* BCa bootstrap interval of a statistic (Efron 1987) from Philox stream (seed, GB_RANDOM_STATISTICS). */
interval statistics_bca(const double *x, size_t n, double (*statistic)(const double *, size_t), size_t resamples,
                        double confidence, uint64_t seed);
/* The nominal confidence of a bootstrap of n numbers for which its interval covers `confidence`. It corrects that the
 * variance of resamples is smaller by (n - 1) / n, and that normal quantiles are used in place of Student's (Hesterberg
 * 2015, section 4.1). */
double statistics_bootstrap_confidence(size_t n, double confidence);
/* Percentile interval of a statistic over several tasks (rliable's, for the IQM over runs and tasks; Agarwal et al.
 * 2021): x holds the strata one after the other, sizes[] their sizes; every resample draws each stratum from itself. */
interval statistics_stratified(const double *x, const size_t *sizes, size_t strata,
                               double (*statistic)(const double *, size_t), size_t resamples, double confidence,
                               uint64_t seed);

/* The probability of improvement, P(A > B), where a tie counts half: the Mann-Whitney statistic U / (na nb), with
 * Newcombe's score interval (2006, method 5). If lower is better, use P(B > A). */
interval statistics_improvement(const double *a, size_t na, const double *b, size_t nb, double confidence);

/* Almost stochastic order of at least 2 scores (higher is better). The violation ratio is 0 if A's distribution is to
 * the right of B's everywhere, 1 if to the left, 0.5 if they are equal. The second is its upper bound at confidence 1 -
 * alpha / comparisons by bootstrap: A better when it is below 0.5 (0.2 to be strict). */
double statistics_violation(const double *a, size_t na, const double *b, size_t nb);
double statistics_stochastic_order(const double *a, size_t na, const double *b, size_t nb, double alpha,
                                   size_t comparisons, size_t resamples, uint64_t seed);

/* Fisher's exact test of two solve rates, ka of na and kb of nb: the two-sided p-value. */
double statistics_fisher(size_t ka, size_t na, size_t kb, size_t nb);

/* The time at which a trial solved its task, or for an unsolved trial the time at which it is censored. */
typedef struct solve_time {
    double time;
    bool solved;
} solve_time;
typedef struct survival_step {
    double time;
    size_t at_risk, solved;     /* number still unsolved just before this time, and number solved at it */
    double unsolved, low, high; /* the share still unsolved after it */
} survival_step;
/* The Kaplan-Meier curve (1958) with log-log limits (Kalbfleisch and Prentice); returns the number of entries written
 * to steps[n]. */
size_t statistics_kaplan_meier(const solve_time *x, size_t n, double confidence, survival_step *steps);
/* The first time at which at most half are unsolved; NaN: never. */
double statistics_median_time(const survival_step *steps, size_t count);
/* The log-rank test of two groups (Mantel 1966); z > 0: A solves sooner. z^2 is chi-squared with one degree of freedom.
 */
typedef struct log_rank {
    double z, p;
} log_rank;
log_rank statistics_log_rank(const solve_time *a, size_t na, const solve_time *b, size_t nb);

/* Holm's adjusted p-values (1979) of a family, ignoring NaN; a test is significant at alpha if its adjusted p-value is
 * at most alpha. `adjusted` may not be `p`. False: out of memory. */
bool statistics_holm(const double *p, size_t n, double *adjusted);

/* The expected best of k trials drawn from these n, with replacement (Dodge et al. 2019). */
double statistics_expected_best(const double *x, size_t n, size_t k, int higher_is_better);

/* The power of n pairs whose differences have mean `effect` and this standard deviation: for the two-sided t test
 * (noncentral t), and for TOST within the margin. */
double statistics_power_difference(size_t n, double effect, double deviation, double alpha);
double statistics_power_equivalence(size_t n, double effect, double deviation, double margin, double alpha);
/* The smallest n with this power; 0: none up to 10,000. */
size_t statistics_seeds_difference(double effect, double deviation, double alpha, double power);
size_t statistics_seeds_equivalence(double effect, double deviation, double margin, double alpha, double power);

/* For interim looks at a sample that grows to a size declared beforehand: the part of alpha that a one-sided test may
 * have spent at a fraction (0..1) of that size. It is small at first, as by O'Brien and Fleming (Lan and DeMets
 * 1983). */
double statistics_spent(double fraction, double alpha);
/* For each interim look the one-sided significance level of its test. With these levels a true null hypothesis is
 * rejected at any of the looks with probability alpha. fractions[i] is the size of the sample at look i as a share of
 * the declared size; the fractions must increase and be at most 1, else the function returns false (also when out of
 * memory). Computed for a normal test by recursive integration (Armitage, McPherson and Rowe 1969), and used for the t
 * test too. */
bool statistics_look_levels(const double *fractions, size_t looks, double alpha, double *levels);

typedef enum verdict_word { VERDICT_A_BETTER, VERDICT_B_BETTER, VERDICT_EQUIVALENT, VERDICT_UNDECIDED } verdict_word;

/* The significance levels of a comparison: two-sided for a difference, one-sided for equivalence. 0: 0.05. With several
 * looks they are those of statistics_look_levels, and the intervals are then repeated confidence intervals. */
typedef struct comparison_levels {
    double difference, equivalence;
} comparison_levels;

/* A comparison a - b with margin: TOST (Schuirmann 1987) at alpha 0.05 for equivalence, else a two-sided t test. If all
 * pairs differ by the same amount, there is no spread, and sign tests are used; these need 5 pairs for equivalence and
 * 6 for a difference. */
typedef struct comparison {
    interval difference; /* interval of the difference of means, 95 % or 1 - levels.difference */
    interval tost;       /* the interval that decides equivalence: 90 %, or 1 - 2 levels.equivalence */
    double p_difference, p_equivalence;
    comparison_levels levels;
    double margin;
    int higher_is_better;
    verdict_word word;
    double deviation; /* standard deviation of the differences */
} comparison;
comparison statistics_compare_paired(const double *a, const double *b, size_t n, double margin, int higher_is_better,
                                     comparison_levels levels);
/* For an undecided comparison: the approximate number of additional seeds per arm with which it would be decided with
 * 80 % power, either as a difference or as equivalence, whichever needs fewer; 9999: no affordable number. Takes up to
 * a millisecond. */
size_t comparison_more_seeds(const comparison *c);
/* The comparison in words: "equivalent within 0.1 (gru ahead by 0.02)", "undecided: about 6 more seeds", ... */
void comparison_words(const comparison *c, const char *a, const char *b, char *words, size_t size);

#endif
