/* SPDX-License-Identifier: MIT */
#include "experiments/museum/museum.h"

#include <string.h>

#include "experiments/museum/museum_internal.h"

#define REBER(i, blocks, size, lr, sequences)                                                                          \
    {                                                                                                                  \
        .name = "reber_" #i, .network = {7, blocks, size, 7, ORIGINAL_GATE_BIAS, false, false}, .make = museum_reber,  \
        .length = 100, .longest = 100, .rate = (lr), .limit = 0.2, .output_gates = {-1, -2, -3, -4},                   \
        .every_step = true, .every = 100, .checked = 2 * MUSEUM_STRINGS, .published = (sequences)                      \
    }
#define LAG_(key, p, q, inputs_only, sequences)                                                                        \
    {                                                                                                                  \
        .name = "lag_" #q "_" #p key, .network = {(p) + 4, 2, 1, 2, ORIGINAL_NO_BIAS, false, inputs_only},             \
        .make = museum_lag, .length = (q), .variant = (p), .longest = (q) + MUSEUM_LAG_MORE + 3, .rate = 0.01,         \
        .limit = 0.2, .error = 0.2, .every = 1000, .checked = 10000, .fresh = true, .published = (sequences)           \
    }
#define LAG(p, q, sequences) LAG_("", p, q, false, sequences), LAG_("_inputs", p, q, true, sequences)
#define CLASSES(key, t, variant_, lr, error_, misses_, mean_, sequences)                                               \
    {                                                                                                                  \
        .name = key, .network = {1, 3, 1, 1, ORIGINAL_BIAS, false, false}, .make = museum_classes, .length = (t),      \
        .variant = (variant_), .longest = (t) + (t) / 10, .rate = (lr), .limit = 0.1, .input_gates = {-1, -3, -5},     \
        .output_gates = {-2, -4, -6}, .error = (error_), .misses = (misses_), .mean = (mean_), .every = 100,           \
        .checked = 256, .published = (sequences)                                                                       \
    }
#define SUMS(key, t, product, lr, sequences, ...)                                                                      \
    {                                                                                                                  \
        .name = key, .network = {2, 2, 2, 1, ORIGINAL_BIAS, true, false}, .make = museum_sums, .length = (t),          \
        .variant = (product), .longest = (t) + (t) / 10, .rate = (lr), .limit = 0.1, .error = 0.04,                    \
        .window = MUSEUM_WINDOW, .published = (sequences), __VA_ARGS__                                                 \
    }
#define ORDER(key, symbols, blocks, outputs, lr, sequences)                                                            \
    {                                                                                                                  \
        .name = key, .network = {8, blocks, 2, outputs, ORIGINAL_BIAS, true, false}, .make = museum_order,             \
        .length = 100, .variant = (symbols), .longest = 110, .rate = (lr), .limit = 0.1, .input_gates = {-2, -4, -6},  \
        .error = 0.3, .mean = 0.1, .window = MUSEUM_WINDOW, .published = (sequences)                                   \
    }

static const museum_experiment experiments[] = {
    REBER(1, 4, 1, 0.1, 39740),
    REBER(2, 3, 2, 0.1, 21730),
    REBER(3, 3, 2, 0.2, 14060),
    REBER(4, 4, 1, 0.5, 9500),
    REBER(5, 3, 2, 0.5, 8440),
    LAG(50, 50, 30000),
    LAG(100, 100, 31000),
    LAG(200, 200, 33000),
    LAG(500, 500, 38000),
    LAG(1000, 1000, 49000),
    LAG(500, 1000, 49000),
    LAG(200, 1000, 75000),
    LAG(100, 1000, 135000),
    LAG(50, 1000, 203000),
    CLASSES("classes_100_3", 100, 3, 1, 0.2, 0, 0.01, 39850),
    CLASSES("classes_100_1", 100, 1, 1, 0.2, 0, 0.01, 64330),
    CLASSES("classes_1000_3", 1000, 3, 1, 0.2, 0, 0.01, 452460),
    CLASSES("noisy_100_3", 100, 3 | MUSEUM_NOISY_SIGNAL, 1, 0.2, 5, 0.04, 43250),
    CLASSES("noisy_100_1", 100, 1 | MUSEUM_NOISY_SIGNAL, 1, 0.2, 5, 0.04, 78430),
    CLASSES("noisy_1000_1", 1000, 1 | MUSEUM_NOISY_SIGNAL, 1, 0.2, 5, 0.04, 485080),
    CLASSES("expected_100_3", 100, 3 | MUSEUM_NOISY_TARGETS, 0.1, 0.1, 0, 0.015, 269650),
    CLASSES("expected_100_1", 100, 1 | MUSEUM_NOISY_TARGETS, 0.1, 0.1, 0, 0.015, 565640),
    SUMS("adding_100", 100, 0, 0.5, 74000, .input_gates = {-3, -6}, .mean = 0.01),
    SUMS("adding_500", 500, 0, 0.5, 209000, .input_gates = {-3, -6}, .mean = 0.01),
    SUMS("adding_1000", 1000, 0, 0.5, 853000, .input_gates = {-3, -6}, .mean = 0.01),
    SUMS("multiplication_140", 100, 1, 0.1, 482000, .misses = 139),
    SUMS("multiplication_13", 100, 1, 0.1, 1273000, .misses = 12),
    ORDER("order_2", 2, 2, 4, 0.5, 31390),
    ORDER("order_3", 3, 3, 8, 0.1, 571100),
};
enum { COUNT = sizeof experiments / sizeof *experiments };

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
    enum { REBER_STEPS = 12 };                                               /* of a string, on average */
    const double second = 5e-9, units = (double)original_units(&e->network); /* of a weight that is used in a step */
    double steps = e->every_step ? REBER_STEPS : (double)e->length;
    return second * units * (units + 3) * steps * e->published;
}
