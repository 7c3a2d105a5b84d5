/* SPDX-License-Identifier: MIT */
/* Sequences of rows: cutting, splitting, standardising and batching them. */
#include "datasets/sequences/windows.h"
#include "support/cleanup.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

gb_status windows_add(windows *w, size_t first, size_t steps) {
    if (w->count == w->room) {
        size_t room = w->room ? 2 * w->room : 64;
        window *grown = reallocarray(w->items, room, sizeof *grown);
        GB_NEED(w->context, grown, "for %zu sequences", room);
        w->items = grown;
        w->room = room;
    }
    w->items[w->count++] = (window){first, steps};
    return GB_OK;
}

gb_status windows_add_rest(windows *w, size_t first, size_t end) {
    return w->every && first + w->ahead < end ? windows_add(w, first, end - w->ahead - first) : GB_OK;
}

/* The number of items in a share of `count`, at least one. */
static size_t share_of(size_t count, double share) {
    size_t part = (size_t)(share * (double)count + 0.5);
    return part ? part : 1;
}

/* Shuffles the first `count` sequences by a seed. */
static gb_status shuffle(windows *w, size_t count, uint64_t seed) {
    size_t *order;
    window *items = NULL;
    GB_TRY(gb_allocate(w->context, count, sizeof *order, &order));
    gb_status status = gb_allocate(w->context, count, sizeof *items, &items);
    if (status == GB_OK) {
        gb_random random = gb_random_stream(seed, GB_RANDOM_SPLIT, 0);
        gb_random_permutation(&random, order, count);
        memcpy(items, w->items, count * sizeof *items);
        for (size_t i = 0; i < count; i++)
            w->items[i] = items[order[i]];
    }
    gb_release(w->context, items);
    gb_release(w->context, order);
    return status;
}

static gb_status refuse_split(const windows *w, size_t held_out, size_t test, size_t valid) {
    size_t drawn = w->count - held_out;
    if (drawn >= (held_out ? 2 : 3))
        return gb_fail(w->context, GB_INVALID,
                       "%s: %zu for valid and %zu for test of %zu sequences leave none for train; give smaller shares",
                       w->task, valid, test, w->count);
    return gb_fail(w->context, GB_INVALID, "%s: %zu sequence%s cannot be split into train%s; at least %s are needed",
                   w->task, drawn, drawn == 1 ? "" : "s",
                   held_out ? " and valid, beside those for testing" : ", valid and test", held_out ? "two" : "three");
}

gb_status windows_split(windows *w, size_t held_out, double test_share, double valid_share, bool random,
                        uint64_t seed) {
    size_t test = held_out ? held_out : share_of(w->count, test_share);
    size_t valid = share_of(w->count - held_out, valid_share);
    if (w->count < test + valid + 1)
        return refuse_split(w, held_out, test, valid);
    if (random)
        GB_TRY(shuffle(w, w->count - held_out, seed));
    const size_t sizes[] = {w->count - valid - test, valid, test};
    for (size_t i = 0, first = 0; i <= TASK_TEST; first += sizes[i++]) {
        w->first[i] = first;
        w->size[i] = sizes[i];
    }
    return GB_OK;
}

/* A part with too few rows for a window, or for any. */
static gb_status refuse_part(const windows *w, task_split part, size_t rows, size_t steps) {
    char remedy[64] = "";
    if (rows > w->ahead)
        snprintf(remedy, sizeof remedy, "window=%zu or fewer, or ", rows - w->ahead);
    return gb_fail(w->context, GB_INVALID,
                   "%s: the %s part has %zu of %zu rows, too few for a window of %zu%s; give %s%s shares%s", w->task,
                   task_split_name(part), rows, w->rows, steps, w->ahead ? " and the row after it" : "", remedy,
                   part == TASK_TRAIN ? "smaller" : "larger", *remedy ? "" : ", or more rows");
}

gb_status windows_cut(windows *w, size_t steps, size_t stride, double test_share, double valid_share) {
    size_t test = share_of(w->rows, test_share), valid = share_of(w->rows, valid_share), low = 0;
    size_t held = test + valid < w->rows ? test + valid : w->rows;
    const size_t sizes[] = {w->rows - held, valid, test};
    for (size_t i = 0; i <= TASK_TEST; low += sizes[i++]) {
        size_t end = low + sizes[i] < w->rows ? low + sizes[i] : w->rows, at = low;
        w->first[i] = w->count;
        for (; at + steps + w->ahead <= end; at += stride)
            GB_TRY(windows_add(w, at, steps));
        if (w->count == w->first[i])
            return refuse_part(w, (task_split)i, sizes[i], steps);
        GB_TRY(windows_add_rest(w, at, end));
        w->size[i] = w->count - w->first[i];
    }
    return GB_OK;
}

/* Marks the rows that train uses: those with targets that it predicts, or all. */
static gb_status mark_train(const windows *w, bool predicted, bool **marks) {
    GB_TRY(gb_allocate(w->context, w->rows, sizeof **marks, marks));
    for (size_t i = 0; i < w->size[TASK_TRAIN]; i++) {
        const window *item = &w->items[i];
        size_t last = windows_target_row(w, item, item->steps - 1);
        size_t first = !predicted ? item->first : w->every ? windows_target_row(w, item, 0) : last;
        memset(*marks + first, true, (last + 1 - first) * sizeof **marks);
    }
    return GB_OK;
}

