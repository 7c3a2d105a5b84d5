/* SPDX-License-Identifier: MIT */
/* Statistics against SciPy's numbers (statistics_golden.txt) and against simulation, and their outcomes in words. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gatebench/random.h"
#include "results/statistics/statistics.h"

#define MOST 128

static void assert_near(double got, double expected, double tolerance, const char *line) {
    if (!(fabs(got - expected) <= tolerance * (1 + fabs(expected)) * (fabs(expected) < 1e-3 ? 1e-3 : 1)))
        fail_msg("got %.17g, expected %.17g in: %.120s", got, expected, line);
}

static void check_interval(interval got, const double *expected, double tolerance, const char *line) {
    assert_near(got.estimate, expected[0], tolerance, line);
    assert_near(got.low, expected[1], tolerance, line);
    assert_near(got.high, expected[2], tolerance, line);
}

static comparison compare_pairs(const double *a, const double *b, size_t n, double margin, int higher_is_better) {
    return statistics_compare_paired(a, b, n, margin, higher_is_better, (comparison_levels){0});
}

static void check_comparison(comparison got, const double *expected, const char *line) {
    check_interval(got.difference, expected, 1e-9, line);
    assert_near(got.p_difference, expected[3], 1e-9, line);
    assert_near(got.p_equivalence, expected[4], 1e-9, line);
    /* The two definitions of equivalence agree: the p value, and the 90 % interval inside the margins. */
    assert_int_equal(got.p_equivalence<0.05, got.tost.low> - got.margin && got.tost.high < got.margin);
}

/* The curve's second step, the median and the log-rank test, from [n of the first group, (time, solved)...]. */
static void check_survival(const double *in, size_t n, const double *out, const char *line) {
    solve_time x[MOST];
    survival_step steps[MOST];
    size_t na = (size_t)in[0], all = (n - 1) / 2;
    for (size_t i = 0; i < all; i++)
        x[i] = (solve_time){in[1 + 2 * i], in[2 + 2 * i] != 0};
    size_t count = statistics_kaplan_meier(x, na, 0.95, steps);
    assert_int_equal(count, (size_t)out[0]);
    if (isnan(out[1]))
        assert_true(isnan(statistics_median_time(steps, count)));
    else
        assert_near(statistics_median_time(steps, count), out[1], 1e-12, line);
    assert_near(steps[1].time, out[2], 1e-12, line);
    check_interval((interval){steps[1].unsolved, steps[1].low, steps[1].high, na}, out + 3, 1e-10, line);
    log_rank test = statistics_log_rank(x, na, x + na, all - na);
    assert_near(test.z, out[6], 1e-10, line);
    assert_near(test.p, out[7], 1e-9, line);
}

static void check_holm(const double *in, size_t n, const double *out, const char *line) {
    double adjusted[MOST];
    assert_true(statistics_holm(in, n, adjusted));
    for (size_t i = 0; i < n && i < 8; i++)
        assert_near(adjusted[i], out[i], 1e-12, line);
}

/* The functions of two samples whose line starts with the size of the first, and of powers and budgets. */
static void check_more(const char *name, const double *in, size_t n, const double *out, const char *line) {
    const double *a = in + 1;
    size_t na = (size_t)in[0], nb = n - 1 - na;
    if (strcmp(name, "improvement") == 0) {
        check_interval(statistics_improvement(a, na, a + na, nb, 0.95), out, 1e-9, line);
    } else if (strcmp(name, "stochastic_order") == 0) {
        assert_near(statistics_violation(a, na, a + na, nb), out[0], 1e-10, line);
        assert_near(statistics_stochastic_order(a, na, a + na, nb, 0.05, 1, 20000, 1), out[1], 0.01, line);
        assert_near(statistics_stochastic_order(a, na, a + na, nb, 0.05, 6, 20000, 1), out[2], 0.01, line);
    } else if (strcmp(name, "fisher") == 0) {
        double p = statistics_fisher((size_t)in[0], (size_t)in[1], (size_t)in[2], (size_t)in[3]);
        assert_near(p, out[0], 1e-9, line);
    } else if (strcmp(name, "survival") == 0) {
        check_survival(in, n, out, line);
    } else if (strcmp(name, "look_levels") == 0) {
        double levels[MOST];
        assert_true(statistics_look_levels(in + 1, n - 1, in[0], levels));
        for (size_t k = 0; k + 1 < n; k++) /* SciPy's joint normal has an absolute error of 1e-8 or so */
            assert_true(fabs(levels[k] - out[k]) < 2e-6 + 2e-4 * out[k]);
    } else if (strcmp(name, "holm") == 0) {
        check_holm(in, n, out, line);
    } else if (strcmp(name, "expected_best") == 0) {
        assert_near(statistics_expected_best(a, n - 1, (size_t)in[0], 1), out[0], 1e-12, line);
        assert_near(statistics_expected_best(a, n - 1, (size_t)in[0], 0), out[1], 1e-12, line);
    } else if (strcmp(name, "power") == 0) {
        assert_near(statistics_power_difference((size_t)in[0], in[1], in[2], 0.05), out[0], 1e-8, line);
        assert_near(statistics_power_equivalence((size_t)in[0], in[1], in[2], in[3], 0.05), out[1], 1e-8, line);
    } else if (strcmp(name, "stratified_iqm") == 0) {
        const size_t sizes[] = {10, 12, 8};
        check_interval(statistics_stratified(in, sizes, 3, statistics_iqm, 20000, 0.95, 1), out, 0.01, line);
    } else {
        fail_msg("unknown function in: %s", line);
    }
}

