/* SPDX-License-Identifier: MIT */
/* Finds settings that are valid one by one but exclude each other, before anything runs. A table of rules is applied to
 * every combination that the recipe makes; each error is reported once. */
#include <string.h>

#include "datasets/files/cell_files.h"
#include "experiments/recipe/recipe_internal.h"
#include "experiments/recipe/recipe_set.h"
#include "experiments/settings/task_facts.h"
#include "support/cleanup.h"

enum { MOST_CULPRITS = 3 };

typedef struct combination {
    const recipe *r;
    const trial_settings *trial;
    gb_context *context;
} combination;

/* NULL while the task's data are missing. Rules then do not apply, and the missing data are reported when the trials
 * are planned. */
static const task_shape *get_shape(const combination *c, task_facts *facts) {
    return task_facts_find(c->context, c->trial, 0, facts) == GB_OK ? &facts->shape : NULL;
}

static bool has(const combination *c, const char *name, const char *value) {
    return !strcmp(trial_text(c->trial, name), value);
}

static bool is_standard_network(const combination *c) {
    return gb_network_find(trial_text(c->trial, "cell"));
}

static bool measures(const combination *c, const char *measure) {
    return strstr(trial_text(c->trial, "measure"), measure) != NULL;
}

/* NULL for a standard network. */
static const gb_cell_info *get_cell(const combination *c) {
    return cells_find(trial_text(c->trial, "cell"));
}

static bool f64_needs_reference(const combination *c) {
    return has(c, "dtype", "f64") && !has(c, "backend", "reference");
}

static bool kernels_need_onednn(const combination *c) {
    return !has(c, "kernels", "auto") && (!has(c, "backend", "onednn") || is_standard_network(c));
}

static gb_bias get_bias(const combination *c, const gb_cell_info *cell) {
    for (gb_bias b = GB_BIAS_NONE; b <= GB_BIAS_DOUBLE; b++)
        if (has(c, "bias", gb_bias_name(b)))
            return b;
    for (gb_convention i = 0; i < GB_CONVENTIONS; i++)
        if (has(c, "bias", gb_convention_name(i)))
            return cell->bias[i];
    return GB_BIAS_SINGLE;
}

static bool kernels_need_support(const combination *c) {
    const gb_cell_info *cell = get_cell(c);
    char why[256];
    /* whether this machine has bf16 is asked when the recipe runs */
    if (has(c, "kernels", "auto") || has(c, "kernels", "bf16") || !cell || !has(c, "backend", "onednn") ||
        has(c, "dtype", "f64"))
        return false;
    const gb_layer_spec spec = {.cell = cell->name,
                                .backend = "onednn",
                                .bias = get_bias(c, cell),
                                .input = 1,
                                .hidden = 1,
                                .steps = 1,
                                .batch = 1,
                                .training = true,
                                .implementation = trial_text(c->trial, "kernels")};
    return !gb_backend_supports(c->context, &spec, why, sizeof why);
}

static bool twin_needs_cell(const combination *c) {
    return measures(c, "first_difference") && (is_standard_network(c) || c->r->kind || has(c, "dtype", "f64"));
}

static bool bag_needs_tokens(const combination *c) {
    task_facts facts;
    const task_shape *shape = has(c, "cell", "bag") ? get_shape(c, &facts) : NULL;
    return shape && shape->input != GB_INPUT_TOKENS;
}

static bool standard_needs_last(const combination *c) {
    task_facts facts;
    const task_shape *shape = is_standard_network(c) ? get_shape(c, &facts) : NULL;
    return shape && shape->head != GB_HEAD_LAST;
}

static bool training_needs_task(const combination *c) {
    return c->r->kind && !has(c, "steps", "0");
}

static bool seed_is_tunings(const combination *c) {
    double past = trial_number(c->trial, "seed") - RECIPE_FIRST_TUNING_SEED;
    return c->r->tune.candidates && past >= 0 && past < (double)c->r->tune.seeds;
}

static bool state_needs_cell(const combination *c) {
    return is_standard_network(c) && !has(c, "initial_state", "zero");
}

static bool forget_bias_needs_gate(const combination *c) {
    return !has(c, "forget_bias", "init") && (!get_cell(c) || !get_cell(c)->memory_gate);
}

static bool forget_bias_needs_bias(const combination *c) {
    const gb_cell_info *cell = has(c, "forget_bias", "init") ? NULL : get_cell(c);
    bool none = has(c, "bias", "none");
    for (gb_convention i = 0; cell && i < GB_CONVENTIONS; i++)
        none = none || (has(c, "bias", gb_convention_name(i)) && cell->bias[i] == GB_BIAS_NONE);
    return cell && none;
}

