/* SPDX-License-Identifier: MIT */
/* Loads a recipe by name or path as one merged tree: the file, its includes, a profile, and the overrides on top. */
#include <libgen.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "experiments/recipe/recipe_internal.h"
#include "support/cleanup.h"
#include "support/file.h"

enum { DEEPEST_INCLUDE = 8 };

/* Finding the file */

static bool is_path(const char *name) {
    size_t length = strlen(name);
    return strchr(name, '/') || (length > 5 && !strcmp(name + length - 5, ".yaml"));
}

static gb_status no_such_recipe(gb_context *context, const char *name) {
    CLEANUP(file_free_list_at) char **names = NULL;
    char word[NAME_MAX + 1];
    if (recipe_list(context, &names) != GB_OK)
        names = NULL;
    size_t count = 0;
    while (names && names[count])
        count++;
    const char *slash = strrchr(name, '/');
    snprintf(word, sizeof word, "%s", slash ? slash + 1 : name);
    char *ending = strstr(word, ".yaml");
    if (ending)
        *ending = '\0';
    const char *nearest = text_nearest(word, (const char *const *)names, count);
    return nearest
               ? gb_fail(context, GB_IO, "%s: there is no such recipe; did you mean '%s'?", name, nearest)
               : gb_fail(context, GB_IO, "%s: there is no such recipe; `gatebench list` shows the shipped ones", name);
}

/* A path (relative to `folder` if that is given), or the name of a shipped recipe. */
static gb_status find_recipe(gb_context *context, const char *name, const char *folder, char path[PATH_MAX]) {
    char shared[PATH_MAX];
    int length;
    if (folder && name[0] != '/')
        length = snprintf(path, PATH_MAX, "%s/%s", folder, name);
    else
        length = snprintf(path, PATH_MAX, "%s", name);
    if (length >= PATH_MAX)
        return gb_fail(context, GB_IO, "%.80s...: the path is too long", name);
    if (is_path(name))
        return file_exists(path) ? GB_OK : no_such_recipe(context, name);
    snprintf(shared, sizeof shared, "recipes/%s.yaml", name);
    return file_find_shared(context, shared, path, PATH_MAX) == GB_OK ? GB_OK : no_such_recipe(context, name);
}

static bool keep_document(recipe *r, yaml_document *document) {
    yaml_document **grown = realloc(r->documents, (r->document_count + 1) * sizeof *grown);
    if (!grown) {
        yaml_free(document);
        return false;
    }
    r->documents = grown;
    grown[r->document_count++] = document;
    return true;
}

/* Includes */

static gb_status load_file(recipe_reader *reader, const char *path, size_t depth, recipe_node *root);

/* Merges what a file includes below its own tree; `root` becomes the merged tree. */
static gb_status load_include(recipe_reader *reader, const char *path, size_t depth, recipe_node *root) {
    const recipe_node *include = tree_get(root, "include");
    if (!include)
        return GB_OK;
    if (include->kind != YAML_SCALAR) {
        recipe_error(reader, include, false, "include: expected the path or name of one recipe");
        return GB_OK;
    }
    if (depth == DEEPEST_INCLUDE) {
        recipe_error(reader, include, false, "includes go more than %d deep; does a file include itself?",
                     DEEPEST_INCLUDE);
        return GB_OK;
    }
    char copy[PATH_MAX], found[PATH_MAX];
    snprintf(copy, sizeof copy, "%s", path);
    if (find_recipe(reader->context, include->source->text, dirname(copy), found) != GB_OK) {
        recipe_error(reader, include, false, "include: %s", gb_context_message(reader->context));
        return GB_OK;
    }
    recipe_node base;
    GB_TRY(load_file(reader, found, depth + 1, &base));
    tree_remove(&base, "name"); /* two recipes must not write into the same folder */
    tree_remove(root, "include");
    bool merged = tree_merge(&base, root);
    tree_free(root);
    *root = base;
    return merged ? GB_OK : gb_fail(reader->context, GB_MEMORY, "%s: out of memory while including", path);
}

