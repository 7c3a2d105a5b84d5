/* SPDX-License-Identifier: MIT */
/* Matching: parameters and states by formula, the nearest hidden size, and recording it in a trial. */
#include "experiments/settings/matching.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "datasets/files/cell_files.h"

static const char *const names[MATCHINGS] = {"width", "parameters", "state"};

const char *matching_name(matching m) {
    return names[m];
}

matching matching_find(const char *name) {
    int m = 0;
    while (m < MATCHINGS && strcmp(names[m], name) != 0)
        m++;
    return (matching)m;
}

/* Counting */

/* Numbers in the recurrent state: h of every layer, and c if there is one. */
static double state_units(const gb_model_spec *spec) {
    const gb_cell_info *cell = cells_find(spec->cell);
    return cell ? (cell->has_memory ? 2 : 1) * (double)spec->hidden * (double)spec->layers : 0;
}

double matching_parameters(const gb_model_spec *spec, bool whole_model) {
    const gb_cell_info *cell = cells_find(spec->cell);
    size_t input = spec->embedding ? spec->embedding : spec->input_size;
    double count = 0;
    for (size_t layer = 0; cell && layer < spec->layers; layer++)
        count += (double)gb_cell_parameters(cell, layer ? spec->hidden : input, spec->hidden, spec->bias, NULL);
    if (!whole_model)
        return count;
    if (cell && spec->initial_state != GB_INITIAL_ZERO)
        count += state_units(spec);
    return count + (double)spec->embedding * (double)spec->input_size +
           (double)(spec->hidden + 1) * (double)spec->output_size;
}

double matching_state_bytes(const gb_model_spec *spec) {
    return state_units(spec) * (spec->dtype == GB_F64 ? 8 : 4);
}

static double amount(const gb_model_spec *spec, matching by, bool whole_model, size_t hidden) {
    gb_model_spec sized = *spec;
    sized.hidden = hidden;
    return by == MATCHING_STATE ? matching_state_bytes(&sized) : matching_parameters(&sized, whole_model);
}

size_t matching_nearest_hidden(const gb_model_spec *spec, matching by, bool whole_model, double target) {
    size_t below = 1, above = MATCHING_LARGEST_HIDDEN;
    while (above - below > 1) { /* both amounts grow with the hidden size */
        size_t middle = below + (above - below) / 2;
        *(amount(spec, by, whole_model, middle) <= target ? &below : &above) = middle;
    }
    double under = target - amount(spec, by, whole_model, below), over = amount(spec, by, whole_model, above) - target;
    return over < under ? above : below;
}

/* Notes */

/* True if the trial already has this pair: the i-th name with the i-th "achieved/target". */
static bool is_noted(const trial_settings *t, const char *name, size_t name_length, const char *matched,
                     size_t matched_length) {
    const char *n = t->matching, *m = t->matched;
    while (*n) {
        size_t a = strcspn(n, "+"), b = strcspn(m, "+");
        if (a == name_length && b == matched_length && !strncmp(n, name, a) && !strncmp(m, matched, b))
            return true;
        n += a + (n[a] == '+');
        m += b + (m[b] == '+');
    }
    return false;
}

static bool append(char *list, size_t size, const char *item, size_t length) {
    size_t used = strlen(list);
    int written = snprintf(list + used, size - used, "%s%.*s", used ? "+" : "", (int)length, item);
    return written >= 0 && (size_t)written < size - used;
}

bool matching_note_text(trial_settings *t, const char *list, const char *matched) {
    while (*list) {
        size_t a = strcspn(list, "+"), b = strcspn(matched, "+");
        if (!is_noted(t, list, a, matched, b) &&
            (!append(t->matching, sizeof t->matching, list, a) || !append(t->matched, sizeof t->matched, matched, b)))
            return false;
        list += a + (list[a] == '+');
        matched += b + (matched[b] == '+');
    }
    return true;
}

bool matching_note(trial_settings *t, const char *name, double achieved, double target) {
    bool whole = achieved == floor(achieved) && target == floor(target);
    char matched[96];
    snprintf(matched, sizeof matched, whole ? "%.0f/%.0f" : "%.4f/%.4f", achieved, target);
    return matching_note_text(t, name, matched);
}
