/* SPDX-License-Identifier: MIT */
/* The keys that make many trials: sweep, zip, exclude and tune, read into axes and grids. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "experiments/recipe/recipe_internal.h"

/* Axes and grids */

static void free_axis(recipe_axis *axis) {
    for (size_t i = 0; i < axis->name_count; i++)
        recipe_values_free(&axis->columns[i]);
    *axis = (recipe_axis){0};
}

void recipe_grid_free(recipe_grid *grid) {
    for (size_t i = 0; i < grid->count; i++)
        free_axis(&grid->axes[i]);
    free(grid->axes);
    *grid = (recipe_grid){0};
}

/* Takes ownership of the axis. A name may occur only once in a grid. */
static void add_axis(recipe_reader *reader, recipe_grid *grid, recipe_axis *axis) {
    for (size_t a = 0; a < grid->count; a++) {
        for (size_t i = 0; i < grid->axes[a].name_count * axis->name_count; i++) {
            size_t mine = i % axis->name_count;
            if (strcmp(grid->axes[a].names[i / axis->name_count], axis->names[mine]) != 0)
                continue;
            recipe_error(reader, axis->columns[mine].items[0].at, false, "%s is swept twice here", axis->names[mine]);
            free_axis(axis);
            return;
        }
    }
    recipe_axis *grown = realloc(grid->axes, (grid->count + 1) * sizeof *grown);
    if (!grown) {
        reader->out_of_memory = true;
        free_axis(axis);
        return;
    }
    grid->axes = grown;
    grown[grid->count++] = *axis;
}

/* One swept setting. */
static void read_axis(recipe_reader *reader, const recipe_node *node, recipe_grid *grid) {
    const setting *s = recipe_find_setting(reader->r, node->key);
    recipe_axis axis = {.name_count = 1};
    if (!s) {
        recipe_unknown_setting(reader, node);
        return;
    }
    if (!recipe_values_read(reader, s, node, &axis.columns[0]))
        return;
    axis.names[0] = s->name;
    axis.rows = axis.columns[0].count;
    add_axis(reader, grid, &axis);
}

/* Zips */

/* One column; false after an error. */
static bool read_column(recipe_reader *reader, const recipe_node *node, recipe_axis *axis) {
    const setting *s = recipe_find_setting(reader->r, node->key);
    recipe_values *column = &axis->columns[axis->name_count];
    if (!s) {
        recipe_unknown_setting(reader, node);
        return false;
    }
    if (!recipe_values_read(reader, s, node, column))
        return false;
    axis->names[axis->name_count++] = s->name;
    if (axis->name_count == 1)
        axis->rows = column->count;
    if (column->count == axis->rows)
        return true;
    recipe_error(reader, node, false, "zip pairs values, but %s has %zu and %s has %zu", axis->names[0], axis->rows,
                 node->key, column->count);
    return false;
}

static void read_zip_map(recipe_reader *reader, const recipe_node *zip, recipe_grid *grid) {
    recipe_axis axis = {0};
    bool ok = zip->kind == YAML_MAP && zip->count > 0 && zip->count <= RECIPE_MOST_ZIPPED;
    if (!ok)
        recipe_error(reader, zip, false,
                     "zip: expected a map of at most %d lists, such as {cell: [rnn, gru], hidden: [100, 46]}",
                     RECIPE_MOST_ZIPPED);
    for (size_t i = 0; ok && i < zip->count; i++)
        ok &= read_column(reader, &zip->children[i], &axis);
    if (ok)
        add_axis(reader, grid, &axis);
    else
        free_axis(&axis);
}

/* One zip, or a list of them. */
static void read_zip(recipe_reader *reader, const recipe_node *zip, recipe_grid *grid) {
    for (size_t i = 0; zip->kind == YAML_LIST && i < zip->count; i++)
        read_zip_map(reader, &zip->children[i], grid);
    if (zip->kind != YAML_LIST)
        read_zip_map(reader, zip, grid);
}

/* Sweeps: the union of grids */

void recipe_name_block(const recipe_node *block, char *name, size_t size) {
    const char *given = tree_text(block, "name", NULL);
    if (given)
        snprintf(name, size, "%s", given);
    else
        snprintf(name, size, "the block in line %zu", block->source->line);
}

/* One block of the sweep with the zip of the top level, whichever is written first. `block` NULL: none. */
static void read_grid(recipe_reader *reader, const recipe_node *block, const recipe_node *zip, bool zip_first,
                      recipe_grid *grid) {
    if (zip && zip_first)
        read_zip(reader, zip, grid);
    if (block && block->kind != YAML_MAP)
        recipe_error(reader, block, false, "sweep: expected a map such as {cell: [rnn, gru], seed: 1..3}");
    if (block)
        recipe_name_block(block, grid->name, sizeof grid->name);
    for (size_t i = 0; block && block->kind == YAML_MAP && i < block->count; i++)
        if (!strcmp(block->children[i].key, "zip"))
            read_zip(reader, &block->children[i], grid);
        else if (!strcmp(block->children[i].key, "name"))
            recipe_need_text(reader, &block->children[i]);
        else if (!strcmp(block->children[i].key, "match"))
            recipe_read_block_match(reader, &block->children[i], grid);
        else
            read_axis(reader, &block->children[i], grid);
    if (zip && !zip_first)
        read_zip(reader, zip, grid);
}

