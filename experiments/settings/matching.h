/* SPDX-License-Identifier: MIT */
/* What makes cells of different kinds comparable, and the hidden size that does it. Internal to experiments. */
#ifndef GATEBENCH_EXPERIMENTS_SETTINGS_MATCHING_H
#define GATEBENCH_EXPERIMENTS_SETTINGS_MATCHING_H

#include "experiments/settings/settings.h"
#include "gatebench/model.h"

typedef enum matching {
    MATCHING_WIDTH,      /* equal hidden sizes */
    MATCHING_PARAMETERS, /* the hidden size whose parameters are nearest */
    MATCHING_STATE,      /* the hidden size whose recurrent state is nearest in bytes */
    MATCHINGS
} matching;

enum { MATCHING_LARGEST_HIDDEN = 65536 };

const char *matching_name(matching m);
/* The matching of that name, or MATCHINGS. */
matching matching_find(const char *name);

/* Parameters of a model by formula, nothing is built: of its recurrent layers, or of all of it. 0 for the recurrent
 * part of a standard network, which has none. */
double matching_parameters(const gb_model_spec *spec, bool whole_model);
/* Bytes of the state that goes from step to step, per sequence: h, and c where there is one, of all layers. */
double matching_state_bytes(const gb_model_spec *spec);

/* The hidden size of 1..65536 with which the model comes nearest to `target` parameters (or, by state, bytes); of two
 * equally near the smaller. The spec's own hidden size does not matter. 18 evaluations of the formula. */
size_t matching_nearest_hidden(const gb_model_spec *spec, matching by, bool whole_model, double target);

/* Notes that a trial is made under a matching with `achieved` of the anchor's `target` (units, parameters,
 * bytes). A trial may stand under several; the same twice is noted once. False: there is no room for more. */
bool matching_note(trial_settings *t, const char *name, double achieved, double target);
/* The same with both as text "achieved/target", or several joined by '+' as `matching` and `matched` hold them. */
bool matching_note_text(trial_settings *t, const char *names, const char *matched);

#endif
