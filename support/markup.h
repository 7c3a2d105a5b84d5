/* SPDX-License-Identifier: MIT */
/* Text from anywhere as text of a markup language: nothing in it is taken for a command. */
#ifndef GATEBENCH_SUPPORT_MARKUP_H
#define GATEBENCH_SUPPORT_MARKUP_H

#include "support/text.h"

/* Appends cleaned text (names_append_clean) for LaTeX, and for Markdown. */
void markup_append_latex(text *t, const char *string);
void markup_append_markdown(text *t, const char *string);

/* Appends what a LaTeX preamble needs so that pdflatex, which knows few scripts, prints '?' for each other letter of
 * `body` instead of stopping; LuaLaTeX and XeLaTeX print the letters. */
void markup_append_latex_letters(text *t, const char *body);

#endif
