/* SPDX-License-Identifier: MIT */
/* The cost of a computation other than time: memory of the process, and energy if the processor reports it. */
#ifndef GATEBENCH_EXPERIMENTS_SPEED_COST_H
#define GATEBENCH_EXPERIMENTS_SPEED_COST_H

#include <stddef.h>

#include "gatebench/context.h"

/* Resets the process's peak memory, so that a long-lived process reports the peak since this call. If the kernel
 * refuses, the peak remains that of the whole process. */
void cost_reset_peak_memory(void);
double cost_peak_memory(void); /* bytes */

/* Bytes allocated through one context: the current amount and its maximum. */
typedef struct cost_memory {
    size_t held, most;
} cost_memory;

/* An allocator that counts the bytes of a context; `memory` must live as long as the context. */
gb_allocator cost_count_memory(cost_memory *memory);

/* Joules that all processor packages have used, by the RAPL counters below `folder` ("/sys/class/powercap"); NaN if
 * there are none or they are not readable (most systems reserve them for root). Counters wrap; with `since` an earlier
 * reading, returns the difference corrected for wrapping. */
#define COST_PACKAGES 16
typedef struct cost_energy {
    double joules[COST_PACKAGES], range[COST_PACKAGES];
    int packages; /* 0: unknown */
} cost_energy;
cost_energy cost_read_energy(const char *folder);
double cost_joules_since(const cost_energy *before, const cost_energy *now);

#endif
