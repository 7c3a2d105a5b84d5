/* SPDX-License-Identifier: MIT */
/* The roles of a recipe's settings in its trials: which are tuned, and which follow from the cell. */
#include <stdlib.h>
#include <string.h>

#include "experiments/recipe/recipe_internal.h"

static bool in_list(const char *const *names, const char *name) {
    while (*names && strcmp(*names, name) != 0)
        names++;
    return *names != NULL;
}

/* Adds a name to a list that has room. */
static void add(const char **names, const char *name) {
    if (in_list(names, name))
        return;
    while (*names)
        names++;
    *names = name;
}

static const recipe_axis *axis_of(const recipe_grid *grid, const char *name, size_t *column) {
    for (size_t a = 0; a < grid->count; a++)
        for (*column = 0; *column < grid->axes[a].name_count; ++*column)
            if (strcmp(grid->axes[a].names[*column], name) == 0)
                return &grid->axes[a];
    return NULL;
}

/* True if two grids have the same values of a setting. */
static bool same_values(const recipe *r, const recipe_grid *x, const recipe_grid *y, const char *name) {
    size_t i, k;
    const recipe_axis *a = axis_of(x, name, &i), *b = axis_of(y, name, &k);
    size_t rows = a ? a->rows : 1;
    bool same = rows == (b ? b->rows : 1);
    for (size_t row = 0; same && row < rows; row++)
        same = strcmp(a ? a->columns[i].items[row].text : trial_text(&r->base, name),
                      b ? b->columns[k].items[row].text : trial_text(&r->base, name)) == 0;
    return same;
}

/* True if a swept setting follows from the cell: it is zipped with it, or given by blocks of other cells. Options of
 * the task never do, since cells that solve different tasks are not compared. */
static bool comes_with_cell(const recipe *r, const char *name) {
    size_t column;
    if (!strcmp(name, "cell") || !strcmp(name, "seed") || !setting_find(name))
        return false;
    for (size_t g = 0; g < r->grid_count; g++) {
        const recipe_axis *axis = axis_of(&r->grids[g], name, &column);
        for (size_t k = 0; axis && k < axis->name_count; k++)
            if (!strcmp(axis->names[k], "cell"))
                return true;
        for (size_t h = g + 1; h < r->grid_count; h++)
            if (!same_values(r, &r->grids[g], &r->grids[h], "cell") &&
                !same_values(r, &r->grids[g], &r->grids[h], name))
                return true;
    }
    return false;
}

void recipe_list_roles(recipe_reader *reader) {
    recipe *r = reader->r;
    size_t most = 2; /* including the width that matching sets, and the end mark */
    for (size_t a = 0; a < r->tuning.count; a++)
        most += r->tuning.axes[a].name_count;
    for (const char **name = r->swept; name && *name; name++)
        most++;
    r->tuned = calloc(most, sizeof *r->tuned);
    r->carried = calloc(most, sizeof *r->carried);
    if (!r->tuned || !r->carried || !r->swept) {
        reader->out_of_memory = true;
        return;
    }
    for (size_t a = 0; a < r->tuning.count; a++)
        for (size_t k = 0; k < r->tuning.axes[a].name_count; k++)
            add(r->tuned, r->tuning.axes[a].names[k]);
    for (const char **name = r->tuned; *name; name++)
        add(r->carried, *name);
    if (recipe_matches_by(r, MATCHING_PARAMETERS) || recipe_matches_by(r, MATCHING_STATE))
        add(r->carried, "hidden");
    for (const char **name = r->swept; *name; name++)
        if (comes_with_cell(r, *name))
            add(r->carried, *name);
}
