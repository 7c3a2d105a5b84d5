/* SPDX-License-Identifier: MIT */
/* Compares the rules that judge a run with those recorded before its first trial. */
#include "results/analysis/declarations.h"

#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "results/store/run_provenance.h"
#include "support/cleanup.h"
#include "support/file.h"

static const char *const claim_keys[] = {"rule", "judge", "a", "b", "recipes", "thresholds", NULL};
static const char *const number_keys[] = {"value",       "bound",        "band",  "parameters", "parameter_tolerance",
                                          "measured_by", "incomparable", "exact", NULL};

/* A list of rules in a document: the name of a rule, and whether it concerns the run. */
typedef struct rule_list {
    const char *list;
    const char *const *keys;
    void (*name)(const yaml_node *rule, text *name);
    bool (*concerns)(const yaml_node *rule, const results *r);
} rule_list;

static void name_claim(const yaml_node *claim, text *name) {
    text_append(name, "claim %s", yaml_text(claim, "id", ""));
}

bool declared_claim_is_fed(const yaml_node *claim, const results *r) {
    const yaml_node *recipes = yaml_get(claim, "recipes");
    for (size_t i = 0; recipes && i < recipes->count; i++) {
        const char *name = recipes->children[i].text;
        size_t length = name ? strlen(name) : 0;
        if (length && strncmp(r->name, name, length) == 0 && strchr("-+", r->name[length]))
            return true;
    }
    return false;
}

/* "adding length=600 GRU mse" */
static void name_number(const yaml_node *number, text *name) {
    static const char *const settings[] = {"where", "paper"};
    text_append(name, "%s", yaml_text(number, "task", ""));
    for (size_t k = 0; k < 2; k++) {
        const yaml_node *map = yaml_get(number, settings[k]);
        for (size_t i = 0; map && i < map->count; i++)
            if (map->children[i].kind == YAML_SCALAR)
                text_append(name, " %s=%s", map->children[i].key, map->children[i].text);
    }
    text_append(name, " %s %s", yaml_text(number, "cell", ""), yaml_text(number, "metric", ""));
}

static bool is_of_task(const yaml_node *number, const results *r) {
    const char *task = yaml_text(number, "task", "");
    for (size_t row = 0; row < r->runs.rows; row++)
        if (strcmp(table_text(&r->runs, row, "task"), task) == 0)
            return true;
    return false;
}

static const rule_list claims = {"claims", claim_keys, name_claim, declared_claim_is_fed};
static const rule_list numbers = {"numbers", number_keys, name_number, is_of_task};

/* The rule with the same name, or NULL. */
static const yaml_node *find_rule(const rule_list *kind, const yaml_document *document, const yaml_node *like) {
    const yaml_node *list = document ? yaml_get(&document->root, kind->list) : NULL, *found = NULL;
    CLEANUP(text_free) text wanted = {0};
    kind->name(like, &wanted);
    for (size_t i = 0; list && i < list->count && !found; i++) {
        CLEANUP(text_free) text name = {0};
        kind->name(&list->children[i], &name);
        if (name.data && wanted.data && strcmp(name.data, wanted.data) == 0)
            found = &list->children[i];
    }
    return found;
}

/* The differences of one rule from the recorded one; the text `added` if it was not recorded. before NULL: nothing was
 * recorded. */
static void compare_rule(const rule_list *kind, const yaml_document *before, const yaml_node *now, const char *added,
                         text *lines) {
    const yaml_node *was = find_rule(kind, before, now);
    if (before && !was)
        text_append(lines, "%s\n", added);
    for (size_t i = 0; was && kind->keys[i]; i++)
        yaml_differences(yaml_get(was, kind->keys[i]), yaml_get(now, kind->keys[i]), kind->keys[i], lines);
}

gb_status declared_claim_changes(gb_context *context, const results *r, const yaml_node *claim, text *lines) {
    CLEANUP(yaml_free_at) yaml_document *before = NULL;
    GB_TRY(declared_beforehand(context, r, "claims", &before));
    compare_rule(&claims, before, claim, "the claim was added after the run started", lines);
    return GB_OK;
}

/* A recorded file of results/published; NULL: not recorded. */
static gb_status published_beforehand(gb_context *context, const results *r, const char *file,
                                      yaml_document **document) {
    CLEANUP(yaml_free_at) yaml_document *record = NULL;
    *document = NULL;
    GB_TRY(provenance_parse(context, r, "what was declared beforehand", provenance_text(r, "declared"), &record));
    const yaml_node *published = record ? yaml_get(&record->root, "published") : NULL;
    return provenance_parse(context, r, file, published ? yaml_text(published, file, "numbers: []") : "", document);
}

