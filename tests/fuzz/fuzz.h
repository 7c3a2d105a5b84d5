/* SPDX-License-Identifier: MIT */
/* What the harnesses share: a context, a file that is in memory only, and what must hold of every refusal. */
#ifndef GATEBENCH_TESTS_FUZZ_FUZZ_H
#define GATEBENCH_TESTS_FUZZ_FUZZ_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

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

/* A refusal is about data (or, of columns asked for, the request), and names the file. */
static inline void fuzz_check_refusal(gb_status status, const char *path) {
    if (status != GB_DATA && status != GB_INVALID)
        abort();
    if (strncmp(gb_context_message(context), path, strlen(path)) != 0)
        abort();
}

#endif
