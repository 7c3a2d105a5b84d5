/* SPDX-License-Identifier: MIT */
/* The report as a whole: verdicts come first, it loads nothing from elsewhere, is well-formed, and its ids are unique.
 */
#include <limits.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fixture.h"
#include "place.h"
#include "plots/plots.h"

static char *words(const char *string) {
    return strdup(string);
}

static verdict make_verdict(const char *id, const char *statement, const char *outcome, const char *sentence,
                            const char *evidence) {
    verdict v = {.statement = words(statement),
                 .rule = words("supported iff the bag is bit-identical on every pair and each bound is > 0.95"),
                 .words = words(sentence),
                 .evidence = words(evidence),
                 .matching = words("width")};
    snprintf(v.id, sizeof v.id, "%s", id);
    snprintf(v.outcome, sizeof v.outcome, "%s", outcome);
    return v;
}

static void free_verdict(verdict *v) {
    free(v->statement);
    free(v->rule);
    free(v->words);
    free(v->evidence);
    free(v->matching);
    free(v->recipes);
    findings_free(&v->findings);
}

/* Reads the report of three experiments, judged by hand. */
static char *write_report(place *p, const char *title, const char *format, size_t *size) {
    results *all[] = {fixture_recall(3), fixture_vanishing(3), fixture_ledger()};
    char path[PATH_MAX], source[] = "Chung et al. 2014", task[] = "music, JSB", cell[] = "gru", metric[] = "nll",
                         unit[] = "nats per frame", protocol[] = "", reason[] = "inside the band 8.2 to 9.2";
    verdict judged[] = {
        make_verdict("C1", "A standard network treats its inputs as independent.", "supported",
                     "The bag cannot tell who bit whom; every sequential cell can.",
                     "bag: 500 of 500 pairs bit-identical\nlstm: 0.998 [0.991, 1.000]"),
        make_verdict("C2", title, "conditional", "Holds only when trained at the gap itself.",
                     "rnn, gap 50, fixed: 0.102 [0.094, 0.112]\nrnn, gap 50, drawn: 0.94 [0.92, 0.95]"),
        make_verdict("C4", "The GRU needs significantly fewer parameters.", "refuted", "It does not.", "ratio 0.75"),
        make_verdict("C5", "The GRU performs as the LSTM does.", "undecided", "About 6 more seeds.", "")};
    judged[1].recipes = words("vanishing recall");
    findings_scale(&judged[0].findings, 0.95, INFINITY, "sees order", "accuracy on new sentences");
    static const char *const sequential[] = {"rnn", "gru"};
    for (size_t i = 0; i < 2; i++) {
        finding *f = findings_add(&judged[0].findings, sequential[i], all[0]->name, "width");
        f->value = (interval){0.99, 0.98, 1, 3};
        f->side = FINDING_FOR;
        snprintf(f->word, sizeof f->word, "sees order");
    }
    published_row row = {.source = source,
                         .task = task,
                         .cell = cell,
                         .metric = metric,
                         .unit = unit,
                         .protocol = protocol,
                         .value = 8.54,
                         .band_low = 8.2,
                         .band_high = 9.2,
                         .ours = {8.61, 8.55, 8.67, 5},
                         .outcome = "reproduced",
                         .reason = reason};
    verdict_list verdicts = {judged, 4};
    published_row rows[] = {row, row};
    snprintf(rows[1].outcome, sizeof rows[1].outcome, "not run");
    published_list published = {rows, 2};
    free(all[0]->title);
    all[0]->title = words(title);
    free(all[1]->created);
    all[1]->created = words(title); /* a file may say anything of itself */
    snprintf(path, sizeof path, "%s/report.%s", p->folder, format);
    if (plots_report(p->context, &(report_request){.all = all,
                                                   .count = 3,
                                                   .verdicts = &verdicts,
                                                   .published = &published,
                                                   .folder = p->folder,
                                                   .path = path,
                                                   .format = format}) != GB_OK)
        fail_msg("%s", gb_context_message(p->context));
    for (size_t i = 0; i < 3; i++)
        results_free(all[i]);
    for (size_t i = 0; i < 4; i++)
        free_verdict(&judged[i]);
    char name[32];
    snprintf(name, sizeof name, "report.%s", format);
    return place_read(p, name, size);
}

static void assert_has(const char *page, const char *part) {
    if (!strstr(page, part))
        fail_msg("the report lacks \"%s\"", part);
}

