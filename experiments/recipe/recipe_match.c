/* SPDX-License-Identifier: MIT */
/* The key `match`: the matchings of a recipe, and each cell's hidden size under them. The recipe gives the size of one
 * cell, the anchor; the other cells are sized to match it. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "datasets/files/cell_files.h"
#include "experiments/recipe/recipe_internal.h"
#include "experiments/trial/trial_state.h"
#include "support/cleanup.h"

/* Reading */

/* One matching, added to by[*count]. */
static void read_by(recipe_reader *reader, const recipe_node *node, matching *all, size_t *count) {
    static const char *const known[] = {"width", "parameters", "state"};
    const char *name = recipe_need_text(reader, node);
    if (!name)
        return;
    matching by = matching_find(name);
    bool twice = false;
    for (size_t i = 0; i < *count; i++)
        twice |= all[i] == by;
    if (by == MATCHINGS)
        recipe_unknown(reader, node, false, name, known, MATCHINGS, "unknown matching '%s'", name);
    else if (twice)
        recipe_error(reader, node, false, "match: %s is given twice", name);
    else
        all[(*count)++] = by;
}

static void read_bys(recipe_reader *reader, const recipe_node *node, matching *all, size_t *count) {
    *count = 0;
    if (node->kind == YAML_MAP || (node->kind == YAML_LIST && node->count == 0))
        recipe_error(reader, node, false, "match: expected width, parameters or state, or a list of them");
    else if (node->kind == YAML_SCALAR)
        read_by(reader, node, all, count);
    for (size_t i = 0; node->kind == YAML_LIST && i < node->count; i++)
        read_by(reader, &node->children[i], all, count);
}

static void read_like(recipe_reader *reader, const recipe_node *node) {
    const char *given = recipe_need_text(reader, node);
    char why[512];
    if (given && !setting_check(setting_find("cell"), given, reader->r->match.like, TRIAL_VALUE, why, sizeof why))
        recipe_error(reader, node, false, "like: %s", why);
}

static void read_count(recipe_reader *reader, const recipe_node *node) {
    const char *given = recipe_need_text(reader, node);
    reader->r->match.whole_model = given && !strcmp(given, "model");
    if (given && strcmp(given, "cell") != 0 && strcmp(given, "model") != 0)
        recipe_error(reader, node, false,
                     "count is '%s'; give cell (the recurrent layers) or model (with embedding and output)", given);
}

void recipe_read_match(recipe_reader *reader, const recipe_node *node) {
    static const char *const keys[] = {"by", "like", "count"};
    recipe_match *match = &reader->r->match;
    match->at = node;
    if (node->kind != YAML_MAP) {
        read_bys(reader, node, match->by, &match->count);
        return;
    }
    for (size_t i = 0; i < node->count; i++) {
        const recipe_node *entry = &node->children[i];
        if (!strcmp(entry->key, "by"))
            read_bys(reader, entry, match->by, &match->count);
        else if (!strcmp(entry->key, "like"))
            read_like(reader, entry);
        else if (!strcmp(entry->key, "count"))
            read_count(reader, entry);
        else
            recipe_unknown(reader, entry, true, entry->key, keys, 3, "unknown key '%s' in match", entry->key);
    }
    if (!tree_get(node, "by"))
        recipe_error(reader, node, false, "match: `by` is missing, as in {by: parameters, like: lstm}");
}

void recipe_read_block_match(recipe_reader *reader, const recipe_node *node, recipe_grid *grid) {
    read_bys(reader, node, grid->by, &grid->by_count);
}

const matching *recipe_block_matchings(const recipe *r, const recipe_grid *grid, size_t *count) {
    *count = grid->by_count ? grid->by_count : r->match.count;
    return grid->by_count ? grid->by : r->match.by;
}

/* With the sweeps known */

