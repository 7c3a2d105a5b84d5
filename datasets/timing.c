/* SPDX-License-Identifier: MIT */
/* Sizes to be timed: how many inputs a step has and how long a sequence is. What the numbers are does not matter to a
 * clock, so there are none here. */
#include "datasets/task_tools.h"

static const setting options[] = {TASK_OPTION("input", INTEGER, "64", "[1, 1e6]", "inputs a step"),
                                  TASK_OPTION("length", INTEGER, "100", "[1, 1e6]", "steps of a sequence"),
                                  {0}};

typedef struct timing_state {
    gb_context *context;
    size_t input, length;
} timing_state;

static gb_status timing_open(gb_context *context, const char *const *values, void **state) {
    timing_state *s;
    gb_status status = gb_allocate(context, 1, sizeof *s, &s);
    if (status != GB_OK)
        return status;
    *s = (timing_state){.context = context, .input = task_integer(values[0]), .length = task_integer(values[1])};
    *state = s;
    return GB_OK;
}

static void timing_close(void *state) {
    timing_state *s = state;
    gb_release(s->context, s);
}

static void timing_shape(const void *state, task_shape *shape) {
    const timing_state *s = state;
    *shape = (task_shape){.input = GB_INPUT_DENSE,
                          .input_size = s->input,
                          .output_size = 1,
                          .head = GB_HEAD_LAST,
                          .loss = GB_LOSS_SQUARED,
                          .longest = s->length,
                          .metric = "mse"};
}

static size_t timing_baselines(void *state, task_baseline *baselines, size_t most) {
    (void)state, (void)baselines, (void)most;
    return 0;
}

static void timing_sample(void *state, uint64_t seed, FILE *out) {
    const timing_state *s = state;
    (void)seed;
    fprintf(out, "no sequences: %zu steps of %zu inputs, to be timed\n", s->length, s->input);
}

const task_type task_timing_type = {
    .name = "timing",
    .summary = "sizes without data, for timing a layer",
    .source = "made for the recipe speed",
    .options = options,
    .version = 1,
    .open = timing_open,
    .close = timing_close,
    .shape = timing_shape,
    .baselines = timing_baselines,
    .sample = timing_sample,
    .sha256 = task_no_sha256,
};
