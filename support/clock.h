/* SPDX-License-Identifier: MIT */
/* The two clocks of the program. */
#ifndef GATEBENCH_SUPPORT_CLOCK_H
#define GATEBENCH_SUPPORT_CLOCK_H

#include <stddef.h>

/* Seconds of a monotonic clock; only differences are meaningful. */
double clock_now(void);
/* CPU seconds used by all threads of this process. */
double clock_cpu_now(void);

/* A duration in words: "3 h 20 min", "4 min 5 s", "0.3 s". */
void clock_words(double seconds, char *words, size_t size);

#endif