static void standardise_column(double *column, size_t rows, size_t stride, const bool *marks) {
    double sum = 0, squares = 0, count = 0;
    for (size_t i = 0; i < rows; i++) {
        sum += marks[i] ? column[i * stride] : 0;
        count += marks[i];
    }
    double mean = sum / count;
    for (size_t i = 0; i < rows; i++)
        squares += marks[i] ? (column[i * stride] - mean) * (column[i * stride] - mean) : 0;
    double deviation = sqrt(squares / count);
    for (size_t i = 0; i < rows; i++)
        column[i * stride] = (column[i * stride] - mean) / (deviation > 1e-12 * fabs(mean) ? deviation : 1);
}

/* Standardises columns of [rows][width]. */
static gb_status standardise(const windows *w, double *values, size_t width, bool predicted) {
    bool *marks;
    GB_TRY(mark_train(w, predicted, &marks));
    for (size_t c = 0; c < width; c++)
        standardise_column(values + c, w->rows, width, marks);
    gb_release(w->context, marks);
    return GB_OK;
}

gb_status windows_standardise(windows *w, bool targets) {
    GB_TRY(standardise(w, w->inputs, w->width, false));
    return targets ? standardise(w, w->values, w->targets, !w->forecast) : GB_OK;
}

void windows_free(windows *w) {
    gb_release(w->context, w->inputs);
    gb_release(w->context, w->values);
    gb_release(w->context, w->labels);
    free(w->items);
    task_order_free(w->context, &w->order);
}

/* The length of the longest or shortest sequence of all splits. */
static size_t extreme_steps(const windows *w, bool longest) {
    size_t steps = w->items[0].steps;
    for (size_t i = 1; i < w->count; i++)
        if (longest ? w->items[i].steps > steps : w->items[i].steps < steps)
            steps = w->items[i].steps;
    return steps;
}

void windows_shape(const windows *w, task_shape *shape) {
    *shape = (task_shape){.input = GB_INPUT_DENSE,
                          .input_size = w->width,
                          .output_size = w->classes ? w->classes : w->targets,
                          .head = w->every ? GB_HEAD_EVERY : GB_HEAD_LAST,
                          .loss = w->classes ? GB_LOSS_SOFTMAX : GB_LOSS_SQUARED,
                          .longest = extreme_steps(w, true),
                          .metric = w->classes ? "accuracy" : "mse",
                          .higher_is_better = w->classes,
                          .measured = !w->classes};
    for (size_t i = 0; i <= TASK_TEST; i++) {
        shape->splits[i] = true;
        shape->sequences[i] = w->size[i];
    }
}

/* Writes the target of step t of sequence i to position `place` of the batch. */
static void write_target(const windows *w, const window *item, size_t t, size_t place, task_batch *batch) {
    size_t row = windows_target_row(w, item, t);
    if (w->classes)
        batch->classes[place] = w->labels[row];
    for (size_t k = 0; k < w->targets; k++) /* turns a sum over the outputs into a mean */
        batch->targets[place * w->targets + k] = w->values[row * w->targets + k] / sqrt((double)w->targets);
}

static void write_sequence(const windows *w, const window *item, size_t i, task_batch *batch) {
    size_t n = batch->batch.sequences;
    batch->lengths[i] = item->steps;
    for (size_t t = 0; t < item->steps; t++) {
        double *input = batch->inputs + (t * n + i) * w->width;
        if (!w->before || t > 0)
            memcpy(input, w->inputs + (item->first + t - w->before) * w->width, w->width * sizeof *input);
        if (w->every)
            write_target(w, item, t, t * n + i, batch);
    }
    if (!w->every)
        write_target(w, item, item->steps - 1, i, batch);
}

gb_status windows_batch(windows *w, task_split split, uint64_t seed, size_t index, size_t n, task_batch *batch) {
    size_t got, steps = 0;
    GB_TRY(task_rows(w->context, &w->order, split, seed, w->size[split], index, n, &got));
    const window *items = w->items + w->first[split];
    for (size_t i = 0; i < got; i++)
        steps = items[w->order.rows[i]].steps > steps ? items[w->order.rows[i]].steps : steps;
    GB_TRY(task_batch_reserve(w->context, batch,
                              &(task_batch_shape){.steps = steps,
                                                  .sequences = got,
                                                  .inputs = w->width,
                                                  .targets = w->targets,
                                                  .targets_each_step = w->every,
                                                  .classes_each_step = w->classes && w->every,
                                                  .classes_last = w->classes && !w->every}));
    for (size_t i = 0; i < got; i++)
        write_sequence(w, &items[w->order.rows[i]], i, batch);
    return GB_OK;
}

void windows_facts(const windows *w, FILE *out) {
    size_t shortest = extreme_steps(w, false), longest = extreme_steps(w, true);
    fprintf(out, "rows\t%zu\n", w->rows);
    fprintf(out, shortest == longest ? "steps of a sequence\t%zu\n" : "steps of a sequence\t%zu to %zu\n", shortest,
            longest);
}
