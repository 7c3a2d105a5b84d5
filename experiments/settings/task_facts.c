/* SPDX-License-Identifier: MIT */
/* From settings to their task. */
#include "experiments/settings/task_facts.h"

#include <stdlib.h>

gb_status trial_open_task(gb_context *context, const trial_settings *settings, task **out) {
    *out = NULL;
    const char *name = trial_text(settings, "task");
    const task_type *type = task_type_find(name);
    if (!type)
        return gb_fail(context, GB_INVALID, "there is no task '%s'; `gatebench list tasks` shows them", name);
    size_t count = 0;
    while (type->options[count].name)
        count++;
    const char *(*pairs)[2] = calloc(count + 1, sizeof *pairs);
    if (!pairs)
        return gb_fail(context, GB_MEMORY, "out of memory while opening task %s", name);
    for (size_t i = 0; i < count; i++) {
        pairs[i][0] = type->options[i].name;
        pairs[i][1] = trial_text(settings, type->options[i].name);
    }
    gb_status status = task_open(context, name, (const char *const(*)[2])pairs, count, out);
    free(pairs);
    return status;
}
