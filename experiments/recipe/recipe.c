/* SPDX-License-Identifier: MIT */
/* A recipe as a whole: reading it, its properties, and the list of shipped recipes. */
#include "experiments/recipe/recipe.h"

#include <stdlib.h>
#include <string.h>

#include "experiments/recipe/recipe_internal.h"
#include "support/file.h"

/* The merged tree written as a recipe that makes the same trials. */
static void write_resolved(recipe_reader *reader) {
    recipe *r = reader->r;
    text out = {0};
    if (!tree_get(&r->root, "name"))
        text_append(&out, "name: \"%s\"\n", r->name);
    tree_write(&out, &r->root);
    reader->out_of_memory |= out.failed;
    r->resolved = out.data;
}

static gb_status read_all(recipe_reader *reader, const char *name_or_path, const char *profile,
                          const char *const *overrides, size_t override_count) {
    gb_status status = recipe_load(reader, name_or_path, profile, overrides, override_count);
    if (status != GB_OK)
        return status;
    recipe_interpret(reader);
    if (reader->errors->count == 0 && !reader->out_of_memory)
        recipe_check_models(reader);
    recipe_make_run_name(reader, profile);
    write_resolved(reader);
    if (reader->out_of_memory)
        return gb_fail(reader->context, GB_MEMORY, "%s: out of memory while reading the recipe", name_or_path);
    if (reader->errors->count > 0)
        return gb_fail(reader->context, GB_INVALID, "%s: %zu error%s in the recipe", name_or_path,
                       reader->errors->count, reader->errors->count == 1 ? "" : "s");
    status = recipe_count(reader->context, reader->r);
    if (status == GB_OK && reader->r->final_count == 0) {
        recipe_error(reader, &reader->r->root, false, "no trial is left, since `exclude` drops all of them");
        status = gb_fail(reader->context, GB_INVALID, "%s: no trial is left, since `exclude` drops all of them",
                         name_or_path);
    }
    return status;
}

gb_status recipe_read(gb_context *context, const char *name_or_path, const char *profile, const char *const *overrides,
                      size_t override_count, yaml_errors *errors, recipe **out) {
    *out = NULL;
    recipe *r = calloc(1, sizeof *r);
    if (!r)
        return gb_fail(context, GB_MEMORY, "%s: out of memory while reading the recipe", name_or_path);
    recipe_reader reader = {.context = context, .errors = errors, .r = r};
    gb_status status = read_all(&reader, name_or_path, profile, overrides, override_count);
    if (status == GB_OK)
        *out = r;
    else
        recipe_free(r);
    return status;
}

static void free_exclusions(recipe *r) {
    for (size_t i = 0; i < r->exclusion_count; i++)
        for (size_t k = 0; k < r->exclusions[i].count; k++)
            recipe_values_free(&r->exclusions[i].values[k]);
    free(r->exclusions);
}

void recipe_free(recipe *r) {
    if (!r)
        return;
    for (size_t i = 0; i < r->grid_count; i++)
        recipe_grid_free(&r->grids[i]);
    free(r->grids);
    recipe_grid_free(&r->tuning);
    free_exclusions(r);
    tree_free(&r->root);
    for (size_t i = 0; i < r->document_count; i++)
        yaml_free(r->documents[i]);
    free(r->documents);
    trial_settings_free(&r->base);
    free(r->question);
    names_free(&r->overrides);
    free(r->resolved);
    text_free(&r->left_out);
    free(r->swept);
    free(r->tuned);
    free(r->carried);
    free(r);
}

const char *recipe_name(const recipe *r) {
    return r->name;
}

const char *recipe_run_name(const recipe *r) {
    return r->run_name;
}

bool recipe_lacks_file(const recipe *r) {
    const setting *file = task_type_option(r->task, "file");
    return file && file->type == SETTING_FILE && !*trial_text(&r->base, "file");
}

const char *recipe_claim(const recipe *r) {
    return r->claim;
}

const char *recipe_question(const recipe *r) {
    return r->question ? r->question : "";
}

const char *recipe_text(const recipe *r) {
    return r->documents[0]->text;
}

const char *recipe_resolved(const recipe *r) {
    return r->resolved;
}

static const char *const nothing[] = {NULL};

const char *const *recipe_swept(const recipe *r) {
    return r->swept ? r->swept : nothing;
}

const char *const *recipe_tuned(const recipe *r) {
    return r->tuned ? r->tuned : nothing;
}

const char *const *recipe_carried(const recipe *r) {
    return r->carried ? r->carried : nothing;
}

const recipe_tune *recipe_get_tune(const recipe *r) {
    return r->tune.candidates ? &r->tune : NULL;
}

size_t recipe_block_count(const recipe *r) {
    return r->grid_count;
}

recipe_block recipe_block_at(const recipe *r, size_t i) {
    return (recipe_block){r->grids[i].name, r->grids[i].trials};
}

const char *recipe_left_out(const recipe *r) {
    return r->left_out.data ? r->left_out.data : "";
}

size_t recipe_final_count(const recipe *r) {
    return r->final_count;
}

gb_status recipe_list(gb_context *context, char ***names) {
    static const char ending[] = ".yaml";
    GB_TRY(file_list_shared(context, "recipes", ending, names));
    for (size_t i = 0; (*names)[i]; i++)
        (*names)[i][strlen((*names)[i]) - strlen(ending)] = '\0';
    return GB_OK;
}