static bool recurrent_init_needs_kernel(const combination *c) {
    return !has(c, "recurrent_init", "init") && (!get_cell(c) || !get_cell(c)->recurrent_gates);
}

static bool dropout_needs_layers(const combination *c) {
    return !has(c, "dropout", "0") && (!get_cell(c) || has(c, "layers", "1"));
}

static bool segments_need_cell(const combination *c) {
    return is_standard_network(c) && !has(c, "bptt", "0");
}

static bool row_needs_error(const combination *c) {
    return !has(c, "sequences_in_a_row", "0") && has(c, "sequence_error", "0");
}

static bool probes_need_cell(const combination *c) {
    return is_standard_network(c) &&
           (measures(c, "gradient_by_lag") || measures(c, "spectrum") || measures(c, "time_constants") ||
            measures(c, "memory_capacity") || measures(c, "memory_kept"));
}

static bool gradient_needs_probe(const combination *c) {
    return measures(c, "gradient_by_lag") && !c->r->task->probe;
}

static bool context_needs_text(const combination *c) {
    task_facts facts;
    const task_shape *shape = measures(c, "effective_context") ? get_shape(c, &facts) : NULL;
    return shape && (strcmp(shape->metric, "bits") != 0 || shape->input != GB_INPUT_TOKENS || is_standard_network(c));
}

static bool horizon_needs_lengths(const combination *c) {
    return measures(c, "horizon") && !c->r->task->of_length;
}

static bool early_clip_needs_clip(const combination *c) {
    return has(c, "quirk", "clip_before_backward") && has(c, "clip_norm", "0") && has(c, "clip_value", "0");
}

static bool padding_needs_steps(const combination *c) {
    task_facts facts;
    const task_shape *shape = has(c, "quirk", "padded_nll") ? get_shape(c, &facts) : NULL;
    return shape && shape->head != GB_HEAD_EVERY;
}

static bool fixed_seed_needs_chrono(const combination *c) {
    return has(c, "quirk", "fixed_chrono_seed") && strncmp(trial_text(c->trial, "forget_bias"), "chrono", 6) != 0;
}

static bool jacobian_needs_spectrum(const combination *c) {
    return has(c, "quirk", "hidden_only_jacobian") && !measures(c, "spectrum");
}

static bool museum_needs_kind(const combination *c) {
    return measures(c, "sequences") != (c->r->kind && !strcmp(c->r->kind->name, "museum"));
}

static bool matching_needs_cell(const combination *c) {
    return is_standard_network(c) &&
           (recipe_matches_by(c->r, MATCHING_PARAMETERS) || recipe_matches_by(c->r, MATCHING_STATE));
}

static bool pairs_need_split(const combination *c) {
    task_facts facts;
    const task_shape *shape = measures(c, "swapped_pairs") ? get_shape(c, &facts) : NULL;
    return shape && !shape->splits[TASK_SWAPPED];
}

static bool times(const combination *c) {
    return measures(c, "train_ms") || measures(c, "forward_ms") || measures(c, "step_ms");
}

static bool timing_needs_layer(const combination *c) {
    return times(c) && (is_standard_network(c) || !has(c, "layers", "1") || !has(c, "dtype", "f32"));
}

static bool timing_needs_length(const combination *c) {
    task_facts facts;
    const task_shape *shape = times(c) ? get_shape(c, &facts) : NULL;
    return shape && !shape->longest;
}

/* `culprits`: the settings to point at; the message points at the first one that the recipe writes. %s in the sentence
 * is the value of the first culprit. */
