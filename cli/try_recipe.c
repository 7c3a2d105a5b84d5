/* SPDX-License-Identifier: MIT */
/* The fair comparison as a recipe: RNN, GRU and LSTM, each tuned with the same budget on validation data, at equal
 * width and at equal parameters, on several seeds. */
#include "cli/try_recipe.h"

#include <string.h>

#include "cli/output.h"
#include "support/cleanup.h"

size_t try_trials(const try_level *level) {
    size_t arms = level->both ? 5 : 3; /* the LSTM is the anchor of both matchings */
    return arms * (level->seeds + level->rates);
}

double try_margin(const char *metric) {
    return !strcmp(metric, "accuracy") ? 0.01 : 0.02;
}

/* A quoted scalar of YAML. */
static void append_quoted(text *yaml, const char *value) {
    text_append(yaml, "'");
    for (; *value; value++)
        text_append(yaml, *value == '\'' ? "''" : "%c", *value);
    text_append(yaml, "'");
}

static void append_task(const try_plan *p, text *yaml) {
    const task_type *type = task_get_type(p->task);
    text_append(yaml, "task:\n  name: %s\n  file: ", type->name);
    append_quoted(yaml, p->path);
    text_append(yaml, "\n");
    for (size_t i = 0; i < p->option_count; i++) {
        text_append(yaml, "  %s: ", p->options[i][0]);
        append_quoted(yaml, p->options[i][1]);
        text_append(yaml, "\n");
    }
}

/* The question includes the predictors without a memory, so that the report shows them. */
static void append_question(const try_plan *p, text *yaml) {
    enum { MOST = 8 };
    task_baseline found[MOST];
    size_t count = task_get_baselines(p->task, found, MOST);
    const char *slash = strrchr(p->path, '/');
    CLEANUP(text_free) text question = {0};
    char number[40];
    text_append(&question, "RNN, LSTM or GRU on %s?", slash ? slash + 1 : p->path);
    for (size_t i = 0; i < count; i++)
        text_append(&question, "%s %s %s (%s)", i ? "," : " Without a memory:", found[i].metric,
                    output_number(found[i].value, 4, number, sizeof number), found[i].name);
    text_append(yaml, "question: ");
    append_quoted(yaml, question.data ? question.data : "");
    text_append(yaml, "\n");
}

static void append_comparisons(const try_plan *p, text *yaml) {
    static const char *const pairs[][2] = {{"gru", "lstm"}, {"rnn", "lstm"}, {"rnn", "gru"}};
    text_append(yaml, "compare:\n");
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        text_append(yaml, "  - {a: %s, b: %s, metric: %s, margin: %g}\n", pairs[i][0], pairs[i][1],
                    task_get_shape(p->task)->metric, p->margin);
}

void try_append_recipe(const try_plan *p, text *yaml) {
    const task_shape *shape = task_get_shape(p->task);
    size_t every = p->steps / 10 ? p->steps / 10 : 1;
    text_append(yaml, "# Made by `gatebench try`; change it as you like and run it with `gatebench run`.\nname: %s\n",
                p->name);
    append_question(p, yaml);
    append_task(p, yaml);
    text_append(yaml, "model: {backend: onednn, init: keras, bias: single%s}\n",
                shape->input == GB_INPUT_TOKENS ? ", embedding: 32" : "");
    text_append(yaml,
                "train: {optimizer: adam, batch: 32, steps: %zu, clip_norm: 1, evaluate_every: %zu, patience: 4}\n",
                p->steps, every);
    text_append(yaml,
                "sweep:\n  cell: [rnn, gru, lstm]\n  hidden: %zu # when matched by parameters, the LSTM's width\n  "
                "seed: 1..%zu\n",
                p->hidden, p->level.seeds);
    text_append(yaml, "tune: {lr: [%s], seeds: 1, by: valid_loss}\n",
                p->level.rates == 3 ? "0.001, 0.003, 0.01" : "0.003, 0.01");
    text_append(yaml, "match: %s\n", p->level.both ? "[width, parameters]" : "width");
    append_comparisons(p, yaml);
    text_append(yaml, "figures: [learning_curves, tuning_curve]\n");
}