/* The number of trials of a grid; above the limit any larger number. */
static size_t grid_size(const recipe_grid *grid) {
    size_t size = 1;
    for (size_t i = 0; i < grid->count; i++)
        size = size > RECIPE_MOST_TRIALS ? size : size * grid->axes[i].rows;
    return size;
}

static size_t seeds_of(const recipe_grid *grid) {
    const recipe_values *seeds = recipe_find_column(grid, "seed", NULL);
    return seeds ? seeds->count : 1;
}

/* A typing error must not plan a run of days. */
static void check_size(recipe_reader *reader) {
    const recipe *r = reader->r;
    size_t trials = 0, tuning = 0;
    for (size_t i = 0; i < r->grid_count; i++) {
        size_t size = grid_size(&r->grids[i]);
        trials += size;
        if (r->tune.candidates)
            tuning += size / seeds_of(&r->grids[i]) * r->tune.candidates * r->tune.seeds;
        if (trials > RECIPE_MOST_TRIALS || tuning > RECIPE_MOST_TRIALS)
            break;
    }
    const recipe_node *sweep = tree_get(&r->root, "sweep"), *at = sweep ? sweep : &r->root;
    if (trials > RECIPE_MOST_TRIALS)
        recipe_error(reader, at, true, "the sweep makes more than %d trials; narrow it", RECIPE_MOST_TRIALS);
    else if (tuning > RECIPE_MOST_TRIALS)
        recipe_error(reader, tree_get(&r->root, "tune"), true, "tuning makes more than %d trials; narrow it",
                     RECIPE_MOST_TRIALS);
}

/* A tuned setting is chosen, so it cannot also be swept. */
static void check_tuned(recipe_reader *reader) {
    const recipe *r = reader->r;
    for (const char **swept = r->swept; swept && *swept; swept++) {
        const recipe_values *tuned = recipe_find_column(&r->tuning, *swept, NULL);
        if (tuned)
            recipe_error(reader, tuned->items[0].at, false, "%s is both tuned and swept; do only one of them", *swept);
    }
}

/* `exclude` may not drop tuned values: one arm would get a smaller tuning budget than the others. */
static void check_excluded(recipe_reader *reader) {
    const recipe *r = reader->r;
    for (size_t e = 0; e < r->exclusion_count; e++) {
        const recipe_exclusion *exclusion = &r->exclusions[e];
        for (size_t i = 0; i < exclusion->count; i++)
            if (recipe_find_column(&r->tuning, exclusion->names[i], NULL))
                recipe_error(reader, exclusion->values[i].items[0].at, false,
                             "%s is tuned, and every arm must try the same values; remove the value from tune instead",
                             exclusion->names[i]);
    }
}

/* The names of all axes, each once. */
static void list_swept(recipe_reader *reader) {
    recipe *r = reader->r;
    size_t most = 3, count = 0; /* including what matching sets, and the end mark */
    for (size_t g = 0; g < r->grid_count; g++)
        for (size_t a = 0; a < r->grids[g].count; a++)
            most += r->grids[g].axes[a].name_count;
    r->swept = calloc(most, sizeof *r->swept);
    reader->out_of_memory |= !r->swept;
    for (size_t g = 0; r->swept && g < r->grid_count; g++) {
        for (size_t a = 0; a < r->grids[g].count; a++) {
            const recipe_axis *axis = &r->grids[g].axes[a];
            for (size_t k = 0; k < axis->name_count; k++) {
                size_t at = 0;
                while (at < count && strcmp(r->swept[at], axis->names[k]) != 0)
                    at++;
                if (at == count)
                    r->swept[count++] = axis->names[k];
            }
        }
    }
}

/* Adds what matching sets to the swept names: trials of one sweep differ in it. */
static void add_matched(recipe *r, const char *name) {
    size_t at = 0;
    while (r->swept[at] && strcmp(r->swept[at], name) != 0)
        at++;
    r->swept[at] = name;
}

void recipe_read_sweeps(recipe_reader *reader) {
    recipe *r = reader->r;
    const recipe_node *sweep = tree_get(&r->root, "sweep"), *zip = tree_get(&r->root, "zip");
    bool list = sweep && sweep->kind == YAML_LIST;
    if (list && sweep->count == 0)
        recipe_error(reader, sweep, false, "sweep: this list is empty");
    size_t count = list && sweep->count ? sweep->count : 1;
    r->grids = calloc(count, sizeof *r->grids);
    if (!r->grids) {
        reader->out_of_memory = true;
        return;
    }
    r->grid_count = count;
    for (size_t i = 0; i < count; i++) {
        const recipe_node *block = list ? (sweep->count ? &sweep->children[i] : NULL) : sweep;
        read_grid(reader, block, zip, !sweep || zip < sweep, &r->grids[i]);
    }
    list_swept(reader);
    check_tuned(reader);
    check_excluded(reader);
    recipe_settle_match(reader);
    if (reader->errors->count == 0)
        check_size(reader);
    if (r->swept && (recipe_matches_by(r, MATCHING_PARAMETERS) || recipe_matches_by(r, MATCHING_STATE)))
        add_matched(r, "hidden");
}

