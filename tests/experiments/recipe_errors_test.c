/* SPDX-License-Identifier: MIT */
/* All errors of a recipe are reported together, each with its place and remedy. */
#include "recipe_file.h"
#include "support/text.h"

/* Reads what must be refused; the messages must be exactly as many as expected, and hold each text in order. */
static void assert_errors(const char *content, const char *profile, const char *const *overrides,
                          const char *const *expected) {
    yaml_errors errors = {0};
    recipe *r;
    size_t given = 0, count = 0;
    while (overrides && overrides[given])
        given++;
    gb_status status = recipe_read(context, write_recipe("a.yaml", content), profile, overrides, given, &errors, &r);
    assert_int_equal(status, GB_INVALID);
    assert_null(r);
    const char *at = errors.text ? errors.text : "";
    for (; expected[count]; count++) {
        const char *found = strstr(at, expected[count]);
        if (!found)
            fail_msg("\"%s\" is missing in:\n%s", expected[count], errors.text ? errors.text : "(no error)");
        at = found;
    }
    if (errors.count != count)
        fail_msg("%zu errors, not %zu:\n%s", errors.count, count, errors.text);
    yaml_errors_free(&errors);
}

/* The four of the acceptance list: a misspelt key, a wrong type, an impossible range, an unknown cell. */
static void test_four_errors(void **state) {
    (void)state;
    assert_errors("name: broken\n"
                  "task: {name: recall, gap: 50}\n"
                  "modle: {layers: 2}\n"
                  "model: {cell: lsmt, hidden: sixtyfour}\n"
                  "sweep:\n"
                  "  gap: 10..5\n"
                  "  seed: 1..3\n",
                  NULL, NULL,
                  (const char *[]){"a.yaml:3:1: error: unknown key 'modle'; did you mean 'model'?",
                                   "a.yaml:4:15: error: unknown cell 'lsmt'; did you mean 'lstm'?",
                                   "a.yaml:4:29: error: hidden: expected an integer, found 'sixtyfour'",
                                   "a.yaml:6:8: error: gap: '10..5' is empty", NULL});
}

