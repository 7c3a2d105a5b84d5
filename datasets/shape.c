/* SPDX-License-Identifier: MIT */
/* No data at all: input and output sizes for experiments that count parameters. */
#include <string.h>

#include "datasets/task_tools.h"

static const setting options[] = {TASK_OPTION("input", INTEGER, "8", "[1, 1e6]", "inputs a step, or the vocabulary"),
                                  TASK_OPTION("output", INTEGER, "2", "[1, 1e6]", "classes"),
                                  TASK_OPTION("kind", CHOICE, "dense", "dense|tokens", "what the inputs are"),
                                  {0}};

typedef struct shape_state {
    gb_context *context;
    size_t input, output;
    bool tokens;
} shape_state;

static gb_status shape_open(gb_context *context, const char *const *values, void **state) {
    shape_state *s;
    gb_status status = gb_allocate(context, 1, sizeof *s, &s);
    if (status != GB_OK)
        return status;
    *s = (shape_state){.context = context,
                       .input = task_integer(values[0]),
                       .output = task_integer(values[1]),
                       .tokens = !strcmp(values[2], "tokens")};
    *state = s;
    return GB_OK;
}

static void shape_close(void *state) {
    shape_state *s = state;
    gb_release(s->context, s);
}

static void shape_shape(const void *state, task_shape *shape) {
    const shape_state *s = state;
    *shape = (task_shape){.input = s->tokens ? GB_INPUT_TOKENS : GB_INPUT_DENSE,
                          .input_size = s->input,
                          .output_size = s->output,
                          .head = GB_HEAD_LAST,
                          .loss = GB_LOSS_SOFTMAX,
                          .longest = 1,
                          .metric = "accuracy",
                          .higher_is_better = true};
}

static size_t shape_baselines(void *state, task_baseline *baselines, size_t most) {
    (void)state, (void)baselines, (void)most;
    return 0;
}

static void shape_sample(void *state, uint64_t seed, FILE *out) {
    const shape_state *s = state;
    (void)seed;
    fprintf(out, "no sequences: %zu %s -> %zu classes\n", s->input, s->tokens ? "words" : "inputs a step", s->output);
}

const task_type task_shape_type = {
    .name = "shape",
    .summary = "sizes without data, for counting parameters",
    .source = "made for the ledger",
    .options = options,
    .version = 1,
    .open = shape_open,
    .close = shape_close,
    .shape = shape_shape,
    .baselines = shape_baselines,
    .sample = shape_sample,
    .sha256 = task_no_sha256,
};