/* Reads a file and what it includes. Errors of the recipe are collected; the status says why reading stopped. */
static gb_status load_file(recipe_reader *reader, const char *path, size_t depth, recipe_node *root) {
    *root = (recipe_node){0};
    yaml_document *document;
    GB_TRY(yaml_read(reader->context, path, &document, reader->errors));
    if (!keep_document(reader->r, document) || !tree_from_yaml(root, document, &document->root))
        return gb_fail(reader->context, GB_MEMORY, "%s: out of memory while reading a recipe", path);
    if (root->kind != YAML_MAP) {
        recipe_error(reader, root, false, "a recipe is a map of keys such as task, model, train and sweep");
        tree_free(root);
        return gb_fail(reader->context, GB_INVALID, "%s: is not a recipe", path);
    }
    gb_status status = load_include(reader, path, depth, root);
    if (status != GB_OK)
        tree_free(root);
    return status;
}

/* Profiles */

/* Profiles that are not chosen are not merged, so only their keys are checked. */
static void check_profile_keys(recipe_reader *reader, const recipe_node *profile) {
    for (size_t i = 0; i < profile->count; i++)
        if (!recipe_is_key(profile->children[i].key))
            recipe_unknown_key(reader, &profile->children[i]);
}

static void no_such_profile(recipe_reader *reader, const recipe_node *profiles, const char *profile) {
    const char *names[32];
    size_t count = 0;
    for (size_t i = 0; profiles && profiles->kind == YAML_MAP && i < profiles->count && count < 32; i++)
        names[count++] = profiles->children[i].key;
    recipe_unknown(reader, profiles ? profiles : &reader->r->root, true, profile, names, count,
                   "there is no profile '%s'", profile);
}

static bool apply_profile(recipe_reader *reader, const char *profile) {
    recipe_node *root = &reader->r->root;
    const recipe_node *profiles = tree_get(root, "profiles"), *chosen = NULL;
    if (profiles && profiles->kind != YAML_MAP)
        recipe_error(reader, profiles, false, "profiles: expected a map such as {quick: {sweep: {seed: 1..3}}}");
    for (size_t i = 0; profiles && profiles->kind == YAML_MAP && i < profiles->count; i++) {
        const recipe_node *each = &profiles->children[i];
        if (each->kind != YAML_MAP)
            recipe_error(reader, each, false, "profile %s: expected a map of keys", each->key);
        else if (profile && !strcmp(each->key, profile))
            chosen = each;
        else
            check_profile_keys(reader, each);
    }
    if (profile && (!profiles || !tree_get(profiles, profile)))
        no_such_profile(reader, profiles, profile);
    bool ok = !chosen || tree_merge(root, chosen);
    tree_remove(root, "profiles");
    return ok;
}

gb_status recipe_load(recipe_reader *reader, const char *name_or_path, const char *profile,
                      const char *const *overrides, size_t override_count) {
    recipe *r = reader->r;
    char path[PATH_MAX], copy[PATH_MAX];
    gb_status status = find_recipe(reader->context, name_or_path, NULL, path);
    if (status == GB_OK)
        status = load_file(reader, path, 0, &r->root);
    if (status != GB_OK)
        return status;
    snprintf(copy, sizeof copy, "%s", path);
    const char *base = basename(copy);
    snprintf(r->name, sizeof r->name, "%.*s", (int)(strcspn(base, ".") % sizeof r->name), base);
    if (!apply_profile(reader, profile))
        return gb_fail(reader->context, GB_MEMORY, "%s: out of memory while applying a profile", path);
    r->kind = task_kind_find(tree_text(&r->root, "kind", ""));
    r->task = r->kind ? r->kind : task_type_find(tree_text(tree_get(&r->root, "task"), "name", ""));
    if (r->task && !r->kind && task_kind_find(r->task->name))
        r->task = NULL;
    if (!recipe_apply_overrides(reader, overrides, override_count))
        return gb_fail(reader->context, GB_MEMORY, "%s: out of memory while applying overrides", path);
    return GB_OK;
}
