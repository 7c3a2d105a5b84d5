/* SPDX-License-Identifier: MIT */
/* The rules of the onednn backend (lib/backends/onednn/rules.def), made from timings of both implementations. */
#ifndef GATEBENCH_CLI_BENCH_RULES_H
#define GATEBENCH_CLI_BENCH_RULES_H

#include "experiments/speed/speed.h"

/* One layer by one implementation. Times are relative to the matrix product of the same repeat. */
typedef struct rule_timing {
    speed_spec spec;
    double training, inference;
} rule_timing;

/* Prints a GB_RULE for each cell, pass and least pair of sizes from which on the primitive is faster at all measured
 * sizes. `timings` has every layer twice in succession: by the primitive, then by the packed kernels. */
void bench_rules_print(const rule_timing *timings, size_t count, const char *isa);

/* The instruction set's name in rules.def, from the implementation of a layer that ran on the packed kernels. */
const char *bench_rules_isa(const char *implementation);

#endif