/* Every src and href is a place in the page or data in it. */
static void assert_self_contained(const char *page) {
    static const char *const marks[] = {"href=", "src=", "url(", "@import"};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        for (const char *c = strstr(page, marks[i]); c; c = strstr(c + 1, marks[i])) {
            const char *target = c + strlen(marks[i]);
            if (*target == '&') /* escaped: text, not markup */
                continue;
            target += *target == '"' || *target == '\'';
            if (*target != '#' && strncmp(target, "data:", 5) != 0)
                fail_msg("the report needs %.60s", c);
        }
    }
    assert_non_null(strstr(page, "default-src 'none'")); /* and the browser holds it to that */
    const char *script = strstr(page, "<script");
    assert_true(script && !strstr(script + 1, "<script")); /* its own, and no other */
}

static void assert_well_formed(const place *p) {
    char command[256];
    snprintf(command, sizeof command, "command -v xmllint >/dev/null || exit 0; xmllint --noout '%s/report.html'",
             p->folder);
    assert_int_equal(system(command), 0);
}

static void test_report(void **state) {
    place *p = *state;
    size_t size;
    char *page = write_report(p, "How far back can each cell remember one word?", "html", &size);
    const char *cards = strstr(page, "class=\"cards\""), *matrix = strstr(page, "id=\"matrix\""),
               *published = strstr(page, "id=\"published\""),
               *experiment = strstr(page, "<section class=\"experiment\" id=\"recall-quick\""),
               *provenance = strstr(page, "<section id=\"provenance\"");
    assert_true(cards && matrix && published && experiment && provenance);
    assert_true(cards < matrix && matrix < published && published < experiment && experiment < provenance);
    const char *first = strstr(page, "id=\"vanishing\""), *last = strstr(page, "id=\"ledger\"");
    assert_true(first && last && first < experiment && experiment < last); /* as the claims tell them */
    assert_has(page, "<h1>RNN, LSTM or GRU?</h1>");
    assert_has(page, "Of 4 claims about these cells 1 holds (C1), 1 holds only in some settings (C2), 1 does not hold "
                     "(C4), 1 is undecided (C5).");
    assert_has(page, "1 of 2 published numbers can be compared with ours; 1 of these are within their declared band");
    assert_has(page, "class=\"outcome partly\"><span aria-hidden=\"true\">◐</span> conditional<");
    assert_has(page, "<th scope=\"row\">rnn</th><td><strong class=\"outcome yes\"><span aria-hidden=\"true\">✓</span> "
                     "sees order</strong></td>");
    assert_has(page, "aria-label=\"C1: Forest plot: accuracy on new sentences; shaded where it means sees order.");
    assert_has(page, "For C1 (A standard network treats its inputs as independent.): sees order in all 2 "
                     "(rnn at equal width, gru at equal width).");
    assert_has(page, "<li>lstm: 0.998 [0.991, 1.000]</li>");
    assert_has(page, "<code>gatebench run recall quick lr=1e-3</code>");
    assert_has(page, "<code>gatebench run recall-quick lr=1e-3 -o here</code>");
    assert_has(page, "Scaled down and provisional");
    assert_has(page, "commit 0123abcd4567+changes");
    assert_has(page, "Wilson 95 % interval");
    assert_has(page, "role=\"img\" aria-label=\"Share of test sequences");
    assert_has(page, "data-name=\"recall-quick-accuracy_by_gap.csv\">panel,group,series");
    assert_has(page, "id='f1-gpPt");
    assert_has(page, "id='f2-gpPt");
    assert_null(strstr(page, "id='gpPt"));
    assert_null(strstr(page, "\"black\""));
    assert_null(strstr(page, "Not drawn"));
    assert_self_contained(page);
    free(page);
    assert_well_formed(p);
}

static void test_formats(void **state) {
    place *p = *state;
    size_t size;
    char *page = write_report(p, "50 % of _this_ & that?", "md", &size);
    assert_has(page, "## 50 % of \\_this\\_ &amp; that?");
    assert_has(page, "**supported**. The bag cannot tell who bit whom");
    assert_has(page, "](recall-quick-accuracy_by_gap.svg)");
    assert_has(page, "| cell |");
    free(page);
    page = write_report(p, "50 % of _this_ & that?", "latex", &size);
    assert_has(page, "\\section*{50 \\% of \\_\\allowbreak{}this\\_\\allowbreak{} \\& that?}");
    assert_has(page, "\\toprule");
    assert_has(page, "{{recall-quick-accuracy_by_gap}.pdf}");
    free(page);
    results *r = fixture_recall(1);
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/report.x", p->folder);
    assert_int_equal(
        plots_report(p->context,
                     &(report_request){.all = &r, .count = 1, .folder = p->folder, .path = path, .format = "docx"}),
        GB_INVALID);
    results_free(r);
}

