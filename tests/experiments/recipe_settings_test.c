/* SPDX-License-Identifier: MIT */
/* One value at a time: which values are accepted, their canonical form, the messages for all others; and the trial's
 * id. */
#include <math.h>

#include "recipe_file.h"

static void assert_canonical(const char *name, const char *given, const char *expected) {
    char value[TRIAL_VALUE], why[512] = "";
    if (!setting_check(setting_find(name), given, value, sizeof value, why, sizeof why))
        fail_msg("%s=%s: %s", name, given, why);
    assert_string_equal(value, expected);
}

static void assert_refused(const char *name, const char *given, const char *expected) {
    char value[TRIAL_VALUE], why[512] = "";
    assert_false(setting_check(setting_find(name), given, value, sizeof value, why, sizeof why));
    if (!strstr(why, expected))
        fail_msg("%s=%s: \"%s\" does not hold \"%s\"", name, given, why, expected);
}

static void test_canonical(void **state) {
    (void)state;
    assert_canonical("lr", "2e-3", "0.002");
    assert_canonical("lr", "0.0020", "0.002");
    assert_canonical("lr", "1e3", "1000");
    assert_canonical("lr", "1e-8", "1e-8");
    assert_canonical("lr", "0.1", "0.1");
    assert_canonical("lr", "0.30000000000000004", "0.30000000000000004");
    assert_canonical("momentum", "-0", "0");
    assert_canonical("hidden", "+64", "64");
    assert_canonical("seed", "9007199254740992", "9007199254740992");
    assert_canonical("cell", "window", "window");
    assert_canonical("cell", "gru_reset_before", "gru_reset_before");
    assert_canonical("init", "uniform:0.10", "uniform:0.1");
    assert_canonical("init", "keras", "keras");
}

static void test_refused(void **state) {
    (void)state;
    assert_refused("hidden", "0", "hidden is 0; give 1 to 65536");
    assert_refused("hidden", "sixtyfour", "expected an integer, found 'sixtyfour'");
    assert_refused("hidden", "1e3", "expected an integer");
    assert_refused("hidden", "99999999999999999999", "expected an integer");
    assert_refused("memory", "1GiB", "expected an integer, found '1GiB' (memory limit of a training step in MiB)");
    assert_refused("hidden", "064", "hidden is '064'; some programs read a leading 0 as octal");
    assert_refused("seed", "9007199254740993", "seed is 9007199254740993; give 0 to 9007199254740992");
    assert_refused("decay", "1", "decay is 1; give 0 to below 1");
    assert_refused("lr", "nan", "expected a number");
    assert_refused("lr", "0", "lr is 0; give 1e-12 to 1000");
    assert_refused("cell", "lsmt", "did you mean 'lstm'?");
    assert_refused("cell", "transformer", "give one of: rnn, ");
    assert_refused("dtype", "f16", "f32");
    assert_refused("init", "kerass", "init");
    assert_refused("init", "uniform:0.000000000000000000000000000000000000000000000000000000000000001", "longer");
}

/* Sweeps, columns and overrides use the name without its section. */
static void test_names_are_unique(void **state) {
    (void)state;
    for (size_t i = 0; setting_at(i); i++) {
        char value[TRIAL_VALUE], why[512];
        assert_ptr_equal(setting_find(setting_at(i)->name), setting_at(i));
        assert_true(setting_check(setting_at(i), setting_at(i)->value, value, sizeof value, why, sizeof why));
    }
    for (size_t t = 0; task_type_at(t); t++) {
        for (const setting *o = task_type_at(t)->options; o->name; o++) {
            char value[TRIAL_VALUE], why[512];
            if (setting_find(o->name))
                fail_msg("option %s of task %s is also a setting", o->name, task_type_at(t)->name);
            assert_true(setting_check(o, o->value, value, sizeof value, why, sizeof why));
        }
    }
}

static const char small[] = "task: {name: recall, gap: 5}\n"
                            "train: {steps: 10}\n"
                            "sweep: {cell: [rnn, gru], lr: [1e-3, 0.002]}\n";