static const struct {
    bool (*broken)(const combination *c);
    const char *culprits[MOST_CULPRITS];
    const char *sentence;
} rules[] = {
    {f64_needs_reference,
     {"dtype", "backend"},
     "dtype f64 runs only on backend reference, but the recipe uses another backend"},
    {kernels_need_onednn, {"kernels", "backend"}, "kernels applies only to recurrent cells on backend onednn"},
    {kernels_need_support,
     {"kernels", "cell"},
     "kernels %s cannot run this cell with this bias; kernels sgemm run every cell"},
    {twin_needs_cell,
     {"measure"},
     "first_difference also trains the model on the reference backend in f32: it needs a recurrent cell, a task and "
     "dtype f32"},
    {bag_needs_tokens, {"cell"}, "cell bag counts words, but this task gives numbers at each step"},
    {standard_needs_last,
     {"cell"},
     "cells bag and window predict once, at the end of a sequence, but this task has targets at every step"},
    {training_needs_task, {"steps"}, "a recipe of kind count, time or museum trains no model; omit steps"},
    {seed_is_tunings, {"seed"}, "seed %s is reserved for tuning, which uses the seeds from 1001 on; sweep other seeds"},
    {state_needs_cell,
     {"initial_state", "cell"},
     "initial_state must be zero for cells bag and window, which have no state"},
    {forget_bias_needs_gate,
     {"forget_bias", "cell"},
     "forget_bias needs a cell with a gate that keeps the memory: not rnn, rnn_relu, bag or window"},
    {forget_bias_needs_bias,
     {"forget_bias", "bias"},
     "forget_bias needs biases, but bias none has none; set bias: single"},
    {recurrent_init_needs_kernel,
     {"recurrent_init", "cell"},
     "recurrent_init needs a cell with recurrent kernels: not mingru, bag or window"},
    {dropout_needs_layers,
     {"dropout", "layers"},
     "dropout applies between recurrent layers: it needs layers: 2 or more, and a cell other than bag and window"},
    {segments_need_cell,
     {"bptt", "cell"},
     "bptt carries a state from segment to segment; cells bag and window have none"},
    {row_needs_error,
     {"sequences_in_a_row", "stop"},
     "sequences_in_a_row needs the largest error of a sequence: stop: {sequences_in_a_row: ..., error: ...}"},
    {probes_need_cell,
     {"cell", "measure"},
     "gradient_by_lag, spectrum, time_constants, memory_capacity and memory_kept need a recurrent cell; bag and window "
     "have no state"},
    {gradient_needs_probe, {"measure"}, "gradient_by_lag: this task has no probe sequences; the task recall has"},
    {context_needs_text,
     {"measure"},
     "effective_context needs a recurrent cell and a task that is a text, such as chars"},
    {horizon_needs_lengths,
     {"measure"},
     "horizon: this task has no sequences of other lengths; the tasks counting, parity and temporal_order have"},
    {early_clip_needs_clip, {"quirk"}, "clip_before_backward needs something to clip: clip_norm: 1"},
    {padding_needs_steps, {"quirk"}, "padded_nll needs a task with targets at every step, such as music"},
    {fixed_seed_needs_chrono, {"quirk"}, "fixed_chrono_seed needs biases that are drawn: forget_bias: chrono:100"},
    {jacobian_needs_spectrum,
     {"quirk"},
     "hidden_only_jacobian changes the measure spectrum; name spectrum under measure"},
    {museum_needs_kind,
     {"measure", "kind"},
     "kind museum needs the measure sequences and no other, and sequences needs kind museum"},
    {timing_needs_layer,
     {"cell", "layers", "dtype"},
     "train_ms, forward_ms and step_ms time one recurrent layer in f32, not bag or window, several layers or f64"},
    {timing_needs_length,
     {"measure"},
     "train_ms, forward_ms and step_ms need a task whose sequences have a longest length"},
    {matching_needs_cell,
     {"cell"},
     "cells bag and window have no recurrent layer to match by parameters or state; remove them, or set match: width"},
    {pairs_need_split, {"measure"}, "swapped_pairs: this task has no pairs of sentences; the task order has"},
};
enum { RULES = sizeof rules / sizeof *rules };

static const recipe_node *find_in_grid(const recipe_grid *grid, const char *name, const char *value) {
    const recipe_values *column = recipe_find_column(grid, name, NULL);
    for (size_t i = 0; column && i < column->count; i++)
        if (!strcmp(column->items[i].text, value))
            return column->items[i].at;
    return NULL;
}

/* The position where a setting is written: in tuning or a sweep with this value, or in its section. */
static const recipe_node *find_written(const recipe *r, const char *name, const char *value) {
    const recipe_node *node = find_in_grid(&r->tuning, name, value);
    for (size_t g = 0; !node && g < r->grid_count; g++)
        node = find_in_grid(&r->grids[g], name, value);
    static const char *const sections[] = {"model", "train", "task", "sizes"};
    if (!node)
        node = tree_get(&r->root, name);
    for (size_t i = 0; !node && i < sizeof sections / sizeof *sections; i++)
        node = tree_get(tree_get(&r->root, sections[i]), name);
    return node;
}

typedef struct search {
    recipe_reader *reader;
    recipe_set arms; /* whose candidates were tried */
    bool reported[RULES], task_reported;
} search;

