/* SPDX-License-Identifier: MIT */
#include "experiments/museum/sequences.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

gb_status museum_sequence_create(gb_context *context, size_t steps, museum_sequence *s) {
    *s = (museum_sequence){0};
    GB_TRY(gb_allocate(context, 2 * (steps + 1), sizeof *s->indices, &s->indices));
    GB_TRY(gb_allocate(context, 2 * (steps + 1), sizeof *s->values, &s->values));
    return gb_allocate(context, steps + 1, sizeof *s->possible, &s->possible);
}

void museum_sequence_destroy(gb_context *context, museum_sequence *s) {
    gb_release(context, s->indices);
    gb_release(context, s->values);
    gb_release(context, s->possible);
    *s = (museum_sequence){0};
}

static size_t draw(gb_random *random, size_t from, size_t to) {
    return from + gb_random_below(random, (uint32_t)(to - from + 1));
}

static void set_target(museum_sequence *s, size_t k, double target) {
    s->targets[k] = s->expected[k] = target;
}

void museum_lag(gb_random *random, size_t length, size_t variant, museum_sequence *s) {
    size_t which = gb_random_below(random, 2), steps = 0;
    s->count = 1;
    s->indices[steps++] = variant + 1;
    s->indices[steps++] = variant + 2 + which;
    for (size_t i = 0; i < length || (gb_random_uniform(random) < 0.9 && i < length + MUSEUM_LAG_MORE); i++)
        s->indices[steps++] = gb_random_below(random, (uint32_t)variant);
    s->indices[steps++] = variant;
    for (size_t t = 0; t < steps; t++)
        s->values[t] = 1;
    s->steps = steps;
    set_target(s, 0, which == 0);
    set_target(s, 1, which == 1);
}

void museum_classes(gb_random *random, size_t length, size_t variant, museum_sequence *s) {
    size_t told = variant & 3;
    double class = gb_random_below(random, 2) ? 1 : -1; /* 1: the paper's class 1 */
    s->count = 1;
    s->steps = draw(random, length, length + length / 10);
    for (size_t t = 0; t < s->steps; t++) {
        bool noisy = t >= told || variant & MUSEUM_NOISY_SIGNAL;
        s->indices[t] = 0;
        s->values[t] = (t < told ? class : 0) + (noisy ? sqrt(0.2) * gb_random_normal(random) : 0);
    }
    if (variant & MUSEUM_NOISY_TARGETS) {
        set_target(s, 0, class > 0 ? 0.2 : 0.8);
        s->targets[0] += sqrt(0.1) * gb_random_normal(random);
    } else
        set_target(s, 0, class > 0);
}

void museum_sums(gb_random *random, size_t length, size_t variant, museum_sequence *s) {
    bool product = variant == 1;
    size_t first = draw(random, 0, 9), second = draw(random, 0, length / 2 - 2);
    second += second >= first; /* one of the first length / 2 - 1 that are not marked yet */
    s->count = 2;
    s->steps = draw(random, length, length + length / 10);
    double found[2] = {0};
    for (size_t t = 0; t < s->steps; t++) {
        double x = product ? gb_random_uniform(random) : 2 * gb_random_uniform(random) - 1;
        bool end = t == 0 || t + 1 == s->steps, marked = t == first || t == second;
        if (marked && t == 0)
            x = product;
        s->indices[2 * t] = 0;
        s->indices[2 * t + 1] = 1;
        s->values[2 * t] = x;
        s->values[2 * t + 1] = end ? -1 : marked;
        if (marked)
            found[t == second] = x;
    }
    set_target(s, 0, product ? found[0] * found[1] : 0.5 + (found[0] + found[1]) / 4);
}

void museum_order(gb_random *random, size_t length, size_t variant, museum_sequence *s) {
    enum { E, B, NOISE, X = NOISE + 4 };
    size_t steps = draw(random, length, length + length / 10), class = 0;
    s->count = 1;
    s->steps = steps;
    for (size_t t = 0; t < steps; t++) {
        s->indices[t] = NOISE + gb_random_below(random, 4);
        s->values[t] = 1;
    }
    static const size_t places[2][3][2] = {{{10, 20}, {50, 60}}, {{10, 20}, {33, 43}, {66, 76}}};
    for (size_t k = 0; k < variant; k++) {
        size_t which = gb_random_below(random, 2);
        s->indices[draw(random, places[variant - 2][k][0], places[variant - 2][k][1])] = X + which;
        class = 2 * class + which;
    }
    s->indices[0] = E;
    s->indices[steps - 1] = B;
    for (size_t k = 0; k < (size_t)1 << variant; k++)
        set_target(s, k, k == class);
}

