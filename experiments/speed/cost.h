/* SPDX-License-Identifier: MIT */
/* What a computation costs beside time: memory of the process, and energy where the processor tells it. */
#ifndef GATEBENCH_EXPERIMENTS_SPEED_COST_H
#define GATEBENCH_EXPERIMENTS_SPEED_COST_H

#include <stddef.h>

#include "gatebench/context.h"

/* Starts the process's high-water mark of memory anew, so that a long-lived process reports what came since and not the
 * most it ever had. Where the kernel refuses, the mark is the process's. */
void cost_reset_peak_memory(void);
double cost_peak_memory(void); /* bytes */

/* Bytes that go through one context: those allocated and not yet released, and the most there were of them. */
typedef struct cost_memory {
    size_t held, most;
} cost_memory;

/* The allocator of a context whose bytes are to be counted; `memory` lives at least as long as the context. */
gb_allocator cost_count_memory(cost_memory *memory);

/* Joules that all processor packages have used, by the RAPL counters below `folder` ("/sys/class/powercap"); NaN where
 * there are none or they are not readable (most systems reserve them for root). Counters wrap: `since` an earlier
 * reading gives the difference with wrapping undone. */
#define COST_PACKAGES 16
typedef struct cost_energy {
    double joules[COST_PACKAGES], range[COST_PACKAGES];
    int packages; /* 0: not told */
} cost_energy;
cost_energy cost_read_energy(const char *folder);
double cost_joules_since(const cost_energy *before, const cost_energy *now);

#endif