/* Finds options of a generated task that exclude each other. Does not open real tasks, which would read large files. */
static void try_task(search *s, const trial_settings *trial) {
    task_facts facts;
    const recipe *r = s->reader->r;
    if (s->task_reported || !task_is_made(r->task) ||
        task_facts_find(s->reader->context, trial, 0, &facts) != GB_INVALID)
        return;
    const recipe_node *at = NULL;
    for (const setting *o = r->task->options; !at && o->name; o++)
        at = find_written(r, o->name, trial_text(trial, o->name));
    recipe_error(s->reader, at ? at : tree_get(&r->root, "task"), false, "%s", gb_context_message(s->reader->context));
    s->task_reported = true;
}

static void try_rules(search *s, const trial_settings *trial) {
    const recipe *r = s->reader->r;
    const combination c = {.r = r, .trial = trial, .context = s->reader->context};
    for (size_t i = 0; i < RULES; i++) {
        if (s->reported[i] || !rules[i].broken(&c))
            continue;
        const recipe_node *at = NULL;
        for (size_t k = 0; !at && k < MOST_CULPRITS && rules[i].culprits[k]; k++)
            at = find_written(r, rules[i].culprits[k], trial_text(trial, rules[i].culprits[k]));
        recipe_error(s->reader, at ? at : &r->root, false, rules[i].sentence, trial_text(trial, rules[i].culprits[0]));
        s->reported[i] = true;
    }
}

/* The number of candidates of tuning to check a trial with; 0: out of memory. An arm's first seed is checked with all
 * of them. The others differ only in the seed, and no rule is about a seed and a tuned setting. */
static size_t count_candidates(search *s, trial_settings *trial) {
    const size_t all = s->reader->r->tune.candidates;
    char seed[TRIAL_VALUE];
    text_copy(seed, sizeof seed, trial_text(trial, "seed"));
    trial_set(trial, "seed", "");
    const int fresh = all > 1 ? recipe_set_add(&s->arms, trial, trial->matching, NULL) : 0;
    trial_set(trial, "seed", seed);
    return fresh < 0 ? 0 : fresh ? all : 1;
}

/* Checks a trial of the sweep with the candidates of tuning. */
static gb_status try_trial(void *user, trial_settings *trial) {
    search *s = user;
    const recipe *r = s->reader->r;
    try_task(s, trial);
    size_t candidates = count_candidates(s, trial), i = 0;
    for (; i < candidates && recipe_set_combination(&r->tuning, i, trial); i++)
        try_rules(s, trial);
    GB_NEED(s->reader->context, candidates && i == candidates, "while checking the trials");
    return GB_OK;
}

/* stop: {metric: ...} is for human readers; it must name the task's own metric. */
static void check_stop_metric(recipe_reader *reader) {
    task_facts facts;
    const combination c = {.r = reader->r, .trial = &reader->r->base, .context = reader->context};
    const recipe_node *stop = tree_get(tree_get(&reader->r->root, "train"), "stop");
    const char *metric = tree_text(stop, "metric", NULL);
    const task_shape *shape = metric ? get_shape(&c, &facts) : NULL;
    if (shape && strcmp(metric, shape->metric) != 0)
        recipe_error(reader, tree_get(stop, "metric"), false, "stop: metric is '%s'; this task's is %s", metric,
                     shape->metric);
}

static gb_status pass_over(void *user, trial_settings *trial) {
    (void)user, (void)trial;
    return GB_OK;
}

/* Checks that every cell can have the size that matching needs. Real tasks, whose files would have to be read, are
 * sized when the trials are planned. */
static void check_sizes(recipe_reader *reader) {
    const recipe *r = reader->r;
    if (!task_is_made(r->task) || !(recipe_matches_by(r, MATCHING_PARAMETERS) || recipe_matches_by(r, MATCHING_STATE)))
        return;
    if (recipe_each_trial(reader->context, r, true, pass_over, NULL) == GB_INVALID)
        recipe_error(reader, r->match.at ? r->match.at : &r->root, false, "%s", gb_context_message(reader->context));
}

void recipe_check_models(recipe_reader *reader) {
    search s = {.reader = reader};
    check_stop_metric(reader);
    if (recipe_each_trial(reader->context, reader->r, false, try_trial, &s) == GB_MEMORY)
        reader->out_of_memory = true;
    recipe_set_free(&s.arms);
    if (reader->errors->count == 0)
        check_sizes(reader);
}
