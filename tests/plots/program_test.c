/* SPDX-License-Identifier: MIT */
/* A program that hangs is ended, also when it has closed its messages; one that fails is quoted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "place.h"
#include "plots/program.h"
#include "support/file.h"

static gb_status run(place *p, const char *script, int most_seconds) {
    char shell[] = "sh", take[] = "-c", words[256];
    char *const arguments[] = {shell, take, words, NULL};
    snprintf(words, sizeof words, "%s", script);
    return program_run(p->context, p->folder, arguments, "figure.gp", "dash", most_seconds);
}

static void expect(place *p, const char *script, int most_seconds, const char *sentence) {
    assert_int_equal(run(p, script, most_seconds), GB_IO);
    if (!strstr(gb_context_message(p->context), sentence))
        fail_msg("\"%s\" lacks \"%s\"", gb_context_message(p->context), sentence);
}

static void test_ends(void **state) {
    place *p = *state;
    char path[256];
    assert_int_equal(run(p, "echo said >&2; exit 0", 60), GB_OK);
    expect(p, "echo no such terminal >&2; exit 3", 60, "figure.gp: no such terminal");
    expect(p, "kill -9 $$", 60, "no reason given");
    char missing[] = "no-such-program";
    char *const arguments[] = {missing, NULL};
    assert_int_equal(program_run(p->context, p->folder, arguments, "figure.gp", "that-package", 60), GB_IO);
    assert_non_null(strstr(gb_context_message(p->context), "apt-get install that-package"));
    /* Ended, or else it would write the file; exec: the program itself, not a child of the shell. */
    expect(p, "exec sleep 1000", 1, "took longer than 1 second on ");
    expect(p, "exec 2>&-; sleep 3; touch survived", 1, "figure.gp and was ended");
    sleep(3);
    snprintf(path, sizeof path, "%s/survived", p->folder);
    assert_false(file_exists(path));
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test_setup_teardown(test_ends, place_set_up, place_tear_down)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
