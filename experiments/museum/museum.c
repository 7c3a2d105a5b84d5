/* SPDX-License-Identifier: MIT */
#include "experiments/museum/museum.h"

#include <math.h>
#include <string.h>

typedef void make_sequence(gb_random *random, size_t length, size_t variant, museum_sequence *s);

static void make_lag(gb_random *random, size_t q, size_t p, museum_sequence *s);
static void make_adding(gb_random *random, size_t length, size_t product, museum_sequence *s);
static void make_order(gb_random *random, size_t length, size_t symbols, museum_sequence *s);

/* When training ends: `in_a_row` sequences in a row without an output further than `error` off; or, with `window`, at
 * most `misses` of the last `window` like that and their mean absolute error below `mean`. */
struct museum_experiment {
    const char *name;
    original_spec network;
    make_sequence *make;
    size_t length, variant, longest;
    double rate, limit;
    double gates[3]; /* input gate biases */
    double error, mean;
    size_t in_a_row, window, misses;
    double published;
};

#define LAG(p, q, sequences)                                                                                           \
    {                                                                                                                  \
        .name = "lag_" #q "_" #p, .network = {(p) + 4, 2, 1, 2, ORIGINAL_NO_BIAS, false}, .make = make_lag,            \
        .length = (q), .variant = (p), .longest = (q) + 1000, .rate = 0.01, .limit = 0.2, .error = 0.2,                \
        .in_a_row = 10000, .published = (sequences)                                                                    \
    }
#define SUMS(key, t, product_, lr, misses_, sequences)                                                                 \
    {                                                                                                                  \
        .name = key, .network = {2, 2, 2, 1, ORIGINAL_BIAS, true}, .make = make_adding, .length = (t),                 \
        .variant = (product_), .longest = (t) + (t) / 10 + 1, .rate = (lr), .limit = 0.1, .gates = {-3, -6},           \
        .error = 0.04, .mean = 0.01, .window = 2000, .misses = (misses_), .published = (sequences)                     \
    }
#define ORDER(key, symbols, blocks_, outputs_, lr, sequences)                                                          \
    {                                                                                                                  \
        .name = key, .network = {8, blocks_, 2, outputs_, ORIGINAL_BIAS, true}, .make = make_order, .length = 100,     \
        .variant = (symbols), .longest = 111, .rate = (lr), .limit = 0.1, .gates = {-2, -4, -6}, .error = 0.3,         \
        .mean = 0.1, .window = 2000, .misses = 0, .published = (sequences)                                             \
    }

static const museum_experiment experiments[] = {
    LAG(50, 50, 30000),
    LAG(100, 100, 31000),
    LAG(200, 200, 33000),
    LAG(500, 500, 38000),
    LAG(1000, 1000, 49000),
    LAG(500, 1000, 49000),
    LAG(200, 1000, 75000),
    LAG(100, 1000, 135000),
    LAG(50, 1000, 203000),
    SUMS("adding_100", 100, 0, 0.5, 0, 74000),
    SUMS("adding_500", 500, 0, 0.5, 0, 209000),
    SUMS("adding_1000", 1000, 0, 0.5, 0, 853000),
    SUMS("multiplication_140", 100, 1, 0.1, 140, 482000),
    SUMS("multiplication_13", 100, 1, 0.1, 13, 1273000),
    ORDER("order_2", 2, 2, 4, 0.5, 31390),
    ORDER("order_3", 3, 3, 8, 0.1, 571100),
};
enum { COUNT = sizeof experiments / sizeof *experiments, TESTED = 2560, TOLD_EVERY = 256 };

const char *museum_name(size_t i) {
    return i < COUNT ? experiments[i].name : NULL;
}

const museum_experiment *museum_find(const char *name) {
    for (size_t i = 0; i < COUNT; i++)
        if (strcmp(experiments[i].name, name) == 0)
            return &experiments[i];
    return NULL;
}

