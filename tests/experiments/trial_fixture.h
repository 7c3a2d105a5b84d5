/* SPDX-License-Identifier: MIT */
/* What tests of single trials share: settings from names and values, and a run of them. */
#ifndef GATEBENCH_TESTS_TRIAL_FIXTURE_H
#define GATEBENCH_TESTS_TRIAL_FIXTURE_H

#include "experiments/trial/trial.h"
#include "tests/experiments/run_fixture.h"

static gb_context *context;

static inline int make_context(void **state) {
    (void)state;
    return gb_context_create(NULL, &context) != GB_OK;
}

static inline int drop_context(void **state) {
    (void)state;
    gb_context_destroy(context);
    return 0;
}

/* Settings of a task with all defaults and then the given ones, "name", "value", ..., NULL. */
static inline trial_settings make_settings(const char *task_name, const char *const *given) {
    trial_settings t = {0};
    const task_type *type = task_type_find(task_name);
    assert_non_null(type);
    assert_true(trial_set(&t, "task", task_name));
    for (const setting *o = type->options; o->name; o++)
        assert_true(trial_set(&t, o->name, o->value));
    for (size_t i = 0; setting_at(i); i++)
        assert_true(trial_set(&t, setting_at(i)->name, setting_at(i)->value));
    assert_true(trial_set(&t, "measure", ""));
    for (; *given; given += 2)
        assert_true(trial_set(&t, given[0], given[1]));
    snprintf(t.stage, sizeof t.stage, "final");
    return t;
}

#define SETTINGS(task_name, ...) make_settings(task_name, (const char *const[]){__VA_ARGS__, NULL})

#define TINY                                                                                                           \
    "backend", "reference", "hidden", "8", "embedding", "4", "batch", "8", "steps", "40", "gap", "3", "answers", "4",  \
        "fillers", "8", "examples", "50"

static inline trial_record run_settings(trial_settings t) {
    trial_record record;
    gb_status status = trial_run(context, &t, NULL, NULL, &record);
    trial_settings_free(&t);
    if (status)
        fail_msg("%s", gb_context_message(context));
    return record;
}

static inline double field(const trial_record *record, const char *name) {
    return table_number(&record->fields, 0, name);
}

#endif