static void test_ids(void **state) {
    (void)state;
    recipe *r = read_good(small, NULL, NULL), *again = read_good(small, NULL, (const char *[]){"lr=0.0010,2e-3", NULL});
    trial_list a, b;
    assert_int_equal(recipe_final_trials(context, r, NULL, NULL, &a), GB_OK);
    assert_int_equal(recipe_final_trials(context, again, NULL, NULL, &b), GB_OK);
    assert_int_equal(a.count, 4);
    assert_int_equal(b.count, 4);
    for (size_t i = 0; i < a.count; i++) {
        assert_int_equal(strlen(a.trials[i].id), 32);
        assert_string_equal(a.trials[i].id, b.trials[i].id); /* however a number was written */
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(a.trials[i].id, a.trials[k].id);
    }
    trial_list_free(&a);
    trial_list_free(&b);
    recipe_free(r);
    recipe_free(again);
}

static void test_canonical_text_reads_back(void **state) {
    (void)state;
    recipe *r = read_good(small, NULL, NULL);
    trial_list list;
    assert_int_equal(recipe_final_trials(context, r, NULL, NULL, &list), GB_OK);
    trial_settings *first = &list.trials[0], parsed;
    char *canonical, id[33];
    memcpy(id, first->id, sizeof id);
    assert_int_equal(trial_canonical(context, first, &canonical), GB_OK);
    assert_string_equal(first->id, id);
    static const char *const needed[] = {"backend_version=", "\ncell_version=1\n", "\ndata_sha256=\n", "\nschema=",
                                         "\ntask_version=",  "\ntask=recall\n",    "\nlr=0.001\n"};
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
        assert_non_null(strstr(canonical, needed[i]));
    assert_int_equal(trial_parse(context, canonical, &parsed), GB_OK);
    assert_string_equal(parsed.id, id);
    assert_int_equal(parsed.count, first->count);
    for (size_t i = 0; i < parsed.count; i++) {
        assert_string_equal(parsed.pairs[i].name, first->pairs[i].name);
        assert_string_equal(parsed.pairs[i].value, first->pairs[i].value);
    }
    assert_string_equal(trial_text(&parsed, "cell"), "rnn");
    assert_true(trial_number(&parsed, "steps") == 10);
    assert_true(isnan(trial_number(&parsed, "cell")));
    assert_string_equal(trial_text(&parsed, "no_such"), "");
    trial_settings_free(&parsed);
    free(canonical);
    trial_list_free(&list);
    recipe_free(r);
}

/* The lines that are settings, without those that tell versions and data: these change with a release. */
static void settings_lines(const char *canonical, char *lines, size_t size) {
    static const char *const derived[] = {
        "backend_version=", "cell_version=", "data_sha256=", "schema=", "task_version="};
    lines[0] = '\0';
    while (*canonical) {
        size_t length = strcspn(canonical, "\n") + 1, used = strlen(lines);
        bool keep = true;
        for (size_t i = 0; i < sizeof derived / sizeof *derived; i++)
            keep = keep && strncmp(canonical, derived[i], strlen(derived[i])) != 0;
        if (keep)
            snprintf(lines + used, size - used, "%.*s", (int)length, canonical);
        canonical += length;
    }
}

static char *first_canonical(const char *text_of_recipe, const char *const *overrides) {
    recipe *r = read_good(text_of_recipe, NULL, overrides);
    trial_list list;
    char *canonical;
    assert_int_equal(recipe_final_trials(context, r, NULL, NULL, &list), GB_OK);
    assert_int_equal(trial_canonical(context, &list.trials[0], &canonical), GB_OK);
    trial_list_free(&list);
    recipe_free(r);
    return canonical;
}

/* What version 0.1.0 made ids of. A new setting must not stand here: see SETTING_LATER in settings.def. */
static void test_old_ids_stay(void **state) {
    (void)state;
    static const char old[] = "answers=10\n"
                              "backend=reference\n"
                              "batch=32\n"
                              "beta1=0.9\n"
                              "beta2=0.999\n"
                              "bias=single\n"
                              "cell=rnn\n"
                              "clip_norm=1\n"
                              "clip_value=0\n"
                              "decay=0.9\n"
                              "dtype=f32\n"
                              "embedding=16\n"
                              "epsilon=1e-8\n"
                              "evaluate_every=0\n"
                              "examples=1000\n"
                              "fillers=50\n"
                              "gap=5\n"
                              "hidden=64\n"
                              "init=keras\n"
                              "lags=200\n"
                              "layers=1\n"
                              "lr=0.001\n"
                              "measure=\n"
                              "momentum=0\n"
                              "optimizer=adam\n"
                              "patience=0\n"
                              "probes=32\n"
                              "reach=0\n"
                              "reach_for=3\n"
                              "seed=1\n"
                              "select=best\n"
                              "steps=10\n"
                              "task=recall\n"
                              "train_gap=fixed\n";
    char *canonical = first_canonical(small, (const char *[]){"backend=reference", NULL}), lines[4096];
    settings_lines(canonical, lines, sizeof lines);
    assert_string_equal(lines, old);
    free(canonical);
}

