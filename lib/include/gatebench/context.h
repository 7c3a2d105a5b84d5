/* SPDX-License-Identifier: MIT */
/* The context: the allocator, registered cells and the sentence of the last failure. The library has no mutable
 * globals; all its state belongs to a context. A context may be used by one thread at a time. */
#ifndef GATEBENCH_CONTEXT_H
#define GATEBENCH_CONTEXT_H

#include <stdarg.h>
#include <stddef.h>

#include "gatebench/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A context (opaque). */
typedef struct gb_context gb_context;

/* The memory functions that the library uses. */
typedef struct gb_allocator {
    void *(*allocate)(void *user, size_t bytes); /* 64-byte aligned memory, or NULL */
    void (*release)(void *user, void *block);    /* accepts NULL */
    void *user;                                  /* passed to both functions */
} gb_allocator;

/* Creates a context. `allocator` may be NULL: then the C library's memory functions are used. Errors: GB_MEMORY,
 * GB_INVALID. */
GB_EXPORT gb_status gb_context_create(const gb_allocator *allocator, gb_context **context);

/* Destroys a context. Destroy every object made with it first. Accepts NULL. */
GB_EXPORT void gb_context_destroy(gb_context *context);

/* The sentence of the last failure, or "" when there was none. Valid until the next failing call. */
GB_EXPORT const char *gb_context_message(const gb_context *context);

/* Stores a sentence (printf format; at most 1,023 bytes are kept) and returns `status`, so that a caller writes
 * `return gb_fail(context, GB_INVALID, "hidden is 0; give at least 1")`. An argument may be the previous message,
 * gb_context_message(). The program around the library uses it, too. */
GB_EXPORT gb_status gb_fail(gb_context *context, gb_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
#ifdef __clang_analyzer__ /* the analyzer sees one file at a time and would assume that gb_fail may return GB_OK */
#define gb_fail(context, status, ...) ((void)gb_fail(context, status, __VA_ARGS__), (status))
#endif

/* Zeroed, 64-byte aligned memory for `count` items of `size` bytes from the context's allocator.
 * A zero count gives a non-NULL block. Errors: GB_MEMORY (also when count * size overflows). */
GB_EXPORT gb_status gb_allocate(gb_context *context, size_t count, size_t size, void *block_out);

/* Releases memory from gb_allocate. Accepts NULL. */
GB_EXPORT void gb_release(gb_context *context, void *block);

/* The version of the library, "major.minor.patch". */
GB_EXPORT const char *gb_version(void);

#ifdef __cplusplus
}
#endif
#endif
