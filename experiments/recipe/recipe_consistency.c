/* SPDX-License-Identifier: MIT */
/* Settings that are each valid and cannot go together, found before anything runs: a table of rules, each tried on
 * every combination that the recipe makes and told once. */
#include <string.h>

#include "experiments/recipe/recipe_internal.h"
#include "experiments/trial/trial_state.h"

enum { MOST_CULPRITS = 3 };

/* The recipe's task, opened when a rule asks for its shape: opening some reads and unpacks large files. */
typedef struct lazy_task {
    gb_context *context;
    const trial_settings *settings;
    bool tried;
    task *opened;
} lazy_task;

typedef struct combination {
    const recipe *r;
    const trial_settings *trial;
    lazy_task *task;
} combination;

/* NULL while the task's data are missing: a rule then stays silent, and the missing data are told when the trials are
 * planned. */
static const task_shape *get_shape(lazy_task *lazy) {
    if (!lazy->tried && trial_open_task(lazy->context, lazy->settings, &lazy->opened) != GB_OK)
        lazy->opened = NULL;
    lazy->tried = true;
    return lazy->opened ? task_get_shape(lazy->opened) : NULL;
}

static bool has(const combination *c, const char *name, const char *value) {
    return !strcmp(trial_text(c->trial, name), value);
}

static bool is_standard_network(const combination *c) {
    return has(c, "cell", "bag") || has(c, "cell", "window");
}

static bool measures(const combination *c, const char *measure) {
    return strstr(trial_text(c->trial, "measure"), measure) != NULL;
}

static bool f64_needs_reference(const combination *c) {
    return has(c, "dtype", "f64") && !has(c, "backend", "reference");
}

static bool bag_needs_tokens(const combination *c) {
    const task_shape *shape = has(c, "cell", "bag") ? get_shape(c->task) : NULL;
    return shape && shape->input != GB_INPUT_TOKENS;
}

static bool standard_needs_last(const combination *c) {
    const task_shape *shape = is_standard_network(c) ? get_shape(c->task) : NULL;
    return shape && shape->head != GB_HEAD_LAST;
}

static bool state_needs_cell(const combination *c) {
    return is_standard_network(c) && !has(c, "initial_state", "zero");
}

static bool segments_need_cell(const combination *c) {
    return is_standard_network(c) && !has(c, "bptt", "0");
}

static bool row_needs_error(const combination *c) {
    return !has(c, "sequences_in_a_row", "0") && has(c, "sequence_error", "0");
}

static bool gradient_needs_cell(const combination *c) {
    return is_standard_network(c) && measures(c, "gradient_by_lag");
}

static bool gradient_needs_probe(const combination *c) {
    return measures(c, "gradient_by_lag") && !c->r->task->probe;
}

static bool matching_needs_cell(const combination *c) {
    return is_standard_network(c) &&
           (recipe_matches_by(c->r, MATCHING_PARAMETERS) || recipe_matches_by(c->r, MATCHING_STATE));
}

static bool pairs_need_split(const combination *c) {
    const task_shape *shape = measures(c, "swapped_pairs") ? get_shape(c->task) : NULL;
    return shape && !shape->splits[TASK_SWAPPED];
}

static bool times(const combination *c) {
    return measures(c, "train_ms") || measures(c, "forward_ms") || measures(c, "step_ms");
}

static bool timing_needs_layer(const combination *c) {
    return times(c) && (is_standard_network(c) || !has(c, "layers", "1") || !has(c, "dtype", "f32"));
}

static bool timing_needs_length(const combination *c) {
    const task_shape *shape = times(c) ? get_shape(c->task) : NULL;
    return shape && !shape->longest;
}

