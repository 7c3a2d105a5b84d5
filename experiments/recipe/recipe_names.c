/* SPDX-License-Identifier: MIT */
/* The keys of a recipe that hold names: figures, measure and compare. */
#include <stdlib.h>
#include <string.h>

#include "experiments/recipe/recipe_internal.h"
#include "experiments/trial/measure.h"
#include "results/store/metrics.h"
#include "support/cleanup.h"
#include "support/file.h"

const char *recipe_need_text(recipe_reader *reader, const recipe_node *node) {
    if (node->kind == YAML_SCALAR && *node->source->text)
        return node->source->text;
    recipe_error(reader, node, false, "%s: expected a single value", node->key ? node->key : "this list");
    return NULL;
}

/* Checks one name of a list against the known names. If none are known (a part is not installed), accepts any.
 */
static void check_name(recipe_reader *reader, const recipe_node *node, const char *const *known, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (!strcmp(known[i], node->source->text))
            return;
    if (count)
        recipe_unknown(reader, node, false, node->source->text, known, count, "unknown name '%s'", node->source->text);
}

/* A list of names into an array that ends with NULL; the names live in the tree. */
static const char **read_names(recipe_reader *reader, const recipe_node *node, const char *const *known, size_t count) {
    if (node->kind != YAML_LIST) {
        recipe_error(reader, node, false, "%s: expected a list of names in [ ]", node->key);
        return NULL;
    }
    const char **names = calloc(node->count + 1, sizeof *names);
    reader->out_of_memory |= !names;
    for (size_t i = 0; names && i < node->count; i++) {
        names[i] = recipe_need_text(reader, &node->children[i]);
        if (!names[i])
            break;
        check_name(reader, &node->children[i], known, count);
    }
    return names;
}

/* Only checks that the figures exist: plots reads their names from the recipe in the results file. */
void recipe_check_figures(recipe_reader *reader, const recipe_node *node) {
    CLEANUP(file_free_list_at) char **files = NULL;
    if (file_list_shared(reader->context, "plots/figures", ".gp", &files) != GB_OK)
        files = NULL;
    size_t count = 0;
    for (; files && files[count]; count++)
        files[count][strlen(files[count]) - strlen(".gp")] = '\0';
    free(read_names(reader, node, (const char *const *)files, count));
}

/* The same set in any order is the same trial. Measures that every trial takes are not part of its id. */
void recipe_read_measure(recipe_reader *reader, const recipe_node *node) {
    const char *known[32];
    size_t count = 0;
    for (; count < sizeof known / sizeof *known && measure_at(count); count++)
        known[count] = measure_at(count)->name;
    CLEANUP(free_at) const char **names = read_names(reader, node, known, count);
    CLEANUP(text_free) text joined = {0};
    for (size_t m = 0; m < count; m++) {
        for (size_t i = 0; names && names[i]; i++) {
            if (strcmp(names[i], known[m]) != 0 || measure_at(m)->type->always)
                continue;
            text_append(&joined, "%s%s", joined.length ? "+" : "", known[m]);
            break;
        }
    }
    reader->out_of_memory |= joined.failed || !trial_set(&reader->r->base, "measure", joined.data ? joined.data : "");
}

/* Compare */

static void check_metric(recipe_reader *reader, const recipe_node *node) {
    const char *known[64];
    size_t count = 0;
    for (; count < sizeof known / sizeof *known && metric_at(count); count++)
        known[count] = metric_at(count)->name;
    check_name(reader, node, known, count);
}

static void check_comparison(recipe_reader *reader, const recipe_node *map) {
    static const char *const keys[] = {"a", "b", "metric", "margin", "solved"};
    enum { KEYS = sizeof keys / sizeof *keys, NEEDED = 3 };
    for (size_t i = 0; i < map->count; i++) {
        const recipe_node *node = &map->children[i];
        char value[TRIAL_VALUE], why[512];
        double number;
        bool known = false;
        for (size_t k = 0; k < KEYS; k++)
            known |= !strcmp(node->key, keys[k]);
        if (!known)
            recipe_error(reader, node, true, "a comparison has no '%s'; it takes a, b, metric, margin and solved",
                         node->key);
        const char *written = recipe_need_text(reader, node);
        if (!written)
            continue;
        if ((!strcmp(node->key, "a") || !strcmp(node->key, "b")) &&
            !setting_check(setting_find("cell"), written, value, sizeof value, why, sizeof why))
            recipe_error(reader, node, false, "%s", why);
        else if (!strcmp(node->key, "metric"))
            check_metric(reader, node);
        else if ((!strcmp(node->key, "margin") || !strcmp(node->key, "solved")) &&
                 !(text_is_number(written, &number) && number > 0))
            recipe_error(reader, node, false, "%s is '%s'; give a number above 0", node->key, written);
    }
    if (!tree_get(map, "margin") && !tree_get(map, "solved"))
        recipe_error(reader, map, false,
                     "a comparison needs 'margin', or 'solved' to compare the steps until the metric reaches it: {a: "
                     "gru, b: lstm, metric: nll, margin: 0.1}");
    for (size_t k = 0; k < NEEDED; k++) {
        if (!tree_get(map, keys[k]))
            recipe_error(reader, map, false, "a comparison needs '%s': {a: gru, b: lstm, metric: nll, margin: 0.1}",
                         keys[k]);
    }
}

void recipe_read_compare(recipe_reader *reader, const recipe_node *node) {
    for (size_t i = 0; node->kind == YAML_LIST && i < node->count; i++)
        if (node->children[i].kind == YAML_MAP)
            check_comparison(reader, &node->children[i]);
        else
            recipe_error(reader, &node->children[i], false, "expected {a: gru, b: lstm, metric: nll, margin: 0.1}");
    if (node->kind != YAML_LIST)
        recipe_error(reader, node, false, "compare: expected a list of {a: gru, b: lstm, metric: nll, margin: 0.1}");
}