const recipe_values *recipe_find_column(const recipe_grid *grid, const char *name, const recipe_axis **axis) {
    for (size_t i = 0; i < grid->count; i++) {
        for (size_t k = 0; k < grid->axes[i].name_count; k++) {
            if (strcmp(grid->axes[i].names[k], name) != 0)
                continue;
            if (axis)
                *axis = &grid->axes[i];
            return &grid->axes[i].columns[k];
        }
    }
    return NULL;
}

/* True if the recipe itself gives every cell its own width. */
static bool zips_widths(const recipe_grid *grid) {
    const recipe_axis *of_cell = NULL, *of_hidden = NULL;
    return recipe_find_column(grid, "cell", &of_cell) && recipe_find_column(grid, "hidden", &of_hidden) &&
           of_cell == of_hidden;
}

/* The hidden size that a zip of cells and widths gives the anchor; NaN: none. */
static double find_anchor_hidden(const recipe *r, const recipe_grid *grid) {
    const recipe_values *cells = recipe_find_column(grid, "cell", NULL);
    const recipe_values *widths = recipe_find_column(grid, "hidden", NULL);
    for (size_t i = 0; i < cells->count; i++)
        if (!strcmp(cells->items[i].text, r->match.like))
            return strtod(widths->items[i].text, NULL);
    return NAN;
}

/* The anchor if the recipe does not name it: the LSTM if it is swept, else the first cell. */
static void choose_anchor(recipe *r) {
    const char *first = NULL;
    for (size_t g = 0; g < r->grid_count; g++) {
        const recipe_values *cells = recipe_find_column(&r->grids[g], "cell", NULL);
        for (size_t i = 0; cells && i < cells->count; i++) {
            first = first ? first : cells->items[i].text;
            if (!strcmp(cells->items[i].text, "lstm"))
                first = "lstm";
        }
    }
    snprintf(r->match.like, sizeof r->match.like, "%s", first ? first : trial_text(&r->base, "cell"));
}

bool recipe_matches_by(const recipe *r, matching by) {
    for (size_t g = 0; g < r->grid_count; g++) {
        size_t count;
        const matching *all = recipe_block_matchings(r, &r->grids[g], &count);
        for (size_t i = 0; i < count; i++)
            if (all[i] == by)
                return true;
    }
    return false;
}

/* Settings that determine the size for matchings other than width cannot be tuned. */
static void check_tuned_sizes(recipe_reader *reader) {
    static const char *const sizes[] = {"cell",  "hidden",  "layers", "embedding", "bias",
                                        "batch", "backend", "dtype",  "steps",     "evaluate_every"};
    const recipe *r = reader->r;
    matching by = MATCHING_STATE;
    for (matching m = MATCHING_PARAMETERS; m < MATCHINGS; m++)
        by = recipe_matches_by(r, m) ? m : by;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        const recipe_values *tuned = recipe_find_column(&r->tuning, sizes[i], NULL);
        if (tuned)
            recipe_error(reader, tuned->items[0].at, false, "%s cannot be tuned here, since match: %s depends on it",
                         sizes[i], matching_name(by));
    }
}

void recipe_settle_match(recipe_reader *reader) {
    recipe *r = reader->r;
    recipe_match *match = &r->match;
    if (match->count == 0)
        match->by[match->count++] = MATCHING_WIDTH;
    if (!*match->like)
        choose_anchor(r);
    bool only_width = true, contradicts = false;
    for (size_t g = 0; g < r->grid_count; g++) {
        size_t count;
        const matching *all = recipe_block_matchings(r, &r->grids[g], &count);
        r->grids[g].widths_given = zips_widths(&r->grids[g]);
        r->grids[g].anchor_hidden = r->grids[g].widths_given ? find_anchor_hidden(r, &r->grids[g]) : NAN;
        contradicts |= r->grids[g].widths_given && count > 1;
        only_width &= count == 1 && all[0] == MATCHING_WIDTH;
    }
    const recipe_node *at = match->at ? match->at : &r->root;
    if (contradicts)
        recipe_error(reader, at, false,
                     "cell and hidden are zipped, so the widths are given; `match` must name what they are matched by: "
                     "width, parameters or state");
    if (!only_width && !cells_find(match->like))
        recipe_error(reader, at, false,
                     "match: '%s' has no recurrent layer to match; name a cell with like:", match->like);
    if (!only_width)
        check_tuned_sizes(reader);
}

