/* SPDX-License-Identifier: MIT */
/* The conventions of other frameworks (conventions.def): the names of their layers' tensors, and the layout of the
 * numbers. */
#ifndef GATEBENCH_INTERCHANGE_CONVENTIONS_H
#define GATEBENCH_INTERCHANGE_CONVENTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "gatebench/cell.h"

typedef struct convention {
    const char *framework, *version, *layer, *module, *cell;
    int keep;
    double constant;
    bool golden; /* a file of the package is among the tests; else read from its source */
    const char *tensors;
} convention;

/* One tensor of a convention. */
typedef struct convention_tensor {
    char role; /* W U X b d B p E */
    char name[40], gates[8];
    bool transposed, interleaved, optional;
} convention_tensor;

enum { CONVENTION_TENSORS = 16, FUNCTION_TEXT = 48 };

typedef enum function_kind { FUNCTION_LOGISTIC, FUNCTION_HARD, FUNCTION_TANH, FUNCTION_RELU } function_kind;

/* A function inside cells, by its name in a framework's files. */
typedef struct convention_function {
    const char *framework, *version, *name;
    function_kind kind;
    double slope; /* of HARD, where the file does not give another */
    bool golden;
} convention_function;

/* The lines of the table in its order; NULL beyond the end. */
const convention *convention_at(size_t i);
/* The first line of a framework that a cell ("lstm", "dense", ...) computes, or NULL. */
const convention *convention_find(const char *framework, const char *cell);
/* Whether there is such a framework. */
bool convention_framework(const char *framework);
/* The functions likewise; by name, of the version that has this first digit. */
const convention_function *convention_function_at(size_t i);
const convention_function *convention_function_find(const char *framework, const char *version, const char *name);
/* "clip(0.2 x + 0.5, 0, 1)"; `text` holds what is not constant. */
const char *convention_function_text(function_kind kind, double slope, char text[FUNCTION_TEXT]);
/* Parses a line's tensors, returns how many. */
size_t convention_tensors(const convention *c, convention_tensor tensors[CONVENTION_TENSORS]);

/* How many numbers the tensor holds for I inputs and H units (of an embedding: I words of H numbers). */
size_t convention_count(const convention_tensor *t, size_t input, size_t hidden);

/* The parameters of such a layer with all its biases, as its framework counts them; split by gate of the cell into
 * kernel, recurrent kernel (with peepholes) and biases where split is not NULL. */
size_t convention_parameters(const convention *c, size_t input, size_t hidden, size_t (*split)[3]);

/* Which bias option of the cell has as many biases: a gru's b_hn alone is `single`. */
gb_bias convention_bias(const convention *c);

#endif
