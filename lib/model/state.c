/* SPDX-License-Identifier: MIT */
/* The training state of a model as bytes: the parameters and the states that the next batch may continue from. The
 * bytes are copies of memory, so nothing is rounded. */
#include <string.h>

#include "model/model.h"

static size_t carried_bytes(const gb_model *model, size_t sequences) {
    return 2 * model->units * sequences * model->spec.hidden * model->real_size;
}

size_t model_state_size(const gb_model *model) {
    size_t size = model->count * model->real_size;
    for (size_t kind = 0; kind < 2; kind++) {
        const size_t sequences = model->carried[kind].sequences;
        size += sizeof sequences + carried_bytes(model, sequences) + sequences;
    }
    return size;
}

static unsigned char *put(unsigned char *to, const void *from, size_t size) {
    if (size > 0)
        memcpy(to, from, size);
    return to + size;
}

void model_get_state(const gb_model *model, unsigned char *bytes) {
    bytes = put(bytes, model->parameters, model->count * model->real_size);
    for (size_t kind = 0; kind < 2; kind++) {
        const carried *states = &model->carried[kind];
        bytes = put(bytes, &states->sequences, sizeof states->sequences);
        bytes = put(bytes, states->end.data, carried_bytes(model, states->sequences));
        bytes = put(bytes, states->full.data, states->sequences);
    }
}

/* Takes this many bytes from the front of the rest; NULL when there are fewer. */
static const unsigned char *take(const unsigned char **bytes, size_t *left, size_t size) {
    const unsigned char *taken = *bytes;
    if (size > *left)
        return NULL;
    *bytes += size;
    *left -= size;
    return taken;
}

static gb_status set_carried(gb_model *model, size_t kind, const unsigned char **bytes, size_t *left) {
    carried *states = &model->carried[kind];
    size_t sequences = 0;
    const unsigned char *from = take(bytes, left, sizeof sequences);
    if (from)
        memcpy(&sequences, from, sizeof sequences);
    /* a count beyond what is left would overflow the products below */
    const bool possible = from && sequences <= *left / (carried_bytes(model, 1) + 1);
    const size_t size = possible ? carried_bytes(model, sequences) : 0;
    if (!possible)
        return gb_fail(model->context, GB_INVALID, "the saved state of training is truncated; start again");
    gb_status status = model_reserve(model, &states->end, sequences, carried_bytes(model, 1));
    if (status == GB_OK)
        status = model_reserve(model, &states->full, sequences, 1);
    if (status == GB_OK && sequences > 0) {
        memcpy(states->end.data, take(bytes, left, size), size);
        memcpy(states->full.data, take(bytes, left, sequences), sequences);
    }
    states->sequences = status == GB_OK ? sequences : 0;
    return status;
}

gb_status model_set_state(gb_model *model, const unsigned char *bytes, size_t size) {
    const size_t parameters = model->count * model->real_size;
    const unsigned char *from = take(&bytes, &size, parameters);
    if (!from)
        return gb_fail(model->context, GB_INVALID, "the saved state of training is truncated; start again");
    memcpy(model->parameters, from, parameters);
    gb_status status = GB_OK;
    for (size_t kind = 0; kind < 2 && status == GB_OK; kind++)
        status = set_carried(model, kind, &bytes, &size);
    if (status == GB_OK && size > 0) {
        status = gb_fail(model->context, GB_INVALID, "the saved state of training has %zu bytes too many; start again",
                         size);
    }
    return status;
}
