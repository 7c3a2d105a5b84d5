/* SPDX-License-Identifier: MIT */
/* gnuplot's pictures are shortened for the page: they show the same in fewer bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "plots/report/report.h"
#include "plots/report/svg_path.h"

#define GROUP "<g fill=\"none\" color=\"black\" stroke=\"currentColor\" stroke-width=\"1.80\" stroke-linecap=\"butt\" "
#define DEFINITIONS                                                                                                    \
    "<defs>\n\t<path id='gpPt0' stroke-width='0.222' d='M-1,0 h2 M0,-1 v2'/>\n"                                        \
    "\t<circle id='gpPt5' stroke-width='0.222' stroke='currentColor' cx='0' cy='0' r='1'/>\n"                          \
    "\t<use xlink:href='#gpPt5' id='gpPt6' fill='currentColor' stroke='none'/>\n"                                      \
    "\t<filter id='textbox' x='0'>\n\t  <feFlood flood-color='white'/>\n\t</filter>\n</defs>\n"
#define POINT(x, y, colour)                                                                                            \
    "<use xlink:href='#gpPt6' transform='translate(" x "," y ") scale(2.70)' color='" colour "'/>\n"

/* The contents of a shortened picture, without its outer tag. */
static char *inside(const char *content) {
    text svg = {0}, page = {0};
    text_append(&svg,
                "<?xml version=\"1.0\"?>\n<svg \n viewBox=\"0 0 760 336\"\n xmlns=\"http://www.w3.org/2000/svg\"\n"
                " xmlns:xlink=\"http://www.w3.org/1999/xlink\"\n>\n\n<title>Gnuplot</title>\n"
                "<desc>Produced by GNUPLOT</desc>\n");
    text_append_bytes(&svg, content, strlen(content));
    text_append(&svg, "</svg>\n");
    report_svg(&page, svg.data, "f7-", "what it <shows>");
    static const char head[] = "<svg role=\"img\" aria-label=\"what it &lt;shows&gt;\" style=\"max-width:855px\" "
                               "viewBox=\"0 0 760 336\" xmlns=\"http://www.w3.org/2000/svg\">",
                      end[] = "</svg>\n";
    assert_false(svg.failed || page.failed);
    assert_memory_equal(page.data, head, strlen(head));
    assert_string_equal(page.data + page.length - strlen(end), end);
    char *taken = strndup(page.data + strlen(head), page.length - strlen(head) - strlen(end));
    text_free(&svg);
    text_free(&page);
    return taken;
}

static void assert_becomes(const char *content, const char *expected) {
    char *found = inside(content);
    assert_string_equal(found, expected);
    free(found);
}

/* Attributes that the style sheet says, groups without content, and groups that go on. */
static void test_groups(void **state) {
    (void)state;
    assert_becomes(GROUP "stroke-linejoin=\"miter\">\n</g>\n", "");
    assert_becomes("<g id=\"gnuplot_plot_1a\" ><title>rnn</title>\n" GROUP ">\n</g>\n\t</g>\n", "");
    assert_becomes("<g id=\"gnuplot_plot_1a\" >" GROUP
                   ">\n<path stroke='black'  d='M1.00,2.00 L3.00,2.00  '/></g>\n</g>\n"
                   "<g id=\"gnuplot_plot_2a\" ><title>gru</title>\n" GROUP ">\n"
                   "<path stroke='rgb(213,  94,   0)' stroke-dasharray='5.4,4.5'  d='M1.26,2 L3,2 '/></g>\n</g>\n"
                   "<g fill=\"none\" color=\"gray\" stroke=\"currentColor\" stroke-width=\"0.80\">\n"
                   "<path d='M1,2 L3,2'/></g>",
                   "<g stroke-width=\"1.8\"><path d='m1 2 2 0'/>"
                   "<path stroke='#d55e00' stroke-dasharray='5.4,4.5' d='m1.3 2 1.7 0'/></g>"
                   "<g color=\"gray\" stroke-width=\".8\"><path d='m1 2 2 0'/></g>");
    assert_becomes(
        "<g transform=\"translate(7.20,-0.04) rotate(270.00)\" stroke=\"none\" fill=\"rgb(0,0,0)\" "
        "font-family=\"sans-serif\" font-size=\"12.00\"  text-anchor=\"end\">\n<text>a &lt; b 1.50</text></g>",
        "<g transform=\"translate(7.2,-0) rotate(270)\" font-size=\"12\" text-anchor=\"end\">"
        "<text>a &lt; b 1.50</text></g>");
    assert_becomes("<g stroke=\"none\" fill=\"rgb(128, 128, 128)\" font-size=\"12.00\" ><text>a</text></g>",
                   "<g fill=\"#808080\" font-size=\"12\"><text>a</text></g>");
}

