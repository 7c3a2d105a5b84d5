/* SPDX-License-Identifier: MIT */
/* What other parts of the library attach to a context: the cells that a program registered. */
#ifndef GATEBENCH_CORE_CONTEXT_H
#define GATEBENCH_CORE_CONTEXT_H

#include "gatebench/context.h"

/* The first member of an attached struct. Its memory is from gb_allocate; the context releases it at the end. */
typedef struct context_item {
    struct context_item *next;
} context_item;

void context_append(gb_context *context, context_item *item);
const context_item *context_first(const gb_context *context);

#endif