/* A value that the setting takes and that is not its default. */
static const char *another_value(const setting *s) {
    static const char *const candidates[] = {"0.5", "7", "learned", "linear", "identity", "sgemm", "padded_nll"};
    char value[TRIAL_VALUE], why[512];
    for (size_t i = 0; i < sizeof candidates / sizeof *candidates; i++)
        if (setting_check(s, candidates[i], value, sizeof value, why, sizeof why) && strcmp(value, s->value) != 0)
            return candidates[i];
    fail_msg("%s: give this test a value that it takes", s->name);
    return NULL;
}

/* Each later setting: a value other than the default is in the text and changes the id; both texts can be read back. */
static void test_later_settings(void **state) {
    (void)state;
    char *plain = first_canonical(small, NULL);
    trial_settings parsed, again;
    assert_int_equal(trial_parse(context, plain, &parsed), GB_OK);
    for (size_t i = 0; setting_at(i); i++) {
        const setting *s = setting_at(i);
        const char *other;
        char value[TRIAL_VALUE], why[512], *changed;
        if (!s->later)
            continue;
        assert_string_equal(trial_text(&parsed, s->name), s->value);
        assert_true(setting_check(s, s->value, value, sizeof value, why, sizeof why));
        assert_string_equal(value, s->value); /* else the default would not be known by its text */
        other = another_value(s);
        assert_true(trial_set(&parsed, s->name, other));
        assert_int_equal(trial_canonical(context, &parsed, &changed), GB_OK);
        assert_string_not_equal(changed, plain);
        assert_int_equal(trial_parse(context, changed, &again), GB_OK);
        assert_string_equal(trial_text(&again, s->name), other);
        assert_string_equal(again.id, parsed.id);
        free(changed);
        trial_settings_free(&again);
        assert_true(trial_set(&parsed, s->name, s->value));
        assert_int_equal(trial_canonical(context, &parsed, &changed), GB_OK);
        assert_string_equal(changed, plain);
        free(changed);
    }
    trial_settings_free(&parsed);
    free(plain);
}

/* Settings under `stop:` have another name there; an override uses the setting's own name. */
static void test_stop_settings(void **state) {
    (void)state;
    static const char stop[] = "task: {name: recall, gap: 5}\n"
                               "train: {steps: 10, stop: {sequences_in_a_row: 100, error: 0.2, reach: 0.9, for: 2}}\n";
    static const char *const given[] = {"\nsequences_in_a_row=100\n", "\nsequence_error=0.2\n", "\nreach=0.9\n",
                                        "\nreach_for=2\n"};
    char *canonical = first_canonical(stop, NULL);
    for (size_t i = 0; i < sizeof given / sizeof *given; i++)
        assert_non_null(strstr(canonical, given[i]));
    free(canonical);
    canonical = first_canonical(stop, (const char *[]){"sequences_in_a_row=50", "sequence_error=0.04", NULL});
    assert_non_null(strstr(canonical, "\nsequences_in_a_row=50\n"));
    assert_non_null(strstr(canonical, "\nsequence_error=0.04\n"));
    free(canonical);
}

static void test_broken_canonical_text(void **state) {
    (void)state;
    static const char *const broken[] = {"", "task\n", "task=recall\n", "task=nothing\nlr=1\n"};
    trial_settings parsed;
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        assert_int_equal(trial_parse(context, broken[i], &parsed), GB_INVALID);
        assert_int_equal(parsed.count, 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_canonical),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_names_are_unique),
        cmocka_unit_test(test_ids),
        cmocka_unit_test(test_canonical_text_reads_back),
        cmocka_unit_test(test_old_ids_stay),
        cmocka_unit_test(test_stop_settings),
        cmocka_unit_test(test_later_settings),
        cmocka_unit_test(test_broken_canonical_text),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