static void check_case(const char *name, const double *in, size_t n, const double *out, const char *line) {
    if (strcmp(name, "normal_cdf") == 0) {
        assert_near(statistics_normal_cdf(in[0]), out[0], 1e-12, line);
    } else if (strcmp(name, "normal_quantile") == 0) {
        assert_near(statistics_normal_quantile(in[0]), out[0], 1e-12, line);
    } else if (strcmp(name, "t_cdf") == 0) {
        assert_near(statistics_t_cdf(in[0], in[1]), out[0], 1e-10, line);
    } else if (strcmp(name, "t_quantile") == 0) {
        /* SciPy 1.10 itself is 1e-9 off in the far tail: tan(pi * 0.4995) = 636.61924876872 at one degree. */
        assert_near(statistics_t_quantile(in[0], in[1]), out[0], 2e-9, line);
    } else if (strcmp(name, "wilson") == 0) {
        check_interval(statistics_wilson((size_t)in[0], (size_t)in[1], in[2]), out, 1e-10, line);
    } else if (strcmp(name, "mean") == 0) {
        check_interval(statistics_mean_interval(in, n, 0.95), out, 1e-9, line);
        assert_near(statistics_deviation(in, n), out[3], 1e-12, line);
        assert_near(statistics_median(in, n), out[4], 1e-12, line);
        assert_near(statistics_iqm(in, n), out[5], 1e-12, line);
    } else if (strcmp(name, "paired") == 0) {
        check_comparison(compare_pairs(in, in + n / 2, n / 2, 0.3, 0), out, line);
    } else if (strncmp(name, "bca_", 4) == 0) {
        double (*statistic)(const double *, size_t) = strcmp(name, "bca_iqm") == 0 ? statistics_iqm : statistics_mean;
        check_interval(statistics_bca(in, n, statistic, 20000, 0.95, 1), out, 0.01, line);
    } else if (strcmp(name, "quartiles") == 0) {
        check_interval(statistics_quartiles(in, n), out, 1e-12, line);
    } else {
        check_more(name, in, n, out, line);
    }
}

static void golden_numbers_agree(void **state) {
    (void)state;
    FILE *file = fopen(STATISTICS_GOLDEN, "r");
    assert_non_null(file);
    char *line = NULL;
    size_t capacity = 0, cases = 0;
    while (getline(&line, &capacity, file) > 0) {
        if (line[0] == '#')
            continue;
        char name[32], *rest;
        int used;
        size_t n;
        double in[MOST], out[8];
        assert_int_equal(sscanf(line, "%31s %zu%n", name, &n, &used), 2);
        assert_true(n < MOST);
        rest = line + used;
        for (size_t i = 0; i < n; i++)
            in[i] = strtod(rest, &rest);
        rest = strchr(rest, '=') + 1;
        for (size_t i = 0; i < 8 && *rest && *rest != '\n'; i++)
            out[i] = strtod(rest, &rest);
        check_case(name, in, n, out, line);
        cases++;
    }
    free(line);
    fclose(file);
    assert_true(cases > 212);
}

