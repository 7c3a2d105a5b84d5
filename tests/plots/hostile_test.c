/* SPDX-License-Identifier: MIT */
/* Text that gnuplot must not run as a command, and random letters of every kind, wherever figures show text. */
#include <limits.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "fixture.h"
#include "place.h"
#include "plots/plots.h"
#include "support/file.h"
#include "support/text.h"

/* What gnuplot 5.4 would run if it got out of its quotes, and what XML could not hold. */
static const char *const hostile[] = {"`touch canary`",
                                      "'.system('touch canary').'",
                                      "' ; !touch canary\n!touch canary\n",
                                      "\"`touch canary`\"",
                                      "@canary",
                                      "<touch canary",
                                      "|touch canary",
                                      "x\\",
                                      "%s%n%d",
                                      "a_b^{c}&<svg onload='x'>",
                                      "\xff\xfe \xc3(",
                                      "\x01\x1b[31m\x7f",
                                      "\xef\xbf\xbf",
                                      "EOD\nEOD",
                                      "$(touch canary)",
                                      "\"\n\"\n!touch canary\n"};

/* Whether nothing that was drawn ran the canary, and every SVG is well-formed where xmllint is there. */
static void check_canary(place *p) {
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/canary", p->folder);
    assert_false(file_exists(path));
    snprintf(path, sizeof path, "command -v xmllint >/dev/null || exit 0; xmllint --noout '%s'/*.svg", p->folder);
    assert_int_equal(system(path), 0);
}

static void test_hostile_names(void **state) {
    place *p = *state;
    for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i++) {
        results *r = fixture_results("r", hostile[i], "sweep: {cell: [a, b], train_gap: [a], seed: [1]}");
        free(r->name);
        r->name = strdup(hostile[i]);
        for (int panel = 0; panel < 2; panel++)
            for (int gap = 5; gap <= 50; gap += 45) {
                fixture_trial(r, hostile[i], 1);
                table_set_integer(&r->runs, "gap", gap);
                table_set_text(&r->runs, "train_gap", panel ? hostile[i] : "fixed");
                table_set_integer(&r->runs, "correct", 5);
                table_set_integer(&r->runs, "predictions", 10);
                table_set_number(&r->runs, "accuracy", 0.5);
            }
        if (plots_draw(p->context, r, "accuracy_by_gap", p->folder, NULL) != GB_OK)
            fail_msg("%s: %s", hostile[i], gb_context_message(p->context));
        results_free(r);
    }
    check_canary(p);
}

/* A random letter of UTF-8, often one that gnuplot, LaTeX or XML would take for something. */
static void append_letter(text *t, uint64_t *state) {
    static const char special[] = "'\"`$@{}^_&%#\\~<>|!;\n\t ";
    static const uint32_t ranges[] = {0x20, 0x7F, 0xA0, 0x250, 0x370, 0x600, 0x4E00, 0x9FFF, 0x1F300, 0x1F5FF};
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    uint32_t draw = (uint32_t)(*state >> 33), kind = draw % 8, c = ranges[2 * (draw / 8 % 5)];
    if (kind < 3) {
        text_append_bytes(t, &special[draw / 8 % (sizeof special - 1)], 1);
        return;
    }
    c += draw / 64 % (ranges[2 * (draw / 8 % 5) + 1] - c);
    const unsigned char bytes[] = {(unsigned char)(c < 0x80      ? c
                                                   : c < 0x800   ? 0xC0 | c >> 6
                                                   : c < 0x10000 ? 0xE0 | c >> 12
                                                                 : 0xF0 | c >> 18),
                                   (unsigned char)(0x80 | ((c < 0x800     ? c
                                                            : c < 0x10000 ? c >> 6
                                                                          : c >> 12) &
                                                           0x3F)),
                                   (unsigned char)(0x80 | ((c < 0x10000 ? c : c >> 6) & 0x3F)),
                                   (unsigned char)(0x80 | (c & 0x3F))};
    text_append_bytes(t, (const char *)bytes, c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4);
}

/* 10,000 random titles, each up to 300 letters long or a canary, as rows of forests. */
static void test_random_titles(void **state) {
    enum { ROWS = 500, FIGURES = 20, LETTERS = 300 };
    place *p = *state;
    uint64_t seed = 14;
    published_row *rows = calloc(ROWS, sizeof *rows);
    char empty[] = "", metric[] = "nll", source[] = "touch canary";
    for (int figure = 0; figure < FIGURES; figure++) {
        for (size_t i = 0; i < ROWS; i++) {
            text name = {0};
            size_t letters = i % 10 == 0 ? LETTERS : 1 + i % 40;
            text_append(&name, "%s", i % 7 == 0 ? hostile[i / 7 % (sizeof hostile / sizeof *hostile)] : "");
            for (size_t k = 0; k < letters; k++)
                append_letter(&name, &seed);
            rows[i] = (published_row){.source = source,
                                      .task = name.data,
                                      .cell = empty,
                                      .metric = metric,
                                      .unit = empty,
                                      .value = 1,
                                      .band_low = 0.5,
                                      .band_high = 2,
                                      .ours = {1, 0.9, 1.1, 3},
                                      .outcome = "reproduced"};
        }
        const published_list list = {rows, ROWS};
        if (plots_draw_published(p->context, &list, p->folder, &(plots_look){.formats = "svg"}) != GB_OK)
            fail_msg("%s", gb_context_message(p->context));
        check_canary(p);
        for (size_t i = 0; i < ROWS; i++)
            free(rows[i].task);
    }
    free(rows);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_hostile_names, place_set_up, place_tear_down),
        cmocka_unit_test_setup_teardown(test_random_titles, place_set_up, place_tear_down),
    };
    if (system("command -v gnuplot >/dev/null") != 0) {
        print_message("skipped: gnuplot is not installed (package gnuplot-nox)\n");
        return 77;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
