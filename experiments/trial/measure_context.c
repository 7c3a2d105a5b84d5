/* SPDX-License-Identifier: MIT */
/* Effective context (Khandelwal et al. 2018, "Sharp nearby, fuzzy far away", section 3): the loss of one test symbol if
 * the network reads only the k symbols before it, and if it reads `lags` symbols of which those further back than k are
 * in random order. All k are measured on the same symbols, so that differences between them have little noise. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "experiments/trial/measure.h"
#include "experiments/trial/trial_state.h"
#include "support/cleanup.h"

extern const measure_type measure_context;

enum {
    SYMBOLS_PER_PROBE = 32, /* number of predicted test symbols = this times `probes` */
    ROWS = 64,              /* contexts per pass */
};

#define LOSS_TOLERANCE 0.01 /* effective: within 1 % of the loss with the whole context, as in the paper */

typedef struct context_probe {
    trial_work *work;
    int32_t *stream; /* the test split as one row of symbols */
    size_t length;
    size_t longest, symbols; /* steps of the whole context; number of predicted symbols */
    int32_t *tokens, *classes;
    size_t *order;
    double *outputs;
} context_probe;

/* The values of k: powers of two and the values half-way between them, up to `longest`, which is always the last. */
static size_t next_context(size_t k, size_t longest) {
    bool is_power = (k & (k - 1)) == 0;
    size_t next = k < 2 ? k + 1 : is_power ? k + k / 2 : k / 3 * 4;
    return k < longest && next > longest ? longest : next;
}

static gb_status append_batch(context_probe *p, const gb_batch *batch) {
    int32_t *grown = realloc(p->stream, (p->length + batch->steps + 1) * sizeof *grown);
    GB_NEED(p->work->context, grown, "for %zu symbols of the test split", p->length);
    p->stream = grown;
    memcpy(p->stream + p->length, batch->tokens, batch->steps * sizeof *grown);
    p->length += batch->steps;
    p->stream[p->length] =
        batch->classes[batch->steps - 1]; /* one more than `length`, since nothing follows the last symbol */
    return GB_OK;
}

static gb_status read_stream(context_probe *p) {
    trial_work *work = p->work;
    size_t batches = task_batches(work->task, TASK_TEST, 1);
    for (size_t i = 0; i < batches; i++) {
        GB_TRY(task_get_batch(work->task, TASK_TEST, work->seed, i, 1, &work->judge_batch));
        GB_TRY(append_batch(p, &work->judge_batch.batch));
    }
    if (!p->stream || p->length < p->longest)
        return gb_fail(work->context, GB_INVALID,
                       "effective_context: the test split has %zu symbols, fewer than lags %zu; set lags lower",
                       p->length, p->longest);
    return GB_OK;
}

/* The position of the i-th predicted symbol in the stream. They are evenly spaced. */
static size_t place_of(const context_probe *p, size_t i) {
    return p->longest + i * (p->length + 1 - p->longest) / p->symbols;
}

/* Row n of a pass: the `steps` symbols before symbol i, with those further back than `kept` in random order. */
static void fill_row(context_probe *p, size_t i, size_t n, size_t rows, size_t steps, size_t kept) {
    const int32_t *first = p->stream + place_of(p, i) - steps;
    gb_random random = gb_random_stream(p->work->seed, GB_RANDOM_PROBE, i);
    gb_random_permutation(&random, p->order, steps - kept);
    for (size_t t = 0; t < steps; t++) {
        p->tokens[t * rows + n] = first[t < steps - kept ? p->order[t] : t];
        p->classes[t * rows + n] = first[t + 1];
    }
}

static double symbol_loss(const double *logits, size_t classes, int32_t class) {
    double most = logits[0], sum = 0;
    for (size_t c = 1; c < classes; c++)
        most = fmax(most, logits[c]);
    for (size_t c = 0; c < classes; c++)
        sum += exp(logits[c] - most);
    return log(sum) + most - logits[class];
}