static void little_data_gives_no_limits(void **state) {
    (void)state;
    const double one = 8.5, with_nan[] = {1, NAN, 3}, same[] = {2, 2, 2};
    interval single = statistics_mean_interval(&one, 1, 0.95);
    assert_true(single.estimate == 8.5 && isnan(single.low) && isnan(single.high));
    assert_true(isnan(statistics_mean(NULL, 0)) && isnan(statistics_wilson(0, 0, 0.95).low));
    assert_true(isnan(statistics_mean_interval(with_nan, 3, 0.95).low));
    assert_true(isnan(statistics_median(with_nan, 3)) && isnan(statistics_iqm(with_nan, 3)));
    assert_true(isnan(statistics_normal_quantile(1.5)) && isnan(statistics_t_quantile(0.9, 0)));
    assert_true(isnan(statistics_quartiles(with_nan, 3).low) && statistics_quartiles(same, 3).high == 2);
    interval certain = statistics_mean_interval(same, 3, 0.95);
    assert_true(certain.low == 2 && certain.high == 2);
    assert_int_equal(compare_pairs(&one, &one, 1, 0.1, 1).word, VERDICT_UNDECIDED);
    assert_true(isnan(statistics_improvement(&one, 1, with_nan, 3, 0.95).estimate));
    assert_true(isnan(statistics_improvement(&one, 0, &one, 1, 0.95).low));
    assert_true(isnan(statistics_violation(with_nan, 3, same, 3)) && statistics_violation(same, 3, same, 3) == 0.5);
    assert_true(isnan(statistics_fisher(2, 1, 0, 1)) && isnan(statistics_expected_best(&one, 1, 0, 1)));
    assert_true(isnan(statistics_power_difference(1, 1, 1, 0.05)));
    const solve_time never[] = {{600, false}, {600, false}};
    survival_step steps[2];
    assert_int_equal(statistics_kaplan_meier(never, 2, 0.95, steps), 0);
    assert_true(isnan(statistics_median_time(steps, 0)) && statistics_log_rank(never, 2, never, 2).p == 1);
    double adjusted[3];
    const double p[] = {0.03, NAN, 0.01};
    assert_true(statistics_holm(p, 3, adjusted) && isnan(adjusted[1]));
    assert_true(adjusted[0] == 0.03 && adjusted[2] == 0.02);
    assert_int_equal(compare_pairs(with_nan, same, 3, 0.1, 1).word, VERDICT_UNDECIDED);
}

/* Each word is reachable, and follows the direction of the metric. */
static void comparisons_end_in_words(void **state) {
    (void)state;
    const double low[] = {8.50, 8.52, 8.48, 8.51, 8.49}, near[] = {8.53, 8.545, 8.51, 8.545, 8.52};
    const double high[] = {9.10, 9.15, 9.02, 9.12, 9.08}, wild[] = {8.1, 9.2, 8.3, 9.4, 7.9};
    char words[128];
    comparison c = compare_pairs(low, high, 5, 0.1, 0);
    assert_int_equal(c.word, VERDICT_A_BETTER);
    comparison_words(&c, "gru", "rnn", words, sizeof words);
    assert_string_equal(words, "gru better by 0.594");
    c = compare_pairs(low, high, 5, 0.1, 1);
    assert_int_equal(c.word, VERDICT_B_BETTER);
    c = compare_pairs(low, near, 5, 0.1, 0);
    assert_int_equal(c.word, VERDICT_EQUIVALENT);
    comparison_words(&c, "gru", "lstm", words, sizeof words);
    assert_string_equal(words, "equivalent within 0.1 (gru ahead by 0.03)");
    c = compare_pairs(low, wild, 5, 0.1, 0);
    assert_int_equal(c.word, VERDICT_UNDECIDED);
    assert_true(comparison_more_seeds(&c) > 5);
    comparison_words(&c, "gru", "lstm", words, sizeof words);
    assert_non_null(strstr(words, "undecided: about "));
    /* Mean -0.25, deviation 0.1414: ((t(0.975) + t(0.8)) 0.1414 / 0.25)^2 is 5.5 at n = 4 and 4.4 at n = 5. */
    const double x[] = {8.4, 9.1}, y[] = {8.55, 9.45};
    c = compare_pairs(x, y, 2, 0.1, 0);
    assert_int_equal(c.word, VERDICT_UNDECIDED);
    assert_int_equal(comparison_more_seeds(&c), 3);
    c = compare_pairs(low, low, 5, 0.1, 0);
    assert_int_equal(c.word, VERDICT_EQUIVALENT);
    comparison_words(&c, "gru", "lstm", words, sizeof words);
    assert_string_equal(words, "equivalent within 0.1");
    c = compare_pairs(low, low, 5, NAN, 0);
    comparison_words(&c, "gru", "lstm", words, sizeof words);
    assert_string_equal(words, "equal in every pair");
    const double thirds[] = {0.1, 0.2, 0.3}, rounded[] = {0.3, 0.1, 0.2}; /* the sum of their differences is 3e-17 */
    c = compare_pairs(thirds, rounded, 3, 0.1, 0);
    assert_true(c.difference.estimate == 0);
}

