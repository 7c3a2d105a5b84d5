/* SPDX-License-Identifier: MIT */
/* The list of tasks, opening a task with checked settings, and the memory of batches. */
#include "datasets/task.h"

#include <string.h>

#include "datasets/task_tools.h"
#include "support/cleanup.h"
#include "support/text.h"

#define GB_TASK(name) extern const task_type task_##name##_type;
#include "datasets/tasks.def"
#undef GB_TASK

static const task_type *const types[] = {
#define GB_TASK(name) &task_##name##_type,
#include "datasets/tasks.def"
#undef GB_TASK
};

enum { TYPES = sizeof types / sizeof *types, MOST_OPTIONS = 16, VALUE_BYTES = SETTING_VALUE };

struct task {
    gb_context *context;
    const task_type *type;
    void *state;
    task_shape shape;
    char values[MOST_OPTIONS][VALUE_BYTES];
};

const task_type *task_type_at(size_t i) {
    return i < TYPES ? types[i] : NULL;
}

const task_type *task_type_find(const char *name) {
    for (size_t i = 0; i < TYPES; i++)
        if (!strcmp(types[i]->name, name))
            return types[i];
    return task_kind_find(name);
}

const task_type *task_kind_at(size_t i) {
    return task_kinds[i].name ? &task_kinds[i] : NULL;
}

const task_type *task_kind_find(const char *name) {
    for (size_t i = 0; task_kinds[i].name; i++)
        if (!strcmp(task_kinds[i].name, name))
            return &task_kinds[i];
    return NULL;
}

bool task_is_made(const task_type *type) {
    return type->sha256 == task_no_sha256;
}

const setting *task_type_option(const task_type *type, const char *name) {
    for (const setting *o = type ? type->options : NULL; o && o->name; o++)
        if (!strcmp(o->name, name))
            return o;
    return NULL;
}

const setting *task_option_find(const char *name) {
    const setting *found = NULL;
    for (size_t i = 0; !found && task_type_at(i); i++)
        found = task_type_option(task_type_at(i), name);
    for (size_t i = 0; !found && task_kind_at(i); i++)
        found = task_type_option(task_kind_at(i), name);
    return found;
}

static gb_status unknown(gb_context *context, const char *what, const char *word, const char *const *names,
                         size_t count) {
    const char *near = text_nearest(word, names, count);
    if (near)
        return gb_fail(context, GB_INVALID, "unknown %s \"%s\"; did you mean \"%s\"?", what, word, near);
    CLEANUP(text_free) text all = {0};
    for (size_t i = 0; i < count; i++)
        text_append(&all, "%s%s", i ? ", " : "", names[i]);
    gb_fail(context, GB_INVALID, "unknown %s \"%s\"; there are: %s", what, word, all.data ? all.data : "none");
    return GB_INVALID;
}

static gb_status read_settings(gb_context *context, task *t, const char *const (*settings)[2], size_t count) {
    const setting *options = t->type->options;
    const char *names[MOST_OPTIONS];
    char why[512];
    size_t known = 0;
    for (; known < MOST_OPTIONS && options[known].name; known++) {
        names[known] = options[known].name;
        text_copy(t->values[known], VALUE_BYTES, options[known].value);
    }
    for (size_t i = 0; i < count; i++) {
        const setting *option = task_type_option(t->type, settings[i][0]);
        if (!option)
            return unknown(context, "task setting", settings[i][0], names, known);
        if (!setting_check(option, settings[i][1], t->values[option - options], VALUE_BYTES, why, sizeof why))
            return gb_fail(context, GB_INVALID, "%s: %s", t->type->name, why);
    }
    return GB_OK;
}

gb_status task_open(gb_context *context, const char *name, const char *const (*settings)[2], size_t count, task **out) {
    *out = NULL;
    const task_type *type = task_type_find(name);
    if (!type) {
        const char *names[TYPES];
        for (size_t i = 0; i < TYPES; i++)
            names[i] = types[i]->name;
        return unknown(context, "task", name, names, TYPES);
    }
    task *t;
    GB_TRY(gb_allocate(context, 1, sizeof *t, &t));
    t->context = context;
    t->type = type;
    gb_status status = read_settings(context, t, settings, count);
    if (status == GB_OK) {
        const char *values[MOST_OPTIONS];
        for (size_t i = 0; i < MOST_OPTIONS; i++)
            values[i] = t->values[i];
        status = type->open(context, values, &t->state);
    }
    if (status != GB_OK) {
        gb_release(context, t);
        return status;
    }
    type->shape(t->state, &t->shape);
    *out = t;
    return GB_OK;
}

void task_close(task *t) {
    if (!t)
        return;
    t->type->close(t->state);
    gb_release(t->context, t);
}

const task_type *task_get_type(const task *t) {
    return t->type;
}

const char *task_value(const task *t, const char *name) {
    const setting *option = task_type_option(t->type, name);
    return option ? t->values[option - t->type->options] : NULL;
}

const task_shape *task_get_shape(const task *t) {
    return &t->shape;
}

const char *task_sha256(const task *t) {
    return t->type->sha256(t->state);
}

gb_status task_get_batch(task *t, task_split split, uint64_t seed, size_t index, size_t n, task_batch *batch) {
    if (split >= TASK_SPLITS || !t->shape.splits[split])
        return gb_fail(t->context, GB_UNSUPPORTED, "the task %s (%s) has no split \"%s\"", t->type->name,
                       t->type->summary, task_split_name(split));
    if (n == 0)
        return gb_fail(t->context, GB_INVALID, "a batch of the task %s needs at least one sequence", t->type->name);
    return t->type->batch(t->state, split, seed, index, n, batch);
}

