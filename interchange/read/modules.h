/* SPDX-License-Identifier: MIT */
/* Finds the tensors that form a layer, by the names that a framework gives them. Internal to interchange. */
#ifndef GATEBENCH_INTERCHANGE_MODULES_H
#define GATEBENCH_INTERCHANGE_MODULES_H

#include "interchange/read/readers.h"

enum { MOST_MODULES = 1000 };

/* A layer that was recognised. */
typedef struct module {
    const convention *convention;
    network_kind kind;
    char name[TENSOR_NAME]; /* prefix of the tensors' names */
    size_t number;          /* number of the layer in a stack */
    layer_tensors tensors;
} module;

typedef struct modules {
    module *items;
    size_t count;
    const tensor *unknown; /* the first tensor that belongs to no layer; NULL: all do */
    size_t unknown_count;
} modules;

/* Recognises layers by the conventions of one framework, and marks their tensors as used. The caller frees
 * found->items. False: out of memory. */
bool modules_find(tensor_set *set, const char *framework, const char *ignored, modules *found);

#endif
