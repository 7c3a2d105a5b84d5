/* SPDX-License-Identifier: MIT */
/* What the memory gates keep along one test sequence, word by word (gb_probe_kept): the first of the test split, at
 * most MOST_STEPS steps of it. A row of /metrics for each step and unit: "memory_kept/<step> <word>", x the unit's rank
 * by what it keeps on average, 1 the most. The column memory_kept is the mean of all. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "experiments/trial/measure.h"
#include "experiments/trial/trial_state.h"
#include "support/cleanup.h"

extern const measure_type measure_kept;

enum { MOST_STEPS = 100, WORD = 48 };

/* A unit and the sum of what it keeps over the steps. */
typedef struct unit {
    size_t place;
    double sum;
} unit;

static int by_sum(const void *left, const void *right) {
    const unit *a = left, *b = right;
    return a->sum != b->sum ? (a->sum < b->sum) - (a->sum > b->sum) : (a->place > b->place) - (a->place < b->place);
}

/* "memory_kept/3 bit"; a task whose inputs have no names has the step alone. No slash is part of a word. */
static void name_step(const trial_work *work, const gb_batch *batch, size_t step, char *name, size_t size) {
    char word[WORD] = "";
    if (batch->tokens)
        task_get_word(work->task, (size_t)batch->tokens[step * batch->sequences], word, sizeof word);
    for (char *slash = word; (slash = strchr(slash, '/'));)
        *slash = '|';
    snprintf(name, size, "memory_kept/%zu%s%s", step + 1, *word ? " " : "", word);
}

static gb_status put_steps(trial_work *work, const gb_batch *batch, size_t steps, size_t units, const double *kept) {
    CLEANUP(free_at) unit *order = calloc(units, sizeof *order);
    double sum = 0;
    GB_NEED(work->context, order, "for %zu units", units);
    for (size_t j = 0; j < units; j++) {
        order[j].place = j;
        for (size_t t = 0; t < steps; t++)
            order[j].sum += kept[t * units + j];
        sum += order[j].sum;
    }
    qsort(order, units, sizeof *order, by_sum);
    for (size_t t = 0; t < steps; t++) {
        char name[WORD + 48];
        name_step(work, batch, t, name, sizeof name);
        for (size_t rank = 0; rank < units; rank++)
            GB_TRY(trial_put_metric(work, name, (double)rank + 1, kept[t * units + order[rank].place]));
    }
    return trial_put(work, "memory_kept", sum / (double)(steps * units));
}

static gb_status take(trial_work *work) {
    const gb_model_spec *spec = gb_model_get_spec(work->model);
    const gb_cell_info *cell = gb_cell_find(spec->cell);
    const size_t units = spec->layers * spec->hidden;
    task_batch batch = {0};
    if (!cell || !cell->memory_gate)
        return GB_OK;
    gb_status status = task_get_batch(work->task, TASK_TEST, work->seed, 0, 1, &batch);
    size_t steps = status ? 0 : batch.lengths[0] < MOST_STEPS ? batch.lengths[0] : MOST_STEPS;
    double *kept = calloc(steps * units + 1, sizeof *kept);
    if (!status && !kept)
        status = gb_fail(work->context, GB_MEMORY, "out of memory for %zu steps of %zu units", steps, units);
    if (!status) {
        batch.lengths[0] = steps;
        batch.batch.carry = NULL;
        status = gb_probe_kept(work->model, &batch.batch, 0, kept);
    }
    if (!status)
        status = put_steps(work, &batch.batch, steps, units, kept);
    free(kept);
    task_batch_free(work->context, &batch);
    return status;
}

static gb_status lose(trial_work *work) {
    return trial_put(work, "memory_kept", NAN);
}

const measure_type measure_kept = {.after = take, .lost = lose};
