/* SPDX-License-Identifier: MIT */
/* Values that differ only at the end of a long text, such as paths of data: they are not averaged, and figures show
 * their ends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fixture.h"
#include "plots/figure_script.h"

enum { LENGTH = 300 };

/* Two files, each with two seeds; the loss is that of the file. */
static results *two_files(void) {
    char path[LENGTH + 1];
    results *r = fixture_results("paths", "Which file?", "sweep: {file: [a, b], seed: [1, 2]}\n");
    memset(path, 'p', LENGTH);
    path[LENGTH] = '\0';
    for (int file = 0; file < 2; file++)
        for (int seed = 1; seed <= 2; seed++) {
            fixture_trial(r, "gru", seed);
            path[LENGTH - 1] = file ? 'b' : 'a';
            assert_true(table_set_text(&r->runs, "file", path));
            assert_true(table_set_number(&r->runs, "loss", file + 0.1 * seed));
            assert_true(table_set_integer(&r->runs, "length", 5));
        }
    return r;
}

/* As panels, as places on the x axis, and as lines. */
static void test_long_values_stay_apart(void **state) {
    static const char *const names[] = {"loss_by_length", "loss_by_file", "loss_by_length_per_file"};
    results *r = two_files();
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        figure *f = NULL;
        figure_data data = {0};
        text csv = {0}, script = {0};
        if (figure_read(*state, names[i], &f) != GB_OK || data_gather(*state, f, r, &data) != GB_OK)
            fail_msg("%s: %s", names[i], gb_context_message(*state));
        assert_int_equal(data.point_count, 2);
        assert_int_equal(data.points[0].value.n, 2);
        assert_float_equal(data.points[1].value.estimate, 1.15, 1e-9);
        script_write_csv(f, &data, &csv);
        assert_int_equal(script_write(*state, f, &data, NULL, "", "stem", &script), GB_OK);
        assert_non_null(strstr(csv.data, "ppa\""));
        assert_non_null(strstr(csv.data, "ppb\""));
        assert_non_null(strstr(script.data, "ppa'"));
        assert_non_null(strstr(script.data, "ppb'"));
        text_free(&csv);
        text_free(&script);
        data_free(&data);
        figure_free(f);
    }
    results_free(r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_long_values_stay_apart, fixture_set_up, fixture_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
