/* SPDX-License-Identifier: MIT */
/* One trial as a worker gets it, with settings that no recipe checked, for tests/cli/ranges.py: what `config` refuses
 * must fail here, too.
 *
 *   unchecked_trial TASK NAME=VALUE...     the others at their defaults
 *
 * Exit code 0: it ran, with its status and loss on standard output. 1: it failed, with the sentence on standard output.
 * It may also die, or meet its limits of time and memory: then it did not run either. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "experiments/trial/trial.h"
#include "support/cleanup.h"

enum { SECONDS = 20 };

static bool set_defaults(trial_settings *t, const char *name) {
    const task_type *type = task_type_find(name);
    bool ok = type && trial_set(t, "task", name);
    for (const setting *o = ok ? type->options : NULL; ok && o && o->name; o++)
        ok = trial_set(t, o->name, o->value);
    for (size_t i = 0; ok && setting_at(i); i++)
        ok = trial_set(t, setting_at(i)->name, setting_at(i)->value);
    return ok && trial_set(t, "measure", "");
}

static bool set_given(trial_settings *t, char **given) {
    for (; *given; given++) {
        char *equals = strchr(*given, '=');
        if (!equals)
            return false;
        *equals = '\0';
        if (!trial_set(t, *given, equals + 1))
            return false;
    }
    return true;
}

/* From the settings to the canonical text, and on as a worker does. */
static gb_status serve(gb_context *context, trial_settings *given, trial_record *record) {
    CLEANUP(free_at) char *canonical = NULL;
    CLEANUP(trial_settings_free) trial_settings t = {0};
    GB_TRY(trial_canonical(context, given, &canonical));
    GB_TRY(trial_parse(context, canonical, &t));
    return trial_run(context, &t, NULL, NULL, record);
}

int main(int argc, char **argv) {
    const struct rlimit time = {SECONDS, SECONDS}, memory = {(rlim_t)2 << 30, (rlim_t)2 << 30}, none = {0};
    gb_context *context = NULL;
    trial_settings t = {0};
    trial_record record = {0};
    setrlimit(RLIMIT_CPU, &time);
    setrlimit(RLIMIT_DATA, &memory);
    setrlimit(RLIMIT_CORE, &none);
    if (argc < 2 || gb_context_create(NULL, &context) || !set_defaults(&t, argv[1]) || !set_given(&t, argv + 2)) {
        fprintf(stderr, "usage: %s TASK NAME=VALUE...\n", argv[0]);
        return 2;
    }
    gb_status status = serve(context, &t, &record);
    if (status)
        puts(gb_context_message(context));
    else
        printf("%s %.17g\n", record.status, table_number(&record.fields, 0, "loss"));
    if (!status)
        trial_record_free(&record);
    trial_settings_free(&t);
    gb_context_destroy(context);
    return status != GB_OK;
}
