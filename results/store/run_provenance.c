/* SPDX-License-Identifier: MIT */
/* Reads the recipe stored in a results file, so that figures and tables need only that file. */
#include "results/store/run_provenance.h"
#include "support/cleanup.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <xxhash.h>

const char *provenance_text(const results *r, const char *name) {
    for (size_t i = 0; i < r->provenance.rows; i++)
        if (!strcmp(table_text(&r->provenance, i, "name"), name))
            return table_text(&r->provenance, i, "value");
    return "";
}

gb_status provenance_parse(gb_context *context, const results *r, const char *what, const char *yaml,
                           yaml_document **document) {
    char name[4096];
    CLEANUP(yaml_errors_free) yaml_errors errors = {0};
    *document = NULL;
    if (!*yaml)
        return GB_OK;
    snprintf(name, sizeof name, "%.4000s: %.64s", r->path ? r->path : "results", what);
    gb_status status = yaml_read_text(context, name, yaml, document, &errors);
    if (status == GB_INVALID)
        status = gb_fail(context, GB_DATA, "%s", errors.text ? errors.text : name);
    return status;
}

static gb_status read_recipe(gb_context *context, const results *r, yaml_document **document) {
    return provenance_parse(context, r, "its recipe", provenance_text(r, "resolved"), document);
}

gb_status provenance_figures(gb_context *context, const results *r, name_list *names) {
    CLEANUP(yaml_free_at) yaml_document *document = NULL;
    GB_TRY(read_recipe(context, r, &document));
    const yaml_node *figures = document ? yaml_get(&document->root, "figures") : NULL;
    for (size_t i = 0; figures && i < figures->count; i++) {
        const char *name = figures->children[i].text;
        if (name && names_index(names, name) == SIZE_MAX)
            return gb_fail(context, GB_MEMORY, "%s: out of memory", name);
    }
    return GB_OK;
}

gb_status provenance_recipe(gb_context *context, const results *r, char **name) {
    CLEANUP(yaml_free_at) yaml_document *document = NULL;
    GB_TRY(read_recipe(context, r, &document));
    if (!(*name = strdup(document ? yaml_text(&document->root, "name", "") : "")))
        return gb_fail(context, GB_MEMORY, "out of memory");
    return GB_OK;
}

gb_status provenance_list(gb_context *context, const results *r, const char *list, name_list *names) {
    int length;
    for (const char *at = provenance_text(r, list), *line; (line = text_line(&at, &length));) {
        char name[64];
        snprintf(name, sizeof name, "%.*s", length, line);
        if (*name && names_index(names, name) == SIZE_MAX)
            return gb_fail(context, GB_MEMORY, "out of memory");
    }
    return GB_OK;
}

/* The names of a list that are columns of /runs, without the seed. */
static gb_status add_columns(gb_context *context, const results *r, const char *list, name_list *names) {
    CLEANUP(names_free) name_list all = {0};
    GB_TRY(provenance_list(context, r, list, &all));
    for (size_t i = 0; i < all.count; i++)
        if (strcmp(all.items[i], "seed") != 0 && table_find(&r->runs, all.items[i]) &&
            names_index(names, all.items[i]) == SIZE_MAX)
            return gb_fail(context, GB_MEMORY, "out of memory");
    return GB_OK;
}

gb_status provenance_swept(gb_context *context, const results *r, name_list *names) {
    GB_TRY(add_columns(context, r, "swept", names));
    return add_columns(context, r, "tuned", names);
}

gb_status provenance_tuned(gb_context *context, const results *r, name_list *names) {
    return add_columns(context, r, "tuned", names);
}

void provenance_file_name(const results *r, char name[65]) {
    const char *whole = r->name && *r->name ? r->name : "run";
    const size_t length = strlen(whole);
    if (length <= 64)
        snprintf(name, 65, "%s", whole);
    else /* long names may begin alike */
        snprintf(name, 65, "%.55s-%08" PRIx32, whole, XXH32(whole, length, 0));
    for (char *c = name; *c; c++) {
        bool leading = c == name && (*c == '.' || *c == '-');
        if (leading || (!isalnum((unsigned char)*c) && !strchr("._-", *c)))
            *c = '_';
    }
}

static bool is_of_stage(const results *r, size_t row, const char *stage) {
    const char *status = table_text(&r->runs, row, "status");
    return !strcmp(table_text(&r->runs, row, "stage"), stage) &&
           (!strcmp(status, "done") || !strcmp(status, "diverged"));
}

bool provenance_is_final(const results *r, size_t row) {
    return is_of_stage(r, row, "final");
}

bool provenance_is_tuning(const results *r, size_t row) {
    return is_of_stage(r, row, "tune");
}