/* Exclusions */

static int by_text(const void *a, const void *b) {
    const struct recipe_value *x = a, *y = b;
    return strcmp(x->text, y->text);
}

static void read_exclusion(recipe_reader *reader, const recipe_node *map, recipe_exclusion *exclusion) {
    if (map->kind != YAML_MAP || map->count == 0 || map->count > RECIPE_MOST_ZIPPED) {
        recipe_error(reader, map, false, "exclude: expected a list of maps, such as [{cell: rnn, gap: [200, 500]}]");
        return;
    }
    for (size_t i = 0; i < map->count; i++) {
        const setting *s = recipe_find_setting(reader->r, map->children[i].key);
        if (!s)
            recipe_unknown_setting(reader, &map->children[i]);
        else if (recipe_values_read(reader, s, &map->children[i], &exclusion->values[exclusion->count])) {
            recipe_values *values = &exclusion->values[exclusion->count];
            qsort(values->items, values->count, sizeof *values->items, by_text);
            exclusion->names[exclusion->count++] = s->name;
        }
    }
}

void recipe_read_exclude(recipe_reader *reader, const recipe_node *node) {
    recipe *r = reader->r;
    bool list = node->kind == YAML_LIST;
    size_t count = list ? node->count : 1;
    r->exclusions = calloc(count + 1, sizeof *r->exclusions);
    reader->out_of_memory |= !r->exclusions;
    for (; r->exclusions && r->exclusion_count < count; r->exclusion_count++)
        read_exclusion(reader, list ? &node->children[r->exclusion_count] : node, &r->exclusions[r->exclusion_count]);
}

/* Tuning */

/* A list or range is an axis of its own; drawn settings share one axis. */
static void read_tuned(recipe_reader *reader, const recipe_node *node, recipe_axis *drawn) {
    const setting *s = recipe_find_setting(reader->r, node->key);
    if (!s)
        recipe_unknown_setting(reader, node);
    else if (!strcmp(s->section, "task") || !strcmp(s->section, "run") || !strcmp(s->section, "measure"))
        recipe_error(reader, node, true, "%s cannot be tuned: give settings of model and train", node->key);
    else if (node->kind == YAML_MAP)
        recipe_read_draws(reader, s, node, drawn);
    else
        read_axis(reader, node, &reader->r->tuning);
}

static void read_tuning_seeds(recipe_reader *reader, const recipe_node *node) {
    long long seeds = 0;
    const char *written = recipe_need_text(reader, node);
    if (!written)
        return;
    if (!text_is_integer(written, &seeds))
        recipe_error(reader, node, false, "seeds: expected an integer, found '%s'", written);
    else if (seeds < 1 || seeds > 1000)
        recipe_error(reader, node, false, "seeds is %lld; give 1 to 1000", seeds);
    else
        reader->r->tune.seeds = (size_t)seeds;
}

static void read_draw_seed(recipe_reader *reader, const recipe_node *node) {
    long long seed = 0;
    const char *written = node ? recipe_need_text(reader, node) : NULL;
    if (written && (!text_is_integer(written, &seed) || seed < 0))
        recipe_error(reader, node, false, "draw_seed is '%s'; give a whole number from 0", written);
    else if (written)
        reader->r->tune.draw_seed = (uint64_t)seed;
}

void recipe_read_tune(recipe_reader *reader, const recipe_node *node) {
    recipe *r = reader->r;
    r->tune = (recipe_tune){.by = "valid_loss", .seeds = 1, .draw_seed = 1};
    recipe_axis drawn = {0};
    if (node->kind != YAML_MAP) {
        recipe_error(reader, node, false, "tune: expected a map such as {lr: [5e-4, 2e-3], seeds: 2, by: valid_loss}");
        return;
    }
    read_draw_seed(reader, tree_get(node, "draw_seed"));
    for (size_t i = 0; i < node->count; i++) {
        const recipe_node *entry = &node->children[i];
        const char *by = !strcmp(entry->key, "by") ? recipe_need_text(reader, entry) : "";
        if (by && *by && strcmp(by, "valid_loss") != 0)
            recipe_error(reader, entry, false,
                         "by is '%s'; give valid_loss, since test data must not be used for choosing", by);
        if (!strcmp(entry->key, "seeds"))
            read_tuning_seeds(reader, entry);
        else if (strcmp(entry->key, "by") != 0 && strcmp(entry->key, "draw_seed") != 0)
            read_tuned(reader, entry, &drawn);
    }
    if (drawn.name_count)
        add_axis(reader, &r->tuning, &drawn);
    if (r->tuning.count == 0 && reader->errors->count == 0)
        recipe_error(reader, node, true,
                     "tune: give at least one setting with values to choose from, such as lr: [5e-4, 2e-3]");
    r->tune.candidates = r->tuning.count ? grid_size(&r->tuning) : 0;
}
