/* SPDX-License-Identifier: MIT */
/* The kinds of recipes without a task. `kind: count` counts the parameters of a model with these inputs and outputs,
 * `kind: time` times a layer on sequences of this size, `kind: museum` repeats an experiment of 1997 with its own
 * network. They have no sequences. */
#include "datasets/task_tools.h"

typedef struct sizes {
    gb_context *context;
    size_t first, second; /* input and output, or input and length */
} sizes;

static gb_status sizes_open(gb_context *context, const char *const *values, void **state) {
    sizes *s;
    GB_TRY(gb_allocate(context, 1, sizeof *s, &s));
    *s = (sizes){.context = context, .first = task_integer(values[0]), .second = task_integer(values[1])};
    *state = s;
    return GB_OK;
}

static void sizes_close(void *state) {
    sizes *s = state;
    gb_release(s->context, s);
}

static void count_shape(const void *state, task_shape *shape) {
    const sizes *s = state;
    *shape = (task_shape){.input = GB_INPUT_DENSE,
                          .input_size = s->first,
                          .output_size = s->second,
                          .head = GB_HEAD_LAST,
                          .loss = GB_LOSS_SOFTMAX,
                          .longest = 1,
                          .metric = "accuracy",
                          .higher_is_better = true};
}

static void time_shape(const void *state, task_shape *shape) {
    const sizes *s = state;
    *shape = (task_shape){.input = GB_INPUT_DENSE,
                          .input_size = s->first,
                          .output_size = 1,
                          .head = GB_HEAD_LAST,
                          .loss = GB_LOSS_SQUARED,
                          .longest = s->second,
                          .metric = "mse"};
}

/* experiments/museum has its own network and sequences; the model opened here is the smallest possible one. */
static void museum_shape(const void *state, task_shape *shape) {
    (void)state;
    *shape = (task_shape){.input = GB_INPUT_DENSE,
                          .input_size = 1,
                          .output_size = 1,
                          .head = GB_HEAD_LAST,
                          .loss = GB_LOSS_SQUARED,
                          .longest = 1,
                          .metric = "mse"};
}

static size_t no_baselines(void *state, task_baseline *baselines, size_t most) {
    (void)state, (void)baselines, (void)most;
    return 0;
}

static void no_sample(void *state, uint64_t seed, FILE *out) {
    (void)state, (void)seed;
    fprintf(out, "sizes only, no sequences\n");
}

/* Order of the values: as sizes.first and sizes.second. */
static const setting count_options[] = {TASK_OPTION("input", INTEGER, "8", "[1, 1e6]", "inputs per step"),
                                        TASK_OPTION("output", INTEGER, "2", "[1, 1e6]", "classes"),
                                        {0}};
static const setting time_options[] = {TASK_OPTION("input", INTEGER, "64", "[1, 1e6]", "inputs per step"),
                                       TASK_OPTION("length", INTEGER, "100", "[1, 1e6]", "steps of a sequence"),
                                       {0}};

static const setting museum_options[] = {
    TASK_OPTION("experiment", CHOICE, "order_2",
                "reber_1|reber_2|reber_3|reber_4|reber_5|"
                "lag_50_50|lag_100_100|lag_200_200|lag_500_500|lag_1000_1000|lag_1000_500|lag_1000_200|lag_1000_100|"
                "lag_1000_50|lag_50_50_inputs|lag_100_100_inputs|lag_200_200_inputs|lag_500_500_inputs|"
                "lag_1000_1000_inputs|lag_1000_500_inputs|lag_1000_200_inputs|lag_1000_100_inputs|lag_1000_50_inputs|"
                "classes_100_3|classes_100_1|classes_1000_3|noisy_100_3|noisy_100_1|noisy_1000_1|"
                "expected_100_3|expected_100_1|adding_100|adding_500|adding_1000|multiplication_140|"
                "multiplication_13|order_2|order_3",
                "an experiment of Hochreiter & Schmidhuber 1997; _inputs: memory cells read the inputs alone"),
    TASK_OPTION("most", INTEGER, "0", "0|[1, 1e9]",
                "training sequences after which a trial ends unsolved; 0: five times the paper's number"),
    {0}};

const task_type task_kinds[] = {{.name = "count",
                                 .summary = "counts the parameters of a model of these sizes, without data",
                                 .source = "recipe ledger",
                                 .options = count_options,
                                 .version = 1,
                                 .open = sizes_open,
                                 .close = sizes_close,
                                 .shape = count_shape,
                                 .baselines = no_baselines,
                                 .sample = no_sample,
                                 .sha256 = task_no_sha256},
                                {.name = "time",
                                 .summary = "times one layer on sequences of this size, without data",
                                 .source = "recipe speed",
                                 .options = time_options,
                                 .version = 1,
                                 .open = sizes_open,
                                 .close = sizes_close,
                                 .shape = time_shape,
                                 .baselines = no_baselines,
                                 .sample = no_sample,
                                 .sha256 = task_no_sha256},
                                {.name = "museum",
                                 .summary = "an experiment of 1997 with its own network and truncated gradient",
                                 .source = "Hochreiter & Schmidhuber 1997",
                                 .options = museum_options,
                                 .version = 2,
                                 .open = sizes_open,
                                 .close = sizes_close,
                                 .shape = museum_shape,
                                 .baselines = no_baselines,
                                 .sample = no_sample,
                                 .sha256 = task_no_sha256},
                                {0}};
