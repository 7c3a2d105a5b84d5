/* SPDX-License-Identifier: MIT */
/* What other parts of the library hang on a context: the cells that a program registered. */
#ifndef GATEBENCH_CORE_CONTEXT_H
#define GATEBENCH_CORE_CONTEXT_H

#include "gatebench/context.h"

/* First member of what hangs on a context, in memory of gb_allocate that the context releases in the end. */
typedef struct context_item {
    struct context_item *next;
} context_item;

void context_append(gb_context *context, context_item *item);
const context_item *context_first(const gb_context *context);

#endif
