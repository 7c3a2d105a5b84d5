/* SPDX-License-Identifier: MIT */
/* Runs gnuplot on a complete script. */
#ifndef GATEBENCH_PLOTS_GNUPLOT_H
#define GATEBENCH_PLOTS_GNUPLOT_H

#include <stdbool.h>

#include "gatebench/context.h"

/* Runs `gnuplot -d <stem>.gp` in a folder, without a shell, and moves <stem>.<terminal> into place when it is complete.
 * `stem` has characters of [A-Za-z0-9._-], `terminal` "svg", "pdf", "png", "tex" (<stem>-latex.tex and .pdf) or "txt";
 * `more` is gnuplot code to run first, such as "text_columns=80", or "". Errors: GB_IO (gnuplot missing: names the
 * package; failed: its first words; took longer than a minute). */
gb_status gnuplot_run(gb_context *context, const char *folder, const char *stem, const char *terminal,
                      const char *more);

/* True if <stem>.<terminal> exists and is newer than its .csv and .gp. */
bool gnuplot_is_current(const char *folder, const char *stem, const char *terminal);

#endif
