/* SPDX-License-Identifier: MIT */
/* The table of conventions, and the small language of its last column. */
#include "interchange/network/conventions.h"

#include <stdio.h>
#include <string.h>

#define GOLDEN true
#define READ false
static const convention table[] = {
#define CONVENTION(framework, version, layer, module, cell, keep, constant, evidence, tensors)                         \
    {#framework, version, layer, module, #cell, keep, constant, evidence, tensors},
#define FUNCTION(framework, version, name, kind, slope, evidence)
#include "interchange/network/conventions.def"
#undef CONVENTION
#undef FUNCTION
};

static const convention_function functions[] = {
#define CONVENTION(framework, version, layer, module, cell, keep, constant, evidence, tensors)
#define FUNCTION(framework, version, name, kind, slope, evidence)                                                      \
    {#framework, version, name, FUNCTION_##kind, slope, evidence},
#include "interchange/network/conventions.def"
#undef CONVENTION
#undef FUNCTION
};

const convention *convention_at(size_t i) {
    return i < sizeof table / sizeof *table ? &table[i] : NULL;
}

const convention *convention_find(const char *framework, const char *cell) {
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (strcmp(table[i].framework, framework) == 0 && strcmp(table[i].cell, cell) == 0)
            return &table[i];
    return NULL;
}

bool convention_framework(const char *framework) {
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (strcmp(table[i].framework, framework) == 0)
            return true;
    return false;
}

const convention_function *convention_function_at(size_t i) {
    return i < sizeof functions / sizeof *functions ? &functions[i] : NULL;
}

const convention_function *convention_function_find(const char *framework, const char *version, const char *name) {
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
        if (strcmp(functions[i].framework, framework) == 0 && strcmp(functions[i].name, name) == 0 &&
            *functions[i].version == *version)
            return &functions[i];
    return NULL;
}

const char *convention_function_text(function_kind kind, double slope, char text[FUNCTION_TEXT]) {
    static const char *const texts[] = {
        [FUNCTION_LOGISTIC] = "1 / (1 + exp(-x))", [FUNCTION_TANH] = "tanh(x)", [FUNCTION_RELU] = "max(0, x)"};
    if (kind == FUNCTION_HARD)
        snprintf(text, FUNCTION_TEXT, "clip(%.4g x + 0.5, 0, 1)", slope);
    return kind == FUNCTION_HARD ? text : texts[kind];
}

size_t convention_tensors(const convention *c, convention_tensor tensors[CONVENTION_TENSORS]) {
    size_t count = 0;
    for (const char *at = c->tensors; *at && count < CONVENTION_TENSORS; count++) {
        convention_tensor *t = &tensors[count];
        char flags[8] = "";
        int used = 0;
        *t = (convention_tensor){0};
        sscanf(at, " %c %39s %7[a-z]%n%7[ ti?]%n", &t->role, t->name, t->gates, &used, flags, &used);
        t->transposed = strchr(flags, 't');
        t->interleaved = strchr(flags, 'i');
        t->optional = strchr(flags, '?');
        at += used;
        at += *at == ';';
    }
    return count;
}

size_t convention_count(const convention_tensor *t, size_t input, size_t hidden) {
    const size_t columns = strlen(t->gates) * hidden;
    switch (t->role) {
    case 'W':
    case 'E':
        return columns * input;
    case 'U':
        return columns * hidden;
    case 'X':
        return columns * (input + hidden);
    case 'B':
        return 2 * columns;
    default:
        return columns;
    }
}

/* Adds a tensor's numbers to the gates they belong to. */
static void add_split(const convention_tensor *t, const gb_cell_info *cell, size_t input, size_t hidden,
                      size_t (*split)[3]) {
    const size_t columns = strlen(t->gates);
    for (size_t q = 0; q < columns; q++) {
        for (size_t g = 0; g < cell->gates; g++) {
            if (cell->gate_names[g][0] != t->gates[q])
                continue;
            if (t->role == 'W' || t->role == 'X')
                split[g][0] += input * hidden;
            if (t->role == 'U' || t->role == 'X')
                split[g][1] += hidden * hidden;
            if (t->role == 'p')
                split[g][1] += hidden;
            if (strchr("bdB", t->role))
                split[g][2] += t->role == 'B' ? 2 * hidden : hidden;
        }
    }
}

size_t convention_parameters(const convention *c, size_t input, size_t hidden, size_t (*split)[3]) {
    convention_tensor tensors[CONVENTION_TENSORS];
    const gb_cell_info *cell = gb_cell_find(c->cell);
    size_t count = convention_tensors(c, tensors), sum = 0;
    if (split && cell)
        memset(split, 0, cell->gates * sizeof *split);
    for (size_t i = 0; i < count; i++) {
        sum += convention_count(&tensors[i], input, hidden);
        if (split && cell)
            add_split(&tensors[i], cell, input, hidden, split);
    }
    return sum;
}

gb_bias convention_bias(const convention *c) {
    convention_tensor tensors[CONVENTION_TENSORS];
    size_t count = convention_tensors(c, tensors), first = 0, second = 0;
    for (size_t i = 0; i < count; i++) {
        first += strchr("bB", tensors[i].role) ? strlen(tensors[i].gates) : 0;
        second += strchr("dB", tensors[i].role) ? strlen(tensors[i].gates) : 0;
    }
    return !first && !second ? GB_BIAS_NONE : second == first ? GB_BIAS_DOUBLE : GB_BIAS_SINGLE;
}