/* Appends the lines of one rule, each with the rule's name in front and the time at the end. */
static void append_named(const char *name, const text *changes, text *lines) {
    int length;
    for (const char *at = changes->data, *line; (line = text_line(&at, &length));)
        text_append(lines, "%s: %.*s after the first trial\n", name, length, line);
    lines->failed |= changes->failed;
}

/* The rules that concern the run now (unless only `left` is requested), then those that no longer do. */
static void compare_documents(const rule_list *kind, const results *r, const yaml_document *before,
                              const yaml_document *now, bool left, const char *source, text *lines) {
    const yaml_document *both[] = {now, before};
    for (size_t k = left; before && k < 2; k++) {
        const yaml_node *list = both[k] ? yaml_get(&both[k]->root, kind->list) : NULL;
        for (size_t i = 0; list && i < list->count; i++) {
            const yaml_node *rule = &list->children[i], *is = k ? find_rule(kind, now, rule) : rule;
            if (!kind->concerns(rule, r) || (k && is && kind->concerns(is, r)))
                continue;
            CLEANUP(text_free) text name = {0}, changes = {0};
            text_append(&name, "%s", source);
            kind->name(rule, &name);
            if (is)
                compare_rule(kind, before, is, "added", &changes);
            else
                text_append(&changes, "removed");
            if (name.data)
                append_named(name.data, &changes, lines);
            lines->failed |= name.failed;
        }
    }
}

/* A shipped file, parsed; NULL: it is missing or not valid YAML, which the commands that use it report. */
static yaml_document *read_shared(const char *name) {
    char path[PATH_MAX];
    yaml_document *document = NULL;
    CLEANUP(yaml_errors_free) yaml_errors errors = {0};
    if (file_find_shared(NULL, name, path, sizeof path) != GB_OK || yaml_read(NULL, path, &document, &errors) != GB_OK)
        document = NULL;
    return document;
}

static gb_status compare_claims(gb_context *context, const results *r, bool left, text *lines) {
    CLEANUP(yaml_free_at) yaml_document *before = NULL, *now = NULL;
    GB_TRY(declared_beforehand(context, r, "claims", &before));
    if ((now = read_shared("claims.yaml")))
        compare_documents(&claims, r, before, now, left, "", lines);
    return GB_OK;
}

static gb_status compare_published(gb_context *context, const results *r, const char *file, text *lines) {
    char name[PATH_MAX];
    CLEANUP(yaml_free_at) yaml_document *before = NULL, *now = NULL;
    GB_TRY(published_beforehand(context, r, file, &before));
    snprintf(name, sizeof name, "published/%s", file);
    now = read_shared(name);
    snprintf(name, sizeof name, "published %.*s, ", (int)strcspn(file, "."), file);
    compare_documents(&numbers, r, before, now, false, name, lines);
    return GB_OK;
}

/* The files of results/published, including recorded ones that were removed. */
static gb_status list_published(gb_context *context, const results *r, name_list *files) {
    CLEANUP(file_free_list_at) char **shared = NULL;
    CLEANUP(yaml_free_at) yaml_document *record = NULL;
    if (file_list_shared(NULL, "published", ".yaml", &shared) != GB_OK)
        return GB_OK; /* only the library is installed */
    gb_status status =
        provenance_parse(context, r, "what was declared beforehand", provenance_text(r, "declared"), &record);
    const yaml_node *published = record ? yaml_get(&record->root, "published") : NULL;
    bool enough = true;
    for (size_t i = 0; published && i < published->count; i++)
        enough &= names_index(files, published->children[i].key) != SIZE_MAX;
    for (size_t i = 0; published && shared[i]; i++)
        enough &= names_index(files, shared[i]) != SIZE_MAX;
    return status || enough ? status : gb_fail(context, GB_MEMORY, "out of memory for what was declared");
}

static gb_status compare_rules(gb_context *context, const results *r, bool left, text *lines) {
    CLEANUP(names_free) name_list files = {0};
    gb_status status = compare_claims(context, r, left, lines);
    if (!status)
        status = list_published(context, r, &files);
    for (size_t i = 0; !status && i < files.count; i++)
        status = compare_published(context, r, files.items[i], lines);
    return !status && lines->failed ? gb_fail(context, GB_MEMORY, "out of memory for what was declared") : status;
}

gb_status declared_changes_beside_claims(gb_context *context, const results *r, text *lines) {
    return compare_rules(context, r, true, lines);
}

gb_status declared_changes_of_all(gb_context *context, const results *r, text *lines) {
    GB_TRY(declared_changes(context, r, lines));
    return compare_rules(context, r, false, lines);
}
