/* SPDX-License-Identifier: MIT */
/* `match: time`: every cell has the anchor's hidden size and as many training steps as take the anchor's time. What a
 * step takes was measured; how often a trial validates follows from its settings. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "experiments/cost/calibrate.h"
#include "experiments/recipe/recipe_internal.h"

static const recipe_cost *find_cost(const recipe *r, uint64_t kind) {
    for (size_t i = 0; i < r->cost_count; i++)
        if (r->costs[i].kind == kind)
            return &r->costs[i];
    return NULL;
}

gb_status recipe_add_cost(gb_context *context, recipe *r, recipe_cost cost) {
    recipe_cost *grown = realloc(r->costs, (r->cost_count + 1) * sizeof *grown);
    if (!grown)
        return gb_fail(context, GB_MEMORY, "out of memory for what trials cost");
    r->costs = grown;
    grown[r->cost_count++] = cost;
    return GB_OK;
}

bool recipe_is_timed(const recipe *r) {
    return recipe_matches_by(r, MATCHING_TIME);
}

const recipe_cost *recipe_costs(const recipe *r, size_t *count) {
    *count = r->cost_count;
    return r->costs;
}

/* Seconds of a trial as a + b * steps. */
typedef struct duration {
    double fixed, per_step;
} duration;

/* Validations come at a fixed distance, or, where the task never ends and no distance is given, twenty in all. */
static duration duration_of(const recipe_cost *cost, const trial_settings *trial, const task_shape *shape) {
    double every = trial_number(trial, "evaluate_every"), batch = trial_number(trial, "batch");
    duration d = {cost->fixed_seconds, cost->step_seconds};
    if (every == 0 && !shape->sequences[TASK_TRAIN])
        d.fixed += 20 * cost->evaluate_seconds;
    else
        d.per_step += cost->evaluate_seconds / (every > 0 ? every : ceil((double)shape->sequences[TASK_TRAIN] / batch));
    return d;
}

/* The cost of a trial's kind; a trial whose kind has none joins the unmeasured ones. */
static gb_status cost_of(recipe_matcher *m, const trial_settings *trial, const recipe_cost **cost) {
    uint64_t kind = calibrate_kind(trial);
    *cost = find_cost(m->r, kind);
    if (*cost)
        return GB_OK;
    trial_list *list = m->unmeasured;
    if (!list)
        return gb_fail(m->context, GB_INVALID, "match: time: what a step of %s takes has not been measured",
                       trial_text(trial, "cell"));
    for (size_t i = 0; i < list->count; i++)
        if (calibrate_kind(&list->trials[i]) == kind)
            return GB_OK;
    trial_settings *grown = realloc(list->trials, (list->count + 1) * sizeof *grown);
    if (grown)
        list->trials = grown;
    if (!grown || !trial_copy(&grown[list->count], trial))
        return gb_fail(m->context, GB_MEMORY, "out of memory for what trials cost");
    list->count++;
    return GB_OK;
}

/* Sets the steps, at least one, with which the trial takes the anchor's time. */
static gb_status set_steps(recipe_matcher *m, const task_shape *shape, const recipe_cost *own, const recipe_cost *like,
                           trial_settings *trial) {
    double written = trial_number(trial, "steps");
    duration d = duration_of(own, trial, shape), anchor = duration_of(like, trial, shape);
    double target = anchor.fixed + anchor.per_step * written;
    double steps = own == like ? written : fmax(1, round((target - d.fixed) / d.per_step));
    char number[24], value[TRIAL_VALUE], why[512];
    snprintf(number, sizeof number, "%.0f", steps);
    if (!setting_check(setting_find("steps"), number, value, sizeof value, why, sizeof why))
        return gb_fail(m->context, GB_INVALID, "match: time: %s would train too long: %s", trial_text(trial, "cell"),
                       why);
    if (!trial_set(trial, "steps", value) ||
        !matching_note(trial, matching_name(MATCHING_TIME), d.fixed + d.per_step * steps, target))
        return gb_fail(m->context, GB_MEMORY, "out of memory while matching cells");
    return GB_OK;
}

gb_status recipe_match_time(recipe_matcher *m, trial_settings *trial) {
    const recipe_cost *own = NULL, *like = NULL;
    const task_shape *shape = NULL;
    trial_settings anchor;
    snprintf(trial->matching, sizeof trial->matching, "%s", matching_name(MATCHING_TIME));
    if (!m->sizing)
        return GB_OK;
    trial->matching[0] = '\0';
    if (!trial_copy(&anchor, trial) || !trial_set(&anchor, "cell", m->r->match.like))
        return gb_fail(m->context, GB_MEMORY, "out of memory while matching cells");
    gb_status status = cost_of(m, &anchor, &like);
    if (!status)
        status = cost_of(m, trial, &own);
    trial_settings_free(&anchor);
    if (status || m->unmeasured)
        return status;
    status = recipe_matcher_shape(m, trial, &shape);
    return status ? status : set_steps(m, shape, own, like, trial);
}

static gb_status look_at_trial(void *user, trial_settings *trial) {
    (void)user;
    (void)trial; /* matching has noted what it lacks */
    return GB_OK;
}

gb_status recipe_cost_trials(gb_context *context, const recipe *r, trial_list *list) {
    recipe_matcher m = {.context = context, .r = r, .sizing = true, .unmeasured = list};
    *list = (trial_list){0};
    gb_status status = recipe_matches_by(r, MATCHING_TIME) ? recipe_each_matched(&m, look_at_trial, NULL) : GB_OK;
    recipe_matcher_end(&m);
    if (status)
        trial_list_free(list);
    return status;
}