/* Sizing */

static gb_status out_of_memory(gb_context *context) {
    return gb_fail(context, GB_MEMORY, "out of memory while matching cells");
}

/* The anchor's hidden size for this trial: the trial's own hidden size, or that of its zip. */
static double anchor_hidden(const recipe_grid *grid, const trial_settings *trial) {
    return isnan(grid->anchor_hidden) ? trial_number(trial, "hidden") : grid->anchor_hidden;
}

static double amount_of(const recipe *r, matching by, const gb_model_spec *spec) {
    return by == MATCHING_STATE ? matching_state_bytes(spec) : matching_parameters(spec, r->match.whole_model);
}

/* For parameters or state: sets the trial's hidden size to the value that is nearest to the anchor. */
static gb_status size_trial(recipe_matcher *m, const recipe_grid *grid, matching by, const task_shape *shape,
                            const trial_settings *of_anchor, trial_settings *trial) {
    const recipe *r = m->r;
    gb_model_spec spec, anchor;
    gb_status status = trial_model_spec(m->context, trial, shape, &spec);
    if (!status)
        status = trial_model_spec(m->context, of_anchor, shape, &anchor);
    if (status)
        return status;
    anchor.hidden = (size_t)anchor_hidden(grid, trial);
    double target = amount_of(r, by, &anchor);
    if (!grid->widths_given)
        spec.hidden = matching_nearest_hidden(&spec, by, r->match.whole_model, target);
    if (!grid->widths_given && spec.hidden == MATCHING_LARGEST_HIDDEN && amount_of(r, by, &spec) < target)
        return gb_fail(m->context, GB_INVALID,
                       "match: %s: %s would need more than %d hidden units to match %s with %zu; remove it or make the "
                       "other cell smaller",
                       matching_name(by), spec.cell, MATCHING_LARGEST_HIDDEN, anchor.cell, anchor.hidden);
    char hidden[24];
    snprintf(hidden, sizeof hidden, "%zu", spec.hidden);
    bool ok =
        trial_set(trial, "hidden", hidden) && matching_note(trial, matching_name(by), amount_of(r, by, &spec), target);
    return ok ? GB_OK : out_of_memory(m->context);
}

static gb_status match_size(recipe_matcher *m, const recipe_grid *grid, matching by, trial_settings *trial) {
    if (!cells_find(trial_text(trial, "cell"))) /* recipe_consistency.c reports it */
        return GB_OK;
    if (!m->sizing) {
        snprintf(trial->matching, sizeof trial->matching, "%s", matching_name(by));
        return GB_OK;
    }
    task_facts facts;
    GB_TRY(task_facts_find(m->context, trial, 0, &facts));
    CLEANUP(trial_settings_free) trial_settings of_anchor = {0};
    return trial_copy(&of_anchor, trial) && trial_set(&of_anchor, "cell", m->r->match.like)
               ? size_trial(m, grid, by, &facts.shape, &of_anchor, trial)
               : out_of_memory(m->context);
}

gb_status recipe_match_trial(recipe_matcher *m, const recipe_grid *grid, matching by, trial_settings *trial) {
    trial->matching[0] = trial->matched[0] = '\0';
    if (by == MATCHING_PARAMETERS || by == MATCHING_STATE)
        return match_size(m, grid, by, trial);
    matching_note(trial, matching_name(by), trial_number(trial, "hidden"), anchor_hidden(grid, trial));
    return GB_OK;
}