/* Names that contain HTML, and letters that pdflatex does not have. */
static const char hostile[] = "<script src='http://x'>\xff\x01</script>\"& -->]]> \\input{x} $_^~# 字 Д 😀 \u202e";

static void test_hostile_title(void **state) {
    place *p = *state;
    size_t size;
    char *page = write_report(p, hostile, "html", &size);
    assert_self_contained(page);
    assert_has(page, "&lt;script src=&#39;http://x&#39;&gt;? &lt;/script&gt;&quot;&amp; --&gt;]]&gt; \\input{x}");
    free(page);
    assert_well_formed(p);
    page = write_report(p, hostile, "latex", &size);
    assert_has(page, "\\textbackslash{}input\\{x\\}");
    free(page);
}

/* LaTeX stops at none of it. */
static void test_typeset(void **state) {
    place *p = *state;
    size_t size;
    if (system("command -v pdflatex >/dev/null && kpsewhich booktabs.sty >/dev/null") != 0)
        skip();
    char *page = write_report(p, hostile, "pdf", &size);
    assert_memory_equal(page, "%PDF", 4);
    free(page);
}

static gb_status report_one(place *p, results *r, const char *path) {
    return plots_report(
        p->context,
        &(report_request){.all = &r, .count = 1, .chosen = true, .folder = p->folder, .path = path, .format = "html"});
}

/* A figure for which the file has no data is reported as missing; the rest of the report is complete. */
static void test_missing_figure(void **state) {
    place *p = *state;
    char path[PATH_MAX];
    size_t size;
    results *r = fixture_results("r-full", "Nothing yet?", "figures: [gradient_by_lag, nonsense]");
    snprintf(path, sizeof path, "%s/report.html", p->folder);
    assert_int_equal(report_one(p, r, path), GB_OK);
    char *page = place_read(p, "report.html", &size);
    assert_has(page, "Not drawn: r-full: ");
    assert_has(page, "\">r</a><a href=\"#provenance\">");
    assert_has(page, "there is no figure &quot;nonsense&quot;");
    assert_has(page, "No trial of the final stage");
    free(page);
    results_free(r);
}

/* gnuplot fails on one figure of two: the page has the other, says so, and so does the call once the page is there. */
static void test_failed_figure(void **state) {
    place *p = *state;
    char path[PATH_MAX];
    size_t size;
    results *r = fixture_recall(1);
    snprintf(path, sizeof path, "%s/report.html", p->folder);
    place_set_gnuplot(p,
                      "case $4 in *learning_curves*) echo no such terminal >&2; exit 1 ;; esac\n"
                      "{ echo '<svg xmlns=\"http://www.w3.org/2000/svg\"><text>drawn</text>'; seq 100; echo '</svg>'; "
                      "if [ $term = pdf ]; then echo %%EOF; fi; } >$output");
    assert_int_equal(report_one(p, r, path), GB_IO);
    assert_has(gb_context_message(p->context), "report.html is written, but lacks 1 figure: gnuplot failed on");
    assert_has(gb_context_message(p->context), "no such terminal");
    char *page = place_read(p, "report.html", &size);
    assert_has(page, "Not drawn: gnuplot failed on");
    assert_has(page, "<text>drawn</text>");
    assert_has(page, "</html>");
    free(page);
    results_free(r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_report, place_set_up, place_tear_down),
        cmocka_unit_test_setup_teardown(test_formats, place_set_up, place_tear_down),
        cmocka_unit_test_setup_teardown(test_hostile_title, place_set_up, place_tear_down),
        cmocka_unit_test_setup_teardown(test_typeset, place_set_up, place_tear_down),
        cmocka_unit_test_setup_teardown(test_missing_figure, place_set_up, place_tear_down),
        cmocka_unit_test_setup_teardown(test_failed_figure, place_set_up, place_tear_down),
    };
    if (system("command -v gnuplot >/dev/null") != 0) {
        print_message("skipped: gnuplot is not installed (package gnuplot-nox)\n");
        return 77;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
