/* SPDX-License-Identifier: MIT */
/* From settings to their task. */
#include "experiments/settings/task_facts.h"
#include "support/cleanup.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

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
    GB_NEED(context, pairs, "while opening task %s", name);
    for (size_t i = 0; i < count; i++) {
        pairs[i][0] = type->options[i].name;
        pairs[i][1] = trial_text(settings, type->options[i].name);
    }
    gb_status status = task_open(context, name, (const char *const(*)[2])pairs, count, out);
    free(pairs);
    return status;
}

enum { REMEMBERED = 64, MOST_DRAWN = 1024 };
static _Thread_local struct {
    XXH128_hash_t key;
    bool used;
    task_facts facts;
} remembered[REMEMBERED];
static _Thread_local size_t next_remembered;

/* The key of the cached facts: the task, its options, and the batch. */
static XXH128_hash_t hash_task(const trial_settings *settings, size_t batch) {
    const char *name = trial_text(settings, "task");
    const task_type *type = task_type_find(name);
    XXH128_hash_t hash = XXH3_128bits_withSeed(name, strlen(name), batch);
    for (const setting *o = type ? type->options : NULL; o && o->name; o++) {
        const char *value = trial_text(settings, o->name);
        hash = XXH3_128bits_withSeed(value, strlen(value) + 1, hash.low64 ^ (hash.high64 * 0x9E3779B97F4A7C15ULL));
    }
    return hash;
}

/* A batch of seed 1, so that every trial and process gets the same facts. */
static gb_status draw_batch(gb_context *context, task *opened, size_t batch, task_facts *facts) {
    task_batch drawn = {0};
    size_t sequences = batch < MOST_DRAWN ? batch : MOST_DRAWN;
    gb_status status = task_get_batch(opened, TASK_TRAIN, 1, 0, sequences, &drawn);
    facts->steps = (double)drawn.batch.steps;
    facts->tokens = (double)drawn.batch.steps * (double)drawn.batch.sequences * ((double)batch / (double)sequences);
    task_batch_free(context, &drawn);
    return status;
}

gb_status task_facts_find(gb_context *context, const trial_settings *settings, size_t batch, task_facts *facts) {
    XXH128_hash_t key = hash_task(settings, batch);
    for (size_t i = 0; i < REMEMBERED; i++) {
        if (remembered[i].used && XXH128_isEqual(remembered[i].key, key)) {
            *facts = remembered[i].facts;
            return GB_OK;
        }
    }
    task *opened;
    GB_TRY(trial_open_task(context, settings, &opened));
    *facts = (task_facts){.shape = *task_get_shape(opened)};
    snprintf(facts->sha256, sizeof facts->sha256, "%s", task_sha256(opened));
    gb_status status = batch && facts->shape.splits[TASK_TRAIN] ? draw_batch(context, opened, batch, facts) : GB_OK;
    task_close(opened);
    GB_TRY(status);
    remembered[next_remembered].key = key;
    remembered[next_remembered].facts = *facts;
    remembered[next_remembered].used = true;
    next_remembered = (next_remembered + 1) % REMEMBERED;
    return GB_OK;
}
