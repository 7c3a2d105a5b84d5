/* SPDX-License-Identifier: MIT */
/* Variables that free what they hold where their block ends, on every way out of it: with them a function passes a
 * failure on by GB_TRY and frees nothing by hand. gcc and clang have the attribute. */
#ifndef GATEBENCH_SUPPORT_CLEANUP_H
#define GATEBENCH_SUPPORT_CLEANUP_H

#include <stdlib.h>
#include <string.h>

#include "gatebench/context.h"

/* CLEANUP(text_free) text lines = {0}; calls text_free(&lines) at the end of the block. What is declared with it must
 * be initialised, since any way out frees it. */
#define CLEANUP(function) __attribute__((cleanup(function)))

/* For a variable that is a pointer and a function that frees what it points to: CLEANUP_POINTER(recipe_free, recipe)
 * makes recipe_free_at, for CLEANUP(recipe_free_at) recipe *r = NULL; */
#define CLEANUP_POINTER(function, type)                                                                                \
    static inline void function##_at(type **variable) {                                                                \
        function(*variable);                                                                                           \
    }

/* For whatever free() takes: CLEANUP(free_at) char *copy = strdup(given); */
static inline void free_at(void *variable) {
    free(*(void **)variable);
}

/* Hands what a CLEANUP variable holds to the caller: *out = TAKE(list), whatever its type. */
#define TAKE(variable)                                                                                                 \
    __extension__({                                                                                                    \
        __typeof__(variable) taken_over = (variable);                                                                  \
        memset(&(variable), 0, sizeof(variable));                                                                      \
        taken_over;                                                                                                    \
    })

/* Fails from the calling function with GB_MEMORY and a sentence such as GB_NEED(context, list, "for the list of %s",
 * name) makes, "out of memory for the list of ...", unless what was asked for is there. */
#define GB_NEED(context, there, ...)                                                                                   \
    do {                                                                                                               \
        if (!(there))                                                                                                  \
            return gb_fail(context, GB_MEMORY, "out of memory " __VA_ARGS__);                                          \
    } while (0)

#endif
