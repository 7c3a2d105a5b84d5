/* SPDX-License-Identifier: MIT */
/* Expands a recipe into its trials: the union of grids in order, without excluded and duplicate trials; the tuning
 * stage; and the choice of tuned values for the final stage. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "experiments/recipe/recipe_internal.h"
#include "experiments/recipe/recipe_set.h"
#include "support/cleanup.h"

/* Grids */

static gb_status out_of_memory(gb_context *context) {
    return gb_fail(context, GB_MEMORY, "out of memory while planning the trials");
}

static bool set_row(const recipe_axis *axis, size_t row, trial_settings *trial) {
    for (size_t k = 0; k < axis->name_count; k++)
        if (!trial_set(trial, axis->names[k], axis->columns[k].items[row].text))
            return false;
    return true;
}

bool recipe_set_combination(const recipe_grid *grid, size_t number, trial_settings *trial) {
    for (size_t a = grid->count; a-- > 0;) {
        if (!set_row(&grid->axes[a], number % grid->axes[a].rows, trial))
            return false;
        number /= grid->axes[a].rows;
    }
    return true;
}

static size_t combinations(const recipe_grid *grid) {
    size_t count = 1;
    for (size_t a = 0; a < grid->count; a++)
        count *= grid->axes[a].rows;
    return count;
}

static int compare_value(const void *value, const void *item) {
    return strcmp(value, ((const struct recipe_value *)item)->text);
}

static bool has_one_of(const recipe_values *sorted, const char *value) {
    return bsearch(value, sorted->items, sorted->count, sizeof *sorted->items, compare_value);
}

static bool is_excluded(const recipe *r, const trial_settings *trial) {
    for (size_t e = 0; e < r->exclusion_count; e++) {
        const recipe_exclusion *exclusion = &r->exclusions[e];
        size_t i = 0;
        while (i < exclusion->count && has_one_of(&exclusion->values[i], trial_text(trial, exclusion->names[i])))
            i++;
        if (exclusion->count && i == exclusion->count)
            return true;
    }
    return false;
}

/* The trials of one grid under one matching. */
static gb_status each_of_grid(recipe_matcher *m, const recipe_grid *grid, matching by,
                              gb_status (*visit)(void *user, trial_settings *trial), void *user) {
    trial_settings trial = {0};
    gb_status status = GB_OK;
    size_t count = combinations(grid);
    for (size_t i = 0; !status && i < count; i++) {
        trial_settings_free(&trial); /* matching changes settings that are on no axis */
        if (!trial_copy(&trial, &m->r->base) || !recipe_set_combination(grid, i, &trial))
            status = out_of_memory(m->context);
        else if (is_excluded(m->r, &trial))
            continue;
        else
            status = recipe_match_trial(m, grid, by, &trial);
        if (!status)
            status = visit(user, &trial);
    }
    trial_settings_free(&trial);
    return status;
}

/* The trials of one grid under each of its matchings. */
static gb_status each_of_block(gb_context *context, const recipe *r, const recipe_grid *grid, bool sizing,
                               gb_status (*visit)(void *user, trial_settings *trial), void *user) {
    recipe_matcher m = {.context = context, .r = r, .sizing = sizing};
    size_t count;
    const matching *by = recipe_block_matchings(r, grid, &count);
    for (size_t i = 0; i < count; i++)
        GB_TRY(each_of_grid(&m, grid, by[i], visit, user));
    return GB_OK;
}

gb_status recipe_each_trial(gb_context *context, const recipe *r, bool sizing,
                            gb_status (*visit)(void *user, trial_settings *trial), void *user) {
    for (size_t g = 0; g < r->grid_count; g++)
        GB_TRY(each_of_block(context, r, &r->grids[g], sizing, visit, user));
    return GB_OK;
}

/* Stages */

typedef struct expansion {
    gb_context *context;
    const recipe *r;
    recipe_score score;
    void *user;
    trial_list *list;
    size_t room;
    recipe_set trials, arms;
    trial_settings last_arm; /* the arm whose choice is known, without its seed */
    size_t last_choice;
    bool last_provisional; /* a score was missing */
} expansion;

