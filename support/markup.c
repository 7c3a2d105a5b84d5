/* SPDX-License-Identifier: MIT */
#include "support/markup.h"

#include <stdint.h>
#include <string.h>

#include "support/name_list.h"

typedef struct escape {
    char letter;
    const char *written;
} escape;

static void append_escaped(text *t, const char *string, const escape *escapes, size_t count) {
    text clean = {0};
    names_append_clean(&clean, string, SIZE_MAX);
    t->failed |= clean.failed;
    for (const char *c = clean.data ? clean.data : ""; *c; c++) {
        const char *written = NULL;
        for (size_t i = 0; i < count && !written; i++)
            written = escapes[i].letter == *c && (*c != '-' || c[1] == '-') ? escapes[i].written : NULL;
        text_append_bytes(t, written ? written : c, written ? strlen(written) : 1);
    }
    text_free(&clean);
}

void markup_append_latex(text *t, const char *string) {
    static const escape escapes[] = {{'\\', "\\textbackslash{}"},
                                     {'~', "\\textasciitilde{}"},
                                     {'^', "\\textasciicircum{}"},
                                     {'_', "\\_"},
                                     {'%', "\\%"},
                                     {'&', "\\&"},
                                     {'#', "\\#"},
                                     {'$', "\\$"},
                                     {'{', "\\{"},
                                     {'}', "\\}"},
                                     {'-', "-{}"}, /* two would become a dash */
                                     {'<', "\\textless{}"},
                                     {'>', "\\textgreater{}"},
                                     {'|', "\\textbar{}"},
                                     {'`', "`{}"},
                                     {'\'', "'{}"},
                                     {'"', "''"}};
    append_escaped(t, string, escapes, sizeof escapes / sizeof *escapes);
}

void markup_append_markdown(text *t, const char *string) {
    static const escape escapes[] = {{'\\', "\\\\"}, {'`', "\\`"},  {'*', "\\*"}, {'_', "\\_"},  {'[', "\\["},
                                     {']', "\\]"},   {'|', "\\|"},  {'#', "\\#"}, {'~', "\\~"},  {'!', "\\!"},
                                     {'<', "&lt;"},  {'>', "&gt;"}, {'$', "\\$"}, {'&', "&amp;"}};
    append_escaped(t, string, escapes, sizeof escapes / sizeof *escapes);
}

/* The code point at `c` of cleaned text; *size gets its length in bytes. */
static uint32_t letter_at(const unsigned char *c, size_t *size) {
    *size = *c < 0x80 ? 1 : *c < 0xe0 ? 2 : *c < 0xf0 ? 3 : 4;
    uint32_t letter = *size == 1 ? *c : *c & (0xffU >> (*size + 1));
    for (size_t i = 1; i < *size; i++)
        letter = letter << 6 | (c[i] & 0x3f);
    return letter;
}

void markup_append_latex_letters(text *t, const char *body) {
    name_list known = {0};
    text_append(t, "\\usepackage{iftex}\n\\ifPDFTeX\n\\IfFileExists{lmodern.sty}{\\usepackage[T1]{fontenc}\\usepackage{"
                   "lmodern}}{}\n"
                   "\\newcommand\\letter[2]{\\ifcsname u8:\\detokenize{#2}\\endcsname\\else"
                   "\\DeclareUnicodeCharacter{#1}{?}\\fi}\n");
    size_t size;
    for (const unsigned char *c = (const unsigned char *)body; *c; c += size) {
        uint32_t letter = letter_at(c, &size);
        text one = {0};
        if (letter < 0x80)
            continue;
        text_append(&one, "%.*s", (int)size, (const char *)c);
        if (one.data && !names_have(&known, one.data)) {
            t->failed |= names_index(&known, one.data) == SIZE_MAX;
            text_append(t, "\\letter{%04X}{%s}\n", (unsigned)letter, one.data);
        }
        t->failed |= one.failed;
        text_free(&one);
    }
    text_append(t, "\\else\n\\usepackage{fontspec}\n\\fi\n");
    names_free(&known);
}
