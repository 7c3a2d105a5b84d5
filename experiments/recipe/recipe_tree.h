/* SPDX-License-Identifier: MIT */
/* The tree of a recipe while files, a profile and overrides are merged: each node remembers the document and place it
 * came from, so that an error points at the line that somebody wrote. */
#ifndef GATEBENCH_EXPERIMENTS_RECIPE_RECIPE_TREE_H
#define GATEBENCH_EXPERIMENTS_RECIPE_RECIPE_TREE_H

#include "support/text.h"
#include "support/yaml.h"

typedef struct recipe_node {
    yaml_kind kind;
    const yaml_document *document;
    const yaml_node *source; /* text and place; of a section made for an override: the override */
    const char *key;         /* of a map's entry, else NULL; lives as long as the document or for ever */
    struct recipe_node *children;
    size_t count;
} recipe_node;

/* Copies (false: out of memory; the copy is then empty). */
bool tree_from_yaml(recipe_node *to, const yaml_document *document, const yaml_node *from);
void tree_free(recipe_node *node);

/* The entry of a map, or NULL; its text, or `otherwise` when it is not a scalar. */
recipe_node *tree_get(const recipe_node *map, const char *key);
const char *tree_text(const recipe_node *map, const char *key, const char *otherwise);

/* Puts a node, which it takes over, under a key: replaces or adds at the end. */
bool tree_put(recipe_node *map, const char *key, recipe_node node);
void tree_remove(recipe_node *map, const char *key);
void tree_remove_at(recipe_node *parent, size_t i);

/* An empty map that stands where `like` was written. */
recipe_node tree_empty_map(const recipe_node *like);

/* Lays `over` (copied) over `under`: maps entry by entry, everything else replaced. A `zip` is replaced as a whole, and
 * a `task` with another name too, since its options belong together. */
bool tree_merge(recipe_node *under, const recipe_node *over);

/* Appends the tree as YAML that reads back the same. */
void tree_write(text *out, const recipe_node *map);

#endif
