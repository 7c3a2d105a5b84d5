/* SPDX-License-Identifier: MIT */
/* The threads of oneDNN's OpenMP runtime, for the rows of a recurrent pass. A second runtime beside it would compete
 * with it for the cores. */
#ifndef GATEBENCH_ONEDNN_THREADS_H
#define GATEBENCH_ONEDNN_THREADS_H

#include <stdbool.h>
#include <stddef.h>

/* Among how many threads a pass shares the rows of a batch; at least 1. */
size_t onednn_row_shares(size_t batch);

/* True if these shares use every thread. If not, oneDNN, which divides a product by columns too, is faster. */
bool onednn_rows_use_threads(size_t batch);

/* Calls work(data, i) for each i below count, by as many threads as the runtime gives. */
void onednn_on_threads(size_t count, void (*work)(void *data, size_t i), void *data);

/* Calls work(data), with denormals treated as zero in all of these threads; then each has its own setting again. */
void onednn_without_denormals(void (*work)(void *data), void *data);

#endif
