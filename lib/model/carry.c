/* SPDX-License-Identifier: MIT */
/* States carried from one batch to the next. Passes with and without gradient carry separate states, so that a
 * validation during an epoch does not disturb training. */
#include <string.h>

#include "model/model.h"

void *model_state(const gb_model *model, const buffer *states, size_t sequences, size_t unit, size_t part) {
    return (char *)states->data + (unit * 2 + part) * sequences * model->spec.hidden * model->real_size;
}

static gb_status check_row(gb_model *model, const carried *last, const gb_batch *batch, size_t n) {
    if (last->sequences == 0) {
        return gb_fail(
            model->context, GB_INVALID,
            "row %zu asks to continue, but no earlier pass kept its state; give every batch of a run a carry "
            "array, zeros in the first",
            n);
    }
    if (last->sequences != batch->sequences) {
        return gb_fail(model->context, GB_INVALID,
                       "row %zu asks to continue, but the last batch had %zu sequences and this one has %zu", n,
                       last->sequences, batch->sequences);
    }
    if (((const uint8_t *)last->full.data)[n] == 0) {
        return gb_fail(model->context, GB_INVALID,
                       "row %zu asks to continue, but its last sequence was shorter than its batch", n);
    }
    return GB_OK;
}

/* The row of the h (part 0) or c (part 1) of a unit in the caller's states. */
static size_t place_of_row(const gb_model *model, const gb_batch *batch, size_t unit, size_t part, size_t n) {
    const size_t parts = model->cell->has_memory ? 2 : 1;
    return ((unit * parts + part) * batch->sequences + n) * model->spec.hidden;
}

/* The initial h or c of row n if it carries no state. */
static void start_row(const gb_model *model, const gb_batch *batch, size_t part, size_t n, void *row) {
    const size_t size = model->spec.hidden * model->real_size, unit = part / 2;
    const bool exists = part % 2 == 0 || model->cell->has_memory;
    if (exists && batch->initial_states) {
        const double *given = batch->initial_states + place_of_row(model, batch, unit, part % 2, n);
        model->operations->set(row, given, model->spec.hidden);
    } else if (!model->initial || !exists) {
        memset(row, 0, size);
    } else {
        const size_t offset = model_initial(model, unit, part % 2)->offset;
        memcpy(row, (const char *)model->parameters + offset * model->real_size, size);
    }
}

gb_status model_start_states(gb_model *model, const gb_batch *batch, bool training) {
    carried *states = &model->carried[training];
    const size_t parts = 2 * model->units, row = model->spec.hidden * model->real_size;
    gb_status status = GB_OK;
    for (size_t n = 0; batch->carry && n < batch->sequences && status == GB_OK; n++)
        status = batch->carry[n] != 0 ? check_row(model, states, batch, n) : GB_OK;
    if (status == GB_OK && batch->sequences > SIZE_MAX / parts / row)
        status = gb_fail(model->context, GB_MEMORY, "the states of %zu sequences are too large", batch->sequences);
    if (status == GB_OK)
        status = model_reserve(model, &states->start, parts * batch->sequences, row);
    if (status != GB_OK)
        return status;
    for (size_t part = 0; part < parts; part++) {
        for (size_t n = 0; n < batch->sequences; n++) {
            const size_t at = (part * batch->sequences + n) * row;
            if (batch->carry && batch->carry[n] != 0)
                memcpy((char *)states->start.data + at, (const char *)states->end.data + at, row);
            else
                start_row(model, batch, part, n, (char *)states->start.data + at);
        }
    }
    states->sequences = 0; /* until the pass has finished */
    status = model_reserve(model, &states->end, parts * batch->sequences, row);
    return status == GB_OK ? model_reserve(model, &states->full, batch->sequences, 1) : status;
}

void model_keep_states(gb_model *model, const gb_batch *batch, bool training) {
    carried *states = &model->carried[training];
    const size_t hidden = model->spec.hidden, parts = model->cell->has_memory ? 2 : 1;
    if (model_planned_steps(model, batch) != batch->steps)
        return; /* the layers ended after the batch's last step, in padding */
    for (size_t i = 0; batch->final_states && i < model->units * parts; i++) {
        const size_t unit = i / parts, part = i % parts;
        model->operations->get(model_state(model, &states->end, batch->sequences, unit, part),
                               batch->final_states + place_of_row(model, batch, unit, part, 0),
                               batch->sequences * hidden);
    }
    states->sequences = batch->sequences;
    for (size_t n = 0; n < batch->sequences; n++)
        ((uint8_t *)states->full.data)[n] = model_length(batch, n) == batch->steps;
}
