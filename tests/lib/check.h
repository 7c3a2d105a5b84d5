/* SPDX-License-Identifier: MIT */
/* Shared by the library's tests: cmocka and its headers, a context that must not fail, random numbers,
 * and the gradient checker. */
#ifndef GATEBENCH_TESTS_LIB_CHECK_H
#define GATEBENCH_TESTS_LIB_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "gatebench/gatebench.h"

/* Fails the test with the context's sentence unless the call succeeded. */
#define assert_ok(context, call)                                                                                       \
    do {                                                                                                               \
        const gb_status status_of_call = (call);                                                                       \
        if (status_of_call != GB_OK)                                                                                   \
            fail_msg("%s: %s: %s", #call, gb_status_name(status_of_call), gb_context_message(context));                \
    } while (0)

/* Fails the test unless |a - b| <= tolerance. */
void check_near(double a, double b, double tolerance);

gb_context *check_context(void);

/* values[count], uniform on [-scale, scale], from (seed, GB_RANDOM_PROBE, 0) */
void check_draw(uint64_t seed, double scale, double *values, size_t count);

/* malloc that fails the test instead of returning NULL */
void *check_allocate(size_t count, size_t size);

/* L2 of a - b, and of a. */
double check_distance(const double *a, const double *b, size_t count);
double check_norm(const double *a, size_t count);

/* A scalar function of values[], evaluated after one of them was moved. */
typedef double (*check_function)(void *user);

/* Whether analytic[] agrees with central differences of `function` in every `stride`-th of values[count]:
 * L2 distance <= 1e-8 * L2 norm + 1e-7, at eps 1e-5. Prints what differs when `name` is not NULL. */
bool check_gradient(const char *name, double *values, size_t count, size_t stride, const double *analytic,
                    check_function function, void *user);

#endif