bool task_set_level(task *t, size_t level) {
    return t->type->set_level && t->type->set_level(t->state, level);
}

gb_status task_get_probe(task *t, uint64_t seed, size_t steps, size_t n, task_batch *batch) {
    if (!t->type->probe)
        return gb_fail(
            t->context, GB_UNSUPPORTED,
            "the task %s has no sequences with a loss at the last step only; use the task recall for this probe",
            t->type->name);
    return t->type->probe(t->state, seed, steps, n, batch);
}

gb_status task_get_of_length(task *t, uint64_t seed, size_t length, size_t n, task_batch *batch) {
    if (!t->type->of_length)
        return gb_fail(t->context, GB_UNSUPPORTED,
                       "the task %s has no sequences of other lengths; the measure horizon needs counting, parity or "
                       "temporal_order",
                       t->type->name);
    return t->type->of_length(t->state, seed, length, n, batch);
}

size_t task_next_length(const task *t, size_t length) {
    return t->type->next_length(t->state, length);
}

size_t task_get_baselines(task *t, task_baseline *baselines, size_t most) {
    return t->type->baselines(t->state, baselines, most);
}

void task_print_sample(task *t, uint64_t seed, FILE *out) {
    t->type->sample(t->state, seed, out);
}

bool task_get_word(const task *t, size_t token, char *word, size_t size) {
    if (t->type->word)
        t->type->word(t->state, token, word, size);
    return t->type->word != NULL;
}

void task_print_facts(task *t, FILE *out) {
    if (t->type->facts)
        t->type->facts(t->state, out);
}

size_t task_batches(const task *t, task_split split, size_t n) {
    if (split >= TASK_SPLITS || n == 0 || t->shape.sequences[split] == 0)
        return 0;
    return t->type->batches ? t->type->batches(t->state, split, n) : (t->shape.sequences[split] - 1) / n + 1;
}

const char *task_split_name(task_split split) {
    static const char *const names[] = {"train", "valid", "test", "shifted", "swapped"};
    return (size_t)split < TASK_SPLITS ? names[split] : "?";
}

/* Makes room for `count` items and zeroes them; with count 0 leaves the array unchanged. */
static gb_status reserve(gb_context *context, void *array, size_t *capacity, size_t count, size_t size) {
    void **block = array;
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes))
        return gb_fail(context, GB_MEMORY, "a batch of %zu items of %zu bytes is too large for this machine", count,
                       size);
    if (bytes > *capacity) {
        gb_release(context, *block);
        *block = NULL;
        *capacity = 0;
        gb_status status = gb_allocate(context, count, size, block);
        if (status != GB_OK)
            return status;
        *capacity = bytes;
    }
    if (bytes)
        memset(*block, 0, bytes);
    return GB_OK;
}

static gb_status reserve_arrays(gb_context *context, task_batch *b, const task_batch_shape *s) {
    size_t cells, inputs, targets, n = s->sequences;
    if (__builtin_mul_overflow(s->steps, n, &cells) || __builtin_mul_overflow(cells, s->inputs, &inputs) ||
        __builtin_mul_overflow(s->targets_each_step ? cells : n, s->targets, &targets))
        return gb_fail(context, GB_MEMORY, "a batch of %zu steps and %zu sequences is too large", s->steps, n);
    size_t classes = s->classes_each_step ? cells : s->classes_last ? n : 0;
    GB_TRY(reserve(context, &b->lengths, &b->capacity[0], n, sizeof *b->lengths));
    GB_TRY(reserve(context, &b->tokens, &b->capacity[1], s->tokens ? cells : 0, sizeof *b->tokens));
    GB_TRY(reserve(context, &b->classes, &b->capacity[2], classes, sizeof *b->classes));
    GB_TRY(reserve(context, &b->inputs, &b->capacity[3], inputs, sizeof *b->inputs));
    GB_TRY(reserve(context, &b->targets, &b->capacity[4], targets, sizeof *b->targets));
    GB_TRY(reserve(context, &b->marks, &b->capacity[5], s->marks ? cells : 0, sizeof *b->marks));
    return reserve(context, &b->carry, &b->capacity[6], s->carry ? n : 0, sizeof *b->carry);
}

gb_status task_batch_reserve(gb_context *context, task_batch *b, const task_batch_shape *s) {
    GB_TRY(reserve_arrays(context, b, s));
    for (size_t i = 0; i < s->sequences; i++)
        b->lengths[i] = s->steps;
    b->batch = (gb_batch){.steps = s->steps,
                          .sequences = s->sequences,
                          .lengths = b->lengths,
                          .tokens = s->tokens ? b->tokens : NULL,
                          .inputs = s->inputs ? b->inputs : NULL,
                          .classes = s->classes_each_step || s->classes_last ? b->classes : NULL,
                          .targets = s->targets ? b->targets : NULL,
                          .marks = s->marks ? b->marks : NULL,
                          .carry = s->carry ? b->carry : NULL};
    return GB_OK;
}

void task_batch_free(gb_context *context, task_batch *batch) {
    void *blocks[] = {batch->lengths, batch->tokens, batch->classes, batch->inputs,
                      batch->targets, batch->marks,  batch->carry};
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++)
        gb_release(context, blocks[i]);
    *batch = (task_batch){0};
}