/* Half of n solve at distinct times, or all do, or some are censored before: the median comes at exactly one half. */
static void median_times_come_at_one_half(void **state) {
    (void)state;
    survival_step curve[400];
    solve_time x[400];
    for (size_t n = 2; n <= 400; n += 2) {
        for (size_t i = 0; i < n; i++)
            x[i] = (solve_time){(double)(i + 1), true};
        assert_true(statistics_median_time(curve, statistics_kaplan_meier(x, n, 0.95, curve)) == (double)n / 2);
        for (size_t i = n / 2; i < n; i++)
            x[i] = (solve_time){1000, false};
        assert_true(statistics_median_time(curve, statistics_kaplan_meier(x, n, 0.95, curve)) == (double)n / 2);
        x[n / 2 - 1].solved = false; /* one less than half */
        assert_true(isnan(statistics_median_time(curve, statistics_kaplan_meier(x, n, 0.95, curve))));
    }
    /* censored before: 1 of 7 left out, then 3/4 * 2/3 of the rest is one half by a product */
    const solve_time censored[] = {{1, false}, {2, true}, {3, true}, {4, true}, {9, false}, {9, false}, {9, false}};
    assert_true(statistics_median_time(curve, statistics_kaplan_meier(censored, 7, 0.95, curve)) == 4);
}

/* A trial without a number is worse than any that has one. */
static void infinite_scores_are_the_worst(void **state) {
    (void)state;
    const double a[] = {0.9, -INFINITY, 0.95, 0.93}, b[] = {0.8, 0.9, 0.85, 0.7};
    assert_true(fabs(statistics_median(a, 4) - 0.915) < 1e-12);
    assert_true(fabs(statistics_iqm(a, 4) - 0.915) < 1e-12);
    assert_true(statistics_improvement(a, 4, b, 4, 0.95).estimate == 11.5 / 16);
    assert_true(statistics_violation(a, 4, b, 4) == 1 && statistics_violation(b, 4, a, 4) == 0);
    assert_true(statistics_stochastic_order(a, 4, b, 4, 0.05, 1, 1000, 1) == 1);
    const double both[] = {-INFINITY, 0.9}, other[] = {-INFINITY, 0.8};
    assert_true(statistics_violation(both, 2, other, 2) == 0 &&
                statistics_improvement(both, 2, other, 2, 0.95).estimate == 0.625);
    assert_true(isnan(statistics_stochastic_order(a, 1, b, 4, 0.05, 1, 1000, 1))); /* one value has no spread */
}

/* Pairs that all differ by the same amount are decided by signs: 5 for equivalence, 6 for a difference. */
static void no_spread_takes_signs(void **state) {
    (void)state;
    const double ones[8] = {1, 1, 1, 1, 1, 1, 1, 1}, zeros[8] = {0};
    char words[160];
    for (size_t n = 1; n <= 8; n++) {
        verdict_word equal = compare_pairs(ones, ones, n, 0.01, 1).word;
        verdict_word better = compare_pairs(ones, zeros, n, 0.01, 1).word;
        assert_int_equal(equal, n >= 5 ? VERDICT_EQUIVALENT : VERDICT_UNDECIDED);
        assert_int_equal(better, n >= 6 ? VERDICT_A_BETTER : VERDICT_UNDECIDED);
    }
    comparison c = compare_pairs(ones, ones, 2, 0.01, 1);
    comparison_words(&c, "a", "b", words, sizeof words);
    assert_string_equal(words, "undecided: about 3 more seeds");
    c = compare_pairs(ones, ones, 1, 0.01, 1);
    comparison_words(&c, "a", "b", words, sizeof words);
    assert_string_equal(words, "undecided: one pair gives no estimate of the spread");
    c = compare_pairs(ones, ones, 3, NAN, 1);
    comparison_words(&c, "a", "b", words, sizeof words);
    assert_string_equal(words, "equal in every pair");
    /* Means of the same numbers in another order: what differs by rounding has no spread either. */
    const double sums[] = {0.3, 0.1 + 0.2, 0.3}, same[] = {0.3, 0.3, 0.1 + 0.2};
    assert_true(sums[0] != sums[1]);
    assert_int_equal(compare_pairs(sums, zeros, 2, 0.01, 1).word, VERDICT_UNDECIDED);
    c = compare_pairs(sums, same, 3, NAN, 1);
    assert_true(c.p_difference == 1 && c.difference.estimate == 0);
    /* Equal numbers whose mean is rounded have no spread either. */
    const double equal[] = {17. / 18, 17. / 18, 17. / 18};
    assert_true(statistics_mean(equal, 3) != equal[0]);
    const interval mean = statistics_mean_interval(equal, 3, 0.95);
    assert_true(mean.low == mean.high);
}

