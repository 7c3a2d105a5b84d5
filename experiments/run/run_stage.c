/* SPDX-License-Identifier: MIT */
/* A stage of a run: bookkeeping over its list of trials. */
#include "experiments/run/run_stage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "experiments/run/worker.h"
#include "support/cleanup.h"

/* A constant cost per trial in addition to its operations, so that trials without training count, too. */
#define OVERHEAD_FLOPS 1e8

static bool cost_the_same(const trial_settings *a, const trial_settings *b) {
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++)
        if (strcmp(a->pairs[i].name, b->pairs[i].name) != 0 ||
            (strcmp(a->pairs[i].value, b->pairs[i].value) != 0 && !setting_costs_nothing(a->pairs[i].name)))
            return false;
    return true;
}

static gb_status estimate(gb_context *context, stage *s, size_t trial) {
    for (size_t back = 1; back <= trial && back <= 256; back++) {
        if (cost_the_same(&s->list.trials[trial - back], &s->list.trials[trial])) {
            s->costs[trial] = s->costs[trial - back];
            return GB_OK;
        }
    }
    GB_TRY(trial_estimate(context, &s->list.trials[trial], &s->costs[trial]));
    s->costs[trial].flops += OVERHEAD_FLOPS;
    return GB_OK;
}

gb_status stage_estimate(gb_context *context, stage *s) {
    for (size_t i = 0; i < s->list.count; i++)
        GB_TRY(estimate(context, s, i));
    return GB_OK;
}

static int compare_trials(const void *a, const void *b, void *trials) {
    const trial_settings *list = trials;
    return strcmp(list[*(const size_t *)a].id, list[*(const size_t *)b].id);
}

gb_status stage_make(gb_context *context, const char *name, trial_list list, stage *s) {
    size_t room = list.count ? list.count : 1;
    *s = (stage){.name = name, .list = list};
    s->costs = calloc(room, sizeof *s->costs);
    s->finished = calloc(room, sizeof *s->finished);
    s->elsewhere = calloc(room, sizeof *s->elsewhere);
    s->waiting = calloc(room, sizeof *s->waiting);
    s->failures = calloc(room, sizeof *s->failures);
    s->by_id = calloc(room, sizeof *s->by_id);
    GB_NEED(context, s->costs && s->finished && s->elsewhere && s->waiting && s->failures && s->by_id,
            "for a plan of %zu trials", list.count);
    for (size_t i = 0; i < list.count; i++)
        s->by_id[i] = i;
    qsort_r(s->by_id, list.count, sizeof *s->by_id, compare_trials, list.trials);
    return GB_OK;
}

void stage_free(stage *s) {
    for (size_t i = 0; s->failures && i < s->list.count; i++)
        free(s->failures[i]);
    free(s->failures);
    free(s->by_id);
    free(s->finished);
    free(s->elsewhere);
    free(s->waiting);
    free(s->costs);
    trial_list_free(&s->list);
    *s = (stage){0};
}

static int compare_ids(const void *a, const void *b) {
    return strcmp(a, b);
}

void stage_mark_finished(stage *s, char (*ids)[33], size_t count) {
    for (size_t i = 0; i < s->list.count; i++)
        s->finished[i] = count && bsearch(s->list.trials[i].id, ids, count, sizeof *ids, compare_ids);
}

size_t stage_count(const stage *s) {
    size_t count = 0;
    for (size_t i = 0; i < s->list.count; i++)
        count += !s->elsewhere[i];
    return count;
}

size_t stage_count_finished(const stage *s) {
    size_t count = 0;
    for (size_t i = 0; i < s->list.count; i++)
        count += s->finished[i] && !s->elsewhere[i];
    return count;
}

size_t stage_count_failed(const stage *s) {
    size_t count = 0;
    for (size_t i = 0; i < s->list.count; i++)
        count += s->failures[i] && !s->elsewhere[i];
    return count;
}

size_t stage_find(const stage *s, const char *id) {
    size_t low = 0, high = s->list.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2, trial = s->by_id[middle];
        int order = strcmp(s->list.trials[trial].id, id);
        if (order == 0)
            return trial;
        low = order < 0 ? middle + 1 : low;
        high = order < 0 ? high : middle;
    }
    return s->list.count;
}

size_t stage_hold_back(stage *s) {
    size_t count = 0;
    for (size_t i = 0; i < s->list.count; i++) {
        s->waiting[i] = s->list.trials[i].provisional && !s->finished[i] && !s->elsewhere[i];
        count += s->waiting[i];
    }
    return count;
}

bool stage_went_over_limit(const stage *s, const char *id) {
    size_t i = stage_find(s, id);
    return i < s->list.count && s->failures[i] &&
           strncmp(s->failures[i], STORE_OVER_LIMIT, strlen(STORE_OVER_LIMIT)) == 0;
}

bool stage_owns_trial(const stage *s, const char *id) {
    size_t i = stage_find(s, id);
    return i < s->list.count && !s->elsewhere[i];
}

static int compare_queued(const void *a, const void *b, void *queued) {
    const stage *s = queued;
    size_t x = *(const size_t *)a, y = *(const size_t *)b;
    double left = s->costs[x].flops, right = s->costs[y].flops;
    if (left != right)
        return left > right ? -1 : 1;
    return x < y ? -1 : x > y;
}

size_t stage_queue(const stage *s, size_t *order) {
    size_t count = 0;
    for (size_t i = 0; i < s->list.count; i++)
        if (!s->finished[i] && !s->failures[i] && !s->elsewhere[i] && !s->waiting[i])
            order[count++] = i;
    qsort_r(order, count, sizeof *order, compare_queued, (void *)s);
    return count;
}

/* Appends " name=value" with a separating blank. */
static void add_word(char *label, size_t size, const char *name, const char *value) {
    size_t length = strlen(label);
    if (length < size)
        snprintf(label + length, size - length, "%s%s=%s", length ? " " : "", name, value);
}

void stage_label(const stage *s, const recipe *r, size_t trial, char *label, size_t size) {
    const trial_settings *t = &s->list.trials[trial];
    bool tuning = strcmp(s->name, "tune") == 0;
    char tried[256];
    *label = '\0';
    for (const char *const *name = recipe_swept(r); *name; name++)
        add_word(label, size, *name, trial_text(t, *name));
    recipe_tuned_words(r, t, tried, sizeof tried);
    size_t length = strlen(label);
    if (tuning && length < size)
        snprintf(label + length, size - length, "%s%s", length ? " " : "", tried);
    if (tuning)
        add_word(label, size, "stage", "tune");
    if (!*label)
        snprintf(label, size, "%s", trial_text(t, "cell"));
}

bool stage_add_to_plan(const stage *s, plan *p) {
    for (size_t i = 0; i < s->list.count; i++)
        if (!plan_add_trial(p, &s->list.trials[i]))
            return false;
    return true;
}

void stage_write_failures(const stage *s, const recipe *r, text *lines) {
    for (size_t i = 0; i < s->list.count; i++) {
        char label[512];
        if (!s->failures[i] || s->elsewhere[i])
            continue;
        stage_label(s, r, i, label, sizeof label);
        text_append(lines, "%s %s: %s\n", s->list.trials[i].id, label, s->failures[i]);
    }
}

bool stage_take_failures(stage *s, const failures *before) {
    for (size_t i = 0; i < s->list.count; i++) {
        if (s->finished[i] || s->failures[i] || s->elsewhere[i])
            continue;
        const failure *f = failures_find(before, s->list.trials[i].id);
        if (f && !(s->failures[i] = strdup(f->reason)))
            return false;
    }
    return true;
}
