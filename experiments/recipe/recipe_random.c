/* SPDX-License-Identifier: MIT */
/* Drawn values for tuning: {log_uniform: [1e-4, 1e-2], draws: 8}. They are drawn once, when the recipe is read, so that
 * every arm tries the same values. All drawn settings are drawn jointly, one row per draw. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "experiments/recipe/recipe_internal.h"
#include "gatebench/random.h"

enum { MOST_DRAWS = 10000 };

/* The specification of one drawn setting. */
typedef struct drawing {
    const recipe_node *bounds;
    bool logarithmic;
    double low, high;
    long long draws;
} drawing;

static bool read_bounds(recipe_reader *reader, const recipe_node *node, drawing *d) {
    d->logarithmic = !strcmp(node->key, "log_uniform");
    if (d->bounds) {
        recipe_error(reader, node, true, "a drawn setting needs either log_uniform or uniform");
        return false;
    }
    d->bounds = node;
    bool ok = node->kind == YAML_LIST && node->count == 2 && node->children[0].kind == YAML_SCALAR &&
              node->children[1].kind == YAML_SCALAR && text_is_number(node->children[0].source->text, &d->low) &&
              text_is_number(node->children[1].source->text, &d->high) && d->low < d->high;
    if (!ok)
        recipe_error(reader, node, false, "%s: expected the lowest and the highest value, such as [1e-4, 1e-2]",
                     node->key);
    else if (d->logarithmic && d->low <= 0)
        recipe_error(reader, &node->children[0], false, "log_uniform: the lowest value must be above 0");
    return ok && (!d->logarithmic || d->low > 0);
}

static bool read_count(recipe_reader *reader, const recipe_node *node, drawing *d) {
    const char *written = recipe_need_text(reader, node);
    if (written && text_is_integer(written, &d->draws) && d->draws >= 1 && d->draws <= MOST_DRAWS)
        return true;
    if (written)
        recipe_error(reader, node, false, "draws is '%s'; give 1 to %d", written, MOST_DRAWS);
    return false;
}

static bool read_drawing(recipe_reader *reader, const recipe_node *node, drawing *d) {
    static const char *const keys[] = {"log_uniform", "uniform", "draws"};
    bool ok = true;
    for (size_t i = 0; i < node->count; i++) {
        const recipe_node *entry = &node->children[i];
        if (!strcmp(entry->key, "draws")) {
            ok = read_count(reader, entry, d) && ok;
        } else if (!strcmp(entry->key, "log_uniform") || !strcmp(entry->key, "uniform")) {
            ok = read_bounds(reader, entry, d) && ok;
        } else {
            recipe_unknown(reader, entry, true, entry->key, keys, 3, "unknown key '%s'", entry->key);
            ok = false;
        }
    }
    if (ok && (!d->bounds || !d->draws))
        recipe_error(reader, node, false, "%s: expected {log_uniform: [1e-4, 1e-2], draws: 8}", node->key);
    return ok && d->bounds && d->draws;
}

/* A setting of whole numbers draws them from the lowest to the highest: all equally likely, or k with the share
 * log((k + 1) / k). Rounding a real number would halve the share of both bounds. */
static bool whole_bounds(recipe_reader *reader, drawing *d) {
    double low = ceil(d->low), high = floor(d->high);
    if (low > high) {
        recipe_error(reader, d->bounds, false, "there is no whole number from %g to %g", d->low, d->high);
        return false;
    }
    d->low = low;
    d->high = high + 1;
    return true;
}

/* The next draw, with four digits. A larger number of draws begins with the same values. */
static void draw(gb_random *random, const drawing *d, bool integer, char *given, size_t size) {
    double u = gb_random_uniform(random);
    double value =
        d->logarithmic ? exp(log(d->low) + u * (log(d->high) - log(d->low))) : d->low + u * (d->high - d->low);
    if (integer)
        snprintf(given, size, "%.0f", fmin(floor(value), d->high - 1));
    else
        snprintf(given, size, "%.4g", value);
}

/* Each setting has its own stream, named by it, so drawing another setting does not change the values. */
static bool draw_all(recipe_reader *reader, const setting *s, const drawing *d, recipe_values *values) {
    const char *name = s->name;
    gb_random random = gb_random_stream(reader->r->tune.draw_seed, GB_RANDOM_TUNE, XXH3_64bits(name, strlen(name)));
    bool integer = s->type == SETTING_INTEGER;
    for (long long i = 0; i < d->draws; i++) {
        char given[40], value[TRIAL_VALUE], why[512];
        draw(&random, d, integer, given, sizeof given);
        if (!setting_check(s, given, value, sizeof value, why, sizeof why)) {
            recipe_error(reader, d->bounds, false, "%s", why);
            return false;
        }
        if (!recipe_values_add(reader, values, value, d->bounds))
            return false;
    }
    return true;
}

void recipe_read_draws(recipe_reader *reader, const setting *s, const recipe_node *node, recipe_axis *drawn) {
    drawing d = {0};
    const char *name = s->name;
    recipe_values *column = &drawn->columns[drawn->name_count];
    if (s->type != SETTING_INTEGER && s->type != SETTING_REAL) {
        recipe_error(reader, node, false, "%s is not a number and cannot be drawn; give a list", name);
        return;
    }
    if (!read_drawing(reader, node, &d) || (s->type == SETTING_INTEGER && !whole_bounds(reader, &d)))
        return;
    if (drawn->name_count && (size_t)d.draws != drawn->rows)
        recipe_error(reader, node, false, "settings are drawn jointly, but %s has %zu draws and %s has %lld",
                     drawn->names[0], drawn->rows, name, d.draws);
    else if (drawn->name_count == RECIPE_MOST_ZIPPED)
        recipe_error(reader, node, false, "at most %d settings can be drawn", RECIPE_MOST_ZIPPED);
    else if (draw_all(reader, s, &d, column)) {
        drawn->names[drawn->name_count++] = name;
        drawn->rows = (size_t)d.draws;
    } else
        recipe_values_free(column);
}
