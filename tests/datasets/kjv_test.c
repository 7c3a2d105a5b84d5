/* SPDX-License-Identifier: MIT */
/* The King James text as Debian's `bible` prints it: bytes, SHA-256, symbols, entropies. Skipped without the program.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "datasets/files/catalog.h"
#include "datasets/task.h"

static gb_context *context;
static char cache[] = "/tmp/gatebench-kjv-test-XXXXXX";

static void test_facts(void **state) {
    (void)state;
    char facts[2048] = "";
    task *t;
    if (task_open(context, "chars", NULL, 0, &t) != GB_OK)
        fail_msg("%s", gb_context_message(context));
    FILE *out = tmpfile();
    task_print_facts(t, out);
    rewind(out);
    facts[fread(facts, 1, sizeof facts - 1, out)] = '\0';
    fclose(out);
    static const char *const lines[] = {
        "bytes\t4137850\n", "sha256\tb5c4940bcfeee072c0935b5200d0f9d88a00a0199cb0961d16133458fcdfae5d\n",
        "symbols\t63\n", "order-0 entropy (bits)\t4.3572\n", "order-1 entropy (bits)\t3.2568\n"};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        if (!strstr(facts, lines[i]))
            fail_msg("no \"%s\" in:\n%s", lines[i], facts);
    assert_string_equal(task_sha256(t), "b5c4940bcfeee072c0935b5200d0f9d88a00a0199cb0961d16133458fcdfae5d");
    task_close(t);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_facts)};
    char path[512];
    if (gb_context_create(NULL, &context) != GB_OK || !mkdtemp(cache))
        return 1;
    unsetenv("GATEBENCH_SHARE");
    unsetenv("GATEBENCH_DATA_MIRROR");
    setenv("GATEBENCH_DATA_CACHE", cache, 1);
    int failed = 77;
    gb_status status = data_find(context, "kjv", path, sizeof path);
    if (status == GB_OK)
        failed = cmocka_run_group_tests(tests, NULL, NULL);
    else
        printf("skipped: %s\n", gb_context_message(context));
    bool absent = status == GB_DATA && strstr(gb_context_message(context), "is not here");
    if (status == GB_OK)
        unlink(path);
    rmdir(cache);
    gb_context_destroy(context);
    return status == GB_OK || absent ? failed : 1;
}
