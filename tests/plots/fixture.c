/* SPDX-License-Identifier: MIT */
/* Constructed results, with curves of the shapes that real runs have. */
#include "fixture.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/text.h"
#include "support/yaml.h"

int fixture_set_up(void **state) {
    gb_context *context = NULL;
    int wrong = gb_context_create(NULL, &context) != GB_OK;
    *state = context;
    return wrong;
}

int fixture_tear_down(void **state) {
    gb_context_destroy(*state);
    return 0;
}

static void add_text(results *r, const char *name, const char *value) {
    assert_true(table_add_row(&r->provenance));
    assert_true(table_set_text(&r->provenance, "name", name));
    assert_true(table_set_text(&r->provenance, "value", value));
}

/* Adds the keys below a node at any depth, one per line. */
static void add_keys(text *names, const yaml_node *node) {
    for (size_t i = 0; node && i < node->count; i++) {
        if (node->children[i].key)
            text_append(names, "%s\n", node->children[i].key);
        add_keys(names, &node->children[i]);
    }
}

/* What the plan of such a recipe would say that it sweeps or tunes. */
static void add_names(results *r, const char *list, const char *recipe, const char *key) {
    yaml_document *document = NULL;
    yaml_errors errors = {0};
    text names = {0};
    if (*recipe && !yaml_read_text(NULL, "recipe", recipe, &document, &errors))
        add_keys(&names, yaml_get(&document->root, key));
    add_text(r, list, names.data ? names.data : "");
    yaml_free(document);
    yaml_errors_free(&errors);
    text_free(&names);
}

results *fixture_results(const char *name, const char *title, const char *resolved) {
    char command[256];
    results *r = calloc(1, sizeof *r);
    assert_non_null(r);
    r->path = strdup("");
    r->name = strdup(name);
    r->title = strdup(title);
    r->created = strdup("2025-03-01T12:00:00Z");
    snprintf(command, sizeof command, "/usr/local/bin/gatebench run %.100s lr=1e-3 -o here", name);
    add_text(r, "resolved", resolved);
    add_names(r, "swept", resolved, "sweep");
    add_names(r, "tuned", resolved, "tune");
    add_text(r, "command_line", command);
    add_text(r, "commit", "0123abcd4567+changes");
    add_text(r, "libraries", "oneDNN 2.6.3; HDF5 1.10.8");
    return r;
}

void fixture_trial(results *r, const char *cell, double seed) {
    table *t = &r->runs;
    assert_true(table_add_row(t));
    assert_true(table_set_integer(t, "run", (double)t->rows - 1));
    assert_true(table_set_text(t, "id", "0123456789abcdef0123456789abcdef"));
    assert_true(table_set_text(t, "status", "done"));
    assert_true(table_set_text(t, "stage", "final"));
    assert_true(table_set_text(t, "matching", "width"));
    assert_true(table_set_text(t, "cell", cell));
    assert_true(table_set_integer(t, "seed", seed));
}

void fixture_metric(results *r, const char *metric, double x, double value) {
    assert_true(table_add_row(&r->metrics));
    assert_true(table_set_integer(&r->metrics, "run", (double)r->runs.rows - 1));
    assert_true(table_set_text(&r->metrics, "metric", metric));
    assert_true(table_set_number(&r->metrics, "x", x));
    assert_true(table_set_number(&r->metrics, "value", value));
}

void fixture_curve(results *r, double step, double valid_loss) {
    assert_true(table_add_row(&r->curves));
    assert_true(table_set_integer(&r->curves, "run", (double)r->runs.rows - 1));
    assert_true(table_set_integer(&r->curves, "step", step));
    assert_true(table_set_number(&r->curves, "valid_loss", valid_loss));
}

static const char *const cells[] = {"rnn", "gru", "lstm"};
static const double reach[] = {40, 300, 180};

