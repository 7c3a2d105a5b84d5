/* SPDX-License-Identifier: MIT */
/* Any title is written as plain text, without markup: 10,000 random titles in HTML, LaTeX and Markdown. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/markup.h"
#include "support/name_list.h"

enum { TITLES = 10000, LONGEST = 300 };

static uint64_t state_of = 20260101;

static uint32_t draw(uint32_t below) {
    state_of = state_of * 6364136223846793005U + 1442695040888963407U;
    return (uint32_t)(state_of >> 33) % below;
}

static size_t put_letter(char *to, uint32_t letter) {
    if (letter < 0x80)
        return to[0] = (char)letter, 1;
    size_t size = letter < 0x800 ? 2 : letter < 0x10000 ? 3 : 4;
    for (size_t i = size - 1; i > 0; i--, letter >>= 6)
        to[i] = (char)(0x80 | (letter & 0x3f));
    to[0] = (char)((0xf0U << (4 - size)) | letter);
    return size;
}

/* Letters of all planes, many of them special, and sometimes bytes that are not letters. */
static void make_title(char *title) {
    static const char special[] = "<>&\"'\\{}$%#_^~`*[]|!-\n\t\x01\x7f=/;:";
    size_t length = 0, letters = draw(LONGEST - 4);
    while (length < letters) {
        uint32_t kind = draw(8);
        uint32_t letter = kind < 3   ? (uint32_t)(unsigned char)special[draw(sizeof special - 1)]
                          : kind < 5 ? 0x20 + draw(0x5f)
                          : kind < 6 ? 0x80 + draw(0x2000)
                          : kind < 7 ? draw(0x110000)
                                     : 0xd800 + draw(0x2800);
        if (draw(40) == 0)
            title[length++] = (char)(0x80 + draw(0x80));
        else if (letter)
            length += put_letter(title + length, letter);
    }
    title[length] = '\0';
}

/* Clean UTF-8: cleaning it again changes nothing. */
static void assert_clean(const text *written) {
    text again = {0};
    names_append_clean(&again, written->data ? written->data : "", SIZE_MAX);
    assert_string_equal(again.data ? again.data : "", written->data ? written->data : "");
    text_free(&again);
}

static void assert_html(const char *c) {
    static const char *const entities[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"};
    for (; *c; c++) {
        bool known = *c != '&';
        assert_null(strchr("<>\"'", *c));
        for (size_t i = 0; i < sizeof entities / sizeof *entities; i++)
            known |= strncmp(c, entities[i], strlen(entities[i])) == 0;
        assert_true(known);
    }
}

/* Every backslash begins one of our own commands, and nothing else is special. */
static void assert_latex(const char *c) {
    static const char *const commands[] = {"textbackslash{}",
                                           "textasciitilde{}",
                                           "textasciicircum{}",
                                           "textless{}",
                                           "textgreater{}",
                                           "textbar{}",
                                           "_",
                                           "%",
                                           "&",
                                           "#",
                                           "$",
                                           "{",
                                           "}"};
    while (*c) {
        size_t taken = strncmp(c, "{}", 2) == 0 ? 2 : 1;
        if (*c == '\\') {
            for (size_t i = 0; taken == 1 && i < sizeof commands / sizeof *commands; i++)
                if (strncmp(c + 1, commands[i], strlen(commands[i])) == 0)
                    taken += strlen(commands[i]);
            assert_true(taken > 1);
        } else if (taken == 1) {
            assert_null(strchr("_%&#$^~{}", *c));
        }
        c += taken;
    }
}

static void assert_markdown(const char *c) {
    for (bool escaped = false; *c; c++) {
        if (!escaped)
            assert_null(strchr("`*_[]|#~!<>$", *c));
        assert_null(strchr("<>\n", *c));
        escaped = !escaped && *c == '\\';
    }
}

static void test_titles(void **unused) {
    (void)unused;
    for (int i = 0; i < TITLES; i++) {
        char title[LONGEST + 1];
        text html = {0}, latex = {0}, markdown = {0}, letters = {0};
        make_title(title);
        names_append_html(&html, title);
        markup_append_latex(&latex, title);
        markup_append_markdown(&markdown, title);
        if (latex.data)
            markup_append_latex_letters(&letters, latex.data);
        assert_clean(&html);
        assert_clean(&latex);
        assert_clean(&markdown);
        assert_html(html.data ? html.data : "");
        assert_latex(latex.data ? latex.data : "");
        assert_markdown(markdown.data ? markdown.data : "");
        text_free(&html);
        text_free(&latex);
        text_free(&markdown);
        text_free(&letters);
    }
}

static void test_words(void **unused) {
    (void)unused;
    text t = {0};
    markup_append_latex(&t, "50 % of a_b & \"c\" -- {x} \\y");
    assert_string_equal(t.data, "50 \\% of a\\_b \\& ''c'' -{}- \\{x\\} \\textbackslash{}y");
    text_free(&t);
    markup_append_markdown(&t, "a|b *c* <d> [e](f)");
    assert_string_equal(t.data, "a\\|b \\*c\\* &lt;d&gt; \\[e\\](f)");
    text_free(&t);
    markup_append_latex_letters(&t, "a 字 字 Д");
    assert_non_null(strstr(t.data, "\\letter{5B57}{字}\n\\letter{0414}{Д}\n"));
    text_free(&t);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_titles), cmocka_unit_test(test_words)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