double museum_published(const museum_experiment *e) {
    return e->published;
}

double museum_seconds(const museum_experiment *e) {
    const double units = (double)original_units(&e->network), second = 2e-9; /* of a weight that is used in a step */
    return second * units * (units + 3) * (double)e->length * e->published;
}

static size_t draw(gb_random *random, size_t from, size_t to) {
    return from + gb_random_below(random, (uint32_t)(to - from + 1));
}

/* 2c: b, then x or y, q distractors out of p, then more of them with probability 0.9 each, e, and at last the second
 * symbol again, which is what the two outputs predict after e. Symbols: p distractors, then e, b, x, y. */
static void make_lag(gb_random *random, size_t q, size_t p, museum_sequence *s) {
    size_t which = gb_random_below(random, 2), steps = 0;
    s->count = 1;
    s->indices[steps++] = p + 1;
    s->indices[steps++] = p + 2 + which;
    for (size_t i = 0; i < q || (gb_random_uniform(random) < 0.9 && i < q + 990); i++)
        s->indices[steps++] = gb_random_below(random, (uint32_t)p);
    s->indices[steps++] = p;
    for (size_t t = 0; t < steps; t++)
        s->values[t] = 1;
    s->steps = steps;
    s->targets[0] = which == 0;
    s->targets[1] = which == 1;
}

/* 4 and 5: pairs of a number and a mark (-1 at both ends, 1 at two marked steps, else 0). The sum of the two marked
 * numbers of [-1, 1], brought into [0, 1]; or the product of two of [0, 1]. */
static void make_adding(gb_random *random, size_t length, size_t product, museum_sequence *s) {
    size_t steps = draw(random, length, length + length / 10), first = draw(random, 0, 9), second;
    do
        second = draw(random, 0, length / 2 - 2);
    while (second == first);
    s->count = 2;
    s->steps = steps;
    double found[2] = {0};
    for (size_t t = 0; t < steps; t++) {
        double x = product ? gb_random_uniform(random) : 2 * gb_random_uniform(random) - 1;
        bool end = t == 0 || t + 1 == steps, marked = t == first || t == second;
        s->indices[2 * t] = 0;
        s->indices[2 * t + 1] = 1;
        s->values[2 * t] = x;
        s->values[2 * t + 1] = marked ? 1 : end ? -1 : 0;
        if (marked)
            found[t == second] = x;
    }
    s->targets[0] = product ? found[0] * found[1] : 0.5 + (found[0] + found[1]) / 4;
}

/* 6a and 6b: E, noise of a, b, c, d with X or Y at two (three) places, B: which of the four (eight) orders? */
static void make_order(gb_random *random, size_t length, size_t symbols, museum_sequence *s) {
    enum { E, B, NOISE, X = NOISE + 4 };
    size_t steps = draw(random, length, length + length / 10), class = 0;
    s->count = 1;
    s->steps = steps;
    for (size_t t = 0; t < steps; t++) {
        s->indices[t] = NOISE + gb_random_below(random, 4);
        s->values[t] = 1;
    }
    static const size_t places[2][3][2] = {{{10, 20}, {50, 60}}, {{10, 20}, {33, 43}, {66, 76}}};
    for (size_t k = 0; k < symbols; k++) {
        size_t which = gb_random_below(random, 2);
        s->indices[draw(random, places[symbols - 2][k][0], places[symbols - 2][k][1])] = X + which;
        class = 2 * class + which;
    }
    s->indices[0] = E;
    s->indices[steps - 1] = B;
    for (size_t k = 0; k < (size_t)1 << symbols; k++)
        s->targets[k] = k == class;
}

