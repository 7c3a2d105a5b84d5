/* SPDX-License-Identifier: MIT */
/* The two files behind a picture: the numbers as CSV and the complete gnuplot script, which a reader may edit and
 * run. */
#ifndef GATEBENCH_PLOTS_FIGURE_SCRIPT_H
#define GATEBENCH_PLOTS_FIGURE_SCRIPT_H

#include "plots/figure_points.h"
#include "plots/plots.h"

/* The numbers: a header, then for each panel and group a block of means and a block of single seeds; blocks are two
 * blank lines apart, which gnuplot counts and pandas skips. */
void script_write_csv(const figure *f, const figure_data *data, text *csv);

/* The script: variables, then style.gp, then the figure's own lines. `stem` names the files; look may be NULL. */
gb_status script_write(gb_context *context, const figure *f, const figure_data *data, const plots_look *look,
                       const char *caption, const char *stem, text *script);

/* Append a number and the character `end`; a gnuplot array; and the variables of axis ranges (of all panels and of
 * each) and of the ends of lines. */
void script_append_number(text *t, double value, char end);
void script_append_numbers(text *t, const char *name, const double *values, size_t count);
void script_append_ranges(text *t, const figure *f, const figure_data *data);

/* Appends text as a gnuplot string in single quotes, escaped so that it cannot end early. */
void script_append_string(text *t, const char *string);

#endif
