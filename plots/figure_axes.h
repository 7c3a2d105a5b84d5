/* SPDX-License-Identifier: MIT */
/* The general figures: any numeric column of /runs by one or two numeric settings. Their names define what they draw:
 * "<metric>_by_<setting>", then optionally "_and_<setting>" (a heat map with one panel per cell), "_per_<column>" (the
 * column that makes the lines; default: cell) and "_in_<column>" (the column that makes the panels; swept settings that
 * are not named always make panels): "accuracy_by_length_per_init_in_cell", "accuracy_by_length_and_hidden". */
#ifndef GATEBENCH_PLOTS_FIGURE_AXES_H
#define GATEBENCH_PLOTS_FIGURE_AXES_H

#include "plots/figure.h"
#include "results/store/store.h"

/* The shipped script for a name of this form: metric_by_setting, or for two settings metric_by_two_settings. */
const char *figure_axes_script(const char *name);

/* True if a figure's name has this form. */
bool figure_axes_in(const char *name);

/* Sets the figure's axes, lines, panels and title from its name. Errors: GB_INVALID (a part is empty or longer than 63
 * characters), GB_MEMORY. */
gb_status figure_axes_read(gb_context *context, const char *name, figure *f);

/* Appends the default figures of a run's sweeps: for each swept numeric setting that has several values for one cell
 * and is not on the x axis of a figure in `names`, the task's metric and the core seconds by this setting; if there are
 * two such settings, also the metric by both. Errors: GB_INVALID (a recipe that cannot be read), GB_MEMORY. */
gb_status figure_axes_append_swept(gb_context *context, const results *r, name_list *names);

#endif
