/* SPDX-License-Identifier: MIT */
/* A rule holds for a layer if both its batch and its width are at least the rule's. */
#include "cli/bench_rules.h"

#include <stdio.h>
#include <string.h>

#define MARGIN 0.98 /* below this ratio of the times the primitive counts as faster: timings repeat within 2 % */

const char *bench_rules_isa(const char *implementation) {
    static const char *const names[][2] = {{"AVX-512", "avx512_core"}, {"AVX2", "avx2"}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strstr(implementation, names[i][0]))
            return names[i][1];
    return "sse41";
}

static bool primitive_is_faster(const rule_timing *pair, bool training) {
    return training ? pair[0].training < MARGIN * pair[1].training : pair[0].inference < MARGIN * pair[1].inference;
}

static bool covers(const speed_spec *rule, const speed_spec *layer) {
    return strcmp(rule->cell, layer->cell) == 0 && layer->batch >= rule->batch && layer->hidden >= rule->hidden;
}

/* Whether the primitive is faster for all layers that a rule with the i-th pair's sizes covers. */
static bool holds(const rule_timing *timings, size_t count, size_t i, bool training) {
    for (size_t j = 0; j < count; j += 2)
        if (covers(&timings[i].spec, &timings[j].spec) && !primitive_is_faster(&timings[j], training))
            return false;
    return true;
}

/* Whether another rule that holds covers this one. */
static bool follows(const rule_timing *timings, size_t count, size_t i, bool training) {
    for (size_t j = 0; j < count; j += 2)
        if (j != i && covers(&timings[j].spec, &timings[i].spec) && holds(timings, count, j, training))
            return true;
    return false;
}

void bench_rules_print(const rule_timing *timings, size_t count, const char *isa) {
    for (size_t i = 0; i < count; i += 2) {
        const speed_spec *spec = &timings[i].spec;
        for (int training = 1; training >= 0; training--)
            if (holds(timings, count, i, training) && !follows(timings, count, i, training))
                printf("GB_RULE(%s, %s, %s, %zu, %zu)\n", isa, spec->cell, training ? "true" : "false", spec->batch,
                       spec->hidden);
    }
}
