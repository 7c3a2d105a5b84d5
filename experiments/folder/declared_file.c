/* SPDX-License-Identifier: MIT */
/* declared.yaml: recipe, looks, rules and published numbers as they were when the first trial started. */
#include "experiments/folder/declared_file.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "experiments/folder/run_folder.h"
#include "gatebench/gatebench.h"
#include "support/cleanup.h"
#include "support/file.h"
#include "support/text.h"
#include "support/yaml.h"

/* A text as the block of a key. */
static void append_block(text *lines, const char *indent, const char *key, const char *block) {
    if (block && *block)
        text_append(lines, "%s%s: |\n", indent, key);
    int length;
    for (const char *line; (line = text_line(&block, &length));) {
        if (length)
            text_append(lines, "%s  %.*s", indent, length, line);
        text_append(lines, "\n");
    }
}

/* The papers' numbers and their bands, one text per file. */
static void append_published(gb_context *context, text *lines) {
    enum { LARGEST = 1 << 20 };
    CLEANUP(file_free_list_at) char **files = NULL;
    if (file_list_shared(context, "published", ".yaml", &files) != GB_OK)
        return;
    if (files[0])
        text_append(lines, "published:\n");
    for (size_t i = 0; files[i]; i++) {
        char name[PATH_MAX], path[PATH_MAX];
        CLEANUP(free_at) char *content = NULL;
        size_t size;
        snprintf(name, sizeof name, "published/%s", files[i]);
        if (file_find_shared(context, name, path, sizeof path) == GB_OK &&
            file_read(context, path, LARGEST, &content, &size) == GB_OK)
            append_block(lines, "  ", files[i], content);
    }
}

/* The rules. If the program finds none (only the library is installed), none are declared. */
static char *read_claims(gb_context *context) {
    enum { LARGEST = 1 << 20 };
    char path[PATH_MAX], *claims = NULL;
    size_t size;
    if (file_find_shared(context, "claims.yaml", path, sizeof path) == GB_OK)
        file_read(context, path, LARGEST, &claims, &size);
    return claims;
}

static void write_time(char *now, size_t size) {
    time_t seconds = time(NULL);
    struct tm utc;
    gmtime_r(&seconds, &utc);
    strftime(now, size, "%Y-%m-%dT%H:%M:%SZ", &utc);
}

/* The last recipe that the file records. */
static const char *last_recipe(const yaml_node *record) {
    const yaml_node *changes = yaml_get(record, "changes");
    const char *recipe = yaml_text(record, "recipe", "");
    for (size_t i = 0; changes && i < changes->count; i++)
        recipe = yaml_text(&changes->children[i], "recipe", recipe);
    return recipe;
}

static gb_status parse(gb_context *context, const char *name, const char *yaml, yaml_document **document) {
    CLEANUP(yaml_errors_free) yaml_errors errors = {0};
    gb_status status = yaml_read_text(context, name, yaml, document, &errors);
    if (status == GB_INVALID)
        status = gb_fail(context, GB_DATA, "%s: %s", name, errors.text ? errors.text : "no YAML");
    return status;
}

/* Appends to the file that the recipe now declares other comparisons. */
static gb_status record_change(gb_context *context, const char *folder, const char *recipe, size_t finished) {
    CLEANUP(yaml_free_at) yaml_document *record = NULL, *was = NULL, *is = NULL;
    char path[RUN_PATH], now[32];
    CLEANUP(free_at) char *content = NULL;
    run_path(folder, RUN_DECLARED, path);
    GB_TRY(run_folder_read(context, folder, RUN_DECLARED, &content));
    CLEANUP(text_free) text lines = {0}, changes = {0};
    GB_TRY(parse(context, path, content, &record));
    GB_TRY(parse(context, path, last_recipe(&record->root), &was));
    GB_TRY(parse(context, "the recipe", recipe, &is));
    yaml_differences(yaml_get(&was->root, "compare"), yaml_get(&is->root, "compare"), "compare", &changes);
    if (changes.length) {
        write_time(now, sizeof now);
        text_append(&lines, "%s%s", content, yaml_get(&record->root, "changes") ? "" : "changes:\n");
        text_append(&lines, "  - finished_before: %zu\n    time: \"%s\"\n", finished, now);
        append_block(&lines, "    ", "recipe", recipe);
        GB_TRY(lines.failed ? gb_fail(context, GB_MEMORY, "out of memory for what %s declares", folder)
                            : file_replace(context, path, lines.data, lines.length));
    }
    return GB_OK;
}

gb_status run_declare(gb_context *context, const char *folder, const char *recipe, size_t finished_before) {
    char path[RUN_PATH], now[32];
    CLEANUP(free_at) char *looks = NULL, *claims = NULL;
    run_path(folder, RUN_DECLARED, path);
    if (file_exists(path))
        return record_change(context, folder, recipe, finished_before);
    GB_TRY(run_folder_read(context, folder, RUN_LOOKS, &looks));
    CLEANUP(text_free) text lines = {0};
    write_time(now, sizeof now);
    claims = read_claims(context);
    text_append(&lines, "# Declarations made before the first trial of this run started, and later changes to them.\n"
                        "# Do not edit this file.\n");
    text_append(&lines, "time: \"%s\"\nprogram: gatebench %s\nfinished_before: %zu\n", now, gb_version(),
                finished_before);
    append_block(&lines, "", "recipe", recipe);
    append_block(&lines, "", "looks", looks);
    append_block(&lines, "", "claims", claims);
    append_published(context, &lines);
    return lines.failed ? gb_fail(context, GB_MEMORY, "out of memory for what %s declares", folder)
                        : file_replace(context, path, lines.data, lines.length);
}
