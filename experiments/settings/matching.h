/* SPDX-License-Identifier: MIT */
/* Matching: what makes cells of different kinds comparable, and the hidden size for it. Internal to experiments. */
#ifndef GATEBENCH_EXPERIMENTS_SETTINGS_MATCHING_H
#define GATEBENCH_EXPERIMENTS_SETTINGS_MATCHING_H

#include "experiments/settings/settings.h"
#include "gatebench/model.h"

typedef enum matching {
    MATCHING_WIDTH,      /* equal hidden sizes */
    MATCHING_PARAMETERS, /* the hidden size with the nearest number of parameters */
    MATCHING_STATE,      /* the hidden size with the nearest size of the recurrent state in bytes */
    MATCHINGS
} matching;

enum { MATCHING_LARGEST_HIDDEN = 65536 };

const char *matching_name(matching m);
/* The matching with this name, or MATCHINGS. */
matching matching_find(const char *name);

/* The number of parameters of a model by formula, without building it: of its recurrent layers, or of the whole model.
 * 0 for the recurrent layers of a standard network. */
double matching_parameters(const gb_model_spec *spec, bool whole_model);
/* Bytes of the recurrent state per sequence: h, and c if there is one, of all layers. */
double matching_state_bytes(const gb_model_spec *spec);

/* The hidden size of 1..65536 with which the model is nearest to `target` parameters (or, by state, bytes); of two
 * equally near sizes the smaller. The spec's own hidden size is ignored. 18 evaluations of the formula. */
size_t matching_nearest_hidden(const gb_model_spec *spec, matching by, bool whole_model, double target);

/* Records that a trial is made under a matching with `achieved` where the anchor has `target` (units, parameters,
 * bytes). A trial may have several matchings; duplicates are recorded once. False: no room for more. */
bool matching_note(trial_settings *t, const char *name, double achieved, double target);
/* The same with both as text "achieved/target", or several joined by '+' as in `matching` and `matched`. */
bool matching_note_text(trial_settings *t, const char *names, const char *matched);

#endif
