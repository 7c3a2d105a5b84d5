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
    bool golden; /* tested with a file of the package; false: read from its source code only */
    const char *tensors;
} convention;

/* One tensor of a convention. */
typedef struct convention_tensor {
    char role; /* one of W U X b d B p E (conventions.def) */
    char name[40], gates[8];
    bool transposed, interleaved, optional;
} convention_tensor;

enum { CONVENTION_TENSORS = 16, FUNCTION_TEXT = 48 };

typedef enum function_kind { FUNCTION_LOGISTIC, FUNCTION_HARD, FUNCTION_TANH, FUNCTION_RELU } function_kind;

/* An activation function inside cells, by its name in a framework's files. */
typedef struct convention_function {
    const char *framework, *version, *name;
    function_kind kind;
    double slope; /* slope of a HARD function, unless the file gives another */
    bool golden;
} convention_function;

/* The lines of the table in its order; NULL beyond the end. */
const convention *convention_at(size_t i);
/* The first line of a framework that a cell ("lstm", "dense", ...) computes, or NULL. */
const convention *convention_find(const char *framework, const char *cell);
/* True if the table has this framework. */
bool convention_framework(const char *framework);
/* The functions of the table in its order; and the function with a name, for the framework's version with the same
 * first digit. NULL: none. */
const convention_function *convention_function_at(size_t i);
const convention_function *convention_function_find(const char *framework, const char *version, const char *name);
/* The formula, such as "clip(0.2 x + 0.5, 0, 1)". `text` is a buffer that the result may use. */
const char *convention_function_text(function_kind kind, double slope, char text[FUNCTION_TEXT]);
/* Parses the tensors of a line of the table; returns their number. */
size_t convention_tensors(const convention *c, convention_tensor tensors[CONVENTION_TENSORS]);

/* The number of elements of a tensor for I inputs and H units (of an embedding: I words of H numbers). */
size_t convention_count(const convention_tensor *t, size_t input, size_t hidden);

/* The number of parameters of such a layer with all its biases, as its framework counts them. If `split` is not NULL,
 * split[gate] gets those of kernel, recurrent kernel (with peepholes) and biases. */
size_t convention_parameters(const convention *c, size_t input, size_t hidden, size_t (*split)[3]);

/* The cell's bias option that has the biases of this layer: for a gru whose only second bias is b_hn, `single`. */
gb_bias convention_bias(const convention *c);

#endif
