/* SPDX-License-Identifier: MIT */
/* Shared by the harnesses: a context, a file that is in memory only, and the checks of every error message. */
#ifndef GATEBENCH_TESTS_FUZZ_FUZZ_H
#define GATEBENCH_TESTS_FUZZ_FUZZ_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "datasets/files/own.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static gb_context *context;

/* The bytes as a file of the user's, in a block of their own with a NUL after the end; free(file.bytes). */
static inline own_file fuzz_file(const char *path, const uint8_t *bytes, size_t size) {
    own_file file = {.path = path, .bytes = malloc(size + 1), .size = size};
    if (!file.bytes || (!context && gb_context_create(NULL, &context) != GB_OK))
        abort();
    memcpy(file.bytes, bytes, size);
    file.bytes[size] = '\0';
    return file;
}

static int fuzz_descriptor = -1;

/* The path of a file that is in memory alone, for readers that open files themselves. */
static inline char *fuzz_place(const char *name) {
    static char path[64];
    if (fuzz_descriptor < 0) {
        fuzz_descriptor = memfd_create(name, 0);
        snprintf(path, sizeof path, "/proc/self/fd/%d", fuzz_descriptor);
        if (fuzz_descriptor < 0 || gb_context_create(NULL, &context) != GB_OK)
            abort();
    }
    return path;
}

/* Gives it these bytes. */
static inline void fuzz_put(const uint8_t *bytes, size_t size) {
    if (pwrite(fuzz_descriptor, bytes, size, 0) != (ssize_t)size || ftruncate(fuzz_descriptor, (off_t)size) != 0)
        abort();
}

/* A refusal is about data (or, of columns asked for, the request), and names the file. */
static inline void fuzz_check_refusal(gb_status status, const char *path) {
    if (status != GB_DATA && status != GB_INVALID)
        abort();
    if (strncmp(gb_context_message(context), path, strlen(path)) != 0)
        abort();
}

#endif
