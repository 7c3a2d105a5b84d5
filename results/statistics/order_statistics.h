/* SPDX-License-Identifier: MIT */
/* Order statistics, used for medians, quantiles, ranks and bootstraps. Internal to results/statistics. */
#ifndef GATEBENCH_RESULTS_STATISTICS_ORDER_STATISTICS_H
#define GATEBENCH_RESULTS_STATISTICS_ORDER_STATISTICS_H

#include <stddef.h>

/* Sorts in place, ascending. */
void statistics_sort(double *x, size_t n);
/* A sorted copy; NULL for an empty sample, a sample with NaN, or when out of memory. */
double *statistics_sorted(const double *x, size_t n);
/* The q-quantile of sorted numbers, linear between neighbours (Hyndman and Fan's type 7). */
double statistics_quantile(const double *sorted, size_t n, double q);

#endif
