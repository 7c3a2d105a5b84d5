/* SPDX-License-Identifier: MIT */
/* Variables that free their content at the end of their block, however the block is left. A function that uses them
 * passes a failure on by GB_TRY and frees nothing by hand. Needs the attribute `cleanup` of gcc and clang. */
#ifndef GATEBENCH_SUPPORT_CLEANUP_H
#define GATEBENCH_SUPPORT_CLEANUP_H

#include <stdlib.h>
#include <string.h>

#include "gatebench/context.h"

/* CLEANUP(text_free) text lines = {0}; calls text_free(&lines) at the end of the block. The variable must be
 * initialised, since it is freed on every exit. */
#define CLEANUP(function) __attribute__((cleanup(function)))

/* For a variable that is a pointer and a function that frees what it points to: CLEANUP_POINTER(recipe_free, recipe)
 * makes recipe_free_at, for CLEANUP(recipe_free_at) recipe *r = NULL; */
#define CLEANUP_POINTER(function, type)                                                                                \
    static inline void function##_at(type **variable) {                                                                \
        function(*variable);                                                                                           \
    }

/* For memory that free() releases: CLEANUP(free_at) char *copy = strdup(given); */
static inline void free_at(void *variable) {
    free(*(void **)variable);
}

/* Moves the content of a CLEANUP variable to the caller: *out = TAKE(list), whatever its type. */
#define TAKE(variable)                                                                                                 \
    __extension__({                                                                                                    \
        __typeof__(variable) taken_over = (variable);                                                                  \
        memset(&(variable), 0, sizeof(variable));                                                                      \
        taken_over;                                                                                                    \
    })

/* If the pointer is NULL, returns GB_MEMORY from the calling function with a sentence: GB_NEED(context, list, "for the
 * list of %s", name) gives "out of memory for the list of ...". */
#define GB_NEED(context, there, ...)                                                                                   \
    do {                                                                                                               \
        if (!(there))                                                                                                  \
            return gb_fail(context, GB_MEMORY, "out of memory " __VA_ARGS__);                                          \
    } while (0)

#endif