results *fixture_recall(int seeds) {
    static const double gaps[] = {5, 10, 20, 50, 100, 200, 500};
    static const char *const regimes[] = {"fixed", "up_to"};
    results *r =
        fixture_results("recall-quick", "How far back can each cell remember one word?",
                        "name: recall\nfigures: [accuracy_by_gap, learning_curves]\n"
                        "sweep: {cell: [rnn, gru, lstm], gap: [5, 10], train_gap: [fixed, up_to], seed: [1, 2]}\n");
    for (size_t regime = 0; regime < 2; regime++)
        for (size_t c = 0; c < 3; c++)
            for (size_t g = 0; g < 7; g++)
                for (int seed = 1; seed <= seeds; seed++) {
                    double far = reach[c] * (regime ? 1 : 0.3) * (1 + 0.15 * sin(seed * 5.0 + (double)c));
                    double share = 0.1 + 0.9 / (1 + pow(gaps[g] / far, 4));
                    fixture_trial(r, cells[c], seed);
                    table_set_text(&r->runs, "task", "recall");
                    table_set_integer(&r->runs, "gap", gaps[g]);
                    table_set_text(&r->runs, "train_gap", regimes[regime]);
                    table_set_integer(&r->runs, "answers", 10);
                    table_set_integer(&r->runs, "predictions", 500);
                    table_set_integer(&r->runs, "correct", floor(500 * share));
                    table_set_number(&r->runs, "accuracy", floor(500 * share) / 500);
                    table_set_number(&r->runs, "loss", -log(share));
                    table_set_integer(&r->runs, "parameters", 4000 + 3000 * (double)c);
                    fixture_metric(r, "baseline_accuracy/chance", 0, 0.1);
                    if (gaps[g] == 20 || gaps[g] == 500)
                        for (int step = 0; step <= 1500; step += 100)
                            fixture_curve(r, step, 2.3 * exp(-step * share / 600.0) + 0.05 * sin(step + seed));
                }
    return r;
}

results *fixture_vanishing(int seeds) {
    static const char *const inits[] = {"keras", "pytorch"};
    static const double slope[] = {-0.09, -0.012, -0.02};
    results *r = fixture_results("vanishing", "Does the gradient of the basic RNN shrink to zero?",
                                 "figures: [gradient_by_lag]\nsweep: {cell: [rnn, gru, lstm], init: [keras, pytorch], "
                                 "seed: [1, 2, 3]}\n");
    for (size_t init = 0; init < 2; init++)
        for (size_t c = 0; c < 3; c++)
            for (int seed = 1; seed <= seeds; seed++) {
                fixture_trial(r, cells[c], seed);
                table_set_text(&r->runs, "init", inits[init]);
                table_set_text(&r->runs, "task", "recall");
                table_set_number(&r->runs, "loss", 0.5);
                for (int lag = 0; lag <= 200; lag++) {
                    double fall = slope[c] * (1 + (double)init) * (1 + 0.1 * sin(seed * 3.0));
                    fixture_metric(r, "gradient_by_lag", lag, -2 + 0.4 * fall * lag);
                    fixture_metric(r, "gradient_by_lag_initial", lag, -1 + fall * lag + 0.1 * sin(lag * 0.3));
                }
            }
    return r;
}

static void add_gates(results *r, const char *const *gates, double inputs, double hidden, double biases) {
    double count = 0;
    for (size_t i = 0; gates[i]; i++) {
        char metric[64];
        snprintf(metric, sizeof metric, "parameters_by_gate/%s", gates[i]);
        fixture_metric(r, metric, (double)i, hidden * (inputs + hidden + biases));
        count += hidden * (inputs + hidden + biases);
    }
    table_set_integer(&r->runs, "cell_parameters", count);
    table_set_integer(&r->runs, "parameters", count);
}

results *fixture_ledger(void) {
    static const char *const conventions[] = {"keras", "pytorch", "paper"};
    static const char *const gates[][5] = {{"h"}, {"u", "r", "o"}, {"i", "f", "c", "o"}};
    results *r = fixture_results("ledger", "How many parameters has each cell?",
                                 "figures: [parameters_by_cell]\nsweep:\n  cell: [rnn, gru, lstm]\n"
                                 "  bias: [keras, pytorch, paper]\n");
    for (size_t b = 0; b < 3; b++)
        for (size_t c = 0; c < 3; c++) {
            fixture_trial(r, cells[c], 1);
            table_set_text(&r->runs, "bias", conventions[b]);
            add_gates(r, gates[c], 4, 64, b == 2 ? 0 : (double)b + 1);
        }
    return r;
}