static void end_stage(expansion *s) {
    recipe_set_free(&s->trials);
    recipe_set_free(&s->arms);
    trial_settings_free(&s->last_arm);
}

static gb_status name_trial(gb_context *context, trial_settings *trial) {
    CLEANUP(free_at) char *canonical = NULL;
    return trial_canonical(context, trial, &canonical);
}

/* Notes that a trial which is already in the list is also made under this matching. */
static gb_status note_again(expansion *s, size_t number, const trial_settings *trial) {
    s->list->trials[number].provisional &= trial->provisional;
    if (matching_note_text(&s->list->trials[number], trial->matching, trial->matched))
        return GB_OK;
    return gb_fail(s->context, GB_INVALID, "%s with hidden %s matches too many sizes of %s; sweep fewer hidden sizes",
                   trial_text(trial, "cell"), trial_text(trial, "hidden"), s->r->match.like);
}

/* Adds a copy to the list, named, unless the list has it. */
static gb_status add_trial(expansion *s, trial_settings *trial, const char *name) {
    size_t number;
    int fresh = recipe_set_add(&s->trials, trial, "", &number);
    if (fresh <= 0)
        return fresh == 0 ? note_again(s, number, trial) : out_of_memory(s->context);
    if (s->list->count == s->room) {
        size_t room = s->room ? 2 * s->room : 64;
        trial_settings *grown = realloc(s->list->trials, room * sizeof *grown);
        if (!grown)
            return out_of_memory(s->context);
        s->list->trials = grown;
        s->room = room;
    }
    GB_TRY(name_trial(s->context, trial));
    trial_settings *kept = &s->list->trials[s->list->count];
    if (!trial_copy(kept, trial))
        return out_of_memory(s->context);
    snprintf(kept->stage, sizeof kept->stage, "%s", name);
    s->list->count++;
    return GB_OK;
}

static bool set_seed(trial_settings *trial, size_t seed) {
    char value[24];
    snprintf(value, sizeof value, "%zu", seed);
    return trial_set(trial, "seed", value);
}

/* Adds every candidate on every tuning seed, for a new arm. */
static gb_status tune_arm(expansion *s, trial_settings *trial) {
    if (!set_seed(trial, 0))
        return out_of_memory(s->context);
    int fresh = recipe_set_add(&s->arms, trial, trial->matching, NULL);
    if (fresh <= 0)
        return fresh == 0 ? GB_OK : out_of_memory(s->context);
    for (size_t i = 0; i < s->r->tune.candidates * s->r->tune.seeds; i++) {
        if (!recipe_set_combination(&s->r->tuning, i / s->r->tune.seeds, trial) ||
            !set_seed(trial, RECIPE_FIRST_TUNING_SEED + i % s->r->tune.seeds))
            return out_of_memory(s->context);
        GB_TRY(add_trial(s, trial, "tune"));
    }
    return GB_OK;
}

static gb_status plan_tuning(void *user, trial_settings *trial) {
    expansion *s = user;
    CLEANUP(trial_settings_free) trial_settings arm = {0};
    if (!trial_copy(&arm, trial))
        return out_of_memory(s->context);
    return tune_arm(s, &arm);
}

/* The mean score of a candidate; infinite if one of its trials has no score. */
static gb_status score_candidate(expansion *s, trial_settings *arm, size_t candidate, double *mean) {
    double sum = 0;
    *mean = INFINITY;
    for (size_t i = 0; i < s->r->tune.seeds; i++) {
        if (!recipe_set_combination(&s->r->tuning, candidate, arm) || !set_seed(arm, RECIPE_FIRST_TUNING_SEED + i))
            return out_of_memory(s->context);
        GB_TRY(name_trial(s->context, arm));
        double score = NAN;
        if (!s->score || !s->score(s->user, arm->id, &score))
            s->last_provisional = true;
        sum += isnan(score) ? INFINITY : score;
    }
    *mean = sum / (double)s->r->tune.seeds;
    return GB_OK;
}

