/* SPDX-License-Identifier: MIT */
/* Converts the state of a trial during training to bytes and back: the state of the loop and of the trainer, the
 * parameters chosen so far, the rows of the curves, and the time used. Batches and random numbers need no state: they
 * are determined by seed and step. Measures before training are repeated and give the same values. */
#include "experiments/trial/trial_checkpoint.h"

#include <stdlib.h>
#include <string.h>

#include "experiments/trial/checkpoint.h"
#include "support/cleanup.h"

/* The fixed part of the content; the parts of varying size follow in the order of the sizes. */
typedef struct fixed_part {
    size_t size; /* size of this part, which differs between incompatible builds */
    training_state now;
    bool diverged;
    gb_schedule_state schedule;
    double seconds, cpu_seconds, training_seconds; /* so far */
    size_t resumed;                                /* before this one */
    size_t trainer_bytes, parameters, curve_rows, curve_columns;
} fixed_part;

/* One column of the curves; its numbers follow. */
typedef struct column_head {
    char name[64];
    int type;
} column_head;

static void put_curves(text *to, const table *curves) {
    for (size_t i = 0; i < curves->count; i++) {
        const table_column *column = &curves->columns[i];
        column_head head = {.type = (int)column->type};
        to->failed = to->failed || column->type == COLUMN_TEXT || !text_copy(head.name, sizeof head.name, column->name);
        text_append_bytes(to, (const char *)&head, sizeof head);
        text_append_bytes(to, (const char *)column->numbers, curves->rows * sizeof(double));
    }
}

static gb_status put_trainer(const trial_work *work, size_t size, text *to) {
    CLEANUP(free_at) char *state = malloc(size ? size : 1);
    GB_NEED(work->context, state, "for the state of training, %zu bytes", size);
    gb_trainer_get_state(work->training->trainer, state);
    text_append_bytes(to, state, size);
    return GB_OK;
}

gb_status trial_checkpoint_write(trial_work *work) {
    const training *t = work->training;
    const table *curves = &work->record->curves;
    double now = clock_now();
    fixed_part fixed = {.size = sizeof fixed,
                        .now = t->now,
                        .diverged = work->diverged,
                        .schedule = t->schedule.state,
                        .seconds = now - work->started,
                        .cpu_seconds = clock_cpu_now() - work->cpu_started,
                        .training_seconds = now - t->started,
                        .resumed = work->resumed,
                        .trainer_bytes = gb_trainer_state_size(t->trainer),
                        .parameters = work->count,
                        .curve_rows = curves->rows,
                        .curve_columns = curves->count};
    checkpoint c = {.number = work->checkpoint_number + 1};
    text_append_bytes(&c.content, (const char *)&fixed, sizeof fixed);
    gb_status status = put_trainer(work, fixed.trainer_bytes, &c.content);
    text_append_bytes(&c.content, (const char *)work->selected, work->count * sizeof *work->selected);
    put_curves(&c.content, curves);
    if (!status)
        status = checkpoint_write(work->context, work->checkpoints->folder, work->record->id, &c);
    if (!status)
        work->checkpoint_number = c.number;
    text_free(&c.content);
    work->checkpoint_time = clock_now();
    return status;
}

void trial_checkpoint_when_due(trial_work *work) {
    if (!work->checkpoints || clock_now() - work->checkpoint_time < work->checkpoints->seconds)
        return;
    if (trial_checkpoint_write(work) != GB_OK)
        work->checkpoints->note(work->user, gb_context_message(work->context));
}

/* Copies the next `size` bytes; false when there are fewer. */
static bool read_bytes(const char **from, size_t *left, void *to, size_t size) {
    if (size > *left)
        return false;
    memcpy(to, *from, size);
    *from += size;
    *left -= size;
    return true;
}

static bool read_curves(const char **from, size_t *left, const fixed_part *fixed, table *curves) {
    for (size_t row = 0; row < fixed->curve_rows; row++)
        if (!table_add_row(curves))
            return false;
    for (size_t i = 0; i < fixed->curve_columns; i++) {
        column_head head;
        if (!read_bytes(from, left, &head, sizeof head))
            return false;
        table_column *column = table_add_column(curves, head.name, (column_type)head.type);
        if (!column || !read_bytes(from, left, column->numbers, fixed->curve_rows * sizeof(double)))
            return false;
    }
    return *left == 0;
}

/* Copies the parts after the fixed one to their destinations. */
static gb_status read_parts(trial_work *work, const fixed_part *fixed, const char *from, size_t left) {
    GB_TRY(gb_trainer_set_state(work->training->trainer, from, fixed->trainer_bytes));
    from += fixed->trainer_bytes;
    left -= fixed->trainer_bytes;
    if (!read_bytes(&from, &left, work->selected, work->count * sizeof *work->selected) ||
        !read_curves(&from, &left, fixed, &work->record->curves))
        return gb_fail(work->context, GB_MEMORY, "the checkpoint of trial %s could not be read; delete it",
                       work->record->id);
    return GB_OK;
}

static gb_status restore(trial_work *work, const checkpoint *c) {
    training *t = work->training;
    const char *from = c->content.data;
    size_t left = c->content.length;
    fixed_part fixed;
    if (!read_bytes(&from, &left, &fixed, sizeof fixed) || fixed.size != sizeof fixed ||
        fixed.parameters != work->count || fixed.trainer_bytes > left) {
        work->checkpoints->note(work->user, "the checkpoint does not fit this build of gatebench; it is ignored");
        return GB_OK;
    }
    GB_TRY(read_parts(work, &fixed, from, left));
    double now = clock_now();
    t->now = fixed.now;
    work->diverged = fixed.diverged;
    t->schedule.state = fixed.schedule;
    t->started = now - fixed.training_seconds;
    work->started = now - fixed.seconds;
    work->cpu_started = clock_cpu_now() - fixed.cpu_seconds;
    work->resumed = fixed.resumed + 1;
    work->checkpoint_number = c->number;
    return GB_OK;
}

gb_status trial_checkpoint_restore(trial_work *work) {
    if (!work->checkpoints || !work->training->trainer)
        return GB_OK;
    checkpoint c;
    CLEANUP(text_free) text notes = {0};
    gb_status status = checkpoint_read(work->context, work->checkpoints->folder, work->record->id, &c, &notes);
    for (char *line = notes.data, *end; line && (end = strchr(line, '\n')); line = end + 1) {
        *end = '\0';
        work->checkpoints->note(work->user, line);
    }
    if (!status && c.number)
        status = restore(work, &c);
    text_free(&c.content);
    return status;
}
