/* SPDX-License-Identifier: MIT */
/* Statistics: intervals, comparisons and their words. Every function is pure, takes plain arrays and is tested against
 * SciPy's numbers. Formulas are named where they are written. NaN in, NaN out; n too small gives NaN limits. Functions
 * of ranks (median, interquartile mean, improvement, stochastic order) take infinite scores for results without a
 * number. */
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
double statistics_deviation(const double *x, size_t n); /* n - 1 */
double statistics_median(const double *x, size_t n);
/* Median with the quartiles as limits (linear between neighbours, as NumPy). */
interval statistics_quartiles(const double *x, size_t n);

/* Mean with Student-t interval at `confidence` (0.95). */
interval statistics_mean_interval(const double *x, size_t n, double confidence);
/* Geometric mean of exp10(log10_x[i]) with interval, all in log10 (so it cannot underflow). */
interval statistics_log_mean_interval(const double *log10_x, size_t n, double confidence);
/* Wilson score interval (1927) of k successes in n. */
interval statistics_wilson(size_t k, size_t n, double confidence);
/* Interval of the difference of means, a - b: paired, and Welch. */
interval statistics_paired_difference(const double *a, const double *b, size_t n, double confidence);
interval statistics_welch_difference(const double *a, size_t na, const double *b, size_t nb, double confidence);

/* Interquartile mean: the mean without the floor(n / 4) smallest and largest numbers, as SciPy's trim_mean; of three
 * numbers it is their mean. */
double statistics_iqm(const double *x, size_t n);
/* BCa bootstrap interval of a statistic (Efron 1987) from Philox stream (seed, GB_RANDOM_STATISTICS). */
interval statistics_bca(const double *x, size_t n, double (*statistic)(const double *, size_t), size_t resamples,
                        double confidence, uint64_t seed);
/* The confidence to ask a bootstrap of n numbers for, so that its interval covers `confidence`: resamples vary less
 * than samples by (n - 1) / n, and normal quantiles stand where Student's would (Hesterberg 2015, section 4.1). */
double statistics_bootstrap_confidence(size_t n, double confidence);
/* Percentile interval of a statistic over several tasks (rliable's, for the IQM over runs and tasks; Agarwal et al.
 * 2021): x holds the strata one after the other, sizes[] says how many each, and every resample draws each stratum
 * from itself. */
interval statistics_stratified(const double *x, const size_t *sizes, size_t strata,
                               double (*statistic)(const double *, size_t), size_t resamples, double confidence,
                               uint64_t seed);

/* The probability of improvement, P(A > B) with ties half: the Mann-Whitney statistic U / (na nb), with Newcombe's
 * score interval (2006, method 5). Ask for P(B > A) where lower is better. */
interval statistics_improvement(const double *a, size_t na, const double *b, size_t nb, double confidence);

/* Almost stochastic order of scores (higher is better), of 2 and more. The violation ratio is 0 when A's distribution
 * lies to the right of B's everywhere, 1 when to the left, 0.5 when they are equal. The second is its upper bound at
 * confidence 1 - alpha / comparisons by bootstrap: A better when it is below 0.5 (0.2 to be strict). */
double statistics_violation(const double *a, size_t na, const double *b, size_t nb);
double statistics_stochastic_order(const double *a, size_t na, const double *b, size_t nb, double alpha,
                                   size_t comparisons, size_t resamples, uint64_t seed);

/* Fisher's exact test of two solve rates, ka of na and kb of nb: the two-sided p-value. */
double statistics_fisher(size_t ka, size_t na, size_t kb, size_t nb);

/* When a trial solved its task, or (unsolved) until when it had not: censored there, never dropped. */
typedef struct solve_time {
    double time;
    bool solved;
} solve_time;
typedef struct survival_step {
    double time;
    size_t at_risk, solved;     /* right before, and right then */
    double unsolved, low, high; /* the share still unsolved after it */
} survival_step;
/* The Kaplan-Meier curve (1958) with log-log limits (Kalbfleisch and Prentice); returns how many of steps[n] it has. */
size_t statistics_kaplan_meier(const solve_time *x, size_t n, double confidence, survival_step *steps);
/* The first time at which no more than half are unsolved; NaN: it never comes. */
double statistics_median_time(const survival_step *steps, size_t count);
/* The log-rank test of two groups (Mantel 1966); z > 0: A solves sooner. Its square is chi^2 with one degree. */
typedef struct log_rank {
    double z, p;
} log_rank;
log_rank statistics_log_rank(const solve_time *a, size_t na, const solve_time *b, size_t nb);

