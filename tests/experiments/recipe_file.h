/* SPDX-License-Identifier: MIT */
/* What the tests of recipes share: a context and recipes written to files of their own. */
#ifndef GATEBENCH_TESTS_RECIPE_FILE_H
#define GATEBENCH_TESTS_RECIPE_FILE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "experiments/recipe/recipe.h"
#include "support/file.h"

static gb_context *context;
static char folder[64] = "/tmp/gatebench-recipe-XXXXXX";

static int set_up(void **state) {
    (void)state;
    return gb_context_create(NULL, &context) != GB_OK || !mkdtemp(folder);
}

static int tear_down(void **state) {
    (void)state;
    char path[128];
    static const char *const names[] = {"a.yaml", "b.yaml", "c.yaml"};
    for (size_t i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        unlink(path);
    }
    gb_context_destroy(context);
    return rmdir(folder);
}

/* Writes a file of the test's folder and returns its path (valid until the next call). */
static inline const char *write_recipe(const char *name, const char *content) {
    static char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    assert_int_equal(file_replace(context, path, content, strlen(content)), GB_OK);
    return path;
}

/* Reads text as a recipe that must be good; overrides end with NULL. */
static inline recipe *read_good(const char *content, const char *profile, const char *const *overrides) {
    yaml_errors errors = {0};
    recipe *r;
    size_t count = 0;
    while (overrides && overrides[count])
        count++;
    gb_status status = recipe_read(context, write_recipe("a.yaml", content), profile, overrides, count, &errors, &r);
    if (status != GB_OK)
        fail_msg("%s\n%s", gb_context_message(context), errors.text ? errors.text : "");
    assert_int_equal(errors.count, 0);
    return r;
}

#endif