/* The largest absolute error of the outputs at the sequence's end; *mean: over the outputs. */
static double run_sequence(original *net, const museum_experiment *e, const museum_sequence *s, double *mean) {
    double most = 0, sum = 0;
    original_reset(net);
    for (size_t t = 0; t < s->steps; t++)
        original_step(net, s->indices + t * s->count, s->values + t * s->count, s->count);
    const double *outputs = original_outputs(net);
    for (size_t k = 0; k < e->network.outputs; k++) {
        double error = fabs(outputs[k] - s->targets[k]);
        most = error > most ? error : most;
        sum += error;
    }
    *mean = sum / (double)e->network.outputs;
    return most;
}

/* How the sequences before went: a ring of the last `window`, or how many in a row. */
typedef struct progress {
    bool right[2000];
    double errors[2000], error;
    size_t seen, wrong, in_a_row, small; /* small: after how many their mean error first was below e->mean; 0: never */
} progress;

static bool is_met(const museum_experiment *e, progress *p, double most, double mean) {
    bool right = most <= e->error;
    p->in_a_row = right ? p->in_a_row + 1 : 0;
    if (!e->window)
        return p->in_a_row >= e->in_a_row;
    size_t at = p->seen % e->window;
    if (p->seen >= e->window) {
        p->wrong -= !p->right[at];
        p->error -= p->errors[at];
    }
    p->right[at] = right;
    p->errors[at] = mean;
    p->wrong += !right;
    p->error += mean;
    p->seen++;
    bool small = p->seen >= e->window && p->error / (double)e->window < e->mean;
    p->small = p->small || !small ? p->small : p->seen;
    return small && p->wrong <= e->misses;
}

static gb_status train(const museum_experiment *e, original *net, gb_random *random, size_t most,
                       gb_status (*tell)(void *user, size_t sequences), void *user, museum_sequence *s, progress *p,
                       museum_result *result) {
    while (!result->solved && result->sequences < most) {
        double mean, largest;
        e->make(random, e->length, e->variant, s);
        largest = run_sequence(net, e, s, &mean);
        original_finish(net, s->targets);
        original_update(net, e->rate);
        result->sequences++;
        result->solved = is_met(e, p, largest, mean);
        result->small = p->small;
        if (tell && result->sequences % TOLD_EVERY == 0)
            GB_TRY(tell(user, result->sequences));
    }
    return GB_OK;
}

static void test(const museum_experiment *e, original *net, gb_random *random, museum_sequence *s,
                 museum_result *result) {
    for (result->tested = 0; result->tested < TESTED; result->tested++) {
        double mean;
        e->make(random, e->length, e->variant, s);
        result->wrong += run_sequence(net, e, s, &mean) > e->error;
    }
}

gb_status museum_run(gb_context *context, const museum_experiment *e, uint64_t seed, size_t most,
                     gb_status (*tell)(void *user, size_t sequences), void *user, museum_result *result) {
    museum_sequence s = {0};
    original *net = NULL;
    progress *p = NULL;
    gb_random weights = gb_random_stream(seed, GB_RANDOM_INITIALISE, 0),
              train_stream = gb_random_stream(seed, GB_RANDOM_TRAIN, 0),
              test_stream = gb_random_stream(seed, GB_RANDOM_TEST, 0);
    *result = (museum_result){.weights = original_weights(&e->network)};
    gb_status status = original_create(context, &e->network, &net);
    if (!status)
        status = gb_allocate(context, 1, sizeof *p, &p);
    if (!status)
        status = gb_allocate(context, 2 * e->longest, sizeof *s.indices, &s.indices);
    if (!status)
        status = gb_allocate(context, 2 * e->longest, sizeof *s.values, &s.values);
    if (!status) {
        original_initialise(net, &weights, e->limit, e->network.bias == ORIGINAL_BIAS ? e->gates : NULL);
        status = train(e, net, &train_stream, most, tell, user, &s, p, result);
    }
    if (!status)
        test(e, net, &test_stream, &s, result);
    gb_release(context, s.indices);
    gb_release(context, s.values);
    gb_release(context, p);
    original_destroy(net);
    return status;
}
