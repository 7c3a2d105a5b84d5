/* SPDX-License-Identifier: MIT */
/* The results file rebuilt from a run's folder: by its plan, with what the old file says of its making. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "experiments/folder/plan_file.h"
#include "experiments/folder/run_folder.h"
#include "experiments/folder/run_lock.h"
#include "experiments/settings/matching.h"
#include "experiments/settings/provenance.h"
#include "results/store/store.h"
#include "support/file.h"
#include "support/yaml.h"

/* Adds a name unless it is there. */
static void add_name(const char *name, const char **names, size_t most) {
    size_t at = 0;
    while (names[at] && strcmp(names[at], name) != 0)
        at++;
    if (at + 1 < most)
        names[at] = name;
}

/* Adds the keys of a map (or of each map of a list) that are not there yet; a key `zip` stands for its own keys. */
static void add_keys(const yaml_node *node, const char **names, size_t most) {
    for (size_t i = 0; node && i < node->count; i++) {
        const yaml_node *child = &node->children[i];
        if (node->kind == YAML_LIST || strcmp(child->key, "zip") == 0) {
            add_keys(child, names, most);
            continue;
        }
        if (strcmp(child->key, "match") != 0)
            add_name(child->key, names, most);
    }
}

/* Does a `match:` name this matching: a name, a list of them, or a map with either under `by`? */
static bool asks_for(const yaml_node *match, matching by) {
    bool asked = match && match->kind == YAML_SCALAR && strcmp(match->text, matching_name(by)) == 0;
    if (match && match->kind == YAML_MAP)
        return asks_for(yaml_get(match, "by"), by);
    for (size_t i = 0; match && match->kind == YAML_LIST && i < match->count; i++)
        asked = asked || asks_for(&match->children[i], by);
    return asked;
}

/* The same of a recipe and the blocks of its sweep. */
static bool recipe_asks_for(const yaml_node *recipe, matching by) {
    const yaml_node *sweep = yaml_get(recipe, "sweep");
    bool asked = asks_for(yaml_get(recipe, "match"), by);
    for (size_t i = 0; sweep && sweep->kind == YAML_LIST && i < sweep->count; i++)
        asked = asked || asks_for(yaml_get(&sweep->children[i], "match"), by);
    return asked || (sweep && sweep->kind == YAML_MAP && asks_for(yaml_get(sweep, "match"), by));
}

/* The swept settings in the order in which the recipe sweeps them: the dimensions of the grid. */
static void list_swept(const yaml_node *recipe, const char **names, size_t most) {
    const yaml_node *sweep = yaml_get(recipe, "sweep"), *zip = yaml_get(recipe, "zip");
    bool zip_first = zip && sweep && zip < sweep;
    add_keys(zip_first ? zip : sweep, names, most);
    add_keys(zip_first ? sweep : zip, names, most);
    if (recipe_asks_for(recipe, MATCHING_PARAMETERS) || recipe_asks_for(recipe, MATCHING_STATE))
        add_name("hidden", names, most); /* as the engine sizes cells, in the order in which it adds this */
}

static const char *old_text(const results *old, const char *name, const char *otherwise) {
    for (size_t row = 0; old && row < old->provenance.rows; row++)
        if (strcmp(table_text(&old->provenance, row, "name"), name) == 0)
            return table_text(&old->provenance, row, "value");
    return otherwise;
}

static gb_status write_merged(gb_context *context, const char *folder, const char *path, const plan *p,
                              const results *old, const yaml_node *recipe, const char *command_line) {
    enum { MOST_SWEPT = 256 };
    const char *swept[MOST_SWEPT] = {NULL};
    text environment = {0}, libraries = {0};
    provenance_environment(&environment);
    provenance_libraries(&libraries);
    list_swept(recipe, swept, MOST_SWEPT);
    const char **order = calloc(p->count + 1, sizeof *order);
    store_label *labels = calloc(p->count + 1, sizeof *labels);
    table absent = {0};
    bool good = provenance_later_settings(&absent) && order && labels;
    for (size_t i = 0, at = 0; good && i < p->count; i++) {
        const plan_trial *t = &p->trials[i];
        if (t->repeated)
            continue;
        labels[at] = (store_label){t->final ? "final" : "tune", t->matching, t->matched, matching_ratio(t->matched)};
        order[at++] = t->id;
    }
    store_provenance provenance = {
        .name = p->name,
        .title = old ? old->title : yaml_text(recipe, "question", ""),
        .recipe_text = old_text(old, "recipe", p->recipe),
        .resolved = p->recipe,
        .command_line = old_text(old, "command_line", command_line),
        .environment = old_text(old, "environment", environment.data ? environment.data : ""),
        .commit = old_text(old, "commit", provenance_commit()),
        .libraries = old_text(old, "libraries", libraries.data ? libraries.data : ""),
        .swept = swept,
        .order = order,
        .labels = labels,
        .absent = &absent,
    };
    gb_status status = good && !environment.failed && !libraries.failed
                           ? store_write_results(context, folder, path, &provenance)
                           : gb_fail(context, GB_MEMORY, "out of memory for the results file");
    free(order);
    free(labels);
    table_free(&absent);
    text_free(&environment);
    text_free(&libraries);
    return status;
}

static gb_status merge_locked(gb_context *context, const char *folder, const char *path, const plan *p,
                              const char *command_line) {
    yaml_document *recipe = NULL;
    yaml_errors errors = {0};
    results *old = NULL;
    gb_status status = yaml_read_text(context, "recipe", p->recipe, &recipe, &errors);
    if (status == GB_INVALID)
        status = gb_fail(context, GB_DATA, "%s/plan.yaml: the recipe in it is no YAML; run it again", folder);
    yaml_errors_free(&errors);
    if (!status && file_exists(path)) {
        status = results_read(context, path, &old);
        status = status == GB_DATA ? GB_OK : status; /* one that does not open is what merging is for */
    }
    if (!status)
        status = write_merged(context, folder, path, p, old, &recipe->root, command_line);
    results_free(old);
    yaml_free(recipe);
    return status;
}

gb_status plan_merge(gb_context *context, const char *folder, const char *command_line, plan *out, char *path,
                     size_t path_size) {
    int lock = -1;
    bool alone = false;
    gb_status status = plan_read(context, folder, out);
    if (status)
        return status;
    if ((size_t)snprintf(path, path_size, "%s.h5", folder) >= path_size)
        status = gb_fail(context, GB_IO, "%s: the path is too long", folder);
    if (!status)
        status = run_lock_take(context, folder, (shard){0}, &lock, &alone);
    if (!status && alone)
        run_folder_tidy(folder);
    if (!status)
        status = merge_locked(context, folder, path, out, command_line);
    if (lock >= 0)
        close(lock);
    if (status)
        plan_free(out);
    return status;
}