/* The 95 % intervals cover about 95 % of the time at n = 5, and TOST is wrong at most about 5 % of the time. */
static void intervals_cover_as_they_say(void **state) {
    (void)state;
    gb_random random = gb_random_stream(11, GB_RANDOM_STATISTICS, 0);
    const size_t trials = 4000;
    size_t mean = 0, wrong = 0, wilson = 0;
    for (size_t i = 0; i < trials; i++) {
        double a[5], b[5];
        size_t k = 0;
        for (size_t j = 0; j < 5; j++)
            a[j] = gb_random_normal(&random);
        for (size_t j = 0; j < 50; j++)
            k += gb_random_uniform(&random) < 0.9;
        interval m = statistics_mean_interval(a, 5, 0.95), s = statistics_wilson(k, 50, 0.95);
        mean += m.low < 0 && 0 < m.high;
        wilson += s.low < 0.9 && 0.9 < s.high;
        for (size_t j = 0; j < 5; j++)
            b[j] = a[j] - 1 + 0.5 * gb_random_normal(&random); /* the true difference lies on the margin */
        wrong += compare_pairs(a, b, 5, 1, 1).word == VERDICT_EQUIVALENT;
    }
    assert_in_range(mean, 3740, 3860); /* 3800 +- 4 standard errors */
    assert_in_range(wilson, 3720, 3940);
    assert_in_range(wrong, 120, 260);
}

/* The number of seeds is the smallest with the wanted power; at one standard deviation it is 9 to 11 pairs. */
static void seeds_needed_have_the_power(void **state) {
    (void)state;
    const double effects[] = {0.02, 0.3, 1, 4};
    for (size_t i = 0; i < 4; i++) {
        size_t n = statistics_seeds_difference(effects[i], 0.5, 0.05, 0.8);
        assert_true(statistics_power_difference(n, effects[i], 0.5, 0.05) >= 0.8);
        assert_true(n == 2 || statistics_power_difference(n - 1, effects[i], 0.5, 0.05) < 0.8);
        n = statistics_seeds_equivalence(0, 0.5, effects[i], 0.05, 0.8);
        assert_true(statistics_power_equivalence(n, 0, 0.5, effects[i], 0.05) >= 0.8);
        assert_true(n == 2 || statistics_power_equivalence(n - 1, 0, 0.5, effects[i], 0.05) < 0.8);
    }
    assert_in_range(statistics_seeds_equivalence(0, 1, 1, 0.05, 0.8), 9, 11);
    assert_int_equal(statistics_seeds_equivalence(0.2, 1, 0.1, 0.05, 0.8), 0);
    assert_int_equal(statistics_seeds_difference(0, 1, 0.05, 0.8), 0);
}

static void bootstrap_is_reproducible(void **state) {
    (void)state;
    double x[30];
    gb_random random = gb_random_stream(3, GB_RANDOM_STATISTICS, 9);
    for (size_t i = 0; i < 30; i++)
        x[i] = gb_random_normal(&random);
    interval a = statistics_bca(x, 30, statistics_iqm, 2000, 0.95, 7),
             b = statistics_bca(x, 30, statistics_iqm, 2000, 0.95, 7);
    interval c = statistics_bca(x, 30, statistics_iqm, 2000, 0.95, 8);
    assert_true(a.low == b.low && a.high == b.high);
    assert_true(a.low != c.low && a.low < a.estimate && a.estimate < a.high);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(golden_numbers_agree),          cmocka_unit_test(little_data_gives_no_limits),
        cmocka_unit_test(comparisons_end_in_words),      cmocka_unit_test(intervals_cover_as_they_say),
        cmocka_unit_test(bootstrap_is_reproducible),     cmocka_unit_test(seeds_needed_have_the_power),
        cmocka_unit_test(median_times_come_at_one_half), cmocka_unit_test(infinite_scores_are_the_worst),
        cmocka_unit_test(no_spread_takes_signs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