/* Holm's adjusted p-values (1979) of a family, NaN left out; a test stands at alpha when its own is at most alpha.
 * `adjusted` may not be `p`. False: out of memory. */
bool statistics_holm(const double *p, size_t n, double *adjusted);

/* The mean of the best of k trials drawn from the n seen, with replacement (Dodge et al. 2019). */
double statistics_expected_best(const double *x, size_t n, size_t k, int higher_is_better);

/* The power of n pairs whose differences have mean `effect` and this deviation: of the two-sided t test (noncentral t),
 * and of TOST within the margin. */
double statistics_power_difference(size_t n, double effect, double deviation, double alpha);
double statistics_power_equivalence(size_t n, double effect, double deviation, double margin, double alpha);
/* The least n with that power; 0: none up to 10,000. */
size_t statistics_seeds_difference(double effect, double deviation, double alpha, double power);
size_t statistics_seeds_equivalence(double effect, double deviation, double margin, double alpha, double power);
/* The runs that tell a probability of improvement from 0.5, one-sided (Noether 1987). */
size_t statistics_seeds_improvement(double probability, double alpha, double power);

/* Several looks at a sample that grows to a size declared beforehand. What a one-sided test may have spent of alpha at
 * a fraction (0..1) of that size: little at first, O'Brien and Fleming's way (Lan and DeMets 1983). */
double statistics_spent(double fraction, double alpha);
/* The one-sided level at which each look's own test rejects, so that all looks together reject a true null hypothesis
 * with probability alpha: by recursive integration (Armitage, McPherson and Rowe 1969), of a normal test; a t test is
 * held to the same levels. Fractions rise to at most 1. False: they do not, or out of memory. */
bool statistics_look_levels(const double *fractions, size_t looks, double alpha, double *levels);

typedef enum verdict_word { VERDICT_A_BETTER, VERDICT_B_BETTER, VERDICT_EQUIVALENT, VERDICT_UNDECIDED } verdict_word;

/* The levels at which a comparison decides: two-sided of a difference, one-sided of equivalence. 0: 0.05. With several
 * looks those of statistics_look_levels; the intervals are then repeated confidence intervals. */
typedef struct comparison_levels {
    double difference, equivalence;
} comparison_levels;

/* A comparison a - b with margin: TOST (Schuirmann 1987) at alpha 0.05 for equivalence, else a two-sided t test. Pairs
 * that all differ by the same amount have no spread: sign tests decide them, so that 5 are needed for equivalence and 6
 * for a difference. */
typedef struct comparison {
    interval difference; /* of means, 95 %, or 1 - levels.difference */
    interval tost;       /* the interval that decides equivalence: 90 %, or 1 - 2 levels.equivalence */
    double p_difference, p_equivalence;
    comparison_levels levels;
    double margin;
    int higher_is_better;
    verdict_word word;
    double deviation; /* of a pair, or of one a and one b */
} comparison;
comparison statistics_compare_paired(const double *a, const double *b, size_t n, double margin, int higher_is_better);
comparison statistics_compare_paired_at(const double *a, const double *b, size_t n, double margin, int higher_is_better,
                                        comparison_levels levels);
comparison statistics_compare_welch(const double *a, size_t na, const double *b, size_t nb, double margin,
                                    int higher_is_better);
/* Undecided: about this many more seeds a side until the difference is found with 80 % power, or found to lie inside
 * the margin, whichever is nearer; 9999: no affordable number. Costs up to a millisecond. */
size_t comparison_more_seeds(const comparison *c);
/* The comparison in words: "equivalent within 0.1 (gru ahead by 0.02)", "undecided: about 6 more seeds", ... */
void comparison_words(const comparison *c, const char *a, const char *b, char *words, size_t size);

#endif
