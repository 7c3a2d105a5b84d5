/* SPDX-License-Identifier: MIT */
#include <math.h>

#include "experiments/museum/museum_internal.h"
#include "support/cleanup.h"

/* What a trial holds. */
typedef struct replay {
    gb_context *context;
    const museum_experiment *e;
    uint64_t seed;
    original *net;
    museum_strings *strings; /* where every step is asked: the fixed strings to train on and to check with */
    museum_sequence s;
    gb_random train;
    size_t checks;
    bool right[MUSEUM_WINDOW]; /* the last `window` sequences, a ring */
    double errors[MUSEUM_WINDOW], error;
    size_t seen, wrong;
} replay;

static void replay_close(replay *r) {
    museum_sequence_destroy(r->context, &r->s);
    museum_strings_destroy(r->context, r->strings);
    original_destroy(r->net);
}

static bool follows(const double *outputs, size_t count, unsigned possible) {
    double least = INFINITY, most = -INFINITY;
    for (size_t k = 0; k < count; k++)
        if (possible >> k & 1)
            least = fmin(least, outputs[k]);
        else
            most = fmax(most, outputs[k]);
    return least > most;
}

/* Every step is asked for the next symbol. */
static bool run_predicting(original *net, const museum_experiment *e, const museum_sequence *s, bool learning) {
    bool right = true;
    original_reset(net, learning);
    for (size_t t = 0; t < s->steps; t++) {
        original_step(net, s->indices + t, s->values + t, 1);
        right &= follows(original_outputs(net), e->network.outputs, s->possible[t]);
        if (learning) {
            double next[sizeof s->targets / sizeof *s->targets] = {0};
            next[s->indices[t + 1]] = 1;
            original_add_error(net, next);
        } else if (!right)
            break;
    }
    return right;
}

/* Whether the sequence was answered right; *mean: the mean absolute error of the outputs at its end. */
static bool run_sequence(original *net, const museum_experiment *e, const museum_sequence *s, bool learning,
                         double *mean) {
    double most = 0, sum = 0;
    *mean = 0;
    if (e->every_step)
        return run_predicting(net, e, s, learning);
    original_reset(net, learning);
    for (size_t t = 0; t < s->steps; t++)
        original_step(net, s->indices + t * s->count, s->values + t * s->count, s->count);
    const double *outputs = original_outputs(net);
    for (size_t k = 0; k < e->network.outputs; k++) {
        double error = fabs(outputs[k] - s->expected[k]);
        most = fmax(most, error);
        sum += error;
    }
    *mean = sum / (double)e->network.outputs;
    if (learning)
        original_add_error(net, s->targets);
    return most <= e->error;
}

static void draw_training(replay *r) {
    if (r->strings)
        museum_strings_get(r->strings, gb_random_below(&r->train, MUSEUM_STRINGS), &r->s);
    else
        r->e->make(&r->train, r->e->length, r->e->variant, &r->s);
}

static void draw_checked(replay *r, size_t i) {
    if (r->strings) {
        museum_strings_get(r->strings, i, &r->s);
        return;
    }
    size_t index = (r->e->fresh ? r->checks * r->e->checked : 0) + i;
    gb_random random = gb_random_stream(r->seed, GB_RANDOM_VALID, index);
    r->e->make(&random, r->e->length, r->e->variant, &r->s);
}

static bool passes_check(replay *r, museum_result *result) {
    const museum_experiment *e = r->e;
    size_t wrong = 0;
    double sum = 0, mean;
    r->checks++;
    for (size_t i = 0; i < e->checked; i++) {
        draw_checked(r, i);
        wrong += !run_sequence(r->net, e, &r->s, false, &mean);
        if (wrong > e->misses)
            return false;
        sum += mean;
    }
    if (!result->right)
        result->right = result->sequences;
    return e->mean == 0 || sum / (double)e->checked < e->mean;
}

static bool passes_window(replay *r, bool right, double mean, museum_result *result) {
    const museum_experiment *e = r->e;
    size_t at = r->seen % e->window;
    if (r->seen >= e->window) {
        r->wrong -= !r->right[at];
        r->error -= r->errors[at];
    }
    r->right[at] = right;
    r->errors[at] = mean;
    r->wrong += !right;
    r->error += mean;
    r->seen++;
    bool full = r->seen >= e->window, small = full && r->error / (double)e->window < e->mean;
    if (small && !result->small)
        result->small = result->sequences;
    return full && r->wrong <= e->misses && (small || e->mean == 0);
}

static gb_status train(replay *r, size_t most, gb_status (*tell)(void *user, size_t sequences), void *user,
                       museum_result *result) {
    while (!result->solved && result->sequences < most) {
        double mean;
        draw_training(r);
        bool right = run_sequence(r->net, r->e, &r->s, true, &mean);
        original_update(r->net, r->e->rate);
        result->sequences++;
        if (r->e->window)
            result->solved = passes_window(r, right, mean, result);
        else if (result->sequences % r->e->every == 0)
            result->solved = passes_check(r, result);
        if (tell && result->sequences % MUSEUM_TOLD_EVERY == 0)
            GB_TRY(tell(user, result->sequences));
    }
    return GB_OK;
}

static void test(replay *r, museum_result *result) {
    gb_random random = gb_random_stream(r->seed, GB_RANDOM_TEST, 0);
    for (result->tested = 0; result->tested < MUSEUM_TESTED; result->tested++) {
        double mean;
        r->e->make(&random, r->e->length, r->e->variant, &r->s);
        result->wrong += !run_sequence(r->net, r->e, &r->s, false, &mean);
    }
}

static const double *given(const double *biases) {
    return biases[0] == 0 ? NULL : biases;
}

gb_status museum_run(gb_context *context, const museum_experiment *e, uint64_t seed, size_t most,
                     gb_status (*tell)(void *user, size_t sequences), void *user, museum_result *result) {
    CLEANUP(replay_close) replay r = {.context = context, .e = e, .seed = seed};
    *result = (museum_result){.weights = original_weights(&e->network)};
    GB_TRY(original_create(context, &e->network, &r.net));
    GB_TRY(museum_sequence_create(context, e->longest, &r.s));
    if (e->every_step)
        GB_TRY(museum_strings_create(context, seed, e->longest, &r.strings));
    gb_random weights = gb_random_stream(seed, GB_RANDOM_INITIALISE, 0);
    original_initialise(r.net, &weights, e->limit, given(e->input_gates), given(e->output_gates));
    r.train = gb_random_stream(seed, GB_RANDOM_TRAIN, 0);
    GB_TRY(train(&r, most, tell, user, result));
    test(&r, result);
    return GB_OK;
}
