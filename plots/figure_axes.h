/* SPDX-License-Identifier: MIT */
/* The general figures: any number of /runs by any numeric setting, or by two. Their names say what they draw:
 * "<number>_by_<setting>", then optionally "_and_<setting>" (a heat map, a panel a cell), "_per_<column>" (what makes
 * the lines; the cell) and "_in_<column>" (what makes the panels; swept settings that are not named always do):
 * "accuracy_by_length_per_init_in_cell", "accuracy_by_length_and_hidden". */
#ifndef GATEBENCH_PLOTS_FIGURE_AXES_H
#define GATEBENCH_PLOTS_FIGURE_AXES_H

#include "plots/figure.h"
#include "results/store/store.h"

/* The shipped figure that draws those of a name: metric_by_setting or, of two settings, metric_by_two_settings. */
const char *figure_axes_script(const char *name);

/* Whether a figure's name is of this form. */
bool figure_axes_in(const char *name);

/* Sets the figure's axes, lines, panels and title to what its name says. Errors: GB_INVALID (a part is empty or longer
 * than 63 letters), GB_MEMORY. */
gb_status figure_axes_read(gb_context *context, const char *name, figure *f);

/* Appends the figures of a run's sweeps: for each swept numeric setting that takes several values in one cell and that
 * is the x axis of none of the figures in `names`, the task's metric and the core seconds by it; the metric by two such
 * settings when there are two. Errors: GB_INVALID (a
 * recipe that cannot be read), GB_MEMORY. */
gb_status figure_axes_append_swept(gb_context *context, const results *r, name_list *names);

#endif
