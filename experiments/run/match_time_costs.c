/* SPDX-License-Identifier: MIT */
/* The costs of trials matched by time, in the plan: measuring them again would choose other steps. */
#include "experiments/run/match_time_costs.h"

#include <float.h>
#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "experiments/cost/calibrate.h"
#include "results/statistics/statistics.h"
#include "support/file.h"
#include "support/yaml.h"

/* The machine is not equally fast at all times: it drifts by several percent within minutes. So every kind is measured
 * many times for a short while, in turn with the others; what a round was slower or faster for all of them is taken
 * out, so that their ratio, by which steps are matched, does not depend on when each was looked at; and the median
 * counts. (A few longer rounds gave ratios 10 % off, the shortest of them up to 11 %.) */
enum { ROUNDS = 12 };
#define SECONDS_A_KIND 0.3 /* a round, of a core */

enum { LARGEST_PLAN = 1 << 30 };

static gb_status read_cost(gb_context *context, recipe *r, const yaml_node *node) {
    recipe_cost cost = {.kind = strtoull(yaml_text(node, "kind", "0"), NULL, 16),
                        .fixed_seconds = yaml_number(node, "fixed_seconds", 0),
                        .step_seconds = yaml_number(node, "step_seconds", 0),
                        .evaluate_seconds = yaml_number(node, "evaluate_seconds", 0)};
    return cost.step_seconds > 0 ? recipe_add_cost(context, r, cost) : GB_OK;
}

/* The costs in front of the plan's trials. */
static gb_status read_costs(gb_context *context, const char *path, recipe *r) {
    char *lines;
    size_t size;
    gb_status status = file_read(context, path, LARGEST_PLAN, &lines, &size);
    char *start = status ? NULL : strstr(lines, "\ncosts:\n"), *end = start ? strstr(start, "\ntrials:\n") : NULL;
    if (end) {
        yaml_document *document = NULL;
        yaml_errors errors = {0};
        *end = '\0';
        status = yaml_read_text(context, path, start + 1, &document, &errors);
        const yaml_node *costs = document ? yaml_get(&document->root, "costs") : NULL;
        for (size_t i = 0; !status && costs && i < costs->count; i++)
            status = read_cost(context, r, &costs->children[i]);
        if (status == GB_INVALID)
            status =
                gb_fail(context, GB_DATA, "%s: its costs cannot be read; remove the file to measure them anew", path);
        yaml_errors_free(&errors);
        yaml_free(document);
    }
    free(lines);
    return status;
}

/* Takes the rounds' own speeds out of them: the geometric mean over the trials becomes the same in all, that of the
 * median round. speeds is [ROUNDS][count]. */
static void level_rounds(trial_speed *speeds, size_t count) {
    double level[ROUNDS];
    for (size_t round = 0; round < ROUNDS; round++) {
        level[round] = 0;
        for (size_t i = 0; i < count; i++)
            level[round] += log(fmax(speeds[round * count + i].step_seconds, DBL_MIN)) / (double)count;
    }
    double middle = statistics_median(level, ROUNDS);
    for (size_t i = 0; i < ROUNDS * count; i++) {
        double scale = exp(middle - level[i / count]);
        speeds[i].fixed_seconds *= scale;
        speeds[i].step_seconds *= scale;
        speeds[i].evaluate_seconds *= scale;
    }
}

/* The median over the rounds of what stands at that place of a trial_speed. */
static double median(const trial_speed *speeds, size_t count, size_t trial, size_t place) {
    double seconds[ROUNDS];
    for (size_t round = 0; round < ROUNDS; round++)
        memcpy(&seconds[round], (const char *)&speeds[round * count + trial] + place, sizeof *seconds);
    return statistics_median(seconds, ROUNDS);
}

static gb_status measure(gb_context *context, const trial_list *list, recipe *r) {
    size_t count = list->count;
    const trial_settings **trials = calloc(count, sizeof(trial_settings *));
    trial_speed *speeds = calloc(ROUNDS * count, sizeof *speeds);
    gb_status status = trials && speeds ? GB_OK : gb_fail(context, GB_MEMORY, "out of memory for what trials cost");
    for (size_t i = 0; !status && i < count; i++)
        trials[i] = &list->trials[i];
    for (size_t round = 0; round < ROUNDS && !status; round++)
        status = calibrate_trials(context, trials, count, SECONDS_A_KIND * (double)count, true, speeds + round * count);
    if (!status)
        level_rounds(speeds, count);
    for (size_t i = 0; !status && i < count; i++) {
        recipe_cost cost = {.kind = calibrate_kind(trials[i]),
                            .fixed_seconds = median(speeds, count, i, offsetof(trial_speed, fixed_seconds)),
                            .step_seconds = median(speeds, count, i, offsetof(trial_speed, step_seconds)),
                            .evaluate_seconds = median(speeds, count, i, offsetof(trial_speed, evaluate_seconds))};
        status = recipe_add_cost(context, r, cost);
    }
    free(speeds);
    free(trials);
    return status;
}

gb_status run_find_costs(gb_context *context, const char *folder, recipe *r) {
    char path[PATH_MAX];
    trial_list list;
    gb_status status = recipe_cost_trials(context, r, &list);
    if (status || list.count == 0)
        return status;
    trial_list_free(&list);
    snprintf(path, sizeof path, "%s/plan.yaml", folder);
    if (file_exists(path))
        status = read_costs(context, path, r);
    if (!status)
        status = recipe_cost_trials(context, r, &list);
    if (!status && list.count)
        status = measure(context, &list, r);
    trial_list_free(&list);
    return status;
}

void run_write_costs(const recipe *r, text *plan) {
    size_t count;
    const recipe_cost *costs = recipe_costs(r, &count);
    if (count)
        text_append(plan, "costs:\n");
    for (size_t i = 0; i < count; i++)
        text_append(plan,
                    "  - {kind: \"%016" PRIx64 "\", fixed_seconds: %.17g, step_seconds: %.17g, "
                    "evaluate_seconds: %.17g}\n",
                    costs[i].kind, costs[i].fixed_seconds, costs[i].step_seconds, costs[i].evaluate_seconds);
}
