/* SPDX-License-Identifier: MIT */
/* Escapes untrusted text for a markup language, so that no part of it is read as a command. */
#ifndef GATEBENCH_SUPPORT_MARKUP_H
#define GATEBENCH_SUPPORT_MARKUP_H

#include "support/text.h"

/* Appends cleaned text (names_append_clean) for LaTeX, and for Markdown. */
void markup_append_latex(text *t, const char *string);
void markup_append_markdown(text *t, const char *string);

/* Appends preamble lines for LaTeX. With them pdflatex prints '?' for each letter of `body` that its fonts lack,
 * instead of stopping; LuaLaTeX and XeLaTeX print the letters. */
void markup_append_latex_letters(text *t, const char *body);

#endif
