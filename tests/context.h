/* SPDX-License-Identifier: MIT */
/* The context of a test program, for the set-up and tear-down of its group:
 * cmocka_run_group_tests(tests, open_context, close_context). */
#ifndef GATEBENCH_TESTS_CONTEXT_H
#define GATEBENCH_TESTS_CONTEXT_H

#include "gatebench/context.h"

static gb_context *context;

static int open_context(void **state) {
    (void)state;
    return gb_context_create(NULL, &context) != GB_OK;
}

static int close_context(void **state) {
    (void)state;
    gb_context_destroy(context);
    return 0;
}

#endif