/* Lines keep their corners, and nothing else. */
static void test_paths(void **state) {
    (void)state;
    assert_becomes("<path d='M0,0 L10,10.04 L20,19.97 L30,30 L40,0 L50,30 M7,7 M60,60 L60,50'/>",
                   "<path d='m0 0 30 30 10-30 10 30m10 30 0-10'/>");
    assert_becomes("<path d='M5.00,5.00 L9.00,5.00 L5.00,5.00 '/>", "<path d='m5 5 4 0-4 0'/>"); /* there and back */
    assert_becomes("<path d='M5.00,5.00 L5.00,5.00 M874.8,89.9 '/>", "<path d='m5 5 0 0'/>");
    assert_becomes("<path stroke='black' d='M 1 2 C 3 4 5 6 7 8'/>", "<path d='M 1 2 C 3 4 5 6 7 8'/>");
    assert_becomes("<path stroke='black' d='M3,3 M4,4'/>", "");
    assert_becomes("<polygon fill = 'rgb(  0, 158, 115)' fill-opacity = '0.180000' points = '1,1 5,1 5,9 '/>",
                   "<path fill='#009e73' fill-opacity='.18' d='m1 1 4 0 0 8z'/>");
    /* A slow curve is straight nowhere for long: no kept line is a tenth of a pixel away from it. */
    text curve = {0};
    for (int i = 0; i <= 1000; i++)
        text_append(&curve, "%s%.2f,%.2f ", i ? "L" : "M", i / 2., i * i / 10000.);
    text page = {0};
    svg_append_path(&page, curve.data, curve.length, false);
    size_t numbers = 0;
    for (const char *c = page.data; *c; c++)
        numbers += *c == ' ' || *c == '-';
    assert_in_range(numbers, 20, 200);
    text_free(&curve);
    text_free(&page);
}

/* Points of one kind are one path; single ones stay. Definitions stay that something uses, directly or not. */
static void test_points(void **state) {
    (void)state;
#define CIRCLE                                                                                                         \
    "<defs><circle id='f7-gpPt5' stroke-width='.222' stroke='currentColor' cx='0' cy='0' r='1'/>"                      \
    "<use href='#f7-gpPt5' id='f7-gpPt6' fill='currentColor' stroke='none'/></defs>"
#define BLUE "<use href='#f7-gpPt6' transform='scale(2.70)' color='#0072b2'/>"
    assert_becomes(DEFINITIONS GROUP ">" POINT("1.26", "2.00", "rgb(  0, 114, 178)") "</g>",
                   CIRCLE "<g stroke-width=\"1.8\">"
                          "<use href='#f7-gpPt6' transform='translate(1.3,2) scale(2.7)' color='#0072b2'/></g>");
    assert_becomes(
        DEFINITIONS GROUP ">" POINT("1.26", "2.00", "rgb(  0, 114, 178)") POINT("2.00", "2.00", "rgb(  0, 114, 178)")
            POINT("3.00", "2.00", "rgb(  0, 114, 178)") POINT("3.00", "2.00", "black")
                POINT("9.00", "9.00", "rgb(  0, 114, 178)") POINT("9.00", "9.00", "rgb(  0, 114, 178)")
                    POINT("9.00", "5.00", "rgb(  0, 114, 178)") "</g>",
        CIRCLE "<g stroke-width=\"1.8\"><marker id=\"f7-m0\" overflow=\"visible\" markerUnits=\"userSpaceOnUse\">" BLUE
               "</marker><path style=\"marker:url(#f7-m0)\" fill=\"none\" stroke=\"none\" d=\"m1.3 2 .7 0 1 0\"/>"
               "<use href='#f7-gpPt6' transform='translate(3,2) scale(2.7)' color='currentColor'/>"
               "<path style=\"marker:url(#f7-m0)\" fill=\"none\" stroke=\"none\" d=\"m9 9 0 0 0-4\"/></g>");
    assert_becomes(DEFINITIONS "<g filter=\"url(#textbox)\"><text>a</text></g>",
                   "<defs><filter id='f7-textbox' x='0'><feFlood flood-color='white'/></filter></defs>"
                   "<g filter=\"url(#f7-textbox)\"><text>a</text></g>");
}

/* What cannot be read is kept, and ends. */
static void test_broken(void **state) {
    (void)state;
    static const char *const broken[] = {"<",           "<g",         "<path d='M1,2",  "<use transform='translate(1",
                                         "<g id='x' y", "<defs><use", "<defs>",         "</g></g><g>",
                                         "<1 2>",       "<!-- a",     "<path d=M1,2/>", "<title>"};
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        text page = {0}, svg = {0};
        text_append(&svg, "<svg>%s", broken[i]);
        report_svg(&page, svg.data, "f1-", "");
        assert_non_null(page.data);
        text_free(&page);
        text_free(&svg);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_groups), cmocka_unit_test(test_paths),
                                       cmocka_unit_test(test_points), cmocka_unit_test(test_broken)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