static void test_keys(void **state) {
    (void)state;
    static const struct {
        const char *line, *error;
    } cases[] = {
        {"train: {steps: 5, learning: 3}", "unknown key 'learning' in train"},
        {"train: {hidden: 5}", "'hidden' belongs under model:"},
        {"model: {seed: 5}", "'seed' belongs under sweep:"},
        {"train: {reach: 0.9}", "stop: {reach: "},
        {"train: {stop: {raech: 0.9}}", "did you mean 'reach'"},
        {"train: {stop: {metric: bits, reach: 0.9}}", "this task's is accuracy"},
        {"train: {lr: [1e-3, 2e-3]}", "lr: several values form a sweep"},
        {"model: {hidden: 1..5}", "hidden: several values form a sweep"},
        {"model: [lstm]", "model: expected a map"},
        {"measure: [acuracy]", "did you mean 'accuracy'?"},
        {"measure: accuracy", "measure: expected a list"},
        {"measure_options: {lag: 3}", "did you mean 'lags'?"},
        {"match: [width, parametres]", "a.yaml:2:16: error: unknown matching 'parametres'; did you mean 'parameters'?"},
        {"match: both", "unknown matching 'both'; there are: width, parameters, state"},
        {"sweep: [{match: breadth, gap: 5}]", "'breadth'"},
        {"match: []", "a.yaml:2:8: error: match: expected width"},
        {"match: [width, width]", "a.yaml:2:16: error: match: width is given twice"},
        {"match: {by: parameters, liek: gru}", "did you mean 'like'"},
        {"match: {by: parameters, like: lsmt}", "like: unknown cell 'lsmt'; did you mean 'lstm'?"},
        {"match: {by: parameters, like: bag}", "'bag' has no recurrent layer"},
        {"match: {by: parameters, count: layer}", "a.yaml:2:32: error: count is 'layer'; give cell"},
        {"match: {like: gru}", "match: `by` is missing"},
        {"match: state\nsweep: {cell: [lstm, bag]}",
         "a.yaml:3:22: error: cells bag and window have no recurrent layer"},
        {"match: state\ntune: {hidden: [3, 4]}", "a.yaml:3:17: error: hidden cannot be tuned here, since match: state"},
        {"match: [width, state]\nzip: {cell: [rnn, gru], hidden: [5, 6]}", "so the widths are given"},
        {"claim: recall", "claim is 'recall'"},
        {"name: a/b", "it becomes the name of a folder"},
        {"compare: [{a: gru, b: lsmt, metric: nll, margin: 0.1}]", "did you mean 'lstm'?"},
        {"compare: [{a: gru, b: lstm, metric: nll}]", "needs 'margin'"},
        {"compare: [{a: gru, b: lstm, metric: nll, margin: 0}]", "give a number above 0"},
        {"compare: [{a: gru, b: lstm, metric: nll, solved: x}]", "give a number above 0"},
        {"compare: [{a: gru, b: lstm, metric: nll, margin: 1, solve: 1}]", "no 'solve'"},
        {"sweep: {hidden: []}", "this list is empty"},
        {"sweep: {gap: 1..5:0}", "its step is not above 0"},
        {"sweep: {gap: 1..x}", "is not a range"},
        {"sweep: {gap: log2(3..7)}", "does not double"},
        {"sweep: {hidden: 0..5}", "hidden is 0; give 1 to 65536"},
        {"sweep: {seed: 1..1000000}", "more than 100000 values"},
        {"sweep: {seed: 1..1000, gap: 1..1000}", "more than 100000 trials"},
        {"sweep: {gapp: [1, 2]}", "did you mean 'gap'?"},
        {"sweep: {adverbs: 3}", "'adverbs' is not a setting or an option of task recall"},
        {"sweep: [{gap: 5}, 7]", "sweep: expected a map"},
        {"zip: {cell: [rnn, gru], hidden: [5, 6, 7]}", "cell has 2 and hidden has 3"},
        {"zip: [{cell: [rnn]}, {cell: [gru]}]", "cell is swept twice"},
        {"exclude: [{gapp: 5}]", "did you mean 'gap'?"},
        {"exclude: {gap: 50}", "`exclude` drops all of them"},
        {"tune: {lr: [1, 2], by: loss}", "test data must not be used for choosing"},
        {"tune: {seeds: 2}", "at least one setting with values to choose from"},
        {"tune: {seed: [1, 2]}", "seed cannot be tuned"},
        {"tune: {lr: {log_uniform: [0, 1], draws: 8}}",
         "a.yaml:2:27: error: log_uniform: the lowest value must be above 0"},
        {"tune: {lr: {log_uniform: [1, 0.1], draws: 8}}", "a.yaml:2:26: error: log_uniform: expected the lowest and"},
        {"tune: {lr: {log_uniform: 1e-3, draws: 8}}", "expected the lowest and the highest value"},
        {"tune: {lr: {log_uniform: [1e-4, 1e-2], draws: 0}}", "a.yaml:2:47: error: draws is '0'; give 1 to 10000"},
        {"tune: {lr: {log_uniform: [1e-4, 1e-2]}}", "expected {log_uniform: [1e-4, 1e-2], draws: 8}"},
        {"tune: {lr: {log_unifrom: [1e-4, 1e-2], draws: 8}}", "did you mean 'log_uniform'"},
        {"tune: {lr: {log_uniform: [1e-4, 1e-2], uniform: [1, 2], draws: 8}}", "either log_uniform or uniform"},
        {"tune: {lr: {uniform: [1, 1e9], draws: 8}}", "lr is "},
        {"tune: {layers: {uniform: [1.2, 1.8], draws: 8}}",
         "a.yaml:2:26: error: there is no whole number from 1.2 to 1.8"},
        {"tune: {optimizer: {uniform: [1, 2], draws: 8}}", "optimizer is not a number and cannot be drawn"},
        {"tune: {lr: {uniform: [1, 2], draws: 8}, beta1: {uniform: [0, 0.9], draws: 4}}",
         "settings are drawn jointly, but lr has 8 draws and beta1 has 4"},
        {"tune: {lr: {uniform: [1, 2], draws: 8}, draw_seed: x}", "draw_seed is 'x'"},
        {"tune: {lr: [1, 2]}\nsweep: {lr: [3, 4]}", "lr is both tuned and swept"},
        {"tune: {lr: [1e-3, 2e-3], seeds: many}", "expected an integer"},
        {"train: {decay: 1}", "a.yaml:2:16: error: decay is 1; give 0 to below 1"},
        {"train: {beta1: 1.0}", "a.yaml:2:16: error: beta1 is 1.0; give 0 to below 1"},
        {"train: {beta2: 1}", "beta2 is 1; give 0 to below 1"},
        {"train: {momentum: 1}", "momentum is 1; give 0 to below 1"},
        {"train: {steps: 010}", "a.yaml:2:16: error: steps is '010'; some programs read a leading 0 as octal"},
        {"train: {lr: 00.1}", "lr is '00.1'; some programs read a leading 0 as octal"},
        {"sweep: {gap: 01..3}", "is not a range"},
        {"sweep: {seed: [9007199254740993]}", "seed is 9007199254740993; give 0 to 9007199254740992"},
        {"sweep: {seed: 9007199254740991..9007199254740993}", "an end beyond 9007199254740992"},
        {"tune: {dtype: [f32, f64]}", "a.yaml:2:21: error: dtype f64 runs only on backend reference"},
        {"model: {forget_bias: chrono:1}", "a.yaml:2:22: error: forget_bias is 'chrono:1': chrono:Tmax needs a Tmax"},
        {"model: {forget_bias: often}", "forget_bias is 'often': give a number, or chrono:Tmax"},
        {"sweep: {cell: [lstm, rnn], forget_bias: [0, chrono:75]}",
         "a.yaml:2:42: error: forget_bias needs a cell with a gate that keeps the memory"},
        {"model: {cell: gru, bias: paper, forget_bias: 1}", "error: forget_bias needs biases"},
        {"model: {recurrent_init: scaled}", "scaled needs a number above 0 after a colon"},
        {"model: {cell: mingru, recurrent_init: identity}", "recurrent_init needs a cell with recurrent kernels"},
        {"train: {dropout: 0.5}", "a.yaml:2:18: error: dropout applies between recurrent layers"},
        {"train: {dropout: 1}", "dropout is 1; give 0 to below 1"},
        {"train: {weight_decay: -1}", "weight_decay is -1; give 0 to 1000"},
        {"train: {memory: 0}", "memory is 0; give 1 to 1048576"},
        {"tune: {initial_state: [zero, learned]}\nmodel: {cell: bag}",
         "a.yaml:2:30: error: initial_state must be zero for cells bag and window"},
        {"tune: {lr: [1e-3, 1e-2]}\nexclude: [{cell: gru, lr: 1e-2}]",
         "a.yaml:3:27: error: lr is tuned, and every arm must try the same values"},
        {"compare: [{a: gru, b: lstm, metric: acuracy, margin: 0.1}]",
         "a.yaml:2:37: error: unknown name 'acuracy'; did you mean 'accuracy'?"},
        {"include: nothing_like_it", "there is no such recipe"},
        {"include: recal", "did you mean 'recall'?"},
        {"profiles: {quick: {sweeep: 1}}", "did you mean 'sweep'?"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char content[512];
        snprintf(content, sizeof content, "task: {name: recall, gap: 50}\n%s\n", cases[i].line);
        assert_errors(content, NULL, NULL, (const char *[]){cases[i].error, NULL});
    }
}

static void test_tasks(void **state) {
    (void)state;
    assert_errors("model: {cell: gru}\n", NULL, NULL, (const char *[]){"needs a task", NULL});
    assert_errors("task: {name: recal}\nsweep: {gap: 1..3}\n", NULL, NULL,
                  (const char *[]){"a.yaml:1:14: error: unknown task 'recal'; did you mean 'recall'?", NULL});
    assert_errors("task: {name: recall, gab: 3}\n", NULL, NULL, (const char *[]){"did you mean 'gap'?", NULL});
    assert_errors("taks: {name: recall}\nsweep: {gap: 1..3}\n", NULL, NULL,
                  (const char *[]){"did you mean 'task'?", NULL});
    assert_errors("- a list\n", NULL, NULL, (const char *[]){"a recipe is a map", NULL});
    assert_errors("task: {name: recall\n", NULL, NULL, (const char *[]){"a.yaml:", NULL});
}

static void test_impossible_models(void **state) {
    (void)state;
    assert_errors("kind: count\nmodel: {cell: bag}\n", NULL, NULL,
                  (const char *[]){"a.yaml:2:15: error: cell bag counts words", NULL});
    assert_errors("task: {name: recall}\nmodel: {dtype: f64, backend: onednn}\n", NULL, NULL,
                  (const char *[]){"a.yaml:2:16: error: dtype f64 runs only on backend reference", NULL});
    assert_errors("task: {name: recall}\nsweep: {cell: [gru, window]}\nmeasure: [gradient_by_lag]\n", NULL, NULL,
                  (const char *[]){"a.yaml:2:21: error: gradient_by_lag, spectrum, time_constants, memory", NULL});
    assert_errors("task: {name: recall}\nmeasure: [swapped_pairs]\n", NULL, NULL,
                  (const char *[]){"no pairs of sentences", NULL});
    assert_errors("kind: count\nmeasure: [gradient_by_lag]\n", NULL, NULL,
                  (const char *[]){"no probe sequences", NULL});
    assert_errors("kind: count\ntrain: {steps: 5}\n", NULL, NULL,
                  (const char *[]){"a.yaml:2:16: error: a recipe of kind count, time or museum trains no model", NULL});
    assert_errors("kind: count\ntask: {name: recall}\n", NULL, NULL, (const char *[]){"has no task", NULL});
    assert_errors("kind: time\nsizes: {lenght: 5}\n", NULL, NULL, (const char *[]){"did you mean 'length'?", NULL});
    assert_errors("kind: tmie\n", NULL, NULL, (const char *[]){"a.yaml:1:7: error: kind is 'tmie'", NULL});
    assert_errors("task: {name: count}\n", NULL, NULL, (const char *[]){"unknown task 'count'", NULL});
    assert_errors("task: {name: recall}\nmodel: {cell: bag, initial_state: learned}\n", NULL, NULL,
                  (const char *[]){"a.yaml:2:35: error: initial_state must be zero for cells bag and window", NULL});
    assert_errors("task: {name: recall}\nmodel: {cell: window}\ntrain: {bptt: 5}\n", NULL, NULL,
                  (const char *[]){"a.yaml:3:15: error: bptt carries a state", NULL});
    assert_errors("task: {name: recall}\ntrain: {stop: {sequences_in_a_row: 10}}\n", NULL, NULL,
                  (const char *[]){"a.yaml:2:15: error: sequences_in_a_row needs the largest error", NULL});
    assert_errors("task: {name: recall}\ntrain: {sequences_in_a_row: 10}\n", NULL, NULL,
                  (const char *[]){"write it as stop: {", NULL});
    recipe_free(read_good("task: {name: recall}\nmodel: {dtype: f64, backend: reference}\n", NULL, NULL));
}

/* A few bytes that ask for very much: refused, or planned without multiplying what need not be. */
static void test_large(void **state) {
    (void)state;
    text blocks = {0};
    text_append(&blocks, "task: {name: recall}\nsweep: [");
    for (size_t i = 0; i < 200; i++)
        text_append(&blocks, "{seed: 1..99999}, ");
    text_append(&blocks, "{seed: 1}]\n");
    assert_errors(blocks.data, NULL, NULL,
                  (const char *[]){"the lists and ranges of this recipe have more than 200000 values", NULL});
    text_free(&blocks);
    recipe_free(
        read_good("task: {name: recall}\nsweep: {seed: 10000..60000}\ntune: {lr: 1e-5..0.3:1e-5}\n", NULL, NULL));
    recipe *r = read_good("task: {name: recall}\nsweep: {seed: 1..90000}\nexclude: [{seed: 2..89999}]\n", NULL, NULL);
    assert_int_equal(recipe_final_count(r), 2);
    recipe_free(r);
    /* the last seeds of an arm are looked at as well */
    assert_errors("task: {name: recall}\nsweep: {seed: [1, 1002]}\ntune: {lr: [1, 2], seeds: 3}\n", NULL, NULL,
                  (const char *[]){"seed 1002 is reserved for tuning", NULL});
}

static void test_profiles_and_overrides(void **state) {
    (void)state;
    static const char base[] = "task: {name: recall}\n"
                               "zip: {cell: [rnn, gru], hidden: [5, 6]}\n"
                               "profiles: {quick: {train: {steps: 5}}}\n";
    assert_errors(base, "quik", NULL, (const char *[]){"there is no profile 'quik'; did you mean 'quick'?", NULL});
    assert_errors(base, "nightly", NULL, (const char *[]){"there are: quick", NULL});
    assert_errors(base, NULL, (const char *[]){"gapp=5", NULL},
                  (const char *[]){"override:1:1: error: unknown setting 'gapp'; did you mean 'gap'?", NULL});
    assert_errors(base, NULL, (const char *[]){"gap=5", "hidden", NULL},
                  (const char *[]){"override:2:1: error: an override is setting=value", NULL});
    assert_errors(base, NULL, (const char *[]){"gap=5,x", NULL},
                  (const char *[]){"override:1:7: error: gap: expected an integer, found 'x'", NULL});
    assert_errors(base, NULL, (const char *[]){"cell=lstm", NULL},
                  (const char *[]){"override:1:6: error: cell is zipped", NULL});
    assert_errors(base, NULL, (const char *[]){"lr=", NULL}, (const char *[]){"expected a number, found ''", NULL});
}

static void test_missing_recipe(void **state) {
    (void)state;
    yaml_errors errors = {0};
    recipe *r;
    assert_int_equal(recipe_read(context, "recal", NULL, NULL, 0, &errors, &r), GB_IO);
    assert_non_null(strstr(gb_context_message(context), "did you mean 'recall'?"));
    assert_int_equal(recipe_read(context, "/no/such/folder/musik.yaml", NULL, NULL, 0, &errors, &r), GB_IO);
    assert_non_null(strstr(gb_context_message(context), "did you mean 'music'?"));
    assert_int_equal(errors.count, 0);
}

static void test_include_of_itself(void **state) {
    (void)state;
    assert_errors("include: a.yaml\ntask: {name: recall}\n", NULL, NULL,
                  (const char *[]){"does a file include itself?", NULL});
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_four_errors),    cmocka_unit_test(test_keys),
        cmocka_unit_test(test_tasks),          cmocka_unit_test(test_impossible_models),
        cmocka_unit_test(test_large),          cmocka_unit_test(test_profiles_and_overrides),
        cmocka_unit_test(test_missing_recipe), cmocka_unit_test(test_include_of_itself),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
