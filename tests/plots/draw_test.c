/* SPDX-License-Identifier: MIT */
/* Every figure drawn from results made by hand; what is refused; and text that would like to be a command. */
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
#include "plots/plots.h"
#include "support/file.h"

typedef struct place {
    gb_context *context;
    char folder[64];
} place;

static int set_up(void **state) {
    place *p = calloc(1, sizeof *p);
    if (!p)
        return -1;
    strcpy(p->folder, "/tmp/gatebench-plots-XXXXXX");
    *state = p;
    return mkdtemp(p->folder) && gb_context_create(NULL, &p->context) == GB_OK ? 0 : -1;
}

static int tear_down(void **state) {
    place *p = *state;
    char command[128];
    snprintf(command, sizeof command, "rm -r '%s'", p->folder);
    int ended = getenv("GATEBENCH_KEEP") ? 0 : system(command);
    gb_context_destroy(p->context);
    free(p);
    return ended;
}

static char *read_made(place *p, const char *name, size_t *size) {
    char path[PATH_MAX], *bytes = NULL;
    snprintf(path, sizeof path, "%s/%s", p->folder, name);
    if (file_read(p->context, path, 16 << 20, &bytes, size) != GB_OK)
        fail_msg("%s", gb_context_message(p->context));
    return bytes;
}

/* Draws a figure in both formats; the SVG must hold each of the words, and be well-formed where xmllint is there. */
static void draw_and_check(place *p, const results *r, const char *figure, const char *const *words) {
    char name[128], command[256];
    size_t size;
    if (plots_draw(p->context, r, figure, p->folder, "svg,pdf") != GB_OK)
        fail_msg("%s", gb_context_message(p->context));
    snprintf(name, sizeof name, "%s-%s.pdf", r->name, figure);
    char *pdf = read_made(p, name, &size);
    assert_true(size > 1000);
    assert_memory_equal(pdf, "%PDF-", 5);
    free(pdf);
    snprintf(name, sizeof name, "%s-%s.svg", r->name, figure);
    char *svg = read_made(p, name, &size);
    for (; *words; words++) {
        if (!strstr(svg, *words))
            fail_msg("%s lacks \"%s\"", name, *words);
    }
    assert_non_null(strstr(svg + size - 10, "</svg>")); /* whole */
    free(svg);
    snprintf(command, sizeof command, "command -v xmllint >/dev/null || exit 0; xmllint --noout '%s/%s'", p->folder,
             name);
    assert_int_equal(system(command), 0);
}

static void test_every_figure(void **state) {
    results *recall = fixture_recall(5), *vanishing = fixture_vanishing(3), *ledger = fixture_ledger();
    draw_and_check(
        *state, recall, "accuracy_by_gap",
        (const char *const[]){"Recall across a gap", "trained at the gap itself", ">chance<", ">lstm<", NULL});
    draw_and_check(*state, recall, "learning_curves",
                   (const char *const[]){"Learning curves", "gap 20", ">gru<", NULL});
    draw_and_check(*state, vanishing, "gradient_by_lag",
                   (const char *const[]){"init keras, after training", "init pytorch, before training", ">rnn<", NULL});
    draw_and_check(*state, ledger, "parameters_by_cell",
                   (const char *const[]){">candidate<", ">forget gate<", ">update gate<", "bias paper", NULL});
    results_free(recall);
    results_free(vanishing);
    results_free(ledger);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test_setup_teardown(test_every_figure, set_up, tear_down)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