/* `culprits`: what to point at, the first that the recipe itself writes. */
static const struct {
    bool (*broken)(const combination *c);
    const char *culprits[MOST_CULPRITS];
    const char *sentence;
} rules[] = {
    {f64_needs_reference,
     {"dtype", "backend"},
     "dtype f64 runs on backend reference only; the recipe's backend is another"},
    {bag_needs_tokens, {"cell"}, "cell bag counts words; this task gives numbers at each step"},
    {standard_needs_last,
     {"cell"},
     "cells bag and window answer once, at the end of a sequence; this task asks at every step"},
    {state_needs_cell,
     {"initial_state", "cell"},
     "initial_state is zero for cells bag and window, which have no state to start from"},
    {segments_need_cell,
     {"bptt", "cell"},
     "bptt carries a state from segment to segment; cells bag and window have none"},
    {row_needs_error,
     {"sequences_in_a_row", "stop"},
     "sequences_in_a_row needs the error that a sequence must stay below: stop: {sequences_in_a_row: ..., error: ...}"},
    {gradient_needs_cell, {"cell", "measure"}, "gradient_by_lag needs a recurrent cell; bag and window have no state"},
    {gradient_needs_probe, {"measure"}, "gradient_by_lag: this task has no probe sequences; recall has"},
    {timing_needs_layer,
     {"cell", "layers", "dtype"},
     "train_ms, forward_ms and step_ms time one recurrent layer in f32, not bag or window, several layers or f64"},
    {timing_needs_length,
     {"measure"},
     "train_ms, forward_ms and step_ms: this task's sequences have no longest length"},
    {matching_needs_cell,
     {"cell"},
     "cells bag and window have no recurrent layer to match by parameters or state; leave them out, or match: width"},
    {pairs_need_split, {"measure"}, "swapped_pairs: this task has no pairs of sentences; order has"},
};
enum { RULES = sizeof rules / sizeof *rules };

/* Where a name is written: in an axis with this very value, or in its section. */
static const recipe_node *find_written(const recipe *r, const char *name, const char *value) {
    for (size_t g = 0; g < r->grid_count; g++) {
        for (size_t a = 0; a < r->grids[g].count; a++) {
            const recipe_axis *axis = &r->grids[g].axes[a];
            for (size_t k = 0; k < axis->name_count; k++) {
                for (size_t i = 0; !strcmp(axis->names[k], name) && i < axis->rows; i++)
                    if (!strcmp(axis->columns[k].items[i].text, value))
                        return axis->columns[k].items[i].at;
            }
        }
    }
    static const char *const sections[] = {"model", "train", "task"};
    const recipe_node *node = tree_get(&r->root, name);
    for (size_t i = 0; !node && i < sizeof sections / sizeof *sections; i++)
        node = tree_get(tree_get(&r->root, sections[i]), name);
    return node;
}

typedef struct search {
    recipe_reader *reader;
    lazy_task task;
    bool told[RULES];
} search;

static gb_status try_rules(void *user, trial_settings *trial) {
    search *s = user;
    const recipe *r = s->reader->r;
    const combination c = {.r = r, .trial = trial, .task = &s->task};
    for (size_t i = 0; i < RULES; i++) {
        if (s->told[i] || !rules[i].broken(&c))
            continue;
        const recipe_node *at = NULL;
        for (size_t k = 0; !at && k < MOST_CULPRITS && rules[i].culprits[k]; k++)
            at = find_written(r, rules[i].culprits[k], trial_text(trial, rules[i].culprits[k]));
        recipe_error(s->reader, at ? at : &r->root, false, "%s", rules[i].sentence);
        s->told[i] = true;
    }
    return GB_OK;
}

/* stop: {metric: ...} is there to be read; only the task's own metric can be meant. */
static void check_stop_metric(recipe_reader *reader, lazy_task *lazy) {
    const recipe_node *stop = tree_get(tree_get(&reader->r->root, "train"), "stop");
    const char *metric = tree_text(stop, "metric", NULL);
    const task_shape *shape = metric ? get_shape(lazy) : NULL;
    if (shape && strcmp(metric, shape->metric) != 0)
        recipe_error(reader, tree_get(stop, "metric"), false, "stop: metric is '%s'; this task's is %s", metric,
                     shape->metric);
}

void recipe_check_models(recipe_reader *reader) {
    search s = {.reader = reader, .task = {.context = reader->context, .settings = &reader->r->base}};
    check_stop_metric(reader, &s.task);
    recipe_each_trial(reader->context, reader->r, false, try_rules, &s);
    task_close(s.task.opened);
}