/* The mean loss of the predicted symbols after `steps` symbols, of which the last `kept` are in order. */
static gb_status mean_loss(context_probe *p, size_t steps, size_t kept, double *mean) {
    size_t classes = p->work->shape->output_size;
    *mean = 0;
    for (size_t i = 0; i < p->symbols; i += ROWS) {
        size_t rows = p->symbols - i < ROWS ? p->symbols - i : ROWS;
        for (size_t n = 0; n < rows; n++)
            fill_row(p, i + n, n, rows, steps, kept);
        const gb_batch batch = {.steps = steps, .sequences = rows, .tokens = p->tokens, .classes = p->classes};
        GB_TRY(gb_model_predict(p->work->judge, &batch, p->outputs));
        for (size_t n = 0; n < rows; n++) {
            size_t last = (steps - 1) * rows + n;
            *mean += symbol_loss(p->outputs + last * classes, classes, p->classes[last]) / (double)p->symbols;
        }
        GB_TRY(trial_tell(p->work, "context of %zu of %zu symbols", kept, p->longest));
    }
    return GB_OK;
}

static gb_status put_losses(context_probe *p) {
    double whole, effective = (double)p->longest;
    GB_TRY(mean_loss(p, p->longest, p->longest, &whole));
    bool found = false;
    for (size_t k = 1; k <= p->longest; k = next_context(k, p->longest)) {
        double cut = whole, shuffled = whole;
        if (k < p->longest) {
            GB_TRY(mean_loss(p, k, k, &cut));
            GB_TRY(mean_loss(p, p->longest, k, &shuffled));
        }
        GB_TRY(trial_put_metric(p->work, "context_loss", (double)k, cut));
        GB_TRY(trial_put_metric(p->work, "context_loss_shuffled", (double)k, shuffled));
        if (!found && cut <= (1 + LOSS_TOLERANCE) * whole) {
            effective = (double)k;
            found = true;
        }
    }
    return trial_put_integer(p->work, "effective_context", effective);
}

static gb_status allocate(context_probe *p) {
    size_t cells = p->longest * ROWS;
    p->tokens = calloc(cells, sizeof *p->tokens);
    p->classes = calloc(cells, sizeof *p->classes);
    p->order = calloc(p->longest, sizeof *p->order);
    p->outputs = calloc(cells * p->work->shape->output_size, sizeof *p->outputs);
    return p->tokens && p->classes && p->order && p->outputs
               ? GB_OK
               : gb_fail(p->work->context, GB_MEMORY, "out of memory for contexts of %zu symbols", p->longest);
}

static bool is_text(const task_shape *shape) {
    return strcmp(shape->metric, "bits") == 0 && shape->input == GB_INPUT_TOKENS && shape->head == GB_HEAD_EVERY;
}

static gb_status open_probe(trial_work *work, context_probe *p) {
    *p = (context_probe){.work = work,
                         .longest = (size_t)trial_number(work->settings, "lags"),
                         .symbols = SYMBOLS_PER_PROBE * (size_t)trial_number(work->settings, "probes")};
    GB_TRY(read_stream(p));
    return allocate(p);
}

static void close_probe(context_probe *p) {
    free(p->stream);
    free(p->tokens);
    free(p->classes);
    free(p->order);
    free(p->outputs);
}

static gb_status take(trial_work *work) {
    if (!is_text(work->shape))
        return GB_OK;
    context_probe p;
    gb_status status = open_probe(work, &p);
    if (!status)
        status = put_losses(&p);
    close_probe(&p);
    return status;
}

static gb_status put_lost(trial_work *work) {
    return is_text(work->shape) ? trial_put(work, "effective_context", NAN) : GB_OK;
}

/* Times one pass over the whole context; other passes take the same time per step and symbol. */
static gb_status rehearse(trial_work *work, double seconds, measure_cost *cost) {
    (void)seconds;
    context_probe p;
    if (!is_text(work->shape))
        return GB_OK;
    gb_status status = open_probe(work, &p);
    size_t all = p.symbols, steps = p.longest;
    p.symbols = ROWS;
    double mean, started = clock_cpu_now();
    if (!status)
        status = mean_loss(&p, p.longest, p.longest, &mean);
    double took = clock_cpu_now() - started;
    for (size_t k = 1; k < p.longest; k = next_context(k, p.longest))
        steps += k + p.longest;
    cost->seconds = took * (double)steps / (double)p.longest * (double)all / ROWS;
    close_probe(&p);
    return status;
}

const measure_type measure_context = {.after = take, .lost = put_lost, .rehearse = rehearse};