/* Sets the values of the chosen candidate in the trial: the one with the lowest mean, of equal ones the first. */
static gb_status choose_candidate(expansion *s, trial_settings *trial) {
    CLEANUP(trial_settings_free) trial_settings arm = {0};
    if (!trial_copy(&arm, trial))
        return out_of_memory(s->context);
    gb_status status = set_seed(&arm, 0) ? GB_OK : out_of_memory(s->context);
    bool known = s->last_arm.count && recipe_set_equal(&arm, &s->last_arm);
    if (status == GB_OK && !known) {
        trial_settings_free(&s->last_arm);
        status = trial_copy(&s->last_arm, &arm) ? GB_OK : out_of_memory(s->context);
        double best = INFINITY;
        s->last_choice = 0;
        s->last_provisional = false;
        for (size_t i = 0; status == GB_OK && i < s->r->tune.candidates; i++) {
            double mean;
            status = score_candidate(s, &arm, i, &mean);
            if (status == GB_OK && mean < best) {
                best = mean;
                s->last_choice = i;
            }
        }
    }
    trial->provisional = s->last_provisional;
    if (status == GB_OK && !recipe_set_combination(&s->r->tuning, s->last_choice, trial))
        status = out_of_memory(s->context);
    return status;
}

static gb_status plan_final(void *user, trial_settings *trial) {
    expansion *s = user;
    CLEANUP(trial_settings_free) trial_settings chosen = {0};
    if (!trial_copy(&chosen, trial))
        return out_of_memory(s->context);
    gb_status status = s->r->tune.candidates ? choose_candidate(s, &chosen) : GB_OK;
    if (status == GB_OK)
        status = add_trial(s, &chosen, "final");
    return status;
}

static gb_status plan(expansion *s, gb_status (*visit)(void *user, trial_settings *trial)) {
    *s->list = (trial_list){0};
    gb_status status = recipe_each_trial(s->context, s->r, true, visit, s);
    end_stage(s);
    if (status != GB_OK)
        trial_list_free(s->list);
    return status;
}

gb_status recipe_tuning_trials(gb_context *context, const recipe *r, trial_list *list) {
    expansion s = {.context = context, .r = r, .list = list};
    *list = (trial_list){0};
    return r->tune.candidates ? plan(&s, plan_tuning) : GB_OK;
}

gb_status recipe_final_trials(gb_context *context, const recipe *r, recipe_score score, void *user, trial_list *list) {
    expansion s = {.context = context, .r = r, .score = score, .user = user, .list = list};
    return plan(&s, plan_final);
}

void trial_list_free(trial_list *list) {
    for (size_t i = 0; i < list->count; i++)
        trial_settings_free(&list->trials[i]);
    free(list->trials);
    *list = (trial_list){0};
}

void recipe_tuned_words(const recipe *r, const trial_settings *trial, char *words, size_t size) {
    size_t length = 0;
    *words = '\0';
    for (size_t a = 0; a < r->tuning.count; a++) {
        for (size_t k = 0; k < r->tuning.axes[a].name_count && length < size; k++) {
            const char *name = r->tuning.axes[a].names[k];
            length += (size_t)snprintf(words + length, size - length, "%s%s=%s", length ? " " : "", name,
                                       trial_text(trial, name));
        }
    }
}

/* Counting */

typedef struct counting {
    gb_context *context;
    const recipe *r;
    recipe_set trials;
} counting;

/* A trial whose size is not known yet is distinguished by its matching. */
static gb_status count_trial(void *user, trial_settings *trial) {
    counting *c = user;
    bool sized = *trial->matched || !strcmp(trial_text(trial, "cell"), c->r->match.like);
    return recipe_set_add(&c->trials, trial, sized ? "" : trial->matching, NULL) >= 0 ? GB_OK
                                                                                      : out_of_memory(c->context);
}

gb_status recipe_count(gb_context *context, recipe *r) {
    counting c = {.context = context, .r = r};
    gb_status status = GB_OK;
    for (size_t g = 0; !status && g < r->grid_count; g++) {
        size_t before = c.trials.count;
        status = each_of_block(context, r, &r->grids[g], false, count_trial, &c);
        r->grids[g].trials = c.trials.count - before;
    }
    r->final_count = c.trials.count;
    recipe_set_free(&c.trials);
    return status;
}