/* Reber's grammar: from each node two edges, each a symbol and the node it leads to. */
enum { B, T, P, S, X, V, E, LAST_NODE = 5 };
static const struct {
    unsigned char symbol, node;
} edges[LAST_NODE][2] = {{{T, 1}, {P, 2}}, {{S, 1}, {X, 3}}, {{T, 2}, {V, 4}}, {{X, 2}, {S, 5}}, {{P, 3}, {V, 5}}};

static void add_symbol(museum_sequence *s, size_t symbol, unsigned may_follow) {
    s->indices[s->steps] = symbol;
    s->values[s->steps] = 1;
    s->possible[s->steps++] = may_follow;
}

/* false: it would be longer than that. */
static bool reber_fits(gb_random *random, size_t longest, museum_sequence *s) {
    size_t side = gb_random_below(random, 2) ? T : P, node = 0;
    s->count = 1;
    s->steps = 0;
    add_symbol(s, B, 1U << T | 1U << P);
    add_symbol(s, side, 1U << B);
    add_symbol(s, B, 1U << edges[0][0].symbol | 1U << edges[0][1].symbol);
    while (node < LAST_NODE && s->steps + 3 < longest) {
        size_t way = gb_random_below(random, 2), symbol = edges[node][way].symbol;
        node = edges[node][way].node;
        add_symbol(s, symbol, node == LAST_NODE ? 1U << E : 1U << edges[node][0].symbol | 1U << edges[node][1].symbol);
    }
    if (node < LAST_NODE)
        return false;
    add_symbol(s, E, 1U << side);
    add_symbol(s, side, 1U << E);
    s->indices[s->steps] = E; /* follows the last step, and is not read */
    return true;
}

void museum_reber(gb_random *random, size_t length, size_t variant, museum_sequence *s) {
    (void)variant;
    while (!reber_fits(random, length, s)) {
    }
}

struct museum_strings {
    museum_sequence items[2 * MUSEUM_STRINGS];
};

static bool is_among(const museum_strings *strings, size_t count, const museum_sequence *s) {
    for (size_t i = 0; i < count; i++)
        if (strings->items[i].steps == s->steps &&
            memcmp(strings->items[i].indices, s->indices, s->steps * sizeof *s->indices) == 0)
            return true;
    return false;
}

gb_status museum_strings_create(gb_context *context, uint64_t seed, size_t longest, museum_strings **out) {
    museum_strings *strings;
    *out = NULL;
    GB_TRY(gb_allocate(context, 1, sizeof *strings, &strings));
    *out = strings;
    gb_random random = gb_random_stream(seed, GB_RANDOM_SPLIT, 0);
    for (size_t i = 0; i < 2 * MUSEUM_STRINGS; i++) {
        GB_TRY(museum_sequence_create(context, longest, &strings->items[i]));
        do
            museum_reber(&random, longest, 0, &strings->items[i]);
        while (i >= MUSEUM_STRINGS && is_among(strings, MUSEUM_STRINGS, &strings->items[i]));
    }
    return GB_OK;
}

void museum_strings_destroy(gb_context *context, museum_strings *strings) {
    for (size_t i = 0; strings && i < 2 * MUSEUM_STRINGS; i++)
        museum_sequence_destroy(context, &strings->items[i]);
    gb_release(context, strings);
}

void museum_strings_get(const museum_strings *strings, size_t i, museum_sequence *s) {
    const museum_sequence *from = &strings->items[i];
    s->count = from->count;
    s->steps = from->steps;
    memcpy(s->indices, from->indices, (from->steps + 1) * sizeof *s->indices);
    memcpy(s->values, from->values, from->steps * sizeof *s->values);
    memcpy(s->possible, from->possible, from->steps * sizeof *s->possible);
}
